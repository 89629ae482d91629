import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, mallory } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds, type Values } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const create = (parameters: Values = {}, tenant = alice) =>
  alibaba.call(tenant, 'CreateVpc', { RegionId: 'cn-hangzhou', ...parameters })

suite('CreateVpc: serialization', () => {
  test('the ids of all that was made', async () => {
    const { body } = await succeeds(create())
    assert.deepEqual(Object.keys(body), [
      'RequestId',
      'VpcId',
      'VRouterId',
      'RouteTableId',
      'ResourceGroupId',
    ])
    assert.match(body.VpcId, /^vpc-[0-9a-z]+$/)
    assert.equal(body.VRouterId, body.VpcId.replace('vpc-', 'vrt-'))
    assert.equal(body.RouteTableId, await alibaba.tableOf(alice, body.VpcId))
  })

  test('all that is said is kept', async () => {
    const { body } = await succeeds(
      create({
        CidrBlock: '192.168.0.0/16',
        VpcName: '1 name: 名',
        Description: 'of mine',
        'Tag.1.Key': 'k',
        'Tag.1.Value': 'v',
        EnableIpv6: true,
        Ipv6CidrBlock: '2408:4004:0:6a00::/56',
      }),
    )
    const shown = await succeeds(
      alibaba.call(alice, 'DescribeVpcAttribute', { RegionId: 'cn-hangzhou', VpcId: body.VpcId }),
    )
    assert.equal(shown.body.VpcName, '1 name: 名')
    assert.equal(shown.body.Description, 'of mine')
    assert.equal(shown.body.CidrBlock, '192.168.0.0/16')
    assert.deepEqual(shown.body.Tags, { Tag: [{ Key: 'k', Value: 'v' }] })
    assert.match(shown.text, /"EnabledIpv6":true,"Ipv6CidrBlock":"2408:4004:0:6a00::\/56"/)
  })
})

suite('CreateVpc: validation', () => {
  test('without a region', () =>
    fails(create({ RegionId: '' }), 'MissingRegionId', 'RegionId is mandatory for this action.'))
  test('a region that is none', () =>
    fails(
      create({ RegionId: 'cn-nowhere' }),
      'InvalidRegionId.NotFound',
      'Specified value of "regionId" is not supported.',
      404,
    ))

  for (const CidrBlock of [
    'x',
    '10.0.0.0',
    '10.0.0.1/16',
    '10.0.0.0/7',
    '10.0.0.0/29',
    '0.0.0.0/0',
    '100.64.0.0/16',
    '224.0.0.0/8',
    '169.254.0.0/16',
    'fd00::/16',
  ]) {
    test(`block ${CidrBlock}`, () =>
      fails(create({ CidrBlock }), 'InvalidParameter', 'Specified CIDR block is not valid'))
  }

  for (const [what, parameters, code] of [
    ['a name that is an address', { VpcName: 'http://x' }, 'InvalidVpcName.Malformed'],
    ['a name too long', { VpcName: 'x'.repeat(129) }, 'InvalidVpcName.Malformed'],
    ['a description that is an address', { Description: 'https://x' }, 'InvalidVpcDiscription.Malformed'],
    [
      'an IPv6 block that is none',
      { EnableIpv6: true, Ipv6CidrBlock: 'x' },
      'InvalidIpv6CidrBlock.Malformed',
    ],
    ['an IPv6 block without IPv6', { Ipv6CidrBlock: 'fd00::/56' }, 'MissingEnableIpv6'],
    ['a client-side block that is none', { UserCidr: '10.0.0.0/8,x' }, 'IllegalParam.UserCidr'],
    [
      'four client-side blocks',
      { UserCidr: '1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,4.0.0.0/8' },
      'IllegalParam.UserCidr',
    ],
    ['a pool of addresses', { Ipv4IpamPoolId: 'ipam-pool-1' }, 'IllegalParam.Ipv4IpamPoolId'],
    ['what is no resource group', { ResourceGroupId: 'other' }, 'InvalidResourceGroupId'],
    ['a reserved tag', { 'Tag.1.Key': 'acs:x' }, 'IllegalParam.TagKey'],
  ] as [string, Values, string][]) {
    test(what, () => fails(create(parameters), code))
  }
})

suite('CreateVpc: permission', () => {
  test('it is the caller’s own', async () => {
    const { body } = await succeeds(create({}, mallory))
    await fails(
      alibaba.call(alice, 'DescribeVpcAttribute', { RegionId: 'cn-hangzhou', VpcId: body.VpcId }),
      'InvalidVpcId.NotFound',
      undefined,
      404,
    )
  })
})

suite('CreateVpc: behaviour', () => {
  test('a block where none is said, and names that repeat', async () => {
    for (let count = 0; count < 2; count++) {
      const { body } = await succeeds(create({ VpcName: 'twice' }))
      const shown = await alibaba.call(alice, 'DescribeVpcAttribute', {
        RegionId: 'cn-hangzhou',
        VpcId: body.VpcId,
      })
      assert.equal(shown.body.CidrBlock, '172.16.0.0/12')
    }
  })

  test('what only some clouds know is kept: group, client-side blocks, host names', async () => {
    const { body } = await succeeds(
      create({ ResourceGroupId: 'rg-other', UserCidr: '10.1.0.0/16,10.2.0.0/16', EnableDnsHostname: true }),
    )
    assert.equal(body.ResourceGroupId, 'rg-other')
    const { text } = await succeeds(
      alibaba.call(alice, 'DescribeVpcAttribute', { RegionId: 'cn-hangzhou', VpcId: body.VpcId }),
    )
    const { ResourceGroupId, UserCidrs, DnsHostnameStatus } = JSON.parse(text) as Record<string, unknown>
    assert.deepEqual(
      { ResourceGroupId, UserCidrs, DnsHostnameStatus },
      {
        ResourceGroupId: 'rg-other',
        UserCidrs: { UserCidr: ['10.1.0.0/16', '10.2.0.0/16'] },
        DnsHostnameStatus: 'ENABLED',
      },
    )
  })

  test('IPv6 of the service’s choosing: 56 bits, unique and local, another for each', async () => {
    const blocks = new Set<string>()
    for (let count = 0; count < 3; count++) {
      const { body } = await succeeds(create({ EnableIpv6: true }))
      const shown = await alibaba.call(alice, 'DescribeVpcAttribute', {
        RegionId: 'cn-hangzhou',
        VpcId: body.VpcId,
      })
      const { Ipv6CidrBlock, EnabledIpv6 } = JSON.parse(shown.text) as Record<string, unknown>
      assert.match(String(Ipv6CidrBlock), /^fd[0-9a-f]{2}:[0-9a-f:]+\/56$/)
      assert.equal(EnabledIpv6, true)
      blocks.add(String(Ipv6CidrBlock))
    }
    assert.equal(blocks.size, 3)
  })

  test('a dry run makes nothing', async () => {
    const count = async () =>
      (await succeeds(alibaba.call(alice, 'DescribeVpcs', { RegionId: 'cn-hangzhou' }))).body.TotalCount
    const before = await count()
    await fails(create({ DryRun: true }), 'DryRunOperation')
    assert.equal(await count(), before)
  })

  test('once per token', async () => {
    const first = await succeeds(create({ ClientToken: 'vpc' }))
    const second = await succeeds(create({ ClientToken: 'vpc' }))
    assert.equal(first.body.VpcId, second.body.VpcId)
    await fails(create({ ClientToken: 'vpc', VpcName: 'x' }), 'IdempotentParameterMismatch')
  })
})
