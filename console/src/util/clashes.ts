import { firstOverlap } from '../../../src/domain/cidr.ts'
import type { Peering, PeeringSide, Vpc } from '../api/client.ts'

/** Addresses of the requester's that the accepter has elsewhere too. */
export interface Clash {
  /**
   * `target`: in the VPC that was asked for; `neighbour`: in one that is peered with it; `other`: in another VPC of the
   * accepter's.
   */
  readonly where: 'target' | 'neighbour' | 'other'
  readonly theirs: string
  readonly ours: string
  /** Whose, or what it is called. */
  readonly name: string
}

/**
 * What `peering` would make ambiguous, the worst first. `neighbours` are peerings of the accepter's VPC that are active;
 * `vpcs` are those that the accepter has.
 */
export function clashesOf(
  peering: Peering,
  neighbours: readonly Peering[],
  vpcs: readonly Vpc[],
): readonly Clash[] {
  const { requester, accepter } = peering
  const find = (where: Clash['where'], cidrs: readonly string[], name: string): readonly Clash[] => {
    const found = firstOverlap(requester.cidrs, cidrs)
    return found ? [{ where, theirs: found[0], ours: found[1], name }] : []
  }
  const others = neighbours
    .filter(({ id, state }) => id !== peering.id && state === 'active')
    .map((each) => otherEnd(each, accepter.vpc))
  return [
    ...find('target', accepter.cidrs, accepter.vpc),
    ...others.flatMap(({ cidrs, tenant }) => find('neighbour', cidrs, tenant.name)),
    ...vpcs
      .filter(
        ({ id, tenant }) => tenant === accepter.tenant.id && id !== accepter.vpc && id !== requester.vpc,
      )
      .flatMap(({ cidrs, name, id }) => find('other', cidrs, name || id)),
  ]
}

/** The end of `peering` that is not `vpc`. */
function otherEnd(peering: Peering, vpc: string): PeeringSide {
  return peering.requester.vpc === vpc ? peering.accepter : peering.requester
}
