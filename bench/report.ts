/** What one workload came to. */
export interface Figure {
  readonly work: string
  readonly yardstick: string
  /** Ours, and the yardstick's, in `unit`. */
  readonly measured: number
  readonly yardstickMeasured: number | null
  readonly unit: string
  /** Measured against yardstick, the median of the rounds; null where there is none. */
  readonly ratio: number | null
  /** What it should be at least; null where it is only reported, or should be at most something. */
  readonly atLeast: number | null
  readonly atMost?: number
  /** The worst but one of a hundred, ours and the yardstick's, where each is timed by itself. */
  readonly p99?: number
  readonly yardstickP99?: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1] ?? 0, sorted[middle] ?? 0]
  return (low + high) / 2
}

/** The value that `share` of them do not exceed, e.g. 0.99. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** A table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['work', 'measured', 'yardstick', 'ratio', 'bound'],
    ...figures.map((figure) => [
      figure.work,
      amount(figure.measured, figure.p99, figure.unit),
      figure.yardstickMeasured === null
        ? '-'
        : `${amount(figure.yardstickMeasured, figure.yardstickP99, figure.unit)} (${figure.yardstick})`,
      figure.ratio === null ? '-' : figure.ratio.toFixed(figure.ratio < 0.1 ? 3 : 2),
      bound(figure),
    ]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function amount(value: number, p99: number | undefined, unit: string): string {
  return `${format(value)}${p99 === undefined ? '' : ` (p99 ${format(p99)})`} ${unit}`
}

function bound({ ratio, atLeast, atMost }: Figure): string {
  if (atLeast === null && atMost === undefined) return '-'
  const missed = ratio !== null && (ratio < (atLeast ?? 0) || ratio > (atMost ?? Number.POSITIVE_INFINITY))
  const text = atLeast === null ? `<= ${atMost?.toFixed(2)}` : `>= ${atLeast.toFixed(2)}`
  return `${text}${missed ? '  MISSED' : ''}`
}

function format(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}
