import type { Check, Lookup, Role, Target } from '../check.ts'
import { type Parameters, type TencentRequest, tencentLegacyClient } from '../clients/tencent.ts'
import { including, oneOf, type Pattern, text, wholeNumber, without } from '../pattern.ts'

/** Tencent Cloud's legacy API: the whole workflow of two tenants. Every answer has status 200 and a number `code`. */

type LegacyCheck = Check<TencentRequest>

const BLOCKS = { vpc: '172.16.10.0/24', peerVpc: '172.16.20.0/24', ownVpc: '172.16.30.0/24' } as const
const OWNER = { vpc: 'requester', peerVpc: 'accepter', ownVpc: 'requester' } as const
type VpcName = keyof typeof BLOCKS

/** The next hop of a route that is a peering. */
const PEERING_HOP = 4
const [PENDING, ACTIVE, REJECTED] = [0, 1, 3]

const call = (action: string, parameters: Parameters = {}): TencentRequest => ({ action, parameters })

const done = (members: Record<string, Pattern> = {}): Pattern => ({
  status: 200,
  body: { code: 0, ...members },
})
const someError = oneOf(4000, 4100, 4101, 4102, 4103, 4400, 5000, 5100)
const fails = (codeDesc: Pattern): Pattern => ({
  status: 200,
  body: { code: someError, message: text, codeDesc },
})
const NO_SUCH_PEERING = fails('InvalidPeeringConnection.NotFound')

const createVpc = (name: VpcName): LegacyCheck[] => [
  {
    operation: 'CreateVpc',
    what: `makes a VPC, with its table (${name})`,
    as: OWNER[name],
    request: (the) =>
      call('CreateVpc', { vpcName: `conformance-${the('run')}-${name}`, cidrBlock: BLOCKS[name] }),
    expect: () =>
      done({ vpcId: text, uniqVpcId: /^vpc-/, routeTableSet: [{ routeTableId: text, routeTableType: 1 }] }),
    keeps: { [name]: 'uniqVpcId', [`route table of ${name}`]: 'routeTableId' },
    find: (the) => {
      const unique = `conformance-${the('run')}-${name}`
      const request = call('DescribeVpcEx', { vpcName: unique })
      return { request, name: unique, keeps: { [name]: 'unVpcId' } }
    },
    undo: (the) => call('DeleteVpc', { vpcId: the(name) }),
  },
  {
    operation: 'DescribeVpcEx',
    what: `is there (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) => call('DescribeVpcEx', { vpcId: the(name) }),
    expect: (the) =>
      done({ totalCount: 1, data: [{ unVpcId: the(name), cidrBlock: BLOCKS[name], vpcPeerNum: 0 }] }),
  },
]

const NETWORKS: readonly LegacyCheck[] = [
  {
    operation: 'DescribeVpcPeeringConnections',
    what: 'a wrong signature is refused',
    as: 'requester',
    request: () => ({ ...call('DescribeVpcPeeringConnections'), secret: 'not the secret' }),
    expect: () => ({ status: 200, body: { code: 4100, message: text } }),
  },
  ...createVpc('vpc'),
  ...createVpc('peerVpc'),
  ...createVpc('ownVpc'),
  {
    operation: 'DeleteVpc',
    what: 'is not there for a stranger',
    as: 'accepter',
    request: (the) => call('DeleteVpc', { vpcId: the('vpc') }),
    expect: () => fails('InvalidVpc.NotFound'),
  },
]

// -------------------------------------------------------------------------------------------------------- peerings

const byId = (name: string) => (the: Lookup) => ({ peeringConnectionId: the(name) })

const ask = (the: Lookup) => ({
  vpcId: the('vpc'),
  peerVpcId: the('peerVpc'),
  peerUin: the('accepter'),
  peeringConnectionName: `conformance-${the('run')}`,
})

/** State and accounts are numbers, whatever the page prints. */
const shown = (the: Lookup, state: number, peeringConnectionName = `conformance-${the('run')}`): Pattern => ({
  peeringConnectionId: the('peering'),
  peeringConnectionName,
  state,
  unVpcId: the('vpc'),
  unPeerVpcId: the('peerVpc'),
  uniqVpcId: the('vpc'),
  uniqPeerVpcId: the('peerVpc'),
  uin: Number(the('requester')),
  peerUin: Number(the('accepter')),
  region: text,
  peerRegion: text,
  createTime: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
})

const request: LegacyCheck = {
  operation: 'CreateVpcPeeringConnection',
  what: 'asks for a peering',
  as: 'requester',
  request: (the) => call('CreateVpcPeeringConnection', ask(the)),
  expect: () => done({ peeringConnectionId: /^pcx-/ }),
  keeps: { peering: 'peeringConnectionId' },
  find: (the) => ({
    request: call('DescribeVpcPeeringConnections', { vpcId: the('vpc') }),
    name: `conformance-${the('run')}`,
  }),
  undo: (the) => call('DeleteVpcPeeringConnection', byId('peering')(the)),
}

const show = (
  as: Role,
  what: string,
  state: number,
  more: { readonly style?: 'get'; readonly name?: string } = {},
): LegacyCheck => ({
  operation: 'DescribeVpcPeeringConnections',
  what,
  as,
  eventually: true,
  request: (the) => ({
    ...call('DescribeVpcPeeringConnections', byId('peering')(the)),
    ...(more.style && { style: more.style }),
  }),
  expect: (the) => done({ totalCount: 1, data: [shown(the, state, more.name)] }),
})

/** What should have been refused goes again, where it was not. */
const unwanted: Pick<LegacyCheck, 'keeps' | 'undo'> = {
  keeps: { 'unwanted peering': 'peeringConnectionId' },
  undo: (the) => call('DeleteVpcPeeringConnection', byId('unwanted peering')(the)),
}

const AGREEMENT: readonly LegacyCheck[] = [
  {
    operation: 'CreateVpcPeeringConnection',
    what: 'wants a name',
    ...unwanted,
    as: 'requester',
    request: (the) => call('CreateVpcPeeringConnection', { ...ask(the), peeringConnectionName: '' }),
    expect: () => fails(text),
  },
  {
    operation: 'CreateVpcPeeringConnection',
    what: 'an unknown VPC is refused',
    ...unwanted,
    as: 'requester',
    request: (the) => call('CreateVpcPeeringConnection', { ...ask(the), peerVpcId: 'vpc-00000000' }),
    expect: () => fails('InvalidVpc.NotFound'),
  },
  request,
  show('requester', 'waits, for the requester', PENDING),
  show('accepter', 'waits, for the accepter', PENDING),
  show('requester', 'by GET too', PENDING, { style: 'get' }),
  {
    operation: 'DescribeVpcPeeringConnections',
    what: 'finds it by its VPC',
    as: 'requester',
    request: (the) => call('DescribeVpcPeeringConnections', { vpcId: the('vpc'), state: PENDING }),
    expect: (the) => done({ totalCount: 1, data: [shown(the, PENDING)] }),
  },
  {
    ...request,
    what: 'a second one for the same VPCs is refused',
    ...unwanted,
    assumed: true,
    expect: () => fails(text),
  },
  {
    operation: 'AcceptVpcPeeringConnection',
    what: 'the requester may not',
    as: 'requester',
    assumed: true,
    request: (the) => call('AcceptVpcPeeringConnection', byId('peering')(the)),
    expect: () => fails(text),
  },
  {
    operation: 'AcceptVpcPeeringConnection',
    what: 'accepts',
    as: 'accepter',
    request: (the) => call('AcceptVpcPeeringConnection', byId('peering')(the)),
    expect: () => done(),
  },
  show('requester', 'is active', ACTIVE),
  {
    operation: 'AcceptVpcPeeringConnection',
    what: 'not a second time',
    as: 'accepter',
    assumed: true,
    request: (the) => call('AcceptVpcPeeringConnection', byId('peering')(the)),
    expect: () => fails(text),
  },
  {
    operation: 'EnableVpcPeeringConnection',
    what: 'is for the expired only',
    as: 'requester',
    assumed: true,
    request: (the) => call('EnableVpcPeeringConnection', byId('peering')(the)),
    expect: () => fails(text),
  },
  {
    operation: 'ModifyVpcPeeringConnection',
    what: 'renames it',
    as: 'requester',
    request: (the) =>
      call('ModifyVpcPeeringConnection', { ...byId('peering')(the), peeringConnectionName: 'renamed' }),
    expect: () => done(),
  },
  show('accepter', 'has its new name', ACTIVE, { name: 'renamed' }),
]

// ---------------------------------------------------------------------------------------------------------- routes

const inTable = (the: Lookup, name: VpcName) => ({
  vpcId: the(name),
  routeTableId: the(`route table of ${name}`),
})
const route = (the: Lookup, destinationCidrBlock: string) => ({
  destinationCidrBlock,
  nextType: PEERING_HOP,
  nextHub: the('peering'),
})

const readTable = (name: VpcName, what: string, routes: (the: Lookup) => Pattern): LegacyCheck => ({
  operation: 'DescribeRouteTable',
  what,
  as: OWNER[name],
  eventually: true,
  request: (the) => call('DescribeRouteTable', inTable(the, name)),
  expect: (the) => done({ totalCount: 1, data: [{ unVpcId: the(name), routeSet: routes(the) }] }),
})

const routes = (name: VpcName, destination: string): LegacyCheck[] => [
  {
    operation: 'CreateRoute',
    what: `adds a route through the peering (${name})`,
    as: OWNER[name],
    request: (the) => call('CreateRoute', { ...inTable(the, name), routeSet: [route(the, destination)] }),
    expect: () => done(),
  },
  readTable(name, `shows it (${name})`, (the) => including({ ...route(the, destination), nextHub: text })),
]

const ROUTES: readonly LegacyCheck[] = [
  ...routes('vpc', BLOCKS.peerVpc),
  ...routes('peerVpc', BLOCKS.vpc),
  {
    operation: 'CreateRoute',
    what: 'a second one to the same destination is refused',
    as: 'requester',
    request: (the) => call('CreateRoute', { ...inTable(the, 'vpc'), routeSet: [route(the, BLOCKS.peerVpc)] }),
    expect: () => fails('RouteAlreadyExists'),
  },
  {
    operation: 'DeleteVpc',
    what: 'not while it is in use',
    as: 'accepter',
    request: (the) => call('DeleteVpc', { vpcId: the('peerVpc') }),
    expect: () => fails('InvalidVpc.CannotDelete'),
  },
  {
    operation: 'DeleteRoute',
    what: 'deletes it, by where it leads',
    as: 'requester',
    request: (the) => call('DeleteRoute', { ...inTable(the, 'vpc'), routeSet: [route(the, BLOCKS.peerVpc)] }),
    expect: () => done(),
  },
  readTable('vpc', 'has it no more', () => without({ destinationCidrBlock: BLOCKS.peerVpc })),
]

// --------------------------------------------------------------------------------------------------------- the end

const deletePeering = (as: Role, what: string, name: string): LegacyCheck => ({
  operation: 'DeleteVpcPeeringConnection',
  what,
  as,
  removes: name,
  request: (the) => call('DeleteVpcPeeringConnection', byId(name)(the)),
  expect: () => done(),
})

/** Deleted ones may stay in sight for a while, as such: the vendor documents a state for them. */
const DELETED = 4
const gonePeering = (as: Role, name: string): LegacyCheck => ({
  operation: 'DescribeVpcPeeringConnections',
  what: `is gone, for the ${as}`,
  as,
  assumed: true,
  eventually: true,
  request: (the) => call('DescribeVpcPeeringConnections', byId(name)(the)),
  expect: () => oneOf(NO_SUCH_PEERING, done({ data: [] }), done({ data: [{ state: DELETED }] })),
})

const END_OF_PEERING: readonly LegacyCheck[] = [
  deletePeering('requester', 'either side may, without asking', 'peering'),
  gonePeering('requester', 'peering'),
  gonePeering('accepter', 'peering'),
  readTable('peerVpc', 'the accepter’s route went with the peering', () =>
    without({ destinationCidrBlock: BLOCKS.vpc }),
  ),
  {
    operation: 'DeleteVpcPeeringConnection',
    what: 'is no more there to be deleted again',
    as: 'requester',
    request: (the) => call('DeleteVpcPeeringConnection', byId('peering')(the)),
    expect: () => NO_SUCH_PEERING,
  },
]

const REFUSED = 'refused peering'

const REFUSAL: readonly LegacyCheck[] = [
  {
    ...request,
    what: 'asks again, for one that is refused',
    keeps: { [REFUSED]: 'peeringConnectionId' },
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
    what: 'is rejected',
    as: 'requester',
    eventually: true,
    request: (the) => call('DescribeVpcPeeringConnections', byId(REFUSED)(the)),
    expect: () => done({ totalCount: 1, data: [{ state: REJECTED }] }),
  },
  {
    operation: 'DeleteVpcPeeringConnectionEx',
    what: 'a rejected one, by the accepter, as a task',
    as: 'accepter',
    removes: REFUSED,
    request: (the) => call('DeleteVpcPeeringConnectionEx', byId(REFUSED)(the)),
    expect: () => done({ taskId: wholeNumber }),
    keeps: { task: 'taskId' },
  },
  {
    operation: 'DescribeVpcTaskResult',
    what: 'the task is done',
    as: 'accepter',
    eventually: true,
    request: (the) => call('DescribeVpcTaskResult', { taskId: Number(the('task')) }),
    expect: () => done({ data: { status: 0 } }),
  },
  gonePeering('requester', REFUSED),
]

const OWN = 'own peering'
const stranger = (action: string, more: Parameters = {}): LegacyCheck => ({
  operation: action,
  what: 'is not there for a stranger',
  as: 'accepter',
  request: (the) => call(action, { ...byId(OWN)(the), ...more }),
  expect: () => NO_SUCH_PEERING,
})

const STRANGER: readonly LegacyCheck[] = [
  {
    ...request,
    what: 'between VPCs of one tenant',
    request: (the) =>
      call('CreateVpcPeeringConnection', {
        ...ask(the),
        peerVpcId: the('ownVpc'),
        peerUin: the('requester'),
      }),
    keeps: { [OWN]: 'peeringConnectionId' },
    undo: (the) => call('DeleteVpcPeeringConnection', byId(OWN)(the)),
  },
  {
    operation: 'DescribeVpcPeeringConnections',
    what: 'is active without anybody’s consent',
    as: 'requester',
    eventually: true,
    request: (the) => call('DescribeVpcPeeringConnections', byId(OWN)(the)),
    expect: () => done({ totalCount: 1, data: [{ state: ACTIVE }] }),
  },
  stranger('DescribeVpcPeeringConnections'),
  stranger('AcceptVpcPeeringConnection'),
  stranger('RejectVpcPeeringConnection'),
  stranger('EnableVpcPeeringConnection'),
  stranger('ModifyVpcPeeringConnection', { peeringConnectionName: 'mine' }),
  stranger('DeleteVpcPeeringConnection'),
  deletePeering('requester', 'one’s own', OWN),
]

const goneVpc = (name: VpcName): LegacyCheck[] => [
  {
    operation: 'DeleteVpc',
    what: `deletes it (${name})`,
    as: OWNER[name],
    eventually: true,
    removes: name,
    request: (the) => call('DeleteVpc', { vpcId: the(name) }),
    expect: () => done(),
  },
  {
    operation: 'DeleteVpc',
    what: `is gone (${name})`,
    as: OWNER[name],
    eventually: true,
    request: (the) => call('DeleteVpc', { vpcId: the(name) }),
    expect: () => fails('InvalidVpc.NotFound'),
  },
]

export const tencentLegacy: Target<TencentRequest> = {
  name: 'tencent-legacy',
  about: 'Tencent Cloud, the legacy API: /v2/index.php',
  open: tencentLegacyClient,
  isGone: ({ body }) => {
    const { code, codeDesc } = (body ?? {}) as { code?: unknown; codeDesc?: unknown }
    return code === 0 || /NotFound/.test(String(codeDesc))
  },
  checks: [
    ...NETWORKS,
    ...AGREEMENT,
    ...ROUTES,
    ...END_OF_PEERING,
    ...REFUSAL,
    ...STRANGER,
    ...goneVpc('ownVpc'),
    ...goneVpc('peerVpc'),
    ...goneVpc('vpc'),
  ],
}
