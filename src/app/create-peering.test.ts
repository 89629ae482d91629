import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { REGION_A, REGION_B } from '../adapters/store/store.fixtures.ts'
import type { Vpc } from '../domain/vpc.ts'
import { limitedTo, openWorld, profileWith, request, verdicts, type World } from './app.fixtures.ts'
import type { Caller } from './context.ts'
import type { CreatePeering } from './create-peering.ts'

let world: World
let ours: Vpc
let theirs: Vpc

beforeEach(async () => {
  world = await openWorld()
  ours = await world.vpc(world.alice)
  theirs = await world.vpc(world.bob)
})
afterEach(() => world.close())

describe('asking for a peering', () => {
  /** That alice is refused, with this, and that nothing came of it. */
  async function refused(
    failure: { code: string; details: object },
    input: Partial<CreatePeering>,
    overrides: Partial<Caller> = {},
  ): Promise<void> {
    const unchanged = await world.everything()
    const caller = world.as(world.alice, overrides)
    await assert.rejects(world.app.createPeering(caller, request(ours, theirs, input)), failure)
    assert.deepEqual(await world.everything(), unchanged)
  }

  it("takes any dialect's id at either end", async () => {
    for (const requesterVpc of Object.values(ours.ids)) {
      for (const accepterVpc of Object.values(theirs.ids)) {
        const { id, requester, accepter } = await world.ask(ours, theirs, { requesterVpc, accepterVpc })
        assert.deepEqual([requester.vpc, accepter.vpc], [ours.id, theirs.id])
        await world.app.deletePeering(world.as(world.alice), { id })
      }
    }
  })

  it('takes no VPC to ask from but one of its own', async () => {
    const deleted = await world.vpc(world.alice)
    await world.app.deleteVpc(world.as(world.alice), { id: deleted.id })
    for (const requesterVpc of ['none', theirs.id, deleted.id]) {
      await refused({ code: 'vpc.requester-not-found', details: { id: requesterVpc } }, { requesterVpc })
    }
    // One of its own in another region is not there, for a dialect that asks in one.
    const failure = { code: 'vpc.requester-not-found', details: { id: ours.id } }
    await refused(failure, {}, { region: REGION_B })
  })

  it('does not tell a VPC that is not there from one that is not the named account’s', async () => {
    const { bob, carol } = world
    const deleted = await world.vpc(bob)
    await world.app.deleteVpc(world.as(bob), { id: deleted.id })
    const attempts: readonly Partial<CreatePeering>[] = [
      { accepterVpc: 'none', accepter: { id: bob.id } },
      { accepterVpc: theirs.id, accepter: { id: carol.id } },
      { accepterVpc: theirs.id, accepter: { name: 'nobody' } },
      { accepterVpc: theirs.id, accepter: { alibabaUid: carol.alibaba.uid } },
      { accepterVpc: theirs.id, accepter: { id: bob.id }, accepterRegion: REGION_B },
      { accepterVpc: theirs.id, accepter: { project: bob.huawei.projects[REGION_B] ?? '' } },
      { accepterVpc: deleted.id, accepter: { id: bob.id } },
    ]
    for (const input of attempts) {
      const [tenant] = Object.values(input.accepter ?? {})
      await refused({ code: 'vpc.accepter-not-found', details: { id: input.accepterVpc, tenant } }, input)
    }
  })

  it('finds the other account by each of its names', async () => {
    const { huawei, alibaba, tencent, id, name } = world.bob
    const keys = [
      { id },
      { name },
      { domainName: huawei.domainName },
      { project: huawei.projects[REGION_A] ?? '' },
      { alibabaUid: alibaba.uid },
      { tencentUin: tencent.uin },
    ]
    for (const accepter of keys) {
      const peering = await world.ask(ours, theirs, { accepter, accepterRegion: REGION_A })
      assert.equal(peering.accepter.tenant, id)
      await world.app.deletePeering(world.as(world.alice), { id: peering.id })
    }
  })

  it('is refused for a VPC with itself, and between regions where the profile refuses that', async () => {
    await refused({ code: 'peering.same-vpc', details: { id: ours.id } }, { accepterVpc: ours.id })
    const there = await world.vpc(world.bob, { region: REGION_B })
    await refused(
      { code: 'peering.cross-region', details: { requester: REGION_A, accepter: REGION_B } },
      { accepterVpc: there.id },
      { profile: profileWith({ crossRegion: 'refuse' }) },
    )
    await world.ask(ours, there)
  })

  it('is refused for blocks that overlap, IPv4 or IPv6, where the profile refuses that', async () => {
    const profile = profileWith({ overlap: 'refuse' })
    const dual = await world.vpc(world.alice, { cidrs: ['172.16.0.0/16', '2001:DB8::/32'] })
    const clashing = await world.vpc(world.bob, { cidrs: ['172.17.0.0/16', '2001:db8:7::/48'] })
    await refused(
      { code: 'peering.overlap', details: { requester: '2001:db8::/32', accepter: '2001:db8:7::/48' } },
      { requesterVpc: dual.id, accepterVpc: clashing.id },
      { profile },
    )
    await world.app.createPeering(world.as(world.alice, { profile }), request(ours, theirs))
    await world.ask(dual, clashing)
  })

  it('is refused for blocks that a neighbour of either end has, while that is a neighbour', async () => {
    const profile = profileWith({ overlapElsewhere: 'refuse' })
    const twin = await world.vpc(world.carol, { cidrs: theirs.cidrs })
    const neighbour = await world.ask(ours, twin)
    const { peering: waiting } = await world.app.createPeering(
      world.as(world.alice, { profile }),
      request(ours, theirs),
    )
    await world.app.acceptPeering(world.as(world.carol), { id: neighbour.id })
    // What was clear when it was asked for is not any more, so it cannot be accepted either.
    await assert.rejects(world.app.acceptPeering(world.as(world.bob, { profile }), { id: waiting.id }), {
      code: 'peering.overlap-elsewhere',
    })
    await world.app.deletePeering(world.as(world.alice), { id: waiting.id })
    await refused(
      {
        code: 'peering.overlap-elsewhere',
        details: { vpc: ours.id, block: theirs.cidrs[0], peering: neighbour.id },
      },
      {},
      { profile },
    )
    await world.app.deletePeering(world.as(world.carol), { id: neighbour.id })
    await world.app.createPeering(world.as(world.alice, { profile }), request(ours, theirs))
  })

  it('is refused for attributes that the profile refuses', async () => {
    const profile = profileWith({
      bandwidth: { sameRegion: 'refuse', limitMbps: 100 },
      linkTypeInSameRegion: 'refuse',
    })
    await refused(
      { code: 'bandwidth.same-region', details: { bandwidthMbps: 5 } },
      { attributes: { bandwidthMbps: 5 } },
      { profile },
    )
    await refused(
      { code: 'link-type.same-region', details: { linkType: 'Gold' } },
      { attributes: { linkType: 'Gold' } },
      { profile },
    )
  })

  it('is refused while the pair is taken, either way round, naming what takes it', async () => {
    const { id } = await world.ask(ours, theirs)
    const failure = { code: 'peering.exists', details: { id, requester: '', accepter: '' } }
    await refused(failure, {})
    await assert.rejects(world.ask(theirs, ours), failure)
    await world.app.acceptPeering(world.as(world.bob), { id })
    await refused(failure, {})
  })

  it('may be done by the operator, for the tenant whose VPC it is', async () => {
    const { peering } = await world.app.createPeering(world.operator, request(ours, theirs))
    assert.equal(peering.requester.tenant, world.alice.id)
    assert.equal(peering.state, 'pending-acceptance')
  })

  it('is nothing for somebody who has yet to sign in', async () => {
    const nobody = { ...world.operator, operator: false }
    const unchanged = await world.everything()
    const [verdict] = await verdicts([world.app.createPeering(nobody, request(ours, theirs))])
    assert.equal(verdict, 'permission.denied')
    assert.deepEqual(await world.everything(), unchanged)
  })
})

describe('the quota', () => {
  const QUOTAS = [
    'peerings-per-tenant-region',
    'same-region-peerings-per-vpc',
    'cross-region-peerings-per-vpc',
    'peerings-per-vpc',
  ] as const
  for (const quota of QUOTAS) {
    it(`${quota} is reached, not passed, and freed again`, async () => {
      const alice = world.as(world.alice, { profile: limitedTo({ [quota]: 2 }) })
      const region = quota.startsWith('cross') ? REGION_B : REGION_A
      const others = await Promise.all(Array.from({ length: 3 }, () => world.vpc(world.bob, { region })))
      const [first, second, third] = others.map(
        (vpc) => () => world.app.createPeering(alice, request(ours, vpc)),
      )
      assert.ok(first && second && third)
      const { peering } = await first()
      await second()
      await assert.rejects(third(), { code: 'quota.exceeded', details: { quota, limit: 2, used: 2 } })
      // Only a quota of the whole region is filled from another VPC too.
      const elsewhere = await world.vpc(world.alice)
      const [verdict] = await verdicts([world.app.createPeering(alice, request(elsewhere, theirs))])
      assert.equal(verdict, quota === 'peerings-per-tenant-region' ? 'quota.exceeded' : 'ok')
      await world.app.rejectPeering(world.as(world.bob), { id: peering.id })
      await third()
    })
  }

  it('is what the operator allows the tenant, more or less, before what the profile says', async () => {
    const [few, many] = [
      limitedTo({ 'peerings-per-tenant-region': 1 }),
      limitedTo({ 'peerings-per-tenant-region': 9 }),
    ]
    const make = async (name: string, limit: number | null) => {
      const quotas = { 'peerings-per-tenant-region': limit }
      const { tenant } = await world.app.createTenant(world.operator, { name, quotas })
      const vpcs = [await world.vpc(tenant), await world.vpc(tenant), await world.vpc(tenant)]
      return (profile: typeof few) =>
        verdicts(
          vpcs.map((vpc) => world.app.createPeering(world.as(tenant, { profile }), request(vpc, theirs))),
        )
    }
    const count = (outcomes: readonly string[]) => outcomes.filter((verdict) => verdict === 'ok').length
    assert.equal(count(await (await make('unlimited', null))(few)), 3)
    assert.equal(count(await (await make('limited', 2))(many)), 2)
    assert.equal(count(await (await make('barred', 0))(many)), 0)
  })

  it('is never exceeded, however many ask at once', async () => {
    const alice = world.as(world.alice, { profile: limitedTo({ 'peerings-per-vpc': 7 }) })
    const others = await Promise.all(Array.from({ length: 40 }, () => world.vpc(world.bob)))
    const outcomes = await verdicts(others.map((vpc) => world.app.createPeering(alice, request(ours, vpc))))
    assert.equal(outcomes.filter((verdict) => verdict === 'ok').length, 7)
    assert.equal(outcomes.filter((verdict) => verdict === 'quota.exceeded').length, 33)
    assert.equal((await world.store.neighboursOf(ours.id)).length, 7)
  })
})
