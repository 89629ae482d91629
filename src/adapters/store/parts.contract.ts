import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type PeeringId, partId } from '../../domain/identity.ts'
import type { NetworkPart, PartOf, Route, RouteTable, Subnet } from '../../domain/network.ts'
import { NO_VPC_ATTRIBUTES, type Vpc } from '../../domain/vpc.ts'
import type { PartQuery, PartRevision, Store } from '../../ports/store.ts'
import {
  buildPeering,
  change,
  conflictOf,
  NOW,
  put,
  putParties,
  putPeerings,
  putVpcs,
  REGION_A,
  REGION_B,
  revisedVpc,
} from './store.fixtures.ts'

let made = 0

/** What every part of `vpc` has, under ids of its own. */
function buildPart<K extends NetworkPart['kind']>(kind: K, vpc: Vpc) {
  made++
  const id = `10000000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`
  const ids = { huawei: id, alibaba: `part-a-${made}`, tencent: `part-t-${made}` }
  const said = { name: `part-${made}`, description: 'd', tags: [{ key: 'k', value: 'v' }] }
  const owner = { tenant: vpc.tenant, region: vpc.region, vpc: vpc.id }
  return { kind, id: partId(id), ids, ...owner, ...said, createdAtMs: NOW, updatedAtMs: NOW }
}

function buildSubnet(vpc: Vpc, overrides: Partial<Subnet> = {}): Subnet {
  const rest = { zone: 'z', gateway: '10.0.0.1', dnsServers: ['192.0.2.53'], routeTable: null }
  return { ...buildPart('subnet', vpc), cidrs: ['10.0.0.0/24', 'fd00::/64'], ...rest, ...overrides }
}

function buildTable(vpc: Vpc, overrides: Partial<RouteTable> = {}): RouteTable {
  return { ...buildPart('route-table', vpc), isDefault: false, ...overrides }
}

function buildRoute(vpc: Vpc, table: RouteTable, nextHop: PeeringId, overrides: Partial<Route> = {}): Route {
  const to = { destination: '10.9.0.0/16', destinationAsSent: '10.9.0.0/16', enabled: true }
  return { ...buildPart('route', vpc), routeTable: table.id, nextHop, ...to, ...overrides }
}

/** What every adapter of the Store port must do with the parts of VPCs. */
export function partsContract(opened: () => Store, reopen: () => Promise<Store>): void {
  describe('parts of a VPC', () => {
    /** Commits a change of `vpc`'s parts, and answers the VPC as it is then. */
    async function putParts(vpc: Vpc, ...parts: PartRevision[]): Promise<Vpc> {
      const to = revisedVpc(vpc, {})
      await put(opened(), { vpcs: [{ from: vpc, to }], parts })
      return to
    }
    const list = async <K extends NetworkPart['kind']>(kind: K, query: Partial<PartQuery> = {}) =>
      (await opened().listParts(kind, { party: null, window: { limit: 100 }, withTotal: false, ...query }))
        .items as readonly PartOf<K>[]
    const fresh = (...parts: NetworkPart[]) => parts.map((to) => ({ from: null, to }))

    it('are kept whole, and found by any dialect’s id and kind, also after a restart', async () => {
      const { ours, theirs } = await putParties(opened())
      const peering = buildPeering(ours, theirs)
      await putPeerings(opened(), peering)
      const [subnet, table] = [buildSubnet(ours), buildTable(ours, { isDefault: true })]
      const route = buildRoute(ours, table, peering.id)
      await putParts(ours, ...fresh(subnet, table, route))
      const store = await reopen()
      for (const part of [subnet, table, route]) {
        for (const id of Object.values(part.ids)) {
          assert.deepEqual(await store.findPart(part.kind, id), part)
        }
      }
      assert.equal(await store.findPart('route', subnet.id), null)
      assert.equal(await store.findPart('subnet', ours.id), null)
    })

    it('are listed by whose they are, where, and what they lead to', async () => {
      const { alice, bob, ours, theirs } = await putParties(opened())
      const [far] = await putVpcs(opened(), alice, 1, { region: REGION_B })
      assert.ok(far)
      const peering = buildPeering(ours, theirs)
      await putPeerings(opened(), peering)
      const [table, other] = [buildTable(ours), buildTable(theirs)]
      const subnets = [buildSubnet(ours), buildSubnet(ours, { routeTable: table.id }), buildSubnet(far)]
      const routes = [
        buildRoute(ours, table, peering.id),
        buildRoute(ours, table, peering.id, { destination: '10.8.0.0/16', name: 'named' }),
        buildRoute(theirs, other, peering.id),
      ]
      await putParts(ours, ...fresh(table, ...subnets.slice(0, 2), ...routes.slice(0, 2)))
      await putParts(far, ...fresh(...subnets.slice(2)))
      await putParts(theirs, ...fresh(other, ...routes.slice(2)))
      const [first, second, third] = subnets
      const [one, two, three] = routes
      assert.deepEqual(await list('subnet'), subnets)
      assert.deepEqual(await list('subnet', { party: { tenant: alice.id, region: REGION_A } }), [
        first,
        second,
      ])
      assert.deepEqual(await list('subnet', { party: { tenant: bob.id, region: null } }), [])
      assert.deepEqual(await list('subnet', { vpcs: [far.id, theirs.id] }), [third])
      assert.deepEqual(await list('subnet', { routeTable: table.id }), [second])
      assert.deepEqual(await list('subnet', { routeTable: null, vpcs: [ours.id] }), [first])
      assert.deepEqual(await list('route', { peering: peering.id }), routes)
      assert.deepEqual(await list('route', { routeTable: table.id }), [one, two])
      assert.deepEqual(await list('route', { name: 'named' }), [two])
      assert.deepEqual(await list('route', { ids: [one?.ids.tencent ?? '', three?.id ?? ''] }), [one, three])
      assert.deepEqual(await list('route', { window: { limit: 1, after: one?.id ?? '' } }), [two])
      const page = await opened().listParts('route', {
        party: { tenant: alice.id, region: null },
        window: { limit: 1, offset: 1 },
        withTotal: true,
      })
      assert.deepEqual(page, { items: [two], total: 2 })
    })

    it('change and go together with their VPC, or not at all', async () => {
      const { ours, theirs } = await putParties(opened())
      const peering = buildPeering(ours, theirs)
      await putPeerings(opened(), peering)
      const table = buildTable(ours)
      const routes = ['10.8.0.0/16', '10.9.0.0/16'].map((destination) =>
        buildRoute(ours, table, peering.id, { destination }),
      )
      const [one, two] = routes
      assert.ok(one && two)
      const second = await putParts(ours, ...fresh(table, one, two))
      // Two routes change places.
      const swapped = [
        { from: one, to: { ...one, destination: two.destination } },
        { from: two, to: { ...two, destination: one.destination } },
      ]
      const stale = await opened().commit(
        change({ vpcs: [{ from: ours, to: revisedVpc(ours, {}) }], parts: swapped }),
      )
      assert.deepEqual(conflictOf(stale), { kind: 'stale', id: ours.id })
      assert.deepEqual(await list('route'), routes)
      const third = await putParts(second, ...swapped)
      assert.deepEqual(
        await list('route'),
        swapped.map(({ to }) => to),
      )
      await putParts(third, ...swapped.map(({ to }) => ({ from: to, to: null })))
      assert.deepEqual(await list('route'), [])
      assert.equal(await opened().findPart('route', one.id), null)
    })

    it('may not take an id that another part has in any dialect', async () => {
      const { ours } = await putParties(opened())
      const subnet = buildSubnet(ours)
      const now = await putParts(ours, ...fresh(subnet))
      const other = buildTable(ours)
      const taking = { ...other, ids: { ...other.ids, tencent: subnet.ids.tencent } }
      const outcome = await opened().commit(
        change({ vpcs: [{ from: now, to: revisedVpc(now, {}) }], parts: fresh(taking) }),
      )
      assert.deepEqual(conflictOf(outcome), { kind: 'id-taken', id: subnet.id })
    })

    it('hold a change to what it takes for unchanged', async () => {
      const { ours, theirs } = await putParties(opened())
      const peering = buildPeering(ours, theirs)
      await putPeerings(opened(), peering)
      const wants = (of: 'vpcs' | 'peerings', id: string, version: number) =>
        opened().commit(change({ conditions: [{ kind: 'unchanged', of, id, version }] }))
      assert.ok((await wants('vpcs', ours.id, ours.version)).ok)
      assert.ok((await wants('peerings', peering.id, peering.version)).ok)
      assert.deepEqual(conflictOf(await wants('vpcs', ours.id, 7)), { kind: 'stale', id: ours.id })
      assert.deepEqual(conflictOf(await wants('peerings', peering.id, 2)), { kind: 'stale', id: peering.id })
    })

    it('leave a VPC what only some clouds know of it', async () => {
      const { ours } = await putParties(opened())
      const attributes = {
        adopted: { ovnRouter: 'router-1' },
        resourceGroup: 'rg-1',
        dnsServers: ['192.0.2.53'],
        domainName: 'example.com',
        multicast: true,
        userCidrs: ['192.0.2.0/24'],
      }
      const to = revisedVpc(ours, { attributes, cidrs: ['10.0.0.0/16', 'fd00::/48'] })
      await put(opened(), { vpcs: [{ from: ours, to }] })
      assert.deepEqual(await (await reopen()).findVpc(ours.id), to)
      await put(opened(), { vpcs: [{ from: to, to: revisedVpc(to, { attributes: NO_VPC_ATTRIBUTES }) }] })
      assert.deepEqual((await opened().findVpc(ours.id))?.attributes, NO_VPC_ATTRIBUTES)
    })
  })
}
