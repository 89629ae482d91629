// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot leave out the rows that are out of sight
// biome-ignore-all lint/a11y/useFocusableInteractive: the row takes the focus, for all its cells
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are heard by the table, for all its rows
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react'
import { useShortcuts } from '../util/shortcuts.ts'
import './table.css'

export interface Column<Row> {
  readonly key: string
  readonly title: string
  /** A track of a CSS grid, e.g. `minmax(8rem, 2fr)`. */
  readonly width: string
  readonly cell: (row: Row) => ReactNode
  /** It gives way where there is little room; `.table-second` inside another cell is shown only there. */
  readonly spare?: boolean
}

interface TableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** What a click or Enter on a row does; always the same function, or all rows are drawn again. */
  readonly onOpen?: (row: Row) => void
  /** How high it may get; by default most of the window. */
  readonly maxHeight?: string
}

/** Pixels; all rows are as high, so that any of 10,000 is found without measuring those before it. */
const ROW_HEIGHT = 46
const OVERSCAN_ROWS = 8

/** How far each key goes, from the row in focus. */
const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/**
 * Rows and columns, of which only what can be seen is drawn. One row takes the focus; the arrows, `j` and `k` go to the
 * next, and Enter opens it.
 */
export function Table<Row>({ label, columns, rows, keyOf, onOpen, maxHeight = '70dvh' }: TableProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null)
  const { at, move, focus } = useRowFocus(rows.length, scroller, (index) => virtual.scrollToIndex(index))
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN_ROWS,
    getItemKey: (index) => keyOf(rows[index] as Row),
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const [first, last] = [Math.max(0, startIndex - overscan), Math.min(count - 1, endIndex + overscan)]
      const seen = Array.from({ length: last - first + 1 }, (_, index) => first + index)
      // The row in focus stays, or the focus would be lost with it.
      return at < count && !seen.includes(at) ? [...seen, at].sort((a, b) => a - b) : seen
    },
  })
  const press = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLElement && event.target.role !== 'row') return
    const by = MOVES[event.key]
    const row = rows[at]
    if (by !== undefined) move(by)
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row)
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className={`table ${onOpen ? 'table-opens' : ''}`}
      style={{ maxHeight, ...tracksOf(columns) }}
      onKeyDown={press}
    >
      <Head columns={columns} />
      <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => (
          <TableRow
            key={key}
            row={rows[index] as Row}
            columns={columns}
            index={index}
            top={start}
            stop={index === Math.min(at, rows.length - 1)}
            onFocus={focus}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  )
}

interface RowProps<Row> {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly index: number
  /** Pixels from the first row. */
  readonly top: number
  /** Whether Tab stops here. */
  readonly stop: boolean
  readonly onFocus: (index: number) => void
  readonly onOpen: ((row: Row) => void) | undefined
}

/** One row; drawn again only when something about it has changed, and not because others were scrolled into sight. */
const TableRow = memo(function TableRow<Row>(props: RowProps<Row>) {
  const { row, columns, index, top, stop, onFocus, onOpen } = props
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      tabIndex={stop ? 0 : -1}
      className="table-row"
      style={{ transform: `translateY(${top}px)` }}
      data-index={index}
      onFocus={() => onFocus(index)}
      onClick={() => onOpen?.(row)}
    >
      {columns.map((column) => (
        <div key={column.key} role="gridcell" className={column.spare ? 'table-spare' : undefined}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}) as <Row>(props: RowProps<Row>) => ReactElement

function Head<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  return (
    <div role="rowgroup" className="table-head">
      <div role="row" aria-rowindex={1} className="table-row">
        {columns.map(({ key, title, spare }) => (
          <div key={key} role="columnheader" className={spare ? 'table-spare' : undefined}>
            {title}
          </div>
        ))}
      </div>
    </div>
  )
}

/** The tracks, with all columns and with those that stay where there is little room. */
function tracksOf<Row>(columns: readonly Column<Row>[]): CSSProperties {
  const tracks = (some: readonly Column<Row>[]) => some.map(({ width }) => width).join(' ')
  return {
    '--tracks': tracks(columns),
    '--tracks-narrow': tracks(columns.filter(({ spare }) => !spare)),
  } as CSSProperties
}

/** Which row has the focus, or would get it. */
function useRowFocus(
  count: number,
  scroller: React.RefObject<HTMLDivElement | null>,
  scrollTo: (index: number) => void,
) {
  const [at, setAt] = useState(0)
  const wanted = useRef(false)
  const move = (by: number) => {
    if (count === 0) return
    const next = Math.max(0, Math.min(count - 1, at + by))
    wanted.current = true
    scrollTo(next)
    setAt(next)
    if (next === at) focusRow(scroller.current, at)
  }
  useEffect(() => {
    if (!wanted.current) return
    wanted.current = false
    focusRow(scroller.current, at)
  }, [at, scroller])
  const inside = () => scroller.current?.contains(document.activeElement) ?? false
  useShortcuts({ j: () => move(inside() ? 1 : 0), k: () => move(inside() ? -1 : 0) })
  return { at, move, focus: setAt }
}

function focusRow(scroller: HTMLElement | null, index: number): void {
  scroller?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true })
}
