const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/
const UNIT_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000] as const

/**
 * An ISO 8601 duration in milliseconds, e.g. `P7D` or `PT1H30M`; null where `text` is not one. Years and months have
 * no fixed length and are not taken; neither is an empty duration.
 */
export function parseDuration(text: string): number | null {
  const match = PATTERN.exec(text)
  if (!match || text.endsWith('T') || text === 'P') return null
  const total = UNIT_MS.reduce((sum, unitMs, index) => sum + Number(match[index + 1] ?? 0) * unitMs, 0)
  return Number.isSafeInteger(total) ? total : null
}
