import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import {
  alibabaCall,
  alibabaDone,
  DIALECTS,
  type Dialect,
  type Ids,
  legacyDone,
  nativeToken,
  v3Done,
} from './dialects/every.ts'
import { client as huaweiClient } from './dialects/huawei/client.ts'
import { postgresSuite } from './rig/postgres.ts'
import { native, startService, type TestService } from './rig/service.ts'
import { alice, bob, type TestTenant } from './rig/tenants.ts'

/**
 * Whole workflows across dialects: VPCs and routes in one, peering and acceptance in another. What one makes every other
 * reads, under its own ids, and what one removes is gone from all.
 */

let service: TestService

/** A route through a peering, as a dialect shows it. */
interface Route {
  readonly destination: string
  readonly peering: string
}

/** One dialect, as far as networks go. All ids are the dialect's own. */
interface Networks {
  readonly make: (tenant: TestTenant, name: string, cidr: string) => Promise<string>
  /** Its block; null where there is none, as far as `tenant` can see. */
  readonly show: (tenant: TestTenant, vpc: string) => Promise<string | null>
  readonly remove: (tenant: TestTenant, vpc: string) => Promise<void>
  /** Of the VPC's default table, the local ones left out. */
  readonly routes: (tenant: TestTenant, vpc: string) => Promise<readonly Route[]>
  readonly addRoute: (tenant: TestTenant, vpc: string, route: Route) => Promise<void>
  readonly removeRoute: (tenant: TestTenant, vpc: string, route: Route) => Promise<void>
}

const project = (tenant: TestTenant) => tenant.projects['region-a']

const HUAWEI: Networks = {
  async make(tenant, name, cidr) {
    const body = { vpc: { name, cidr } }
    const answer = await huaweiClient(service, tenant)('POST', `/v1/${project(tenant)}/vpcs`, { body })
    assert.equal(answer.status, 200, answer.text)
    return answer.body.vpc.id
  },
  async show(tenant, vpc) {
    const answer = await huaweiClient(service, tenant)('GET', `/v1/${project(tenant)}/vpcs/${vpc}`)
    return answer.status === 404 ? null : answer.body.vpc.cidr
  },
  async remove(tenant, vpc) {
    const answer = await huaweiClient(service, tenant)('DELETE', `/v1/${project(tenant)}/vpcs/${vpc}`)
    assert.equal(answer.status, 204, answer.text)
  },
  async routes(tenant, vpc) {
    const answer = await huaweiClient(service, tenant)('GET', `/v2.0/vpc/routes?type=peering&vpc_id=${vpc}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.body.routes.map(({ destination, nexthop }) => ({ destination, peering: nexthop }))
  },
  async addRoute(tenant, vpc, { destination, peering }) {
    const body = { route: { type: 'peering', vpc_id: vpc, destination, nexthop: peering } }
    const answer = await huaweiClient(service, tenant)('POST', '/v2.0/vpc/routes', { body })
    assert.equal(answer.status, 201, answer.text)
  },
  async removeRoute(tenant, vpc, { destination }) {
    const send = huaweiClient(service, tenant)
    const listed = await send('GET', `/v2.0/vpc/routes?vpc_id=${vpc}&destination=${destination}`)
    assert.equal(listed.body.routes.length, 1)
    const answer = await send('DELETE', `/v2.0/vpc/routes/${listed.body.routes[0]?.id}`)
    assert.equal(answer.status, 204, answer.text)
  },
}

const RegionId = 'cn-hangzhou'

async function alibabaTable(tenant: TestTenant, VpcId: string): Promise<string> {
  const parameters = { RegionId, VpcId, RouteTableType: 'System' }
  const { RouterTableList } = await alibabaDone(service, tenant, 'DescribeRouteTableList', parameters)
  return String(RouterTableList.RouterTableListType[0]?.['RouteTableId'])
}

const ALIBABA: Networks = {
  async make(tenant, VpcName, CidrBlock) {
    return (await alibabaDone(service, tenant, 'CreateVpc', { RegionId, VpcName, CidrBlock })).VpcId
  },
  async show(tenant, VpcId) {
    const answer = await alibabaCall(service, tenant, 'DescribeVpcAttribute', { RegionId, VpcId })
    if (answer.body.Code === 'InvalidVpcId.NotFound') return null
    assert.equal(answer.status, 200, answer.text)
    return answer.body.CidrBlock
  },
  async remove(tenant, VpcId) {
    await alibabaDone(service, tenant, 'DeleteVpc', { RegionId, VpcId })
  },
  async routes(tenant, vpc) {
    const parameters = { RegionId, RouteTableId: await alibabaTable(tenant, vpc), RouteEntryType: 'Custom' }
    const { RouteEntrys } = await alibabaDone(service, tenant, 'DescribeRouteEntryList', parameters)
    return RouteEntrys.RouteEntry.map(({ DestinationCidrBlock, NextHops }) => ({
      destination: DestinationCidrBlock,
      peering: NextHops.NextHop[0]?.NextHopId ?? '',
    }))
  },
  async addRoute(tenant, vpc, { destination, peering }) {
    await alibabaDone(service, tenant, 'CreateRouteEntry', {
      RegionId,
      RouteTableId: await alibabaTable(tenant, vpc),
      DestinationCidrBlock: destination,
      NextHopType: 'VpcPeer',
      NextHopId: peering,
    })
  },
  async removeRoute(tenant, vpc, { destination, peering }) {
    await alibabaDone(service, tenant, 'DeleteRouteEntry', {
      RegionId,
      RouteTableId: await alibabaTable(tenant, vpc),
      DestinationCidrBlock: destination,
      NextHopId: peering,
    })
  },
}

/** More of the legacy answers than their client's tests name. */
async function legacyRow(
  tenant: TestTenant,
  action: string,
  parameters: Record<string, string>,
): Promise<Record<string, unknown>> {
  const { data } = await legacyDone(service, tenant, action, parameters)
  assert.equal(data.length, 1)
  return data[0] as unknown as Record<string, unknown>
}

/** The next hop of a route that is a peering. */
const PEERING_HOP = 4

async function legacyRoute(
  action: 'CreateRoute' | 'DeleteRoute',
  tenant: TestTenant,
  vpcId: string,
  { destination, peering }: Route,
): Promise<void> {
  const { unRouteTableId } = await legacyRow(tenant, 'DescribeRouteTable', { vpcId })
  await legacyDone(service, tenant, action, {
    vpcId,
    routeTableId: String(unRouteTableId),
    routeSet: [{ destinationCidrBlock: destination, nextType: PEERING_HOP, nextHub: peering }],
  })
}

const TENCENT_LEGACY: Networks = {
  async make(tenant, vpcName, cidrBlock) {
    return (await legacyDone(service, tenant, 'CreateVpc', { vpcName, cidrBlock })).uniqVpcId
  },
  async show(tenant, vpcId) {
    const { data } = await legacyDone(service, tenant, 'DescribeVpcEx', { vpcId })
    const [found] = data as unknown as { cidrBlock: string }[]
    return found?.cidrBlock ?? null
  },
  async remove(tenant, vpcId) {
    await legacyDone(service, tenant, 'DeleteVpc', { vpcId })
  },
  async routes(tenant, vpcId) {
    const { routeSet } = await legacyRow(tenant, 'DescribeRouteTable', { vpcId })
    return (routeSet as { destinationCidrBlock: string; nextType: number; unNextHub: string }[])
      .filter(({ nextType }) => nextType === PEERING_HOP)
      .map(({ destinationCidrBlock, unNextHub }) => ({
        destination: destinationCidrBlock,
        peering: unNextHub,
      }))
  },
  addRoute: (tenant, vpc, route) => legacyRoute('CreateRoute', tenant, vpc, route),
  removeRoute: (tenant, vpc, route) => legacyRoute('DeleteRoute', tenant, vpc, route),
}

async function v3Table(tenant: TestTenant, vpc: string) {
  const Filters = [
    { Name: 'vpc-id', Values: [vpc] },
    { Name: 'association.main', Values: ['true'] },
  ]
  const { RouteTableSet } = await v3Done(service, tenant, 'DescribeRouteTables', { Filters })
  const [table] = RouteTableSet
  assert.ok(table)
  return table
}

const TENCENT_V3: Networks = {
  async make(tenant, VpcName, CidrBlock) {
    return (await v3Done(service, tenant, 'CreateVpc', { VpcName, CidrBlock })).Vpc.VpcId
  },
  async show(tenant, vpc) {
    const Filters = [{ Name: 'vpc-id', Values: [vpc] }]
    return (await v3Done(service, tenant, 'DescribeVpcs', { Filters })).VpcSet[0]?.CidrBlock ?? null
  },
  async remove(tenant, VpcId) {
    await v3Done(service, tenant, 'DeleteVpc', { VpcId })
  },
  async routes(tenant, vpc) {
    return (await v3Table(tenant, vpc)).RouteSet.filter(
      ({ GatewayType }) => GatewayType === 'PEERCONNECTION',
    ).map(({ DestinationCidrBlock, GatewayId }) => ({
      destination: DestinationCidrBlock,
      peering: GatewayId,
    }))
  },
  async addRoute(tenant, vpc, { destination, peering }) {
    const { RouteTableId } = await v3Table(tenant, vpc)
    const route = { DestinationCidrBlock: destination, GatewayType: 'PEERCONNECTION', GatewayId: peering }
    await v3Done(service, tenant, 'CreateRoutes', { RouteTableId, Routes: [route] })
  },
  async removeRoute(tenant, vpc, { destination }) {
    const { RouteTableId, RouteSet } = await v3Table(tenant, vpc)
    const found = RouteSet.find(({ DestinationCidrBlock }) => DestinationCidrBlock === destination)
    await v3Done(service, tenant, 'DeleteRoutes', { RouteTableId, Routes: [{ RouteId: found?.RouteId }] })
  },
}

interface NativeBody {
  readonly id: string
  readonly ids: Ids
  readonly cidrs: readonly string[]
  readonly routes: readonly (Route & { readonly id: string })[]
}

async function nativeCall(tenant: TestTenant, method: string, path: string, body?: object) {
  const answer: { status: number; body: NativeBody } = await native(
    service,
    nativeToken(tenant),
    method,
    path,
    body,
  )
  return answer
}

const NATIVE: Networks = {
  async make(tenant, name, cidr) {
    const made = await nativeCall(tenant, 'POST', '/vpcs', { name, region: 'region-a', cidrs: [cidr] })
    assert.equal(made.status, 201)
    return made.body.id
  },
  async show(tenant, vpc) {
    const { status, body } = await nativeCall(tenant, 'GET', `/vpcs/${vpc}`)
    return status === 404 ? null : (body.cidrs[0] ?? '')
  },
  async remove(tenant, vpc) {
    assert.equal((await nativeCall(tenant, 'DELETE', `/vpcs/${vpc}`)).status, 204)
  },
  async routes(tenant, vpc) {
    const { body } = await nativeCall(tenant, 'GET', `/vpcs/${vpc}/routes`)
    return body.routes.map(({ destination, peering }) => ({ destination, peering }))
  },
  async addRoute(tenant, vpc, route) {
    assert.equal((await nativeCall(tenant, 'POST', `/vpcs/${vpc}/routes`, route)).status, 201)
  },
  async removeRoute(tenant, vpc, { destination }) {
    const { body } = await nativeCall(tenant, 'GET', `/vpcs/${vpc}/routes`)
    const found = body.routes.find((route) => route.destination === destination)
    assert.equal((await nativeCall(tenant, 'DELETE', `/vpcs/${vpc}/routes/${found?.id}`)).status, 204)
  },
}

const NETWORKS = new Map<string, Networks>([
  ['native', NATIVE],
  ['Huawei', HUAWEI],
  ['Alibaba', ALIBABA],
  ['Tencent legacy', TENCENT_LEGACY],
  ['Tencent API 3.0', TENCENT_V3],
])

/** A dialect with both of its halves. */
const WHOLE = DIALECTS.map((dialect) => {
  const networks = NETWORKS.get(dialect.name)
  assert.ok(networks, dialect.name)
  return { ...dialect, networks }
})

/** One side of a peering: whose it is, its VPC by every id, and its block. */
interface Side {
  readonly tenant: TestTenant
  readonly vpc: Ids
  readonly cidr: string
}

async function makeSide(networks: Networks, tenant: TestTenant, name: string, cidr: string): Promise<Side> {
  const id = await networks.make(tenant, name, cidr)
  const { status, body } = await nativeCall(tenant, 'GET', `/vpcs/${id}`)
  assert.equal(status, 200)
  return { tenant, vpc: body.ids, cidr }
}

/** Every dialect shows each side's VPC, and leads it where it should be led; null: there is no route. */
async function assertRoutes(sides: readonly [Side, Side], peering: Ids, led: readonly [boolean, boolean]) {
  for (const { name, idOf, networks } of WHOLE) {
    for (const [index, { tenant, vpc, cidr }] of sides.entries()) {
      const [here, there] = [idOf(vpc), sides[1 - index]]
      assert.equal(await networks.show(tenant, here), cidr, name)
      const expected = led[index] ? [{ destination: there?.cidr, peering: idOf(peering) }] : []
      assert.deepEqual(await networks.routes(tenant, here), expected, `${name}, as ${tenant.name}`)
    }
  }
}

/** No dialect shows the VPCs, or the peering, to either side. */
async function assertGone(sides: readonly [Side, Side], peering: Ids) {
  for (const { name, idOf, show, networks } of WHOLE) {
    for (const { tenant, vpc } of sides) {
      assert.equal(await networks.show(tenant, idOf(vpc)), null, name)
      assert.equal(await show(service, tenant, idOf(peering)), null, name)
    }
  }
}

suite('one network behind all dialects', () => {
  before(async () => {
    service = await startService()
  })
  after(() => service.close())
  workflows()
})

postgresSuite('one network behind all dialects, over PostgreSQL', (server) => {
  before(async () => {
    const { url } = await server().createDatabase()
    service = await startService({ args: ['--database-url', url] })
  })
  after(() => service.close())
  workflows()
})

/** Alibaba's does not delete a peering that routes lead through, unless it is told to. */
const takesRoutesAlong = ({ name }: Dialect) => name !== 'Alibaba' && name !== 'native'

function workflows(): void {
  for (const [row, maker] of WHOLE.entries()) {
    for (const [column, agreer] of WHOLE.entries()) {
      const title = `VPCs and routes in ${maker.name}, the agreement in ${agreer.name}`
      test(title, async () => {
        const unique = `${row}-${column}`
        const sides = [
          await makeSide(maker.networks, alice, `ours-${unique}`, '10.0.0.0/16'),
          await makeSide(maker.networks, bob, `theirs-${unique}`, '10.1.0.0/16'),
        ] as const
        const [ours, theirs] = sides
        const asked = await agreer.ask(service, ours.vpc, theirs.vpc, `peering-${unique}`)
        const { body } = await nativeCall(alice, 'GET', `/peerings/${asked}`)
        const peering = body.ids
        await agreer.answer(service, 'accept', agreer.idOf(peering))
        const shown = await maker.show(service, bob, maker.idOf(peering))
        assert.equal(shown?.state, maker.words.active)
        await assertRoutes(sides, peering, [false, false])

        // Routes both ways, by whom the VPCs were made.
        const route = (dialect: Dialect, to: Side) => ({
          destination: to.cidr,
          peering: dialect.idOf(peering),
        })
        await maker.networks.addRoute(alice, maker.idOf(ours.vpc), route(maker, theirs))
        await maker.networks.addRoute(bob, maker.idOf(theirs.vpc), route(maker, ours))
        await assertRoutes(sides, peering, [true, true])

        // The other dialect removes what this one made: a route, the peering and the last route with it, the VPCs.
        await agreer.networks.removeRoute(alice, agreer.idOf(ours.vpc), route(agreer, theirs))
        await assertRoutes(sides, peering, [false, true])
        if (!takesRoutesAlong(agreer)) {
          await agreer.networks.removeRoute(bob, agreer.idOf(theirs.vpc), route(agreer, ours))
        }
        await agreer.remove(service, alice, agreer.idOf(peering))
        await assertRoutes(sides, peering, [false, false])
        await agreer.networks.remove(alice, agreer.idOf(ours.vpc))
        await agreer.networks.remove(bob, agreer.idOf(theirs.vpc))
        await assertGone(sides, peering)
      })
    }
  }
}
