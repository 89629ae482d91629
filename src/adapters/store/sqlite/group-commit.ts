import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DomainError } from '../../../domain/errors.ts'
import type { CommitOutcome } from '../../../ports/store.ts'
import { type FollowedChange, SILENCE, type Telemetry } from '../../../ports/telemetry.ts'
import type { SealedChange } from '../conflicts.ts'
import type { Committed } from './writer-thread.ts'

interface Waiting {
  readonly followed: FollowedChange | null
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: Error) => void
}

/** More than this and the disk is not keeping up; better to say so than to remember it all. */
const WAITING_MAX = 20_000

/**
 * Hands changes to the writer's thread, those of one turn of the event loop together. What arrives there while one commit
 * is under way shares the next: the writer never waits until this thread has time for it.
 */
export class GroupCommit {
  readonly #worker: Worker
  readonly #onFailure: (message: string) => void
  readonly #telemetry: Telemetry
  /** Whoever has no outcome yet, in order. */
  readonly #waiting: Waiting[] = []
  /** What the last of them want, until this turn of the event loop is over. */
  #unsent: SealedChange[] = []
  #closed: Promise<void> | null = null
  /** Why nothing can be written any more; null while it can. */
  #dead: string | null = null

  private constructor(worker: Worker, onFailure: (message: string) => void, telemetry: Telemetry) {
    this.#worker = worker
    this.#onFailure = onFailure
    this.#telemetry = telemetry
    telemetry.waiting.changes.from(() => this.#waiting.length)
    worker.on('message', (committed: Committed) => this.#settle(committed))
    worker.on('error', (error) => this.#fail(String(error)))
    worker.on('exit', () => this.#fail('the writer has stopped'))
  }

  /** Resolves once the schema is up to date. `onFailure` hears of every write that could not be made. */
  static async start(
    path: string,
    onFailure: (message: string) => void,
    telemetry: Telemetry = SILENCE,
  ): Promise<GroupCommit> {
    // In the package it is a `.js`, as this file is.
    const thread = new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url)
    const worker = new Worker(thread, { workerData: { path } })
    await once(worker, 'message')
    return new GroupCommit(worker, onFailure, telemetry)
  }

  commit(change: SealedChange): Promise<CommitOutcome> {
    const refusal = this.#refusal
    if (refusal !== null) {
      this.#telemetry.refused.changes.add()
      return Promise.reject(unavailable(refusal))
    }
    const followed = this.#telemetry.followChange()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ followed, resolve, reject })
      if (this.#unsent.push(change) === 1) setImmediate(() => this.#send())
    })
  }

  /** Throws `service.unavailable` where a change would not be taken. */
  check(): void {
    const refusal = this.#refusal
    if (refusal !== null) throw unavailable(refusal)
  }

  /** Finishes what was taken, then stops the thread. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#dead !== null) return resolve()
      this.#worker.once('exit', () => resolve())
      this.#send()
      this.#worker.postMessage(null)
    })
    return this.#closed
  }

  /** Why a change would not be taken; null where it would. */
  get #refusal(): string | null {
    if (this.#dead !== null) return this.#dead
    if (this.#closed) return 'the store is closing'
    return this.#waiting.length >= WAITING_MAX ? 'too many changes are waiting' : null
  }

  #send(): void {
    if (this.#unsent.length === 0) return
    this.#worker.postMessage(JSON.stringify(this.#unsent))
    this.#unsent = []
  }

  #settle({ outcomes, durationMs }: Committed): void {
    const settled = this.#waiting.splice(0, outcomes.length)
    const { commitDuration, commitSize, changes } = this.#telemetry
    commitDuration.observe(durationMs / 1000)
    commitSize.observe(settled.length)
    for (const [index, { followed, resolve, reject }] of settled.entries()) {
      const outcome = outcomes[index]
      followed?.(settled.length)
      if (outcome && !('failed' in outcome)) {
        changes[outcome.ok ? 'committed' : 'conflict'].add()
        resolve(outcome)
      } else {
        changes.failed.add()
        this.#onFailure(outcome?.failed ?? 'no outcome')
        reject(unavailable('the change could not be written'))
      }
    }
  }

  #fail(reason: string): void {
    this.#dead ??= reason
    const lost = this.#waiting.splice(0)
    this.#unsent = []
    if (lost.length > 0) this.#onFailure(reason)
    this.#telemetry.changes.failed.add(lost.length)
    for (const { reject } of lost) reject(unavailable(reason))
  }
}

function unavailable(reason: string) {
  return new DomainError('service.unavailable', { reason })
}
