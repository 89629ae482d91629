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
    assert.equal(body.RouteTableId, body.VpcId.replace('vpc-', 'vtb-'))
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
    ['IPv6 of the vendor’s choosing', { EnableIpv6: true }, 'OperationUnsupported.Ipv6Feature'],
    ['client-side blocks', { UserCidr: '10.0.0.0/8' }, 'IllegalParam.UserCidr'],
    ['a resource group', { ResourceGroupId: 'rg-other' }, 'InvalidResourceGroupId'],
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

  test('once per token', async () => {
    const first = await succeeds(create({ ClientToken: 'vpc' }))
    const second = await succeeds(create({ ClientToken: 'vpc' }))
    assert.equal(first.body.VpcId, second.body.VpcId)
    await fails(create({ ClientToken: 'vpc', VpcName: 'x' }), 'IdempotentParameterMismatch')
  })
})
