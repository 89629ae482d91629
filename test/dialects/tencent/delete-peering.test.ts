import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { NOBODYS_PEERING, startTencent, type TencentService, v3Succeeds } from './client.ts'
import { formsOf } from './forms.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

for (const { name, act } of formsOf('Delete')) {
  describe(name, () => {
    describe('validation', () => {
      it('wants an id', async () => (await act(service, bob, null)).refused('missing'))
    })

    describe('permission', () => {
      it('tells a stranger what it tells of a peering that does not exist', async () => {
        const id = await service.activate(alice, bob)
        const answer = await service.unchanged(() => act(service, mallory, id))
        answer.refused('not-found')
        const { text } = await act(service, mallory, NOBODYS_PEERING)
        assert.equal(answer.text.replaceAll(id, ''), text.replaceAll(NOBODYS_PEERING, ''))
      })

      for (const tenant of [alice, bob]) {
        it(`is for ${tenant.name}`, async () => {
          const id = await service.activate(alice, bob)
          ;(await act(service, tenant, id)).succeeds()
          assert.equal(await service.show(alice, id), undefined)
          assert.equal(await service.show(bob, id), undefined)
        })
      }
    })

    describe('behaviour', () => {
      it('works in every state', async () => {
        const waiting = await service.propose(alice, bob)
        const refused = await service.propose(alice, bob)
        await service.v3(bob, 'RejectVpcPeeringConnection', { PeeringConnectionId: refused })
        ;(await act(service, alice, waiting)).succeeds()
        ;(await act(service, alice, refused)).succeeds()
        const expired = await service.propose(alice, bob)
        await advance(service, 'P8D')
        assert.equal(await service.stateOf(alice, expired), 'EXPIRED')
        ;(await act(service, bob, expired)).succeeds()
      })

      it('finds it only once', async () => {
        const id = await service.activate(alice, bob)
        ;(await act(service, alice, id)).succeeds()
        ;(await act(service, alice, id)).refused('not-found')
        ;(await act(service, bob, id)).refused('not-found')
      })

      it('frees the two VPCs', async () => {
        const { v3: parameters } = await service.proposal(alice, bob)
        const ask = () => service.v3(alice, 'CreateVpcPeeringConnection', parameters)
        const { PeeringConnectionId } = v3Succeeds(await ask())
        ;(await act(service, alice, PeeringConnectionId)).succeeds()
        v3Succeeds(await ask())
      })
    })
  })
}
