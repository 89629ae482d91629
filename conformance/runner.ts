import { setTimeout as sleep } from 'node:timers/promises'
import type { Check, Lookup, Reply, Role, Target } from './check.ts'
import { difference, show } from './pattern.ts'
import type { Settings } from './settings.ts'

/** What came of one check. `why` says how the answer differs, or for what reason nothing was asked. */
export interface Row {
  readonly target: string
  readonly operation: string
  readonly what: string
  readonly as: Role | 'both'
  readonly outcome: 'ok' | 'differs' | 'skipped'
  readonly why: string | null
  /** True where the expectation is this project's choice, and not a page of the vendor's. */
  readonly assumed: boolean
}

export interface RunOptions {
  /** How long what takes a while may take, milliseconds. */
  readonly waitMs: number
  /** Once aborted, what is left is skipped, and what was made is removed. */
  readonly signal: AbortSignal
  readonly onRow: (row: Row) => void
}

/** Between two looks at what takes a while. */
const PAUSE_MS = 1_000

class NotKnown extends Error {}

type Reported = Pick<Row, 'operation' | 'what' | 'as'> & { readonly assumed?: true }

/** Makes every check of a target, in order, and removes what is left of what they made. Never throws on an answer. */
export async function runTarget<Request>(
  target: Target<Request>,
  settings: Settings,
  options: RunOptions,
): Promise<readonly Row[]> {
  const known = new Map(Object.entries(settings.values))
  const the: Lookup = (name) => {
    const value = known.get(name)
    if (value === undefined) throw new NotKnown(`there is no ${name}`)
    return value
  }
  const send = target.open(settings)
  const made = new Map<string, Check<Request>>()
  const rows: Row[] = []
  const report = (check: Reported, outcome: Row['outcome'], why: string | null) => {
    const { operation, what, as } = check
    const row = { target: target.name, operation, what, as, outcome, why, assumed: check.assumed ?? false }
    rows.push(row)
    options.onRow(row)
  }
  for (const check of target.checks) {
    if (options.signal.aborted) {
      report(check, 'skipped', 'interrupted')
      continue
    }
    try {
      const [reply, found] = await perform(check, the, send, options.waitMs)
      for (const [name, value] of await valuesOf(check, reply, found !== null, the, send)) {
        known.set(name, value)
        if (check.undo) made.set(name, check)
      }
      if (check.removes !== undefined && reply && target.isGone(reply)) made.delete(check.removes)
      report(check, found === null ? 'ok' : 'differs', found)
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error
      report(check, 'skipped', error.message)
    }
  }
  for (const [name, check] of [...made].reverse()) {
    const left = await remove(target, check, the, send, options.waitMs)
    if (left !== null)
      report(
        { operation: check.operation, what: `clean up ${name} ${the(name)}`, as: check.as },
        'differs',
        left,
      )
  }
  return rows
}

type Send<Request> = (as: Role, request: Request) => Promise<Reply>

/** The answer, null where there was none, and how it differs. Throws NotKnown before anything is sent. */
async function perform<Request>(
  check: Check<Request>,
  the: Lookup,
  send: Send<Request>,
  waitMs: number,
): Promise<[Reply | null, string | null]> {
  const [request, expected] = [check.request(the), check.expect(the)]
  const deadline = Date.now() + waitMs
  for (;;) {
    const [reply, found] = await attempt(() => send(check.as, request), expected)
    if (found === null || !check.eventually || Date.now() > deadline) return [reply, found]
    await sleep(PAUSE_MS)
  }
}

async function attempt(
  ask: () => Promise<Reply>,
  expected: Parameters<typeof difference>[0],
): Promise<[Reply | null, string | null]> {
  let reply: Reply
  try {
    reply = await ask()
  } catch (error) {
    const { message, cause } = error as Error
    return [null, `no answer: ${cause instanceof Error ? cause.message : message}`]
  }
  const { status, body, text } = reply
  const found = difference(expected, { status, body })
  // What came with another status says more than its members could.
  return [reply, found?.startsWith('status:') && text !== '' ? `${found}: ${show(body ?? text)}` : found]
}

/** What a check keeps of its answer; of what it made, if need be, as a list has it. */
async function valuesOf<Request>(
  check: Check<Request>,
  reply: Reply | null,
  differs: boolean,
  the: Lookup,
  send: Send<Request>,
): Promise<[string, string][]> {
  const kept = (body: unknown, members = check.keeps ?? {}) =>
    Object.entries(members).flatMap(([name, member]): [string, string][] => {
      const value = memberNamed(body, member)
      return value === null ? [] : [[name, value]]
    })
  const said = kept(reply?.body)
  if (said.length > 0 || !differs || !check.find) return said
  const { request, name, keeps } = check.find(the)
  const list = await send(check.as, request).catch(() => null)
  const found = objects(list?.body).find((object) => Object.values(object).includes(name))
  return kept(found, keeps)
}

/** Null once it is gone; else what the last try was answered. */
async function remove<Request>(
  target: Target<Request>,
  check: Check<Request>,
  the: Lookup,
  send: Send<Request>,
  waitMs: number,
): Promise<string | null> {
  if (!check.undo) return null
  const request = check.undo(the)
  const deadline = Date.now() + waitMs
  for (;;) {
    const left = await send(check.as, request).then(
      (reply) =>
        target.isGone(reply) ? null : `left behind: ${reply.status} ${show(reply.body ?? reply.text)}`,
      (error: Error) => `left behind: ${error.message}`,
    )
    if (left === null || Date.now() > deadline) return left
    await sleep(PAUSE_MS)
  }
}

/** The first member of that name, the outermost first; so that what was made is known even if it came misshapen. */
function memberNamed(body: unknown, name: string): string | null {
  for (const object of objects(body)) {
    const value = object[name]
    if (typeof value === 'string' || typeof value === 'number') return String(value)
  }
  return null
}

/** Every object in an answer, the outermost first. */
function objects(body: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  let level: unknown[] = [body]
  while (level.length > 0) {
    const here = level.filter((value) => typeof value === 'object' && value !== null)
    found.push(...(here as Record<string, unknown>[]))
    level = here.flatMap((object) => Object.values(object as object))
  }
  return found
}
