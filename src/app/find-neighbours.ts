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

/** That the neighbours which were looked at are still the only ones; nothing where `profile` does not mind. */
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
  return [are(requester, neighbours.requester), are(accepter, neighbours.accepter)]
}
