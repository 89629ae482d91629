import stringWidth from 'string-width'
import { type Colour, paint, terminalWidth } from './terminal.ts'
import { plain } from './text.ts'

/** One column: what it is headed by, what it says of a row, and in which colour. */
export interface Column<Row> {
  readonly heading: string
  readonly text: (row: Row) => string
  readonly colour?: (row: Row) => Colour | null
  /** What must stay whole, as it may be copied. */
  readonly whole?: true
}

const GAP = 2
const NARROWEST = 6

/** `rows` as aligned lines with headings; on a terminal, cut to its width, the widest columns first. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ text }) => plain(text(row))))
  const wanted = columns.map(({ heading }, index) =>
    Math.max(stringWidth(heading), ...cells.map((line) => stringWidth(line[index] ?? ''))),
  )
  const widths = fit(wanted, columns, terminalWidth())
  const head = lineOf(
    columns.map(({ heading }) => heading),
    widths,
    () => 'bold',
  )
  const body = cells.map((line, row) =>
    lineOf(line, widths, (index) => columns[index]?.colour?.(rows[row] as Row) ?? null),
  )
  return [head, ...body].join('\n')
}

/** What there is of one thing: a line for each that is said of it. */
export function details(
  lines: readonly (readonly [name: string, text: string, colour?: Colour | null])[],
): string {
  const width = Math.max(...lines.map(([name]) => name.length)) + GAP
  return lines
    .map(([name, text, colour = null]) => name.padEnd(width) + paint(colour, plain(text)))
    .join('\n')
}

/** Takes from the widest column that may be cut until all fit; columns that must stay whole stay whole. */
function fit<Row>(
  wanted: readonly number[],
  columns: readonly Column<Row>[],
  space: number | null,
): number[] {
  const widths = [...wanted]
  if (space === null) return widths
  const total = () => widths.reduce((sum, width) => sum + width + GAP, -GAP)
  while (total() > space) {
    const widest = widths
      .map((width, index) => ({ width, index }))
      .filter(({ width, index }) => !columns[index]?.whole && width > NARROWEST)
      .toSorted((a, b) => b.width - a.width)[0]
    if (!widest) break
    widths[widest.index] = widest.width - 1
  }
  return widths
}

function lineOf(
  texts: readonly string[],
  widths: readonly number[],
  colourOf: (index: number) => Colour | null,
): string {
  return texts
    .map((text, index) => {
      const width = widths[index] ?? 0
      const shown = cut(text, width)
      const padding = index === texts.length - 1 ? '' : ' '.repeat(width - stringWidth(shown) + GAP)
      return paint(colourOf(index), shown) + padding
    })
    .join('')
    .trimEnd()
}

const graphemes = new Intl.Segmenter()

/** As much of `text` as `width` columns hold; where something had to go, an ellipsis says so. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let shown = ''
  for (const { segment } of graphemes.segment(text)) {
    if (stringWidth(shown + segment) > width - 1) break
    shown += segment
  }
  return `${shown}…`
}
