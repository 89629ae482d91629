import assert from 'node:assert/strict'
import type { TestTenant } from '../../rig/tenants.ts'
import { type Parameters, type V3Response, type V3Route, v3Succeeds } from './client.ts'
import { proxied, type Service } from './proxy.ts'

/**
 * What the vendor's Terraform provider does of each resource, call by call and byte for byte, as it was seen to: what
 * it sends, which members it dereferences without looking (so that it crashes on one that is not there), and what it
 * compares with the configuration afterwards.
 */

/** The region names that the provider understands, by the short codes that it expects in answers. */
const LONG_NAMES: Readonly<Record<string, string>> = { gz: 'ap-guangzhou', sh: 'ap-shanghai' }

const PAGE = { Offset: '0', Limit: '100' }

/** Fails where the provider would crash. */
function dereferenced(value: object, names: readonly string[]): void {
  for (const name of names) {
    const member = (value as Record<string, unknown>)[name]
    assert.ok(member !== null && member !== undefined, `the provider crashes without ${name}`)
  }
}

/** Whether a resource is there: the one row of a list, or none; more than one is an error. */
function only<Row>({ TotalCount }: V3Response, rows: readonly Row[]): Row | null {
  assert.ok(TotalCount !== undefined && TotalCount <= 1 && rows.length === TotalCount)
  return rows[0] ?? null
}

export interface VpcConfiguration {
  readonly name: string
  readonly cidr_block: string
  readonly tags?: Readonly<Record<string, string>>
  readonly assistant_cidrs?: readonly string[]
  readonly is_multicast?: boolean
}

export interface PeeringConfiguration {
  readonly source_vpc_id: string
  readonly peering_connection_name: string
  readonly destination_vpc_id: string
  readonly destination_uin: string
  readonly destination_region: string
  readonly bandwidth?: number
  readonly qos_level?: string
}

export function provider(url: string, tenant: TestTenant, region = 'ap-guangzhou') {
  const log: string[] = []
  /** One call, whatever it is answered. */
  const call = (service: Service, action: string, parameters: Parameters) => {
    log.push(`${service} ${action} ${JSON.stringify(parameters)}`)
    return proxied(url, tenant, service, action, parameters, { region })
  }
  const succeed = async (service: Service, action: string, parameters: Parameters) =>
    v3Succeeds(await call(service, action, parameters))
  const vpc = (action: string, parameters: Parameters) => succeed('vpc', action, parameters)
  const filters = (...pairs: [string, string][]) => ({
    Filters: pairs.map(([Name, value]) => ({ Name, Values: [value] })),
    ...PAGE,
  })
  const asTags = (tags: Readonly<Record<string, string>> = {}) =>
    Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

  const routeTables = async (...pairs: [string, string][]) => {
    const answer = await vpc('DescribeRouteTables', filters(...pairs))
    for (const table of answer.RouteTableSet) {
      dereferenced(table, ['CreatedTime', 'Main', 'RouteTableName', 'RouteTableId', 'VpcId'])
      for (const association of table.AssociationSet) dereferenced(association, ['SubnetId'])
      for (const route of table.RouteSet) dereferencedRoute(route)
    }
    return answer
  }
  const dereferencedRoute = (route: V3Route) =>
    dereferenced(route, [
      'DestinationCidrBlock',
      'GatewayId',
      'GatewayType',
      'RouteDescription',
      'RouteId',
      'RouteType',
      'Enabled',
      'RouteItemId',
    ])

  /** The service `tag` is asked page by page until fewer rows come than were asked for. */
  const tagsOf = async (prefix: string, id: string) => {
    const tags: Record<string, string> = {}
    for (let Offset = 0; ; Offset += 20) {
      const { Tags } = await succeed('tag', 'DescribeResourceTagsByResourceIds', {
        ServiceType: 'vpc',
        ResourcePrefix: prefix,
        ResourceIds: [id],
        ResourceRegion: region,
        Offset,
        Limit: 20,
      })
      for (const { TagKey, TagValue, ResourceId } of Tags) if (ResourceId === id) tags[TagKey] = TagValue
      if (Tags.length < 20) return tags
    }
  }
  const changeTags = (
    prefix: string,
    id: string,
    replace: Readonly<Record<string, string>>,
    remove: readonly string[] = [],
  ) =>
    succeed('tag', 'ModifyResourceTags', {
      Resource: `qcs::vpc:${region}:uin/:${prefix}/${id}`,
      ...(Object.keys(replace).length > 0 && {
        ReplaceTags: Object.entries(replace).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      }),
      ...(remove.length > 0 && { DeleteTags: remove.map((TagKey) => ({ TagKey })) }),
    })

  const vpcs = {
    async create(wanted: VpcConfiguration): Promise<string> {
      const tags = asTags(wanted.tags)
      const { Vpc } = await vpc('CreateVpc', {
        VpcName: wanted.name,
        CidrBlock: wanted.cidr_block,
        EnableMulticast: String(wanted.is_multicast ?? false),
        ...(tags.length > 0 && { Tags: tags }),
        EnableRouteVpcPublish: false,
        EnableRouteVpcPublishIpv6: false,
      })
      dereferenced(Vpc, ['VpcId', 'IsDefault'])
      if (wanted.assistant_cidrs) {
        const CidrBlocks = [...wanted.assistant_cidrs]
        await vpc('CreateAssistantCidr', { VpcId: Vpc.VpcId, CidrBlocks })
      }
      return Vpc.VpcId
    },
    async read(id: string) {
      const answer = await vpc('DescribeVpcs', filters(['vpc-id', id]))
      const info = only(answer, answer.VpcSet)
      if (!info) return null
      dereferenced(info, ['CidrBlock', 'CreatedTime', 'IsDefault', 'EnableMulticast', 'VpcName', 'VpcId'])
      const tables = await routeTables(['vpc-id', id], ['association.main', 'true'])
      return {
        name: info.VpcName,
        cidr_block: info.CidrBlock,
        is_multicast: info.EnableMulticast,
        is_default: info.IsDefault,
        assistant_cidrs: info.AssistantCidrSet.filter(({ AssistantType }) => AssistantType === 0).map(
          ({ CidrBlock }) => CidrBlock,
        ),
        tags: Object.fromEntries(info.TagSet.map(({ Key, Value }) => [Key, Value])),
        enable_route_vpc_publish: info.EnableRouteVpcPublish,
        enable_route_vpc_publish_ipv6: info.EnableRouteVpcPublishIpv6,
        default_route_table_id: tables.RouteTableSet.find(({ Main }) => Main)?.RouteTableId ?? '',
      }
    },
    rename: (id: string, name: string) =>
      vpc('ModifyVpcAttribute', {
        VpcId: id,
        VpcName: name,
        EnableMulticast: 'false',
        EnableRouteVpcPublish: false,
        EnableRouteVpcPublishIpv6: false,
      }),
    exchangeBlocks: (id: string, add: readonly string[], remove: readonly string[]) =>
      vpc('ModifyAssistantCidr', {
        VpcId: id,
        ...(remove.length > 0 && { OldCidrBlocks: [...remove] }),
        ...(add.length > 0 && { NewCidrBlocks: [...add] }),
      }),
    delete: (id: string) => call('vpc', 'DeleteVpc', { VpcId: id }),
  }

  const subnets = {
    async create(wanted: { vpc_id: string; name: string; cidr_block: string; availability_zone: string }) {
      const { Subnet } = await vpc('CreateSubnet', {
        VpcId: wanted.vpc_id,
        SubnetName: wanted.name,
        CidrBlock: wanted.cidr_block,
        Zone: wanted.availability_zone,
      })
      dereferenced(Subnet, ['SubnetId'])
      // `is_multicast` is true unless it is said.
      await vpc('ModifySubnetAttribute', {
        SubnetId: Subnet.SubnetId,
        SubnetName: wanted.name,
        EnableBroadcast: 'true',
      })
      return Subnet.SubnetId
    },
    async read(id: string) {
      const answer = await vpc('DescribeSubnets', filters(['subnet-id', id]))
      const info = only(answer, answer.SubnetSet)
      if (!info) return null
      dereferenced(info, [
        ...['CidrBlock', 'CreatedTime', 'VpcId', 'SubnetId', 'RouteTableId', 'SubnetName', 'IsDefault'],
        ...['EnableBroadcast', 'Zone', 'AvailableIpAddressCount'],
      ])
      return {
        vpc_id: info.VpcId,
        name: info.SubnetName,
        cidr_block: info.CidrBlock,
        availability_zone: info.Zone,
        is_multicast: info.EnableBroadcast,
        route_table_id: info.RouteTableId,
        tags: await tagsOf('subnet', id),
      }
    },
    associate: (id: string, table: string) =>
      vpc('ReplaceRouteTableAssociation', { SubnetId: id, RouteTableId: table }),
    delete: (id: string) => call('vpc', 'DeleteSubnet', { SubnetId: id }),
  }

  const tables = {
    async create(wanted: { vpc_id: string; name: string; tags?: Readonly<Record<string, string>> }) {
      const tags = asTags(wanted.tags)
      const { RouteTable } = await vpc('CreateRouteTable', {
        VpcId: wanted.vpc_id,
        RouteTableName: wanted.name,
        ...(tags.length > 0 && { Tags: tags }),
      })
      dereferenced(RouteTable, ['RouteTableId'])
      if (wanted.tags) await changeTags('rtb', RouteTable.RouteTableId, wanted.tags)
      return RouteTable.RouteTableId
    },
    async read(id: string) {
      const answer = await routeTables(['route-table-id', id])
      const info = only(answer, answer.RouteTableSet)
      if (!info) return null
      return {
        vpc_id: info.VpcId,
        name: info.RouteTableName,
        is_default: info.Main,
        subnet_ids: info.AssociationSet.map(({ SubnetId }) => SubnetId),
        route_entry_ids: info.RouteSet.map(({ RouteId }) => `${RouteId}.${id}`),
        tags: await tagsOf('rtb', id),
      }
    },
    rename: (id: string, name: string) =>
      vpc('ModifyRouteTableAttribute', { RouteTableId: id, RouteTableName: name }),
    delete: (id: string) => call('vpc', 'DeleteRouteTable', { RouteTableId: id }),
  }

  const peerings = {
    async create(wanted: PeeringConfiguration): Promise<string> {
      const { PeeringConnectionId } = await vpc('CreateVpcPeeringConnection', {
        SourceVpcId: wanted.source_vpc_id,
        PeeringConnectionName: wanted.peering_connection_name,
        DestinationVpcId: wanted.destination_vpc_id,
        DestinationUin: wanted.destination_uin,
        DestinationRegion: wanted.destination_region,
        ...(wanted.bandwidth !== undefined && { Bandwidth: wanted.bandwidth }),
        ...(wanted.qos_level !== undefined && { QosLevel: wanted.qos_level }),
      })
      return PeeringConnectionId
    },
    async read(id: string) {
      const { PeerConnectionSet } = await vpc('DescribeVpcPeeringConnections', { PeeringConnectionIds: [id] })
      const [info] = PeerConnectionSet
      if (!info) return null
      return {
        source_vpc_id: info.SourceVpcId,
        peering_connection_name: info.PeeringConnectionName,
        destination_uin: String(info.DestinationUin),
        destination_region: LONG_NAMES[info.DestinationRegion ?? ''] ?? '',
        bandwidth: info.Bandwidth,
      }
    },
    update: (id: string, name: string, bandwidth?: number) =>
      vpc('ModifyVpcPeeringConnection', {
        PeeringConnectionId: id,
        PeeringConnectionName: name,
        ...(bandwidth !== undefined && { Bandwidth: bandwidth }),
      }),
    accept: (id: string) => vpc('AcceptVpcPeeringConnection', { PeeringConnectionId: id }),
    delete: (id: string) => call('vpc', 'DeleteVpcPeeringConnection', { PeeringConnectionId: id }),
  }

  const entries = {
    /** The id is the number of the route and the id of its table. */
    async create(table: string, destination: string, peering: string, description = ''): Promise<string> {
      const answer = await vpc('CreateRoutes', {
        RouteTableId: table,
        Routes: [
          {
            DestinationCidrBlock: destination,
            GatewayType: 'PEERCONNECTION',
            GatewayId: peering,
            RouteDescription: description,
            Enabled: true,
          },
        ],
      })
      assert.deepEqual([answer.TotalCount, answer.RouteTableSet.length], [1, 1])
      const routes = answer.RouteTableSet[0]?.RouteSet ?? []
      assert.equal(routes.length, 1, 'exactly one route in exactly one table')
      return `${routes[0]?.RouteId}.${table}`
    },
    async read(id: string) {
      const [number = '', table = ''] = id.split('.')
      const first = await routeTables(['route-table-id', table])
      const found = only(first, first.RouteTableSet)
      if (!found) return null
      const second = await routeTables(['route-table-id', table], ['vpc-id', found.VpcId])
      const route = second.RouteTableSet[0]?.RouteSet.find(({ RouteId }) => String(RouteId) === number)
      if (!route) return null
      return {
        route_table_id: table,
        destination_cidr_block: route.DestinationCidrBlock,
        next_type: route.GatewayType,
        next_hub: route.GatewayId,
        description: route.RouteDescription,
        disabled: !route.Enabled,
      }
    },
    switch(id: string, on: boolean) {
      const [number = '', table = ''] = id.split('.')
      const parameters = { RouteTableId: table, RouteIds: [Number(number)] }
      return vpc(on ? 'EnableRoutes' : 'DisableRoutes', parameters)
    },
    delete(id: string) {
      const [number = '', table = ''] = id.split('.')
      return call('vpc', 'DeleteRoutes', { RouteTableId: table, Routes: [{ RouteId: Number(number) }] })
    },
  }

  /** The data source of the vendor's own example for a peering. */
  const userInfo = async () => {
    const answer = (await succeed('cam', 'GetUserAppId', {})) as never as Record<string, unknown>
    dereferenced(answer, ['Uin', 'OwnerUin', 'AppId'])
    const users = { FilterSubAccountUin: [Number(answer['Uin'])] }
    const { SubAccounts } = (await succeed('cam', 'DescribeSubAccounts', users)) as never as {
      SubAccounts: unknown
    }
    assert.deepEqual(SubAccounts, [])
    return { app_id: String(answer['AppId']), uin: answer['Uin'], owner_uin: answer['OwnerUin'] }
  }
  /** With `allowed_account_ids` only. */
  const accountId = async () =>
    ((await succeed('sts', 'GetCallerIdentity', {})) as never as { AccountId: string }).AccountId

  return { log, call, changeTags, vpcs, subnets, tables, peerings, entries, userInfo, accountId }
}

export type Provider = ReturnType<typeof provider>
