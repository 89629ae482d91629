import type { CommitOutcome } from '../../../ports/store.ts'
import { conflictOf, type SealedChange } from '../conflicts.ts'
import { lookupFor } from './lookups.ts'
import { presumedStatements } from './presumed-write.ts'
import type { Presumption } from './presumption.ts'
import { type Answer, jsonText, prepare, type Session } from './session.ts'
import { Snapshot, type Writes } from './snapshot.ts'
import { writeStatements } from './writes.ts'

const BEGIN = { text: 'BEGIN' }
const COMMIT = { text: 'COMMIT' }
/** Every batch takes this lock first, of whichever replica: nothing it looks up can change before it commits. */
const TAKE_TURN = prepare('SELECT last FROM event_sequence FOR UPDATE')
const RECALL = prepare('SELECT outcomes, sequence_before FROM batches WHERE id = $1')
const REMEMBER = prepare('INSERT INTO batches (id, outcomes, sequence_before) VALUES ($1, $2::jsonb, $3)')

export interface Batch {
  readonly id: string
  readonly changes: readonly SealedChange[]
  /** Null: what they rest on is looked up first. */
  readonly presumption: Presumption | null
  /** Whether it was tried before. */
  readonly again: boolean
}

/** What a batch comes to. Sequence numbers count from `before`, that of the last event before it. */
interface Decided {
  readonly outcomes: readonly CommitOutcome[]
  readonly before: number
}

/**
 * Applies `changes` in order, in one transaction, and answers the outcome of each. What is answered as committed is on disk.
 * With a presumption that is one message, which fails where anything is not as presumed. Without, it is two: what they rest
 * on is looked up, and then what they come to is written.
 *
 * Safe to repeat under the same `id`: `again` finds what came of it the first time, if anything did. Whatever is
 * thrown, nothing but a lost connection can have left it committed.
 */
export async function runBatch(
  session: Session,
  batch: Batch,
  timeoutMs: number,
): Promise<readonly CommitOutcome[]> {
  const { presumption } = batch
  const { outcomes, before } = presumption
    ? await writePresumed(session, batch.id, presumption, timeoutMs)
    : await lookUpAndWrite(session, batch, timeoutMs)
  return outcomes.map((outcome) =>
    outcome.ok ? { ...outcome, lastSequence: before + outcome.lastSequence } : outcome,
  )
}

async function writePresumed(
  session: Session,
  id: string,
  presumption: Presumption,
  timeoutMs: number,
): Promise<Decided> {
  const outcomes = presumption.sequences.map((lastSequence) => ({ ok: true, lastSequence }) as const)
  const statements = presumedStatements(presumption, id, jsonText(outcomes))
  const answers = await session.all([BEGIN, TAKE_TURN(), ...statements, COMMIT], timeoutMs)
  committed(answers)
  return { outcomes, before: Number(answers[1]?.rows[0]?.['last']) }
}

async function lookUpAndWrite(session: Session, batch: Batch, timeoutMs: number): Promise<Decided> {
  const { outcomes, before, writes } = await decide(session, batch, timeoutMs)
  if (writes.empty) letGo(session, timeoutMs)
  else {
    const remember = REMEMBER(batch.id, jsonText(outcomes), before)
    committed(await session.all([...writeStatements(writes, before), remember, COMMIT], timeoutMs))
  }
  return { outcomes, before }
}

/** Begins the transaction, and finds out what the changes come to in it. */
async function decide(
  session: Session,
  { id, changes, again }: Batch,
  timeoutMs: number,
): Promise<Decided & { readonly writes: Writes }> {
  const lookup = lookupFor(changes)
  const statements = [
    BEGIN,
    TAKE_TURN(),
    ...(again ? [RECALL(id)] : []),
    ...(lookup ? [lookup.statement] : []),
  ]
  const [, turn, ...answers] = await session.all(statements, timeoutMs)
  const before = Number(turn?.rows[0]?.['last'])
  const snapshot = new Snapshot(before)
  const { writes } = snapshot
  const recalled = again ? answers.shift()?.rows[0] : undefined
  if (recalled !== undefined) {
    const outcomes = JSON.parse(String(recalled['outcomes'])) as CommitOutcome[]
    return { outcomes, before: Number(recalled['sequence_before']), writes }
  }
  lookup?.keep(snapshot, answers[0]?.rows ?? [])
  const outcomes = changes.map((change): CommitOutcome => {
    const conflict = conflictOf(change, snapshot)
    if (conflict) return { ok: false, conflict }
    if (!change.dryRun) snapshot.apply(change)
    return { ok: true, lastSequence: snapshot.sequence - before }
  })
  return { outcomes, before, writes }
}

/** Throws where what was answered to a transaction's last statement is not that it was committed. */
function committed(answers: readonly Answer[]): void {
  const command = answers.at(-1)?.command
  if (command !== 'COMMIT') throw new Error(`the transaction ended in ${command}`)
}

/** Ends a transaction that has written nothing. Nobody waits for it: the next statement finds out if it fails. */
function letGo(session: Session, timeoutMs: number): void {
  session.query(COMMIT, timeoutMs).catch(() => {})
}
