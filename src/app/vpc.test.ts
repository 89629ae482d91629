import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { at, NOW, REGION_A, REGION_B } from '../adapters/store/store.fixtures.ts'
import { NO_VPC_ATTRIBUTES } from '../domain/vpc.ts'
import { openWorld, profileWith, request, verdicts, type World } from './app.fixtures.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const listed = async (caller: Parameters<World['app']['listVpcs']>[0]) => {
  const page = await world.app.listVpcs(caller, { order: 'id', window: { limit: 99 }, withTotal: true })
  assert.equal(page.total, page.items.length)
  return page.items.map(({ id }) => id)
}

describe('making a VPC', () => {
  it('keeps what is said of it, its blocks in their canonical spelling', async () => {
    const { alice, app } = world
    const tags = [{ key: 'k', value: 'v' }]
    const cidrs = ['10.0.0.0/16', '2001:0DB8:0:0::/64']
    const input = { tenant: alice, region: REGION_B, name: 'n', description: 'd', cidrs, tags }
    const vpc = await app.createVpc(world.as(alice), input)
    const { id, ids, ...rest } = vpc
    assert.equal(id, ids.huawei)
    assert.deepEqual(rest, {
      tenant: alice.id,
      region: REGION_B,
      name: 'n',
      description: 'd',
      cidrs: ['10.0.0.0/16', '2001:db8::/64'],
      tags,
      createdAtMs: NOW,
      updatedAtMs: NOW,
      deletedAtMs: null,
      version: 1,
      attributes: NO_VPC_ATTRIBUTES,
    })
    for (const known of Object.values(ids))
      assert.deepEqual(await app.showVpc(world.as(alice), { id: known }), vpc)
  })

  it('is refused for what is no block, and for blocks that overlap each other', async () => {
    const bad: readonly (readonly [string[], string])[] = [
      [['10.0.0.0/16', '10.0.0.1/16'], '10.0.0.1/16'],
      [['10.0.0.0'], '10.0.0.0'],
      [[''], ''],
      [['10.0.0.0/16', '192.168.0.0/24', '10.0.7.0/24'], '10.0.7.0/24'],
      [['fd00:1::/32', 'FD00::/8'], 'fd00::/8'],
    ]
    for (const [cidrs, value] of bad) {
      // Whichever way it is refused: before anything is promised or after.
      const attempt = async () => world.vpc(world.alice, { cidrs })
      await assert.rejects(
        attempt,
        (error: { code?: string; details?: { field: string; value: string } }) => {
          assert.deepEqual(
            [error.code, error.details?.field, error.details?.value],
            ['request.invalid', 'cidr', value],
          )
          return true
        },
      )
    }
    assert.deepEqual(await listed(world.operator), [])
  })

  it('takes ids that are given, and refuses those that are taken, by any dialect and for good', async () => {
    const { alice, bob } = world
    const vpc = await world.vpc(alice, { ids: { alibaba: 'vpc-given', tencent: 'vpc-12345678' } })
    assert.deepEqual([vpc.ids.alibaba, vpc.ids.tencent], ['vpc-given', 'vpc-12345678'])
    for (const ids of [{ alibaba: 'vpc-given' }, { tencent: 'vpc-given' }, { huawei: vpc.id }]) {
      const [id] = Object.values(ids)
      await assert.rejects(world.vpc(bob, { ids }), { code: 'vpc.exists', details: { id } })
    }
    await world.app.deleteVpc(world.as(alice), { id: vpc.id })
    await assert.rejects(world.vpc(bob, { ids: { alibaba: 'vpc-given' } }), { code: 'vpc.exists' })
    const wanted = '00000000-0000-7000-8000-000000000000'
    const outcomes = await verdicts([1, 2, 3].map(() => world.vpc(bob, { ids: { huawei: wanted } })))
    assert.deepEqual([...outcomes].sort(), ['ok', 'vpc.exists', 'vpc.exists'])
  })

  it('holds names unique by tenant and region where the dialect wants it, empty ones excepted', async () => {
    const { alice, bob, app } = world
    const unique = profileWith({ vpcNames: 'unique' })
    const make = (tenant: typeof alice, region: typeof REGION_A, name: string, profile = unique) =>
      app.createVpc(world.as(tenant, { profile }), {
        tenant,
        region,
        name,
        description: '',
        cidrs: [],
        tags: [],
      })
    const first = await make(alice, REGION_A, 'n')
    await assert.rejects(make(alice, REGION_A, 'n'), { code: 'vpc.name-taken', details: { name: 'n' } })
    await make(alice, REGION_B, 'n')
    await make(bob, REGION_A, 'n')
    await make(alice, REGION_A, '')
    await make(alice, REGION_A, '')
    await app.deleteVpc(world.as(alice), { id: first.id })
    await make(alice, REGION_A, 'n')
    await make(alice, REGION_A, 'n', profileWith({ vpcNames: 'free' }))
    const outcomes = await verdicts(Array.from({ length: 10 }, () => make(alice, REGION_A, 'raced')))
    assert.equal(outcomes.filter((verdict) => verdict === 'ok').length, 1)
    assert.equal(outcomes.filter((verdict) => verdict === 'vpc.name-taken').length, 9)
  })
})

describe('a VPC', () => {
  it('is there for its tenant, in its region, and for the operator; for nobody else', async () => {
    const { alice, bob, operator, app } = world
    const [here, there] = [await world.vpc(alice), await world.vpc(alice, { region: REGION_B })]
    const inA = world.as(alice, { region: REGION_A })
    for (const caller of [world.as(alice), inA, operator]) {
      assert.deepEqual(await app.showVpc(caller, { id: here.ids.tencent }), here)
    }
    const strangers = [world.as(bob), world.as(alice, { region: REGION_B })]
    for (const stranger of strangers) {
      for (const use of [app.showVpc, app.deleteVpc]) {
        await assert.rejects(use(stranger, { id: here.id }), {
          code: 'vpc.not-found',
          details: { id: here.id },
        })
      }
    }
    await assert.rejects(app.showVpc(operator, { id: 'none' }), {
      code: 'vpc.not-found',
      details: { id: 'none' },
    })
    assert.deepEqual(await listed(world.as(alice)), [here.id, there.id].sort())
    assert.deepEqual(await listed(inA), [here.id])
    assert.deepEqual(await listed(world.as(bob)), [])
    assert.deepEqual(await listed(operator), [here.id, there.id].sort())
  })
})

describe('deleting a VPC', () => {
  it('takes it away from its owner, and keeps it for the dead peerings that name it', async () => {
    const { alice, bob, app } = world
    const [ours, theirs] = [await world.vpc(alice), await world.vpc(bob)]
    const { id } = await world.ask(ours, theirs)
    await app.rejectPeering(world.as(bob), { id })
    world.clock.nowMs += 5
    await app.deleteVpc(world.as(alice), { id: ours.ids.alibaba })
    for (const use of [app.showVpc, app.deleteVpc]) {
      await assert.rejects(use(world.as(alice), { id: ours.id }), { code: 'vpc.not-found' })
    }
    assert.deepEqual(await listed(world.as(alice)), [])
    const { requester } = await app.showPeering(world.as(bob), { id })
    assert.deepEqual(requester.vpc, { ...ours, deletedAtMs: NOW + 5, updatedAtMs: NOW + 5, version: 2 })
  })

  it('is refused to both sides while a peering is active, naming it', async () => {
    const { alice, bob, app } = world
    const [ours, theirs] = [await world.vpc(alice), await world.vpc(bob)]
    const { id } = await world.ask(ours, theirs)
    await app.acceptPeering(world.as(bob), { id })
    const unchanged = await world.everything()
    for (const [tenant, vpc] of [[alice, ours] as const, [bob, theirs] as const]) {
      await assert.rejects(app.deleteVpc(world.as(tenant), { id: vpc.id }), {
        code: 'vpc.in-use',
        details: { id: vpc.id, peering: id },
      })
    }
    assert.deepEqual(await world.everything(), unchanged)
    await app.deletePeering(world.as(alice), { id })
    await app.deleteVpc(world.as(alice), { id: ours.id })
    await app.deleteVpc(world.as(bob), { id: theirs.id })
  })

  it('is refused while a request of the owner’s own waits', async () => {
    const { alice, bob, app } = world
    const [ours, theirs] = [await world.vpc(alice), await world.vpc(bob)]
    const { id } = await world.ask(ours, theirs)
    await assert.rejects(app.deleteVpc(world.as(alice), { id: ours.id }), {
      code: 'vpc.in-use',
      details: { id: ours.id, peering: id },
    })
  })

  it('refuses the requests of others that wait for it, and frees what they held', async () => {
    const { alice, bob, carol, app } = world
    const theirs = await world.vpc(bob)
    const [first, second] = [
      await world.ask(await world.vpc(alice), theirs),
      await world.ask(await world.vpc(carol), theirs),
    ]
    world.clock.nowMs += 5
    await app.deleteVpc(world.as(bob), { id: theirs.id })
    for (const { id } of [first, second]) assert.equal(await world.stored(id), 'rejected')
    const rejections = (await world.events()).slice(2)
    assert.deepEqual(
      rejections.map(({ type, atMs, from, to, actor }) => [type, atMs, from, to, actor.tenant]),
      [1, 2].map(() => ['peering.rejected', NOW + 5, 'pending-acceptance', 'rejected', bob.id]),
    )
    assert.deepEqual(rejections.map(({ peering }) => peering).sort(), [first.id, second.id].sort())
    assert.equal(await world.store.nextDeadline(), null)
  })

  it('refuses no request where it is itself refused', async () => {
    const { alice, bob, carol, app } = world
    const theirs = await world.vpc(bob)
    const active = await world.ask(await world.vpc(alice), theirs)
    await app.acceptPeering(world.as(bob), { id: active.id })
    const waiting = await world.ask(await world.vpc(carol), theirs)
    await assert.rejects(app.deleteVpc(world.as(bob), { id: theirs.id }), {
      code: 'vpc.in-use',
      details: { id: theirs.id, peering: active.id },
    })
    assert.equal(await world.stored(waiting.id), 'pending-acceptance')
  })

  it('never leaves a live peering behind, however it races with requests and answers', async () => {
    const { alice, bob, app } = world
    const ours = await Promise.all(Array.from({ length: 60 }, () => world.vpc(alice)))
    const theirs = await Promise.all(Array.from({ length: 60 }, () => world.vpc(bob)))
    await Promise.all(
      ours.map(async (vpc, n) => {
        const other = at(theirs, n)
        const { id } = n % 2 ? await world.ask(vpc, other) : { id: '' }
        const race = [
          () => app.deleteVpc(world.as(bob), { id: other.id }),
          () =>
            n % 2
              ? app.acceptPeering(world.as(bob), { id })
              : app.createPeering(world.as(alice), request(vpc, other)),
        ]
        await verdicts((n % 3 ? race : race.reverse()).map((attempt) => attempt()))
        const gone = (await world.store.findVpc(other.id))?.deletedAtMs !== null
        const live = await world.store.neighboursOf(other.id)
        assert.ok(!gone || live.length === 0)
      }),
    )
  })
})
