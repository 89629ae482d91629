import { randomIds } from '../../src/adapters/ids/random.ts'
import { partId } from '../../src/domain/identity.ts'
import type { NetworkPart, Port, Route, RouteTable, Subnet } from '../../src/domain/network.ts'
import type { Peering } from '../../src/domain/peering.ts'
import type { Vpc } from '../../src/domain/vpc.ts'
import { fillMembers, type Member, member, peeringOf, REGION } from '../fill-store.ts'

const RING = 10

/** A store with tenants who have nothing yet, and others beside them. */
export interface Crowd {
  readonly asker: Member
  readonly answerer: Member
  /** Active peerings of others, in rings of ten VPCs; each VPC has a subnet with a port, and a route each way round. */
  readonly peerings: readonly Peering[]
  readonly owner: Member
}

/** A store with at least `vpcs` VPCs of others, and as many peerings between them. */
export function fillRings(directory: string, vpcs: number): Crowd {
  const filling = fillMembers(directory)
  const [asker, answerer] = [member('asker', 0), member('answerer', 0)]
  const owner = member('owner', Math.ceil(vpcs / RING) * RING)
  for (const each of [asker, answerer, owner]) filling.add(each)
  const peerings: Peering[] = []
  for (let first = 0; first < owner.vpcs.length; first += RING) {
    const ring = owner.vpcs.slice(first, first + RING)
    const links = ring.map((vpc, index) => peeringOf(owner, vpc, owner, next(ring, index + 1), 'active'))
    filling.commit({ peerings: links.map((to) => ({ from: null, to })) })
    filling.commit({
      vpcs: ring.map((vpc) => ({ from: vpc, to: { ...vpc, version: vpc.version + 1 } })),
      parts: ring
        .flatMap((vpc, index) => partsOf(ring, vpc, index, links))
        .map((part) => ({ from: null, to: part })),
    })
    peerings.push(...links)
  }
  filling.close()
  return { asker, answerer, owner, peerings }
}

function next(ring: readonly Vpc[], index: number): Vpc {
  const found = ring[(index + RING) % RING]
  if (!found) throw new Error('a ring lacks a VPC')
  return found
}

/** A VPC's table, subnet, port, and routes to both of its neighbours. */
function partsOf(ring: readonly Vpc[], vpc: Vpc, index: number, links: readonly Peering[]): NetworkPart[] {
  const [block = ''] = vpc.cidrs
  const inside = (text: string) => block.replace('0.0/16', text)
  const table: RouteTable = { ...draft(vpc, 'route-table'), kind: 'route-table', isDefault: true }
  const subnet: Subnet = {
    ...draft(vpc, 'subnet'),
    kind: 'subnet',
    cidrs: [inside('1.0/24')],
    zone: '',
    gateway: inside('1.1'),
    dnsServers: [],
    routeTable: null,
  }
  const port: Port = {
    ...draft(vpc, 'port'),
    kind: 'port',
    subnet: subnet.id,
    addresses: [inside('1.10')],
    mac: `02:42:00:00:00:${(index % 256).toString(16).padStart(2, '0')}`,
    namespace: null,
  }
  const routes = [
    [next(ring, index + 1), links[index]],
    [next(ring, index - 1), links[(index + RING - 1) % RING]],
  ] as const
  return [table, subnet, port, ...routes.map(([other, link]) => routeOf(vpc, table, other, link))]
}

function routeOf(vpc: Vpc, table: RouteTable, other: Vpc, link: Peering | undefined): Route {
  const [destination = ''] = other.cidrs
  if (!link) throw new Error('a ring lacks a peering')
  const way = { destination, destinationAsSent: destination, nextHop: link.id, enabled: true }
  return { ...draft(vpc, 'route'), kind: 'route', routeTable: table.id, ...way }
}

function draft(vpc: Vpc, kind: NetworkPart['kind']) {
  const ids = randomIds.part(kind)
  const said = { name: '', description: '', tags: [], createdAtMs: Date.now(), updatedAtMs: Date.now() }
  return { id: partId(ids.huawei), ids, tenant: vpc.tenant, region: REGION, vpc: vpc.id, ...said }
}
