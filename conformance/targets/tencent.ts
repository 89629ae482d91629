import type { Check, Lookup, Role, Target } from '../check.ts'
import { type Parameters, type TencentRequest, tencentClient } from '../clients/tencent.ts'
import { absent, including, oneOf, type Pattern, text, wholeNumber, without } from '../pattern.ts'

/** Tencent Cloud: the whole workflow of two tenants, by API 3.0. Every answer has status 200. */

type TencentCheck = Check<TencentRequest>

const BLOCKS = { vpc: '172.16.10.0/24', peerVpc: '172.16.20.0/24', ownVpc: '172.16.30.0/24' } as const
const SUBNET = '172.16.10.0/28'
const OWNER = { vpc: 'requester', peerVpc: 'accepter', ownVpc: 'requester' } as const
type VpcName = keyof typeof BLOCKS

const call = (action: string, parameters: Parameters = {}): TencentRequest => ({ action, parameters })
const filtered = (...pairs: readonly (readonly [string, string])[]) => ({
  Filters: pairs.map(([Name, value]) => ({ Name, Values: [value] })),
})

const done = (response: Record<string, Pattern> = {}): Pattern => ({
  status: 200,
  body: { Response: { Error: absent, RequestId: text, ...response } },
})
const fails = (Code: Pattern): Pattern => ({
  status: 200,
  body: { Response: { Error: { Code, Message: text }, RequestId: text } },
})

// ------------------------------------------------------------------------------------------------------- identity

const IDENTITY: readonly TencentCheck[] = [
  {
    operation: 'GetUserAppId',
    what: 'names the account (service cam)',
    as: 'requester',
    request: () => ({ ...call('GetUserAppId'), service: 'cam' }),
    expect: (the) => done({ OwnerUin: the('requester'), AppId: wholeNumber }),
  },
  {
    operation: 'GetCallerIdentity',
    what: 'names it too (service sts)',
    as: 'requester',
    request: () => ({ ...call('GetCallerIdentity'), service: 'sts' }),
    expect: (the) => done({ AccountId: the('requester') }),
  },
  ...[undefined, 'form' as const].map(
    (style): TencentCheck => ({
      operation: 'DescribeVpcPeeringConnections',
      what: style ? 'and a wrong one of the older kind' : 'a wrong signature is refused',
      as: 'requester',
      request: () => ({
        ...call('DescribeVpcPeeringConnections'),
        secret: 'not the secret',
        ...(style && { style }),
      }),
      expect: () => fails('AuthFailure.SignatureFailure'),
    }),
  ),
  {
    operation: 'EnableVpcPeeringConnection',
    what: 'is of the legacy API only',
    as: 'requester',
    request: () => call('EnableVpcPeeringConnection', { PeeringConnectionId: 'pcx-00000000' }),
    expect: () => fails('InvalidAction'),
  },
]

// -------------------------------------------------------------------------------------------------------- networks

const createVpc = (name: VpcName): TencentCheck[] => [
  {
    operation: 'CreateVpc',
    what: `makes a VPC (${name})`,
    as: OWNER[name],
    request: (the) =>
      call('CreateVpc', { VpcName: `conformance-${the('run')}-${name}`, CidrBlock: BLOCKS[name] }),
    expect: () => done({ Vpc: { VpcId: /^vpc-/, IsDefault: false, CidrBlock: BLOCKS[name] } }),
    keeps: { [name]: 'VpcId' },
    find: (the) => {
      const unique = `conformance-${the('run')}-${name}`
      return { request: call('DescribeVpcs', filtered(['vpc-name', unique])), name: unique }
    },
    undo: (the) => call('DeleteVpc', { VpcId: the(name) }),
  },
  {
    operation: 'DescribeVpcs',
    what: `is there, nothing of it null (${name})`,
    as: OWNER[name],
    eventually: true,
    // Numbers as texts, which is how the page says it.
    request: (the) => call('DescribeVpcs', { ...filtered(['vpc-id', the(name)]), Offset: '0', Limit: '100' }),
    expect: (the) =>
      done({
        TotalCount: 1,
        VpcSet: [
          {
            VpcId: the(name),
            VpcName: `conformance-${the('run')}-${name}`,
            CidrBlock: BLOCKS[name],
            IsDefault: false,
            EnableMulticast: false,
            CreatedTime: text,
          },
        ],
      }),
  },
  {
    operation: 'DescribeRouteTables',
    what: `came with its main table (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) =>
      call('DescribeRouteTables', filtered(['vpc-id', the(name)], ['association.main', 'true'])),
    expect: (the) =>
      done({
        TotalCount: 1,
        RouteTableSet: [
          { RouteTableId: /^rtb-/, VpcId: the(name), Main: true, RouteTableName: text, CreatedTime: text },
        ],
      }),
    keeps: { [`route table of ${name}`]: 'RouteTableId' },
  },
]

const NETWORKS: readonly TencentCheck[] = [
  ...createVpc('vpc'),
  ...createVpc('peerVpc'),
  ...createVpc('ownVpc'),
  {
    operation: 'DescribeVpcs',
    what: 'finds nothing for a stranger',
    as: 'accepter',
    request: (the) => call('DescribeVpcs', filtered(['vpc-id', the('vpc')])),
    expect: () => done({ TotalCount: 0, VpcSet: [] }),
  },
  {
    operation: 'ModifyVpcAttribute',
    what: 'renames it',
    as: 'requester',
    request: (the) => call('ModifyVpcAttribute', { VpcId: the('vpc'), VpcName: 'renamed' }),
    expect: () => done(),
  },
  {
    operation: 'ModifyVpcAttribute',
    what: 'is not there for a stranger',
    as: 'accepter',
    request: (the) => call('ModifyVpcAttribute', { VpcId: the('vpc'), VpcName: 'mine' }),
    expect: () => fails('ResourceNotFound'),
  },
  {
    operation: 'CreateSubnet',
    what: 'makes a subnet',
    as: 'requester',
    request: (the) =>
      call('CreateSubnet', {
        VpcId: the('vpc'),
        SubnetName: 'conformance',
        CidrBlock: SUBNET,
        Zone: the('zone'),
      }),
    expect: (the) => done({ Subnet: { SubnetId: /^subnet-/, VpcId: the('vpc'), CidrBlock: SUBNET } }),
    keeps: { subnet: 'SubnetId' },
    find: (the) => ({ request: call('DescribeSubnets', filtered(['vpc-id', the('vpc')])), name: SUBNET }),
    undo: (the) => call('DeleteSubnet', { SubnetId: the('subnet') }),
  },
  {
    operation: 'DescribeSubnets',
    what: 'is there',
    as: 'requester',
    eventually: true,
    request: (the) => call('DescribeSubnets', { SubnetIds: [the('subnet')] }),
    expect: (the) => done({ TotalCount: 1, SubnetSet: [{ SubnetId: the('subnet'), CidrBlock: SUBNET }] }),
  },
]

// -------------------------------------------------------------------------------------------------------- peerings

const byId = (name: string) => (the: Lookup) => ({ PeeringConnectionId: the(name) })

const ask = (the: Lookup) => ({
  SourceVpcId: the('vpc'),
  PeeringConnectionName: `conformance-${the('run')}`,
  DestinationVpcId: the('peerVpc'),
  DestinationUin: the('accepter'),
  DestinationRegion: the('region'),
})

/** Accounts are numbers, and regions short codes, in answers. */
const shown = (the: Lookup, State: string, PeeringConnectionName = `conformance-${the('run')}`): Pattern => ({
  PeeringConnectionId: the('peering'),
  PeeringConnectionName,
  State,
  SourceVpcId: the('vpc'),
  PeerVpcId: the('peerVpc'),
  DestinationVpcId: the('peerVpc'),
  SourceUin: Number(the('requester')),
  DestinationUin: Number(the('accepter')),
  SourceRegion: oneOf(absent, /^[a-z]+$/),
  DestinationRegion: oneOf(absent, /^[a-z]+$/),
  Bandwidth: oneOf(absent, 0),
})

const request: TencentCheck = {
  operation: 'CreateVpcPeeringConnection',
  what: 'asks for a peering',
  as: 'requester',
  request: (the) => call('CreateVpcPeeringConnection', ask(the)),
  expect: () => done({ PeeringConnectionId: /^pcx-/ }),
  keeps: { peering: 'PeeringConnectionId' },
  find: (the) => ({
    request: call('DescribeVpcPeeringConnections', filtered(['vpc-id', the('vpc')])),
    name: `conformance-${the('run')}`,
  }),
  undo: (the) => call('DeleteVpcPeeringConnection', byId('peering')(the)),
}

const show = (
  as: Role,
  what: string,
  state: string,
  more: { readonly style?: 'get' | 'form'; readonly name?: string } = {},
): TencentCheck => ({
  operation: 'DescribeVpcPeeringConnections',
  what,
  as,
  eventually: true,
  request: (the) => ({
    ...call('DescribeVpcPeeringConnections', { PeeringConnectionIds: [the('peering')] }),
    ...(more.style && { style: more.style }),
  }),
  expect: (the) => done({ TotalCount: 1, PeerConnectionSet: [shown(the, state, more.name)] }),
})

/** What should have been refused goes again, where it was not. */
const unwanted: Pick<TencentCheck, 'keeps' | 'undo'> = {
  keeps: { 'unwanted peering': 'PeeringConnectionId' },
  undo: (the) => call('DeleteVpcPeeringConnection', byId('unwanted peering')(the)),
}

const AGREEMENT: readonly TencentCheck[] = [
  {
    operation: 'CreateVpcPeeringConnection',
    what: 'wants its parameters',
    ...unwanted,
    as: 'requester',
    request: (the) => call('CreateVpcPeeringConnection', { SourceVpcId: the('vpc') }),
    expect: () => fails('MissingParameter'),
  },
  {
    operation: 'CreateVpcPeeringConnection',
    what: 'refuses a parameter that it does not know',
    ...unwanted,
    as: 'requester',
    request: (the) => call('CreateVpcPeeringConnection', { ...ask(the), Conformance: '1' }),
    expect: () => fails('UnknownParameter'),
  },
  request,
  show('requester', 'waits, for the requester', 'PENDING'),
  show('accepter', 'waits, for the accepter', 'PENDING'),
  show('requester', 'by the older signature, in the query', 'PENDING', { style: 'get' }),
  show('requester', 'by the older signature, in a form', 'PENDING', { style: 'form' }),
  {
    operation: 'DescribeVpcPeeringConnections',
    what: 'finds it by its VPC',
    as: 'requester',
    request: (the) => call('DescribeVpcPeeringConnections', filtered(['vpc-id', the('vpc')])),
    expect: (the) => done({ TotalCount: 1, PeerConnectionSet: [shown(the, 'PENDING')] }),
  },
  {
    operation: 'DescribeVpcPeeringConnections',
    what: 'takes ids or filters, not both',
    as: 'requester',
    request: (the) =>
      call('DescribeVpcPeeringConnections', {
        PeeringConnectionIds: [the('peering')],
        ...filtered(['vpc-id', the('vpc')]),
      }),
    expect: () => fails('InvalidParameter.Coexist'),
  },
  {
    ...request,
    what: 'a second one for the same VPCs is refused',
    ...unwanted,
    expect: () => fails('UnsupportedOperation.VpcPeerAlreadyExist'),
  },
  {
    operation: 'AcceptVpcPeeringConnection',
    what: 'the requester may not',
    as: 'requester',
    request: (the) => call('AcceptVpcPeeringConnection', byId('peering')(the)),
    expect: () => fails('UnsupportedOperation.VpcPeerPurviewError'),
  },
  {
    operation: 'AcceptVpcPeeringConnection',
    what: 'accepts',
    as: 'accepter',
    request: (the) => call('AcceptVpcPeeringConnection', byId('peering')(the)),
    expect: () => done(),
  },
  show('requester', 'is active', 'ACTIVE'),
  {
    operation: 'AcceptVpcPeeringConnection',
    what: 'not a second time',
    as: 'accepter',
    request: (the) => call('AcceptVpcPeeringConnection', byId('peering')(the)),
    expect: () => fails('UnsupportedOperation.VpcPeerInvalidStateChange'),
  },
  {
    operation: 'ModifyVpcPeeringConnection',
    what: 'renames it',
    as: 'requester',
    request: (the) =>
      call('ModifyVpcPeeringConnection', { ...byId('peering')(the), PeeringConnectionName: 'renamed' }),
    expect: () => done(),
  },
  show('accepter', 'has its new name', 'ACTIVE', { name: 'renamed' }),
]

// ---------------------------------------------------------------------------------------------------------- routes

const inTable = (the: Lookup, name: VpcName) => ({ RouteTableId: the(`route table of ${name}`) })

/** Members that clients of the vendor's read without looking. */
const route = (the: Lookup, destination: string, Enabled = true): Pattern => ({
  DestinationCidrBlock: destination,
  GatewayType: 'PEERCONNECTION',
  GatewayId: the('peering'),
  RouteDescription: 'there',
  RouteId: wholeNumber,
  RouteItemId: text,
  RouteType: 'USER',
  Enabled,
})

const created = (the: Lookup, destination: string) => ({
  DestinationCidrBlock: destination,
  GatewayType: 'PEERCONNECTION',
  GatewayId: the('peering'),
  RouteDescription: 'there',
})

const readTable = (name: VpcName, what: string, routes: (the: Lookup) => Pattern): TencentCheck => ({
  operation: 'DescribeRouteTables',
  what,
  as: OWNER[name],
  eventually: true,
  request: (the) => call('DescribeRouteTables', { RouteTableIds: [the(`route table of ${name}`)] }),
  expect: (the) => done({ TotalCount: 1, RouteTableSet: [{ ...inTable(the, name), RouteSet: routes(the) }] }),
})

const routes = (name: VpcName, destination: string): TencentCheck[] => [
  {
    operation: 'CreateRoutes',
    what: `adds a route through the peering, and answers only that (${name})`,
    as: OWNER[name],
    request: (the) => call('CreateRoutes', { ...inTable(the, name), Routes: [created(the, destination)] }),
    expect: (the) =>
      done({
        TotalCount: 1,
        RouteTableSet: [{ ...inTable(the, name), RouteSet: [route(the, destination)] }],
      }),
    keeps: { [`route of ${name}`]: 'RouteId' },
    find: (the) => ({
      request: call('DescribeRouteTables', { RouteTableIds: [the(`route table of ${name}`)] }),
      name: destination,
    }),
    undo: (the) => deleteRoutes(the, name),
  },
  readTable(name, `shows it (${name})`, (the) => including(route(the, destination))),
]

function deleteRoutes(the: Lookup, name: VpcName): TencentRequest {
  return call('DeleteRoutes', {
    ...inTable(the, name),
    Routes: [{ RouteId: Number(the(`route of ${name}`)) }],
  })
}

const switchRoute = (action: 'EnableRoutes' | 'DisableRoutes'): TencentCheck => ({
  operation: action,
  what: 'switches it',
  as: 'requester',
  request: (the) => call(action, { ...inTable(the, 'vpc'), RouteIds: [Number(the('route of vpc'))] }),
  expect: () => done(),
})

const ROUTES: readonly TencentCheck[] = [
  ...routes('vpc', BLOCKS.peerVpc),
  ...routes('peerVpc', BLOCKS.vpc),
  {
    operation: 'CreateRoutes',
    what: 'a destination outside the peer’s VPC is refused',
    as: 'requester',
    request: (the) => call('CreateRoutes', { ...inTable(the, 'vpc'), Routes: [created(the, BLOCKS.ownVpc)] }),
    expect: () => fails('InvalidParameterValue.CidrNotInPeerVpc'),
  },
  {
    operation: 'CreateRoutes',
    what: 'a stranger’s table is not there',
    as: 'accepter',
    request: (the) =>
      call('CreateRoutes', { ...inTable(the, 'vpc'), Routes: [created(the, BLOCKS.peerVpc)] }),
    expect: () => fails('ResourceNotFound'),
  },
  switchRoute('DisableRoutes'),
  readTable('vpc', 'is off', (the) => including(route(the, BLOCKS.peerVpc, false))),
  switchRoute('EnableRoutes'),
  {
    operation: 'DeleteVpc',
    what: 'not while it is in use',
    as: 'accepter',
    request: (the) => call('DeleteVpc', { VpcId: the('peerVpc') }),
    expect: () => fails('ResourceInUse'),
  },
  {
    operation: 'DeleteRoutes',
    what: 'deletes it',
    as: 'requester',
    removes: 'route of vpc',
    request: (the) => deleteRoutes(the, 'vpc'),
    expect: () => done(),
  },
  readTable('vpc', 'has it no more', (the) => without({ GatewayId: the('peering') })),
  {
    operation: 'DeleteRoutes',
    what: 'is no more there to be deleted again',
    as: 'requester',
    request: (the) => deleteRoutes(the, 'vpc'),
    expect: () => fails('ResourceNotFound'),
  },
]

// --------------------------------------------------------------------------------------------------------- the end

const deletePeering = (as: Role, what: string, name: string): TencentCheck => ({
  operation: 'DeleteVpcPeeringConnection',
  what,
  as,
  removes: name,
  request: (the) => call('DeleteVpcPeeringConnection', byId(name)(the)),
  expect: () => done(),
})

/** An unknown id is no error to a list. */
const gonePeering = (as: Role, name: string, what = `is gone, for the ${as}`): TencentCheck => ({
  operation: 'DescribeVpcPeeringConnections',
  what,
  as,
  eventually: true,
  request: (the) => call('DescribeVpcPeeringConnections', { PeeringConnectionIds: [the(name)] }),
  expect: () => done({ TotalCount: 0, PeerConnectionSet: [] }),
})

const END_OF_PEERING: readonly TencentCheck[] = [
  deletePeering('requester', 'either side may, without asking', 'peering'),
  gonePeering('requester', 'peering'),
  gonePeering('accepter', 'peering'),
  {
    ...readTable('peerVpc', 'the accepter’s route went with the peering', (the) =>
      without({ GatewayId: the('peering') }),
    ),
    removes: 'route of peerVpc',
  },
  {
    operation: 'DeleteVpcPeeringConnection',
    what: 'is no more there to be deleted again',
    as: 'requester',
    request: (the) => call('DeleteVpcPeeringConnection', byId('peering')(the)),
    expect: () => fails('ResourceNotFound'),
  },
]

const REFUSED = 'refused peering'

const REFUSAL: readonly TencentCheck[] = [
  {
    ...request,
    what: 'asks again, for one that is refused',
    keeps: { [REFUSED]: 'PeeringConnectionId' },
    undo: (the) => call('DeleteVpcPeeringConnection', byId(REFUSED)(the)),
  },
  {
    operation: 'RejectVpcPeeringConnection',
    what: 'rejects',
    as: 'accepter',
    request: (the) => call('RejectVpcPeeringConnection', byId(REFUSED)(the)),
    expect: () => done(),
  },
  {
    operation: 'DescribeVpcPeeringConnections',
    what: 'is found among the rejected',
    as: 'requester',
    eventually: true,
    request: (the) =>
      call('DescribeVpcPeeringConnections', filtered(['vpc-id', the('vpc')], ['state', 'REJECTED'])),
    expect: (the) =>
      done({ PeerConnectionSet: including({ PeeringConnectionId: the(REFUSED), State: 'REJECTED' }) }),
  },
  deletePeering('accepter', 'a rejected one, by the accepter', REFUSED),
  gonePeering('requester', REFUSED),
]

const OWN = 'own peering'
const stranger = (action: string, more: Parameters = {}): TencentCheck => ({
  operation: action,
  what: 'is not there for a stranger',
  as: 'accepter',
  assumed: true,
  request: (the) => call(action, { ...byId(OWN)(the), ...more }),
  expect: () => fails('ResourceNotFound'),
})

const STRANGER: readonly TencentCheck[] = [
  {
    ...request,
    what: 'between VPCs of one tenant',
    request: (the) =>
      call('CreateVpcPeeringConnection', {
        ...ask(the),
        DestinationVpcId: the('ownVpc'),
        DestinationUin: the('requester'),
      }),
    keeps: { [OWN]: 'PeeringConnectionId' },
    undo: (the) => call('DeleteVpcPeeringConnection', byId(OWN)(the)),
  },
  {
    operation: 'DescribeVpcPeeringConnections',
    what: 'is active without anybody’s consent',
    as: 'requester',
    eventually: true,
    request: (the) => call('DescribeVpcPeeringConnections', { PeeringConnectionIds: [the(OWN)] }),
    expect: () => done({ TotalCount: 1, PeerConnectionSet: [{ State: 'ACTIVE' }] }),
  },
  gonePeering('accepter', OWN, 'finds nothing for a stranger'),
  stranger('AcceptVpcPeeringConnection'),
  stranger('RejectVpcPeeringConnection'),
  stranger('ModifyVpcPeeringConnection', { PeeringConnectionName: 'mine' }),
  stranger('DeleteVpcPeeringConnection'),
  deletePeering('requester', 'one’s own', OWN),
]

const goneVpc = (name: VpcName): TencentCheck[] => [
  {
    operation: 'DeleteVpc',
    what: `deletes it (${name})`,
    as: OWNER[name],
    eventually: true,
    removes: name,
    request: (the) => call('DeleteVpc', { VpcId: the(name) }),
    expect: () => done(),
  },
  {
    operation: 'DescribeVpcs',
    what: `is gone (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) => call('DescribeVpcs', filtered(['vpc-id', the(name)])),
    expect: () => done({ TotalCount: 0, VpcSet: [] }),
  },
]

const TEARDOWN: readonly TencentCheck[] = [
  {
    operation: 'DeleteSubnet',
    what: 'deletes the subnet',
    as: 'requester',
    eventually: true,
    removes: 'subnet',
    request: (the) => call('DeleteSubnet', { SubnetId: the('subnet') }),
    expect: () => done(),
  },
  ...goneVpc('ownVpc'),
  ...goneVpc('peerVpc'),
  ...goneVpc('vpc'),
  {
    operation: 'DeleteVpc',
    what: 'is no more there to be deleted again',
    as: 'requester',
    request: (the) => call('DeleteVpc', { VpcId: the('vpc') }),
    expect: () => fails('ResourceNotFound'),
  },
]

export const tencent: Target<TencentRequest> = {
  name: 'tencent',
  about: 'Tencent Cloud, API 3.0: vpc 2017-03-12, cam, sts',
  open: tencentClient,
  isGone: ({ body }) => {
    const { Response } = (body ?? {}) as { Response?: { Error?: { Code?: unknown } } }
    return Response !== undefined && (!Response.Error || /NotFound/.test(String(Response.Error.Code)))
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
