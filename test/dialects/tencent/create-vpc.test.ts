import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice } from '../../rig/tenants.ts'
import {
  legacyFails,
  legacySucceeds,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
} from './client.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

const GOOD = { VpcName: 'a VPC', CidrBlock: '10.8.0.0/16' }
const create = (parameters: Parameters) => service.v3(alice, 'CreateVpc', parameters)
const createLegacy = (parameters: Parameters) => service.legacy(alice, 'CreateVpc', parameters)

describe('API 3.0 CreateVpc', () => {
  describe('serialization', () => {
    it('answers a VPC without a null', async () => {
      const Tags = [{ Key: 'city', Value: 'shanghai' }]
      const more = {
        EnableMulticast: 'false',
        EnableRouteVpcPublish: false,
        EnableRouteVpcPublishIpv6: false,
        DnsServers: ['183.60.83.19'],
        DomainName: 'example.com',
      }
      const { Vpc } = v3Succeeds(await create({ ...GOOD, ...more, Tags }))
      const { VpcId, CreatedTime, ...rest } = Vpc as typeof Vpc & { CreatedTime: string }
      assert.match(VpcId, /^vpc-[a-z0-9]{8}$/)
      assert.match(CreatedTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      assert.deepEqual(rest, {
        ...GOOD,
        IsDefault: false,
        EnableMulticast: false,
        DnsServerSet: [],
        DomainName: '',
        DhcpOptionsId: '',
        EnableDhcp: true,
        Ipv6CidrBlock: '',
        Ipv6CidrBlockSet: [],
        AssistantCidrSet: [],
        EnableRouteVpcPublish: false,
        EnableRouteVpcPublishIpv6: false,
        TagSet: Tags,
      })
    })
  })

  describe('validation', () => {
    const WRONG: readonly [Parameters, string][] = [
      [{ VpcName: undefined }, 'MissingParameter'],
      [{ CidrBlock: undefined }, 'MissingParameter'],
      [{ VpcName: '' }, 'InvalidParameterValue'],
      // Bytes, not characters.
      [{ VpcName: '网'.repeat(21) }, 'InvalidParameterValue.TooLong'],
      [{ CidrBlock: 'nonsense' }, 'InvalidParameterValue.Malformed'],
      [{ CidrBlock: '10.0.0.1/16' }, 'InvalidParameterValue.Malformed'],
      [{ CidrBlock: '8.8.0.0/16' }, 'InvalidParameterValue.Malformed'],
      [{ CidrBlock: '10.0.0.0/8' }, 'InvalidParameterValue.Malformed'],
      [{ CidrBlock: '10.0.0.0/29' }, 'InvalidParameterValue.Malformed'],
      [{ CidrBlock: '2001:db8::/64' }, 'InvalidParameterValue.Malformed'],
      [{ EnableMulticast: 'perhaps' }, 'InvalidParameter'],
      [{ DnsServers: 'one' }, 'InvalidParameter'],
      [{ vpcName: 'x' }, 'UnknownParameter'],
    ]
    for (const [wrong, code] of WRONG) {
      it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
        v3Fails(await create({ ...GOOD, ...wrong }), code)
      })
    }

    for (const CidrBlock of ['10.0.0.0/12', '10.200.0.0/28', '172.16.0.0/12', '192.168.0.0/16']) {
      it(`takes ${CidrBlock}`, async () => {
        v3Succeeds(await create({ ...GOOD, CidrBlock }))
      })
    }
  })

  describe('behaviour', () => {
    it('makes it in the region of the call, as often as it is called', async () => {
      const answer = await service.v3(alice, 'CreateVpc', GOOD, { region: 'ap-shanghai' })
      const { VpcId } = v3Succeeds(answer).Vpc
      assert.notEqual(v3Succeeds(await create(GOOD)).Vpc.VpcId, VpcId)
      const seen = async (region: string) =>
        v3Succeeds(await service.v3(alice, 'DescribeVpcs', { VpcIds: [VpcId] }, { region })).TotalCount
      assert.deepEqual([await seen('ap-shanghai'), await seen('ap-guangzhou')], [1, 0])
    })
  })
})

describe('legacy CreateVpc', () => {
  it('answers both kinds of id, and makes no subnets', async () => {
    const body = legacySucceeds(
      await createLegacy({
        vpcName: 'v',
        cidrBlock: '10.0.0.0/16',
        subnetSet: [{ subnetName: 's', cidrBlock: '10.0.1.0/24', zoneId: 100003 }],
      }),
    )
    assert.deepEqual(Object.keys(body), [
      'code',
      'message',
      'codeDesc',
      'vpcId',
      'uniqVpcId',
      'vpcCreateTime',
      'subnetSet',
      'routeTableSet',
    ])
    assert.match(body.uniqVpcId, /^vpc-[a-z0-9]{8}$/)
  })

  for (const wrong of [
    { vpcName: '' },
    { vpcName: 'x'.repeat(61) },
    { cidrBlock: '' },
    { cidrBlock: '1.2.3.4/8' },
  ]) {
    it(`refuses ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
      const answer = await createLegacy({ vpcName: 'v', cidrBlock: '10.0.0.0/16', ...wrong })
      legacyFails(answer, 4000, 'InvalidParameter')
    })
  }
})
