import assert from 'node:assert/strict'
import { it } from 'node:test'
import { hasOvn, OVN_NEEDS, startOvn } from '../../../../test/rig/ovn.ts'
import { requires } from '../../../../test/rig/requirements.ts'
import { buildLink, buildVpc } from '../data-plane.fixtures.ts'
import { openOvnWorld } from './ovn.fixtures.ts'
import { inhabit, isApart, persist, reaches } from './packets.fixtures.ts'

it('peers VPCs on three hosts, by Geneve, and knows which of them has stopped', async (test) => {
  if (!requires(test, OVN_NEEDS, hasOvn)) return
  const ovn = await startOvn(3)
  const world = await openOvnWorld(ovn)
  try {
    const [a, b, c] = [1, 2, 3].map((number) =>
      buildVpc(
        [`10.${number}.0.0/16`, `fd00:${number}::/48`],
        [{ cidrs: [`10.${number}.1.0/24`, `fd00:${number}:0:1::/64`] }],
      ),
    )
    assert.ok(a && b && c)
    const [one, two, three] = await inhabit(world, a, b, c)
    assert.ok(one && two && three)
    const { dataPlane } = world
    const [first, second] = [buildLink({ vpc: a }, { vpc: b }), buildLink({ vpc: b }, { vpc: c })]
    for (const link of [first, second]) {
      await dataPlane.realizeLink(link.peering, link)
      assert.deepEqual(await dataPlane.prove(link.peering, link), { kind: 'proven' })
    }
    assert.ok(await reaches(world, one, two))
    assert.ok(await reaches(world, two, one))
    assert.ok(await reaches(world, two, three))
    assert.ok(await isApart(world, one, three))

    // Of two hosts one is dead: the other one stops, and nobody says that both have.
    const [, , last = ''] = ovn.hosts
    await ovn.kill(`${last}/controller`)
    await dataPlane.realizeLink(second.peering, null)
    const reason = `the chassis ${last} does not say what it forwards`
    assert.deepEqual(await dataPlane.prove(second.peering, null), { kind: 'unconfirmed', reason })
    assert.ok(await isApart(world, two, three))
    // The peering of the hosts that live is not held up by it.
    await dataPlane.realizeLink(first.peering, null)
    assert.deepEqual(await dataPlane.prove(first.peering, null), { kind: 'proven' })
    assert.ok(await isApart(world, one, two))
    await dataPlane.realizeLink(first.peering, first)
    assert.ok(await reaches(world, one, two))
    await ovn.start(`${last}/controller`)
    await persist(async () => {
      assert.deepEqual(await dataPlane.prove(second.peering, null), { kind: 'proven' })
    })
  } finally {
    await world.dispose()
    await ovn.dispose()
  }
})
