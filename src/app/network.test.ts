import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { RouteTable } from '../domain/network.ts'
import type { Profile } from '../domain/profile.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { Vpc } from '../domain/vpc.ts'
import { limitedTo, openWorld, profileWith, request, verdicts, type World } from './app.fixtures.ts'
import type { ChangeRoutes, RouteSaying } from './change-routes.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const WINDOW = { window: { limit: 100 }, withTotal: false }

async function defaultTable(vpc: Vpc): Promise<RouteTable> {
  const { items } = await world.app.listRouteTables(world.operator, { ...WINDOW, vpcs: [vpc.id] })
  const table = items.find(({ isDefault }) => isDefault)
  assert.ok(table)
  return table
}

const subnetOf = (vpc: Vpc, cidr: string) => ({
  vpc: vpc.id,
  name: 's',
  description: '',
  cidrs: [cidr],
  zone: 'z',
  gateway: null,
  dnsServers: [],
})

const saying = (nextHop: string, destination: string): RouteSaying => ({
  destination,
  nextHop,
  name: '',
  description: '',
  enabled: true,
})

async function change(owner: Tenant, vpc: Vpc, what: Partial<ChangeRoutes>, profile?: Profile) {
  const routeTable = what.routeTable ?? (await defaultTable(vpc)).id
  const caller = world.as(owner, profile ? { profile } : {})
  return world.app.changeRoutes(caller, { add: [], modify: [], remove: [], ...what, routeTable })
}

const destinations = async (vpc: Vpc) =>
  (await world.app.listRoutes(world.operator, { ...WINDOW, vpcs: [vpc.id] })).items.map(
    ({ destination }) => destination,
  )

/** Alice's and Bob's VPCs, peered. */
async function peered() {
  const { alice, bob, app } = world
  const [ours, theirs] = [await world.vpc(alice), await world.vpc(bob)]
  const peering = await world.ask(ours, theirs)
  await app.acceptPeering(world.as(bob), { id: peering.id })
  return { ours, theirs, peering }
}

describe('a VPC', () => {
  it('comes with one default route table, which goes with it', async () => {
    const { alice, app } = world
    const vpc = await world.vpc(alice)
    const table = await defaultTable(vpc)
    assert.deepEqual([table.vpc, table.tenant, table.name], [vpc.id, alice.id, ''])
    await assert.rejects(app.deleteRouteTable(world.as(alice), { id: table.id }), {
      code: 'route-table.is-default',
    })
    await app.deleteVpc(world.as(alice), { id: vpc.id })
    await assert.rejects(app.showRouteTable(world.as(alice), { id: table.id }), {
      code: 'route-table.not-found',
    })
  })

  it('cannot be deleted while anything is in it, and which is said', async () => {
    const { alice, app } = world
    const { ours, peering } = await peered()
    const caller = world.as(alice)
    const refused = async (kind: string, part: string) =>
      assert.rejects(app.deleteVpc(caller, { id: ours.id }), {
        code: 'vpc.not-empty',
        details: { id: ours.id, kind, part },
      })
    const subnet = await app.createSubnet(caller, subnetOf(ours, '10.1.1.0/24'))
    const { added } = await change(alice, ours, { add: [saying(peering.id, '10.2.0.0/16')] })
    const table = await app.createRouteTable(caller, { vpc: ours.id, name: 't', description: '' })
    await refused('subnet', subnet.id)
    await app.deleteSubnet(caller, { id: subnet.id })
    await refused('route', added[0]?.id ?? '')
    await app.deletePeering(caller, { id: peering.id })
    await refused('route-table', table.id)
    await app.deleteRouteTable(caller, { id: table.id })
    await app.deleteVpc(caller, { id: ours.id })
  })

  it('gains and loses blocks, never one that overlaps or is lived in', async () => {
    const { alice, app } = world
    const { id } = await world.vpc(alice, { cidrs: ['10.0.0.0/16'] })
    const update = (patch: object, extraCidrs: number | null = null) =>
      app.updateVpc(world.as(alice, { profile: profileWith({ extraCidrs }) }), { id, ...patch })
    const grown = await update({ addCidrs: ['172.16.0.0/16', 'FD00::/48'] })
    assert.deepEqual(grown.cidrs, ['10.0.0.0/16', '172.16.0.0/16', 'fd00::/48'])
    await assert.rejects(update({ addCidrs: ['10.0.4.0/24'] }), { code: 'vpc.cidr-overlap' })
    await assert.rejects(update({ addCidrs: ['192.168.0.0/16'] }, 2), { code: 'vpc.cidr-limit' })
    const subnet = await app.createSubnet(world.as(alice), subnetOf(grown, '172.16.9.0/24'))
    await assert.rejects(update({ removeCidrs: ['172.16.0.0/16'] }), {
      code: 'vpc.cidr-in-use',
      details: { cidr: '172.16.0.0/16', subnet: subnet.id },
    })
    await assert.rejects(update({ removeCidrs: ['10.0.0.0/16'] }), { code: 'vpc.cidr-not-found' })
    await assert.rejects(update({ removeCidrs: ['10.9.0.0/16'] }), { code: 'vpc.cidr-not-found' })
    await app.deleteSubnet(world.as(alice), { id: subnet.id })
    const shrunk = await update({ removeCidrs: ['172.16.0.0/16'], primaryCidr: '10.0.0.0/8', name: 'n' })
    assert.deepEqual([shrunk.cidrs, shrunk.name], [['10.0.0.0/8', 'fd00::/48'], 'n'])
    assert.deepEqual(await app.showVpc(world.as(alice), { id }), shrunk)
  })

  it('is made with subnets, or not at all', async () => {
    const { alice, app } = world
    const subnets = (...cidrs: string[]) => cidrs.map((cidr) => subnetOf({ id: '' } as never, cidr))
    const count = async () => (await app.listVpcs(world.as(alice), { ...WINDOW, order: 'id' })).items.length
    const made = await world.vpc(alice, {
      cidrs: ['10.0.0.0/16'],
      subnets: subnets('10.0.1.0/24', '10.0.2.0/24'),
    })
    const { items } = await app.listSubnets(world.as(alice), { ...WINDOW, vpcs: [made.id] })
    const cidrs = items.map((subnet) => subnet.cidrs.join())
    assert.deepEqual(new Set(cidrs), new Set(['10.0.1.0/24', '10.0.2.0/24']))
    const before = await count()
    for (const [wrong, code] of [
      [subnets('10.0.1.0/24', '10.0.1.0/25'), 'subnet.overlap'],
      [subnets('10.0.1.0/24', '10.1.0.0/24'), 'subnet.outside-vpc'],
      [subnets('10.0.1.0/24', 'x'), 'request.invalid'],
    ] as const) {
      await assert.rejects(world.vpc(alice, { cidrs: ['10.0.0.0/16'], subnets: wrong }), { code })
    }
    assert.equal(await count(), before)
  })

  it('and its parts and peerings have tags changed in one step', async () => {
    const { alice, bob, app } = world
    const { ours, peering } = await peered()
    const caller = world.as(alice)
    const subnet = await app.createSubnet(caller, subnetOf(ours, '10.1.1.0/24'))
    const table = await defaultTable(ours)
    const tags = (...keys: string[]) => keys.map((key) => ({ key, value: 'v' }))
    const kinds = [
      ['vpc', ours.id, async () => (await app.showVpc(caller, { id: ours.id })).tags],
      ['subnet', subnet.id, async () => (await app.showSubnet(caller, { id: subnet.id })).tags],
      ['route-table', table.id, async () => (await app.showRouteTable(caller, { id: table.id })).tags],
      [
        'peering',
        peering.id,
        async () => (await app.showPeering(caller, { id: peering.id })).peering.attributes.tags.requester,
      ],
    ] as const
    for (const [kind, id, read] of kinds) {
      const change = (what: object, by = caller) =>
        app.changeTags(by, { kind, id, set: [], remove: [], limit: 2, ...what })
      await change({ set: tags('a', 'b') })
      await change({ set: tags('c'), remove: ['a', 'x'] })
      assert.deepEqual(await read(), tags('b', 'c'))
      await assert.rejects(change({ set: tags('d') }), { code: 'tag.limit-exceeded' })
      assert.deepEqual(await read(), tags('b', 'c'))
      if (kind !== 'peering') await assert.rejects(change({}, world.as(bob)), { code: `${kind}.not-found` })
    }
    assert.deepEqual((await app.showPeering(caller, { id: peering.id })).peering.attributes.tags.accepter, [])
  })

  it('gains no block that overlaps a peer, or a peer’s peer, where the dialect minds', async () => {
    const { alice, bob, app } = world
    const { ours, theirs } = await peered()
    const third = await world.vpc(bob, { cidrs: ['10.77.0.0/16'] })
    await app.createPeering(world.as(bob), request(theirs, third))
    const strict = profileWith({ overlap: 'refuse', overlapElsewhere: 'refuse' })
    const add = (cidr: string, profile?: Profile) =>
      app.updateVpc(world.as(alice, profile ? { profile } : {}), { id: ours.id, addCidrs: [cidr] })
    const [theirCidr = ''] = theirs.cidrs
    await assert.rejects(add(theirCidr, strict), {
      code: 'peering.overlap',
      details: { requester: theirCidr, accepter: theirCidr },
    })
    await assert.rejects(add('10.77.3.0/24', strict), { code: 'peering.overlap-elsewhere' })
    await add('10.88.0.0/16', strict)
    await add('10.77.3.0/24')
  })

  it('keeps tags, all of them or none', async () => {
    const { alice, bob, app } = world
    const [one, two] = [await world.vpc(alice), await world.vpc(alice)]
    const foreign = await world.vpc(bob)
    const tag = (ids: string[], key: string, limit = 2) =>
      app.tagVpcs(world.as(alice), { ids, tags: [{ key, value: 'v' }], limit })
    await assert.rejects(tag([one.id, foreign.id], 'a'), {
      code: 'tag.resource-not-found',
      details: { ids: [foreign.id] },
    })
    await tag([one.id, two.id], 'a')
    await tag([one.id], 'b')
    await assert.rejects(tag([one.id], 'c'), { code: 'tag.limit-exceeded' })
    const keys = async (id: string) => (await app.showVpc(world.as(alice), { id })).tags.map(({ key }) => key)
    assert.deepEqual([await keys(one.id), await keys(two.id)], [['a', 'b'], ['a']])
    await app.untagVpcs(world.as(alice), { ids: [one.id], keys: ['a', 'x'] })
    await app.untagVpcs(world.as(alice), { ids: [two.id], keys: null })
    assert.deepEqual([await keys(one.id), await keys(two.id)], [['b'], []])
  })
})

describe('subnets', () => {
  it('never overlap, however many are asked for at once', async () => {
    const { alice, app } = world
    const vpc = await world.vpc(alice, { cidrs: ['10.0.0.0/16'] })
    const cidrs = Array.from({ length: 12 }, (_, n) => `10.0.${n & ~3}.0/${n % 2 ? 22 : 24}`)
    const outcomes = await verdicts(
      cidrs.map((cidr) => app.createSubnet(world.as(alice), subnetOf(vpc, cidr))),
    )
    assert.equal(outcomes.filter((verdict) => verdict === 'ok').length, 3)
    assert.deepEqual(new Set(outcomes), new Set(['ok', 'subnet.overlap']))
    const { items } = await app.listSubnets(world.as(alice), { ...WINDOW, vpcs: [vpc.id] })
    assert.equal(items.length, 3)
    assert.ok(items.every(({ gateway, cidrs: [cidr] }) => gateway === cidr?.replace(/0\/\d+$/, '1')))
  })

  it('are made several at a time, all or none, each by its table', async () => {
    const { alice, app } = world
    const caller = world.as(alice)
    const [vpc, other] = [await world.vpc(alice, { cidrs: ['10.0.0.0/16'] }), await world.vpc(alice)]
    const table = await app.createRouteTable(caller, { vpc: vpc.id, name: 't', description: '' })
    const elsewhere = await defaultTable(other)
    const main = await defaultTable(vpc)
    const make = (...subnets: object[]) =>
      app.createSubnets(caller, {
        vpc: vpc.id,
        subnets: subnets.map((more) => ({ ...subnetOf(vpc, ''), ...more })),
      })
    const one = (third: number, more: object = {}) => ({ cidrs: [`10.0.${third}.0/24`], ...more })
    const made = await make(
      one(1),
      one(2, { routeTable: table.ids.tencent }),
      one(3, { routeTable: main.id }),
    )
    assert.deepEqual(
      made.map(({ routeTable }) => routeTable),
      [null, table.id, null],
    )
    for (const [wrong, code] of [
      [[one(4), one(4)], 'subnet.overlap'],
      [[one(4), one(1)], 'subnet.overlap'],
      [[one(4, { routeTable: elsewhere.id })], 'route-table.not-found'],
      [[one(4, { cidrs: ['x'] })], 'request.invalid'],
    ] as const) {
      await assert.rejects(make(...wrong), { code })
    }
    const { items } = await app.listSubnets(caller, { ...WINDOW, vpcs: [vpc.id] })
    assert.deepEqual(new Set(items), new Set(made))
  })

  it('go by the table they are given, which stays while they do', async () => {
    const { alice, app } = world
    const caller = world.as(alice)
    const [vpc, other] = [await world.vpc(alice), await world.vpc(alice)]
    const subnet = await app.createSubnet(caller, subnetOf(vpc, '10.1.1.0/24'))
    const table = await app.createRouteTable(caller, { vpc: vpc.id, name: 't', description: '' })
    const elsewhere = await app.createRouteTable(caller, { vpc: other.id, name: 't', description: '' })
    const associate = (routeTable: string, joining: string[], leaving: string[] = []) =>
      app.associateRouteTable(caller, { routeTable, associate: joining, disassociate: leaving })
    await associate(table.id, [subnet.id])
    assert.equal((await app.showSubnet(caller, { id: subnet.id })).routeTable, table.id)
    await assert.rejects(app.deleteRouteTable(caller, { id: table.id }), {
      code: 'route-table.in-use',
      details: { id: table.id, subnet: subnet.id },
    })
    await assert.rejects(associate(elsewhere.id, [subnet.id]), { code: 'subnet.not-found' })
    await associate(table.id, [], [subnet.id])
    assert.equal((await app.showSubnet(caller, { id: subnet.id })).routeTable, null)
    await app.deleteRouteTable(caller, { id: table.id })
  })

  it('are nobody else’s to see or to change', async () => {
    const { alice, bob, app } = world
    const vpc = await world.vpc(alice)
    const subnet = await app.createSubnet(world.as(alice), subnetOf(vpc, '10.1.1.0/24'))
    const table = await defaultTable(vpc)
    const caller = world.as(bob)
    for (const attempt of [
      app.showSubnet(caller, { id: subnet.id }),
      app.deleteSubnet(caller, { id: subnet.id }),
      app.updateSubnet(caller, { id: subnet.id, name: 'x' }),
    ]) {
      await assert.rejects(attempt, { code: 'subnet.not-found', details: { id: subnet.id } })
    }
    for (const attempt of [
      app.showRouteTable(caller, { id: table.id }),
      app.updateRouteTable(caller, { id: table.id, name: 'x' }),
      app.deleteRouteTable(caller, { id: table.id }),
      change(bob, vpc, { routeTable: table.id }),
    ]) {
      await assert.rejects(attempt, { code: 'route-table.not-found' })
    }
    await assert.rejects(app.createSubnet(caller, subnetOf(vpc, '10.1.2.0/24')), { code: 'vpc.not-found' })
    for (const { items } of [
      await app.listSubnets(caller, WINDOW),
      await app.listRouteTables(caller, WINDOW),
    ]) {
      assert.deepEqual(
        items.filter(({ tenant }) => tenant !== bob.id),
        [],
      )
    }
  })
})

describe('what only some clouds know', () => {
  it('is kept of a subnet and of a VPC, and nothing is made of what was not said', async () => {
    const { alice, app } = world
    const caller = world.as(alice)
    const vpc = await world.vpc(alice, { cidrs: ['10.0.0.0/16'] })
    const plain = await app.createSubnet(caller, subnetOf(vpc, '10.0.1.0/24'))
    assert.equal('dhcp' in plain, false)
    const dhcp = { enabled: false, options: [{ name: 'ntp', value: '10.0.0.5' }] }
    const { id } = await app.createSubnet(caller, { ...subnetOf(vpc, '10.0.2.0/24'), dhcp })
    assert.deepEqual((await app.showSubnet(caller, { id })).dhcp, dhcp)
    const other = { enabled: true, options: [] }
    await app.updateSubnet(caller, { id, dhcp: other })
    assert.deepEqual((await app.showSubnet(caller, { id })).dhcp, other)
    await app.updateVpc(caller, { id: vpc.id, attributes: { sharedSnat: true } })
    assert.equal((await app.showVpc(caller, { id: vpc.id })).attributes.sharedSnat, true)
  })
})

describe('a route table', () => {
  it('is renamed along with its routes, or neither is changed', async () => {
    const { alice, app } = world
    const { ours, peering } = await peered()
    const table = { name: 'renamed', description: 'd' }
    const add = [saying(peering.id, '10.2.0.0/16')]
    const { routeTable } = await change(alice, ours, { add, table })
    const shown = await app.showRouteTable(world.as(alice), { id: routeTable.id })
    assert.deepEqual([shown, shown.name, shown.description], [routeTable, 'renamed', 'd'])
    await assert.rejects(change(alice, ours, { add, table: { name: 'again' } }), { code: 'route.exists' })
    assert.equal((await app.showRouteTable(world.as(alice), { id: routeTable.id })).name, 'renamed')
  })
})

describe('route tables', () => {
  it('go with their routes, or only once they have none, as is asked', async () => {
    const { alice, app } = world
    const caller = world.as(alice)
    const { ours, peering } = await peered()
    const table = await app.createRouteTable(caller, { vpc: ours.id, name: 't', description: '' })
    const { added } = await change(alice, ours, {
      routeTable: table.id,
      add: [saying(peering.id, '10.2.0.0/24')],
    })
    await assert.rejects(app.deleteRouteTable(caller, { id: table.id, onlyEmpty: true }), {
      code: 'route-table.has-routes',
      details: { id: table.id, route: added[0]?.id },
    })
    assert.deepEqual(await destinations(ours), ['10.2.0.0/24'])
    await app.deleteRouteTable(caller, { id: table.id })
    assert.deepEqual(await destinations(ours), [])
  })

  it('lose one route, whichever VPC it is of', async () => {
    const { alice, bob, app } = world
    const { ours, peering } = await peered()
    const add = [saying(peering.id, '10.2.0.0/24')]
    const [route] = (await change(alice, ours, { add })).added
    const id = route?.id ?? ''
    await assert.rejects(app.deleteRoute(world.as(bob), { id }), { code: 'route.not-found' })
    await app.deleteRoute(world.as(alice), { id })
    await assert.rejects(app.deleteRoute(world.as(alice), { id }), { code: 'route.not-found' })
    assert.deepEqual(await destinations(ours), [])
  })
})

describe('tags', () => {
  it('of several subnets or tables, in several VPCs: all or none, and one token covers them', async () => {
    const { alice, bob, app } = world
    const cidrs = ['10.1.0.0/16']
    const [one, two] = [await world.vpc(alice, { cidrs }), await world.vpc(alice, { cidrs })]
    const foreign = await world.vpc(bob)
    const made = await Promise.all(
      [one, one, two].map((vpc, n) => app.createSubnet(world.as(alice), subnetOf(vpc, `10.1.${n}.0/24`))),
    )
    const ids = made.map(({ id }) => id)
    const tags = [{ key: 'k', value: 'v' }]
    const theirs = await defaultTable(foreign)
    await assert.rejects(
      app.tagNetworks(world.as(alice), { kind: 'subnet', ids: [...ids, theirs.id], tags, limit: 5 }),
      { code: 'tag.resource-not-found', details: { ids: [theirs.id] } },
    )
    const count = async (id: string) => (await app.showSubnet(world.as(alice), { id })).tags.length
    const shown = () => Promise.all(ids.map(count))
    assert.deepEqual(await shown(), [0, 0, 0])
    const caller = world.as(alice, { once: { key: 'tags', fingerprint: 'f' } })
    const tag = () => app.tagNetworks(caller, { kind: 'subnet', ids, tags, limit: 5 })
    await tag()
    assert.deepEqual(await shown(), [1, 1, 1])
    await app.untagNetworks(world.as(alice), { kind: 'subnet', ids: [ids[0] ?? ''], keys: null })
    await tag()
    assert.deepEqual(await shown(), [0, 1, 1])
    const table = await defaultTable(one)
    await app.tagNetworks(world.as(alice), { kind: 'route-table', ids: [table.ids.tencent], tags, limit: 1 })
    assert.deepEqual((await defaultTable(one)).tags, tags)
    const vpcs = { kind: 'vpc', ids: [one.id, two.id], tags, limit: 1 } as const
    await app.tagNetworks(world.as(alice, { once: { key: 'vpcs', fingerprint: 'f' } }), vpcs)
    for (const { id } of [one, two]) {
      assert.deepEqual((await app.showVpc(world.as(alice), { id })).tags, tags)
    }
  })
})

describe('routes', () => {
  it('lead through a peering of their VPC, and are changed all as asked or none', async () => {
    const { alice, bob } = world
    const { ours, theirs, peering } = await peered()
    const { added } = await change(alice, ours, {
      add: [saying(peering.ids.tencent, '10.2.0.0/24'), saying(peering.ids.alibaba, '10.2.1.7')],
    })
    assert.deepEqual(
      added.map((route) => [route.destination, route.destinationAsSent, route.nextHop, route.vpc]),
      [
        ['10.2.0.0/24', '10.2.0.0/24', peering.id, ours.id],
        ['10.2.1.7/32', '10.2.1.7', peering.id, ours.id],
      ],
    )
    const before = await destinations(ours)
    const selector = (destination: string) => ({
      label: destination,
      matches: (route: { destination: string }) => route.destination === destination,
    })
    for (const [what, code] of [
      [{ add: [saying(peering.id, '10.2.9.0/24'), saying(peering.id, '10.2.0.0/24')] }, 'route.exists'],
      [{ add: [saying(peering.id, '10.2.9.0/24')], remove: [selector('10.7.0.0/16')] }, 'route.not-found'],
      [{ add: [saying('pcx-nothere', '10.2.9.0/24')] }, 'route.next-hop-not-found'],
      [{ add: [saying(peering.id, '10.2.9.1/24')] }, 'request.invalid'],
      [{ modify: [{ route: selector('10.2.0.0/24'), to: { destination: '10.2.1.7' } }] }, 'route.exists'],
    ] as const) {
      await assert.rejects(change(alice, ours, what), { code })
      assert.deepEqual(await destinations(ours), before)
    }
    await change(alice, ours, {
      remove: [selector('10.2.1.7/32')],
      modify: [{ route: selector('10.2.0.0/24'), to: { description: 'd' } }],
      add: [saying(peering.id, '10.2.1.7/32')],
    })
    assert.deepEqual(new Set(await destinations(ours)), new Set(before))
    // The other side's table is the other side's.
    assert.deepEqual(await destinations(theirs), [])
    await change(bob, theirs, { add: [saying(peering.id, '10.1.0.0/16')] })
    assert.deepEqual(await destinations(theirs), ['10.1.0.0/16'])
  })

  it('are made with their table, or it is not made either', async () => {
    const { alice, app } = world
    const { ours, peering } = await peered()
    const make = (...routes: RouteSaying[]) =>
      app.createRouteTable(world.as(alice), { vpc: ours.id, name: 't', description: '', routes })
    const table = await make(saying(peering.id, '10.2.0.0/24'), saying(peering.id, '10.2.1.0/24'))
    const { items } = await app.listRoutes(world.as(alice), { ...WINDOW, routeTable: table.id })
    assert.deepEqual(
      new Set(items.map(({ destination }) => destination)),
      new Set(['10.2.0.0/24', '10.2.1.0/24']),
    )
    await assert.rejects(make(saying(peering.id, '10.2.0.0/24'), saying('pcx-nothere', '10.2.1.0/24')), {
      code: 'route.next-hop-not-found',
    })
    const tables = await app.listRouteTables(world.as(alice), { ...WINDOW, vpcs: [ours.id] })
    assert.equal(tables.items.length, 2)
  })

  it('may be named twice in one change', async () => {
    const { alice } = world
    const { ours, peering } = await peered()
    const { added } = await change(alice, ours, { add: [saying(peering.id, '10.2.0.0/24')] })
    const selector = { label: 'it', matches: (route: { id: string }) => route.id === added[0]?.id }
    const { modified } = await change(alice, ours, {
      modify: [
        { route: selector, to: { description: 'd' } },
        { route: selector, to: { enabled: false } },
      ],
    })
    assert.deepEqual(
      modified.map(({ description, enabled }) => [description, enabled]),
      [['d', false]],
    )
    const { removed } = await change(alice, ours, { remove: [selector, selector] })
    assert.equal(removed.length, 1)
    assert.deepEqual(await destinations(ours), [])
  })

  it('may be switched and described whatever has become of their peering, but not moved', async () => {
    const { alice, bob } = world
    const ours = await world.vpc(alice)
    const waiting = await world.ask(ours, await world.vpc(bob))
    const profile = profileWith({
      routes: { peeringStates: ['pending-acceptance'], refuseInside: null, onlyInsidePeer: false },
    })
    await change(alice, ours, { add: [saying(waiting.id, '10.2.0.0/24')] }, profile)
    world.clock.nowMs = (waiting.expiresAtMs ?? 0) + 1
    const selector = { label: 'it', matches: () => true }
    const modify = (to: Partial<RouteSaying>) =>
      change(alice, ours, { modify: [{ route: selector, to }] }, profile)
    assert.deepEqual(
      (await modify({ enabled: false, description: 'd' })).modified.map(({ enabled }) => enabled),
      [false],
    )
    await assert.rejects(modify({ destination: '10.2.1.0/24' }), { code: 'route.peering-not-ready' })
  })

  it('may not lead where the dialect does not let them', async () => {
    const { alice, bob, app } = world
    const { ours, peering } = await peered()
    await app.createSubnet(world.as(alice), subnetOf(ours, '10.1.1.0/24'))
    const add = (destination: string, routes: Partial<Profile['routes']>) =>
      change(alice, ours, { add: [saying(peering.id, destination)] }, withRoutes(routes))
    const withRoutes = (routes: Partial<Profile['routes']>) =>
      profileWith({
        routes: { peeringStates: ['active'], refuseInside: null, onlyInsidePeer: false, ...routes },
      })
    await assert.rejects(add('10.1.9.0/24', { refuseInside: 'vpc' }), { code: 'route.destination-local' })
    await assert.rejects(add('10.1.1.0/25', { refuseInside: 'subnets' }), { code: 'route.destination-local' })
    await add('10.1.9.0/24', { refuseInside: 'subnets' })
    await assert.rejects(add('10.0.0.0/8', { onlyInsidePeer: true }), {
      code: 'route.destination-outside-peer',
    })
    await add('10.2.3.0/24', { onlyInsidePeer: true })
    const waiting = await world.ask(await world.vpc(alice), await world.vpc(bob))
    const theirs = await app.showVpc(world.operator, { id: waiting.requester.vpc })
    await assert.rejects(
      change(alice, theirs, { add: [saying(waiting.id, '10.4.0.0/16')] }, withRoutes({})),
      { code: 'route.peering-not-ready', details: { peering: waiting.id, state: 'pending-acceptance' } },
    )
    await assert.rejects(change(alice, theirs, { add: [saying(peering.id, '10.2.0.0/16')] }), {
      code: 'route.next-hop-not-found',
    })
    await change(
      alice,
      ours,
      { add: [saying(peering.id, '10.9.1.0/24')] },
      limitedTo({ 'routes-per-route-table': 3 }),
    )
    await assert.rejects(
      change(
        alice,
        ours,
        { add: [saying(peering.id, '10.9.2.0/24')] },
        limitedTo({ 'routes-per-route-table': 3 }),
      ),
      { code: 'quota.exceeded', details: { quota: 'routes-per-route-table', limit: 3, used: 3 } },
    )
  })

  it('go with their peering, of both sides at once; where the dialect blocks that, only by force', async () => {
    const { alice, bob, app } = world
    const { ours, theirs, peering } = await peered()
    await change(alice, ours, { add: [saying(peering.id, '10.2.0.0/16')] })
    await change(bob, theirs, { add: [saying(peering.id, '10.1.0.0/16'), saying(peering.id, '10.9.0.0/16')] })
    const blocking = world.as(alice, { profile: profileWith({ routesOnDelete: 'block-unless-forced' }) })
    await assert.rejects(app.deletePeering(blocking, { id: peering.id }), { code: 'peering.has-routes' })
    assert.equal((await destinations(theirs)).length, 2)
    await app.deletePeering(blocking, { id: peering.id, force: true })
    assert.deepEqual([await destinations(ours), await destinations(theirs)], [[], []])
  })

  it('never outlive their peering, however they race with its end', async () => {
    const { alice, bob, app } = world
    for (let round = 0; round < 30; round++) {
      const { ours, theirs, peering } = await peered()
      const outcomes = await verdicts([
        ...[1, 2, 3].map((n) => change(alice, ours, { add: [saying(peering.id, `10.200.${n}.0/24`)] })),
        app.deletePeering(world.as(bob), { id: peering.id }),
        ...[4, 5].map((n) => change(bob, theirs, { add: [saying(peering.id, `10.200.${n}.0/24`)] })),
      ])
      assert.equal(outcomes[3], 'ok')
      assert.deepEqual([await destinations(ours), await destinations(theirs)], [[], []])
    }
  })

  it('come once, however often the same token asks for them', async () => {
    const { alice } = world
    const { ours, peering } = await peered()
    const routeTable = (await defaultTable(ours)).id
    const caller = world.as(alice, { once: { key: 'token', fingerprint: 'f' } })
    const ask = () =>
      world.app.changeRoutes(caller, {
        routeTable,
        add: [saying(peering.id, '10.2.0.0/16')],
        modify: [],
        remove: [],
      })
    const [first, again] = [await ask(), await ask()]
    assert.deepEqual(again.added, first.added)
    assert.deepEqual(await destinations(ours), ['10.2.0.0/16'])
  })

  it('are not made by a dry run', async () => {
    const { alice } = world
    const { ours, peering } = await peered()
    const routeTable = (await defaultTable(ours)).id
    const dry = world.as(alice, { dryRun: true })
    const add = [saying(peering.id, '10.2.0.0/16')]
    await world.app.changeRoutes(dry, { routeTable, add, modify: [], remove: [] })
    assert.deepEqual(await destinations(ours), [])
  })
})

describe('a peering', () => {
  it('can still be asked for while the networks of its VPCs change', async () => {
    const { alice, bob, app } = world
    const [ours, theirs] = [await world.vpc(alice), await world.vpc(bob)]
    const outcomes = await verdicts([
      ...[1, 2, 3, 4].map((n) => app.createSubnet(world.as(alice), subnetOf(ours, `10.1.${n}.0/24`))),
      app.createPeering(world.as(alice), request(ours, theirs)),
    ])
    assert.deepEqual(outcomes, ['ok', 'ok', 'ok', 'ok', 'ok'])
  })

  it('comes and goes while they change, also where a dialect refuses two changes of one peering', async () => {
    const { alice, bob, app } = world
    const refusing = { profile: profileWith({ concurrentChange: 'refuse' }) }
    for (let round = 0; round < 10; round++) {
      const { ours, theirs, peering } = await peered()
      const third = await world.vpc(bob)
      await change(alice, ours, { add: [saying(peering.id, '10.200.0.0/16')] })
      const caller = world.as(alice, refusing)
      const outcomes = await verdicts([
        ...[1, 2, 3].map((n) => {
          const cidr = (ours.cidrs[0] ?? '').replace('0.0/16', `${n}.0/24`)
          return app.createSubnet(caller, subnetOf(ours, cidr))
        }),
        app.updateVpc(caller, { id: ours.id, name: 'x' }),
        app.tagVpcs(caller, { ids: [ours.id], tags: [{ key: 'k', value: 'v' }], limit: 5 }),
        app.deletePeering(world.as(bob, refusing), { id: peering.id, force: true }),
        app.createPeering(caller, request(ours, third)),
      ])
      assert.deepEqual(new Set(outcomes), new Set(['ok']))
      assert.deepEqual([await destinations(ours), await destinations(theirs)], [[], []])
    }
  })
})
