import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import { type AlibabaService, startAlibaba } from './client.ts'
import {
  callerIdentity,
  ipv4CidrBlock,
  jsonPath,
  Provider,
  ProviderError,
  peerConnection,
  peerConnectionAccepter,
  routeEntry,
  routeTable,
  routeTableAttachment,
  vpc,
  vpcRouteEntry,
  vswitch,
} from './provider.ts'

/** What the Terraform provider of this vendor does, call by call: apply, a plan that must be empty, update, destroy. */

let alibaba: AlibabaService
let ours: Provider
let theirs: Provider
before(async () => {
  alibaba = await startAlibaba()
  ours = new Provider(alibaba.host, alice)
  theirs = new Provider(alibaba.host, bob)
})
after(() => alibaba.close())

/** That what is read is what was configured, member by member; what was not configured may be anything. */
function unplanned(
  state: Readonly<Record<string, unknown>> | null,
  configured: Record<string, unknown>,
): void {
  assert.ok(state)
  const read = Object.fromEntries(Object.keys(configured).map((name) => [name, state[name]]))
  assert.deepEqual(read, configured)
}

const configuredVpc = (name: string, block: string) => ({
  vpc_name: name,
  cidr_block: block,
  description: `of ${name}: 名`,
  tags: { Created: 'TF', For: 'a test+1' },
})

const makeVpc = (provider: Provider, name: string, block: string) => {
  const { vpc_name, cidr_block, description, tags } = configuredVpc(name, block)
  const parameters = { VpcName: vpc_name, CidrBlock: cidr_block, Description: description, EnableIpv6: false }
  return vpc.create(provider, { parameters, tags })
}

suite('two tenants, two VPCs, a peering, routes both ways', () => {
  test('apply, plan, update, plan, destroy', async () => {
    const uid = await callerIdentity(theirs)
    assert.equal(uid, bob.uid)

    // apply: what does not depend on anything else is made side by side.
    const [a, b] = await Promise.all([
      makeVpc(ours, 'tf-a', '10.0.0.0/8'),
      makeVpc(theirs, 'tf-b', '172.16.0.0/12'),
    ])
    const [stateA, stateB] = [await vpc.read(ours, a), await vpc.read(theirs, b)]
    assert.ok(stateA && stateB)
    const zone = 'cn-hangzhou-h'
    const subnet = (n: number) => ({
      CidrBlock: `10.${n}.0.0/24`,
      VpcId: a,
      ZoneId: zone,
      VSwitchName: `s${n}`,
    })
    const peering = {
      VpcId: a,
      AcceptingAliUid: uid,
      AcceptingRegionId: 'cn-hangzhou',
      AcceptingVpcId: b,
      Name: 'tf-peering',
      Description: 'a to b',
    }
    const peeringTags = { Created: 'TF' }
    const [id, ...subnets] = await Promise.all([
      peerConnection.create(ours, peering, peeringTags),
      ...[1, 2, 3, 4].map((n) => vswitch.create(ours, subnet(n), { n: String(n) })),
      vswitch.create(theirs, { CidrBlock: '172.16.1.0/24', VpcId: b, ZoneId: zone, VSwitchName: 't' }, {}),
    ])
    const [s1 = '', s2 = '', s3 = '', s4 = '', t = ''] = subnets
    await peerConnectionAccepter.create(theirs, id)
    const routes = await Promise.all([
      routeEntry.create(ours, stateA.route_table_id, '172.16.0.0/12', id),
      routeEntry.create(theirs, stateB.route_table_id, '10.0.0.0/8', id),
    ])
    const [routeA, routeB] = routes

    // plan: nothing to do.
    const planned = async (name: string, description: string, tags: Record<string, string>) => {
      unplanned(await vpc.read(ours, a), {
        ...configuredVpc('tf-a', '10.0.0.0/8'),
        vpc_name: name,
        description,
        tags,
        enable_ipv6: false,
        secondary_cidr_blocks: [],
        user_cidrs: [],
        classic_link_enabled: false,
        system_route_table_route_propagation_enable: true,
        route_table_id: stateA.route_table_id,
        router_id: stateA.router_id,
        resource_group_id: stateA.resource_group_id,
      })
      unplanned(await vpc.read(theirs, b), configuredVpc('tf-b', '172.16.0.0/12'))
      for (const [index, one] of [s2, s3, s4].entries()) {
        const n = index + 2
        const { CidrBlock, VSwitchName } = subnet(n)
        unplanned(await vswitch.read(ours, one), {
          cidr_block: CidrBlock,
          vswitch_name: VSwitchName,
          zone_id: zone,
          vpc_id: a,
          description: '',
          ipv6_cidr_block: '',
          tags: { n: String(n) },
        })
      }
      for (const provider of [ours, theirs]) {
        const shared = {
          accepting_ali_uid: Number(uid),
          accepting_region_id: 'cn-hangzhou',
          accepting_vpc_id: b,
          vpc_id: a,
          bandwidth: -1,
          link_type: '',
          status: 'Activated',
        }
        unplanned(await peerConnection.read(provider, id), shared)
      }
      assert.ok(await routeEntry.read(ours, routeA))
      assert.ok(await routeEntry.read(theirs, routeB))
    }
    await planned('tf-a', 'of tf-a: 名', { Created: 'TF', For: 'a test+1' })
    unplanned(await peerConnection.read(ours, id), {
      peer_connection_name: 'tf-peering',
      description: 'a to b',
      tags: peeringTags,
    })
    unplanned(await peerConnection.read(theirs, id), { tags: {} })

    // update in place.
    await Promise.all([
      vpc.update(ours, a, {
        parameters: { VpcName: 'tf-a2', Description: '' },
        tags: [{ Created: 'TF', For: 'a test+1' }, { Created: 'again' }],
      }),
      vswitch.update(ours, s1, { VSwitchName: 'renamed', Description: 'd' }, [{ n: '1' }, {}]),
      peerConnection.update(ours, id, {
        parameters: { Name: 'tf-peering-2', Description: 'b to a' },
        group: 'rg-aek2another',
        tags: [peeringTags, { k: 'v' }],
      }),
    ])
    await planned('tf-a2', '', { Created: 'again' })
    unplanned(await vswitch.read(ours, s1), { vswitch_name: 'renamed', description: 'd', tags: {} })
    unplanned(await peerConnection.read(ours, id), {
      peer_connection_name: 'tf-peering-2',
      description: 'b to a',
      resource_group_id: 'rg-aek2another',
      tags: { k: 'v' },
    })

    // destroy: dependants first, and all else at once.
    await Promise.all([
      (async () => {
        await Promise.all([routeEntry.destroy(ours, routeA), routeEntry.destroy(theirs, routeB)])
        await peerConnectionAccepter.destroy(theirs, id)
        await peerConnection.destroy(ours, id)
      })(),
      ...[s1, s2, s3, s4].map((one) => vswitch.destroy(ours, one)),
      vswitch.destroy(theirs, t),
    ])
    await Promise.all([vpc.destroy(ours, a), vpc.destroy(theirs, b)])

    // refresh: all of it is gone, and none of the reads is an error.
    assert.equal(await vpc.read(ours, a), null)
    assert.equal(await vswitch.read(ours, s1), null)
    assert.equal(await routeEntry.read(ours, routeA), null)
    assert.equal(await vpcRouteEntry.read(ours, `${stateA.route_table_id}:rte-1`), null)
    assert.equal(await routeTable.read(ours, stateA.route_table_id), null)
    assert.equal(await peerConnection.read(ours, id), null)
    assert.equal(await peerConnection.read(theirs, id), null)
  })

  test('everything of one VPC changes side by side, again and again, and no apply fails', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [
        await makeVpc(ours, 'tf-a', '10.0.0.0/8'),
        await makeVpc(theirs, 'tf-b', '172.16.0.0/12'),
      ]
      const peering = {
        AcceptingAliUid: bob.uid,
        AcceptingRegionId: 'cn-hangzhou',
        AcceptingVpcId: b,
        VpcId: a,
      }
      const make = (n: number) =>
        vswitch.create(ours, { CidrBlock: `10.${n}.0.0/24`, VpcId: a, ZoneId: 'cn-hangzhou-b' }, { n: 'n' })
      const [id, ...subnets] = await Promise.all([
        peerConnection.create(ours, peering, {}),
        ...[1, 2, 3, 4, 5, 6].map(make),
      ])
      await Promise.all([
        peerConnectionAccepter.create(theirs, id).then(() => peerConnection.destroy(ours, id)),
        ...subnets.map((one) => vswitch.destroy(ours, one)),
        vpc.update(ours, a, { parameters: { VpcName: 'x' } }),
      ])
      await Promise.all([vpc.destroy(ours, a), vpc.destroy(theirs, b)])
    }
  })
})

suite('tables of one’s own, and further blocks', () => {
  test('apply, plan, update, plan, destroy', async () => {
    const [a, b] = [await makeVpc(ours, 'tf-a', '10.0.0.0/8'), await makeVpc(theirs, 'tf-b', '172.16.0.0/12')]
    await ipv4CidrBlock.create(ours, a, '192.168.0.0/16')
    const subnet = { CidrBlock: '192.168.1.0/24', VpcId: a, ZoneId: 'cn-hangzhou-b' }
    const s = await vswitch.create(ours, subnet, {})
    const table = await routeTable.create(
      ours,
      { VpcId: a, RouteTableName: 'tf', Description: 'd', AssociateType: 'VSwitch' },
      { k: 'v' },
    )
    await routeTableAttachment.create(ours, table, s)
    const id = await peerConnection.create(
      ours,
      { VpcId: a, AcceptingAliUid: bob.uid, AcceptingRegionId: 'cn-hangzhou', AcceptingVpcId: b },
      {},
    )
    await peerConnectionAccepter.create(theirs, id, { Name: 'named by the accepter' })
    const hop = { NextHopId: id, NextHopType: 'VpcPeer' }
    const said = { RouteEntryName: 'r', Description: 'd', DestinationCidrBlock: '172.16.0.7', ...hop }
    const route = await vpcRouteEntry.create(ours, table, said)

    const configuredRoute = {
      description: 'd',
      // Not as the network would write it: another text than the configured one is a change at every plan.
      destination_cidrblock: '172.16.0.7',
      route_entry_name: 'r',
      route_table_id: table,
      status: 'Available',
      nexthop_id: id,
      nexthop_type: 'VpcPeer',
    }
    unplanned(await vpcRouteEntry.read(ours, route), configuredRoute)
    const configuredTable = {
      associate_type: 'VSwitch',
      description: 'd',
      route_propagation_enable: true,
      route_table_name: 'tf',
      vpc_id: a,
      tags: { k: 'v' },
    }
    unplanned(await routeTable.read(ours, table), configuredTable)
    unplanned(await vpc.read(ours, a), { secondary_cidr_blocks: ['192.168.0.0/16'] })
    assert.ok(await ipv4CidrBlock.read(ours, a, '192.168.0.0/16'))
    assert.equal(await routeTableAttachment.read(ours, table, s), 'Available')
    unplanned(await peerConnection.read(theirs, id), { peer_connection_name: 'named by the accepter' })

    await vpcRouteEntry.update(ours, route, { RouteEntryName: 'r2', Description: '' })
    unplanned(await vpcRouteEntry.read(ours, route), {
      ...configuredRoute,
      route_entry_name: 'r2',
      description: '',
    })
    await routeTable.update(ours, table, { RouteTableName: 'tf2', RoutePropagationEnable: false }, [
      { k: 'v' },
      { k: 'w' },
    ])
    unplanned(await routeTable.read(ours, table), {
      ...configuredTable,
      route_table_name: 'tf2',
      route_propagation_enable: false,
      tags: { k: 'w' },
    })

    await vpcRouteEntry.destroy(ours, route, '172.16.0.7', id)
    await routeTableAttachment.destroy(ours, table, s)
    await routeTable.destroy(ours, table)
    await vswitch.destroy(ours, s)
    await ipv4CidrBlock.destroy(ours, a, '192.168.0.0/16')
    await peerConnectionAccepter.destroy(theirs, id)
    await peerConnection.destroy(ours, id)
    await vpc.destroy(ours, a)
    await vpc.destroy(theirs, b)
  })

  test('the entry of a table that is gone is gone, however it is deleted', async () => {
    const a = await makeVpc(ours, 'tf-a', '10.0.0.0/8')
    const table = await routeTable.create(ours, { VpcId: a }, {})
    await routeTable.destroy(ours, table)
    await assert.rejects(
      vpcRouteEntry.destroy(ours, `${table}:rte-1`, '10.0.0.0/8', 'pcc-1'),
      (error: ProviderError) => error.code === 'InvalidRouteTable.NotFound' && error.notFound,
    )
    assert.equal(await vpcRouteEntry.read(ours, `${table}:rte-1`), null)
    assert.equal(await routeEntry.read(ours, `${table}:vrt-1:10.0.0.0/8:VpcPeer:pcc-1`), null)
  })

  test('all that a VPC can be told', async () => {
    const a = await vpc.create(ours, {
      parameters: {
        VpcName: 'tf-all',
        CidrBlock: '10.0.0.0/8',
        ResourceGroupId: 'rg-aek2first',
        UserCidr: '192.0.2.0/24,198.51.100.0/24',
        EnableIpv6: true,
        EnableDnsHostname: true,
        Ipv6Isp: 'BGP',
      },
      tags: {},
      secondary: ['172.16.0.0/16', '172.17.0.0/16'],
    })
    const state = await vpc.read(ours, a)
    unplanned(state, {
      vpc_name: 'tf-all',
      enable_ipv6: true,
      dns_hostname_status: 'ENABLED',
      resource_group_id: 'rg-aek2first',
      user_cidrs: ['192.0.2.0/24', '198.51.100.0/24'],
      secondary_cidr_blocks: ['172.16.0.0/16', '172.17.0.0/16'],
      ipv6_cidr_blocks: [{ Ipv6CidrBlock: state?.ipv6_cidr_block, Ipv6Isp: 'BGP' }],
      system_route_table_name: '',
    })
    assert.match(String(state?.ipv6_cidr_block), /\/56$/)
    await vpc.update(ours, a, {
      parameters: { EnableIPv6: false, EnableDnsHostname: false, CidrBlock: '10.0.0.0/9' },
      group: 'rg-aek2second',
      table: { RouteTableName: 'system', Description: 'd', RoutePropagationEnable: false },
    })
    unplanned(await vpc.read(ours, a), {
      cidr_block: '10.0.0.0/9',
      enable_ipv6: false,
      ipv6_cidr_block: '',
      dns_hostname_status: 'DISABLED',
      resource_group_id: 'rg-aek2second',
      system_route_table_name: 'system',
      system_route_table_description: 'd',
      system_route_table_route_propagation_enable: false,
    })
    await vpc.destroy(ours, a)
  })
})

suite('across regions', () => {
  test('bandwidth and link type are as configured, and can be changed', async () => {
    const far = new Provider(alibaba.host, bob, 'cn-beijing')
    const [a, b] = [await makeVpc(ours, 'tf-a', '10.0.0.0/8'), await makeVpc(far, 'tf-b', '172.16.0.0/12')]
    const peering = { VpcId: a, AcceptingAliUid: bob.uid, AcceptingRegionId: 'cn-beijing', AcceptingVpcId: b }
    const unsaid = await peerConnection.create(ours, peering, {})
    unplanned(await peerConnection.read(ours, unsaid), { bandwidth: 1024, link_type: 'Gold' })
    await peerConnection.destroy(ours, unsaid)
    const id = await peerConnection.create(ours, { ...peering, Bandwidth: 100, LinkType: 'Platinum' }, {})
    await peerConnectionAccepter.create(far, id)
    unplanned(await peerConnection.read(ours, id), {
      accepting_region_id: 'cn-beijing',
      bandwidth: 100,
      link_type: 'Platinum',
    })
    await peerConnection.update(ours, id, { parameters: { Bandwidth: 200, LinkType: 'Gold' } })
    unplanned(await peerConnection.read(far, id), { bandwidth: 200, link_type: 'Gold' })
    const state = await vpc.read(far, b)
    const route = await routeEntry.create(far, state?.route_table_id ?? '', '10.0.0.0/8', id)
    await assert.rejects(peerConnection.destroy(ours, id), { code: 'OperationDenied.RouteEntryExist' })
    await peerConnection.destroy(ours, id, { Force: true })
    assert.equal(await routeEntry.read(far, route), null)
    await vpc.destroy(ours, a)
    await vpc.destroy(far, b)
  })

  test('not within one region', async () => {
    const [a, b] = [await makeVpc(ours, 'tf-a', '10.0.0.0/8'), await makeVpc(theirs, 'tf-b', '172.16.0.0/12')]
    const peering = {
      VpcId: a,
      AcceptingAliUid: bob.uid,
      AcceptingRegionId: 'cn-hangzhou',
      AcceptingVpcId: b,
    }
    await assert.rejects(peerConnection.create(ours, { ...peering, Bandwidth: 100 }, {}), {
      code: 'OperationFailed.BandwidthCannotBeChangedInSameRegion',
    })
    await assert.rejects(peerConnection.create(ours, { ...peering, LinkType: 'Gold' }, {}), {
      code: 'OperationFailed.InterRegionLinkTypeNotSupported',
    })
  })
})

suite('what goes wrong, and is to be borne', () => {
  const pair = async () => {
    const [a, b] = [await makeVpc(ours, 'tf-a', '10.0.0.0/8'), await makeVpc(theirs, 'tf-b', '172.16.0.0/12')]
    return { VpcId: a, AcceptingAliUid: bob.uid, AcceptingRegionId: 'cn-hangzhou', AcceptingVpcId: b }
  }

  test('the other side has deleted the peering: destroy goes on', async () => {
    const id = await peerConnection.create(ours, await pair(), {})
    await peerConnectionAccepter.create(theirs, id)
    await peerConnection.destroy(theirs, id)
    await peerConnection.destroy(ours, id)
  })

  test('one account: it is active at once, and accepting it goes on', async () => {
    const [a, b] = [await makeVpc(ours, 'tf-a', '10.0.0.0/8'), await makeVpc(ours, 'tf-b', '172.16.0.0/12')]
    const peering = {
      VpcId: a,
      AcceptingAliUid: alice.uid,
      AcceptingRegionId: 'cn-hangzhou',
      AcceptingVpcId: b,
    }
    const id = await peerConnection.create(ours, peering, {})
    assert.equal((await peerConnection.read(ours, id))?.status, 'Activated')
    await peerConnectionAccepter.create(ours, id)
    await peerConnection.destroy(ours, id)
  })

  test('a route before the peering is accepted: a code that the provider waits on', async () => {
    const peering = await pair()
    const id = await peerConnection.create(ours, peering, {})
    const state = await vpc.read(ours, peering.VpcId)
    await assert.rejects(routeEntry.create(ours, state?.route_table_id ?? '', '172.16.0.0/12', id), {
      code: 'IncorrectStatus.VpcPeer',
    })
  })

  test('the data source lists what it asserts the types of', async () => {
    const peering = await pair()
    const id = await peerConnection.create(ours, { ...peering, Name: 'tf-listed' }, {})
    const answer = await ours.tea('2022-01-01', 'ListVpcPeerConnections', {
      RegionId: 'cn-hangzhou',
      MaxResults: 50,
      Name: 'tf-listed',
      VpcId: peering.VpcId,
    })
    const [item] = jsonPath(answer, 'VpcPeerConnects')
    assert.equal(item?.['InstanceId'], id)
    for (const end of [item?.['Vpc'], item?.['AcceptingVpc']]) assert.ok(typeof end === 'object' && end)
    assert.equal(typeof item?.['Status'], 'string')
  })

  test('start-up: a billing call that is not spoken is an error in JSON; the endpoints are here', async () => {
    await assert.rejects(
      ours.go('2017-12-14', 'QueryAvailableInstances', { ProductCode: 'vipcloudfw' }),
      (error: unknown) => error instanceof ProviderError && error.status === 400,
    )
    const answer = await ours.go('2015-06-12', 'DescribeEndpoints', {
      Id: 'cn-hangzhou',
      ServiceCode: 'vpc',
      Type: 'openAPI',
    })
    const [endpoint] = jsonPath(answer, 'Endpoints', 'Endpoint')
    assert.deepEqual(
      [endpoint?.['Endpoint'], endpoint?.['Type'], endpoint?.['SerivceCode']],
      [alibaba.host, 'openAPI', 'vpc'],
    )
  })
})
