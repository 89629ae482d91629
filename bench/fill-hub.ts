import { randomIds } from '../src/adapters/ids/random.ts'
import { partId } from '../src/domain/identity.ts'
import type { Route, RouteTable } from '../src/domain/network.ts'
import type { Peering } from '../src/domain/peering.ts'
import type { Vpc } from '../src/domain/vpc.ts'
import { fillMembers, type Member, member, peeringOf, REGION } from './fill-store.ts'

/** A VPC that is peered with many others, with a route into each. */
export interface Hub {
  readonly owner: Member
  readonly vpc: Vpc
}

/** A store with one hub for each of `sizes`: that many peerings, and as many routes. */
export function fillHub(directory: string, sizes: readonly number[]): readonly Hub[] {
  const filling = fillMembers(directory)
  const hubs = sizes.map((size) => {
    const [owner, other] = [member(`asker-${size}`, 1), member(`answerer-${size}`, size)]
    const [vpc] = owner.vpcs
    if (!vpc) throw new Error('no VPC')
    filling.add(owner)
    filling.add(other)
    const peerings = other.vpcs.map((theirs) => peeringOf(owner, vpc, other, theirs, 'active'))
    filling.commit({ peerings: peerings.map((to) => ({ from: null, to })) })
    const table = tableOf(vpc)
    const routes = peerings.map((peering, index) => routeOf(vpc, table, peering, index))
    const to = { ...vpc, version: vpc.version + 1 }
    filling.commit({
      vpcs: [{ from: vpc, to }],
      parts: [table, ...routes].map((part) => ({ from: null, to: part })),
    })
    return { owner, vpc: to }
  })
  filling.close()
  return hubs
}

function part(vpc: Vpc, kind: 'route' | 'route-table') {
  const ids = randomIds.part(kind)
  const said = { name: '', description: '', tags: [], createdAtMs: Date.now(), updatedAtMs: Date.now() }
  return { id: partId(ids.huawei), ids, tenant: vpc.tenant, region: REGION, vpc: vpc.id, ...said }
}

function tableOf(vpc: Vpc): RouteTable {
  return { ...part(vpc, 'route-table'), kind: 'route-table', isDefault: true }
}

function routeOf(vpc: Vpc, table: RouteTable, { id }: Peering, index: number): Route {
  const destination = `100.${index >> 8}.${index & 255}.0/24`
  const to = { destination, destinationAsSent: destination, nextHop: id, enabled: true }
  return { ...part(vpc, 'route'), kind: 'route', routeTable: table.id, ...to }
}
