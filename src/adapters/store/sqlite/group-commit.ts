import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { DomainError } from '../../../domain/errors.ts'
import type { CommitOutcome } from '../../../ports/store.ts'
import type { SealedChange } from '../conflicts.ts'
import type { WriteOutcome } from './writer.ts'

interface Waiting {
  readonly change: SealedChange
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: Error) => void
}

/** More than this and the disk is not keeping up; better to say so than to remember it all. */
const WAITING_MAX = 20_000

/**
 * Hands changes to the writer's thread. What arrives while one commit is under way waits, and shares the next.
 */
export class GroupCommit {
  readonly #worker: Worker
  readonly #onFailure: (message: string) => void
  #waiting: Waiting[] = []
  #underWay: Waiting[] | null = null
  #closed: Promise<void> | null = null
  #idle: (() => void) | null = null
  /** Why nothing can be written any more; null while it can. */
  #dead: string | null = null

  private constructor(worker: Worker, onFailure: (message: string) => void) {
    this.#worker = worker
    this.#onFailure = onFailure
    worker.on('message', (outcomes: readonly WriteOutcome[]) => this.#settle(outcomes))
    worker.on('error', (error) => this.#fail(String(error)))
    worker.on('exit', () => this.#fail('the writer has stopped'))
  }

  /** Resolves once the schema is up to date. `onFailure` hears of every write that could not be made. */
  static async start(path: string, onFailure: (message: string) => void): Promise<GroupCommit> {
    const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: { path } })
    await once(worker, 'message')
    return new GroupCommit(worker, onFailure)
  }

  commit(change: SealedChange): Promise<CommitOutcome> {
    if (this.#dead !== null) return Promise.reject(unavailable(this.#dead))
    if (this.#closed) return Promise.reject(unavailable('the store is closing'))
    if (this.#waiting.length >= WAITING_MAX)
      return Promise.reject(unavailable('too many changes are waiting'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject })
      this.#next()
    })
  }

  /** Throws `service.unavailable` where a change would not be taken. */
  check(): void {
    if (this.#dead !== null) throw unavailable(this.#dead)
    if (this.#closed) throw unavailable('the store is closing')
    if (this.#waiting.length >= WAITING_MAX) throw unavailable('too many changes are waiting')
  }

  /** Finishes what was taken, then stops the thread. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#dead !== null) resolve()
      this.#idle = () => {
        this.#worker.once('exit', () => resolve())
        this.#worker.postMessage(null)
      }
      if (!this.#underWay) this.#idle()
    })
    return this.#closed
  }

  #next(): void {
    if (this.#underWay) return
    if (this.#waiting.length === 0) {
      this.#idle?.()
      return
    }
    this.#underWay = this.#waiting
    this.#waiting = []
    this.#worker.postMessage(this.#underWay.map(({ change }) => change))
  }

  #settle(outcomes: readonly WriteOutcome[]): void {
    const settled = this.#underWay ?? []
    this.#underWay = null
    this.#next()
    for (const [index, { resolve, reject }] of settled.entries()) {
      const outcome = outcomes[index]
      if (outcome && !('failed' in outcome)) resolve(outcome)
      else {
        this.#onFailure(outcome?.failed ?? 'no outcome')
        reject(unavailable('the change could not be written'))
      }
    }
  }

  #fail(reason: string): void {
    this.#dead ??= reason
    const lost = [...(this.#underWay ?? []), ...this.#waiting]
    this.#underWay = null
    this.#waiting = []
    if (lost.length > 0) this.#onFailure(reason)
    for (const { reject } of lost) reject(unavailable(reason))
  }
}

function unavailable(reason: string) {
  return new DomainError('service.unavailable', { reason })
}
