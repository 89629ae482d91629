import type { Check, Lookup, Role, Target } from '../check.ts'
import { type AlibabaRequest, alibabaClient } from '../clients/alibaba.ts'
import { including, oneOf, type Pattern, refusal, text, wholeNumber, without } from '../pattern.ts'

/** Alibaba Cloud: the whole workflow of two tenants, by VpcPeer 2022-01-01 and VPC 2016-04-28. */

type AlibabaCheck = Check<AlibabaRequest>
type Parameters = AlibabaRequest['parameters']

const BLOCKS = { vpc: '172.16.10.0/24', peerVpc: '172.16.20.0/24', ownVpc: '172.16.30.0/24' } as const
const SUBNET = '172.16.10.0/28'
const OWNER = { vpc: 'requester', peerVpc: 'accepter', ownVpc: 'requester' } as const
type VpcName = keyof typeof BLOCKS

const peer = (action: string, parameters: Parameters): AlibabaRequest => ({
  service: 'vpcpeer',
  action,
  parameters,
})
const vpc = (action: string, parameters: Parameters): AlibabaRequest => ({
  service: 'vpc',
  action,
  parameters,
})
const inRegion = (the: Lookup, parameters: Parameters = {}) => ({ RegionId: the('region'), ...parameters })

const done = (body: Record<string, Pattern> = {}): Pattern => ({
  status: 200,
  body: { RequestId: text, ...body },
})
const fails = (status: Pattern, code: Pattern): Pattern => ({
  status,
  body: { RequestId: text, Code: code, Message: text },
})
const NO_SUCH_PEERING = fails(400, 'ResourceNotFound.InstanceId')

// ------------------------------------------------------------------------------------------------------- identity

const IDENTITY: readonly AlibabaCheck[] = [
  {
    operation: 'GetCallerIdentity',
    what: 'names the account',
    as: 'requester',
    request: () => ({ service: 'sts', action: 'GetCallerIdentity', parameters: {}, style: 'get' }),
    expect: (the) => done({ AccountId: the('requester'), Arn: text }),
  },
  {
    operation: 'DescribeRegions',
    what: 'has the region',
    as: 'requester',
    request: () => vpc('DescribeRegions', {}),
    expect: (the) => done({ Regions: { Region: including({ RegionId: the('region') }) } }),
  },
  {
    operation: 'DescribeZones',
    what: 'has a zone for subnets',
    as: 'requester',
    request: (the) => vpc('DescribeZones', inRegion(the)),
    expect: () => done({ Zones: { Zone: including({ ZoneId: text }) } }),
    keeps: { zone: 'ZoneId' },
  },
  ...(['headers', 'get'] as const).map(
    (style): AlibabaCheck => ({
      operation: 'ListVpcPeerConnections',
      what: style === 'headers' ? 'a wrong signature is refused' : 'and a wrong one of the older kind',
      as: 'requester',
      request: (the) => ({
        ...peer('ListVpcPeerConnections', inRegion(the)),
        style,
        secret: 'not the secret',
      }),
      expect: () => fails(400, 'SignatureDoesNotMatch'),
    }),
  ),
  {
    operation: 'an unknown action',
    what: 'is said to be unknown',
    as: 'requester',
    request: () => peer('ConformanceOfVpcPeerConnection', {}),
    expect: () => fails(404, oneOf('InvalidAction.NotFound', 'InvalidApi.NotFound')),
  },
]

// -------------------------------------------------------------------------------------------------------- networks

const createVpc = (name: VpcName): AlibabaCheck[] => [
  {
    operation: 'CreateVpc',
    what: `makes a VPC (${name})`,
    as: OWNER[name],
    request: (the) =>
      vpc(
        'CreateVpc',
        inRegion(the, { CidrBlock: BLOCKS[name], VpcName: `conformance-${the('run')}-${name}` }),
      ),
    expect: () => done({ VpcId: /^vpc-/, VRouterId: /^vrt-/, RouteTableId: /^vtb-/ }),
    keeps: { [name]: 'VpcId', [`route table of ${name}`]: 'RouteTableId' },
    find: (the) => {
      const unique = `conformance-${the('run')}-${name}`
      return { request: vpc('DescribeVpcs', inRegion(the, { VpcName: unique })), name: unique }
    },
    undo: (the) => vpc('DeleteVpc', inRegion(the, { VpcId: the(name) })),
  },
  {
    operation: 'DescribeVpcAttribute',
    what: `is ready (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) => vpc('DescribeVpcAttribute', inRegion(the, { VpcId: the(name) })),
    expect: (the) =>
      done({
        VpcId: the(name),
        Status: 'Available',
        CidrBlock: BLOCKS[name],
        VpcName: `conformance-${the('run')}-${name}`,
        VSwitchIds: { VSwitchId: [] },
        SecondaryCidrBlocks: { SecondaryCidrBlock: [] },
      }),
  },
]

const NETWORKS: readonly AlibabaCheck[] = [
  ...createVpc('vpc'),
  ...createVpc('peerVpc'),
  ...createVpc('ownVpc'),
  {
    operation: 'DescribeVpcs',
    what: 'lists one’s own, wrapped',
    as: 'requester',
    request: (the) => vpc('DescribeVpcs', inRegion(the, { VpcId: the('vpc') })),
    expect: (the) => done({ TotalCount: 1, Vpcs: { Vpc: [{ VpcId: the('vpc'), CidrBlock: BLOCKS.vpc }] } }),
  },
  {
    operation: 'DescribeVpcAttribute',
    what: 'is not there for a stranger',
    as: 'accepter',
    request: (the) => vpc('DescribeVpcAttribute', inRegion(the, { VpcId: the('vpc') })),
    expect: () => fails(404, 'InvalidVpcId.NotFound'),
  },
  {
    operation: 'ModifyVpcAttribute',
    what: 'renames it',
    as: 'requester',
    request: (the) => vpc('ModifyVpcAttribute', inRegion(the, { VpcId: the('vpc'), VpcName: 'renamed' })),
    expect: () => done(),
  },
  {
    operation: 'DescribeVpcAttribute',
    what: 'has its new name',
    as: 'requester',
    eventually: true,
    request: (the) => vpc('DescribeVpcAttribute', inRegion(the, { VpcId: the('vpc') })),
    expect: () => done({ VpcName: 'renamed' }),
  },
  {
    operation: 'CreateVSwitch',
    what: 'makes a subnet',
    as: 'requester',
    request: (the) =>
      vpc('CreateVSwitch', inRegion(the, { VpcId: the('vpc'), CidrBlock: SUBNET, ZoneId: the('zone') })),
    expect: () => done({ VSwitchId: /^vsw-/ }),
    keeps: { subnet: 'VSwitchId' },
    find: (the) => ({
      request: vpc('DescribeVSwitches', inRegion(the, { VpcId: the('vpc') })),
      name: SUBNET,
    }),
    undo: (the) => vpc('DeleteVSwitch', inRegion(the, { VSwitchId: the('subnet') })),
  },
  {
    operation: 'DescribeVSwitches',
    what: 'is ready',
    as: 'requester',
    eventually: true,
    request: (the) => vpc('DescribeVSwitches', inRegion(the, { VpcId: the('vpc') })),
    expect: (the) =>
      done({
        TotalCount: 1,
        VSwitches: { VSwitch: [{ VSwitchId: the('subnet'), CidrBlock: SUBNET, Status: 'Available' }] },
      }),
  },
  {
    operation: 'DescribeRouteTableList',
    what: 'a VPC has its system table',
    as: 'requester',
    request: (the) => vpc('DescribeRouteTableList', inRegion(the, { VpcId: the('vpc') })),
    expect: (the) =>
      done({
        RouterTableList: {
          RouterTableListType: [
            { RouteTableId: the('route table of vpc'), RouteTableType: 'System', VpcId: the('vpc') },
          ],
        },
      }),
  },
]

// -------------------------------------------------------------------------------------------------------- peerings

const byId = (name: string) => (the: Lookup) => ({ InstanceId: the(name) })

const ask = (the: Lookup, more: Parameters = {}) =>
  inRegion(the, {
    VpcId: the('vpc'),
    AcceptingAliUid: the('accepter'),
    AcceptingRegionId: the('region'),
    AcceptingVpcId: the('peerVpc'),
    Name: `conformance-${the('run')}`,
    ...more,
  })

/** Account ids are numbers, and lists are not wrapped, in this API. */
const shown = (
  the: Lookup,
  Status: Pattern,
  Name = `conformance-${the('run')}`,
): Record<string, Pattern> => ({
  InstanceId: the('peering'),
  Name,
  Status,
  OwnerId: Number(the('requester')),
  AcceptingOwnerUid: Number(the('accepter')),
  RegionId: the('region'),
  AcceptingRegionId: the('region'),
  Vpc: { VpcId: the('vpc'), Ipv4Cidrs: [BLOCKS.vpc] },
  AcceptingVpc: { VpcId: the('peerVpc'), Ipv4Cidrs: [BLOCKS.peerVpc] },
  Bandwidth: wholeNumber,
  GmtCreate: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
})

const find = (the: Lookup) => ({
  request: peer('ListVpcPeerConnections', inRegion(the, { VpcId: the('vpc') })),
  name: `conformance-${the('run')}`,
})

const request: AlibabaCheck = {
  operation: 'CreateVpcPeerConnection',
  what: 'asks for a peering',
  as: 'requester',
  request: (the) => peer('CreateVpcPeerConnection', ask(the, { ClientToken: `conformance-${the('run')}` })),
  expect: () => done({ InstanceId: /^pcc-/ }),
  keeps: { peering: 'InstanceId' },
  find,
  undo: (the) => peer('DeleteVpcPeerConnection', { InstanceId: the('peering'), Force: true }),
}

const show = (
  as: Role,
  what: string,
  status: string,
  style: NonNullable<AlibabaRequest['style']> = 'headers',
  name?: string,
): AlibabaCheck => ({
  operation: 'GetVpcPeerConnectionAttribute',
  what,
  as,
  eventually: true,
  request: (the) => ({ ...peer('GetVpcPeerConnectionAttribute', byId('peering')(the)), style }),
  expect: (the) => done(shown(the, status, name)),
})

const list = (as: Role): AlibabaCheck => ({
  operation: 'ListVpcPeerConnections',
  what: `lists it for the ${as}`,
  as,
  request: (the) => peer('ListVpcPeerConnections', inRegion(the, { VpcId: the('vpc') })),
  expect: (the) => done({ TotalCount: 1, VpcPeerConnects: [shown(the, 'Accepting')] }),
})

/** What should not have been made goes again, where it was. */
const unwanted: Pick<AlibabaCheck, 'keeps' | 'undo'> = {
  keeps: { 'unwanted peering': 'InstanceId' },
  undo: (the) => peer('DeleteVpcPeerConnection', { InstanceId: the('unwanted peering'), Force: true }),
}

const AGREEMENT: readonly AlibabaCheck[] = [
  {
    operation: 'CreateVpcPeerConnection',
    what: 'wants a VPC',
    ...unwanted,
    as: 'requester',
    request: (the) => peer('CreateVpcPeerConnection', inRegion(the)),
    expect: () => fails(400, /^Missing/),
  },
  {
    operation: 'CreateVpcPeerConnection',
    what: 'a dry run makes nothing, and says so by an error',
    ...unwanted,
    as: 'requester',
    request: (the) => peer('CreateVpcPeerConnection', ask(the, { DryRun: true })),
    expect: () => fails(400, 'DryRunOperation'),
  },
  request,
  {
    ...request,
    what: 'the same token again is the same peering',
    ...unwanted,
    expect: (the) => done({ InstanceId: the('peering') }),
  },
  show('requester', 'waits, for the requester', 'Accepting'),
  show('accepter', 'waits, for the accepter', 'Accepting'),
  show('requester', 'by the older signature, in the query', 'Accepting', 'get'),
  show('requester', 'by the older signature, in a form', 'Accepting', 'form'),
  show('requester', 'by the older signature, in both', 'Accepting', 'split'),
  list('requester'),
  list('accepter'),
  {
    operation: 'CreateVpcPeerConnection',
    what: 'a second one for the same VPCs is refused',
    ...unwanted,
    as: 'requester',
    request: (the) => peer('CreateVpcPeerConnection', ask(the)),
    expect: () => fails(400, 'ResourceAlreadyExist.VpcPeer'),
  },
  {
    operation: 'AcceptVpcPeerConnection',
    what: 'the requester may not',
    as: 'requester',
    assumed: true,
    request: (the) => peer('AcceptVpcPeerConnection', byId('peering')(the)),
    expect: () => fails(refusal, text),
  },
  {
    operation: 'AcceptVpcPeerConnection',
    what: 'accepts',
    as: 'accepter',
    request: (the) => peer('AcceptVpcPeerConnection', byId('peering')(the)),
    expect: () => done(),
  },
  show('requester', 'is active', 'Activated'),
  {
    operation: 'AcceptVpcPeerConnection',
    what: 'not a second time',
    as: 'accepter',
    request: (the) => peer('AcceptVpcPeerConnection', byId('peering')(the)),
    expect: () => fails(400, 'IncorrectStatus.VpcPeer'),
  },
  {
    operation: 'ModifyVpcPeerConnection',
    what: 'renames it',
    as: 'requester',
    request: (the) => peer('ModifyVpcPeerConnection', { InstanceId: the('peering'), Name: 'renamed' }),
    expect: () => done(),
  },
  show('requester', 'has its new name', 'Activated', 'headers', 'renamed'),
  {
    operation: 'TagResources',
    what: 'sets a tag',
    as: 'requester',
    request: (the) =>
      peer(
        'TagResources',
        inRegion(the, {
          ResourceType: 'PeerConnection',
          'ResourceId.1': the('peering'),
          'Tag.1.Key': 'conformance',
          'Tag.1.Value': the('run'),
        }),
      ),
    expect: () => done({ Success: true }),
  },
  {
    operation: 'ListTagResources',
    what: 'lists it',
    as: 'requester',
    eventually: true,
    request: (the) =>
      peer(
        'ListTagResources',
        inRegion(the, { ResourceType: 'PeerConnection', 'ResourceId.1': the('peering') }),
      ),
    expect: (the) =>
      done({
        TagResources: [{ ResourceId: the('peering'), TagKey: 'conformance', TagValue: the('run') }],
      }),
  },
]

// ---------------------------------------------------------------------------------------------------------- routes

const inTable = (the: Lookup, name: VpcName) => ({ RouteTableId: the(`route table of ${name}`) })

const routes = (name: VpcName, destination: string): AlibabaCheck[] => [
  {
    operation: 'CreateRouteEntry',
    what: `adds a route through the peering (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) =>
      vpc(
        'CreateRouteEntry',
        inRegion(the, {
          ...inTable(the, name),
          DestinationCidrBlock: destination,
          NextHopType: 'VpcPeer',
          NextHopId: the('peering'),
        }),
      ),
    expect: () => done({ RouteEntryId: /^rte-/ }),
    keeps: { [`route of ${name}`]: 'RouteEntryId' },
    find: (the) => ({
      request: vpc('DescribeRouteEntryList', inRegion(the, inTable(the, name))),
      name: destination,
    }),
    undo: (the) => vpc('DeleteRouteEntry', inRegion(the, { RouteEntryId: the(`route of ${name}`) })),
  },
  {
    operation: 'DescribeRouteTables',
    what: `shows it, as the older clients read it (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) => vpc('DescribeRouteTables', inTable(the, name)),
    expect: (the) =>
      done({
        RouteTables: {
          RouteTable: [
            {
              ...inTable(the, name),
              RouteEntrys: {
                RouteEntry: including({
                  DestinationCidrBlock: destination,
                  NextHopType: 'VpcPeer',
                  InstanceId: the('peering'),
                  Status: 'Available',
                }),
              },
            },
          ],
        },
      }),
  },
]

const listedRoutes = (the: Lookup) => vpc('DescribeRouteEntryList', inRegion(the, inTable(the, 'vpc')))

const ROUTES: readonly AlibabaCheck[] = [
  ...routes('vpc', BLOCKS.peerVpc),
  ...routes('peerVpc', BLOCKS.vpc),
  {
    operation: 'DescribeRouteEntryList',
    what: 'lists it, as the newer clients read it',
    as: 'requester',
    request: listedRoutes,
    expect: (the) =>
      done({
        RouteEntrys: {
          RouteEntry: including({
            RouteEntryId: the('route of vpc'),
            DestinationCidrBlock: BLOCKS.peerVpc,
            NextHops: { NextHop: including({ NextHopType: 'VpcPeer', NextHopId: the('peering') }) },
          }),
        },
      }),
  },
  {
    operation: 'CreateRouteEntry',
    what: 'a second one to the same destination is refused',
    as: 'requester',
    request: (the) =>
      vpc('CreateRouteEntry', {
        ...inTable(the, 'vpc'),
        DestinationCidrBlock: BLOCKS.peerVpc,
        NextHopType: 'VpcPeer',
        NextHopId: the('peering'),
      }),
    expect: () => fails(400, 'InvalidCIDRBlock.Duplicate'),
  },
  {
    operation: 'CreateRouteEntry',
    what: 'a stranger’s table is not there',
    as: 'accepter',
    request: (the) =>
      vpc('CreateRouteEntry', {
        ...inTable(the, 'vpc'),
        DestinationCidrBlock: BLOCKS.peerVpc,
        NextHopType: 'VpcPeer',
        NextHopId: the('peering'),
      }),
    expect: () => fails(404, 'InvalidRouteTableId.NotFound'),
  },
  {
    operation: 'DeleteVpcPeerConnection',
    what: 'not while routes lead through it, unless forced',
    as: 'requester',
    request: (the) => peer('DeleteVpcPeerConnection', byId('peering')(the)),
    expect: () => fails(400, 'OperationDenied.RouteEntryExist'),
  },
]

// --------------------------------------------------------------------------------------------------------- the end

const deleteRoute = (name: VpcName): AlibabaCheck => ({
  operation: 'DeleteRouteEntry',
  what: `deletes the route (${name})`,
  as: OWNER[name],
  removes: `route of ${name}`,
  request: (the) => vpc('DeleteRouteEntry', inRegion(the, { RouteEntryId: the(`route of ${name}`) })),
  expect: () => done(),
})

const deletePeering = (as: Role, what: string, name: string): AlibabaCheck => ({
  operation: 'DeleteVpcPeerConnection',
  what,
  as,
  eventually: true,
  removes: name,
  request: (the) => peer('DeleteVpcPeerConnection', byId(name)(the)),
  expect: () => done(),
})

const gonePeering = (as: Role, name: string): AlibabaCheck => ({
  operation: 'GetVpcPeerConnectionAttribute',
  what: `is gone, for the ${as}`,
  as,
  eventually: true,
  request: (the) => peer('GetVpcPeerConnectionAttribute', byId(name)(the)),
  expect: () => NO_SUCH_PEERING,
})

const END_OF_PEERING: readonly AlibabaCheck[] = [
  deleteRoute('vpc'),
  deleteRoute('peerVpc'),
  {
    operation: 'DescribeRouteEntryList',
    what: 'has it no more',
    as: 'requester',
    eventually: true,
    request: listedRoutes,
    expect: (the) => done({ RouteEntrys: { RouteEntry: without({ RouteEntryId: the('route of vpc') }) } }),
  },
  deletePeering('requester', 'either side may, without asking', 'peering'),
  gonePeering('requester', 'peering'),
  gonePeering('accepter', 'peering'),
  {
    operation: 'DeleteVpcPeerConnection',
    what: 'is no more there to be deleted again',
    as: 'requester',
    request: (the) => peer('DeleteVpcPeerConnection', byId('peering')(the)),
    expect: () => NO_SUCH_PEERING,
  },
]

const REFUSED = 'refused peering'

const REFUSAL: readonly AlibabaCheck[] = [
  {
    ...request,
    what: 'asks again, for one that is refused',
    eventually: true,
    request: (the) => peer('CreateVpcPeerConnection', ask(the)),
    keeps: { [REFUSED]: 'InstanceId' },
    undo: (the) => peer('DeleteVpcPeerConnection', { InstanceId: the(REFUSED), Force: true }),
  },
  {
    operation: 'RejectVpcPeerConnection',
    what: 'rejects',
    as: 'accepter',
    eventually: true,
    request: (the) => peer('RejectVpcPeerConnection', byId(REFUSED)(the)),
    expect: () => done(),
  },
  {
    operation: 'GetVpcPeerConnectionAttribute',
    what: 'is rejected',
    as: 'requester',
    eventually: true,
    request: (the) => peer('GetVpcPeerConnectionAttribute', byId(REFUSED)(the)),
    expect: () => done({ Status: 'Rejected' }),
  },
  deletePeering('accepter', 'a rejected one, by the accepter', REFUSED),
  gonePeering('requester', REFUSED),
]

const OWN = 'own peering'
const stranger = (action: string, more: Parameters = {}): AlibabaCheck => ({
  operation: action,
  what: 'is not there for a stranger',
  as: 'accepter',
  request: (the) => peer(action, { ...byId(OWN)(the), ...more }),
  expect: () => NO_SUCH_PEERING,
})

const STRANGER: readonly AlibabaCheck[] = [
  {
    operation: 'CreateVpcPeerConnection',
    what: 'between VPCs of one tenant',
    as: 'requester',
    eventually: true,
    request: (the) =>
      peer(
        'CreateVpcPeerConnection',
        ask(the, { AcceptingAliUid: the('requester'), AcceptingVpcId: the('ownVpc') }),
      ),
    expect: () => done({ InstanceId: /^pcc-/ }),
    keeps: { [OWN]: 'InstanceId' },
    find,
    undo: (the) => peer('DeleteVpcPeerConnection', { InstanceId: the(OWN), Force: true }),
  },
  {
    operation: 'GetVpcPeerConnectionAttribute',
    what: 'is active without anybody’s consent',
    as: 'requester',
    eventually: true,
    request: (the) => peer('GetVpcPeerConnectionAttribute', byId(OWN)(the)),
    expect: () => done({ Status: 'Activated' }),
  },
  stranger('GetVpcPeerConnectionAttribute'),
  stranger('AcceptVpcPeerConnection'),
  stranger('RejectVpcPeerConnection'),
  stranger('ModifyVpcPeerConnection', { Name: 'mine' }),
  stranger('DeleteVpcPeerConnection'),
  {
    operation: 'ListVpcPeerConnections',
    what: 'is not listed for a stranger',
    as: 'accepter',
    request: (the) => peer('ListVpcPeerConnections', inRegion(the, byId(OWN)(the))),
    expect: () => done({ TotalCount: 0, VpcPeerConnects: [] }),
  },
  deletePeering('requester', 'one’s own', OWN),
  gonePeering('requester', OWN),
]

const goneVpc = (name: VpcName): AlibabaCheck[] => [
  {
    operation: 'DeleteVpc',
    what: `deletes it (${name})`,
    as: OWNER[name],
    eventually: true,
    removes: name,
    request: (the) => vpc('DeleteVpc', inRegion(the, { VpcId: the(name) })),
    expect: () => done(),
  },
  {
    operation: 'DescribeVpcAttribute',
    what: `is gone (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) => vpc('DescribeVpcAttribute', inRegion(the, { VpcId: the(name) })),
    expect: () => fails(404, 'InvalidVpcId.NotFound'),
  },
]

const TEARDOWN: readonly AlibabaCheck[] = [
  {
    operation: 'DeleteVpc',
    what: 'not while it has subnets',
    as: 'requester',
    request: (the) => vpc('DeleteVpc', inRegion(the, { VpcId: the('vpc') })),
    expect: () => fails(400, 'DependencyViolation.VSwitch'),
  },
  {
    operation: 'DeleteVSwitch',
    what: 'deletes the subnet',
    as: 'requester',
    eventually: true,
    removes: 'subnet',
    request: (the) => vpc('DeleteVSwitch', inRegion(the, { VSwitchId: the('subnet') })),
    expect: () => done(),
  },
  {
    operation: 'DescribeVSwitches',
    what: 'is gone',
    as: 'requester',
    eventually: true,
    request: (the) => vpc('DescribeVSwitches', inRegion(the, { VpcId: the('vpc') })),
    expect: () => done({ TotalCount: 0, VSwitches: { VSwitch: [] } }),
  },
  ...goneVpc('ownVpc'),
  ...goneVpc('peerVpc'),
  ...goneVpc('vpc'),
]

export const alibaba: Target<AlibabaRequest> = {
  name: 'alibaba',
  about: 'Alibaba Cloud: VpcPeer 2022-01-01, VPC 2016-04-28, STS',
  open: alibabaClient,
  isGone: ({ status, body }) => {
    const { Code } = (body ?? {}) as { Code?: unknown }
    return status === 200 || /NotFound/.test(String(Code))
  },
  checks: [
    ...IDENTITY,
    ...NETWORKS,
    ...AGREEMENT,
    ...ROUTES,
    ...END_OF_PEERING,
    ...REFUSAL,
    ...STRANGER,
    ...TEARDOWN,
  ],
}
