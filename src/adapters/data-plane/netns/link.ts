import { isDeepStrictEqual } from 'node:util'
import type { PeeringId } from '../../../domain/identity.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import {
  beginEnd,
  changeEnd,
  dressEnd,
  type End,
  hasGate,
  isEnd,
  isPair,
  lookAt,
  makePair,
  mendEnd,
  nameEnd,
  type Seen,
  SHOW_ENDS,
} from './end.ts'
import { gatesIn, layGate, REMOVE_ALL, removeGate, SHOW_ALL } from './gate.ts'
import type { Answer } from './helper.ts'
import type { Kernel } from './kernel.ts'
import { parseAlias } from './names.ts'

/*
 * A peering is a pair of devices, one in the namespace of either VPC. Only when the gates stand are they put up, and get
 * addresses, and then the routes that lead to them; what is taken away goes the other way round, and a device takes its
 * routes along. Gates and devices say whose they are, so that whatever has been begun is found again.
 */

/** What is known of a link before a pass looks. */
export interface Known {
  /** There is nothing of it anywhere, as far as is known. */
  readonly nothing: boolean
  /** As this process has laid it, so that the programs that stay may remember devices that are gone; null: it has not. */
  readonly laid: readonly [End, End] | null
}

/** Brings a link that is to be open to what is wanted; where it cannot be laid, nothing of it is left. Safe to repeat. */
export async function layLink(kernel: Kernel, ends: readonly [End, End], known: Known): Promise<void> {
  const [one, other] = ends
  const namespaces = [one.namespace, other.namespace]
  if (one.namespace === other.namespace) {
    throw new DataPlaneUnavailableError(`both VPCs stand for the namespace ${one.namespace}`)
  }
  const isOther = known.laid !== null && !isDeepStrictEqual(known.laid.map(waysOf), ends.map(waysOf))
  const seen = known.nothing
    ? null
    : await (isOther ? changeBoth(kernel, ends, known.laid) : lookAtBoth(kernel, ends))
  if (seen && isPair(...seen)) return mend(kernel, ends, seen)
  try {
    if (seen) await clear(kernel, ends, seen, known)
    const [begun] = await all([
      all(ends.map((end, index) => (seen ? mendGate(kernel, end, seen[index]) : beginEnd(kernel, end)))),
      // It is down still, and what is up must have its gate.
      kernel.ip(one.namespace, [makePair(one, other), nameEnd(one)]).then(done),
    ])
    await all(
      ends.map(async (end, index) => {
        const bare = { ...(begun[index] as Seen), open: false, neighbour: true, routes: [] }
        done(await kernel.ip(end.namespace, [...dressEnd(end), ...mendEnd(end, bare)]))
      }),
    )
  } catch (error) {
    for (const namespace of namespaces) kernel.forget(namespace)
    // Both halves, or none. What cannot be undone now is found by the next pass.
    await removeLink(kernel, namespaces, one.device, () => true).catch(() => {})
    throw error
  }
}

/** Makes room for a new pair of devices. */
async function clear(
  kernel: Kernel,
  ends: readonly [End, End],
  seen: readonly [Seen, Seen],
  known: Known,
): Promise<void> {
  const foreign = ends.find((_, index) => seen[index]?.device?.ours === false)
  if (foreign) {
    throw new DataPlaneUnavailableError(
      `the device ${foreign.device} in the namespace ${foreign.namespace} is not ours`,
    )
  }
  const namespaces = ends.map(({ namespace }) => namespace)
  if (seen.some(({ device }) => device !== null)) await removeDevices(kernel, namespaces, ends[0].device)
  else if (known.laid) for (const namespace of namespaces) kernel.forget(namespace)
}

async function mend(kernel: Kernel, ends: readonly [End, End], seen: readonly [Seen, Seen]): Promise<void> {
  await all(
    ends.map(async (end, index) => {
      const look = seen[index] as Seen
      const toBeShut = !end.open && look.open !== false
      // Nothing may pass while it is still open, nor before there are the rules that shut it.
      await (toBeShut ? emptyGate(kernel, end) : mendGate(kernel, end, look))
      const lines = mendEnd(end, look)
      if (lines.length > 0) done(await kernel.ip(end.namespace, lines))
      if (toBeShut) await mendGate(kernel, end, { ...look, gate: [] })
    }),
  )
}

async function emptyGate(kernel: Kernel, { namespace, device, peering }: End): Promise<void> {
  done(await kernel.nft(namespace, [layGate(device, peering, [])]))
}

async function mendGate(kernel: Kernel, end: End, seen: Seen | undefined): Promise<Seen> {
  if (!seen) throw new Error(`nobody has looked at ${end.namespace}`)
  if (!hasGate(end, seen)) {
    done(await kernel.nft(end.namespace, [layGate(end.device, end.peering, end.passages)]))
  }
  return seen
}

/** Whether a pass would change anything. */
export async function isLaid(kernel: Kernel, ends: readonly [End, End]): Promise<boolean> {
  const seen = await lookAtBoth(kernel, ends)
  return (
    isPair(...seen) &&
    ends.every((end, index) => {
      const look = seen[index] as Seen
      return hasGate(end, look) && mendEnd(end, look).length === 0
    })
  )
}

/**
 * Takes away what there is of a link in some namespaces: the device first, which stops packets. `isLast` says of a
 * namespace whether no other link is known to end there; then the filter table goes too. Safe to repeat.
 */
export async function removeLink(
  kernel: Kernel,
  namespaces: readonly string[],
  device: string,
  isLast: (namespace: string) => boolean,
): Promise<void> {
  await removeDevices(kernel, namespaces, device)
  await Promise.all(
    namespaces.map((namespace) => removeGateFrom(kernel, namespace, device, isLast(namespace))),
  )
}

/** Answers whether there were any. */
async function removeDevices(
  kernel: Kernel,
  namespaces: readonly string[],
  device: string,
): Promise<boolean> {
  let found = false
  for (const namespace of namespaces) {
    const { output } = await kernel.ip(namespace, [`addr show dev ${device}`])
    const [row] = output === '' ? [] : (JSON.parse(output) as Parameters<typeof isEnd>[0][])
    if (!row || !isEnd(row)) continue
    found = true
    done(await kernel.ip(namespace, [`link del dev ${device}`]))
  }
  // The other end went by itself, and that is not known there.
  if (found) for (const namespace of namespaces) kernel.forget(namespace)
  return found
}

async function removeGateFrom(
  kernel: Kernel,
  namespace: string,
  device: string,
  last: boolean,
): Promise<void> {
  if (last) {
    const { output, errors } = await kernel.nft(namespace, [SHOW_ALL])
    if (isMissing(errors)) return
    if (gatesIn(output).every((gate) => gate.device === device)) {
      done(await kernel.nft(namespace, [REMOVE_ALL]))
      return
    }
  }
  const { errors } = await kernel.nft(namespace, removeGate(device))
  const unexpected = errors.split(/^(?=Error: )/m).filter((error) => !isMissing(error) && error.trim() !== '')
  if (unexpected.length > 0) throw new DataPlaneUnavailableError(unexpected.join(''))
}

/** The peerings that there is anything of in a namespace; none in one that has just gone, or has yet to come. */
export async function peeringsIn(kernel: Kernel, namespace: string): Promise<PeeringId[]> {
  try {
    const [links, gates] = await Promise.all([
      kernel.ipOnce(namespace, SHOW_ENDS),
      // All tables: where ours is not there, nothing is amiss.
      kernel.exec(namespace, 'nft', ['list', 'ruleset', 'inet']),
    ])
    const table = /^table inet isthmus \{\n(?:\s.*\n|\n)*\}$/m.exec(gates)?.[0] ?? ''
    const rows = links
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => JSON.parse(line) as { ifalias?: string }[])
    const ids = [
      ...rows.map(({ ifalias }) => parseAlias(ifalias)?.id),
      ...gatesIn(table).map(({ peering }) => peering),
    ]
    return [...new Set(ids)].filter((id): id is PeeringId => typeof id === 'string')
  } catch (error) {
    // Others make and delete namespaces at the same time.
    if (/network namespace/.test(String(error))) return []
    throw error
  }
}

const waysOf = ({ open, passages, routes }: End) => ({ open, passages, routes })

async function changeBoth(
  kernel: Kernel,
  [one, other]: readonly [End, End],
  before: readonly [End, End],
): Promise<[Seen, Seen]> {
  return all([changeEnd(kernel, one, before[0]), changeEnd(kernel, other, before[1])])
}

async function lookAtBoth(kernel: Kernel, [one, other]: readonly [End, End]): Promise<[Seen, Seen]> {
  return Promise.all([lookAt(kernel, one), lookAt(kernel, other)])
}

/** Each is waited for, also where another fails: what is undone must not go on. */
async function all<T extends readonly unknown[]>(
  work: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T>
async function all<T>(work: readonly Promise<T>[]): Promise<T[]>
async function all(work: readonly Promise<unknown>[]): Promise<unknown> {
  await Promise.allSettled(work)
  return Promise.all(work)
}

function done({ errors }: Answer): void {
  if (errors !== '') throw new DataPlaneUnavailableError(errors)
}

/** It is not there: by what `nft` has seen, or by what the kernel says. */
const isMissing = (errors: string) =>
  /^Error: (?:Could not process rule: )?No such file or directory/.test(errors)
