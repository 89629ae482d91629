import type { Row } from './runner.ts'

/** A table for people: a line for each check, and how many came out how. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['target', 'operation', 'as', 'check', 'outcome'],
    ...rows.map((row) => [row.target, row.operation, row.as, row.what, outcome(row)]),
  ]
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? []
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n\n${summary(rows)}\n`
}

function outcome({ outcome, why, assumed }: Row): string {
  if (why === null) return outcome
  return `${outcome}: ${why}${assumed ? ' (an answer that the vendor does not document)' : ''}`
}

/** `huawei: 70 ok, 1 differs, 2 skipped`, a line for each target. */
function summary(rows: readonly Row[]): string {
  return [...Map.groupBy(rows, ({ target }) => target)]
    .map(([target, its]) => {
      const count = (wanted: Row['outcome']) => its.filter(({ outcome }) => outcome === wanted).length
      return `${target}: ${count('ok')} ok, ${count('differs')} differ, ${count('skipped')} skipped`
    })
    .join('\n')
}
