import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { partId } from '../../../src/domain/identity.ts'
import { routeNumber } from '../../../src/domain/network.ts'
import { explain as ask, type Explanation, make, SPOKEN, type Spoken } from '../../rig/heed.ts'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import { alibabaDone, v3Done } from '../every.ts'
import { asOperator, asTenant, type Call, type Ids, NOWHERE, newVpc, type VpcBody } from './client.ts'

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.close())

const TENANTS: Readonly<Record<string, TestTenant>> = { alice, bob, mallory }
const tenantNamed = (name: string): TestTenant => {
  const tenant = TENANTS[name]
  assert.ok(tenant)
  return tenant
}
const as = (name: string): Call => asTenant(service, tenantNamed(name))
const explain = (from: string, to: string, tenant: TestTenant | null = alice) =>
  ask(service, tenant, from, to)

interface Made {
  readonly id: string
  readonly ids: Ids
}

async function ok(call: Call, method: string, path: string, body?: unknown): Promise<Made> {
  const answer = await call(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

interface World {
  readonly ours: VpcBody
  readonly theirs: VpcBody
  readonly ourSubnet: Made
  readonly theirSubnet: Made
  /** Of Alice's, and of Bob's. */
  readonly from: string
  readonly to: string
}

const subnet = (owner: string, vpc: string, cidr: string) =>
  ok(as(owner), 'POST', `/vpcs/${vpc}/subnets`, { name: '', cidr })
const peer = (ours: string, theirs: string) =>
  ok(as('alice'), 'POST', '/peerings', { requesterVpc: ours, accepterVpc: theirs, name: 'p' })
const accept = ({ id }: Made) => ok(as('bob'), 'POST', `/peerings/${id}/accept`)
const addRoute = (owner: string, vpc: string, destination: string, peering: Made) =>
  ok(as(owner), 'POST', `/vpcs/${vpc}/routes`, { destination, peering: peering.id })
const deleteRoute = (owner: string, vpc: string, { id }: Made) =>
  ok(as(owner), 'DELETE', `/vpcs/${vpc}/routes/${id}`)

/** Two VPCs with a subnet each, and nothing between them. */
async function world(): Promise<World> {
  const ours = await newVpc(service, alice, ['10.1.0.0/16', 'fd00:1::/48'])
  const theirs = await newVpc(service, bob, ['10.2.0.0/16', 'fd00:2::/48'])
  const ourSubnet = await subnet('alice', ours.id, '10.1.1.0/24')
  const theirSubnet = await subnet('bob', theirs.id, '10.2.1.0/24')
  const [from, to] = [`${ours.id}/10.1.1.5`, `${theirs.id}/10.2.1.5`]
  return { ours, theirs, ourSubnet, theirSubnet, from, to }
}

/** The same, with all that is needed for packets to pass. */
async function connected() {
  const made = await world()
  const peering = await peer(made.ours.id, made.theirs.id)
  await accept(peering)
  const there = await addRoute('alice', made.ours.id, '10.2.0.0/16', peering)
  const back = await addRoute('bob', made.theirs.id, '10.1.0.0/16', peering)
  return { ...made, peering, there, back }
}

/** Has a subnet go by a table of its own, in which there is nothing; answers the table's id in Alibaba's words. */
async function ownTable(owner: string, vpc: VpcBody, { ids }: Made): Promise<string> {
  const region = { RegionId: 'cn-hangzhou' }
  const table = { ...region, VpcId: vpc.ids.alibaba }
  const { RouteTableId } = await alibabaDone(service, tenantNamed(owner), 'CreateRouteTable', table)
  const association = { ...region, RouteTableId, VSwitchId: ids.alibaba }
  await alibabaDone(service, tenantNamed(owner), 'AssociateRouteTable', association)
  return RouteTableId
}

interface Table extends Made {
  readonly isDefault: boolean
}

async function defaultTable(owner: string, vpc: VpcBody): Promise<Table> {
  const answer = (await ok(as(owner), 'GET', `/vpcs/${vpc.id}/route-tables`)) as unknown as {
    routeTables: Table[]
  }
  const table = answer.routeTables.find(({ isDefault }) => isDefault)
  assert.ok(table)
  return table
}

/** Switches a route off, as only Tencent's clients can. */
async function switchOff(owner: string, vpc: VpcBody, { id }: Made): Promise<void> {
  const { ids } = await defaultTable(owner, vpc)
  const RouteIds = [routeNumber(partId(id))]
  await v3Done(service, tenantNamed(owner), 'DisableRoutes', { RouteTableId: ids.tencent, RouteIds })
}

interface Planted {
  readonly from: string
  readonly to: string
  readonly cause: string
  readonly who: string | null
  /** How what is to be done begins, in words; null: nothing is. */
  readonly says: string | null
  /** What is found once the call has been made, in each dialect; absent: no dialect has a call for it. */
  readonly leadsTo?: string | Readonly<Record<Spoken, string>>
}

/** Where only Tencent's clients have a switch, others delete the route, and are told to add it anew. */
const switchedOn = (without: string) => ({
  native: without,
  huawei: without,
  alibaba: without,
  tencent: 'none',
})

/** Each plants a fault; answers the question that meets it, and all that is to be said of it. */
const FAULTS: Record<string, () => Promise<Planted>> = {
  'nobody asked': async () => ({
    ...(await world()),
    cause: 'not-asked',
    who: 'alice',
    says: 'ask for a peering',
    leadsTo: 'pending',
  }),
  'there is no such VPC': async () => {
    const { from } = await world()
    return { from, to: `${NOWHERE}/10.2.1.5`, cause: 'not-asked', who: 'alice', says: 'ask for a peering' }
  },
  'nobody has answered': async () => {
    const made = await world()
    await peer(made.ours.id, made.theirs.id)
    return { ...made, cause: 'pending', who: 'bob', says: 'accept peering', leadsTo: 'no-route' }
  },
  'the other side asked, and we have not answered': async () => {
    const { ours, theirs, from, to } = await world()
    await ok(as('bob'), 'POST', '/peerings', { requesterVpc: theirs.id, accepterVpc: ours.id, name: 'p' })
    return { from, to, cause: 'pending', who: 'alice', says: 'accept peering', leadsTo: 'no-route' }
  },
  'it was refused': async () => {
    const made = await world()
    const { id } = await peer(made.ours.id, made.theirs.id)
    await ok(as('bob'), 'POST', `/peerings/${id}/reject`)
    return { ...made, cause: 'rejected', who: 'alice', says: 'ask again', leadsTo: 'pending' }
  },
  'it expired': async () => {
    const made = await world()
    await peer(made.ours.id, made.theirs.id)
    await ok(asOperator(service), 'POST', '/clock', { advance: 'P8D' })
    return { ...made, cause: 'expired', who: 'alice', says: 'ask again: reopen', leadsTo: 'pending' }
  },
  'it was ended by the other side': async () => {
    const made = await connected()
    await ok(as('bob'), 'DELETE', `/peerings/${made.peering.id}`)
    return { ...made, cause: 'not-asked', who: 'alice', says: 'ask for a peering', leadsTo: 'pending' }
  },
  'no route on either side': async () => {
    const made = await world()
    await accept(await peer(made.ours.id, made.theirs.id))
    return { ...made, cause: 'no-route', who: 'alice', says: 'give VPC', leadsTo: 'no-route-back' }
  },
  'no route there': async () => {
    const made = await connected()
    await deleteRoute('alice', made.ours.id, made.there)
    return { ...made, cause: 'no-route', who: 'alice', says: 'give VPC', leadsTo: 'none' }
  },
  'no route back': async () => {
    const made = await connected()
    await deleteRoute('bob', made.theirs.id, made.back)
    return { ...made, cause: 'no-route-back', who: 'bob', says: 'give VPC', leadsTo: 'none' }
  },
  'a route for another subnet of the other side only': async () => {
    const made = await connected()
    await deleteRoute('alice', made.ours.id, made.there)
    await addRoute('alice', made.ours.id, '10.2.9.0/24', made.peering)
    return { ...made, cause: 'no-route', who: 'alice', says: 'give VPC', leadsTo: 'none' }
  },
  'a route back for another subnet only': async () => {
    const made = await connected()
    await deleteRoute('bob', made.theirs.id, made.back)
    await addRoute('bob', made.theirs.id, '10.1.9.0/24', made.peering)
    return { ...made, cause: 'no-route-back', who: 'bob', says: 'give VPC', leadsTo: 'none' }
  },
  'routes of the other family only': async () => {
    const made = await world()
    const peering = await peer(made.ours.id, made.theirs.id)
    await accept(peering)
    await addRoute('alice', made.ours.id, 'fd00:2::/48', peering)
    await addRoute('bob', made.theirs.id, 'fd00:1::/48', peering)
    return { ...made, cause: 'no-route', who: 'alice', says: 'give VPC', leadsTo: 'no-route-back' }
  },
  'a subnet that goes by a table of its own, without the route': async () => {
    const made = await connected()
    await ownTable('alice', made.ours, made.ourSubnet)
    return { ...made, cause: 'no-route', who: 'alice', says: 'give VPC', leadsTo: 'none' }
  },
  'one of theirs that goes by a table of its own, without the route back': async () => {
    const made = await connected()
    await ownTable('bob', made.theirs, made.theirSubnet)
    return { ...made, cause: 'no-route-back', who: 'bob', says: 'give VPC', leadsTo: 'none' }
  },
  'the route is switched off': async () => {
    const made = await connected()
    await switchOff('alice', made.ours, made.there)
    const leadsTo = switchedOn('no-route')
    return { ...made, cause: 'route-disabled', who: 'alice', says: 'switch the route', leadsTo }
  },
  'the route back is switched off': async () => {
    const made = await connected()
    await switchOff('bob', made.theirs, made.back)
    const leadsTo = switchedOn('no-route-back')
    return { ...made, cause: 'route-back-disabled', who: 'bob', says: 'switch the route', leadsTo }
  },
  'a longer route into another peering': async () => {
    const made = await connected()
    const third = await newVpc(service, bob, ['10.2.1.0/24'])
    const other = await peer(made.ours.id, third.id)
    await accept(other)
    await addRoute('alice', made.ours.id, '10.2.1.0/24', other)
    return { ...made, cause: 'route-elsewhere', who: 'alice', says: 'delete the route', leadsTo: 'none' }
  },
  'a longer route back into another peering': async () => {
    const made = await connected()
    const third = await newVpc(service, alice, ['10.1.1.0/24'])
    const other = await peer(third.id, made.theirs.id)
    await accept(other)
    await addRoute('bob', made.theirs.id, '10.1.1.0/24', other)
    return { ...made, cause: 'route-back-elsewhere', who: 'bob', says: 'delete the route', leadsTo: 'none' }
  },
  'the destination is in no subnet': async () => {
    const { from, theirs } = await connected()
    const to = `${theirs.id}/10.2.7.7`
    return { from, to, cause: 'destination-in-no-subnet', who: 'bob', says: 'make a subnet', leadsTo: 'none' }
  },
  'the source is in no subnet': async () => {
    const { ours, to } = await connected()
    const from = `${ours.id}/10.1.7.7`
    return { from, to, cause: 'source-in-no-subnet', who: 'alice', says: 'make a subnet', leadsTo: 'none' }
  },
  'the source is outside its own VPC': async () => {
    const { ours, to } = await connected()
    return { from: `${ours.id}/192.0.2.7`, to, cause: 'source-outside-vpc', who: null, says: null }
  },
  'the destination is outside the blocks of the peer': async () => {
    const { from, theirs } = await connected()
    return { from, to: `${theirs.id}/10.9.0.1`, cause: 'destination-outside-vpc', who: null, says: null }
  },
  'the destination lies behind the peer, in a third VPC': async () => {
    const { from, theirs } = await connected()
    const third = await newVpc(service, alice, ['10.3.0.0/16'])
    await subnet('alice', third.id, '10.3.1.0/24')
    const beyond = await ok(as('bob'), 'POST', '/peerings', {
      requesterVpc: theirs.id,
      accepterVpc: third.id,
      name: 'p',
    })
    await ok(as('alice'), 'POST', `/peerings/${beyond.id}/accept`)
    await addRoute('bob', theirs.id, '10.3.0.0/16', beyond)
    await addRoute('alice', third.id, '10.2.0.0/16', beyond)
    // By way of the one in between there is none, whatever its routes are; the two ends have to agree themselves.
    assert.equal((await explain(from, `${theirs.id}/10.3.1.5`)).cause, 'destination-outside-vpc')
    const to = `${third.id}/10.3.1.5`
    return { from, to, cause: 'not-asked', who: 'alice', says: 'ask for a peering', leadsTo: 'no-route' }
  },
  'the two addresses are of different families': async () => {
    const made = await connected()
    await addRoute('alice', made.ours.id, 'fd00:2::/48', made.peering)
    const to = `${made.theirs.id}/fd00:2::5`
    return { from: made.from, to, cause: 'different-families', who: null, says: null }
  },
  'a subnet of ours has the address': async () => {
    const ours = await newVpc(service, alice, ['10.0.0.0/8'])
    const theirs = await newVpc(service, bob, ['10.2.0.0/16'])
    await subnet('alice', ours.id, '10.2.1.0/24')
    await subnet('bob', theirs.id, '10.2.1.0/24')
    await accept(await peer(ours.id, theirs.id))
    return {
      from: `${ours.id}/10.2.1.5`,
      to: `${theirs.id}/10.2.1.6`,
      cause: 'destination-is-local',
      who: 'alice',
      says: 'move one of the two',
    }
  },
  'a subnet of theirs has our address': async () => {
    const ours = await newVpc(service, alice, ['10.1.0.0/16'])
    const theirs = await newVpc(service, bob, ['10.0.0.0/8'])
    await subnet('alice', ours.id, '10.1.1.0/24')
    await subnet('bob', theirs.id, '10.1.1.0/24')
    await subnet('bob', theirs.id, '10.2.1.0/24')
    const peering = await peer(ours.id, theirs.id)
    await accept(peering)
    await addRoute('alice', ours.id, '10.2.1.0/24', peering)
    return {
      from: `${ours.id}/10.1.1.5`,
      to: `${theirs.id}/10.2.1.5`,
      cause: 'source-is-local-there',
      who: 'bob',
      says: 'move one of the two',
    }
  },
  'it is one and the same VPC': async () => {
    const { ours } = await world()
    const [from, to] = [`${ours.id}/10.1.1.5`, `${ours.id}/10.1.1.6`]
    return { from, to, cause: 'same-vpc', who: null, says: null }
  },
}

/** What only the reader knows of a VPC that is not theirs to know. */
function filledIn(call: string): string {
  return call
    .replaceAll('"PROJECT"', JSON.stringify(bob.projects['region-a']))
    .replaceAll('=UID', `=${bob.uid}`)
    .replaceAll('=UIN', `=${bob.uin}`)
    .replaceAll('AcceptingRegionId=REGION', 'AcceptingRegionId=cn-hangzhou')
    .replaceAll('DestinationRegion=REGION', 'DestinationRegion=ap-guangzhou')
}

suite('of a planted fault, the cause, whose it is to mend, and the very call', () => {
  for (const [name, plant] of Object.entries(FAULTS)) {
    test(name, async () => {
      const planted = await plant()
      const found = await assertFound(planted)
      if (planted.leadsTo === undefined) return
      let { from, to } = planted
      for (const [index, dialect] of SPOKEN.entries()) {
        const { next } = index === 0 ? found : await explain(from, to)
        const call = next?.calls[dialect]
        assert.ok(call, `there is a call for ${dialect}`)
        await make(service, dialect, tenantNamed(next?.tenant?.name ?? ''), filledIn(call))
        const after = await explain(from, to)
        assert.equal(after.cause, leads(planted, dialect), call)
        if (dialect !== 'tencent') ({ from, to } = await plant())
      }
    })
  }

  test('and heeding it step by step leads there, both ways, for either party', async () => {
    for (const dialect of SPOKEN) {
      const { from, to } = await world()
      const causes: string[] = []
      for (let found = await explain(from, to); !found.reachable; found = await explain(from, to)) {
        causes.push(found.cause)
        assert.ok(causes.length < 10 && found.next, causes.join(' '))
        const call = filledIn(found.next.calls[dialect] ?? '')
        await make(service, dialect, tenantNamed(found.next.tenant?.name ?? ''), call)
      }
      assert.deepEqual(causes, ['not-asked', 'pending', 'no-route', 'no-route-back'])
      for (const [one, other] of [
        [from, to],
        [to, from],
      ] as const) {
        for (const tenant of [alice, bob, null]) {
          const { reachable, cause, next } = await explain(one, other, tenant)
          assert.deepEqual([reachable, cause, next], [true, 'none', null])
        }
      }
    }
  })
})

/** What is found once the call has been made in that dialect. */
function leads({ leadsTo = '' }: Planted, dialect: Spoken): string {
  return typeof leadsTo === 'string' ? leadsTo : leadsTo[dialect]
}

async function assertFound({ from, to, cause, who, says }: Planted): Promise<Explanation> {
  const found = await explain(from, to)
  assert.deepEqual([found.cause, found.next?.tenant?.name ?? null], [cause, who], JSON.stringify(found))
  assert.equal(found.next?.says.slice(0, says?.length) ?? null, says)
  assert.equal(found.reachable, false)
  // What was in order is said first, and the fault last.
  assert.deepEqual(
    found.steps.map((step) => step.ok),
    found.steps.map((_, index) => index < found.steps.length - 1 || cause === 'same-vpc'),
  )
  return found
}

suite('the calls, to the letter', () => {
  const next = async (from: string, to: string) => (await explain(from, to)).next

  test('to ask, of a VPC that is not known and of one that is', async () => {
    const { ours, theirs, from, to } = await world()
    const native = `POST /isthmus/v1/peerings {"requesterVpc":"${ours.id}","accepterVpc":`
    assert.deepEqual((await next(from, `${NOWHERE}/10.2.1.5`))?.calls, {
      native: `${native}"${NOWHERE}","name":"NAME"}`,
      huawei: `POST /v2.0/vpc/peerings {"peering":{"name":"NAME","request_vpc_info":{"vpc_id":"${ours.ids.huawei}"},"accept_vpc_info":{"vpc_id":"${NOWHERE}","tenant_id":"PROJECT"}}}`,
      alibaba: `CreateVpcPeerConnection RegionId=cn-hangzhou VpcId=${ours.ids.alibaba} AcceptingAliUid=UID AcceptingRegionId=REGION AcceptingVpcId=${NOWHERE}`,
      tencent: `CreateVpcPeeringConnection SourceVpcId=${ours.ids.tencent} PeeringConnectionName=NAME DestinationVpcId=${NOWHERE} DestinationUin=UIN DestinationRegion=REGION`,
    })
    const { id, ids } = await peer(ours.id, theirs.id)
    assert.deepEqual((await next(from, to))?.calls, {
      native: `POST /isthmus/v1/peerings/${id}/accept`,
      huawei: `PUT /v2.0/vpc/peerings/${ids.huawei}/accept`,
      alibaba: `AcceptVpcPeerConnection InstanceId=${ids.alibaba}`,
      tencent: `AcceptVpcPeeringConnection PeeringConnectionId=${ids.tencent}`,
    })
    await ok(as('bob'), 'POST', `/peerings/${id}/reject`)
    assert.deepEqual((await next(from, to))?.calls, {
      native: `${native}"${theirs.id}","name":"NAME"}`,
      huawei: `POST /v2.0/vpc/peerings {"peering":{"name":"NAME","request_vpc_info":{"vpc_id":"${ours.ids.huawei}"},"accept_vpc_info":{"vpc_id":"${theirs.ids.huawei}","tenant_id":"${bob.projects['region-a']}"}}}`,
      alibaba: `CreateVpcPeerConnection RegionId=cn-hangzhou VpcId=${ours.ids.alibaba} AcceptingAliUid=${bob.uid} AcceptingRegionId=cn-hangzhou AcceptingVpcId=${theirs.ids.alibaba}`,
      tencent: `CreateVpcPeeringConnection SourceVpcId=${ours.ids.tencent} PeeringConnectionName=NAME DestinationVpcId=${theirs.ids.tencent} DestinationUin=${bob.uin} DestinationRegion=ap-guangzhou`,
    })
  })

  test('to ask again for what has expired', async () => {
    const { ours, theirs, from, to } = await world()
    const { id, ids } = await peer(ours.id, theirs.id)
    await ok(asOperator(service), 'POST', '/clock', { advance: 'P8D' })
    const calls = (await next(from, to))?.calls
    assert.equal(calls?.native, `POST /isthmus/v1/peerings/${id}/reopen`)
    assert.equal(calls.tencent, `EnableVpcPeeringConnection peeringConnectionId=${ids.tencent}`)
  })

  test('for a route, in the default table and in another', async () => {
    const { ours, ourSubnet, there, from, to, peering } = await connected()
    const { ids } = await defaultTable('alice', ours)
    await switchOff('alice', ours, there)
    const number = routeNumber(partId(there.id))
    const deleting = {
      native: `DELETE /isthmus/v1/vpcs/${ours.id}/routes/${there.id}`,
      huawei: `DELETE /v2.0/vpc/routes/${there.ids.huawei}`,
      alibaba: `DeleteRouteEntry RouteEntryId=${there.ids.alibaba}`,
    }
    const tencent = `EnableRoutes RouteTableId=${ids.tencent} RouteIds.0=${number}`
    assert.deepEqual((await next(from, to))?.calls, { ...deleting, tencent })
    await deleteRoute('alice', ours.id, there)
    const through = `NextHopType=VpcPeer NextHopId=${peering.ids.alibaba}`
    const gateway = `Routes.0.GatewayType=PEERCONNECTION Routes.0.GatewayId=${peering.ids.tencent}`
    assert.deepEqual((await next(from, to))?.calls, {
      native: `POST /isthmus/v1/vpcs/${ours.id}/routes {"destination":"10.2.1.0/24","peering":"${peering.id}"}`,
      huawei: `POST /v2.0/vpc/routes {"route":{"type":"peering","nexthop":"${peering.ids.huawei}","destination":"10.2.1.0/24","vpc_id":"${ours.ids.huawei}"}}`,
      alibaba: `CreateRouteEntry RouteTableId=${ids.alibaba} DestinationCidrBlock=10.2.1.0/24 ${through}`,
      tencent: `CreateRoutes RouteTableId=${ids.tencent} Routes.0.DestinationCidrBlock=10.2.1.0/24 ${gateway}`,
    })
    const table = await ownTable('alice', ours, ourSubnet)
    const found = await next(from, to)
    assert.equal(
      found?.calls.alibaba,
      `CreateRouteEntry RouteTableId=${table} DestinationCidrBlock=10.2.1.0/24 ${through}`,
    )
    assert.match(found.calls.native ?? '', /^POST \S+ \{.*"routeTable":"[0-9a-f-]{36}"\}$/)
    assert.match(
      found.calls.huawei ?? '',
      /^PUT \/v1\/\w{32}\/routetables\/\S+ \{"routetable":\{"routes":\{"add":\[\{"type":"peering","destination":"10\.2\.1\.0\/24",/,
    )
    assert.match(found.says, /, in route table [0-9a-f-]{36}$/)
  })

  test('for a route of IPv6', async () => {
    const { ours, theirs, peering } = await connected()
    const both = { name: '', cidr: '10.1.2.0/24', ipv6Cidr: 'fd00:1:0:2::/64' }
    await ok(as('alice'), 'POST', `/vpcs/${ours.id}/subnets`, both)
    const { ids } = await defaultTable('alice', ours)
    const found = await explain(`${ours.id}/fd00:1:0:2::5`, `${theirs.id}/fd00:2::5`)
    const call = found.next?.calls.tencent
    const gateway = `Routes.0.GatewayType=PEERCONNECTION Routes.0.GatewayId=${peering.ids.tencent}`
    assert.equal(
      call,
      `CreateRoutes RouteTableId=${ids.tencent} Routes.0.DestinationIpv6CidrBlock=fd00:2::/48 ${gateway}`,
    )
    await make(service, 'tencent', alice, call)
    const then = await explain(`${ours.id}/fd00:1:0:2::5`, `${theirs.id}/fd00:2::5`)
    assert.equal(then.cause, 'destination-in-no-subnet')
    assert.deepEqual(then.next?.calls, {
      native: `POST /isthmus/v1/vpcs/${theirs.id}/subnets {"cidr":"fd00:2::/64","name":"NAME"}`,
      huawei: null,
      alibaba: null,
      tencent: null,
    })
  })

  test('for a subnet, in a block that is free', async () => {
    const { ours, to } = await connected()
    await subnet('alice', ours.id, '10.1.7.128/25')
    assert.deepEqual((await next(`${ours.id}/10.1.7.7`, to))?.calls, {
      native: `POST /isthmus/v1/vpcs/${ours.id}/subnets {"cidr":"10.1.7.0/25","name":"NAME"}`,
      huawei: `POST /v1/${alice.projects['region-a']}/subnets {"subnet":{"name":"NAME","cidr":"10.1.7.0/25","gateway_ip":"10.1.7.1","vpc_id":"${ours.ids.huawei}"}}`,
      alibaba: `CreateVSwitch RegionId=cn-hangzhou VpcId=${ours.ids.alibaba} CidrBlock=10.1.7.0/25 ZoneId=cn-hangzhou-a`,
      tencent: `CreateSubnet VpcId=${ours.ids.tencent} SubnetName=NAME CidrBlock=10.1.7.0/25 Zone=ap-guangzhou-1`,
    })
  })
})

suite('what is asked', () => {
  test('may be a VPC by any id, with or without an address, or an address that one VPC has', async () => {
    const vpc = await newVpc(service, alice, ['172.30.0.0/16', 'fd77::/48'])
    const other = await newVpc(service, bob, ['172.31.0.0/16'])
    await subnet('alice', vpc.id, '172.30.5.0/24')
    await accept(await peer(vpc.id, other.id))
    for (const from of [vpc.id, vpc.ids.alibaba, `${vpc.ids.tencent}/172.30.5.2`, '172.30.5.2']) {
      const found = await explain(from, '172.31.0.9')
      assert.deepEqual(
        [found.from.address, found.to, found.cause],
        ['172.30.5.2', { vpc: other.id, address: '172.31.0.9' }, 'no-route'],
      )
    }
    assert.equal((await explain(`${vpc.id}/fd77::9`, other.id)).cause, 'source-in-no-subnet')
    for (const [bad, reason] of [
      [`${vpc.id}/nonsense`, 'is not VPC/ADDRESS'],
      ['203.0.113.9', 'is in none of the VPCs you have or are peered with; say VPC/ADDRESS'],
      ['10.1.1.5', 'is in several VPCs; say VPC/ADDRESS'],
    ]) {
      await newVpc(service, alice, ['10.1.0.0/16'])
      const answer = await as('alice')(
        'GET',
        `/explain?${new URLSearchParams({ from: bad ?? '', to: other.id })}`,
      )
      assert.equal(answer.status, 400)
      assert.equal(answer.body.detail, `from '${bad}': ${reason}.`)
    }
  })

  test('of a VPC one is not peered with, the answer is the same whether there is one or not', async () => {
    const { ours, theirs } = await connected()
    const mine = await newVpc(service, mallory, ['10.7.0.0/16'])
    await subnet('mallory', mine.id, '10.7.1.0/24')
    const ask = async (to: string) => {
      const found = await explain(mine.id, `${to}/10.2.1.5`, mallory)
      return JSON.stringify(found).replaceAll(to, 'TARGET')
    }
    const [there, nowhere] = [await ask(theirs.id), await ask(NOWHERE)]
    assert.equal(there, nowhere)
    assert.ok(there.includes('not-asked'))
    for (const [from, to] of [
      [ours.id, theirs.id],
      [NOWHERE, theirs.id],
    ] as const) {
      const answer = await as('mallory')('GET', `/explain?from=${from}&to=${to}`)
      assert.deepEqual([answer.status, answer.body.code], [404, 'vpc.not-found'])
    }
  })
})

test('a longer route into a request that waits is as if it were not there', async () => {
  const made = await connected()
  const third = await newVpc(service, bob, ['10.2.1.0/24'])
  const waiting = await peer(made.ours.id, third.id)
  await addRoute('alice', made.ours.id, '10.2.1.0/24', waiting)
  assert.equal((await explain(made.from, made.to)).cause, 'none')
  await accept(waiting)
  assert.equal((await explain(made.from, made.to)).cause, 'route-elsewhere')
})
