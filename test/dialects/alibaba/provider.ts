import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { signParameters } from '../../../src/dialects/alibaba/signing.ts'
import { byName, encodePairs, type Pair } from '../../../src/dialects/encoding.ts'
import type { TestTenant } from '../../rig/tenants.ts'

/**
 * The Terraform provider of this vendor, as far as its traffic goes: its two client libraries, with the bytes they send,
 * and of each resource the calls it makes and the members it compares.
 * Source: aliyun/terraform-provider-alicloud 1.289; the requests are as captured.
 */

type Values = Readonly<Record<string, string | number | boolean>>
export type Members = Readonly<Record<string, unknown>>

export interface Reply {
  readonly status: number
  readonly body: Members & { readonly Code?: string; readonly Message?: string }
}

/** As Go writes a query or a form: sorted, with a plus for a space. */
const goEncode = (pairs: readonly Pair[]) => encodePairs([...pairs].sort(byName)).replaceAll('%20', '+')
const pairsOf = (values: Values) => Object.entries(values).map(([name, value]): Pair => [name, String(value)])

export class ProviderError extends Error {
  readonly code: string
  readonly status: number

  constructor({ status, body }: Reply) {
    super(JSON.stringify(body))
    this.status = status
    this.code = String(body.Code)
  }

  /** How the provider knows that something is gone; it takes any 404 for it. */
  get notFound(): boolean {
    return this.status === 404 || this.message.includes('NotFound')
  }
}

/** One provider block: whose credentials it has, in which region. */
export class Provider {
  readonly #host: string
  readonly #tenant: TestTenant
  readonly region: string

  constructor(host: string, tenant: TestTenant, region = 'cn-hangzhou') {
    this.#host = host
    this.#tenant = tenant
    this.region = region
  }

  /** tea-rpc: the parameters of the protocol in the query, all others in the form; `query` is for reads that say so. */
  async tea(version: string, action: string, form: Values, query: Values = {}): Promise<Members> {
    const [inQuery, inForm] = [pairsOf(query), pairsOf(form)]
    const asked: Pair[] = [['Action', action], ['Format', 'json'], ['Version', version], ...inQuery]
    const added = this.#sign([...asked, ...inForm])
    return this.#send([...asked, ...added], goEncode(inForm), {
      'x-acs-action': action,
      'x-acs-version': version,
    })
  }

  /** alibaba-cloud-sdk-go: all in the query of a POST, a region with every call, and an empty `SignatureType`. */
  async go(version: string, action: string, parameters: Values): Promise<Members> {
    const asked: Pair[] = [
      ['Action', action],
      ['Format', 'JSON'],
      ['RegionId', this.region],
      ['SignatureType', ''],
      ['Version', version],
      ...pairsOf(parameters),
    ]
    return this.#send([...asked, ...this.#sign(asked)], '', {})
  }

  #sign(pairs: readonly Pair[]): Pair[] {
    const { id: accessKeyId, secret } = this.#tenant.key
    const signer = { accessKeyId, secret, scheme: 'HMAC-SHA1' } as const
    return [...signParameters('POST', pairs, signer, Date.now(), randomUUID())]
  }

  async #send(query: readonly Pair[], body: string, headers: Record<string, string>): Promise<Members> {
    const response = await fetch(`http://${this.#host}/?${goEncode(query)}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
    const reply = JSON.parse(await response.text()) as Reply['body']
    // What is no object makes one of the two libraries panic.
    assert.ok(typeof reply === 'object' && reply !== null && !Array.isArray(reply))
    assert.ok(response.status < 500, 'the provider would call again for minutes')
    if (response.status >= 400) {
      assert.ok(
        reply.Code && reply.Message,
        'an error without a code is a success to one of the two libraries',
      )
      throw new ProviderError({ status: response.status, body: reply })
    }
    assert.ok(!('Code' in reply) && reply['Success'] !== false, 'a success that counts as an error')
    return reply
  }
}

const VPC = '2016-04-28'
const PEER = '2022-01-01'

/** What a path names in an answer; the provider fails with an error where there is no such thing. */
export function jsonPath(members: Members, ...steps: string[]): readonly Members[] {
  let found: unknown = members
  for (const step of steps) {
    assert.ok(typeof found === 'object' && found !== null && step in found, `unknown key ${step}`)
    found = (found as Members)[step]
  }
  assert.ok(Array.isArray(found), steps.join('.'))
  return found as readonly Members[]
}

const tagsToMap = (tags: readonly Members[]) =>
  Object.fromEntries(tags.map(({ Key, Value }) => [String(Key), String(Value)]))

let tokens = 0
const clientToken = (action: string) => `TF-${action}-${++tokens}-${randomUUID()}`.slice(0, 64)

const flatTags = (tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([key, value], index) => [
      [`Tag.${index + 1}.Key`, key],
      [`Tag.${index + 1}.Value`, value],
    ]),
  )

/** Calls again while the provider would, on the codes that it knows for this call; a few times, for nothing here lasts. */
async function retrying<T>(codes: readonly string[], call: () => Promise<T>): Promise<T> {
  for (let count = 0; ; count++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof ProviderError) || !codes.includes(error.code) || count === 5) throw error
    }
  }
}

/** What a read finds; null where the provider drops the resource from its state. */
async function unlessGone<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ProviderError && error.notFound) return null
    throw error
  }
}

export type Tags = Readonly<Record<string, string>>

/** Tags by their own operations: first what goes, then what comes. */
async function setTags(
  provider: Provider,
  version: string,
  type: string,
  id: string,
  before: Tags,
  after: Tags,
): Promise<void> {
  const resource = { 'ResourceId.1': id, RegionId: provider.region, ResourceType: type }
  const removed = Object.keys(before).filter((key) => !(key in after))
  const added = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value))
  if (removed.length > 0) {
    const keys = Object.fromEntries(removed.map((key, index) => [`TagKey.${index + 1}`, key]))
    await provider.tea(version, 'UnTagResources', { ...resource, ...keys })
  }
  if (Object.keys(added).length > 0) {
    await provider.tea(version, 'TagResources', { ...resource, ...flatTags(added) })
  }
}

/** `alicloud_vpc`. */
export const vpc = {
  async create(
    provider: Provider,
    said: { parameters: Values; tags: Tags; secondary?: readonly string[] },
  ): Promise<string> {
    const { region: RegionId } = provider
    const made = await retrying(['TaskConflict', 'UnknownError'], () =>
      provider.tea(VPC, 'CreateVpc', {
        RegionId,
        ClientToken: clientToken('CreateVpc'),
        ...said.parameters,
        ...flatTags(said.tags),
      }),
    )
    const VpcId = String(made['VpcId'])
    const waited = await provider.tea(VPC, 'DescribeVpcAttribute', {}, { VpcId, RegionId })
    assert.equal(waited['Status'], 'Available')
    // Without a table of the system's for this VPC the creation fails.
    await this.systemTable(provider, VpcId)
    for (const SecondaryCidrBlock of said.secondary ?? []) {
      await provider.tea(VPC, 'AssociateVpcCidrBlock', {
        VpcId,
        RegionId,
        IpVersion: 'IPV4',
        SecondaryCidrBlock,
      })
    }
    return VpcId
  },

  async systemTable(provider: Provider, VpcId: string): Promise<Members> {
    const { region: RegionId } = provider
    const answer = await provider.tea(VPC, 'DescribeRouteTableList', {}, { VpcId, RegionId })
    const found = jsonPath(answer, 'RouterTableList', 'RouterTableListType').find(
      (table) => table['RouteTableType'] === 'System' && table['VpcId'] === VpcId,
    )
    assert.ok(found)
    return found
  },

  /** The members of its state. Group, router and table come from the table, after the VPC's own. */
  read(provider: Provider, VpcId: string) {
    return unlessGone(async () => {
      const { region: RegionId } = provider
      const shown = await provider.tea(VPC, 'DescribeVpcAttribute', {}, { VpcId, RegionId })
      const table = await this.systemTable(provider, VpcId)
      return {
        cidr_block: shown['CidrBlock'],
        vpc_name: shown['VpcName'],
        description: shown['Description'],
        dns_hostname_status: shown['DnsHostnameStatus'],
        classic_link_enabled: shown['ClassicLinkEnabled'],
        enable_ipv6: shown['EnabledIpv6'],
        ipv6_cidr_block: shown['Ipv6CidrBlock'],
        ipv6_cidr_blocks: jsonPath(shown, 'Ipv6CidrBlocks', 'Ipv6CidrBlock'),
        secondary_cidr_blocks: jsonPath(shown, 'SecondaryCidrBlocks', 'SecondaryCidrBlock'),
        user_cidrs: jsonPath(shown, 'UserCidrs', 'UserCidr'),
        tags: tagsToMap(jsonPath(shown, 'Tags', 'Tag')),
        status: shown['Status'],
        router_id: table['RouterId'],
        route_table_id: String(table['RouteTableId']),
        resource_group_id: table['ResourceGroupId'],
        system_route_table_name: table['RouteTableName'],
        system_route_table_description: table['Description'],
        system_route_table_route_propagation_enable: table['RoutePropagationEnable'],
      }
    })
  },

  async update(
    provider: Provider,
    VpcId: string,
    said: { parameters?: Values; group?: string; table?: Values; tags?: readonly [Tags, Tags] },
  ): Promise<void> {
    const { region: RegionId } = provider
    if (said.parameters) {
      await provider.tea(VPC, 'ModifyVpcAttribute', { VpcId, RegionId, ...said.parameters })
      const waited = await provider.tea(VPC, 'DescribeVpcAttribute', {}, { VpcId, RegionId })
      assert.equal(waited['Status'], 'Available')
    }
    if (said.group) {
      const move = { ResourceId: VpcId, ResourceType: 'VPC', NewResourceGroupId: said.group }
      await provider.tea(VPC, 'MoveResourceGroup', { RegionId, ...move })
    }
    const { RouteTableId } = await this.systemTable(provider, VpcId)
    if (said.table) {
      const table = { RouteTableId: String(RouteTableId), ...said.table }
      await provider.tea(VPC, 'ModifyRouteTableAttributes', { RegionId, ...table })
    }
    if (said.tags) await setTags(provider, VPC, 'VPC', VpcId, ...said.tags)
  },

  async destroy(provider: Provider, VpcId: string): Promise<void> {
    const codes = ['DependencyViolation.VSwitch', 'DependencyViolation.SecurityGroup', 'IncorrectVpcStatus']
    await retrying(codes, () => provider.tea(VPC, 'DeleteVpc', { VpcId, RegionId: provider.region }))
    assert.equal(await this.read(provider, VpcId), null)
  },
}

/** `alicloud_vswitch`. */
export const vswitch = {
  async create(provider: Provider, parameters: Values, tags: Tags): Promise<string> {
    const codes = ['TaskConflict', 'OperationConflict', 'InvalidStatus.RouteEntry', 'IncorrectVSwitchStatus']
    const made = await retrying(codes, () =>
      provider.tea(VPC, 'CreateVSwitch', {
        RegionId: provider.region,
        ClientToken: clientToken('CreateVSwitch'),
        ...parameters,
        ...flatTags(tags),
      }),
    )
    const id = String(made['VSwitchId'])
    assert.equal((await this.read(provider, id))?.status, 'Available')
    return id
  },

  read(provider: Provider, VSwitchId: string) {
    return unlessGone(async () => {
      const { region: RegionId } = provider
      const shown = await provider.tea(VPC, 'DescribeVSwitchAttributes', { RegionId }, { VSwitchId })
      return {
        cidr_block: shown['CidrBlock'],
        description: shown['Description'],
        ipv6_cidr_block: shown['Ipv6CidrBlock'],
        status: shown['Status'],
        vswitch_name: shown['VSwitchName'],
        vpc_id: shown['VpcId'],
        zone_id: shown['ZoneId'],
        tags: tagsToMap(jsonPath(shown, 'Tags', 'Tag')),
      }
    })
  },

  async update(provider: Provider, VSwitchId: string, parameters: Values, tags: readonly [Tags, Tags]) {
    const { region: RegionId } = provider
    await provider.tea(VPC, 'ModifyVSwitchAttribute', { VSwitchId, RegionId, ...parameters })
    await setTags(provider, VPC, 'VSWITCH', VSwitchId, ...tags)
  },

  async destroy(provider: Provider, VSwitchId: string): Promise<void> {
    const codes = ['DependencyViolation', 'OperationConflict', 'TaskConflict', 'IncorrectVSwitchStatus']
    await retrying(codes, () => provider.tea(VPC, 'DeleteVSwitch', { VSwitchId, RegionId: provider.region }))
    assert.equal(await this.read(provider, VSwitchId), null)
  },
}

/** `alicloud_vpc_peer_connection`. */
export const peerConnection = {
  async create(provider: Provider, parameters: Values, tags: Tags): Promise<string> {
    const made = await provider.tea(PEER, 'CreateVpcPeerConnection', {
      RegionId: provider.region,
      ClientToken: clientToken('CreateVpcPeerConnection'),
      // What the user leaves out is sent as 0.
      AcceptingAliUid: 0,
      DryRun: false,
      ...parameters,
    })
    const id = String(made['InstanceId'])
    assert.ok(['Activated', 'Accepting'].includes(String((await this.read(provider, id))?.status)))
    await setTags(provider, PEER, 'PeerConnection', id, {}, tags)
    return id
  },

  async read(provider: Provider, InstanceId: string) {
    try {
      const shown = await provider.tea(PEER, 'GetVpcPeerConnectionAttribute', { InstanceId })
      const accepter = shown['AcceptingOwnerUid']
      assert.ok(
        Number.isInteger(accepter) && Number.isInteger(shown['Bandwidth']),
        'as text they are not set',
      )
      return {
        accepting_ali_uid: accepter,
        accepting_region_id: shown['AcceptingRegionId'],
        accepting_vpc_id: (shown['AcceptingVpc'] as Members)['VpcId'],
        vpc_id: (shown['Vpc'] as Members)['VpcId'],
        bandwidth: shown['Bandwidth'],
        description: shown['Description'],
        link_type: shown['LinkType'],
        peer_connection_name: shown['Name'],
        resource_group_id: shown['ResourceGroupId'],
        status: shown['Status'],
        tags: tagsToMap(jsonPath(shown, 'Tags')),
      }
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'ResourceNotFound.InstanceId') return null
      throw error
    }
  },

  async update(
    provider: Provider,
    InstanceId: string,
    said: { parameters?: Values; group?: string; tags?: readonly [Tags, Tags] },
  ): Promise<void> {
    if (said.parameters) {
      await provider.tea(PEER, 'ModifyVpcPeerConnection', {
        InstanceId,
        ClientToken: clientToken('ModifyVpcPeerConnection'),
        ...said.parameters,
      })
      assert.equal((await this.read(provider, InstanceId))?.status, 'Activated')
    }
    if (said.group) {
      await provider.tea(PEER, 'MoveResourceGroup', {
        ResourceId: InstanceId,
        ResourceType: 'PeerConnection',
        NewResourceGroupId: said.group,
        RegionId: provider.region,
      })
    }
    if (said.tags) await setTags(provider, PEER, 'PeerConnection', InstanceId, ...said.tags)
  },

  /** Routes in the way are fatal here, unless forced; that it is gone already is not. */
  async destroy(provider: Provider, InstanceId: string, more: Values = {}): Promise<void> {
    try {
      await provider.tea(PEER, 'DeleteVpcPeerConnection', {
        InstanceId,
        ClientToken: clientToken('DeleteVpcPeerConnection'),
        ...more,
      })
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'ResourceNotFound.InstanceId') throw error
    }
    // Whatever state it would show, the provider waits on.
    assert.equal(await this.read(provider, InstanceId), null)
  },
}

/** `alicloud_vpc_peer_connection_accepter`. */
export const peerConnectionAccepter = {
  async create(provider: Provider, InstanceId: string, modify: Values = {}): Promise<void> {
    try {
      await provider.tea(PEER, 'AcceptVpcPeerConnection', {
        InstanceId,
        ClientToken: clientToken('AcceptVpcPeerConnection'),
      })
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'IncorrectStatus.VpcPeer') throw error
    }
    assert.equal((await peerConnection.read(provider, InstanceId))?.status, 'Activated')
    if (Object.keys(modify).length === 0) return
    await retrying(['IncorrectStatus.VpcPeer'], () =>
      provider.tea(PEER, 'ModifyVpcPeerConnection', { InstanceId, ...modify }),
    )
  },

  read: peerConnection.read,

  /** It deletes the peering itself. */
  async destroy(provider: Provider, InstanceId: string): Promise<void> {
    const codes = ['IncorrectStatus.VpcPeer', 'IncorrectStatus', 'OperationDenied.RouteEntryExist']
    await retrying(codes, () =>
      provider.tea(PEER, 'DeleteVpcPeerConnection', {
        InstanceId,
        ClientToken: clientToken('DeleteVpcPeerConnection'),
      }),
    )
    assert.equal(await peerConnection.read(provider, InstanceId), null)
  },
}

const ROUTE_RETRIES = [
  'TaskConflict',
  'OperationConflict',
  'IncorrectStatus.VpcPeer',
  'IncorrectRouteEntryStatus',
  'LastTokenProcessing',
]

/** `alicloud_route_entry`, of the older library, whose state is what the configuration says, letter by letter. */
export const routeEntry = {
  async table(provider: Provider, RouteTableId: string): Promise<Members> {
    const answer = await provider.go(VPC, 'DescribeRouteTables', { RouteTableId })
    const [table] = jsonPath(answer, 'RouteTables', 'RouteTable')
    assert.equal(table?.['RouteTableId'], RouteTableId)
    return table
  },

  async waitForAll(provider: Provider, RouteTableId: string): Promise<void> {
    const table = await this.table(provider, RouteTableId)
    for (const { Status } of jsonPath(table, 'RouteEntrys', 'RouteEntry')) assert.equal(Status, 'Available')
  },

  async create(provider: Provider, table: string, destination: string, nextHop: string): Promise<string> {
    const { VRouterId } = await this.table(provider, table)
    await retrying(ROUTE_RETRIES, async () => {
      await this.waitForAll(provider, table)
      await provider.go(VPC, 'CreateRouteEntry', {
        ClientToken: clientToken('CreateRouteEntry'),
        DestinationCidrBlock: destination,
        NextHopId: nextHop,
        NextHopType: 'VpcPeer',
        RouteTableId: table,
      })
    })
    const id = [table, VRouterId, destination, 'VpcPeer', nextHop].join(':')
    assert.equal((await this.read(provider, id))?.['Status'], 'Available')
    return id
  },

  async read(provider: Provider, id: string): Promise<Members | null> {
    const { table, destination, type, nextHop } = splitId(id)
    return unlessGone(async () => {
      const answer = await provider.go(VPC, 'DescribeRouteTables', { RouteTableId: table })
      const [found] = jsonPath(answer, 'RouteTables', 'RouteTable')
      const entries = found ? jsonPath(found, 'RouteEntrys', 'RouteEntry') : []
      return (
        entries.find(
          (entry) =>
            entry['DestinationCidrBlock'] === destination &&
            entry['NextHopType'] === type &&
            entry['InstanceId'] === nextHop,
        ) ?? null
      )
    })
  },

  async destroy(provider: Provider, id: string): Promise<void> {
    const { table, destination, nextHop } = splitId(id)
    await this.waitForAll(provider, table)
    try {
      await retrying(ROUTE_RETRIES, () =>
        provider.go(VPC, 'DeleteRouteEntry', {
          DestinationCidrBlock: destination,
          NextHopId: nextHop,
          RouteTableId: table,
        }),
      )
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'InvalidRouteEntry.NotFound') throw error
    }
    assert.equal(await this.read(provider, id), null)
  },
}

/** IPv6 destinations have colons of their own. */
function splitId(id: string) {
  const parts = id.split(':')
  const [table = '', router = ''] = parts
  const [type = '', nextHop = ''] = parts.slice(-2)
  return { table, router, destination: parts.slice(2, -2).join(':'), type, nextHop }
}

/** `alicloud_vpc_route_entry`, of the newer library. */
export const vpcRouteEntry = {
  async create(provider: Provider, table: string, parameters: Values): Promise<string> {
    const made = await retrying(ROUTE_RETRIES, () =>
      provider.tea(VPC, 'CreateRouteEntry', {
        RouteTableId: table,
        RegionId: provider.region,
        ClientToken: clientToken('CreateRouteEntry'),
        ...parameters,
      }),
    )
    return `${table}:${String(made['RouteEntryId'])}`
  },

  read(provider: Provider, id: string) {
    const [RouteTableId = '', RouteEntryId = ''] = id.split(':')
    return unlessGone(async () => {
      const { region: RegionId } = provider
      const answer = await provider.tea(
        VPC,
        'DescribeRouteEntryList',
        { RegionId },
        { RouteTableId, RouteEntryId },
      )
      const [entry] = jsonPath(answer, 'RouteEntrys', 'RouteEntry')
      if (!entry) return null
      const [hop] = jsonPath(entry, 'NextHops', 'NextHop')
      return {
        description: entry['Description'],
        destination_cidrblock: entry['DestinationCidrBlock'],
        route_entry_name: entry['RouteEntryName'],
        route_table_id: entry['RouteTableId'],
        status: entry['Status'],
        nexthop_id: hop?.['NextHopId'],
        nexthop_type: hop?.['NextHopType'],
      }
    })
  },

  async update(provider: Provider, id: string, parameters: Values): Promise<void> {
    const [, RouteEntryId = ''] = id.split(':')
    await retrying(ROUTE_RETRIES, () =>
      provider.tea(VPC, 'ModifyRouteEntry', { RouteEntryId, RegionId: provider.region, ...parameters }),
    )
  },

  async destroy(provider: Provider, id: string, destination: string, nextHop: string): Promise<void> {
    const [RouteTableId = ''] = id.split(':')
    await retrying(ROUTE_RETRIES, () =>
      provider.tea(VPC, 'DeleteRouteEntry', {
        RouteTableId,
        RegionId: provider.region,
        DestinationCidrBlock: destination,
        NextHopId: nextHop,
      }),
    )
    assert.equal(await this.read(provider, id), null)
  },
}

/** `alicloud_route_table`. */
export const routeTable = {
  async create(provider: Provider, parameters: Values, tags: Tags): Promise<string> {
    const made = await retrying(['OperationConflict', 'LastTokenProcessing'], () =>
      provider.tea(VPC, 'CreateRouteTable', {
        RegionId: provider.region,
        ClientToken: clientToken('CreateRouteTable'),
        ...parameters,
        ...flatTags(tags),
      }),
    )
    const id = String(made['RouteTableId'])
    assert.equal((await this.read(provider, id))?.status, 'Available')
    return id
  },

  async read(provider: Provider, RouteTableId: string) {
    const { region: RegionId } = provider
    const answer = await provider.tea(VPC, 'DescribeRouteTableList', { RouteTableId, RegionId })
    const [table] = jsonPath(answer, 'RouterTableList', 'RouterTableListType')
    return table
      ? {
          associate_type: table['AssociateType'],
          description: table['Description'],
          route_propagation_enable: table['RoutePropagationEnable'],
          route_table_name: table['RouteTableName'],
          status: table['Status'],
          vpc_id: table['VpcId'],
          tags: tagsToMap(jsonPath(table, 'Tags', 'Tag')),
        }
      : null
  },

  async update(provider: Provider, RouteTableId: string, parameters: Values, tags: readonly [Tags, Tags]) {
    const { region: RegionId } = provider
    await provider.tea(VPC, 'ModifyRouteTableAttributes', { RouteTableId, RegionId, ...parameters })
    await setTags(provider, VPC, 'ROUTETABLE', RouteTableId, ...tags)
  },

  async destroy(provider: Provider, RouteTableId: string): Promise<void> {
    await retrying(['OperationConflict', 'DependencyViolation.RouteEntry'], () =>
      provider.tea(VPC, 'DeleteRouteTable', { RouteTableId, RegionId: provider.region }),
    )
    assert.equal(await this.read(provider, RouteTableId), null)
  },
}

/** `alicloud_route_table_attachment`. */
export const routeTableAttachment = {
  async create(provider: Provider, RouteTableId: string, VSwitchId: string): Promise<void> {
    await provider.tea(VPC, 'AssociateRouteTable', {
      RouteTableId,
      VSwitchId,
      RegionId: provider.region,
      ClientToken: clientToken('AssociateRouteTable'),
    })
    assert.equal(await this.read(provider, RouteTableId, VSwitchId), 'Available')
  },

  async read(provider: Provider, RouteTableId: string, VSwitchId: string): Promise<unknown> {
    const { region: RegionId } = provider
    const answer = await provider.tea(VPC, 'DescribeRouteTableList', { RegionId }, { RouteTableId })
    const table = jsonPath(answer, 'RouterTableList', 'RouterTableListType').find((item) =>
      (jsonPath(item, 'VSwitchIds', 'VSwitchId') as readonly unknown[]).includes(VSwitchId),
    )
    return table?.['Status'] ?? null
  },

  async destroy(provider: Provider, RouteTableId: string, VSwitchId: string): Promise<void> {
    await provider.tea(VPC, 'UnassociateRouteTable', {
      RouteTableId,
      VSwitchId,
      RegionId: provider.region,
      ClientToken: clientToken('UnassociateRouteTable'),
    })
    assert.equal(await this.read(provider, RouteTableId, VSwitchId), null)
  },
}

/** `alicloud_vpc_ipv4_cidr_block`. */
export const ipv4CidrBlock = {
  async create(provider: Provider, VpcId: string, SecondaryCidrBlock: string): Promise<void> {
    const { region: RegionId } = provider
    const block = { IpVersion: 'IPV4', RegionId, SecondaryCidrBlock, VpcId }
    await retrying(['OperationConflict', 'OperationFailed.CidrInUse'], () =>
      provider.tea(VPC, 'AssociateVpcCidrBlock', block),
    )
    assert.ok(await this.read(provider, VpcId, SecondaryCidrBlock))
  },

  async read(provider: Provider, VpcId: string, block: string): Promise<boolean> {
    const answer = await provider.tea(VPC, 'DescribeVpcs', { VpcId, RegionId: provider.region })
    return jsonPath(answer, 'Vpcs', 'Vpc').some((item) =>
      (jsonPath(item, 'SecondaryCidrBlocks', 'SecondaryCidrBlock') as readonly unknown[]).includes(block),
    )
  },

  async destroy(provider: Provider, VpcId: string, SecondaryCidrBlock: string): Promise<void> {
    const block = { RegionId: provider.region, SecondaryCidrBlock, VpcId }
    await retrying(['OperationConflict', 'OperationFailed.CidrInUse'], () =>
      provider.tea(VPC, 'UnassociateVpcCidrBlock', block),
    )
    assert.equal(await this.read(provider, VpcId, SecondaryCidrBlock), false)
  },
}

/** `data.alicloud_account`. */
export async function callerIdentity(provider: Provider): Promise<string> {
  return String((await provider.go('2015-04-01', 'GetCallerIdentity', {}))['AccountId'])
}
