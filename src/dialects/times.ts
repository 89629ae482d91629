/** A way of writing a time, and where in it the month, day, hour, minute and second begin; the year does at once. */
interface TimeForm {
  readonly pattern: RegExp
  readonly places: readonly [month: number, day: number, hour: number, minute: number, second: number]
}

/** The forms of ISO 8601, to the second, in UTC. */
export const BASIC: TimeForm = { pattern: /^\d{8}T\d{6}Z$/, places: [4, 6, 9, 11, 13] }
export const EXTENDED: TimeForm = {
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  places: [5, 8, 11, 14, 17],
}

/**
 * The time that `text` names in that form, milliseconds since the epoch; null where it is not of that form, where there is no
 * such day or time, and before 1970.
 */
export function utcTimeMs(text: string, { pattern, places }: TimeForm): number | null {
  if (!pattern.test(text)) return null
  const year = digits(text, 0, 4)
  const month = digits(text, places[0], 2)
  const day = digits(text, places[1], 2)
  const hour = digits(text, places[2], 2)
  const minute = digits(text, places[3], 2)
  const second = digits(text, places[4], 2)
  const there =
    year >= 1970 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60
  return there ? Date.UTC(year, month - 1, day, hour, minute, second) : null
}

/** The number that so many digits from `begin` on make. */
function digits(text: string, begin: number, count: number): number {
  let number = 0
  for (let index = begin; index < begin + count; index++) number = 10 * number + text.charCodeAt(index) - 48
  return number
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
