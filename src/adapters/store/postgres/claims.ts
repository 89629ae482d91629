import type { Claim } from '../../../ports/store.ts'
import { SILENCE, type Telemetry } from '../../../ports/telemetry.ts'
import type { Dialler } from './dialler.ts'
import { messageOf, unavailable } from './failures.ts'
import { Groups } from './groups.ts'
import { Link } from './link.ts'
import { before, READ_TIMEOUT_MS } from './readers.ts'
import { jsonText, prepare, storableKey } from './session.ts'
import { byKey, claimRow } from './writes.ts'

interface Waiting {
  readonly claim: Claim
  readonly nowMs: number
  readonly deadlineMs: number
  readonly resolve: (made: boolean) => void
  readonly reject: (error: Error) => void
}

const WAITING_MAX = 10_000
const GROUP_MAX = 500
const FORGET_INTERVAL_MS = 1_000
/** Other replicas' clocks may be behind this one's by so much. */
const FORGET_AFTER_MS = 60_000

/** One row answers for each that was made: a claim that stands is left as it is. */
const MAKE = prepare(`INSERT INTO claims SELECT * FROM json_populate_recordset(null::claims, $1::json)
  ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, result = excluded.result,
    made_at_ms = excluded.made_at_ms, expires_at_ms = excluded.expires_at_ms
  WHERE claims.expires_at_ms <= excluded.made_at_ms
  RETURNING key`)
const FORGET = prepare(`DELETE FROM claims WHERE key IN
  (SELECT key FROM claims WHERE expires_at_ms <= $1 ORDER BY key LIMIT 10000 FOR UPDATE SKIP LOCKED)`)

/**
 * Makes claims that are no part of a change: nonces, one for every signed request. What arrives while one statement is
 * under way shares the next. They are there for every replica at once, and on disk with the next commit of anything:
 * the log is written in order, and nobody waits for it here.
 */
export class Claims {
  readonly #link: Link
  readonly #telemetry: Telemetry
  readonly #groups = new Groups<Waiting>((group) => this.#settle(group), nextGroup)
  #forgottenAtMs = 0

  constructor(dialler: Dialler, telemetry: Telemetry = SILENCE) {
    this.#telemetry = telemetry
    telemetry.waiting.claims.from(() => this.#groups.waiting)
    this.#link = new Link(dialler, 'claims', {
      synchronous_commit: 'off',
      statement_timeout: READ_TIMEOUT_MS,
      lock_timeout: READ_TIMEOUT_MS,
      enable_seqscan: 'off',
    })
  }

  /** Whether it was made. Not safe to repeat: one whose answer is lost may have been. Throws `service.unavailable`. */
  make(claim: Claim, nowMs: number): Promise<boolean> {
    const refusal =
      this.#link.down ?? (this.#groups.waiting >= WAITING_MAX ? 'too many claims are waiting' : null)
    if (refusal !== null) {
      this.#telemetry.refused.claims.add()
      return Promise.reject(unavailable(refusal))
    }
    return new Promise((resolve, reject) => {
      const deadlineMs = performance.now() + READ_TIMEOUT_MS
      this.#groups.add({ claim, nowMs, deadlineMs, resolve, reject })
    })
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  /** Never rejects. */
  async #settle(group: readonly Waiting[]): Promise<void> {
    const [first] = group
    if (!first) return
    try {
      const session = await before(first.deadlineMs, this.#link.open())
      const rows = group.map(({ claim, nowMs }) => claimRow(claim, nowMs)).sort(byKey)
      const answer = await session.query(MAKE(jsonText(rows)), first.deadlineMs - performance.now())
      const made = new Set(answer.rows.map(({ key }) => key))
      for (const { claim, resolve } of group) resolve(made.has(storableKey(claim.key)))
      if (first.nowMs >= this.#forgottenAtMs + FORGET_INTERVAL_MS) {
        this.#forgottenAtMs = first.nowMs
        session.query(FORGET(first.nowMs - FORGET_AFTER_MS), READ_TIMEOUT_MS).catch(() => {})
      }
    } catch (error) {
      for (const { reject } of group) reject(unavailable(messageOf(error)))
    }
  }
}

/** Of two claims on one key the later one waits: one statement cannot write a row twice. */
function nextGroup(waiting: Waiting[]): Waiting[] {
  const group = new Map<string, Waiting>()
  const later: Waiting[] = []
  for (const each of waiting) {
    const key = storableKey(each.claim.key)
    if (group.has(key) || group.size >= GROUP_MAX) later.push(each)
    else group.set(key, each)
  }
  waiting.splice(0, waiting.length, ...later)
  return [...group.values()]
}
