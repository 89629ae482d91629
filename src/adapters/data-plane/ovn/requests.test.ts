import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hasOvn, OVN_NEEDS, type Ovn, startOvn } from '../../../../test/rig/ovn.ts'
import { requires } from '../../../../test/rig/requirements.ts'
import { peeringId } from '../../../domain/identity.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import { buildAdopted, buildLink, buildVpc, type TestVpc } from '../data-plane.fixtures.ts'
import { openOvnDataPlane } from './driver.ts'
import { endName, routerName } from './names.ts'
import { numbers, type OvnWorld, openOvnWorld } from './ovn.fixtures.ts'
import { heard, inhabit, isApart, persist, reaches } from './packets.fixtures.ts'
import { routesOf } from './topology.ts'

const A = ['10.1.0.0/16', 'fd00:1::/48']
const B = ['10.2.0.0/16', 'fd00:2::/48']
const newA = () => buildVpc(A, [{ cidrs: ['10.1.1.0/24', 'fd00:1:0:1::/64'] }])
const newB = () => buildVpc(B, [{ cidrs: ['10.2.1.0/24', 'fd00:2:0:1::/64'] }])

async function within(ovn: Ovn, work: (world: OvnWorld) => Promise<void>): Promise<void> {
  const world = await openOvnWorld(ovn)
  try {
    await work(world)
  } finally {
    await world.dispose()
  }
}

async function countOf(world: OvnWorld): Promise<number> {
  await world.northbound.sync()
  return [...world.northbound.rows('NB_Global').values()][0]?.nb_cfg ?? -1
}

/** The routes of a VPC's router, each with the port that it leads to. */
async function routes(world: OvnWorld, name: string): Promise<string[]> {
  await world.northbound.sync()
  const [router] = world.northbound.find('Logical_Router', 'name', name)
  assert.ok(router)
  return routesOf(world.northbound, router)
    .map(({ ip_prefix, output_port }) => `${ip_prefix} ${output_port}`)
    .sort()
}

const requested = (one: TestVpc, other: TestVpc, peering = crypto.randomUUID()) =>
  buildLink({ vpc: one }, { vpc: other }, { open: false, peering: peeringId(peering) })

if (!hasOvn) it('requests over OVN', (test) => void requires(test, OVN_NEEDS, false))
else {
  let ovn: Ovn
  before(async () => {
    ovn = await startOvn()
  })
  after(() => ovn.dispose())

  describe('a peering that is asked for', () => {
    it('is laid so far that agreeing fills address sets, and has OVN compute nothing anew', () =>
      within(ovn, async (world) => {
        const [a, b] = [newA(), newB()]
        const [here, there] = await inhabit(world, a, b)
        assert.ok(here && there)
        const closed = requested(a, b)
        const open = buildLink({ vpc: a }, { vpc: b }, { peering: closed.peering })
        await world.dataPlane.realizeLink(closed.peering, closed)
        const [before, count] = [await world.dump(), await countOf(world)]
        await world.dataPlane.realizeLink(open.peering, open)
        assert.ok(await reaches(world, here, there))
        assert.equal(await countOf(world), count)
        const unchanged = new Set(before.split('\n'))
        const changed = (await world.dump()).split('\n').filter((row) => !unchanged.has(row))
        assert.deepEqual(
          changed.map((row) => JSON.parse(row).table),
          ['Address_Set', 'Address_Set', 'Address_Set', 'Address_Set'],
        )
      }))

    it('leaves every other way of the one who is asked as it was', () =>
      within(ovn, async (world) => {
        const [a, b, hostile] = [newA(), newB(), newB()]
        const [here, there, stranger] = await inhabit(world, a, b, hostile)
        assert.ok(here && there && stranger)
        const link = buildLink({ vpc: a }, { vpc: b })
        await world.dataPlane.realizeLink(link.peering, link)
        const before = await routes(world, routerName(a.id))
        const attack = requested(hostile, a)
        await world.dataPlane.realizeLink(attack.peering, attack)
        assert.deepEqual(await routes(world, routerName(a.id)), before)
        assert.ok(await reaches(world, here, there))
        assert.equal(await heard(world, stranger), 0)
      }))

    it('gives way to one that is agreed to', () =>
      within(ovn, async (world) => {
        const [a, b, hostile] = [newA(), newB(), newB()]
        const narrow = buildVpc(['10.2.1.0/24', 'fd00:2:0:1::/64'], [])
        const [here, there, stranger] = await inhabit(world, a, b, hostile)
        assert.ok(here && there && stranger)
        await world.dataPlane.realizeNetwork(narrow.id, narrow.network)
        const attacks = [requested(narrow, a), requested(hostile, a)]
        for (const attack of attacks) await world.dataPlane.realizeLink(attack.peering, attack)
        const [first] = attacks
        assert.ok(first)
        const laid = ['10.2.1.0/24', 'fd00:2:0:1::/64'].map(
          (each) => `${each} ${endName(first.peering, 'accepter')}`,
        )
        assert.deepEqual(await routes(world, routerName(a.id)), laid)
        const link = buildLink({ vpc: a }, { vpc: b })
        await world.dataPlane.realizeLink(link.peering, link)
        assert.deepEqual(
          await routes(world, routerName(a.id)),
          B.map((each) => `${each} ${endName(link.peering, 'requester')}`),
        )
        assert.ok(await reaches(world, here, there))
        for (const attack of attacks) await world.dataPlane.realizeLink(attack.peering, attack)
        assert.ok(await reaches(world, here, there))
        assert.equal(await heard(world, stranger), 0)
      }))

    it('lays no route in a router of somebody else’s', () =>
      within(ovn, async (world) => {
        const router = await world.makeRouter(['10.5.1.0/24'])
        const adopted = buildAdopted(router.adopted, ['10.5.0.0/16'])
        const b = buildVpc(['10.6.0.0/16'], [])
        await world.dataPlane.realizeNetwork(b.id, b.network)
        const name = 'ovnRouter' in router.adopted ? router.adopted.ovnRouter : ''
        const before = await routes(world, name)
        const closed = requested(b, adopted)
        await world.dataPlane.realizeLink(closed.peering, closed)
        assert.deepEqual(await routes(world, name), before)
      }))
  })

  it('keeps what came in by a peering from leaving by another, by the routing table alone', () =>
    within(ovn, async (world) => {
      const [a, b] = [newA(), newB()]
      const c = buildVpc(['10.3.0.0/16'], [{ cidrs: ['10.3.1.0/24'] }])
      const [one, , three] = await inhabit(world, a, b, c)
      assert.ok(one && three)
      const [first, second] = [buildLink({ vpc: a }, { vpc: b }), buildLink({ vpc: b }, { vpc: c })]
      for (const link of [first, second]) await world.dataPlane.realizeLink(link.peering, link)
      await world.routeByHand(a.id, '10.3.0.0/16', first)
      await world.routeByHand(c.id, '10.1.0.0/16', second)
      for (const { id } of [a, b, c]) await ovn.nbctl('--wait=hv', 'lr-policy-del', routerName(id))
      assert.ok(await isApart(world, one, three))
      assert.equal(await heard(world, three), 0)
      // The control: it was the table that kept them apart.
      await world.removeTransitGuard(b.id)
      assert.ok(await reaches(world, { ...one }, three))
    }))

  it('never doubles a route of a router’s owner: the link says so, and stays shut', () =>
    within(ovn, async (world) => {
      const router = await world.makeRouter(['10.5.1.0/24'])
      const adopted = buildAdopted(router.adopted, ['10.5.0.0/16'])
      const other = buildVpc(['10.77.0.0/16'], [{ cidrs: ['10.77.1.0/24'] }])
      const [, there] = await inhabit(world, other).then(([home]) => [null, home] as const)
      const [here] = router.workloads
      assert.ok(here && there)
      const link = buildLink({ vpc: adopted }, { vpc: other })
      await assert.rejects(world.dataPlane.realizeLink(link.peering, link), (error) => {
        assert.ok(error instanceof DataPlaneUnavailableError)
        assert.match(
          error.message,
          /^the OVN logical router byhand-\S+ has a route of its own for 10\.77\.0\.0\/16$/,
        )
        return true
      })
      assert.equal((await world.dataPlane.prove(link.peering, link)).kind, 'failed')
      assert.equal(await heard(world, there), 0)
    }))

  it('has OVN compute many that come at once but a few times', () =>
    within(ovn, async (world) => {
      const vpcs = Array.from({ length: 10 }, (_, index) => buildVpc([`10.${index}.0.0/16`], []))
      await Promise.all(vpcs.map(({ id, network }) => world.dataPlane.realizeNetwork(id, network)))
      const count = await countOf(world)
      const links = vpcs.flatMap((one, index) => vpcs.slice(index + 1).map((other) => requested(one, other)))
      assert.equal(links.length, 45)
      await Promise.all(links.map((link) => world.dataPlane.realizeLink(link.peering, link)))
      assert.ok((await countOf(world)) - count <= 2)
      assert.equal((await world.dataPlane.observe()).links.length, 45)
      for (const { id } of vpcs) assert.equal((await routes(world, routerName(id))).length, 9)
      // One that cannot be done keeps none of the others from it.
      const gone = buildVpc(['10.99.0.0/16'], [])
      const outcomes = await Promise.allSettled([
        ...links.map((link) => world.dataPlane.realizeLink(link.peering, null)),
        (async () => {
          const impossible = requested(vpcs[0] ?? gone, gone)
          await world.dataPlane.realizeLink(impossible.peering, impossible)
        })(),
      ])
      assert.deepEqual(outcomes.filter(({ status }) => status === 'rejected').length, 1)
      assert.deepEqual((await world.dataPlane.observe()).links, [])
    }))

  it('lets a pass that another replica has overtaken write nothing more', () =>
    within(ovn, async (world) => {
      const [a, b] = [newA(), newB()]
      for (const { id, network } of [a, b]) await world.dataPlane.realizeNetwork(id, network)
      const link = buildLink({ vpc: a }, { vpc: b })
      const number = numbers()
      const [held, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const replaced = await openOvnDataPlane({
        northbound: ovn.northbound,
        allocate: async (name) => {
          held.resolve()
          await goOn.promise
          return number(name)
        },
      })
      try {
        const pass = replaced.realizeLink(link.peering, link)
        await held.promise
        // The one that takes over may yet have to hear that it had been replaced itself.
        await persist(() => world.dataPlane.realizeLink(link.peering, link))
        await world.dataPlane.realizeLink(link.peering, null)
        goOn.resolve()
        await assert.rejects(pass, /another replica has taken over/)
        assert.deepEqual((await world.dataPlane.observe()).links, [])
        // The next pass knows what was agreed meanwhile.
        await replaced.realizeLink(link.peering, link)
        assert.deepEqual((await world.dataPlane.observe()).links, [link.peering])
      } finally {
        await replaced.close()
      }
    }))

  it('says what is missing where it cannot start', async () => {
    const open = (northbound: string) => openOvnDataPlane({ northbound, allocate: numbers() })
    await assert.rejects(open('unix:/nowhere/ovnnb_db.sock'), {
      message:
        'there is no socket /nowhere/ovnnb_db.sock: is OVN running here (the Debian package ovn-central)?',
    })
    await assert.rejects(
      open('tcp:127.0.0.1:1'),
      /^Error: OVN: no server of OVN_\w+ could be had in time: tcp:127/,
    )
  })
}
