import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  legacyFails,
  NOBODYS_PEERING,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
} from './client.ts'
import { formsOf } from './forms.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

async function expired(): Promise<string> {
  const id = await service.propose(alice, bob)
  await advance(service, 'P7D')
  assert.equal(await service.stateOf(alice, id), 'EXPIRED')
  return id
}

for (const { name, act } of formsOf('Enable')) {
  describe(name, () => {
    describe('validation', () => {
      it('wants an id', async () => (await act(service, alice, null)).refused('missing'))
    })

    describe('permission', () => {
      it('is not for the account that was asked', async () => {
        const id = await expired()
        ;(await act(service, bob, id)).refused('wrong-side')
        assert.equal(await service.stateOf(alice, id), 'EXPIRED')
      })

      it('tells a stranger what it tells of a peering that does not exist', async () => {
        const answer = await act(service, mallory, await expired())
        answer.refused('not-found')
        assert.equal(answer.text, (await act(service, mallory, NOBODYS_PEERING)).text)
      })
    })

    describe('behaviour', () => {
      it('waits anew, for the whole time', async () => {
        const id = await expired()
        ;(await act(service, alice, id)).succeeds()
        assert.equal(await service.stateOf(bob, id), 'PENDING')
        await advance(service, 'P6D')
        assert.equal(await service.stateOf(bob, id), 'PENDING')
        await advance(service, 'P1D')
        assert.equal(await service.stateOf(bob, id), 'EXPIRED')
        ;(await act(service, alice, id)).succeeds()
        v3Succeeds(await service.v3(bob, 'AcceptVpcPeeringConnection', { PeeringConnectionId: id }))
        assert.equal(await service.stateOf(alice, id), 'ACTIVE')
      })

      it('refuses what waits, is active, or was refused', async () => {
        const refused = await service.propose(alice, bob)
        await service.v3(bob, 'RejectVpcPeeringConnection', { PeeringConnectionId: refused })
        for (const id of [await service.propose(alice, bob), await service.activate(alice, bob), refused]) {
          const answer = await service.unchanged(() => act(service, alice, id))
          answer.refused('wrong-state')
        }
      })
    })
  })
}

describe('what was asked for again', () => {
  it('refuses where the two VPCs were peered otherwise in the meantime', async () => {
    const { v3: parameters } = await service.proposal(alice, bob)
    const ask = () => service.v3(alice, 'CreateVpcPeeringConnection', parameters)
    const { PeeringConnectionId: id } = v3Succeeds(await ask())
    await advance(service, 'P7D')
    v3Succeeds(await ask())
    const answer = await service.legacy(alice, 'EnableVpcPeeringConnection', { peeringConnectionId: id })
    legacyFails(answer, 4000, 'PeeringConnectionVpcConflict')
  })
})

describe('API 3.0', () => {
  it('knows no such action', async () => {
    const answer = await service.v3(alice, 'EnableVpcPeeringConnection', {
      PeeringConnectionId: NOBODYS_PEERING,
    })
    v3Fails(answer, 'InvalidAction')
  })
})
