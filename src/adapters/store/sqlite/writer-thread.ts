import { parentPort, workerData } from 'node:worker_threads'
import { releaseMemory } from '../../../runtime/release-memory.ts'
import type { SealedChange } from '../conflicts.ts'
import { openForWriting } from './database.ts'
import { Writer } from './writer.ts'

/**
 * The thread that waits for the disk, so that the one that answers clients need not. It is handed batches as JSON, one
 * at a time, and answers each with its outcomes; null asks it to close. To read text takes half the time of having objects
 * cloned.
 */
const connection = openForWriting((workerData as { path: string }).path)
const writer = new Writer(connection)

parentPort?.on('message', (batch: string | null) => {
  if (batch === null) {
    connection.close()
    parentPort?.close()
  } else parentPort?.postMessage(writer.commit(JSON.parse(batch) as readonly SealedChange[]))
})
releaseMemory()
parentPort?.postMessage('ready')
