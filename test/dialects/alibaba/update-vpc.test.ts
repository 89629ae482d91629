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

const modify = (VpcId: string, parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'ModifyVpcAttribute', { RegionId, VpcId, ...parameters })

const shown = async (VpcId: string) => {
  const { text } = await succeeds(alibaba.call(alice, 'DescribeVpcAttribute', { RegionId, VpcId }))
  return JSON.parse(text) as Record<string, unknown>
}

const named = async (VpcId: string) => {
  const { VpcName, Description } = await shown(VpcId)
  return [VpcName, Description]
}

suite('ModifyVpcAttribute: serialization', () => {
  test('the answer holds the request id, and nothing else', async () => {
    const { body } = await succeeds(modify(await alibaba.newVpc(alice), { VpcName: 'n' }))
    assert.deepEqual(Object.keys(body), ['RequestId'])
  })
})

suite('ModifyVpcAttribute: validation', () => {
  test('without an id', () => fails(alibaba.call(alice, 'ModifyVpcAttribute'), 'MissingVpcId'))
  for (const [what, parameters, code] of [
    ['a name that is an address', { VpcName: 'http://x' }, 'InvalidVpcName.Malformed'],
    ['a name too long', { VpcName: 'x'.repeat(129) }, 'InvalidVpcName.Malformed'],
    ['a description that is an address', { Description: 'https://x' }, 'InvalidVpcDiscription.Malformed'],
    ['a block that is none', { CidrBlock: '10.0.0.1/16' }, 'InvalidCidrBlock.Malformed'],
    ['a block that is reserved', { CidrBlock: '100.64.0.0/16' }, 'InvalidCidrBlock.Malformed'],
    ['a switch that is none', { EnableIPv6: 'x' }, 'OperationUnsupported.Ipv6Feature'],
    ['a switch of host names that is none', { EnableDnsHostname: 'x' }, 'IllegalParam.EnableDnsHostname'],
  ] as [string, Values, string][]) {
    test(what, async () => {
      const VpcId = await alibaba.newVpc(alice)
      const before = await shown(VpcId)
      await fails(modify(VpcId, { VpcName: 'other', ...parameters }), code)
      assert.deepEqual({ ...(await shown(VpcId)), RequestId: '' }, { ...before, RequestId: '' })
    })
  }
})

suite('ModifyVpcAttribute: permission', () => {
  test('somebody else’s does not exist, nor one in another region', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const seen = await refusal(modify(VpcId, { VpcName: 'x' }, bob), ...NO_VPC)
    const nothing = await modify('vpc-nobodys', { VpcName: 'x' }, bob)
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
    await fails(modify(VpcId, { VpcName: 'x', RegionId: 'cn-beijing' }), ...NO_VPC)
  })
})

suite('ModifyVpcAttribute: behaviour', () => {
  test('what is not named stays; what is empty goes', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await succeeds(modify(VpcId, { VpcName: 'n', Description: 'd' }))
    assert.deepEqual(await named(VpcId), ['n', 'd'])
    await succeeds(modify(VpcId, { VpcName: 'm' }))
    assert.deepEqual(await named(VpcId), ['m', 'd'])
    await succeeds(modify(VpcId, { Description: '' }))
    assert.deepEqual(await named(VpcId), ['m', ''])
    await succeeds(modify(VpcId, {}))
    assert.deepEqual(await named(VpcId), ['m', ''])
  })

  test('the first block, as long as what is inside stays inside', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    await succeeds(modify(VpcId, { CidrBlock: '10.0.0.0/8' }))
    assert.equal((await shown(VpcId))['CidrBlock'], '10.0.0.0/8')
    await fails(modify(VpcId, { CidrBlock: '172.16.0.0/12' }), 'InvalidCidrBlock.Malformed')
    assert.equal((await shown(VpcId))['CidrBlock'], '10.0.0.0/8')
  })

  test('IPv6 on, on again, and off', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const block = async () => {
      const { EnabledIpv6, Ipv6CidrBlock } = await shown(VpcId)
      return [EnabledIpv6, Ipv6CidrBlock]
    }
    await succeeds(modify(VpcId, { EnableIPv6: true, Ipv6CidrBlock: '2001:db8::/56' }))
    assert.deepEqual(await block(), [true, '2001:db8::/56'])
    await succeeds(modify(VpcId, { EnableIPv6: true }))
    assert.deepEqual(await block(), [true, '2001:db8::/56'])
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24', { Ipv6CidrBlock: 1 })
    await fails(
      modify(VpcId, { EnableIPv6: false }),
      'OperationFailed.CidrInUse',
      `Operation failed because the CIDR block is in use by VSwitch ${VSwitchId}.`,
    )
    await succeeds(alibaba.call(alice, 'DeleteVSwitch', { VSwitchId }))
    await succeeds(modify(VpcId, { EnableIPv6: false }))
    assert.deepEqual(await block(), [false, ''])
  })

  test('host names', async () => {
    const VpcId = await alibaba.newVpc(alice)
    for (const [EnableDnsHostname, status] of [
      [true, 'ENABLED'],
      [false, 'DISABLED'],
    ] as const) {
      await succeeds(modify(VpcId, { EnableDnsHostname }))
      assert.equal((await shown(VpcId))['DnsHostnameStatus'], status)
    }
  })

  test('a dry run changes nothing', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await fails(modify(VpcId, { VpcName: 'n', DryRun: true }), 'DryRunOperation')
    assert.deepEqual(await named(VpcId), ['', ''])
  })
})
