import type { Answer, Peering, PeeringSide, Vpc } from '../../api/client.ts'

export type Realization = Answer<'GET /realizations'>['realizations'][number]

export interface GraphVpc {
  readonly id: string
  readonly name: string
  /** Null where it is not known to whoever looks. */
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly region: string
  readonly cidrs: readonly string[]
}

/**
 * What a line between two VPCs looks like: whether packets pass is a fact of its own beside what was agreed. `agreed` is
 * an agreement of which nothing more is known, since no network is driven.
 */
export const LINKS = ['flowing', 'agreed', 'unproven', 'stopped', 'pending', 'rejected', 'expired'] as const
export type Link = (typeof LINKS)[number]

export interface GraphPeering {
  readonly id: string
  readonly name: string
  readonly requester: string
  readonly accepter: string
  readonly link: Link
}

export interface Graph {
  readonly vpcs: readonly GraphVpc[]
  readonly peerings: readonly GraphPeering[]
}

/** VPCs and the peerings between them, in a stable order; with VPCs of others as far as peerings tell of them. */
export function graphOf(
  vpcs: readonly Vpc[],
  peerings: readonly Peering[],
  realizations: ReadonlyMap<string, Realization>,
  tenantNames: ReadonlyMap<string, string>,
): Graph {
  const found = new Map<string, GraphVpc>()
  for (const { requester, accepter } of peerings) {
    for (const side of [requester, accepter]) found.set(side.vpc, vpcOf(side))
  }
  for (const { id, name, tenant, region, cidrs } of vpcs) {
    const known = found.get(id)?.tenant?.name ?? tenantNames.get(tenant)
    found.set(id, { id, name, tenant: { id: tenant, name: known ?? tenant }, region, cidrs })
  }
  return {
    vpcs: [...found.values()].toSorted((a, b) => a.id.localeCompare(b.id)),
    peerings: peerings
      .filter(({ state }) => state !== 'deleted')
      .map((peering) => ({
        id: peering.id,
        name: peering.name,
        requester: peering.requester.vpc,
        accepter: peering.accepter.vpc,
        link: linkOf(peering, realizations.get(peering.id)),
      }))
      .toSorted((a, b) => a.id.localeCompare(b.id)),
  }
}

const vpcOf = ({ vpc, tenant, region, cidrs }: PeeringSide): GraphVpc => ({
  id: vpc,
  name: '',
  tenant,
  region,
  cidrs,
})

function linkOf({ state }: Peering, realization: Realization | undefined): Link {
  if (state === 'pending-acceptance') return 'pending'
  if (state === 'rejected' || state === 'expired') return state
  if (!realization) return 'agreed'
  if (realization.provenAt !== null && realization.realized === realization.wanted) return 'flowing'
  return realization.realized === realization.wanted && realization.reason !== null ? 'stopped' : 'unproven'
}

/** Those of `graph` that have something to do with the VPC, itself first. */
export function around({ vpcs, peerings }: Graph, vpc: string): Graph {
  const near = peerings.filter(({ requester, accepter }) => requester === vpc || accepter === vpc)
  const ids = new Set([vpc, ...near.flatMap(({ requester, accepter }) => [requester, accepter])])
  return { vpcs: vpcs.filter(({ id }) => ids.has(id)), peerings: near }
}

/** What a VPC is called in the picture. Of others' only the addresses are known; ids made at one time begin alike. */
export const titleOf = ({ name, cidrs, id }: GraphVpc): string => name || cidrs[0] || id

/** A hue for each tenant, from 0 to 359; the same wherever it is drawn. */
export function hueOf(tenant: string): number {
  let sum = 0
  for (const character of tenant) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 3600
  return sum / 10
}
