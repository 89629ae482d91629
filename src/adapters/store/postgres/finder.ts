import type { Row } from '../rows.ts'
import { Groups } from './groups.ts'
import type { Readers } from './readers.ts'
import { prepare, type Statement, storable } from './session.ts'

interface Waiting {
  readonly key: string
  readonly deadlineMs: number
  readonly resolve: (row: Row | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Keys that are looked up at once, at most. */
const GROUP_MAX = 500

/**
 * Finds rows by one key each. What is asked for while one statement is under way shares the next: to ask a server that sleeps
 * costs more than to look up a row, so few questions about many rows are cheaper than many about one.
 */
export class Finder {
  readonly #readers: Readers
  readonly #statement: (keys: readonly string[]) => Statement
  readonly #columns: readonly string[]
  readonly #groups = new Groups<Waiting>(
    (group) => this.#answer(group),
    (waiting) => waiting.splice(0, GROUP_MAX),
  )

  /** `sql` selects the rows one of whose `columns` is in `$1`, a list of texts; no two rows have the same there. */
  constructor(readers: Readers, sql: string, columns: readonly string[]) {
    this.#readers = readers
    this.#statement = prepare(sql)
    this.#columns = columns
  }

  /** Throws `service.unavailable`. */
  find(key: string): Promise<Row | undefined> {
    return this.#readers.counting((deadlineMs) => {
      return new Promise((resolve, reject) => {
        this.#groups.add({ key: storable(key), deadlineMs, resolve, reject })
      })
    })
  }

  /** Never rejects. */
  async #answer(group: readonly Waiting[]): Promise<void> {
    const [first] = group
    if (!first) return
    try {
      const keys = new Set(group.map(({ key }) => key))
      const found = new Map<unknown, Row>()
      for (const row of await this.#readers.byKey(this.#statement([...keys]), first.deadlineMs))
        for (const column of this.#columns) found.set(row[column], row)
      for (const { key, resolve } of group) resolve(found.get(key))
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}
