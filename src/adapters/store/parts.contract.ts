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

/** What every adapter of the Store port must keep for the data plane. */
export function realizationContract(opened: () => Store, reopen: () => Promise<Store>): void {
  describe('how far the network has come', () => {
    it('is what was last said, and what lags behind is found', async () => {
      const { ours, theirs } = await putParties(opened())
      const [asked, dead] = [buildPeering(ours, theirs), buildPeering(theirs, ours, { state: 'rejected' })]
      await putPeerings(opened(), asked, dead)
      const lagging = async () => {
        const { peerings, vpcs } = await opened().unrealized(10)
        return { peerings: [...peerings], vpcs: [...vpcs].sort() }
      }
      const vpcs = [ours.id, theirs.id].sort()
      assert.deepEqual(await lagging(), { peerings: [asked.id], vpcs })
      const said = { of: asked.id, realized: 3, provenAtMs: NOW, reason: null }
      const waiting = { of: ours.id, realized: 0, provenAtMs: null, reason: 'waiting for the router' }
      await put(opened(), { realizations: [said, waiting, { ...waiting, of: theirs.id, realized: 1 }] })
      assert.deepEqual(await lagging(), { peerings: [], vpcs: [ours.id] })
      assert.deepEqual(await (await reopen()).findRealization(asked.id), said)
      assert.deepEqual(await opened().findRealization(ours.id), waiting)
      // A VPC that changes, e.g. its routes, takes its peerings with it.
      await put(opened(), { vpcs: [{ from: theirs, to: revisedVpc(theirs, {}) }] })
      assert.deepEqual(await lagging(), { peerings: [asked.id], vpcs })
      await put(opened(), { realizations: [{ ...said, realized: 4 }] })
      const gone = { ...asked, state: 'deleted' as const, version: 2 }
      await put(opened(), { peerings: [{ from: asked, to: gone }] })
      assert.deepEqual((await lagging()).peerings, [asked.id])
      await put(opened(), { unrealizations: [asked.id] })
      assert.deepEqual((await lagging()).peerings, [])
      assert.equal(await opened().findRealization(asked.id), null)
    })

    it('goes by numbers of its own, one for each name for ever', async () => {
      assert.equal(await opened().findAllocation('one'), null)
      await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          put(opened(), { allocations: [`name-${n % 10}`, `name-${n % 7}`] }),
        ),
      )
      const numbers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => opened().findAllocation(`name-${n}`)),
      )
      assert.deepEqual([...new Set(numbers)].sort(), [...numbers].sort())
      assert.deepEqual(
        numbers.toSorted((a, b) => Number(a) - Number(b)),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      )
      await put(await reopen(), { allocations: ['name-3', 'new'] })
      assert.equal(await opened().findAllocation('name-3'), numbers[3])
      assert.equal(await opened().findAllocation('new'), 11)
    })
  })
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
