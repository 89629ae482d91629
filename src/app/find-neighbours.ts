import { firstOverlap } from '../domain/cidr.ts'
import { DomainError } from '../domain/errors.ts'
import type { Neighbours } from '../domain/policy.ts'
import type { Profile } from '../domain/profile.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Condition } from '../ports/store.ts'
import type { Context } from './context.ts'

/**
 * Whom the two VPCs are peered with already; nobody where `profile` does not mind. Requests that wait are not counted:
 * a stranger's must not keep an owner from agreeing with somebody else.
 */
export async function findNeighbours(
  context: Context,
  profile: Profile,
  requester: Vpc,
  accepter: Vpc,
): Promise<Neighbours> {
  if (profile.overlapElsewhere === 'allow') return { requester: [], accepter: [] }
  const established = async (vpc: Vpc) =>
    (await context.store.neighboursOf(vpc.id)).filter(({ peering }) => peering.state === 'active')
  return { requester: await established(requester), accepter: await established(accepter) }
}

/**
 * That the neighbours which were looked at are still the only ones, and that both VPCs have the blocks they had then;
 * nothing where `profile` does not mind.
 */
export function neighbourConditions(
  profile: Profile,
  requester: Vpc,
  accepter: Vpc,
  neighbours: Neighbours,
): readonly Condition[] {
  if (profile.overlapElsewhere === 'allow') return []
  const are = (vpc: Vpc, present: Neighbours['requester']): Condition => ({
    kind: 'neighbours-are',
    vpc: vpc.id,
    peerings: present.map(({ peering }) => peering.id),
  })
  const unchanged = ({ id, version }: Vpc): Condition => ({ kind: 'unchanged', of: 'vpcs', id, version })
  return [
    are(requester, neighbours.requester),
    are(accepter, neighbours.accepter),
    unchanged(requester),
    unchanged(accepter),
  ]
}

/**
 * Lets `vpc` gain `cidrs` beside the VPCs it is peered with and those that they are peered with, as far as `profile`
 * goes; answers what must still hold when that is saved. Throws `peering.overlap` and `peering.overlap-elsewhere`.
 */
export async function allowBlocksAmongNeighbours(
  context: Context,
  profile: Profile,
  vpc: Vpc,
  cidrs: readonly string[],
): Promise<readonly Condition[]> {
  if (profile.overlap === 'allow' || cidrs.length === 0) return []
  const established = async (id: Vpc['id']) =>
    (await context.store.neighboursOf(id)).filter(({ peering }) => peering.state === 'active')
  const present = await established(vpc.id)
  const conditions: Condition[] = []
  const are = (of: Vpc, neighbours: typeof present) =>
    conditions.push({
      kind: 'neighbours-are',
      vpc: of.id,
      peerings: neighbours.map(({ peering }) => peering.id),
    })
  are(vpc, present)
  for (const { vpc: peer } of present) {
    const clash = firstOverlap(cidrs, peer.cidrs)
    if (clash) throw new DomainError('peering.overlap', { requester: clash[0], accepter: clash[1] })
    if (profile.overlapElsewhere === 'allow') continue
    const theirs = await established(peer.id)
    are(peer, theirs)
    for (const { vpc: other, peering } of theirs) {
      const elsewhere = other.id === vpc.id ? null : firstOverlap(cidrs, other.cidrs)
      if (!elsewhere) continue
      const details = { vpc: peer.id, block: elsewhere[0], peering: peering.id }
      throw new DomainError('peering.overlap-elsewhere', details)
    }
  }
  return conditions
}
