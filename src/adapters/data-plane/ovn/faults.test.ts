import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { hasOvn, OVN_NEEDS, type Ovn, startOvn } from '../../../../test/rig/ovn.ts'
import { requires } from '../../../../test/rig/requirements.ts'
import type { WantedLink } from '../../../domain/realization.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import { buildLink, buildVpc } from '../data-plane.fixtures.ts'
import { type OvnWorld, openOvnWorld } from './ovn.fixtures.ts'
import { type Home, inhabit, isApart, persist, reaches } from './packets.fixtures.ts'

if (!hasOvn) it('OVN whose daemons die', (test) => void requires(test, OVN_NEEDS, false))
else {
  let ovn: Ovn
  let world: OvnWorld
  let link: WantedLink
  let here: Home
  let there: Home
  before(async () => {
    ovn = await startOvn()
  })
  after(() => ovn.dispose())
  beforeEach(async () => {
    world = await openOvnWorld(ovn)
    const a = buildVpc(['10.1.0.0/16'], [{ cidrs: ['10.1.1.0/24'] }])
    const b = buildVpc(['10.2.0.0/16'], [{ cidrs: ['10.2.1.0/24'] }])
    const homes = await inhabit(world, a, b)
    assert.ok(homes[0] && homes[1])
    ;[here, there] = homes as [Home, Home]
    link = buildLink({ vpc: a }, { vpc: b })
    await world.dataPlane.realizeLink(link.peering, link)
    assert.ok(await reaches(world, here, there))
  })
  afterEach(() => world.dispose())

  const remove = () => world.dataPlane.realizeLink(link.peering, null)
  const lay = () => world.dataPlane.realizeLink(link.peering, link)

  describe('OVN whose daemons die', () => {
    it('goes on forwarding without ovn-northd, and takes up what was written once it is back', async (test) => {
      await ovn.kill('northd')
      const pass = remove()
      assert.ok(await reaches(world, here, there))
      await ovn.start('northd')
      const startedMs = performance.now()
      await pass
      test.diagnostic(`${Math.round(performance.now() - startedMs)} ms from its start to the end of the pass`)
      assert.ok(await isApart(world, here, there))
      assert.deepEqual(await world.dataPlane.prove(link.peering, null), { kind: 'proven' })
    })

    it('says that the northbound database cannot be reached, and goes on once it can', async (test) => {
      await ovn.kill('nb')
      await assert.rejects(world.dataPlane.ping(), DataPlaneUnavailableError)
      await assert.rejects(remove(), (error) => {
        assert.ok(error instanceof DataPlaneUnavailableError)
        assert.match(error.message, /OVN_Northbound/)
        return true
      })
      assert.ok(await reaches(world, here, there))
      await ovn.start('nb')
      const tookMs = await persist(remove)
      test.diagnostic(`${Math.round(tookMs)} ms from its start to the end of a pass`)
      assert.ok(await isApart(world, here, there))
      await lay()
      assert.ok(await reaches(world, here, there))
    })

    it('says that the southbound database cannot be reached, and goes on once it can', async (test) => {
      await ovn.kill('sb')
      await assert.rejects(remove(), /OVN_Southbound/)
      await ovn.start('sb')
      const tookMs = await persist(remove)
      test.diagnostic(`${Math.round(tookMs)} ms from its start to the end of a pass`)
      assert.ok(await isApart(world, here, there))
    })

    it('never says that a link has stopped where a chassis does not say so', async (test) => {
      const [host = ''] = ovn.hosts
      await ovn.kill(`${host}/controller`)
      await remove()
      const unconfirmed = { kind: 'unconfirmed', reason: `the chassis ${host} does not say what it forwards` }
      assert.deepEqual(await world.dataPlane.prove(link.peering, null), unconfirmed)
      // It is true: packets still pass.
      assert.ok(await reaches(world, here, there))
      await ovn.start(`${host}/controller`)
      const tookMs = await persist(async () => {
        assert.deepEqual(await world.dataPlane.prove(link.peering, null), { kind: 'proven' })
      })
      test.diagnostic(`${Math.round(tookMs)} ms from its start until it is known to have stopped`)
      assert.ok(await isApart(world, here, there))
    })
  })
}
