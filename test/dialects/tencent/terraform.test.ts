import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import { startTencent, type TencentService, v3Fails, v3Succeeds } from './client.ts'
import { type Provider, provider } from './provider.ts'

/** The call sequences of the vendor's Terraform provider, two tenants, through the service as an HTTP proxy. */

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

const providers = (ourRegion?: string, theirRegion?: string): [Provider, Provider] => [
  provider(service.url, alice, ourRegion),
  provider(service.url, bob, theirRegion),
]

/** What `terraform plan` finds: null, that the resource is gone and will be made anew; else what is read of it. */
const planned = async <T>(read: Promise<T | null>): Promise<T> => {
  const state = await read
  assert.ok(state, 'the resource is planned for creation again')
  return state
}

for (const [name, ourRegion, theirRegion] of [
  ['within a region', 'ap-guangzhou', 'ap-guangzhou'],
  ['across regions', 'ap-guangzhou', 'ap-shanghai'],
] as const) {
  describe(`a whole apply, ${name}`, () => {
    it('creates, plans no change, updates, plans no change, destroys, and finds nothing', async () => {
      const [ours, theirs] = providers(ourRegion, theirRegion)
      const far = ourRegion !== theirRegion
      const account = await theirs.userInfo()
      assert.deepEqual(account, { app_id: bob.appId, uin: bob.uin, owner_uin: bob.uin })
      assert.equal(await ours.accountId(), alice.uin)

      // create
      const ourVpc = { name: 'ours', cidr_block: '10.0.0.0/16', tags: { env: 'test' } }
      const theirVpc = { name: 'theirs', cidr_block: '10.1.0.0/16', assistant_cidrs: ['172.16.0.0/16'] }
      const [source, destination] = [await ours.vpcs.create(ourVpc), await theirs.vpcs.create(theirVpc)]
      const defaults = {
        is_multicast: false,
        is_default: false,
        assistant_cidrs: [] as string[],
        tags: {},
        enable_route_vpc_publish: false,
        enable_route_vpc_publish_ipv6: false,
      }
      const ourState = await planned(ours.vpcs.read(source))
      const theirState = await planned(theirs.vpcs.read(destination))
      const [ourTable, theirTable] = [ourState.default_route_table_id, theirState.default_route_table_id]
      assert.match(ourTable, /^rtb-/)
      assert.deepEqual(ourState, { ...defaults, ...ourVpc, default_route_table_id: ourTable })
      assert.deepEqual(theirState, { ...defaults, ...theirVpc, default_route_table_id: theirTable })

      const wanted = {
        source_vpc_id: source,
        peering_connection_name: 'example-iac',
        destination_vpc_id: destination,
        destination_uin: String(account.uin),
        destination_region: theirRegion,
        ...(far && { bandwidth: 10, qos_level: 'AU' }),
      }
      const peering = await ours.peerings.create(wanted)
      const { destination_vpc_id: _, qos_level: __, ...compared } = { qos_level: '', ...wanted }
      const expected = { bandwidth: 0, ...compared }
      assert.deepEqual(await ours.peerings.read(peering), expected)
      // Routes may come before the acceptance: nothing in the configuration orders the two.
      const ourEntry = await ours.entries.create(ourTable, '10.1.0.0/16', peering, 'to peer')
      await theirs.peerings.accept(peering)
      const theirEntry = await theirs.entries.create(theirTable, '10.0.0.0/16', peering)

      // plan: nothing to do
      const expectedEntry = {
        route_table_id: ourTable,
        destination_cidr_block: '10.1.0.0/16',
        next_type: 'PEERCONNECTION',
        next_hub: peering,
        description: 'to peer',
        disabled: false,
      }
      assert.deepEqual(await ours.peerings.read(peering), expected)
      assert.deepEqual(await ours.entries.read(ourEntry), expectedEntry)
      assert.deepEqual(await theirs.entries.read(theirEntry), {
        ...expectedEntry,
        route_table_id: theirTable,
        destination_cidr_block: '10.0.0.0/16',
        description: '',
      })

      // update
      await ours.vpcs.rename(source, 'renamed')
      await ours.changeTags('vpc', source, { env: 'live', more: 'x' }, [])
      await ours.changeTags('vpc', source, {}, ['more'])
      await theirs.vpcs.exchangeBlocks(destination, ['172.17.0.0/16'], ['172.16.0.0/16'])
      await ours.peerings.update(peering, 'renamed-iac', far ? 20 : undefined)
      await ours.entries.switch(ourEntry, false)
      assert.deepEqual(await ours.vpcs.read(source), { ...ourState, name: 'renamed', tags: { env: 'live' } })
      assert.deepEqual(await theirs.vpcs.read(destination), {
        ...theirState,
        assistant_cidrs: ['172.17.0.0/16'],
      })
      assert.deepEqual(await ours.peerings.read(peering), {
        ...expected,
        peering_connection_name: 'renamed-iac',
        bandwidth: far ? 20 : 0,
      })
      assert.deepEqual(await ours.entries.read(ourEntry), { ...expectedEntry, disabled: true })
      await ours.entries.switch(ourEntry, true)

      // destroy, in the order seen
      v3Succeeds(await ours.entries.delete(ourEntry))
      v3Succeeds(await theirs.entries.delete(theirEntry))
      v3Succeeds(await ours.peerings.delete(peering))
      for (const answer of await Promise.all([ours.vpcs.delete(source), theirs.vpcs.delete(destination)])) {
        v3Succeeds(answer)
      }

      // nothing is left
      assert.deepEqual(
        [
          await ours.vpcs.read(source),
          await theirs.vpcs.read(destination),
          await ours.peerings.read(peering),
          await theirs.peerings.read(peering),
          await ours.entries.read(ourEntry),
          await theirs.entries.read(theirEntry),
        ],
        [null, null, null, null, null, null],
      )
      // What counts as deleted already; of a peering it is reported as a failure.
      v3Fails(await ours.entries.delete(ourEntry), 'ResourceNotFound')
      v3Fails(await ours.vpcs.delete(source), 'ResourceNotFound')
      v3Fails(await ours.peerings.delete(peering), 'ResourceNotFound')
    })
  })
}

describe('the requests', () => {
  it('are those that were captured', async () => {
    const [ours] = providers()
    const vpc = await ours.vpcs.create({ name: 'a', cidr_block: '10.0.0.0/16' })
    await ours.vpcs.read(vpc)
    const peering = await ours.peerings.create({
      source_vpc_id: vpc,
      peering_connection_name: 'example-iac',
      destination_vpc_id: await service.newVpc(bob, 'ap-guangzhou', '10.9.0.0/16'),
      destination_uin: bob.uin,
      destination_region: 'ap-guangzhou',
    })
    assert.ok(peering)
    const log = ours.log.map((line) => line.replace(/(vpc|pcx)-[0-9a-z]{8}/g, '$1-…'))
    assert.deepEqual(log, [
      'vpc CreateVpc {"VpcName":"a","CidrBlock":"10.0.0.0/16","EnableMulticast":"false","EnableRouteVpcPublish":false,"EnableRouteVpcPublishIpv6":false}',
      'vpc DescribeVpcs {"Filters":[{"Name":"vpc-id","Values":["vpc-…"]}],"Offset":"0","Limit":"100"}',
      'vpc DescribeRouteTables {"Filters":[{"Name":"vpc-id","Values":["vpc-…"]},{"Name":"association.main","Values":["true"]}],"Offset":"0","Limit":"100"}',
      `vpc CreateVpcPeeringConnection {"SourceVpcId":"vpc-…","PeeringConnectionName":"example-iac","DestinationVpcId":"vpc-…","DestinationUin":"${bob.uin}","DestinationRegion":"ap-guangzhou"}`,
    ])
  })
})

describe('tencentcloud_subnet and tencentcloud_route_table', () => {
  it('are created, read as configured, changed, and destroyed', async () => {
    const [ours] = providers()
    const vpc = await ours.vpcs.create({ name: 'a', cidr_block: '10.0.0.0/16' })
    const main = (await planned(ours.vpcs.read(vpc))).default_route_table_id
    const wantedTable = { vpc_id: vpc, name: 'ours', tags: { k: 'v' } }
    const table = await ours.tables.create(wantedTable)
    const wantedSubnet = {
      vpc_id: vpc,
      name: 'a',
      cidr_block: '10.0.1.0/24',
      availability_zone: 'ap-guangzhou-3',
    }
    const subnet = await ours.subnets.create(wantedSubnet)
    const stateOfSubnet = { ...wantedSubnet, is_multicast: true, route_table_id: main, tags: {} }
    assert.deepEqual(await ours.subnets.read(subnet), stateOfSubnet)
    await ours.subnets.associate(subnet, table)
    await ours.changeTags('subnet', subnet, { a: 'b' })
    assert.deepEqual(await ours.subnets.read(subnet), {
      ...stateOfSubnet,
      route_table_id: table,
      tags: { a: 'b' },
    })
    const stateOfTable = { ...wantedTable, is_default: false, subnet_ids: [subnet], route_entry_ids: [] }
    assert.deepEqual(await ours.tables.read(table), stateOfTable)
    await ours.tables.rename(table, 'renamed')
    assert.deepEqual(await ours.tables.read(table), { ...stateOfTable, name: 'renamed' })

    v3Fails(await ours.tables.delete(table), 'UnsupportedOperation.DelRouteWithSubnet')
    v3Succeeds(await ours.subnets.delete(subnet))
    v3Succeeds(await ours.tables.delete(table))
    assert.deepEqual([await ours.subnets.read(subnet), await ours.tables.read(table)], [null, null])
    v3Fails(await ours.subnets.delete(subnet), 'ResourceNotFound')
    v3Fails(await ours.tables.delete(table), 'ResourceNotFound')
    v3Succeeds(await ours.vpcs.delete(vpc))
  })

  it('page through more than twenty tags', async () => {
    const [ours] = providers()
    const vpc = await ours.vpcs.create({ name: 'a', cidr_block: '10.0.0.0/16' })
    const table = await ours.tables.create({ vpc_id: vpc, name: 'tagged' })
    const all: Record<string, string> = {}
    for (const from of [0, 10, 20]) {
      const tags = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`k${from + n}`, 'v']))
      await ours.changeTags('rtb', table, tags)
      Object.assign(all, tags)
    }
    assert.deepEqual((await ours.tables.read(table))?.tags, all)
  })
})

describe('a peering that the other side deletes', () => {
  it('takes the routes of both along, which are then planned anew, and fail', async () => {
    const [ours, theirs] = providers()
    const source = await ours.vpcs.create({ name: 'a', cidr_block: '10.0.0.0/16' })
    const destination = await theirs.vpcs.create({ name: 'b', cidr_block: '10.1.0.0/16' })
    const peering = await ours.peerings.create({
      source_vpc_id: source,
      peering_connection_name: 'p',
      destination_vpc_id: destination,
      destination_uin: bob.uin,
      destination_region: 'ap-guangzhou',
    })
    await theirs.peerings.accept(peering)
    const table = (await planned(ours.vpcs.read(source))).default_route_table_id
    const entry = await ours.entries.create(table, '10.1.0.0/16', peering)
    v3Succeeds(await theirs.peerings.delete(peering))
    assert.deepEqual([await ours.peerings.read(peering), await ours.entries.read(entry)], [null, null])
    v3Fails(await ours.entries.delete(entry), 'ResourceNotFound')
    const again = {
      RouteTableId: table,
      Routes: [{ DestinationCidrBlock: '10.1.0.0/16', GatewayType: 'PEERCONNECTION', GatewayId: peering }],
    }
    v3Fails(await ours.call('vpc', 'CreateRoutes', again), 'ResourceNotFound')
  })
})
