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
        DnsServerSet: ['183.60.83.19'],
        DomainName: 'example.com',
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
      [{ DnsServers: ['one'] }, 'InvalidParameterValue.Malformed'],
      [{ DnsServers: ['10.0.0.256'] }, 'InvalidParameterValue.Malformed'],
      [{ DnsServers: Array(5).fill('10.0.0.1') }, 'InvalidParameterValue.TooLong'],
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
  const subnet = { subnetName: 's', cidrBlock: '10.0.1.0/24', zoneId: 100003 }
  const good = { vpcName: 'v', cidrBlock: '10.0.0.0/16' }
  const countVpcs = async () => {
    const { body } = await service.legacy(alice, 'DescribeVpcEx')
    return body.totalCount
  }

  it('answers both kinds of id, and what was made along', async () => {
    const body = legacySucceeds(await createLegacy({ ...good, subnetSet: [subnet] }))
    assert.match(body.uniqVpcId, /^vpc-[a-z0-9]{8}$/)
    const [made] = body.subnetSet
    const [table] = body.routeTableSet
    assert.ok(made && table)
    assert.match(made.unSubnetId, /^subnet-[a-z0-9]{8}$/)
    assert.match(table.unRouteTableId, /^rtb-[a-z0-9]{8}$/)
    const { vpcCreateTime, ...rest } = body as typeof body & { vpcCreateTime: string }
    assert.match(vpcCreateTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.deepEqual(rest, {
      code: 0,
      message: '',
      codeDesc: 'Success',
      vpcId: body.uniqVpcId,
      uniqVpcId: body.uniqVpcId,
      subnetSet: [{ ...subnet, zoneId: '100003', subnetId: made.unSubnetId, unSubnetId: made.unSubnetId }],
      routeTableSet: [
        {
          routeTableId: table.unRouteTableId,
          unRouteTableId: table.unRouteTableId,
          routeTableName: 'default',
          routeTableType: 1,
        },
      ],
    })
    const { SubnetSet } = v3Succeeds(
      await service.v3(alice, 'DescribeSubnets', { SubnetIds: [made.unSubnetId] }),
    )
    assert.deepEqual([SubnetSet[0]?.VpcId, SubnetSet[0]?.Zone], [body.uniqVpcId, '100003'])
  })

  for (const [wrong, codeDesc] of [
    [{ cidrBlock: '10.9.1.0/24' }, 'InvalidSubnetCidr'],
    [{ cidrBlock: '10.0.0.0/15' }, 'InvalidParameter'],
    [{ cidrBlock: 'x' }, 'InvalidParameter'],
    [{ subnetName: '' }, 'InvalidParameter'],
    [{ zoneId: '' }, 'InvalidParameter'],
  ] as const) {
    it(`makes nothing at all where a subnet has ${JSON.stringify(wrong)}`, async () => {
      const before = await countVpcs()
      legacyFails(
        await createLegacy({
          ...good,
          subnetSet: [subnet, { ...subnet, cidrBlock: '10.0.2.0/24', ...wrong }],
        }),
        4000,
        codeDesc,
      )
      assert.equal(await countVpcs(), before)
    })
  }

  it('makes nothing at all where subnets overlap', async () => {
    const answer = await createLegacy({ ...good, subnetSet: [subnet, { ...subnet, subnetName: 't' }] })
    legacyFails(answer, 4000, 'SubnetCidrConflict')
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
