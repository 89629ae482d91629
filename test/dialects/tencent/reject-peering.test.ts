import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { legacySucceeds, NOBODYS_PEERING, startTencent, type TencentService, v3Succeeds } from './client.ts'
import { formsOf } from './forms.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

for (const { name, act } of formsOf('Reject')) {
  describe(name, () => {
    describe('validation', () => {
      it('wants an id', async () => (await act(service, bob, null)).refused('missing'))

      it('does not find a peering that does not exist', async () =>
        (await act(service, bob, NOBODYS_PEERING)).refused('not-found'))
    })

    describe('permission', () => {
      it('is not for the account that asked', async () => {
        const id = await service.propose(alice, bob)
        const answer = await service.unchanged(() => act(service, alice, id))
        answer.refused('wrong-side')
        assert.equal(await service.stateOf(bob, id), 'PENDING')
      })

      it('tells a stranger what it tells of a peering that does not exist', async () => {
        const id = await service.propose(alice, bob)
        const answer = await service.unchanged(() => act(service, mallory, id))
        answer.refused('not-found')
        const { text } = await act(service, mallory, NOBODYS_PEERING)
        assert.equal(answer.text.replaceAll(id, ''), text.replaceAll(NOBODYS_PEERING, ''))
      })
    })

    describe('behaviour', () => {
      it('leaves the peering refused for both', async () => {
        const id = await service.propose(alice, bob)
        ;(await act(service, bob, id)).succeeds()
        assert.equal(await service.stateOf(alice, id), 'REJECTED')
        assert.equal(await service.stateOf(bob, id), 'REJECTED')
      })

      it('works from whichever region it is called in', async () => {
        const id = await service.propose(alice, bob, {}, 'ap-shanghai')
        ;(await act(service, bob, id, { region: 'gz' })).succeeds()
      })

      it('refuses what is active, refused, expired, or within one account', async () => {
        const active = await service.activate(alice, bob)
        const refused = await service.propose(alice, bob)
        await service.v3(bob, 'RejectVpcPeeringConnection', { PeeringConnectionId: refused })
        const own = await service.propose(bob, bob)
        const expired = await service.propose(alice, bob)
        await advance(service, 'P7D')
        for (const id of [active, refused, own, expired]) {
          const answer = await service.unchanged(() => act(service, bob, id))
          answer.refused('wrong-state')
        }
      })

      it('does not find what is deleted', async () => {
        const id = await service.propose(alice, bob)
        await service.v3(alice, 'DeleteVpcPeeringConnection', { PeeringConnectionId: id })
        ;(await act(service, bob, id)).refused('not-found')
      })

      it('takes the ids of the other dialects', async () => {
        const id = await service.propose(alice, bob)
        const ids = (await service.store.findPeering(id))?.peering.ids
        ;(await act(service, bob, ids?.alibaba ?? null)).succeeds()
        ;(await act(service, bob, ids?.huawei ?? null)).refused('wrong-state')
      })

      it('lets one of many at once succeed', async () => {
        const id = await service.propose(alice, bob)
        const answers = await Promise.all(Array.from({ length: 8 }, () => act(service, bob, id)))
        let succeeded = 0
        for (const answer of answers) {
          try {
            answer.succeeds()
            succeeded++
          } catch {
            answer.refused('wrong-state')
          }
        }
        assert.equal(succeeded, 1)
      })
    })
  })
}

describe('what was refused', () => {
  it('may be asked for again, and deleted', async () => {
    const { v3: parameters } = await service.proposal(alice, bob)
    const ask = () => service.v3(alice, 'CreateVpcPeeringConnection', parameters)
    const { PeeringConnectionId } = v3Succeeds(await ask())
    v3Succeeds(await service.v3(bob, 'RejectVpcPeeringConnection', { PeeringConnectionId }))
    const second = v3Succeeds(await ask()).PeeringConnectionId
    assert.notEqual(second, PeeringConnectionId)
    v3Succeeds(await service.v3(alice, 'DeleteVpcPeeringConnection', { PeeringConnectionId }))
    assert.equal(await service.stateOf(bob, second), 'PENDING')
  })

  it('is 3 in the legacy API, which answers exactly what its page shows', async () => {
    const id = await service.propose(alice, bob)
    const { text } = await service.legacy(bob, 'RejectVpcPeeringConnection', { peeringConnectionId: id })
    assert.equal(text, '{"code":0,"message":"","codeDesc":"Success"}')
    const list = await service.legacy(alice, 'DescribeVpcPeeringConnections', { peeringConnectionId: id })
    assert.equal(legacySucceeds(list).data[0]?.state, 3)
  })
})
