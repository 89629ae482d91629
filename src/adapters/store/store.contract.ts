import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Actor } from '../../domain/event.ts'
import { tenantId, vpcId } from '../../domain/identity.ts'
import {
  apply,
  NO_ATTRIBUTES,
  PEERING_EVENTS,
  type Peering,
  peeringAt,
  TRANSITIONS,
} from '../../domain/peering.ts'
import { type Counter, countersOf, isQuota } from '../../domain/quota.ts'
import type { AccessKey, Tenant } from '../../domain/tenant.ts'
import type { Vpc } from '../../domain/vpc.ts'
import type { Change, Party, PeeringQuery, Revision, Store, VpcQuery } from '../../ports/store.ts'
import { consentContract } from './consent.contract.ts'
import { partsContract, realizationContract } from './parts.contract.ts'
import {
  at,
  buildClaim,
  buildPeering,
  buildTenant,
  buildVpc,
  change,
  conflictOf,
  draft,
  idsOf,
  NOW,
  peeringQuery,
  put,
  putParties,
  putPeerings,
  putVpcs,
  REGION_A,
  REGION_B,
  revised,
  revisedVpc,
  vpcQuery,
  WEEK,
} from './store.fixtures.ts'
import { webhooksContract } from './webhooks.contract.ts'

/** A store on data of its own. */
export interface OpenedStore {
  readonly store: Store
  /** Closes the store that is open and opens another on the same data. */
  reopen(): Promise<Store>
  /** Closes what is open and throws the data away. */
  dispose(): Promise<void>
}

const NOBODY = tenantId('00000000-0000-7000-8000-ffffffffffff')

/** What every adapter of the Store port must do, as far as the port says it. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the Store port over ${name}`, () => {
    let opened: OpenedStore
    let store: Store
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.dispose())

    /** How full `counter` is: no change can leave it below nothing, so the refusal tells. */
    async function usedOf(count: Counter): Promise<number> {
      const counter = { ...count, quota: 'peerings-per-vpc' } as const
      const conditions = [{ kind: 'quota', counter, limit: -1 }] as const
      const conflict = conflictOf(await store.commit(change({ conditions, dryRun: true })))
      assert.equal(conflict?.kind, 'quota')
      assert.equal(await store.countOf(counter), conflict.used)
      return conflict.used
    }

    const quotaOf = (peering: Peering) => at(countersOf(peering).filter(isQuota), 0)

    const live = async (id: string) => (await store.findPeering(id))?.peering
    const listed = async (parts: Partial<PeeringQuery>) =>
      (await store.listPeerings(peeringQuery(parts))).items.map(({ peering }) => peering.id)

    it('answers a ping', () => store.ping())

    partsContract(
      () => store,
      async () => (store = await opened.reopen()),
    )

    consentContract(
      () => store,
      async () => (store = await opened.reopen()),
    )

    realizationContract(
      () => store,
      async () => (store = await opened.reopen()),
    )

    webhooksContract(
      () => store,
      async () => (store = await opened.reopen()),
    )

    describe('settings', () => {
      it('are what was last saved', async () => {
        assert.equal(await store.readSetting('colour'), null)
        await put(store, { settings: { colour: 'red', shape: 'round' } })
        await put(store, { settings: { colour: '' } })
        assert.equal(await store.readSetting('colour'), '')
        assert.equal(await store.readSetting('shape'), 'round')
      })
    })

    describe('tenants', () => {
      const keysOf = (tenant: Tenant) => [
        { id: tenant.id },
        { name: tenant.name },
        { project: at(Object.values(tenant.huawei.projects), 0) },
        { project: at(Object.values(tenant.huawei.projects), 1) },
        { domainName: tenant.huawei.domainName },
        { alibabaUid: tenant.alibaba.uid },
        { tencentUin: tenant.tencent.uin },
      ]

      it('are found by each of their names, whole', async () => {
        const quotas = { 'peerings-per-vpc': null, 'peerings-per-tenant-region': 7 }
        const [alice, bob] = [buildTenant({ quotas }), buildTenant()]
        await put(store, { tenants: [alice, bob] })
        for (const tenant of [alice, bob]) {
          for (const key of keysOf(tenant)) assert.deepEqual(await store.findTenant(key), tenant)
        }
        for (const key of keysOf(buildTenant())) assert.equal(await store.findTenant(key), null)
        // One kind of name is not taken for another.
        assert.equal(await store.findTenant({ name: alice.id }), null)
        assert.equal(await store.findTenant({ alibabaUid: alice.tencent.uin }), null)
      })

      it('are replaced whole, and no longer answer to what they were called', async () => {
        const before = buildTenant()
        await put(store, { tenants: [before] })
        for (const key of keysOf(before)) await store.findTenant(key)
        const after: Tenant = { ...buildTenant(), id: before.id }
        await put(store, { tenants: [after] })
        for (const key of keysOf(after)) assert.deepEqual(await store.findTenant(key), after)
        for (const key of keysOf(before).slice(1)) assert.equal(await store.findTenant(key), null)
        assert.deepEqual(await store.listTenants(), [after])
      })

      it('are all listed', async () => {
        assert.deepEqual(await store.listTenants(), [])
        const tenants = [buildTenant(), buildTenant(), buildTenant()]
        await put(store, { tenants })
        const found = [...(await store.listTenants())].sort((a, b) => (a.id < b.id ? -1 : 1))
        assert.deepEqual(found, tenants)
      })

      it('never share a name', async () => {
        const first = buildTenant()
        await put(store, { tenants: [first] })
        const second = buildTenant({ name: first.name })
        const outcome = await store.commit(change({ tenants: [second] })).catch(() => ({ ok: false }))
        assert.equal(outcome.ok, false)
        assert.deepEqual(await store.listTenants(), [first])
      })
    })

    describe('access keys', () => {
      const keyOf = ({ id }: Tenant, name: string): AccessKey => ({
        id: name,
        tenant: id,
        secret: `secret of ${name} ✓`,
        createdAtMs: NOW,
      })
      const shown = ({ secret: _, ...rest }: AccessKey) => rest

      it('are found with their secret and listed without', async () => {
        const [alice, bob] = [buildTenant(), buildTenant()]
        const [first, second, other] = [keyOf(alice, 'AK1'), keyOf(alice, 'AK2'), keyOf(bob, 'AK3')]
        await put(store, { tenants: [alice, bob], accessKeys: [first, second, other] })
        const found = await Promise.all(['AK1', 'AK2', 'AK3'].map((id) => store.findCredential(id)))
        assert.deepEqual(found, [
          { key: first, tenant: alice },
          { key: second, tenant: alice },
          { key: other, tenant: bob },
        ])
        assert.equal(await store.findCredential('AK4'), null)
        assert.deepEqual(await store.listAccessKeys(alice.id), [shown(first), shown(second)])
        assert.deepEqual(await store.listAccessKeys(NOBODY), [])
      })

      it('may be added again, and stay as they are', async () => {
        const alice = buildTenant()
        const key = keyOf(alice, 'AK1')
        await put(store, { tenants: [alice], accessKeys: [key] })
        await put(store, { accessKeys: [key] })
        assert.deepEqual((await store.findCredential('AK1'))?.key, key)
        assert.deepEqual(await store.listAccessKeys(alice.id), [shown(key)])
      })

      it('are not found once deleted, however often they were found before', async () => {
        const alice = buildTenant()
        const [first, second] = [keyOf(alice, 'AK1'), keyOf(alice, 'AK2')]
        await put(store, { tenants: [alice], accessKeys: [first, second] })
        await store.findCredential('AK1')
        await put(store, { deletedAccessKeys: ['AK1'] })
        assert.equal(await store.findCredential('AK1'), null)
        assert.deepEqual(await store.listAccessKeys(alice.id), [shown(second)])
        assert.deepEqual((await store.findCredential('AK2'))?.key, second)
      })
    })

    describe('VPCs', () => {
      it("are found by each dialect's id, also once deleted", async () => {
        const { ours, theirs } = await putParties(store)
        for (const id of Object.values(ours.ids)) assert.deepEqual(await store.findVpc(id), ours)
        for (const id of Object.values(theirs.ids)) assert.deepEqual(await store.findVpc(id), theirs)
        assert.equal(await store.findVpc('vpc-none'), null)
        const deleted = revisedVpc(ours, { deletedAtMs: NOW + 1, updatedAtMs: NOW + 1 })
        await put(store, { vpcs: [{ from: ours, to: deleted }] })
        for (const id of Object.values(ours.ids)) assert.deepEqual(await store.findVpc(id), deleted)
        assert.deepEqual(await listedVpcs({}), [theirs.id])
      })

      it('are each answered to whoever asked, however many ask at once', async () => {
        const { ours, theirs } = await putParties(store)
        const asked = [...Object.values(ours.ids), 'none', `${ours.id}\0`, ...Object.values(theirs.ids)]
        const wanted = [ours, ours, ours, null, null, theirs, theirs, theirs]
        const many = Array.from({ length: 200 }, () => asked).flat()
        assert.deepEqual(
          await Promise.all(many.map((id) => store.findVpc(id))),
          Array.from({ length: 200 }, () => wanted).flat(),
        )
      })

      it('keep everything that is said of them', async () => {
        const { alice } = await putParties(store)
        const vpc = buildVpc(alice, {
          region: REGION_B,
          name: "näme 'quoted' \u{1f600}",
          description: 'two\nlines',
          cidrs: ['10.0.0.0/16', '2001:db8::/32'],
          tags: [
            { key: 'a', value: '' },
            { key: 'b', value: '"' },
          ],
        })
        await put(store, { vpcs: [{ from: null, to: vpc }] })
        assert.deepEqual(await store.findVpc(vpc.id), vpc)
        const after = revisedVpc(vpc, {
          name: '',
          description: '',
          cidrs: [],
          tags: [],
          updatedAtMs: NOW + 5,
        })
        await put(store, { vpcs: [{ from: vpc, to: after }] })
        assert.deepEqual(await store.findVpc(vpc.id), after)
      })

      it('are listed by every filter, in every order, through every window', async () => {
        const { alice, bob, ours, theirs } = await putParties(store)
        const vpcs: Vpc[] = [ours, theirs]
        for (const tenant of [alice, bob]) {
          for (const region of [REGION_A, REGION_B]) {
            for (const name of ['x', 'y', 'y']) {
              const tags = name === 'y' ? [{ key: 'stage', value: region }] : []
              vpcs.push(buildVpc(tenant, { region, name, tags }))
            }
          }
        }
        await put(store, { vpcs: vpcs.slice(2).map((to) => ({ from: null, to })) })
        const filters = fc.record(
          {
            party: fc.constantFrom<(Party | null)[]>(
              null,
              { tenant: alice.id, region: null },
              { tenant: bob.id, region: REGION_B },
              { tenant: NOBODY, region: null },
            ),
            ids: fc.array(fc.constantFrom('no-such-id', ...vpcs.flatMap(({ ids }) => Object.values(ids)))),
            name: fc.constantFrom('x', 'y', 'z', ''),
            tags: fc.subarray([
              { key: 'stage', value: null },
              { key: 'stage', value: 'region-a' },
              { key: 'none', value: null },
            ]),
          },
          { requiredKeys: ['party'] },
        )
        const matches = (query: VpcQuery) => (vpc: Vpc) =>
          (query.party === null ||
            (vpc.tenant === query.party.tenant && inRegion(query.party, vpc.region))) &&
          (query.ids === undefined || Object.values(vpc.ids).some((id) => query.ids?.includes(id))) &&
          (query.name === undefined || vpc.name === query.name) &&
          (query.tags ?? []).every((wanted) => hasTag(vpc.tags, wanted))
        const orders = fc.constantFrom('id' as const, 'id-descending' as const)
        await fc.assert(
          fc.asyncProperty(filters, orders, windows(vpcs.length), async (filter, order, pick) => {
            const all = vpcs.filter(matches(vpcQuery(filter))).sort(byId)
            if (order === 'id-descending') all.reverse()
            const { window, expected } = pick(all)
            const page = await store.listVpcs({ ...filter, order, window, withTotal: true })
            assert.deepEqual(page, { items: expected, total: all.length })
          }),
          { numRuns: 300 },
        )
        assert.equal((await store.listVpcs(vpcQuery())).total, null)
      })

      const listedVpcs = async (parts: Partial<VpcQuery>) =>
        idsOf((await store.listVpcs(vpcQuery(parts))).items)
    })

    describe('peerings', () => {
      it("are found by each dialect's id with both ends, also once deleted", async () => {
        const { alice, bob, ours, theirs } = await putParties(store)
        const peering = buildPeering(ours, theirs)
        await putPeerings(store, peering)
        const ends = { requester: { vpc: ours, tenant: alice }, accepter: { vpc: theirs, tenant: bob } }
        for (const id of Object.values(peering.ids)) {
          assert.deepEqual(await store.findPeering(id), { peering, ...ends })
        }
        assert.equal(await store.findPeering('pcx-none'), null)
        const deleted = revised(peering, { state: 'deleted', expiresAtMs: null, updatedAtMs: NOW + 1 })
        await put(store, { peerings: [{ from: peering, to: deleted }] })
        for (const id of Object.values(peering.ids)) {
          assert.deepEqual(await store.findPeering(id), { peering: deleted, ...ends })
        }
        assert.deepEqual(await listed({}), [])
      })

      it('are shown with their ends as those are now', async () => {
        const { alice, ours, theirs } = await putParties(store)
        const peering = buildPeering(ours, theirs, { state: 'rejected', expiresAtMs: null })
        await putPeerings(store, peering)
        await store.findPeering(peering.id)
        const renamed = { ...alice, name: 'alice the second' }
        const deleted = revisedVpc(ours, { deletedAtMs: NOW })
        await put(store, { tenants: [renamed], vpcs: [{ from: ours, to: deleted }] })
        assert.deepEqual((await store.findPeering(peering.id))?.requester, { vpc: deleted, tenant: renamed })
        const page = await store.listPeerings(peeringQuery())
        assert.deepEqual(
          page.items.map(({ requester }) => requester),
          [{ vpc: deleted, tenant: renamed }],
        )
      })

      it('keep everything that is said of them', async () => {
        const { ours, theirs } = await putParties(store)
        const peering = buildPeering(ours, theirs, {
          name: "näme 'quoted' \u{1f600}",
          description: 'two\nlines',
          attributes: {
            bandwidthMbps: 100,
            linkType: 'Gold',
            qosLevel: 'AU',
            chargeType: 'POSTPAID_BY_DAY_MAX',
            resourceGroup: { requester: 'rg-1', accepter: null },
            tags: { requester: [{ key: 'a', value: '' }], accepter: [{ key: '"', value: '\\' }] },
          },
        })
        await putPeerings(store, peering)
        assert.deepEqual(await live(peering.id), peering)
        const after = revised(peering, {
          name: '',
          description: '',
          state: 'active',
          expiresAtMs: null,
          updatedAtMs: NOW + 5,
          attributes: NO_ATTRIBUTES,
        })
        await put(store, { peerings: [{ from: peering, to: after }] })
        assert.deepEqual(await live(peering.id), after)
      })

      it('are due from the millisecond of their deadline, the oldest first', async () => {
        const { alice, theirs } = await putParties(store)
        assert.equal(await store.nextDeadline(), null)
        const vpcs = await putVpcs(store, alice, 6)
        const waiting = [40, 10, 30, 20].map((ms, index) =>
          buildPeering(at(vpcs, index), theirs, { expiresAtMs: NOW + ms }),
        )
        const answered = buildPeering(at(vpcs, 4), theirs, { state: 'active', expiresAtMs: null })
        const lapsed = buildPeering(at(vpcs, 5), theirs, { state: 'expired', expiresAtMs: NOW + 1 })
        await putPeerings(store, ...waiting, answered, lapsed)
        const [fourth, first, third, second] = waiting
        assert.deepEqual(await store.duePeerings(NOW + 9, 10), [])
        assert.deepEqual(await store.duePeerings(NOW + 10, 10), [first])
        assert.deepEqual(await store.duePeerings(NOW + WEEK, 10), [first, second, third, fourth])
        assert.deepEqual(await store.duePeerings(NOW + WEEK, 2), [first, second])
        assert.equal(await store.nextDeadline(), NOW + 10)
        if (first) await put(store, { peerings: [{ from: first, to: revised(first, { state: 'expired' }) }] })
        assert.equal(await store.nextDeadline(), NOW + 20)
        assert.deepEqual(await store.duePeerings(NOW + WEEK, 1), [second])
      })

      it('make neighbours of their ends while they live', async () => {
        const { alice, bob, ours, theirs } = await putParties(store)
        const more = await putVpcs(store, bob, 4)
        const asked = buildPeering(ours, theirs)
        const wasAsked = buildPeering(at(more, 0), ours, { state: 'active', expiresAtMs: null })
        const dead = (['rejected', 'expired', 'deleted'] as const).map((state, index) =>
          buildPeering(ours, at(more, index + 1), { state }),
        )
        const elsewhere = buildPeering(at(await putVpcs(store, alice, 1), 0), theirs)
        await putPeerings(store, asked, wasAsked, ...dead, elsewhere)
        const neighbours = [...(await store.neighboursOf(ours.id))].sort((a, b) => byId(a.peering, b.peering))
        assert.deepEqual(neighbours, [
          { vpc: theirs, peering: asked },
          { vpc: at(more, 0), peering: wasAsked },
        ])
        assert.deepEqual(await store.neighboursOf(vpcId('none')), [])
      })
    })

    describe('the list of peerings', () => {
      let alice: Tenant
      let bob: Tenant
      let peerings: readonly Peering[]
      let vpcs: readonly Vpc[]

      /** Every mixture of ends, regions, states, names, tags and groups that the filters can tell apart. */
      beforeEach(async () => {
        const parties = await putParties(store)
        alice = parties.alice
        bob = parties.bob
        vpcs = (
          await Promise.all(
            [alice, alice, bob, bob, parties.carol].flatMap((tenant) =>
              [REGION_A, REGION_B].map((region) => putVpcs(store, tenant, 1, { region })),
            ),
          )
        ).flat()
        const states = [
          'pending-acceptance',
          'active',
          'rejected',
          'expired',
          'deleted',
          'pending-acceptance',
        ] as const
        const drafts: Peering[] = []
        for (const [index, requester] of vpcs.entries()) {
          for (const accepter of vpcs.slice(index + 1)) {
            const n = drafts.length
            const state = at(states, n % states.length)
            const tag = (value: string) => ({ key: 'stage', value })
            drafts.push(
              buildPeering(n % 2 ? requester : accepter, n % 2 ? accepter : requester, {
                name: `name-${n % 5}`,
                state,
                // Every other request has lapsed without anybody having written it down.
                expiresAtMs: state === 'pending-acceptance' ? NOW + (n % 4 < 2 ? 0 : 1) : null,
                attributes: {
                  ...NO_ATTRIBUTES,
                  tags: {
                    requester: n % 3 === 0 ? [tag('test'), { key: 'team', value: '' }] : [],
                    accepter: n % 3 === 1 ? [tag('live')] : [],
                  },
                  resourceGroup: { requester: n % 2 ? 'rg-1' : null, accepter: n % 4 ? 'rg-2' : 'rg-1' },
                },
              }),
            )
          }
        }
        peerings = drafts
        await putPeerings(store, ...drafts)
      })

      /** The side whose tags and groups are the party's: the requester's where it is on both. */
      function sideOf(peering: Peering, party: Party): 'requester' | 'accepter' | null {
        const isParty = ({ tenant, region }: Peering['requester']) =>
          tenant === party.tenant && inRegion(party, region)
        return isParty(peering.requester) ? 'requester' : isParty(peering.accepter) ? 'accepter' : null
      }

      /** The port's words, once more. */
      function matches(query: PeeringQuery): (peering: Peering) => boolean {
        return (peering) => {
          const {
            party,
            ids,
            vpcs: wanted = [],
            anyVpcs,
            names,
            other,
            name: called,
            states,
            tags = [],
            resourceGroup,
          } = query
          const side = party && sideOf(peering, party)
          if (peering.state === 'deleted' || (party && !side)) return false
          const { tags: own, resourceGroup: groups } = peering.attributes
          return (
            (ids === undefined || Object.values(peering.ids).some((id) => ids.includes(id))) &&
            wanted.every((vpc) => peering.requester.vpc === vpc || peering.accepter.vpc === vpc) &&
            (other === undefined || sideOf(peering, other) !== null || isAtAccepter(peering, other)) &&
            (anyVpcs === undefined ||
              anyVpcs.some((vpc) => peering.requester.vpc === vpc || peering.accepter.vpc === vpc)) &&
            (names === undefined || names.includes(peering.name)) &&
            (called === undefined || peering.name === called) &&
            (states === undefined || states.includes(peeringAt(peering, query.nowMs).state)) &&
            tags.every((tag) => hasTag(side ? own[side] : [...own.requester, ...own.accepter], tag)) &&
            (resourceGroup === undefined || side === null || groups[side] === resourceGroup)
          )
        }
      }
      const isAtAccepter = ({ accepter }: Peering, party: Party) =>
        accepter.tenant === party.tenant && inRegion(party, accepter.region)

      function inOrder(all: readonly Peering[], order: PeeringQuery['order']): Peering[] {
        const byName = (a: Peering, b: Peering) => (a.name === b.name ? byId(a, b) : a.name < b.name ? -1 : 1)
        const sorted = [...all].sort(order.startsWith('name') ? byName : byId)
        return order.endsWith('descending') ? sorted.reverse() : sorted
      }

      it('is right for every filter, alone and together, in every order', async () => {
        const parties: readonly Party[] = [alice, bob].flatMap(({ id }) =>
          [null, REGION_A, REGION_B].map((region) => ({ tenant: id, region })),
        )
        const filters = fc.record(
          {
            party: fc.constantFrom(null, ...parties, { tenant: NOBODY, region: null }),
            ids: fc.array(
              fc.constantFrom('no-such-id', ...peerings.flatMap(({ ids }) => Object.values(ids))),
              {
                maxLength: 60,
              },
            ),
            vpcs: fc.array(fc.constantFrom(vpcId('none'), ...vpcs.map(({ id }) => id)), { maxLength: 2 }),
            anyVpcs: fc.array(fc.constantFrom(vpcId('none'), ...vpcs.map(({ id }) => id)), { maxLength: 3 }),
            other: fc.constantFrom(...parties),
            names: fc.subarray(['name-0', 'name-1', 'name-2', 'none']),
            name: fc.constantFrom('name-0', 'name-3', 'name-', ''),
            states: fc.subarray(['pending-acceptance', 'active', 'rejected', 'expired'] as const),
            tags: fc.subarray([
              { key: 'stage', value: null },
              { key: 'stage', value: 'test' },
              { key: 'team', value: '' },
              { key: 'stage', value: 'live' },
            ]),
            resourceGroup: fc.constantFrom(null, 'rg-1', 'rg-2', 'rg-3'),
          },
          { requiredKeys: ['party'] },
        )
        const queries = filters.chain(({ resourceGroup, other, ...filter }) =>
          // The port says neither whose group is meant where there is no party, nor what a party beside itself is.
          fc.constant({
            ...filter,
            ...(filter.party && resourceGroup !== undefined ? { resourceGroup } : {}),
            ...(other && other.tenant !== filter.party?.tenant ? { other } : {}),
          }),
        )
        const orders = fc.constantFrom('id', 'id-descending', 'name', 'name-descending')
        const times = fc.constantFrom(NOW - 1, NOW, NOW + 1)
        await fc.assert(
          fc.asyncProperty(
            queries,
            orders,
            times,
            fc.nat(30),
            fc.nat(10),
            async (filter, order, nowMs, limit, offset) => {
              const query = { ...filter, order, nowMs, window: { limit, offset }, withTotal: true }
              const all = inOrder(peerings.filter(matches(query)), order)
              const page = await store.listPeerings(query)
              assert.deepEqual(
                page.items.map(({ peering }) => peering),
                all.slice(offset, offset + limit),
              )
              assert.equal(page.total, all.length)
            },
          ),
          { numRuns: 800 },
        )
      })

      it('can be read on from any row, and back from any row', async () => {
        const parties = fc.constantFrom(
          null,
          { tenant: alice.id, region: null },
          { tenant: bob.id, region: REGION_B },
        )
        const orders = fc.constantFrom('id' as const, 'id-descending' as const)
        await fc.assert(
          fc.asyncProperty(parties, orders, windows(peerings.length), async (party, order, pick) => {
            const all = inOrder(peerings.filter(matches(peeringQuery({ party }))), order)
            const { window, expected } = pick(all)
            const page = await store.listPeerings(peeringQuery({ party, order, window, withTotal: true }))
            assert.deepEqual(
              page.items.map(({ peering }) => peering),
              expected,
            )
            // However little of it is asked for, all of it is counted.
            assert.equal(page.total, all.length)
          }),
          { numRuns: 300 },
        )
      })

      for (const order of ['name', 'name-descending'] as const) {
        it(`can be read on from any row, and back from any row, by ${order}`, async () => {
          await fc.assert(
            fc.asyncProperty(windows(peerings.length), async (pick) => {
              const party = { tenant: alice.id, region: null }
              const all = inOrder(peerings.filter(matches(peeringQuery({ party }))), order)
              const { window, expected } = pick(all)
              assert.deepEqual(await listed({ party, order, window }), idsOf(expected))
            }),
          )
        })
      }

      it('shows each end to its tenant, to the region that end is in, and to nobody else', async () => {
        const [here, there] = [at(vpcs, 0), at(vpcs, 5)]
        assert.deepEqual([here.region, there.region], [REGION_A, REGION_B])
        const [ours, theirs] = [
          at(await putVpcs(store, alice, 1), 0),
          at(await putVpcs(store, bob, 1, { region: REGION_B }), 0),
        ]
        const peering = buildPeering(ours, theirs, { name: 'only this' })
        await putPeerings(store, peering)
        const seen = (tenant: Tenant['id'], region: Vpc['region'] | null) =>
          listed({ party: { tenant, region }, name: 'only this' })
        assert.deepEqual(await seen(alice.id, null), [peering.id])
        assert.deepEqual(await seen(alice.id, REGION_A), [peering.id])
        assert.deepEqual(await seen(alice.id, REGION_B), [])
        assert.deepEqual(await seen(bob.id, null), [peering.id])
        assert.deepEqual(await seen(bob.id, REGION_A), [])
        assert.deepEqual(await seen(bob.id, REGION_B), [peering.id])
        assert.deepEqual(await seen(NOBODY, null), [])
      })

      it('has a peering between two VPCs of one tenant once, also where both are in one region', async () => {
        const [one, two] = await putVpcs(store, alice, 2)
        assert.ok(one && two)
        const peering = buildPeering(one, two, { state: 'active', expiresAtMs: null, name: 'only this' })
        await putPeerings(store, peering)
        for (const region of [null, REGION_A]) {
          const party = { tenant: alice.id, region }
          const page = await store.listPeerings(peeringQuery({ party, name: 'only this', withTotal: true }))
          assert.deepEqual([page.items.map((view) => view.peering.id), page.total], [[peering.id], 1])
        }
      })

      it('counts as expired what has lapsed, whether or not that was written down, and as nothing else', async () => {
        const [ours] = await putVpcs(store, alice, 1)
        const [theirs] = await putVpcs(store, bob, 1)
        assert.ok(ours && theirs)
        const request = buildPeering(ours, theirs, { name: 'only this', expiresAtMs: NOW + 100 })
        await putPeerings(store, request)
        const seen = (state: Peering['state'], nowMs: number) =>
          listed({ name: 'only this', states: [state], nowMs })
        assert.deepEqual(await seen('expired', NOW + 99), [])
        assert.deepEqual(await seen('pending-acceptance', NOW + 99), [request.id])
        assert.deepEqual(await seen('expired', NOW + 100), [request.id])
        assert.deepEqual(await seen('pending-acceptance', NOW + 100), [])
        await put(store, { peerings: [{ from: request, to: peeringAt(request, NOW + 100) }] })
        // Once it is written down, looking back does not undo it.
        assert.deepEqual(await seen('expired', NOW), [request.id])
      })

      it("matches tags as the party itself has set them, not the other side's", async () => {
        const [ours] = await putVpcs(store, alice, 1)
        const [theirs] = await putVpcs(store, bob, 1)
        assert.ok(ours && theirs)
        const tags = { requester: [{ key: 'ours', value: '1' }], accepter: [{ key: 'theirs', value: '2' }] }
        const peering = buildPeering(ours, theirs, { attributes: { ...NO_ATTRIBUTES, tags } })
        await putPeerings(store, peering)
        const seen = (party: Party | null, key: string, value: string | null) =>
          listed({ party, tags: [{ key, value }] })
        const [asAlice, asBob] = [alice.id, bob.id].map((tenant) => ({ tenant, region: null }))
        assert.ok(asAlice && asBob)
        assert.deepEqual(await seen(asAlice, 'ours', '1'), [peering.id])
        assert.deepEqual(await seen(asAlice, 'ours', null), [peering.id])
        assert.deepEqual(await seen(asAlice, 'ours', '2'), [])
        assert.deepEqual(await seen(asAlice, 'theirs', null), [])
        assert.deepEqual(await seen(asBob, 'theirs', '2'), [peering.id])
        assert.deepEqual(await seen(asBob, 'ours', null), [])
      })
    })

    describe('a change', () => {
      /** One part of every kind, none of which is there yet. */
      async function everything() {
        const parties = await putParties(store)
        const { ours, theirs } = parties
        const [existing] = await putVpcs(store, parties.bob, 1)
        assert.ok(existing)
        const waiting = buildPeering(ours, existing)
        await putPeerings(store, waiting)
        const tenant = buildTenant()
        const vpc = buildVpc(parties.alice)
        const peering = buildPeering(ours, theirs)
        const accepted = revised(waiting, { state: 'active', expiresAtMs: null })
        const claim = buildClaim()
        const key: AccessKey = { id: 'AK-new', tenant: parties.alice.id, secret: 'shh', createdAtMs: NOW }
        const parts = {
          settings: { new: 'setting' },
          tenants: [tenant],
          accessKeys: [key],
          vpcs: [{ from: null, to: vpc }],
          peerings: [
            { from: null, to: peering },
            { from: waiting, to: accepted },
          ],
          events: [draft(peering), draft(accepted, 'peering.accepted', waiting)],
          claims: [claim],
        } satisfies Omit<Change, 'nowMs'>
        const state = async () => ({
          setting: await store.readSetting('new'),
          tenant: await store.findTenant({ id: tenant.id }),
          key: (await store.findCredential(key.id))?.key,
          vpc: await store.findVpc(vpc.id),
          peering: (await live(peering.id)) ?? null,
          accepted: (await live(waiting.id))?.state,
          claim: await store.findClaim(claim.key, NOW),
          events: (await store.listEvents(0, 100, null)).map(({ type }) => type),
          used: await Promise.all(countersOf(accepted).map(usedOf)),
          deadline: await store.nextDeadline(),
        })
        return { ...parties, existing, waiting, parts, tenant, vpc, peering, claim, key, state }
      }

      it('is applied whole', async () => {
        const { parts, tenant, vpc, peering, claim, key, state } = await everything()
        assert.equal(await put(store, parts), 2)
        assert.deepEqual(await state(), {
          setting: 'setting',
          tenant,
          key,
          vpc,
          peering,
          accepted: 'active',
          claim,
          events: ['peering.requested', 'peering.accepted'],
          // The requester's region and both of the requester's counts hold two, the accepter's one.
          used: [2, 2, 2, 1, 1, 1],
          deadline: NOW + WEEK,
        })
      })

      it('is applied not at all where anything stands in its way', async () => {
        const { parts, state, ours, alice, vpc, waiting, claim } = await everything()
        const before = await state()
        const party = { tenant: alice.id, region: REGION_A }
        const counter = quotaOf(waiting)
        const obstacles: readonly (readonly [string, Omit<Change, 'nowMs'>])[] = [
          ['vpc-missing', { ...parts, conditions: [{ kind: 'vpc-exists', vpc: vpcId('none') }] }],
          ['vpc-peered', { ...parts, conditions: [{ kind: 'vpc-unpeered', vpc: ours.id }] }],
          [
            'name-taken',
            { ...parts, conditions: [{ kind: 'vpc-name-free', vpc: vpc.id, party, name: ours.name }] },
          ],
          ['quota', { ...parts, conditions: [{ kind: 'quota', counter, limit: 1 }] }],
          ['stale', { ...parts, peerings: [...parts.peerings, { from: revised(waiting, {}), to: waiting }] }],
          ['stale', { ...parts, vpcs: [...parts.vpcs, { from: revisedVpc(ours, {}), to: ours }] }],
          ['id-taken', { ...parts, vpcs: [...parts.vpcs, { from: null, to: ours }] }],
        ]
        for (const [kind, parts] of obstacles) {
          assert.equal(conflictOf(await store.commit(change(parts)))?.kind, kind)
          assert.deepEqual(await state(), before)
        }
        await put(store, { claims: [claim] })
        const spent = await state()
        assert.equal(conflictOf(await store.commit(change(parts)))?.kind, 'claimed')
        assert.deepEqual(await state(), spent)
      })

      it('is not written under a dry run, which answers as the real one would', async () => {
        const { parts, state, ours } = await everything()
        const before = await state()
        const outcome = await store.commit(change({ ...parts, dryRun: true }))
        assert.equal(outcome.ok, true)
        const refused = { ...parts, conditions: [{ kind: 'vpc-unpeered', vpc: ours.id }] } as const
        const conflict = conflictOf(await store.commit(change({ ...refused, dryRun: true })))
        assert.deepEqual(await state(), before)
        assert.deepEqual(conflictOf(await store.commit(change(refused))), conflict)
        await put(store, parts)
        assert.equal((await state()).accepted, 'active')
      })

      it('is seen by every read that begins once it was acknowledged', async () => {
        const { ours, theirs } = await putParties(store)
        const peering = buildPeering(ours, theirs)
        await putPeerings(store, peering)
        let last = peering
        for (let round = 0; round < 50; round++) {
          const to = revised(last, { name: `round ${round}` })
          await put(store, { peerings: [{ from: last, to }] })
          assert.equal((await live(peering.id))?.name, to.name)
          assert.equal((await store.listPeerings(peeringQuery({ name: to.name }))).items.length, 1)
          last = to
        }
      })
    })

    describe('a revision', () => {
      it('is stale where the row has changed since it was read', async () => {
        const { ours, theirs } = await putParties(store)
        const peering = buildPeering(ours, theirs)
        await putPeerings(store, peering)
        const second = revised(peering, { name: 'second' })
        await put(store, { peerings: [{ from: peering, to: second }] })
        const late = await store.commit(
          change({ peerings: [{ from: peering, to: revised(peering, { name: 'late' }) }] }),
        )
        assert.deepEqual(conflictOf(late), { kind: 'stale', id: peering.id })
        assert.deepEqual(await live(peering.id), second)
        const renamed = revisedVpc(ours, { name: 'second' })
        await put(store, { vpcs: [{ from: ours, to: renamed }] })
        const lateVpc = await store.commit(
          change({ vpcs: [{ from: ours, to: revisedVpc(ours, { name: 'late' }) }] }),
        )
        assert.deepEqual(conflictOf(lateVpc), { kind: 'stale', id: ours.id })
        assert.deepEqual(await store.findVpc(ours.id), renamed)
      })

      it('is stale where the row was never there', async () => {
        const { alice, ours, theirs } = await putParties(store)
        const [peering, vpc] = [buildPeering(ours, theirs), buildVpc(alice)]
        const outcome = await store.commit(
          change({ peerings: [{ from: peering, to: revised(peering, {}) }] }),
        )
        assert.deepEqual(conflictOf(outcome), { kind: 'stale', id: peering.id })
        const outcomeVpc = await store.commit(change({ vpcs: [{ from: vpc, to: revisedVpc(vpc, {}) }] }))
        assert.deepEqual(conflictOf(outcomeVpc), { kind: 'stale', id: vpc.id })
        assert.equal(await store.findPeering(peering.id), null)
      })

      it('is made by exactly one of many who read the same version', async () => {
        const { ours, theirs } = await putParties(store)
        const peering = buildPeering(ours, theirs)
        await putPeerings(store, peering)
        const tries = Array.from({ length: 50 }, (_, index) => revised(peering, { name: `try ${index}` }))
        const outcomes = await Promise.all(
          tries.map((to) =>
            store.commit(
              change({ peerings: [{ from: peering, to }], events: [draft(to, 'peering.updated')] }),
            ),
          ),
        )
        const winners = tries.filter((_, index) => outcomes[index]?.ok)
        assert.equal(winners.length, 1)
        assert.deepEqual(await live(peering.id), winners[0])
        for (const outcome of outcomes) {
          if (!outcome.ok) assert.deepEqual(outcome.conflict, { kind: 'stale', id: peering.id })
        }
        assert.equal(await store.lastEventSequence(), 1)
      })

      it('adds nothing under an id that is taken, whichever dialect it is of', async () => {
        const { alice, ours, theirs } = await putParties(store)
        const [another] = await putVpcs(store, alice, 1)
        assert.ok(another)
        const peering = buildPeering(ours, theirs)
        await putPeerings(store, peering)
        for (const dialect of ['alibaba', 'tencent'] as const) {
          const fresh = buildPeering(another, theirs)
          const to = { ...fresh, ids: { ...fresh.ids, [dialect]: peering.ids[dialect] } }
          const outcome = await store.commit(change({ peerings: [{ from: null, to }] }))
          assert.equal(conflictOf(outcome)?.kind, 'id-taken')
          const vpc = buildVpc(alice)
          const clash = { ...vpc, ids: { ...vpc.ids, [dialect]: ours.ids[dialect] } }
          const outcomeVpc = await store.commit(change({ vpcs: [{ from: null, to: clash }] }))
          assert.equal(conflictOf(outcomeVpc)?.kind, 'id-taken')
          assert.deepEqual([await store.findPeering(fresh.id), await store.findVpc(vpc.id)], [null, null])
        }
        const again = await store.commit(change({ peerings: [{ from: null, to: peering }] }))
        assert.deepEqual(conflictOf(again), { kind: 'id-taken', id: peering.id })
      })

      it('under an id that is taken is foretold by a dry run', async () => {
        const { ours } = await putParties(store)
        const parts = change({ vpcs: [{ from: null, to: ours }], dryRun: true })
        assert.equal(conflictOf(await store.commit(parts))?.kind, 'id-taken')
      })

      it("adds nothing under another's id of another dialect: any dialect's id must find one thing", async () => {
        const { alice, ours } = await putParties(store)
        const vpc = buildVpc(alice)
        const clash = { ...vpc, ids: { ...vpc.ids, tencent: ours.ids.alibaba } }
        assert.equal(
          conflictOf(await store.commit(change({ vpcs: [{ from: null, to: clash }] })))?.kind,
          'id-taken',
        )
        assert.deepEqual(await store.findVpc(ours.ids.alibaba), ours)
      })
    })

    describe('the pair of two VPCs', () => {
      it('is free for one live peering at a time, either way round', async () => {
        const { ours, theirs } = await putParties(store)
        let held = buildPeering(ours, theirs)
        await putPeerings(store, held)
        const taken = () => ({ kind: 'pair-taken', peering: held.id })
        const attempt = async () => {
          const conflicts = []
          for (const to of [buildPeering(ours, theirs), buildPeering(theirs, ours)]) {
            conflicts.push(
              conflictOf(await store.commit(change({ peerings: [{ from: null, to }], dryRun: true }))),
            )
          }
          return conflicts
        }
        assert.deepEqual(await attempt(), [taken(), taken()])
        const active = revised(held, { state: 'active', expiresAtMs: null })
        await put(store, { peerings: [{ from: held, to: active }] })
        assert.deepEqual(await attempt(), [taken(), taken()])
        await put(store, { peerings: [{ from: active, to: revised(active, { state: 'deleted' }) }] })
        assert.deepEqual(await attempt(), [null, null])
        for (const state of ['rejected', 'expired'] as const) {
          held = buildPeering(ours, theirs)
          await putPeerings(store, held)
          await put(store, { peerings: [{ from: held, to: revised(held, { state }) }] })
          assert.deepEqual(await attempt(), [null, null])
        }
      })

      it('is not given back to an expired request while another holds it', async () => {
        const { ours, theirs } = await putParties(store)
        const expired = buildPeering(ours, theirs, { state: 'expired' })
        const held = buildPeering(theirs, ours)
        await putPeerings(store, expired, held)
        const reopened = revised(expired, { state: 'pending-acceptance', expiresAtMs: NOW + 2 * WEEK })
        const outcome = await store.commit(change({ peerings: [{ from: expired, to: reopened }] }))
        assert.deepEqual(conflictOf(outcome), { kind: 'pair-taken', peering: held.id })
        assert.equal((await live(expired.id))?.state, 'expired')
      })

      it('goes to exactly one of many who ask at once, either way round', async () => {
        const { ours, theirs } = await putParties(store)
        const tries = Array.from({ length: 100 }, (_, index) =>
          index % 2 ? buildPeering(ours, theirs) : buildPeering(theirs, ours),
        )
        const outcomes = await Promise.all(
          tries.map((to) => store.commit(change({ peerings: [{ from: null, to }], events: [draft(to)] }))),
        )
        const winners = tries.filter((_, index) => outcomes[index]?.ok)
        assert.equal(winners.length, 1)
        for (const outcome of outcomes) {
          if (!outcome.ok) assert.deepEqual(outcome.conflict, { kind: 'pair-taken', peering: winners[0]?.id })
        }
        assert.deepEqual(await listed({}), idsOf(winners))
        assert.deepEqual(
          (await store.listEvents(0, 1000, null)).map(({ peering }) => peering),
          idsOf(winners),
        )
      })
    })

    describe('the condition', () => {
      it('vpc-exists fails for a VPC that is not there, or deleted', async () => {
        const { ours, theirs } = await putParties(store)
        const exists = async (vpc: Vpc['id']) =>
          conflictOf(await store.commit(change({ conditions: [{ kind: 'vpc-exists', vpc }] })))
        assert.equal(await exists(ours.id), null)
        await put(store, { vpcs: [{ from: ours, to: revisedVpc(ours, { deletedAtMs: NOW }) }] })
        assert.deepEqual(await exists(ours.id), { kind: 'vpc-missing', vpc: ours.id })
        assert.deepEqual(await exists(vpcId('none')), { kind: 'vpc-missing', vpc: 'none' })
        assert.equal(await exists(theirs.id), null)
      })

      it('neighbours-are fails unless the active peerings of the VPC are just those, on either side', async () => {
        const { bob, ours, theirs } = await putParties(store)
        const [third] = await putVpcs(store, bob, 1)
        assert.ok(third)
        const [asked, agreed] = [buildPeering(ours, theirs), buildPeering(third, ours, { state: 'active' })]
        const are = async (peerings: readonly Peering[]) =>
          conflictOf(
            await store.commit(
              change({
                conditions: [
                  { kind: 'neighbours-are', vpc: ours.id, peerings: peerings.map(({ id }) => id) },
                ],
              }),
            ),
          )
        await putPeerings(store, asked)
        assert.equal(await are([]), null)
        assert.deepEqual(await are([asked]), { kind: 'stale', id: ours.id })
        await putPeerings(store, agreed)
        assert.equal(await are([agreed]), null)
        assert.deepEqual(await are([]), { kind: 'stale', id: ours.id })
      })

      it('vpc-unpeered fails while a live peering names the VPC that the change itself does not end', async () => {
        const { bob, ours, theirs } = await putParties(store)
        const [third] = await putVpcs(store, bob, 1)
        assert.ok(third)
        const [asked, wasAsked] = [buildPeering(ours, theirs), buildPeering(third, ours)]
        await putPeerings(store, asked)
        const unpeered = async (vpc: Vpc, peerings: Change['peerings'] = []) =>
          conflictOf(
            await store.commit(
              change({ peerings, conditions: [{ kind: 'vpc-unpeered', vpc: vpc.id }], dryRun: true }),
            ),
          )
        for (const vpc of [ours, theirs]) {
          assert.deepEqual(await unpeered(vpc), { kind: 'vpc-peered', vpc: vpc.id, peering: asked.id })
        }
        assert.equal(await unpeered(third), null)
        const end = (peering: Peering) => ({
          from: peering,
          to: revised(peering, { state: 'rejected', expiresAtMs: null }),
        })
        assert.equal(await unpeered(ours, [end(asked)]), null)
        await putPeerings(store, wasAsked)
        assert.deepEqual(await unpeered(ours, [end(asked)]), {
          kind: 'vpc-peered',
          vpc: ours.id,
          peering: wasAsked.id,
        })
        assert.equal(await unpeered(ours, [end(asked), end(wasAsked)]), null)
        // A change that goes on with the peering does not end it.
        const accepted = revised(asked, { state: 'active', expiresAtMs: null })
        assert.equal((await unpeered(theirs, [{ from: asked, to: accepted }]))?.kind, 'vpc-peered')
      })

      it('vpc-name-free fails for a name that another VPC of that tenant and region has', async () => {
        const { alice, bob } = await putParties(store)
        const [named] = await putVpcs(store, alice, 1, { name: 'taken' })
        assert.ok(named)
        const free = async (
          tenant: Tenant,
          region: Vpc['region'] | null,
          called: string,
          vpc = vpcId('none'),
        ) => {
          const condition = {
            kind: 'vpc-name-free',
            vpc,
            party: { tenant: tenant.id, region },
            name: called,
          } as const
          return conflictOf(await store.commit(change({ conditions: [condition] })))
        }
        assert.deepEqual(await free(alice, REGION_A, 'taken'), { kind: 'name-taken', name: 'taken' })
        assert.equal(await free(alice, REGION_A, 'taken', named.id), null)
        assert.equal(await free(alice, REGION_A, 'other'), null)
        assert.equal(await free(alice, REGION_B, 'taken'), null)
        assert.equal(await free(bob, REGION_A, 'taken'), null)
        await put(store, { vpcs: [{ from: named, to: revisedVpc(named, { deletedAtMs: NOW }) }] })
        assert.equal(await free(alice, REGION_A, 'taken'), null)
      })

      it('vpc-name-free looks in every region where the party names none', async () => {
        const { alice } = await putParties(store)
        await putVpcs(store, alice, 1, { name: 'taken', region: REGION_B })
        const party = { tenant: alice.id, region: null }
        const condition = { kind: 'vpc-name-free', vpc: vpcId('none'), party, name: 'taken' } as const
        const outcome = await store.commit(change({ conditions: [condition] }))
        assert.deepEqual(conflictOf(outcome), { kind: 'name-taken', name: 'taken' })
      })

      it('vpc-name-free lets exactly one of many take a name', async () => {
        const { alice } = await putParties(store)
        const party = { tenant: alice.id, region: REGION_A }
        const vpcs = Array.from({ length: 30 }, () => buildVpc(alice, { name: 'wanted' }))
        const outcomes = await Promise.all(
          vpcs.map((to) => {
            const conditions = [{ kind: 'vpc-name-free', vpc: to.id, party, name: to.name }] as const
            return store.commit(change({ vpcs: [{ from: null, to }], conditions }))
          }),
        )
        assert.equal(outcomes.filter(({ ok }) => ok).length, 1)
        assert.equal((await store.listVpcs(vpcQuery({ name: 'wanted' }))).items.length, 1)
      })

      it('quota is measured after the change', async () => {
        const { alice, theirs } = await putParties(store)
        const [first, second] = await putVpcs(store, alice, 2)
        assert.ok(first && second)
        const [one, two] = [buildPeering(first, theirs), buildPeering(second, theirs)]
        const counter = quotaOf(one)
        const commit = async (limit: number, ...peerings: Peering[]) => {
          const revisions = peerings.map((to) => ({ from: null, to }))
          return conflictOf(
            await store.commit(
              change({ peerings: revisions, conditions: [{ kind: 'quota', counter, limit }] }),
            ),
          )
        }
        assert.deepEqual(await commit(0, one), { kind: 'quota', counter, limit: 0, used: 0 })
        assert.deepEqual(await commit(1, one, two), { kind: 'quota', counter, limit: 1, used: 0 })
        assert.equal(await commit(1, one), null)
        assert.deepEqual(await commit(1, two), { kind: 'quota', counter, limit: 1, used: 1 })
        assert.equal(await commit(2, two), null)
        assert.equal(await usedOf(counter), 2)
      })
    })

    describe('quotas', () => {
      it('are never exceeded, however many ask at once, and can be filled again', async () => {
        const { alice, theirs } = await putParties(store)
        const vpcs = await putVpcs(store, alice, 100)
        const limit = 10
        const counter = quotaOf(buildPeering(at(vpcs, 0), theirs))
        const conditions = [{ kind: 'quota', counter, limit }] as const
        const fill = async () => {
          const tries = vpcs.map((vpc) => buildPeering(vpc, theirs))
          const outcomes = await Promise.all(
            tries.map((to) => store.commit(change({ peerings: [{ from: null, to }], conditions }))),
          )
          for (const outcome of outcomes) {
            const kinds = outcome.ok ? [] : [outcome.conflict.kind]
            // Those in the second round whose VPC is peered already are told so; the others, that it is full.
            for (const kind of kinds) assert.ok(kind === 'quota' || kind === 'pair-taken')
          }
          return tries.filter((_, index) => outcomes[index]?.ok)
        }
        const first = await fill()
        assert.equal(first.length, limit)
        assert.equal(await usedOf(counter), limit)
        const ended = first.slice(0, 3)
        const outcomes = await Promise.all(
          ended.map((from) =>
            store.commit(change({ peerings: [{ from, to: revised(from, { state: 'rejected' }) }] })),
          ),
        )
        assert.ok(outcomes.every(({ ok }) => ok))
        assert.equal(await usedOf(counter), limit - 3)
        assert.equal((await fill()).length, 3)
        assert.equal((await listed({ states: ['pending-acceptance'] })).length, limit)
      })

      it('are what a recount says after any lawful history, stale revisions and all', async () => {
        const { alice, bob } = await putParties(store)
        const vpcs = (
          await Promise.all(
            [alice, bob].flatMap((tenant) =>
              [REGION_A, REGION_B].map((region) => putVpcs(store, tenant, 3, { region })),
            ),
          )
        ).flat()
        const steps = fc.sample(
          fc.tuple(
            fc.nat(11),
            fc.nat(11),
            fc.nat(60),
            fc.constantFrom(null, ...PEERING_EVENTS),
            fc.boolean(),
          ),
          { numRuns: 600, seed: 1 },
        )
        let peerings: readonly Peering[] = []
        // In rounds, so that what is committed at once does conflict now and then.
        for (let round = 0; round < steps.length; round += 20) {
          const revisions = steps
            .slice(round, round + 20)
            .flatMap(([from, to, index, event, stale]): Revision<Peering>[] => {
              const before = event && peerings[index % Math.max(1, peerings.length)]
              if (!event)
                return from === to ? [] : [{ from: null, to: buildPeering(at(vpcs, from), at(vpcs, to)) }]
              if (!before || TRANSITIONS[before.state][event] === null) return []
              // What was read before the last change, or else what is there now.
              const read = stale ? { ...before, version: before.version - 1 } : before
              return [{ from: read, to: apply(read, event, NOW, WEEK) }]
            })
          await Promise.all(revisions.map((revision) => store.commit(change({ peerings: [revision] }))))
          const all = await store.listPeerings(peeringQuery())
          peerings = all.items.map(({ peering }) => peering)
        }
        assert.ok(peerings.length > 20)
        const recount = new Map<string, number>()
        for (const { key } of peerings.flatMap(countersOf)) recount.set(key, (recount.get(key) ?? 0) + 1)
        const counters = vpcs.flatMap((one) =>
          vpcs
            .filter((other) => other !== one)
            .flatMap((other) => countersOf(buildPeering(one, other, { state: 'active' }))),
        )
        for (const counter of new Map(counters.map((counter) => [counter.key, counter])).values()) {
          assert.equal(await usedOf(counter), recount.get(counter.key) ?? 0, counter.key)
        }
      })
    })

    describe('claims', () => {
      it('are made once, and keep what they were made for', async () => {
        const claim = buildClaim()
        assert.equal(await store.findClaim(claim.key, NOW), null)
        await put(store, { claims: [claim] })
        assert.deepEqual(await store.findClaim(claim.key, NOW), claim)
        const another = { ...buildClaim(), key: claim.key }
        assert.deepEqual(conflictOf(await store.commit(change({ claims: [another] }))), {
          kind: 'claimed',
          claim,
        })
        assert.deepEqual(conflictOf(await store.commit(change({ claims: [claim] }))), {
          kind: 'claimed',
          claim,
        })
        assert.deepEqual(await store.findClaim(claim.key, NOW), claim)
        await put(store, { claims: [buildClaim()] })
      })

      it('are made by one of many who make them by themselves at once, and by none after it', async () => {
        const claim = buildClaim({ expiresAtMs: NOW + 100 })
        const made = await Promise.all(Array.from({ length: 20 }, () => store.claim(claim, NOW)))
        assert.deepEqual(
          made.filter((was) => was),
          [true],
        )
        assert.equal(await store.claim(claim, NOW + 99), false)
        // Whatever is committed later finds it made.
        assert.equal(conflictOf(await store.commit(change({ claims: [claim] })))?.kind, 'claimed')
        store = await opened.reopen()
        assert.equal(await store.claim(claim, NOW + 99), false)
        assert.equal(await store.claim({ ...claim, expiresAtMs: NOW + 300 }, NOW + 100), true)
      })

      it('may be made again once they have lapsed, and not a millisecond earlier', async () => {
        const claim = buildClaim({ expiresAtMs: NOW + 100 })
        await put(store, { claims: [claim] })
        const again = { ...claim, fingerprint: 'other', result: 'other', expiresAtMs: NOW + 1000 }
        assert.deepEqual(await store.findClaim(claim.key, NOW + 99), claim)
        assert.equal(await store.findClaim(claim.key, NOW + 101), null)
        const early = await store.commit({ claims: [again], nowMs: NOW + 99 })
        assert.deepEqual(conflictOf(early), { kind: 'claimed', claim })
        const inTime = await store.commit({ claims: [again], nowMs: NOW + 100 })
        assert.equal(inTime.ok, true)
        assert.deepEqual(await store.findClaim(claim.key, NOW + 101), again)
      })

      it('that have not lapsed are kept, however many have', async () => {
        const kept = buildClaim({ expiresAtMs: NOW + WEEK })
        const lapsing = Array.from({ length: 50 }, () => buildClaim({ expiresAtMs: NOW + 1 }))
        await put(store, { claims: [kept, ...lapsing] })
        for (let day = 1; day < 7; day++) {
          const nowMs = NOW + (day * WEEK) / 7
          const outcome = await store.commit({ claims: [buildClaim({ expiresAtMs: nowMs + 1 })], nowMs })
          assert.equal(outcome.ok, true)
          assert.deepEqual(await store.findClaim(kept.key, nowMs), kept)
        }
      })

      it('are won by exactly one of many who make them at once, and only the winner has its effect', async () => {
        const { ours, alice } = await putParties(store)
        const others = await putVpcs(store, alice, 50)
        const { key } = buildClaim()
        const tries = others.map((vpc) => buildPeering(ours, vpc))
        const outcomes = await Promise.all(
          tries.map((to) =>
            store.commit(
              change({ peerings: [{ from: null, to }], claims: [{ ...buildClaim({ result: to.id }), key }] }),
            ),
          ),
        )
        const winners = tries.filter((_, index) => outcomes[index]?.ok)
        assert.equal(winners.length, 1)
        assert.deepEqual(await listed({}), idsOf(winners))
        for (const outcome of outcomes) {
          if (outcome.ok) continue
          assert.equal(outcome.conflict.kind, 'claimed')
          assert.equal(outcome.conflict.kind === 'claimed' && outcome.conflict.claim.result, winners[0]?.id)
        }
      })

      it('are not used up by a change that conflicts, nor by a dry run', async () => {
        const claim = buildClaim()
        const conditions = [{ kind: 'vpc-exists', vpc: vpcId('none') }] as const
        assert.equal(
          conflictOf(await store.commit(change({ claims: [claim], conditions })))?.kind,
          'vpc-missing',
        )
        assert.equal((await store.commit(change({ claims: [claim], dryRun: true }))).ok, true)
        assert.equal(await store.findClaim(claim.key, NOW), null)
        await put(store, { claims: [claim] })
        // A dry run of what is used up fails as the real one would.
        const conflict = conflictOf(await store.commit(change({ claims: [claim], dryRun: true })))
        assert.equal(conflict?.kind, 'claimed')
      })
    })

    describe('events', () => {
      it('are kept whole, and answered after a number, so many, of everybody or of a tenant', async () => {
        const { alice, bob, carol, ours, theirs } = await putParties(store)
        const [second] = await putVpcs(store, alice, 1)
        const [third] = await putVpcs(store, carol, 1)
        assert.ok(second && third)
        assert.deepEqual(await store.listEvents(0, 10, null), [])
        assert.equal(await store.lastEventSequence(), 0)
        const actor: Actor = {
          kind: 'tenant',
          tenant: alice.id,
          dialect: 'huawei',
          requestId: 'r-1',
          remoteAddress: '192.0.2.1',
        }
        const own = buildPeering(ours, second, { state: 'active', expiresAtMs: null })
        const [asked, foreign] = [buildPeering(ours, theirs), buildPeering(third, theirs)]
        await putPeerings(store, own, asked, foreign)
        const gone = revised(asked, { state: 'rejected', updatedAtMs: NOW + 3 })
        const drafts = [
          { ...draft(own), actor },
          draft(asked),
          draft(foreign),
          draft(gone, 'peering.rejected', asked),
        ]
        assert.equal(await put(store, { events: drafts.slice(0, 2) }), 2)
        assert.equal(await put(store, { events: drafts.slice(2) }), 4)
        const logged = drafts.map((event, index) => ({ ...event, sequence: index + 1 }))
        assert.deepEqual(await store.listEvents(0, 10, null), logged)
        assert.deepEqual(await store.listEvents(1, 2, null), logged.slice(1, 3))
        assert.deepEqual(await store.listEvents(4, 10, null), [])
        assert.equal(await store.lastEventSequence(), 4)
        const numbers = async (tenant: Tenant['id'], after = 0, limit = 10) =>
          (await store.listEvents(after, limit, tenant)).map(({ sequence }) => sequence)
        // What is between two VPCs of one tenant is there once.
        assert.deepEqual(await numbers(alice.id), [1, 2, 4])
        assert.deepEqual(await numbers(bob.id), [2, 3, 4])
        assert.deepEqual(await numbers(carol.id), [3])
        assert.deepEqual(await numbers(NOBODY), [])
        assert.deepEqual(await numbers(alice.id, 1, 1), [2])
        assert.deepEqual(await numbers(bob.id, 2, 10), [3, 4])
      })

      it("are found after any number and in any number, however few of many are a tenant's", async () => {
        const { alice, bob, carol, ours, theirs } = await putParties(store)
        const [third] = await putVpcs(store, carol, 1)
        assert.ok(third)
        const peerings = [buildPeering(ours, theirs), buildPeering(third, ours), buildPeering(third, theirs)]
        await putPeerings(store, ...peerings)
        // Carol and Bob make nearly all of them; Alice has a part in one of 97.
        const drafts = Array.from({ length: 3000 }, (_, index) =>
          draft(at(peerings, index % 97 === 50 ? index % 2 : 2)),
        )
        await put(store, { events: drafts })
        for (const tenant of [alice.id, bob.id, carol.id]) {
          const expected = drafts.flatMap(({ requester, accepter }, index) =>
            requester === tenant || accepter === tenant ? [index + 1] : [],
          )
          for (const [after, limit] of [
            [0, 10_000],
            [0, 7],
            [511, 3],
            [512, 600],
            [1100, 10],
            [2999, 5],
          ] as const) {
            const found = await store.listEvents(after, limit, tenant)
            assert.deepEqual(
              found.map(({ sequence }) => sequence),
              expected.filter((sequence) => sequence > after).slice(0, limit),
            )
          }
          for (const [before, limit] of [
            [Number.MAX_SAFE_INTEGER, 10_000],
            [3001, 7],
            [3000, 600],
            [1024, 3],
            [513, 600],
            [1, 5],
          ] as const) {
            const found = await store.recentEvents(before, limit, tenant)
            assert.deepEqual(
              found.map(({ sequence }) => sequence),
              expected
                .filter((sequence) => sequence < before)
                .reverse()
                .slice(0, limit),
            )
          }
        }
        const everybodys = await store.recentEvents(2001, 2, null)
        assert.deepEqual(everybodys, (await store.listEvents(1998, 2, null)).toReversed())
        for (const { id } of peerings) {
          for (const [first, last] of [
            [1, 3000],
            [512, 1024],
            [51, 51],
            [3001, 4000],
          ] as const) {
            const all = await store.listEvents(first - 1, last - first + 1, null)
            const expected = all.filter(({ peering, sequence }) => peering === id && sequence <= last)
            assert.deepEqual(await store.eventsOfPeering(id, first, last), expected)
          }
        }
      })

      it('are numbered without a gap in the order of commits, however many conflict meanwhile', async () => {
        const { alice, bob } = await putParties(store)
        const [ours, theirs] = [await putVpcs(store, alice, 10), await putVpcs(store, bob, 10)]
        // 500 requests for 100 pairs: four of five must lose.
        const tries = Array.from({ length: 500 }, (_, index) => {
          const [a, b] = [at(ours, index % 10), at(theirs, Math.floor(index / 10) % 10)]
          return index % 3 ? buildPeering(a, b) : buildPeering(b, a)
        })
        const outcomes = await Promise.all(
          tries.map((to, index) => {
            const events = [draft(to), draft(to, 'peering.updated')]
            return store.commit(change({ peerings: [{ from: null, to }], events, dryRun: index % 7 === 0 }))
          }),
        )
        const won = tries.flatMap((peering, index) => {
          const outcome = outcomes[index]
          return outcome?.ok && index % 7 !== 0 ? [{ peering, last: outcome.lastSequence }] : []
        })
        assert.equal(won.length, 100)
        const events = await store.listEvents(0, 1000, null)
        assert.deepEqual(
          events.map(({ sequence }) => sequence),
          Array.from({ length: 200 }, (_, index) => index + 1),
        )
        assert.equal(await store.lastEventSequence(), 200)
        for (const { peering, last } of won) {
          // What belongs to one change stands together, and each was told its own number.
          const own = events.filter((event) => event.peering === peering.id)
          assert.deepEqual(
            own.map(({ type, sequence }) => [type, sequence]),
            [
              ['peering.requested', last - 1],
              ['peering.updated', last],
            ],
          )
        }
      })
    })

    describe('what was acknowledged', () => {
      it('is there when the store is opened again, and so are the rules that rest on it', async () => {
        const { alice, bob, ours, theirs } = await putParties(store)
        const [second, third] = await putVpcs(store, alice, 2)
        assert.ok(second && third)
        const key: AccessKey = { id: 'AK1', tenant: alice.id, secret: 'shh', createdAtMs: NOW }
        const claim = buildClaim()
        const [waiting, ended] = [buildPeering(ours, theirs), buildPeering(second, theirs)]
        await put(store, {
          settings: { colour: 'red' },
          accessKeys: [key],
          claims: [claim],
          peerings: [waiting, ended].map((to) => ({ from: null, to })),
          events: [draft(waiting), draft(ended)],
        })
        await put(store, {
          peerings: [{ from: ended, to: revised(ended, { state: 'deleted' }) }],
          vpcs: [{ from: third, to: revisedVpc(third, { deletedAtMs: NOW }) }],
        })
        const counter = quotaOf(waiting)
        const state = async () => ({
          setting: await store.readSetting('colour'),
          tenants: await store.listTenants(),
          byProject: await store.findTenant({ project: at(Object.values(alice.huawei.projects), 0) }),
          key: (await store.findCredential('AK1'))?.key,
          keys: await store.listAccessKeys(alice.id),
          vpcs: await store.listVpcs(vpcQuery({ withTotal: true })),
          deletedVpc: await store.findVpc(third.id),
          peerings: await store.listPeerings(peeringQuery({ withTotal: true })),
          deletedPeering: await store.findPeering(ended.id),
          due: await store.duePeerings(NOW + WEEK, 10),
          deadline: await store.nextDeadline(),
          neighbours: await store.neighboursOf(theirs.id),
          events: await store.listEvents(0, 10, bob.id),
          last: await store.lastEventSequence(),
          claim: await store.findClaim(claim.key, NOW),
          used: await usedOf(counter),
        })
        const before = await state()
        assert.deepEqual([before.last, before.used, before.peerings.total, before.claim], [2, 1, 1, claim])
        store = await opened.reopen()
        assert.deepEqual(await state(), before)
        const conflicts = [
          change({ peerings: [{ from: null, to: buildPeering(theirs, ours) }] }),
          change({ claims: [{ ...claim, fingerprint: 'other' }] }),
          change({ peerings: [{ from: ended, to: revised(ended, { state: 'active' }) }] }),
          change({ peerings: [{ from: null, to: { ...waiting, requester: ended.requester } }] }),
        ]
        const kinds = []
        for (const parts of conflicts) kinds.push(conflictOf(await store.commit(parts))?.kind)
        assert.deepEqual(kinds, ['pair-taken', 'claimed', 'stale', 'id-taken'])
        assert.equal(await put(store, { events: [draft(waiting, 'peering.updated')] }), 3)
      })

      it('includes what was still under way when the store was closed', async () => {
        const { alice, theirs } = await putParties(store)
        const vpcs = await putVpcs(store, alice, 50)
        const peerings = vpcs.map((vpc) => buildPeering(vpc, theirs))
        const outcomes = peerings.map((to) => store.commit(change({ peerings: [{ from: null, to }] })))
        store = await opened.reopen()
        assert.ok((await Promise.all(outcomes)).every(({ ok }) => ok))
        assert.deepEqual(await listed({}), idsOf(peerings))
      })
    })
  })
}

const inRegion = (party: Party, region: Vpc['region']) => party.region === null || party.region === region

const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1)

const hasTag = (tags: Vpc['tags'], { key, value }: { key: string; value: string | null }) =>
  tags.some((tag) => tag.key === key && (value === null || tag.value === value))

/**
 * Any window on a list, once that is known, and what it must show: from an offset, after a row, or before one.
 * The row is one of the list's own; a port that is asked for another may answer what it likes.
 */
function windows(count: number) {
  const places = fc.record({
    kind: fc.constantFrom('start', 'offset', 'after', 'before'),
    place: fc.nat(count),
    limit: fc.nat(count),
  })
  return places.map(({ kind, place, limit }) => <T extends { readonly id: string }>(all: readonly T[]) => {
    const mark = all[place % Math.max(1, all.length)]
    if (kind === 'start' || !mark) return { window: { limit }, expected: all.slice(0, limit) }
    const index = all.indexOf(mark)
    if (kind === 'offset') {
      return { window: { limit, offset: index }, expected: all.slice(index, index + limit) }
    }
    if (kind === 'after') {
      return { window: { limit, after: mark.id }, expected: all.slice(index + 1, index + 1 + limit) }
    }
    return { window: { limit, before: mark.id }, expected: all.slice(Math.max(0, index - limit), index) }
  })
}
