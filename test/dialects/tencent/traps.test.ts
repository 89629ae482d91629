import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import {
  LEGACY_PATH,
  legacyFails,
  legacySucceeds,
  NOBODYS_PEERING,
  NOBODYS_SUBNET,
  NOBODYS_TABLE,
  NOBODYS_VPC,
  nothingIsNull,
  type Parameters,
  send,
  signWithHeaders,
  signWithParameters,
  startTencent,
  type TencentService,
  type V3Response,
  v3Fails,
  v3Succeeds,
} from './client.ts'
import { proxied } from './proxy.ts'

/** What breaks the vendor's clients on servers that were made from the documentation alone, each by name. */

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

const act = (action: string, parameters: Parameters = {}, tenant = alice) =>
  service.v3(tenant, action, parameters)
const route = (GatewayId: string, DestinationCidrBlock: string) => ({
  DestinationCidrBlock,
  GatewayType: 'PEERCONNECTION',
  GatewayId,
})

describe('facts that break naive servers', () => {
  it('1. regions are answered as short codes, whatever was asked', async () => {
    const id = await service.activate(alice, bob, {}, 'ap-shanghai')
    for (const [tenant, region] of [
      [alice, 'ap-guangzhou'],
      [bob, 'ap-shanghai'],
    ] as const) {
      const { SourceRegion, DestinationRegion } = (await service.show(tenant, id, { region })) ?? {}
      assert.deepEqual([SourceRegion, DestinationRegion], ['gz', 'sh'])
    }
  })

  it('2. the content type is application/json and nothing else, errors included', async () => {
    for (const answer of [await act('DescribeVpcs'), await act('DescribeNothing')]) {
      assert.equal(answer.headers.get('content-type'), 'application/json')
    }
    const legacy = await service.legacy(alice, 'DescribeNothing')
    assert.equal(legacy.headers.get('content-type'), 'application/json')
  })

  it('3. the status is 200 for every answer, errors included', async () => {
    const answers = [
      await act('CreateSubnet'),
      await act('DeleteVpc', { VpcId: NOBODYS_VPC }),
      await service.v3(alice, 'DescribeVpcs', {}, { secret: 'x' }),
      await service.v3(alice, 'DescribeVpcs', {}, { method: 'PUT' }),
      await service.legacy(alice, 'CreateRoute'),
    ]
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  })

  it('4. the signed host may lack its port, and the key may be bound to whatever the endpoint is', async () => {
    const { hostname } = new URL(service.url)
    for (const [host, scope] of [
      [service.host, 'vpc'],
      [hostname, '127'],
      [hostname, 'localhost:8080'],
    ] as const) {
      const signed = signWithHeaders(host, alice, 'DescribeVpcs', {}, { service: scope })
      v3Succeeds(await send<{ Response: V3Response }>(service.url, signed))
    }
  })

  it('5. a legacy code is the number 0, and no text', async () => {
    const { text } = await service.legacy(alice, 'DescribeRouteTable')
    assert.match(text, /^\{"code":0,"message":"","codeDesc":"Success","totalCount":\d/)
  })

  it('6. answers have other names and types than requests', async () => {
    const id = await service.propose(alice, bob)
    const answer = await act('DescribeVpcPeeringConnections', { PeeringConnectionIds: [id] })
    const [peering] = v3Succeeds(answer).PeerConnectionSet
    assert.equal(peering?.PeerVpcId, peering?.DestinationVpcId)
    assert.deepEqual([peering?.SourceUin, peering?.DestinationUin], [Number(alice.uin), Number(bob.uin)])
  })

  it('7. describing an unknown id is a success with an empty set', async () => {
    for (const [action, name, id] of [
      ['DescribeVpcs', 'VpcIds', NOBODYS_VPC],
      ['DescribeSubnets', 'SubnetIds', NOBODYS_SUBNET],
      ['DescribeRouteTables', 'RouteTableIds', NOBODYS_TABLE],
      ['DescribeAssistantCidr', 'VpcIds', NOBODYS_VPC],
      ['DescribeVpcPeeringConnections', 'PeeringConnectionIds', NOBODYS_PEERING],
    ] as const) {
      assert.equal(v3Succeeds(await act(action, { [name]: [id] })).TotalCount, 0)
    }
  })

  it('8. a nonce may be an integer that no number holds', async () => {
    const pairs = [
      ['Action', 'DescribeRouteTable'],
      ['Region', 'gz'],
    ] as const
    const signed = signWithParameters(service.host, LEGACY_PATH, alice, pairs, {
      nonce: '6685968533278289173',
    })
    legacySucceeds(await send(service.url, signed))
  })

  it('9. no member of a route, a table, a subnet or a VPC is null or left out', async () => {
    const { peering, ours } = await service.network(alice, bob)
    const subnet = { VpcId: ours.vpc, SubnetName: 's', CidrBlock: '10.0.1.0/24', Zone: 'z' }
    v3Succeeds(await act('CreateSubnet', subnet))
    v3Succeeds(
      await act('CreateRoutes', { RouteTableId: ours.table, Routes: [route(peering, '10.1.0.0/16')] }),
    )
    for (const action of [
      'DescribeVpcs',
      'DescribeSubnets',
      'DescribeRouteTables',
      'DescribeAssistantCidr',
    ]) {
      nothingIsNull(v3Succeeds(await act(action)), action)
    }
    const { RouteSet = [] } = await service.tableOf(alice, ours.vpc)
    const needed = ['DestinationCidrBlock', 'GatewayId', 'GatewayType', 'RouteDescription', 'RouteId']
    for (const name of [...needed, 'RouteType', 'Enabled', 'RouteItemId']) {
      assert.ok(name in (RouteSet[0] ?? {}), name)
    }
  })

  it('10. CreateRoutes answers exactly one table with only the new routes', async () => {
    const { peering, ours } = await service.network(alice, bob)
    for (const block of ['10.1.1.0/24', '10.1.2.0/24']) {
      const Routes = [route(peering, block)]
      const answer = v3Succeeds(await act('CreateRoutes', { RouteTableId: ours.table, Routes }))
      assert.deepEqual(
        answer.RouteTableSet.map(({ RouteSet }) =>
          RouteSet.map(({ DestinationCidrBlock }) => DestinationCidrBlock),
        ),
        [[block]],
      )
    }
  })

  it('11. API 3.0 has no Enable and no Ex; crossing regions is the same call', async () => {
    const PeeringConnectionId = await service.propose(alice, bob, {}, 'ap-shanghai')
    for (const action of [
      'EnableVpcPeeringConnection',
      'CreateVpcPeeringConnectionEx',
      'AcceptVpcPeeringConnectionEx',
    ]) {
      v3Fails(await act(action, { PeeringConnectionId }), 'InvalidAction')
    }
  })

  it('12. the services tag and cam are asked at sibling host names', async () => {
    const ask = (name: 'tag' | 'cam', action: string, parameters: Parameters) =>
      proxied(service.url, alice, name, action, parameters)
    const ids = { ServiceType: 'vpc', ResourcePrefix: 'rtb', ResourceIds: [NOBODYS_TABLE] }
    const page = { ...ids, ResourceRegion: 'ap-guangzhou', Offset: 0, Limit: 20 }
    const answer = await ask('tag', 'DescribeResourceTagsByResourceIds', page)
    const { RequestId: _, ...rest } = v3Succeeds(answer)
    assert.deepEqual(rest, { TotalCount: 0, Offset: 0, Limit: 20, Tags: [] })
    v3Succeeds(await ask('cam', 'GetUserAppId', {}))
  })
})

describe('what an error looks like', () => {
  it('has a request id, which the Python SDK cannot do without, and no null Error where there is none', async () => {
    const failed = await act('DeleteSubnet', { SubnetId: NOBODYS_SUBNET })
    assert.match(failed.body.Response.RequestId, /^[0-9a-f-]{36}$/)
    assert.equal('Error' in (await act('DescribeSubnets')).body.Response, false)
  })

  it('has numbers that no client loses digits of', async () => {
    const { peering, ours } = await service.network(alice, bob)
    const Routes = Array.from({ length: 20 }, (_, n) => route(peering, `10.1.${n}.0/24`))
    const { text } = await act('CreateRoutes', { RouteTableId: ours.table, Routes })
    const numbers = [...text.matchAll(/:(\d+)/g)].map(([, digits = '']) => digits)
    assert.ok(numbers.length > 20)
    for (const digits of numbers) assert.ok(BigInt(digits) <= 2n ** 53n, digits)
    const routeIds = [...text.matchAll(/"RouteId":(\d+)/g)].map(([, digits]) => digits)
    assert.equal(new Set(routeIds).size, 20)
  })

  it('has a legacy text that begins with its number in parentheses', async () => {
    const answer = await service.legacy(alice, 'CreateRoute', { vpcId: NOBODYS_VPC, routeTableId: 'x' })
    assert.match(legacyFails(answer, 4000, 'InvalidParameter'), /^\(4000\) \S/)
  })
})

describe('what Terraform trips over', () => {
  it('a bandwidth that nobody gave is 0, or there is a difference for ever', async () => {
    assert.equal((await service.show(alice, await service.propose(alice, bob)))?.Bandwidth, 0)
  })

  it('a peering is there as soon as Create has answered', async () => {
    const id = await service.propose(alice, bob)
    assert.equal(await service.stateOf(alice, id), 'PENDING')
  })

  it('a deleted peering is not described, as nobody looks at its state', async () => {
    const id = await service.activate(alice, bob)
    v3Succeeds(await act('DeleteVpcPeeringConnection', { PeeringConnectionId: id }))
    assert.equal(await service.show(alice, id), undefined)
    assert.equal(await service.show(bob, id), undefined)
  })

  it('a VPC comes with a main route table, or default_route_table_id stays empty', async () => {
    assert.equal((await service.tableOf(alice, await service.newVpc(alice))).Main, true)
  })

  it('Offset and Limit are texts for VPCs, subnets and tables, and no row comes on two pages', async () => {
    const seen = []
    for (let offset = 0; ; offset += 2) {
      const page = v3Succeeds(await act('DescribeRouteTables', { Offset: String(offset), Limit: '2' }))
      seen.push(...page.RouteTableSet.map(({ RouteTableId }) => RouteTableId))
      if (offset + 2 >= page.TotalCount) break
    }
    assert.equal(new Set(seen).size, seen.length)
    const all = v3Succeeds(await act('DescribeRouteTables', { Offset: '0', Limit: '100' }))
    assert.equal(all.TotalCount, seen.length)
  })

  it('EnableMulticast and EnableBroadcast are texts in requests and booleans in answers', async () => {
    const made = await act('CreateVpc', { VpcName: 'x', CidrBlock: '10.0.0.0/16', EnableMulticast: 'true' })
    assert.equal(v3Succeeds(made).Vpc.EnableMulticast, true)
  })

  it('DeleteVpc says ResourceInUse and ResourceNotFound, which are retried, and which is success', async () => {
    const { ours } = await service.network(alice, bob)
    v3Fails(await act('DeleteVpc', { VpcId: ours.vpc }), 'ResourceInUse')
    v3Fails(await act('DeleteVpc', { VpcId: NOBODYS_VPC }), 'ResourceNotFound')
  })

  it('a route that went with its peering is gone, and deleting it says ResourceNotFound', async () => {
    const { peering, ours } = await service.network(alice, bob)
    const Routes = [route(peering, '10.1.0.0/16')]
    const made = v3Succeeds(await act('CreateRoutes', { RouteTableId: ours.table, Routes }))
    const RouteId = made.RouteTableSet[0]?.RouteSet[0]?.RouteId ?? 0
    v3Succeeds(await act('DeleteVpcPeeringConnection', { PeeringConnectionId: peering }, bob))
    const gone = { RouteTableId: ours.table, Routes: [{ RouteId }] }
    v3Fails(await act('DeleteRoutes', gone), 'ResourceNotFound')
  })

  it('a route through a request that waits is taken: nothing orders it after the acceptance', async () => {
    const { v3: proposal } = await service.proposal(alice, bob)
    const { PeeringConnectionId } = v3Succeeds(await act('CreateVpcPeeringConnection', proposal))
    const { RouteTableId } = await service.tableOf(alice, proposal.SourceVpcId)
    const Routes = [route(PeeringConnectionId, '10.1.0.0/16')]
    v3Succeeds(await act('CreateRoutes', { RouteTableId, Routes }))
  })

  it('a route entry is looked up twice: by table, and by table and VPC', async () => {
    const { ours } = await service.network(alice, bob)
    const byTable = { Name: 'route-table-id', Values: [ours.table] }
    for (const Filters of [[byTable], [byTable, { Name: 'vpc-id', Values: [ours.vpc] }]]) {
      assert.equal(v3Succeeds(await act('DescribeRouteTables', { Filters })).TotalCount, 1)
    }
  })

  it('requests come in absolute form from those who use the service as their proxy', async () => {
    v3Succeeds(await proxied(service.url, alice, 'vpc', 'DescribeVpcs', {}))
  })
})

describe('what users trip over', () => {
  it('a malformed id is told as the bad value and the expected form', async () => {
    const answer = await act('DeleteSubnet', { SubnetId: 'subnet_x' })
    const text = v3Fails(answer, 'InvalidParameterValue.Malformed')
    assert.match(text, /malformed.*subnet-pxir56ns.*subnet_x/)
  })

  it('a big payload is refused as too big, and not as badly signed', async () => {
    const Routes = Array.from({ length: 20_000 }, () => route(NOBODYS_PEERING, '10.1.0.0/16'))
    const big = { RouteTableId: NOBODYS_TABLE, Routes }
    v3Fails(await act('CreateRoutes', big), 'RequestSizeLimitExceeded')
  })

  it('an undefined parameter arrives as an empty one and counts as none, or ids and filters meet', async () => {
    const empty = { scheme: 'HmacSHA1', method: 'GET' } as const
    const Filters = [{ Name: 'association.main', Values: ['true'] }]
    v3Succeeds(await service.v3(alice, 'DescribeRouteTables', { Filters, RouteTableIds: '' }, empty))
  })
})
