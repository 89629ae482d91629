/** Units from the longest on, with their length in milliseconds. */
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const
type Unit = (typeof UNITS)[number][0]

/** What `make` answers for each key, made once: to make a format costs far more than to use it. */
function once<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return (key) => {
    const found = made.get(key) ?? make(key)
    made.set(key, found)
    return found
  }
}

const relativeFormat = once((tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' }))
const absoluteFormat = once(
  (tag) =>
    new Intl.DateTimeFormat(tag, {
      ...{ year: 'numeric', month: 'short', day: 'numeric' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
    }),
)
const unitFormat = once((key) => {
  const [tag, unit] = key.split(' ') as [string, Unit]
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short' })
})

/** How long ago, or how far ahead, in the words of the language: "3 min ago", "in 2 days". */
export function relative(tag: string, atMs: number, nowMs: number): string {
  const distance = atMs - nowMs
  const [unit, length] = UNITS.find(([, each]) => Math.abs(distance) >= each) ?? ['second', 1000]
  return relativeFormat(tag).format(Math.trunc(distance / length), unit)
}

/** The date and the time to the second, with the zone it is told in. */
export function absolute(tag: string, atMs: number): string {
  return absoluteFormat(tag).format(atMs)
}

/** What is left, in its two largest units: "6 days 23 hrs", "4 mins 9 secs". Nothing is left of what is past. */
export function remaining(tag: string, leftMs: number): string {
  const left = Math.max(0, leftMs)
  const first = UNITS.findIndex(([, length]) => left >= length)
  const from = first < 0 ? UNITS.length - 1 : first
  let rest = left
  const parts = UNITS.slice(from, from + 2).map(([unit, length]) => {
    const amount = Math.floor(rest / length)
    rest -= amount * length
    return unitFormat(`${tag} ${unit}`).format(amount)
  })
  return parts.join(' ')
}
