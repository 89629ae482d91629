import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  NOBODYS_PEERING,
  NOBODYS_TABLE,
  nothingIsNull,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
  withoutRequestId,
} from './client.ts'

let service: TencentService
let peering: string
let table: string
let theirTable: string
before(async () => {
  service = await startTencent()
  const network = await service.network(alice, bob)
  peering = network.peering
  table = network.ours.table
  theirTable = network.theirs.table
})
after(() => service.close())

const act = (action: string, parameters: Parameters, tenant = alice) => service.v3(tenant, action, parameters)
let made = 0
const route = (more: Parameters = {}) => ({
  DestinationCidrBlock: `10.1.${++made}.0/24`,
  GatewayType: 'PEERCONNECTION',
  GatewayId: peering,
  RouteDescription: 'to peer',
  Enabled: true,
  ...more,
})
const create = async (...Routes: Parameters[]) => {
  const answer = await act('CreateRoutes', { RouteTableId: table, Routes: Routes as never })
  return v3Succeeds(answer).RouteTableSet[0]?.RouteSet ?? []
}
const createOne = async (more: Parameters = {}) => {
  const [added] = await create(route(more))
  assert.ok(added)
  return added
}
const routes = async (id = table, tenant = alice) =>
  v3Succeeds(await act('DescribeRouteTables', { RouteTableIds: [id] }, tenant)).RouteTableSet[0]?.RouteSet ??
  []

describe('API 3.0 CreateRoutes', () => {
  it('answers one table, with nothing but the new routes, without a null', async () => {
    await createOne()
    const wanted = route({ DestinationCidrBlock: '10.1.200.0/24' })
    const answer = v3Succeeds(await act('CreateRoutes', { RouteTableId: table, Routes: [wanted] }))
    assert.deepEqual([answer.TotalCount, answer.RouteTableSet.length], [1, 1])
    const [shown] = answer.RouteTableSet
    assert.deepEqual([shown?.RouteTableId, shown?.RouteTableName, shown?.Main], [table, 'default', true])
    assert.equal(shown?.RouteSet.length, 1)
    const { RouteId, RouteItemId, CreatedTime, ...rest } = shown.RouteSet[0] as never as Record<
      string,
      unknown
    >
    assert.ok(Number.isSafeInteger(RouteId))
    assert.match(String(RouteItemId), /^rti-[a-z0-9]{8}$/)
    assert.match(String(CreatedTime), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.deepEqual(rest, {
      ...wanted,
      RouteTableId: table,
      DestinationIpv6CidrBlock: '',
      RouteType: 'USER',
      PublishedToVbc: false,
      CdcId: '',
    })
    nothingIsNull(answer)
    assert.deepEqual(
      (await routes()).find((listed) => listed.RouteId === RouteId),
      shown.RouteSet[0],
    )
  })

  it('takes back what it has answered, also as text', async () => {
    const [first] = await create(route())
    v3Succeeds(await act('DeleteRoutes', { RouteTableId: table, Routes: [{ RouteId: first?.RouteId ?? 0 }] }))
    const [again] = await create({ ...first, Enabled: 'false' } as never)
    assert.deepEqual([again?.DestinationCidrBlock, again?.Enabled], [first?.DestinationCidrBlock, false])
    assert.notEqual(again?.RouteId, first?.RouteId)
    const form = { scheme: 'HmacSHA1' } as const
    const Routes = [route({ Enabled: 'true' })]
    v3Succeeds(await service.v3(alice, 'CreateRoutes', { RouteTableId: table, Routes }, form))
  })

  for (const [wrong, code] of [
    [{ DestinationCidrBlock: undefined }, 'MissingParameter'],
    [{ GatewayType: undefined }, 'MissingParameter'],
    [{ GatewayId: undefined }, 'MissingParameter'],
    [{ DestinationCidrBlock: '10.1.0.1/24' }, 'InvalidParameterValue.Malformed'],
    [{ DestinationCidrBlock: '10.1.0.1' }, 'InvalidParameterValue.Malformed'],
    [{ DestinationCidrBlock: 'fd00::/64' }, 'InvalidParameterValue.Malformed'],
    [{ DestinationIpv6CidrBlock: 'fd00::/64' }, 'InvalidParameter'],
    [
      { DestinationCidrBlock: '', DestinationIpv6CidrBlock: 'fd00::/64' },
      'InvalidParameterValue.CidrNotInPeerVpc',
    ],
    [{ DestinationCidrBlock: '10.0.5.0/24' }, 'InvalidParameterValue.VpcCidrConflict'],
    [{ DestinationCidrBlock: '10.2.0.0/16' }, 'InvalidParameterValue.CidrNotInPeerVpc'],
    [{ DestinationCidrBlock: '0.0.0.0/0' }, 'InvalidParameterValue.CidrNotInPeerVpc'],
    [{ GatewayId: 'x' }, 'InvalidParameterValue.Malformed'],
    [{ GatewayId: NOBODYS_PEERING }, 'ResourceNotFound'],
    [{ GatewayType: 'NAT', GatewayId: 'nat-12345678' }, 'ResourceNotFound'],
    [{ GatewayType: 'TELEPORT' }, 'InvalidParameterValue'],
    [{ RouteType: 'CCN' }, 'InvalidParameterValue'],
    [{ RouteDescription: 'x'.repeat(101) }, 'InvalidParameterValue'],
    [{ Enabled: 'perhaps' }, 'InvalidParameter'],
    [{ Destination: 'x' }, 'UnknownParameter'],
  ] as const) {
    it(`adds nothing and answers ${code} to ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
      const before = await routes()
      const Routes = [route(), route(wrong)]
      v3Fails(await act('CreateRoutes', { RouteTableId: table, Routes }), code)
      assert.deepEqual(await routes(), before)
    })
  }

  it('refuses a second route for one destination', async () => {
    const { DestinationCidrBlock } = await createOne()
    const again = { RouteTableId: table, Routes: [route({ DestinationCidrBlock })] }
    v3Fails(await act('CreateRoutes', again), 'InvalidParameterValue.Duplicate')
    const twice = [
      route({ DestinationCidrBlock: '10.1.250.0/24' }),
      route({ DestinationCidrBlock: '10.1.250.0/24' }),
    ]
    v3Fails(
      await act('CreateRoutes', { RouteTableId: table, Routes: twice }),
      'InvalidParameterValue.Duplicate',
    )
  })

  it('wants a table of the account, and routes', async () => {
    v3Fails(await act('CreateRoutes', { Routes: [route()] }), 'MissingParameter')
    v3Fails(
      await act('CreateRoutes', { RouteTableId: 'x', Routes: [route()] }),
      'InvalidParameterValue.Malformed',
    )
    v3Fails(await act('CreateRoutes', { RouteTableId: table }), 'MissingParameter')
    v3Fails(await act('CreateRoutes', { RouteTableId: table, Routes: [] }), 'MissingParameter')
    const Routes = [route()]
    const foreign = await act('CreateRoutes', { RouteTableId: table, Routes }, mallory)
    v3Fails(foreign, 'ResourceNotFound')
    const unknown = await act('CreateRoutes', { RouteTableId: NOBODYS_TABLE, Routes }, mallory)
    assert.equal(withoutRequestId(foreign).replaceAll(table, NOBODYS_TABLE), withoutRequestId(unknown))
  })

  it('wants a peering of the VPC, and says nothing of others', async () => {
    const elsewhere = (await service.network(alice, bob)).peering
    const foreign = await service.activate(bob, mallory)
    const texts = []
    for (const GatewayId of [elsewhere, foreign, NOBODYS_PEERING]) {
      const answer = await act('CreateRoutes', { RouteTableId: table, Routes: [route({ GatewayId })] })
      texts.push(v3Fails(answer, 'ResourceNotFound').replaceAll(GatewayId, ''))
    }
    assert.equal(new Set(texts).size, 1)
  })

  it('has a quota of 50 routes a table', async () => {
    const { peering: GatewayId, ours } = await service.network(alice, bob)
    const batch = (from: number, count: number) => {
      const Routes = Array.from({ length: count }, (_, index) =>
        route({ GatewayId, DestinationCidrBlock: `10.1.${from + index}.0/24` }),
      )
      return act('CreateRoutes', { RouteTableId: ours.table, Routes })
    }
    v3Succeeds(await batch(0, 50))
    v3Fails(await batch(50, 1), 'LimitExceeded')
    assert.equal((await routes(ours.table)).length, 50)
  })
})

describe('API 3.0 DeleteRoutes', () => {
  it('deletes by number or by id, and answers what is gone', async () => {
    const [one, two] = await create(route(), route())
    assert.ok(one && two)
    const Routes = [{ RouteId: one.RouteId }, { RouteItemId: two.RouteItemId }]
    const { RouteSet } = v3Succeeds(await act('DeleteRoutes', { RouteTableId: table, Routes }))
    assert.deepEqual(RouteSet, [one, two])
    const left = await routes()
    assert.ok(left.every(({ RouteId }) => RouteId !== one.RouteId && RouteId !== two.RouteId))
    v3Fails(await act('DeleteRoutes', { RouteTableId: table, Routes }), 'ResourceNotFound')
  })

  it('deletes all of them or none; one that is named twice goes once', async () => {
    const one = await createOne()
    const Routes = [{ RouteId: one.RouteId }, { RouteId: 1 }]
    v3Fails(await act('DeleteRoutes', { RouteTableId: table, Routes }), 'ResourceNotFound')
    const twice = [{ RouteId: one.RouteId }, { RouteItemId: one.RouteItemId }]
    const { RouteSet } = v3Succeeds(await act('DeleteRoutes', { RouteTableId: table, Routes: twice }))
    assert.equal(RouteSet.length, 1)
  })

  it('wants to be told which', async () => {
    v3Fails(await act('DeleteRoutes', { RouteTableId: table }), 'MissingParameter')
    v3Fails(await act('DeleteRoutes', { RouteTableId: table, Routes: [{}] }), 'MissingParameter')
    const Routes = [{ RouteItemId: 'x' }]
    v3Fails(await act('DeleteRoutes', { RouteTableId: table, Routes }), 'InvalidParameterValue.Malformed')
  })

  it('tells a stranger, and the other side, what it tells of a route that does not exist', async () => {
    const { RouteId } = await createOne()
    for (const tenant of [bob, mallory]) {
      const Routes = [{ RouteId }]
      const answer = await act('DeleteRoutes', { RouteTableId: table, Routes }, tenant)
      v3Fails(answer, 'ResourceNotFound')
      const other = await act('DeleteRoutes', { RouteTableId: NOBODYS_TABLE, Routes }, tenant)
      assert.equal(withoutRequestId(answer).replaceAll(table, NOBODYS_TABLE), withoutRequestId(other))
    }
    assert.ok((await routes()).some((listed) => listed.RouteId === RouteId))
  })
})

describe('API 3.0 EnableRoutes, DisableRoutes', () => {
  it('switch routes off and on', async () => {
    const [one, two] = await create(route(), route())
    assert.ok(one && two)
    const enabled = async () => {
      const listed = await routes()
      return [one, two].map(({ RouteId }) => listed.find((found) => found.RouteId === RouteId)?.Enabled)
    }
    const both = { RouteTableId: table, RouteIds: [one.RouteId, two.RouteId] }
    assert.deepEqual(Object.keys(v3Succeeds(await act('DisableRoutes', both))), ['RequestId'])
    assert.deepEqual(await enabled(), [false, false])
    v3Succeeds(await act('EnableRoutes', { RouteTableId: table, RouteItemIds: [two.RouteItemId] }))
    assert.deepEqual(await enabled(), [false, true])
    v3Succeeds(await act('EnableRoutes', both))
    v3Succeeds(await act('EnableRoutes', { ...both, RouteIds: [one.RouteId, one.RouteId] }))
    assert.deepEqual(await enabled(), [true, true])
  })

  it('let a route be switched off whose request has expired', async () => {
    const { v3: proposal } = await service.proposal(alice, bob)
    const { PeeringConnectionId } = v3Succeeds(await act('CreateVpcPeeringConnection', proposal))
    const { RouteTableId } = await service.tableOf(alice, proposal.SourceVpcId)
    const Routes = [route({ GatewayId: PeeringConnectionId, DestinationCidrBlock: '10.1.0.0/16' })]
    const { RouteTableSet } = v3Succeeds(await act('CreateRoutes', { RouteTableId, Routes }))
    await advance(service, 'P7D')
    const RouteIds = [RouteTableSet[0]?.RouteSet[0]?.RouteId ?? 0]
    v3Succeeds(await act('DisableRoutes', { RouteTableId, RouteIds }))
    const more = [route({ GatewayId: PeeringConnectionId, DestinationCidrBlock: '10.1.1.0/24' })]
    v3Fails(
      await act('CreateRoutes', { RouteTableId, Routes: more }),
      'InvalidParameterValue.RouteNextHopInvalid',
    )
  })

  for (const action of ['EnableRoutes', 'DisableRoutes']) {
    for (const [wrong, code] of [
      [{}, 'MissingParameter'],
      [{ RouteIds: [] }, 'MissingParameter'],
      [{ RouteIds: ['x'] }, 'InvalidParameter'],
      [{ RouteIds: [1] }, 'ResourceNotFound'],
      [{ RouteItemIds: ['x'] }, 'InvalidParameterValue.Malformed'],
      [{ RouteIds: [1], RouteItemIds: ['rti-00000000'] }, 'InvalidParameter.Coexist'],
      [{ RouteIds: Array(101).fill(1) }, 'InvalidParameterValue'],
    ] as const) {
      it(`${action} answers ${code} to ${JSON.stringify(wrong).slice(0, 50)}`, async () => {
        v3Fails(await act(action, { RouteTableId: table, ...(wrong as Parameters) }), code)
      })
    }
  }
})

describe('routes', () => {
  it('are each side’s own, and go with the peering', async () => {
    const { peering: GatewayId, ours, theirs } = await service.network(alice, bob)
    const ourRoutes = [route({ GatewayId, DestinationCidrBlock: '10.1.0.0/16' })]
    const theirRoutes = [route({ GatewayId, DestinationCidrBlock: '10.0.0.0/16' })]
    v3Succeeds(await act('CreateRoutes', { RouteTableId: ours.table, Routes: ourRoutes }))
    v3Succeeds(await act('CreateRoutes', { RouteTableId: theirs.table, Routes: theirRoutes }, bob))
    assert.deepEqual(await routes(theirs.table), [])
    const [theirOwn] = await routes(theirs.table, bob)
    assert.deepEqual([theirOwn?.GatewayId, theirOwn?.DestinationCidrBlock], [GatewayId, '10.0.0.0/16'])
    v3Fails(await act('DeleteVpc', { VpcId: ours.vpc }), 'ResourceInUse')
    v3Succeeds(await act('DeleteVpcPeeringConnection', { PeeringConnectionId: GatewayId }, bob))
    assert.deepEqual([await routes(ours.table), await routes(theirs.table, bob)], [[], []])
    const dead = { RouteTableId: ours.table, Routes: [{ RouteId: 1 }] }
    v3Fails(await act('DeleteRoutes', dead), 'ResourceNotFound')
    v3Fails(await act('CreateRoutes', { RouteTableId: ours.table, Routes: ourRoutes }), 'ResourceNotFound')
    v3Succeeds(await act('DeleteVpc', { VpcId: ours.vpc }))
    assert.ok(theirTable)
  })
})
