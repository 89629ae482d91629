import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  legacyFails,
  legacySucceeds,
  NOBODYS_PEERING,
  NOBODYS_TABLE,
  NOBODYS_VPC,
  type Parameters,
  startTencent,
  type TencentService,
} from './client.ts'

let service: TencentService
let network: Awaited<ReturnType<TencentService['network']>>
before(async () => {
  service = await startTencent()
  network = await service.network(alice, bob)
})
after(() => service.close())

const act = (action: string, parameters: Parameters, tenant = alice) =>
  service.legacy(tenant, action, parameters)
const inTable = () => ({ vpcId: network.ours.vpc, routeTableId: network.ours.table })
let made = 0
const route = (more: Parameters = {}) => ({
  destinationCidrBlock: `10.1.${++made}.0/24`,
  nextType: 4,
  nextHub: network.peering,
  ...more,
})

interface LegacyTable {
  readonly unRouteTableId: string
  readonly routeTableName: string
  readonly routeSet: readonly { destinationCidrBlock: string }[]
}
const tables = async (parameters: Parameters = {}) =>
  legacySucceeds(await act('DescribeRouteTable', parameters)).data as never as readonly LegacyTable[]
const destinations = async () =>
  (await tables(inTable()))[0]?.routeSet.map(({ destinationCidrBlock }) => destinationCidrBlock) ?? []

describe('legacy CreateRoute, DeleteRoute', () => {
  it('add routes, and delete them by where they lead', async () => {
    const [one, two] = [route(), route()]
    const created = await act('CreateRoute', { ...inTable(), routeSet: [one, two] })
    assert.deepEqual(legacySucceeds(created), { code: 0, message: '', codeDesc: 'Success' })
    assert.ok((await destinations()).includes(two.destinationCidrBlock))
    const elsewhere = [{ ...one, nextHub: NOBODYS_PEERING }]
    legacyFails(
      await act('DeleteRoute', { ...inTable(), routeSet: elsewhere }),
      5000,
      'InvalidRouteId.NotFound',
    )
    const removed = await act('DeleteRoute', { ...inTable(), routeSet: [one, two] })
    assert.deepEqual(legacySucceeds(removed), { code: 0, message: '', codeDesc: 'Success' })
    assert.ok(!(await destinations()).includes(two.destinationCidrBlock))
    legacyFails(await act('DeleteRoute', { ...inTable(), routeSet: [one] }), 5000, 'InvalidRouteId.NotFound')
  })

  for (const [wrong, code, codeDesc] of [
    [{ destinationCidrBlock: '' }, 4000, 'InvalidDestinationCidr'],
    [{ destinationCidrBlock: '10.1.0.1/24' }, 4000, 'InvalidDestinationCidr'],
    [{ destinationCidrBlock: '10.0.1.0/24' }, 4000, 'InvalidDestinationCidr'],
    [{ destinationCidrBlock: '10.2.0.0/16' }, 4000, 'InvalidDestinationCidr'],
    [{ nextType: '' }, 4000, 'InvalidRouteNextType'],
    [{ nextType: 'x' }, 4000, 'InvalidRouteNextType'],
    [{ nextType: 2 }, 4000, 'InvalidRouteNextType'],
    [{ nextType: 5 }, 4000, 'InvalidRouteNextType'],
    [{ nextType: 8, nextHub: 'nat-12345678' }, 5000, 'InvalidRouteNextHub.NotFound'],
    [{ nextHub: '' }, 4000, 'InvalidParameter'],
    [{ nextHub: NOBODYS_PEERING }, 5000, 'InvalidRouteNextHub.NotFound'],
  ] as const) {
    it(`add nothing and answer ${codeDesc} to ${JSON.stringify(wrong)}`, async () => {
      const before = await destinations()
      legacyFails(
        await act('CreateRoute', { ...inTable(), routeSet: [route(), route(wrong)] }),
        code,
        codeDesc,
      )
      assert.deepEqual(await destinations(), before)
    })
  }

  it('want a table of that VPC, and a route', async () => {
    const other = await service.newVpc(alice)
    const routeSet = [route()]
    for (const action of ['CreateRoute', 'DeleteRoute']) {
      for (const [parameters, code, codeDesc] of [
        [{ ...inTable(), vpcId: '' }, 4000, 'InvalidParameter'],
        [{ ...inTable(), routeTableId: '' }, 4000, 'InvalidParameter'],
        [{ ...inTable(), vpcId: NOBODYS_VPC }, 5000, 'InvalidVpc.NotFound'],
        [{ ...inTable(), vpcId: other }, 5000, 'InvalidRouteTableId.NotFound'],
        [{ ...inTable(), routeTableId: NOBODYS_TABLE }, 5000, 'InvalidRouteTableId.NotFound'],
      ] as const) {
        legacyFails(await act(action, { ...parameters, routeSet }), code, codeDesc)
      }
      legacyFails(await act(action, inTable()), 4000, 'InvalidParameter')
      legacyFails(await act(action, { ...inTable(), routeSet }, mallory), 5000, 'InvalidVpc.NotFound')
    }
  })

  it('refuse a second route for one destination, and the fifty-first of a table', async () => {
    const { peering: nextHub, ours } = await service.network(alice, bob)
    const there = { vpcId: ours.vpc, routeTableId: ours.table }
    const batch = Array.from({ length: 50 }, (_, n) =>
      route({ nextHub, destinationCidrBlock: `10.1.${n}.0/24` }),
    )
    legacySucceeds(await act('CreateRoute', { ...there, routeSet: batch }))
    const [first] = batch
    legacyFails(
      await act('CreateRoute', { ...there, routeSet: [first] } as never),
      4000,
      'RouteAlreadyExists',
    )
    const more = [route({ nextHub, destinationCidrBlock: '10.1.99.0/24' })]
    legacyFails(await act('CreateRoute', { ...there, routeSet: more }), 4400, 'RouteLimitExceeded')
  })
})

describe('legacy CreateRouteTable, DescribeRouteTable, DeleteRouteTable', () => {
  it('make a table with routes, show it, and delete it', async () => {
    const { vpc } = network.ours
    const routes = [route(), route()]
    const made = legacySucceeds(
      await act('CreateRouteTable', { vpcId: vpc, routeTableName: 'a table', routeSet: routes }),
    )
    const id = made.routeTableId
    const brief = { routeTableId: id, unRouteTableId: id, routeTableName: 'a table', routeTableType: 0 }
    assert.match(id, /^rtb-[a-z0-9]{8}$/)
    assert.deepEqual(made, {
      code: 0,
      message: '',
      codeDesc: 'Success',
      routeTableId: id,
      unRouteTableId: id,
      routeTableSet: [brief],
    })
    const answer = legacySucceeds(await act('DescribeRouteTable', { vpcId: vpc, routeTableId: id }))
    const { routeTableCreateTime, ...shown } = answer.data[0] as never as Record<string, unknown>
    // The order of those that were made together says nothing.
    for (const list of ['routeSet', 'routeTableSet']) {
      const rows = shown[list] as { destinationCidrBlock: string }[]
      shown[list] = rows.toSorted((a, b) => (a.destinationCidrBlock > b.destinationCidrBlock ? -1 : 1))
    }
    assert.match(String(routeTableCreateTime), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const routeSet = [
      { destinationCidrBlock: 'Local', nextType: 2, nextHub: 'Local', unNextHub: 'Local', description: '' },
      ...routes.toReversed().map((one) => ({ ...one, unNextHub: one.nextHub, description: '' })),
    ]
    assert.deepEqual(
      [answer.totalCount, shown],
      [
        1,
        {
          vpcId: vpc,
          unVpcId: vpc,
          vpcName: 'a VPC',
          vpcCidrBlock: '10.0.0.0/16',
          ...brief,
          subnetNum: 0,
          routeSet,
          routeTableSet: routeSet,
        },
      ],
    )
    assert.deepEqual(legacySucceeds(await act('DeleteRouteTable', { vpcId: vpc, routeTableId: id })), {
      code: 0,
      message: '',
      codeDesc: 'Success',
    })
    legacyFails(
      await act('DeleteRouteTable', { vpcId: vpc, routeTableId: id }),
      5000,
      'InvalidRouteTableId.NotFound',
    )
    legacyFails(await act('DeleteRouteTable', inTable()), 5100, 'InvalidRouteTableId.CannotDelete')
  })

  it('make no table where a route of it will not do', async () => {
    const before = (await tables()).length
    const routeSet = [route(), route({ nextHub: NOBODYS_PEERING })]
    legacyFails(
      await act('CreateRouteTable', { vpcId: network.ours.vpc, routeTableName: 'x', routeSet }),
      5000,
      'InvalidRouteNextHub.NotFound',
    )
    assert.equal((await tables()).length, before)
    legacyFails(await act('CreateRouteTable', { vpcId: network.ours.vpc }), 4000, 'InvalidParameter')
    const foreign = { vpcId: network.ours.vpc, routeTableName: 'x' }
    legacyFails(await act('CreateRouteTable', foreign, mallory), 5000, 'InvalidVpc.NotFound')
  })

  it('filter, sort and page', async () => {
    const vpcId = await service.newVpc(alice)
    for (const routeTableName of ['b one', 'a two']) {
      legacySucceeds(await act('CreateRouteTable', { vpcId, routeTableName }))
    }
    const names = async (parameters: Parameters) =>
      (await tables({ vpcId, ...parameters })).map(({ routeTableName }) => routeTableName)
    assert.deepEqual(await names({}), ['a two', 'b one', 'default'])
    assert.deepEqual(await names({ orderDirection: 'asc' }), ['default', 'b one', 'a two'])
    assert.deepEqual(await names({ orderField: 'routeTableName', orderDirection: 'asc' }), [
      'a two',
      'b one',
      'default',
    ])
    assert.deepEqual(await names({ routeTableName: 'wo' }), ['a two'])
    assert.deepEqual(await names({ offset: 1, limit: 1 }), ['b one'])
    legacyFails(await act('DescribeRouteTable', { limit: 51 }), 4000, 'InvalidParameter')
    legacyFails(await act('DescribeRouteTable', { orderField: 'x' }), 4000, 'InvalidParameter')
    legacyFails(await act('DescribeRouteTable', { vpcId: NOBODYS_VPC }), 5000, 'InvalidVpc.NotFound')
    legacyFails(
      await act('DescribeRouteTable', { routeTableId: NOBODYS_TABLE }),
      5000,
      'InvalidRouteTableId.NotFound',
    )
    legacyFails(await act('DescribeRouteTable', { vpcId }, mallory), 5000, 'InvalidVpc.NotFound')
  })
})
