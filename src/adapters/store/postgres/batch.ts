import type { CommitOutcome } from '../../../ports/store.ts'
import { conflictOf, type SealedChange } from '../conflicts.ts'
import { lookupFor } from './lookups.ts'
import { jsonText, prepare, type Session } from './session.ts'
import { Snapshot } from './snapshot.ts'
import { writeStatements } from './writes.ts'

const BEGIN = { text: 'BEGIN' }
const COMMIT = { text: 'COMMIT' }
/** Every batch takes this lock first, of whichever replica: nothing it looks up can change before it commits. */
const TAKE_TURN = prepare('SELECT last FROM event_sequence FOR UPDATE')
const RECALL = prepare('SELECT outcomes FROM batches WHERE id = $1')
const REMEMBER = prepare('INSERT INTO batches (id, outcomes) VALUES ($1, $2::jsonb)')

/**
 * Applies `changes` in order, in one transaction of two round trips: what they rest on is looked up, and then what they
 * come to is written. Answers the outcome of each. What is answered as committed is on disk.
 *
 * Safe to repeat under the same `id`: `again` finds what came of it the first time, if anything did. Whatever is
 * thrown, nothing but a lost connection can have left it committed.
 */
export async function runBatch(
  session: Session,
  id: string,
  changes: readonly SealedChange[],
  again: boolean,
  timeoutMs: number,
): Promise<readonly CommitOutcome[]> {
  const lookup = lookupFor(changes)
  const statements = [
    BEGIN,
    TAKE_TURN(),
    ...(again ? [RECALL(id)] : []),
    ...(lookup ? [lookup.statement] : []),
  ]
  const [, turn, ...answers] = await session.all(statements, timeoutMs)
  const recalled = again ? answers.shift()?.rows[0]?.['outcomes'] : undefined
  if (recalled !== undefined) {
    letGo(session, timeoutMs)
    return JSON.parse(String(recalled)) as CommitOutcome[]
  }
  const snapshot = new Snapshot(Number(turn?.rows[0]?.['last']))
  lookup?.keep(snapshot, answers[0]?.rows ?? [])
  const outcomes = changes.map((change): CommitOutcome => {
    const conflict = conflictOf(change, snapshot)
    if (conflict) return { ok: false, conflict }
    if (!change.dryRun) snapshot.apply(change)
    return { ok: true, lastSequence: snapshot.sequence }
  })
  if (snapshot.writes.empty) letGo(session, timeoutMs)
  else {
    const written = [...writeStatements(snapshot.writes), REMEMBER(id, jsonText(outcomes)), COMMIT]
    const last = (await session.all(written, timeoutMs)).at(-1)
    if (last?.command !== 'COMMIT') throw new Error(`the transaction ended in ${last?.command}`)
  }
  return outcomes
}

/** Ends a transaction that has written nothing. Nobody waits for it: the next statement finds out if it fails. */
function letGo(session: Session, timeoutMs: number): void {
  session.query(COMMIT, timeoutMs).catch(() => {})
}
