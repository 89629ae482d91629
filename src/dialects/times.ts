/**
 * The UTC time that six texts name: year, month, day, hour, minute, second. Milliseconds since the epoch; null where
 * there is no such day or time, and before 1970.
 */
export function utcTimeMs(parts: readonly string[]): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  const there =
    year >= 1970 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60
  return there ? Date.UTC(year, month - 1, day, hour, minute, second) : null
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** 0 where there is no such month. */
function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0)
}

const DAY_MS = 24 * 60 * 60 * 1000
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
let knownDay = { number: Number.NaN, text: '' }

/** `YYYY-MM-DDThh:mm:ss` in UTC, of milliseconds since the epoch. A list holds dozens, most of them of one day. */
export function utcText(timeMs: number): string {
  const day = Math.floor(timeMs / DAY_MS)
  if (day !== knownDay.number) {
    knownDay = { number: day, text: new Date(day * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length) }
  }
  const second = Math.floor((timeMs - day * DAY_MS) / 1000)
  const minute = Math.floor(second / 60)
  const clock = [Math.floor(minute / 60), minute % 60, second % 60].map((part) => TWO_DIGITS[part])
  return `${knownDay.text}${clock[0]}:${clock[1]}:${clock[2]}`
}
