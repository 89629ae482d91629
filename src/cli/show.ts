import type { Peering, Realization, Vpc } from './api.ts'
import { type Column, details } from './table.ts'
import type { Colour } from './terminal.ts'

/** How things are shown to people: tables for lists, and of one thing all that there is. */

const STATE_COLOURS: Readonly<Record<Peering['state'], Colour>> = {
  'pending-acceptance': 'yellow',
  active: 'green',
  rejected: 'red',
  expired: 'red',
  deleted: 'grey',
}

export const stateColour = (state: Peering['state']): Colour => STATE_COLOURS[state]

/** RFC 3339 without what nobody reads: the milliseconds. */
export const shortTime = (time: string) => time.replace(/\.\d+Z$/, 'Z')

export const VPC_COLUMNS: readonly Column<Vpc>[] = [
  { heading: 'ID', text: ({ id }) => id, whole: true },
  { heading: 'NAME', text: ({ name }) => name },
  { heading: 'REGION', text: ({ region }) => region },
  { heading: 'BLOCKS', text: ({ cidrs }) => cidrs.join(' ') },
]

export function vpcDetails(vpc: Vpc): string {
  const { id, ids, tenant, name, description, region, cidrs, adopt, createdAt, updatedAt } = vpc
  return details([
    ['id', id],
    ['name', name],
    ['description', description],
    ['tenant', tenant],
    ['region', region],
    ['blocks', cidrs.join(' ')],
    ...(adopt ? [['stands for', Object.entries(adopt).flat().join(' ')] as const] : []),
    ['Huawei', ids.huawei],
    ['Alibaba', ids.alibaba],
    ['Tencent', ids.tencent],
    ['made', shortTime(createdAt)],
    ['changed', shortTime(updatedAt)],
  ])
}

const side = ({ tenant, vpc, cidrs, region }: Peering['requester']) =>
  `${tenant.name}: VPC ${vpc}, ${cidrs.join(' ') || 'no blocks'}, ${region}`

export const PEERING_COLUMNS: readonly Column<Peering>[] = [
  { heading: 'ID', text: ({ id }) => id, whole: true },
  { heading: 'NAME', text: ({ name }) => name },
  { heading: 'STATE', text: ({ state }) => state, colour: ({ state }) => stateColour(state) },
  { heading: 'REQUESTER', text: ({ requester }) => `${requester.tenant.name} ${requester.cidrs.join(' ')}` },
  { heading: 'ACCEPTER', text: ({ accepter }) => `${accepter.tenant.name} ${accepter.cidrs.join(' ')}` },
]

/** All that there is of a peering; of the network, where that was asked for. */
export function peeringDetails(peering: Peering, network: Realization | null = null): string {
  const { id, ids, name, description, state, requester, accepter, createdAt, updatedAt, expiresAt } = peering
  return details([
    ['id', id],
    ['name', name],
    ['description', description],
    ['state', state, stateColour(state)],
    ['requester', side(requester)],
    ['accepter', side(accepter)],
    ['Huawei', ids.huawei],
    ['Alibaba', ids.alibaba],
    ['Tencent', ids.tencent],
    ['made', shortTime(createdAt)],
    ['changed', shortTime(updatedAt)],
    ...(expiresAt === null ? [] : [['expires', shortTime(expiresAt)] as const]),
    ...(network === null ? [] : [['network', networkText(network)] as const]),
  ])
}

function networkText({ wanted, realized, provenAt, reason }: Realization): string {
  const state = realized < wanted ? 'behind' : 'as wanted'
  const proof =
    provenAt === null ? 'no packet was seen to pass' : `packets last seen to pass at ${shortTime(provenAt)}`
  return [state, proof, ...(reason === null ? [] : [reason])].join('; ')
}

/** What a peering joins, in a line. */
export function joins({ requester, accepter }: Peering): string {
  const end = ({ tenant, cidrs }: Peering['requester']) =>
    `${cidrs.join(' ') || 'no blocks'} (${tenant.name})`
  return `${end(requester)} and ${end(accepter)}`
}
