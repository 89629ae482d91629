import type { Ends } from '../history/history.ts'
import { ADMIN_TOKEN } from '../rig/service.ts'
import { alice, bob, mallory, type TestVpc, vpcOf } from '../rig/tenants.ts'
import { attempt } from './call.ts'

/** Somebody who may ask for things. */
export interface Party {
  /** A tenant's id, or `operator`, as the event log has it. */
  readonly name: string
  readonly token: string
}

export interface KnownPeering {
  readonly id: string
  readonly ends: Ends
}

/** Two VPCs over which clients quarrel. */
export interface Pair {
  readonly vpcs: readonly [TestVpc, TestVpc]
  /** The peering that was last heard of, and some from before; any client may try anything on them. */
  newest: KnownPeering | null
  readonly earlier: KnownPeering[]
}

/** Who takes part, and over what. */
export interface Arena {
  readonly pairs: readonly Pair[]
  readonly operator: Party
  /** Has to do with nothing. */
  readonly stranger: Party
  /** By the tenant's name. */
  readonly tenants: ReadonlyMap<string, Party>
}

const OPERATOR: Party = { name: 'operator', token: ADMIN_TOKEN }
const REMEMBERED = 20

/** Few VPCs, so that clients meet. The last pair is of one tenant, which needs nobody's consent. */
export async function openArena(url: string, pairCount: number): Promise<Arena> {
  const listed = await attempt(url, ADMIN_TOKEN, 'GET', '/tenants')
  if (typeof listed === 'string') throw new Error(`the tenants could not be listed: ${listed}`)
  const { tenants } = listed.body as { tenants: { id: string; name: string }[] }
  const parties = new Map(
    [alice, bob, mallory].map(({ name, key }) => {
      const id = tenants.find((tenant) => tenant.name === name)?.id ?? ''
      return [name, { name: id, token: `${key.id}.${key.secret}` }]
    }),
  )
  const stranger = parties.get(mallory.name) ?? OPERATOR
  const pairs = Array.from({ length: pairCount }, (_, index): Pair => {
    const last = pairCount > 1 && index === pairCount - 1
    const first = vpcOf(alice, (index % 5) + 1)
    const second = last ? vpcOf(alice, 6) : vpcOf(bob, (Math.floor(index / 5) % 6) + 1)
    return { vpcs: [first, second], newest: null, earlier: [] }
  })
  return { pairs, operator: OPERATOR, stranger, tenants: parties }
}

export function partyOf(arena: Arena, vpc: TestVpc): Party {
  const party = arena.tenants.get(vpc.tenant.name)
  if (!party) throw new Error(`nobody is called ${vpc.tenant.name}`)
  return party
}

/** Remembers that there is, or was, such a peering between the two. */
export function meet(pair: Pair, peering: KnownPeering): void {
  if (pair.newest?.id === peering.id) return
  if (pair.newest) pair.earlier.push(pair.newest)
  if (pair.earlier.length > REMEMBERED) pair.earlier.shift()
  pair.newest = peering
}
