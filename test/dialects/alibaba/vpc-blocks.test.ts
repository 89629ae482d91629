import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import {
  type AlibabaService,
  fails,
  refusal,
  startAlibaba,
  succeeds,
  type Values,
  withoutRequestId,
} from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const RegionId = 'cn-hangzhou'
const NO_VPC = ['InvalidVpcId.NotFound', 'Specified VPC does not exist.', 404] as const

const add = (VpcId: string, parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'AssociateVpcCidrBlock', { RegionId, VpcId, ...parameters })
const remove = (VpcId: string, parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'UnassociateVpcCidrBlock', { RegionId, VpcId, ...parameters })

const blocks = async (VpcId: string) => {
  const { text } = await succeeds(alibaba.call(alice, 'DescribeVpcAttribute', { RegionId, VpcId }))
  const { SecondaryCidrBlocks, Ipv6CidrBlocks } = JSON.parse(text) as {
    SecondaryCidrBlocks: { SecondaryCidrBlock: string[] }
    Ipv6CidrBlocks: { Ipv6CidrBlock: { Ipv6CidrBlock: string }[] }
  }
  return [
    ...SecondaryCidrBlocks.SecondaryCidrBlock,
    ...Ipv6CidrBlocks.Ipv6CidrBlock.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
  ]
}

suite('AssociateVpcCidrBlock: serialization', () => {
  test('the block and its family', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const { text } = await succeeds(add(VpcId, { SecondaryCidrBlock: '192.168.0.0/16' }))
    const { RequestId: _, ...rest } = JSON.parse(text) as Record<string, unknown>
    assert.deepEqual(rest, { CidrBlock: '192.168.0.0/16', IpVersion: 'IPV4' })
  })
})

suite('AssociateVpcCidrBlock, UnassociateVpcCidrBlock: validation', () => {
  test('what must be there', async () => {
    const VpcId = await alibaba.newVpc(alice)
    for (const action of ['AssociateVpcCidrBlock', 'UnassociateVpcCidrBlock']) {
      await fails(
        alibaba.call(alice, action, { VpcId, SecondaryCidrBlock: '10.9.0.0/16' }),
        'MissingRegionId',
      )
      await fails(
        alibaba.call(alice, action, { RegionId, SecondaryCidrBlock: '10.9.0.0/16' }),
        'MissingVpcId',
      )
      await fails(
        alibaba.call(alice, action, { RegionId, VpcId }),
        'MissingParameter',
        'Miss mandatory parameter.',
      )
    }
  })
  for (const [what, parameters, code] of [
    ['a block that is none', { SecondaryCidrBlock: 'x' }, 'InvalidCidrBlock.Malformed'],
    ['a block that is reserved', { SecondaryCidrBlock: '224.0.0.0/8' }, 'InvalidCidrBlock.Malformed'],
    ['a block too small', { SecondaryCidrBlock: '192.168.0.0/29' }, 'InvalidCidrBlock.Malformed'],
    ['one that is there', { SecondaryCidrBlock: '10.0.0.0/16' }, 'InvalidCidrBlock.Overlapped'],
    ['one inside of one', { SecondaryCidrBlock: '10.0.5.0/24' }, 'InvalidCidrBlock.Overlapped'],
    ['a family that is none', { IpVersion: 'IPV5' }, 'IllegalParam.IpVersion'],
    [
      'an IPv6 block that is none',
      { IpVersion: 'IPV6', Ipv6CidrBlock: '10.0.0.0/8' },
      'InvalidIpv6CidrBlock.Malformed',
    ],
  ] as [string, Values, string][]) {
    test(what, async () => {
      const VpcId = await alibaba.newVpc(alice)
      await fails(add(VpcId, parameters), code)
      assert.deepEqual(await blocks(VpcId), [])
    })
  }

  test('the first block is not one to take away, nor one that is not there', async () => {
    const VpcId = await alibaba.newVpc(alice)
    for (const SecondaryCidrBlock of ['10.0.0.0/16', '192.168.0.0/16']) {
      await fails(remove(VpcId, { SecondaryCidrBlock }), 'InvalidCidrBlock.NotFound')
    }
  })
})

suite('AssociateVpcCidrBlock, UnassociateVpcCidrBlock: permission', () => {
  test('somebody else’s VPC does not exist', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const block = { SecondaryCidrBlock: '192.168.0.0/16' }
    for (const act of [add, remove]) {
      const seen = await refusal(act(VpcId, block, bob), ...NO_VPC)
      assert.equal(withoutRequestId(seen), withoutRequestId(await act('vpc-nobodys', block, bob)))
    }
    assert.deepEqual(await blocks(VpcId), [])
  })
})

suite('AssociateVpcCidrBlock, UnassociateVpcCidrBlock: behaviour', () => {
  test('blocks of both families come and go', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await succeeds(add(VpcId, { SecondaryCidrBlock: '192.168.0.0/16', IpVersion: 'IPV4' }))
    const { text } = await succeeds(add(VpcId, { IpVersion: 'IPV6' }))
    const { CidrBlock: drawn } = JSON.parse(text) as { CidrBlock: string }
    await succeeds(add(VpcId, { IpVersion: 'ipv6', Ipv6CidrBlock: '2001:DB8::/56' }))
    assert.deepEqual(await blocks(VpcId), ['192.168.0.0/16', drawn, '2001:db8::/56'])
    await succeeds(remove(VpcId, { IPv6CidrBlock: drawn }))
    await succeeds(remove(VpcId, { SecondaryCidrBlock: '192.168.0.0/16' }))
    assert.deepEqual(await blocks(VpcId), ['2001:db8::/56'])
  })

  test('five at most', async () => {
    const VpcId = await alibaba.newVpc(alice)
    for (let n = 1; n <= 5; n++) await succeeds(add(VpcId, { SecondaryCidrBlock: `192.168.${n}.0/24` }))
    await fails(
      add(VpcId, { SecondaryCidrBlock: '192.168.6.0/24' }),
      'QuotaExceeded.SecondaryCidr',
      'The quota of secondary CIDR blocks is exceeded, usage 5/5.',
    )
  })

  test('not one that a vSwitch is in, which is named', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await succeeds(add(VpcId, { SecondaryCidrBlock: '192.168.0.0/16' }))
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '192.168.1.0/24')
    await fails(
      remove(VpcId, { SecondaryCidrBlock: '192.168.0.0/16' }),
      'OperationFailed.CidrInUse',
      `Operation failed because the CIDR block is in use by VSwitch ${VSwitchId}.`,
    )
    assert.deepEqual(await blocks(VpcId), ['192.168.0.0/16'])
  })

  test('a token draws one IPv6 block, however often it comes', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const ask = () => add(VpcId, { IpVersion: 'IPV6', ClientToken: 'draw' })
    const [first, again] = [await succeeds(ask()), await succeeds(ask())]
    assert.equal(first.body.CidrBlock, again.body.CidrBlock)
    assert.deepEqual(await blocks(VpcId), [first.body.CidrBlock])
  })

  test('a peering shows the blocks that its VPCs have now', async () => {
    const InstanceId = await alibaba.activate(alice, bob)
    const { VpcId } = (await alibaba.show(bob, InstanceId)).Vpc
    await succeeds(add(VpcId, { SecondaryCidrBlock: '192.168.0.0/16' }))
    await succeeds(add(VpcId, { IpVersion: 'IPV6', Ipv6CidrBlock: '2001:db8::/56' }))
    assert.deepEqual((await alibaba.show(bob, InstanceId)).Vpc, {
      VpcId,
      Ipv4Cidrs: ['10.0.0.0/16', '192.168.0.0/16'],
      Ipv6Cidrs: ['2001:db8::/56'],
    })
  })
})
