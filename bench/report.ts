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
  /** What it should be at least; null where it is only reported. */
  readonly atLeast: number | null
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1] ?? 0, sorted[middle] ?? 0]
  return (low + high) / 2
}

/** A table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['work', 'measured', 'yardstick', 'ratio', 'at least'],
    ...figures.map(({ work, measured, yardstick, yardstickMeasured, unit, ratio, atLeast }) => [
      work,
      `${format(measured)} ${unit}`,
      yardstickMeasured === null ? '-' : `${format(yardstickMeasured)} ${unit} (${yardstick})`,
      ratio === null ? '-' : ratio.toFixed(2),
      atLeast === null ? '-' : `${atLeast.toFixed(2)}${ratio !== null && ratio < atLeast ? '  MISSED' : ''}`,
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

function format(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}
