import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { releaseMemory } from '../../../runtime/release-memory.ts'
import type { SealedChange } from '../conflicts.ts'
import { openForWriting } from './database.ts'
import { type WriteOutcome, Writer } from './writer.ts'

/** What came of the changes that shared a commit, in the order in which they were handed over. */
export interface Committed {
  readonly outcomes: readonly WriteOutcome[]
  readonly durationMs: number
}

/** Changes as JSON, which is read in half the time that it takes to have objects cloned; null: that was all. */
type Message = string | null

/** What shares one commit, about. It holds up all that comes after it. */
const BATCH_ENOUGH = 1_000

/**
 * The thread that waits for the disk, so that the one that answers clients need not. Whatever it has been handed by the time
 * that it is free shares one commit.
 */
const connection = openForWriting((workerData as { path: string }).path)
const writer = new Writer(connection)

parentPort?.on('message', (first: Message) => {
  const port = parentPort
  const changes: SealedChange[] = []
  let message: Message | undefined = first
  while (typeof message === 'string') {
    changes.push(...(JSON.parse(message) as SealedChange[]))
    message = port && changes.length < BATCH_ENOUGH ? receiveMessageOnPort(port)?.message : undefined
  }
  if (changes.length > 0) {
    const startedAtMs = performance.now()
    const outcomes = writer.commit(changes)
    port?.postMessage({ outcomes, durationMs: performance.now() - startedAtMs } satisfies Committed)
  }
  if (message !== null) return
  connection.close()
  port?.close()
})
releaseMemory()
parentPort?.postMessage('ready')
