import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, mallory } from '../../rig/tenants.ts'
import {
  NOBODYS_VPC,
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

const modify = (parameters: Parameters, tenant = alice) =>
  service.v3(tenant, 'ModifyVpcAttribute', parameters)
const show = async (VpcId: string) =>
  v3Succeeds(await service.v3(alice, 'DescribeVpcs', { VpcIds: [VpcId] })).VpcSet[0]

describe('API 3.0 ModifyVpcAttribute', () => {
  it('changes what is named and nothing else', async () => {
    const VpcId = await service.newVpc(alice)
    const before = await show(VpcId)
    const change = { VpcName: 'renamed', EnableMulticast: 'true', DnsServers: ['10.0.0.2', '10.0.0.3'] }
    assert.deepEqual(Object.keys(v3Succeeds(await modify({ VpcId, ...change }))), ['RequestId'])
    const changed = { ...before, VpcName: 'renamed', EnableMulticast: true, DnsServerSet: change.DnsServers }
    assert.deepEqual(await show(VpcId), changed)
    v3Succeeds(await modify({ VpcId, EnableRouteVpcPublish: true, DomainName: 'example.com' }))
    v3Succeeds(await modify({ VpcId, EnableRouteVpcPublishIpv6: true, EnableCdcPublish: false }))
    assert.deepEqual(await show(VpcId), {
      ...changed,
      DomainName: 'example.com',
      EnableRouteVpcPublish: true,
      EnableRouteVpcPublishIpv6: true,
    })
  })

  for (const [wrong, code] of [
    [{ VpcId: undefined }, 'MissingParameter'],
    [{ VpcId: 'x' }, 'InvalidParameterValue.Malformed'],
    [{ VpcId: NOBODYS_VPC }, 'ResourceNotFound'],
    [{ VpcName: undefined }, 'MissingParameter'],
    [{ VpcName: '' }, 'InvalidParameterValue'],
    [{ VpcName: 'x'.repeat(61) }, 'InvalidParameterValue.TooLong'],
    [{ EnableMulticast: 'perhaps' }, 'InvalidParameter'],
    [{ DnsServers: ['x'] }, 'InvalidParameterValue.Malformed'],
    [{ CidrBlock: '10.0.0.0/16' }, 'UnknownParameter'],
  ] as const) {
    it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
      const VpcId = await service.newVpc(alice)
      const before = await show(VpcId)
      v3Fails(await modify({ VpcId, VpcName: 'x', ...wrong } as never), code)
      assert.deepEqual(await show(VpcId), before)
    })
  }

  it('tells a stranger what it tells of a VPC that does not exist', async () => {
    const VpcId = await service.newVpc(alice)
    const answer = await modify({ VpcId, VpcName: 'x' }, mallory)
    v3Fails(answer, 'ResourceNotFound')
    const other = await modify({ VpcId: NOBODYS_VPC, VpcName: 'x' }, mallory)
    assert.equal(withoutRequestId(answer).replaceAll(VpcId, NOBODYS_VPC), withoutRequestId(other))
  })
})
