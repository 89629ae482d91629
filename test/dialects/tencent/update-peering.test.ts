import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import {
  legacyFails,
  legacySucceeds,
  NOBODYS_PEERING,
  type Parameters,
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

const modify = (tenant: TestTenant, id: string, parameters: Parameters) =>
  service.v3(tenant, 'ModifyVpcPeeringConnection', { PeeringConnectionId: id, ...parameters })
const rename = (tenant: TestTenant, id: string, parameters: Parameters) =>
  service.legacy(tenant, 'ModifyVpcPeeringConnection', { peeringConnectionId: id, ...parameters })
const modifyEx = (tenant: TestTenant, id: string, parameters: Parameters) =>
  service.legacy(tenant, 'ModifyVpcPeeringConnectionEx', { peeringConnectionId: id, ...parameters })

describe('API 3.0 ModifyVpcPeeringConnection', () => {
  describe('serialization', () => {
    it('changes what is named and nothing else', async () => {
      const id = await service.propose(alice, bob, { Bandwidth: 10 })
      const response = v3Succeeds(await modify(alice, id, { PeeringConnectionName: '中文 é' }))
      assert.deepEqual(Object.keys(response), ['RequestId'])
      assert.partialDeepStrictEqual(await service.show(bob, id), {
        PeeringConnectionName: '中文 é',
        Bandwidth: 10,
      })
      v3Succeeds(await modify(alice, id, { Bandwidth: 20, ChargeType: 'POSTPAID_BY_MONTH_95' }))
      assert.partialDeepStrictEqual(await service.show(bob, id), {
        PeeringConnectionName: '中文 é',
        Bandwidth: 20,
        ChargeType: 'POSTPAID_BY_MONTH_95',
      })
    })

    it('takes a bandwidth away with 0, as the Terraform provider does', async () => {
      const id = await service.propose(alice, bob, { Bandwidth: 10 })
      v3Succeeds(await modify(alice, id, { Bandwidth: 0 }))
      assert.equal((await service.show(alice, id))?.Bandwidth, 0)
    })
  })

  describe('validation', () => {
    const WRONG: readonly [Parameters, string][] = [
      [{}, 'MissingParameter'],
      [{ PeeringConnectionId: 'nonsense', Bandwidth: 1 }, 'InvalidParameterValue.Malformed'],
      [{ PeeringConnectionName: '' }, 'InvalidParameterValue.Empty'],
      [{ PeeringConnectionName: 'x'.repeat(61) }, 'InvalidParameterValue'],
      [{ Bandwidth: -5 }, 'InvalidParameterValue'],
      [{ ChargeType: 'FREE' }, 'InvalidParameterValue'],
      [{ PeeringConnectionName: 'x', QosLevel: 'AU' }, 'UnknownParameter'],
    ]
    for (const [wrong, code] of WRONG) {
      it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
        const id = await service.propose(alice, bob)
        v3Fails(await service.unchanged(() => modify(alice, id, wrong)), code)
      })
    }
  })

  describe('permission', () => {
    it('lets the account that was asked rename it, but not change what it costs', async () => {
      const id = await service.propose(alice, bob)
      v3Succeeds(await modify(bob, id, { PeeringConnectionName: 'theirs' }))
      for (const wrong of [{ Bandwidth: 5 }, { ChargeType: 'POSTPAID_BY_DAY_MAX' }]) {
        const answer = await service.unchanged(() => modify(bob, id, wrong))
        v3Fails(answer, 'UnsupportedOperation.VpcPeerPurviewError')
      }
    })

    it('tells a stranger what it tells of a peering that does not exist', async () => {
      const id = await service.propose(alice, bob)
      for (const change of [{ PeeringConnectionName: 'mine' }, { Bandwidth: 5 }]) {
        const answer = await service.unchanged(() => modify(mallory, id, change))
        v3Fails(answer, 'ResourceNotFound')
        const other = withoutRequestId(await modify(mallory, NOBODYS_PEERING, change))
        assert.equal(withoutRequestId(answer).replaceAll(id, NOBODYS_PEERING), other)
      }
    })
  })

  describe('behaviour', () => {
    it('works in every state but deleted', async () => {
      const active = await service.activate(alice, bob)
      const refused = await service.propose(alice, bob)
      v3Succeeds(await service.v3(bob, 'RejectVpcPeeringConnection', { PeeringConnectionId: refused }))
      for (const id of [active, refused]) {
        v3Succeeds(await modify(alice, id, { PeeringConnectionName: 'another' }))
      }
      v3Succeeds(await service.v3(bob, 'DeleteVpcPeeringConnection', { PeeringConnectionId: active }))
      v3Fails(await modify(alice, active, { PeeringConnectionName: 'another' }), 'ResourceNotFound')
    })
  })
})

describe('legacy ModifyVpcPeeringConnection', () => {
  it('renames for either account', async () => {
    const id = await service.propose(alice, bob)
    for (const tenant of [alice, bob]) {
      const name = `called by ${tenant.name}`
      legacySucceeds(await rename(tenant, id, { peeringConnectionName: name }))
      assert.equal((await service.show(alice, id))?.PeeringConnectionName, name)
    }
  })

  it('wants an id and a name', async () => {
    const id = await service.propose(alice, bob)
    legacyFails(await rename(alice, id, {}), 4000, 'InvalidPeeringConnectionName')
    const long = { peeringConnectionName: 'x'.repeat(61) }
    legacyFails(await service.unchanged(() => rename(alice, id, long)), 4000, 'InvalidPeeringConnectionName')
    legacyFails(await rename(alice, '', { peeringConnectionName: 'x' }), 4000, 'InvalidParameter')
  })

  it('tells a stranger what it tells of a peering that does not exist', async () => {
    const id = await service.propose(alice, bob)
    const change = { peeringConnectionName: 'mine' }
    const answer = await service.unchanged(() => rename(mallory, id, change))
    legacyFails(answer, 5000, 'InvalidPeeringConnection.NotFound')
    assert.equal(answer.text, (await rename(mallory, NOBODYS_PEERING, change)).text)
  })
})

describe('legacy ModifyVpcPeeringConnectionEx', () => {
  it('changes the name, the bandwidth or both, and answers a task', async () => {
    const id = await service.propose(alice, bob, {}, 'ap-shanghai')
    const changes = [
      { peeringConnectionName: 'new' },
      { bandwidth: 20 },
      { peeringConnectionName: 'newer', bandwidth: '1000' },
    ]
    for (const change of changes) {
      const body = legacySucceeds(await modifyEx(alice, id, change))
      assert.ok(Number.isSafeInteger(body.taskId))
    }
    assert.partialDeepStrictEqual(await service.show(alice, id), {
      PeeringConnectionName: 'newer',
      Bandwidth: 1000,
    })
  })

  it('takes the bandwidths that there are, and wants something to change', async () => {
    const id = await service.propose(alice, bob)
    for (const bandwidth of [0, 11, -10, 2000, 'fast', '1e1']) {
      const answer = await service.unchanged(() => modifyEx(alice, id, { bandwidth }))
      legacyFails(answer, 4000, 'InvalidParameter')
    }
    legacyFails(await modifyEx(alice, id, {}), 4000, 'InvalidParameter')
  })

  it('is for the account that asked where the bandwidth is concerned', async () => {
    const id = await service.propose(alice, bob)
    const answer = await service.unchanged(() => modifyEx(bob, id, { bandwidth: 10 }))
    legacyFails(answer, 4102, 'UnauthorizedOperation')
  })
})
