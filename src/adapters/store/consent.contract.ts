import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { ASK_ALWAYS, type Consent } from '../../domain/consent.ts'
import { eventOf, THE_CLOCK } from '../../domain/event.ts'
import { apply, type Peering } from '../../domain/peering.ts'
import { waitingCounter } from '../../domain/quota.ts'
import type { Condition, Store } from '../../ports/store.ts'
import {
  at,
  buildPeering,
  buildVpc,
  change,
  conflictOf,
  NOW,
  peeringQuery,
  put,
  putParties,
  putPeerings,
  putVpcs,
  REGION_B,
  revised,
  revisedVpc,
  WEEK,
} from './store.fixtures.ts'

/** What a store must do about policies of consent, and about what their decisions rest on. */
export function consentContract(store: () => Store, reopen: () => Promise<Store>): void {
  describe('consent', () => consentTests(store, reopen))
}

function consentTests(store: () => Store, reopen: () => Promise<Store>): void {
  let parties: Awaited<ReturnType<typeof putParties>>
  beforeEach(async () => {
    parties = await putParties(store())
  })

  const said = (version: number, waitingPerTenant: number | null = null): Consent => ({
    version,
    policy: { ...ASK_ALWAYS, accept: [{ blocks: ['10.0.0.0/8'] }], waitingPerTenant },
  })
  const saying = (versionRead: number, to: Consent) => ({
    consents: [{ tenant: parties.bob.id, versionRead, to }],
  })
  const asking = (to: Peering, ...conditions: Condition[]) =>
    store().commit(change({ peerings: [{ from: null, to }], conditions }))
  const trying = async (...conditions: Condition[]) =>
    conflictOf(await store().commit(change({ conditions, dryRun: true })))

  describe('a policy of consent', () => {
    it('is kept with its tenant, however that is found, and outlasts a reopening', async () => {
      const { alice, bob, ours, theirs } = parties
      const peering = buildPeering(ours, theirs)
      await putPeerings(store(), peering)
      await put(store(), saying(0, said(1, 5)))
      const check = async (open: Store) => {
        const expected = { ...bob, consent: said(1, 5) }
        assert.deepEqual(await open.findTenant({ id: bob.id }), expected)
        assert.deepEqual(await open.findTenant({ name: bob.name }), expected)
        assert.deepEqual(await open.findTenant({ tencentUin: bob.tencent.uin }), expected)
        assert.deepEqual(await open.findTenant({ id: alice.id }), alice)
        assert.deepEqual(
          (await open.listTenants()).find(({ id }) => id === bob.id),
          expected,
        )
        const listed = (await open.listPeerings(peeringQuery({ ids: [peering.id] }))).items
        for (const view of [await open.findPeering(peering.id), ...listed]) {
          assert.deepEqual([view?.requester.tenant, view?.accepter.tenant], [alice, expected])
        }
      }
      await check(store())
      await check(await reopen())
    })

    it('is left as it is by whoever replaces its tenant', async () => {
      const { bob } = parties
      await put(store(), saying(0, said(1)))
      await put(store(), { tenants: [{ ...bob, quotas: { 'peerings-per-vpc': 3 } }] })
      await put(store(), { tenants: [{ ...bob, quotas: { 'peerings-per-vpc': 4 }, consent: said(9) }] })
      const expected = { ...bob, quotas: { 'peerings-per-vpc': 4 }, consent: said(1) }
      assert.deepEqual(await store().findTenant({ id: bob.id }), expected)
    })

    it('is changed by one of many who have read the same version', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, limit) => store().commit(change(saying(0, said(1, limit))))),
      )
      assert.equal(outcomes.filter(({ ok }) => ok).length, 1)
      const winner = outcomes.findIndex(({ ok }) => ok)
      const late = conflictOf(at(outcomes, (winner + 1) % 20))
      assert.deepEqual(late, { kind: 'stale', id: parties.bob.id })
      const tenant = await store().findTenant({ id: parties.bob.id })
      assert.deepEqual(tenant?.consent, said(1, winner))
      await put(store(), saying(1, said(2)))
    })

    it('is not missed by what was decided before it changed', async () => {
      const { alice, bob, theirs } = parties
      const vpcs = await putVpcs(store(), alice, 4)
      const asked = vpcs.map((vpc) => buildPeering(vpc, theirs))
      const as = (version: number) => ({ kind: 'consent-is', tenant: bob.id, version }) as const
      const outcomes = await Promise.all([
        asking(at(asked, 0), as(0)),
        store().commit(change(saying(0, said(1)))),
        asking(at(asked, 1), as(0)),
        asking(at(asked, 2), as(1)),
        store().commit(change(saying(1, said(2)))),
        asking(at(asked, 3), as(1)),
      ])
      const stale = { kind: 'stale', id: bob.id }
      assert.deepEqual(outcomes.map(conflictOf), [null, null, stale, null, null, stale])
    })
  })

  describe('requests that wait', () => {
    it('are counted for who asks whom, and no longer once they are answered', async () => {
      const { alice, bob, ours, theirs } = parties
      const counter = waitingCounter(alice.id, bob.id)
      const count = () => store().countOf(counter)
      const move = async (from: Peering, to: Peering) => {
        await put(store(), { peerings: [{ from, to }] })
        return to
      }
      const [second] = await putVpcs(store(), alice, 1)
      assert.equal(await count(), 0)
      const [one, two] = [buildPeering(ours, theirs), buildPeering(second ?? ours, theirs)]
      await putPeerings(store(), one, two)
      assert.deepEqual([await count(), await store().countOf(waitingCounter(bob.id, alice.id))], [2, 0])
      const active = await move(one, apply(one, 'accept', NOW, WEEK))
      assert.equal(await count(), 1)
      await move(active, apply(active, 'delete', NOW, WEEK))
      const expired = await move(two, apply(two, 'expire', NOW, WEEK))
      assert.equal(await count(), 0)
      const again = await move(expired, apply(expired, 'reopen', NOW, WEEK))
      assert.equal(await count(), 1)
      await move(again, apply(again, 'reject', NOW, WEEK))
      assert.equal(await count(), 0)
    })

    it('are never more than a limit that each of many who ask at once is held to', async () => {
      const { alice, bob, theirs } = parties
      const vpcs = await putVpcs(store(), alice, 60)
      const counter = waitingCounter(alice.id, bob.id)
      const full = (is: boolean) => ({ kind: 'full-is', counter, limit: 5, full: is }) as const
      const asked = vpcs.map((vpc) => buildPeering(vpc, theirs))
      const outcomes = await Promise.all(asked.map((peering) => asking(peering, full(false))))
      const made = asked.filter((_, index) => outcomes[index]?.ok)
      assert.equal(made.length, 5)
      assert.equal(await store().countOf(counter), 5)
      for (const conflict of outcomes.map(conflictOf).filter((one) => one !== null)) {
        assert.deepEqual(conflict, { kind: 'stale', id: counter.key })
      }
      assert.equal(await trying(full(true)), null)
      const first = at(made, 0)
      const answered = revised(first, { state: 'rejected', expiresAtMs: null })
      await put(store(), { peerings: [{ from: first, to: answered }] })
      assert.deepEqual(await trying(full(true)), { kind: 'stale', id: counter.key })
      assert.equal(await trying(full(false)), null)
    })
  })

  describe('an overlap', () => {
    const is = (overlaps: boolean, ...cidrs: string[]): Condition => ({
      kind: 'overlap-is',
      tenant: parties.bob.id,
      cidrs,
      overlaps,
    })
    const stale = () => ({ kind: 'stale', id: parties.bob.id })

    it('is with any VPC of the tenant’s, in any region, and with nobody else’s', async () => {
      const { bob, carol } = parties
      await putVpcs(store(), bob, 1, { region: REGION_B, cidrs: ['172.16.0.0/16', 'fd00::/16'] })
      await putVpcs(store(), carol, 1, { cidrs: ['192.168.0.0/16'] })
      for (const cidr of ['10.1.9.0/24', '172.16.0.0/12', 'fd00:1::/32']) {
        assert.equal(await trying(is(true, '203.0.113.0/24', cidr)), null)
        assert.deepEqual(await trying(is(false, '203.0.113.0/24', cidr)), stale())
      }
      for (const cidrs of [['192.168.0.0/16'], ['10.0.0.0/16', 'fd01::/16'], []]) {
        assert.equal(await trying(is(false, ...cidrs)), null)
        assert.deepEqual(await trying(is(true, ...cidrs)), stale())
      }
    })

    it('is not missed where a VPC came, went or was given other blocks a moment before', async () => {
      const { bob } = parties
      const block = '172.16.0.0/16'
      const vpc = buildVpc(bob, { cidrs: [block] })
      const gone = revisedVpc(vpc, { deletedAtMs: NOW })
      const [other] = await putVpcs(store(), bob, 1, { cidrs: ['172.20.0.0/16'] })
      assert.ok(other)
      const moved = revisedVpc(other, { cidrs: [block] })
      const try_ = (overlaps: boolean) =>
        store().commit(change({ conditions: [is(overlaps, block)], dryRun: true }))
      const vpcs = (from: typeof vpc | null, to: typeof vpc) =>
        store().commit(change({ vpcs: [{ from, to }] }))
      const outcomes = await Promise.all([
        try_(false),
        vpcs(null, vpc),
        try_(false),
        try_(true),
        vpcs(vpc, gone),
        try_(true),
        vpcs(other, moved),
        try_(true),
        try_(false),
      ])
      assert.deepEqual(outcomes.map(conflictOf), [
        null,
        null,
        stale(),
        null,
        null,
        stale(),
        null,
        null,
        stale(),
      ])
    })
  })

  it('holds a pair to be free for what does not live itself', async () => {
    const { ours, theirs } = parties
    const peering = buildPeering(ours, theirs)
    const refused = buildPeering(theirs, ours, { state: 'rejected', expiresAtMs: null })
    const free = (except: Peering) => ({
      kind: 'pair-free' as const,
      pair: [theirs.id, ours.id] as const,
      except: except.id,
    })
    assert.equal(await trying(free(refused)), null)
    await putPeerings(store(), peering)
    const taken = { kind: 'pair-taken', peering: peering.id }
    assert.deepEqual(conflictOf(await asking(refused, free(refused))), taken)
    assert.deepEqual(await trying(free(refused)), taken)
    assert.equal(await trying(free(peering)), null)
  })

  it('keeps what was said of an event', async () => {
    const { alice, ours, theirs } = parties
    const peering = buildPeering(ours, theirs)
    const draft = (reason: string | null) => eventOf('peering.updated', peering, peering, THE_CLOCK, reason)
    await put(store(), {
      peerings: [{ from: null, to: peering }],
      events: [draft('“because” \u{1F600}'), draft(null)],
    })
    for (const party of [alice.id, null]) {
      const events = await store().listEvents(0, 10, party)
      assert.deepEqual(
        events.map(({ reason }) => reason),
        ['“because” \u{1F600}', null],
      )
    }
  })
}
