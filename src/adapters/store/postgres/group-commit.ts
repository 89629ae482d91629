import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError } from '../../../domain/errors.ts'
import type { CommitOutcome } from '../../../ports/store.ts'
import { type FollowedChange, SILENCE, type Telemetry } from '../../../ports/telemetry.ts'
import type { SealedChange } from '../conflicts.ts'
import { runBatch } from './batch.ts'
import { BY_INDEX, type Dialler } from './dialler.ts'
import { type Cure, cureOf, messageOf, unavailable } from './failures.ts'
import { Groups } from './groups.ts'
import { Link } from './link.ts'
import { type Presumption, presume } from './presumption.ts'
import { prepare } from './session.ts'

interface Waiting {
  readonly change: SealedChange
  readonly followed: FollowedChange | null
  /** After this nobody waits for it any more. */
  readonly deadlineMs: number
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: Error) => void
}

/** Whoever changes something has an answer, or is told that there is none, within this time, milliseconds. */
export const COMMIT_TIMEOUT_MS = 5_000
/** More than this and the database is not keeping up; better to say so than to remember it all. */
const WAITING_MAX = 20_000
/** What shares one commit, at most. A batch holds up all the others. */
const BATCH_MAX = 500
const REPEAT_DELAY_MS = 20
/** So many batches look before they write once one has presumed in vain, which costs it another transaction. */
const LOOKS_FIRST = 10
const FORGET_INTERVAL_MS = 60_000
/** Nobody asks after a batch for longer than `COMMIT_TIMEOUT_MS`. */
const FORGET = prepare(`DELETE FROM batches WHERE made_at < now() - interval '10 minutes'`)

/** The session's own limits: a replica that stops half way must not keep the others from their turn. */
const SETTINGS = {
  statement_timeout: COMMIT_TIMEOUT_MS,
  lock_timeout: COMMIT_TIMEOUT_MS - 1_500,
  idle_in_transaction_session_timeout: 2_000,
  ...BY_INDEX,
}

/**
 * Writes changes. What arrives while one batch is under way waits, and shares the next. A batch whose connection is lost
 * is looked for on another one, and applied there if it was not before: so nothing is lost and nothing is done twice.
 */
export class GroupCommit {
  readonly #link: Link
  readonly #onFailure: (message: string) => void
  readonly #telemetry: Telemetry
  readonly #batches = new Groups<Waiting>(
    async (batch) => {
      await this.#settle(batch)
      this.#forgetBatches()
    },
    (waiting) => waiting.splice(0, BATCH_MAX),
  )
  /** How many batches are not to presume anything. */
  #looksFirst = 0
  #closed = false
  #forgottenAtMs = performance.now()

  /** `onFailure` hears of every change that could not be written although the database was there. */
  constructor(dialler: Dialler, onFailure: (message: string) => void, telemetry: Telemetry = SILENCE) {
    this.#link = new Link(dialler, 'writer', SETTINGS)
    this.#onFailure = onFailure
    this.#telemetry = telemetry
    telemetry.waiting.changes.from(() => this.#batches.waiting + this.#batches.underWay)
    this.#link.onDown = (reason) => this.#refuseWaiting(reason)
  }

  /** Why a change would not be taken; null where it would. */
  get refusal(): string | null {
    if (this.#closed) return 'the store is closing'
    if (this.#batches.waiting >= WAITING_MAX) return 'too many changes are waiting'
    return this.#link.down
  }

  commit(change: SealedChange): Promise<CommitOutcome> {
    const { refusal } = this
    if (refusal !== null) {
      this.#telemetry.refused.changes.add()
      return Promise.reject(unavailable(refusal))
    }
    const followed = this.#telemetry.followChange()
    return new Promise((resolve, reject) => {
      const deadlineMs = performance.now() + COMMIT_TIMEOUT_MS
      this.#batches.add({ change, followed, deadlineMs, resolve, reject })
    })
  }

  /** Finishes what was taken, then lets go of the connection. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#batches.idle()
    await this.#link.close()
  }

  /** Never rejects. Where one change cannot be written at all, it alone fails. */
  async #settle(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch
    if (!first) return
    const { commitDuration, commitSize, changes } = this.#telemetry
    const begunAtMs = performance.now()
    try {
      const outcomes = await this.#apply(
        batch.map(({ change }) => change),
        first.deadlineMs,
      )
      commitDuration.observe((performance.now() - begunAtMs) / 1000)
      commitSize.observe(batch.length)
      for (const [index, { followed, resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index]
        followed?.(batch.length)
        changes[outcome === undefined ? 'failed' : outcome.ok ? 'committed' : 'conflict'].add()
        if (outcome) resolve(outcome)
        else reject(unavailable('the change has no outcome'))
      }
    } catch (error) {
      if (error instanceof DomainError) {
        changes.failed.add(batch.length)
        for (const { reject } of batch) reject(error)
      } else if (batch.length === 1) {
        changes.failed.add()
        this.#onFailure(messageOf(error))
        first.reject(unavailable('the change could not be written'))
      } else {
        // Half of them at a time, so that one that cannot be written is soon by itself.
        const half = Math.ceil(batch.length / 2)
        await this.#settle(batch.slice(0, half))
        await this.#settle(batch.slice(half))
      }
    }
  }

  /** Throws `service.unavailable` once time is up, and what cannot be cured as it came. */
  async #apply(changes: readonly SealedChange[], deadlineMs: number): Promise<readonly CommitOutcome[]> {
    const id = randomUUID()
    let presumption = this.#presume(changes)
    for (let [attempt, looked] = [0, 0]; ; attempt++) {
      // What has not been tried yet is refused at once where the database is known to be down.
      const session = await (attempt === 0 ? this.#link.open() : this.#link.openBefore(deadlineMs))
      const timeoutMs = deadlineMs - performance.now()
      if (timeoutMs <= 0) throw unavailable('the change waited too long')
      try {
        return await runBatch(session, { id, changes, presumption, again: attempt > 0 }, timeoutMs)
      } catch (error) {
        const cure = cureOf(error)
        if (cure === 'reconnect') session.destroy(messageOf(error))
        else session.query({ text: 'ROLLBACK' }, timeoutMs).catch(() => {})
        if (presumption && cure === 'none') this.#looksFirst = LOOKS_FIRST
        else await afterwards(cure, error, looked, deadlineMs)
        if (!presumption) looked++
        presumption = null
      }
    }
  }

  /** Null where they had better be looked up: what has just conflicted is likely to do so again. */
  #presume(changes: readonly SealedChange[]): Presumption | null {
    if (this.#looksFirst === 0) return presume(changes)
    this.#looksFirst--
    return null
  }

  #refuseWaiting(reason: string): void {
    const refused = this.#batches.giveUp()
    this.#telemetry.refused.changes.add(refused.length)
    for (const { reject } of refused) reject(unavailable(reason))
  }

  #forgetBatches(): void {
    const { session } = this.#link
    if (session === null || performance.now() < this.#forgottenAtMs + FORGET_INTERVAL_MS) return
    this.#forgottenAtMs = performance.now()
    session.query(FORGET(), COMMIT_TIMEOUT_MS).catch(() => {})
  }
}

/** Waits until it is time for another attempt; throws where there is to be none. */
async function afterwards(cure: Cure, error: unknown, looked: number, deadlineMs: number): Promise<void> {
  // Once more, too: something that takes no turn may have written what this rests on since it was looked up.
  if (cure === 'none' && looked > 0) throw error
  if (performance.now() + REPEAT_DELAY_MS >= deadlineMs) throw unavailable(messageOf(error))
  if (cure === 'repeat') await sleep(REPEAT_DELAY_MS)
}
