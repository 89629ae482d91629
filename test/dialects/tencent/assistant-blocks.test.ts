import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, mallory } from '../../rig/tenants.ts'
import {
  NOBODYS_VPC,
  nothingIsNull,
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

const act = (action: string, parameters: Parameters, tenant = alice) => service.v3(tenant, action, parameters)
const blocksOf = async (VpcId: string) =>
  v3Succeeds(await act('DescribeVpcs', { VpcIds: [VpcId] })).VpcSet[0]?.AssistantCidrSet.map(
    ({ CidrBlock }) => CidrBlock,
  )

describe('API 3.0 CreateAssistantCidr', () => {
  it('adds blocks, and answers those', async () => {
    const VpcId = await service.newVpc(alice)
    const block = (CidrBlock: string) => ({ VpcId, CidrBlock, AssistantType: 0, SubnetSet: [] })
    const add = async (...CidrBlocks: string[]) =>
      v3Succeeds(await act('CreateAssistantCidr', { VpcId, CidrBlocks })).AssistantCidrSet
    assert.deepEqual(await add('172.16.0.0/16'), [block('172.16.0.0/16')])
    assert.deepEqual(await add('172.17.0.0/16', '192.168.0.0/24'), [
      block('172.17.0.0/16'),
      block('192.168.0.0/24'),
    ])
    assert.deepEqual(await blocksOf(VpcId), ['172.16.0.0/16', '172.17.0.0/16', '192.168.0.0/24'])
  })

  for (const [wrong, code] of [
    [{ VpcId: undefined }, 'MissingParameter'],
    [{ VpcId: 'x' }, 'InvalidParameterValue.Malformed'],
    [{ VpcId: NOBODYS_VPC }, 'ResourceNotFound'],
    [{ CidrBlocks: undefined }, 'MissingParameter'],
    [{ CidrBlocks: [] }, 'MissingParameter'],
    [{ CidrBlocks: ['x'] }, 'InvalidParameterValue.Malformed'],
    [{ CidrBlocks: ['8.8.0.0/16'] }, 'InvalidParameterValue.Malformed'],
    [{ CidrBlocks: ['172.16.0.0/16', '10.0.4.0/24'] }, 'InvalidParameterValue.VpcCidrConflict'],
    [{ CidrBlocks: ['10.0.0.0/16'] }, 'InvalidParameterValue.Duplicate'],
    [{ CidrBlocks: ['172.16.0.0/16', '172.16.1.0/24'] }, 'InvalidParameterValue'],
    [{ Blocks: [] }, 'UnknownParameter'],
  ] as const) {
    it(`adds nothing and answers ${code} to ${JSON.stringify(wrong)}`, async () => {
      const VpcId = await service.newVpc(alice)
      const parameters = { VpcId, CidrBlocks: ['172.16.0.0/16'], ...wrong }
      v3Fails(await act('CreateAssistantCidr', parameters as never), code)
      assert.deepEqual(await blocksOf(VpcId), [])
    })
  }

  it('adds up to ten', async () => {
    const VpcId = await service.newVpc(alice)
    const CidrBlocks = Array.from({ length: 11 }, (_, index) => `172.${16 + index}.0.0/16`)
    v3Fails(await act('CreateAssistantCidr', { VpcId, CidrBlocks }), 'LimitExceeded')
    v3Succeeds(await act('CreateAssistantCidr', { VpcId, CidrBlocks: CidrBlocks.slice(1) }))
  })
})

describe('API 3.0 ModifyAssistantCidr, DeleteAssistantCidr', () => {
  it('exchange blocks in one step, and take them off; not one with a subnet, and never the first', async () => {
    const VpcId = await service.newVpc(alice)
    v3Succeeds(await act('CreateAssistantCidr', { VpcId, CidrBlocks: ['172.16.0.0/16'] }))
    const subnet = { VpcId, SubnetName: 's', CidrBlock: '172.16.1.0/24', Zone: 'z' }
    const { Subnet } = v3Succeeds(await act('CreateSubnet', subnet))
    const exchange = { VpcId, OldCidrBlocks: ['172.16.0.0/16'], NewCidrBlocks: ['172.17.0.0/16'] }
    v3Fails(await act('ModifyAssistantCidr', exchange), 'ResourceInUse')
    v3Fails(await act('DeleteAssistantCidr', { VpcId, CidrBlocks: ['172.16.0.0/16'] }), 'ResourceInUse')
    assert.deepEqual(await blocksOf(VpcId), ['172.16.0.0/16'])
    const added = { VpcId, NewCidrBlocks: ['172.18.0.0/16'] }
    const { AssistantCidrSet } = v3Succeeds(await act('ModifyAssistantCidr', added))
    assert.deepEqual(
      AssistantCidrSet.map(({ CidrBlock, SubnetSet }) => [
        CidrBlock,
        SubnetSet.map(({ SubnetId }) => SubnetId),
      ]),
      [
        ['172.16.0.0/16', [Subnet.SubnetId]],
        ['172.18.0.0/16', []],
      ],
    )
    v3Succeeds(await act('DeleteSubnet', { SubnetId: Subnet.SubnetId }))
    v3Succeeds(await act('ModifyAssistantCidr', exchange))
    assert.deepEqual(await blocksOf(VpcId), ['172.18.0.0/16', '172.17.0.0/16'])
    const both = { VpcId, CidrBlocks: ['172.17.0.0/16', '172.18.0.0/16'] }
    assert.deepEqual(Object.keys(v3Succeeds(await act('DeleteAssistantCidr', both))), ['RequestId'])
    v3Fails(await act('DeleteAssistantCidr', both), 'ResourceNotFound')
    v3Fails(await act('DeleteAssistantCidr', { VpcId, CidrBlocks: ['10.0.0.0/16'] }), 'ResourceNotFound')
    v3Fails(await act('ModifyAssistantCidr', { VpcId }), 'MissingParameter')
  })

  it('tell a stranger what they tell of a VPC that does not exist', async () => {
    const VpcId = await service.newVpc(alice)
    for (const [action, more] of [
      ['CreateAssistantCidr', { CidrBlocks: ['172.16.0.0/16'] }],
      ['ModifyAssistantCidr', { NewCidrBlocks: ['172.16.0.0/16'] }],
      ['DeleteAssistantCidr', { CidrBlocks: ['172.16.0.0/16'] }],
    ] as const) {
      const answer = await act(action, { VpcId, ...more } as never, mallory)
      v3Fails(answer, 'ResourceNotFound')
      const other = await act(action, { VpcId: NOBODYS_VPC, ...more } as never, mallory)
      assert.equal(withoutRequestId(answer).replaceAll(VpcId, NOBODYS_VPC), withoutRequestId(other))
    }
  })
})

describe('API 3.0 DescribeAssistantCidr', () => {
  it('lists the blocks of some VPCs or of all, with the subnets in each', async () => {
    const [one, two] = [await service.newVpc(alice), await service.newVpc(alice)]
    for (const [VpcId, CidrBlock] of [
      [one, '172.16.0.0/16'],
      [two, '172.17.0.0/16'],
    ] as const) {
      v3Succeeds(await act('CreateAssistantCidr', { VpcId, CidrBlocks: [CidrBlock] }))
    }
    const subnet = { VpcId: one, SubnetName: 's', CidrBlock: '172.16.1.0/24', Zone: 'z' }
    v3Succeeds(await act('CreateSubnet', subnet))
    const list = async (parameters: Parameters) => {
      const answer = v3Succeeds(await act('DescribeAssistantCidr', parameters))
      nothingIsNull(answer)
      return [answer.TotalCount, answer.AssistantCidrSet.map(({ CidrBlock }) => CidrBlock)]
    }
    assert.deepEqual(await list({ VpcIds: [one, NOBODYS_VPC] }), [1, ['172.16.0.0/16']])
    assert.deepEqual(await list({ Filters: [{ Name: 'vpc-id', Values: [one, two] }], Offset: 1, Limit: 1 }), [
      2,
      ['172.17.0.0/16'],
    ])
    const all = v3Succeeds(await act('DescribeAssistantCidr', { VpcIds: [one] })).AssistantCidrSet
    assert.deepEqual(
      all.flatMap(({ SubnetSet }) => SubnetSet.map(({ CidrBlock }) => CidrBlock)),
      ['172.16.1.0/24'],
    )
    assert.equal(v3Succeeds(await act('DescribeAssistantCidr', { VpcIds: [one] }, mallory)).TotalCount, 0)
    v3Fails(await act('DescribeAssistantCidr', { VpcIds: ['x'] }), 'InvalidParameterValue.Malformed')
  })
})
