import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DomainError } from '../../../domain/errors.ts'
import type { CommitOutcome } from '../../../ports/store.ts'
import { type FollowedChange, SILENCE, type Telemetry } from '../../../ports/telemetry.ts'
import type { SealedChange } from '../conflicts.ts'
import type { WriteOutcome } from './writer.ts'

interface Waiting {
  readonly change: SealedChange
  readonly followed: FollowedChange | null
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
  readonly #telemetry: Telemetry
  #waiting: Waiting[] = []
  #underWay: Waiting[] | null = null
  #begunAtMs = 0
  #closed: Promise<void> | null = null
  #idle: (() => void) | null = null
  /** Why nothing can be written any more; null while it can. */
  #dead: string | null = null

  private constructor(worker: Worker, onFailure: (message: string) => void, telemetry: Telemetry) {
    this.#worker = worker
    this.#onFailure = onFailure
    this.#telemetry = telemetry
    telemetry.waiting.changes.from(() => this.#waiting.length + (this.#underWay?.length ?? 0))
    worker.on('message', (outcomes: readonly WriteOutcome[]) => this.#settle(outcomes))
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
      this.#waiting.push({ change, followed, resolve, reject })
      this.#next()
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
      if (this.#dead !== null) resolve()
      this.#idle = () => {
        this.#worker.once('exit', () => resolve())
        this.#worker.postMessage(null)
      }
      if (!this.#underWay) this.#idle()
    })
    return this.#closed
  }

  /** Why a change would not be taken; null where it would. */
  get #refusal(): string | null {
    if (this.#dead !== null) return this.#dead
    if (this.#closed) return 'the store is closing'
    return this.#waiting.length >= WAITING_MAX ? 'too many changes are waiting' : null
  }

  #next(): void {
    if (this.#underWay) return
    if (this.#waiting.length === 0) {
      this.#idle?.()
      return
    }
    this.#underWay = this.#waiting
    this.#waiting = []
    this.#begunAtMs = performance.now()
    this.#worker.postMessage(JSON.stringify(this.#underWay.map(({ change }) => change)))
  }

  #settle(outcomes: readonly WriteOutcome[]): void {
    const settled = this.#underWay ?? []
    const { commitDuration, commitSize, changes } = this.#telemetry
    commitDuration.observe((performance.now() - this.#begunAtMs) / 1000)
    commitSize.observe(settled.length)
    this.#underWay = null
    this.#next()
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
    const lost = [...(this.#underWay ?? []), ...this.#waiting]
    this.#underWay = null
    this.#waiting = []
    if (lost.length > 0) this.#onFailure(reason)
    this.#telemetry.changes.failed.add(lost.length)
    for (const { reject } of lost) reject(unavailable(reason))
  }
}

function unavailable(reason: string) {
  return new DomainError('service.unavailable', { reason })
}
