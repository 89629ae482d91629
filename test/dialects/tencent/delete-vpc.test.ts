import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  legacyFails,
  legacySucceeds,
  NOBODYS_VPC,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
  withoutRequestId,
} from './client.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

describe('API 3.0 DeleteVpc', () => {
  it('deletes, once', async () => {
    const VpcId = await service.newVpc(alice)
    assert.deepEqual(Object.keys(v3Succeeds(await service.v3(alice, 'DeleteVpc', { VpcId }))), ['RequestId'])
    v3Fails(await service.v3(alice, 'DeleteVpc', { VpcId }), 'ResourceNotFound')
  })

  it('refuses while there is a peering, and takes waiting requests of others with it', async () => {
    const id = await service.activate(alice, bob)
    const { SourceVpcId = '', DestinationVpcId = '' } = (await service.show(alice, id)) ?? {}
    for (const [tenant, VpcId] of [
      [alice, SourceVpcId],
      [bob, DestinationVpcId],
    ] as const) {
      v3Fails(await service.unchanged(() => service.v3(tenant, 'DeleteVpc', { VpcId })), 'ResourceInUse')
    }
    v3Succeeds(await service.v3(alice, 'DeleteVpcPeeringConnection', { PeeringConnectionId: id }))
    v3Succeeds(await service.v3(bob, 'DeleteVpc', { VpcId: DestinationVpcId }))
    const waiting = await service.propose(alice, bob)
    const asked = (await service.show(bob, waiting))?.DestinationVpcId ?? ''
    v3Succeeds(await service.v3(bob, 'DeleteVpc', { VpcId: asked }))
    assert.equal(await service.stateOf(alice, waiting), 'REJECTED')
  })

  it('tells a stranger what it tells of a VPC that does not exist', async () => {
    const VpcId = await service.newVpc(alice)
    const answer = await service.v3(mallory, 'DeleteVpc', { VpcId })
    v3Fails(answer, 'ResourceNotFound')
    const other = withoutRequestId(await service.v3(mallory, 'DeleteVpc', { VpcId: NOBODYS_VPC }))
    assert.equal(withoutRequestId(answer).replaceAll(VpcId, NOBODYS_VPC), other)
  })

  it('wants an id that looks like one', async () => {
    v3Fails(await service.v3(alice, 'DeleteVpc', {}), 'MissingParameter')
    v3Fails(await service.v3(alice, 'DeleteVpc', { VpcId: 'nonsense' }), 'InvalidParameterValue.Malformed')
  })
})

describe('legacy DeleteVpc', () => {
  it('deletes, once', async () => {
    const vpcId = await service.newVpc(alice)
    legacySucceeds(await service.legacy(alice, 'DeleteVpc', { vpcId }))
    legacyFails(await service.legacy(alice, 'DeleteVpc', { vpcId }), 5000, 'InvalidVpc.NotFound')
  })

  it('refuses while there is a peering', async () => {
    const id = await service.activate(alice, bob)
    const vpcId = (await service.show(alice, id))?.SourceVpcId ?? ''
    const answer = await service.unchanged(() => service.legacy(alice, 'DeleteVpc', { vpcId }))
    legacyFails(answer, 5100, 'InvalidVpc.CannotDelete')
  })

  it('tells a stranger what it tells of a VPC that does not exist', async () => {
    const answer = await service.legacy(mallory, 'DeleteVpc', { vpcId: await service.newVpc(alice) })
    legacyFails(answer, 5000, 'InvalidVpc.NotFound')
    assert.equal(answer.text, (await service.legacy(mallory, 'DeleteVpc', { vpcId: NOBODYS_VPC })).text)
  })
})
