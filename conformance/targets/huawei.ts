import type { Check, Lookup, Target } from '../check.ts'
import { type HuaweiRequest, huaweiClient } from '../clients/huawei.ts'
import { absent, including, oneOf, type Pattern, refusal, text, wholeNumber, without } from '../pattern.ts'

/**
 * Huawei Cloud: the whole workflow of two tenants, over the paths that its SDKs and its Terraform provider use. Open
 * Telekom Cloud speaks most of the same, and takes it from here.
 */

export type HuaweiCheck = Check<HuaweiRequest>

/** Three networks that do not overlap: the requester's, the accepter's, and another of the requester's. */
export const BLOCKS = { vpc: '172.16.10.0/24', peerVpc: '172.16.20.0/24', ownVpc: '172.16.30.0/24' } as const
const SUBNET = { cidr: '172.16.10.0/28', gateway_ip: '172.16.10.1' }

export const get = (path: string): HuaweiRequest => ({ method: 'GET', path })
export const post = (path: string, body: object): HuaweiRequest => ({ method: 'POST', path, body })
export const put = (path: string, body?: object): HuaweiRequest => ({
  method: 'PUT',
  path,
  ...(body && { body }),
})
export const del = (path: string): HuaweiRequest => ({ method: 'DELETE', path })
const toIam = (path: string): HuaweiRequest => ({ ...get(path), service: 'iam' })

export const answers = (status: Pattern, body?: Pattern): Pattern =>
  body === undefined ? { status } : { status, body }
/** Errors of the peering and route API, as OpenStack's network service words them. */
const neutron = (status: Pattern): Pattern => answers(status, { NeutronError: { type: text, message: text } })
export const notFound = neutron(404)

/** UTC, without a zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/
const NOBODYS = '22b76469-08e3-4937-8c1d-7aad34892be1'

const vpcs = (the: Lookup, as: 'requester' | 'accepter') => `/v1/${the(as)}/vpcs`
const PEERINGS = '/v2.0/vpc/peerings'
const onePeering = (the: Lookup, name = 'peering') => `${PEERINGS}/${the(name)}`

// ------------------------------------------------------------------------------------------------------- identity

const IDENTITY: readonly HuaweiCheck[] = [
  {
    operation: 'GET /v3/projects',
    what: 'a region is exactly one project',
    as: 'requester',
    request: (the) => toIam(`/v3/projects?name=${the('region')}`),
    expect: (the) =>
      answers(200, { projects: [{ id: the('requester'), name: the('region'), domain_id: text }] }),
  },
  {
    operation: 'GET /v3/auth/domains',
    what: 'names the account',
    as: 'requester',
    request: () => toIam('/v3/auth/domains'),
    expect: () => answers(200, { domains: including({ id: text, name: text }) }),
  },
  {
    operation: 'GET /v2.0/vpc/peerings',
    what: 'a wrong signature is refused',
    as: 'requester',
    request: () => ({ ...get(PEERINGS), secret: 'not the secret' }),
    expect: () => answers(401, { error_code: /^API(GW|G)\.0301$/, error_msg: text }),
  },
]

// -------------------------------------------------------------------------------------------------------- networks

function createVpc(as: 'requester' | 'accepter', name: keyof typeof BLOCKS): HuaweiCheck[] {
  const cidr = BLOCKS[name]
  return [
    {
      operation: 'POST /v1/{project_id}/vpcs',
      what: `makes a VPC (${name})`,
      as,
      request: (the) => post(vpcs(the, as), { vpc: { name: `conformance-${the('run')}-${name}`, cidr } }),
      expect: () => answers(200, { vpc: { id: text, cidr, status: oneOf('CREATING', 'OK') } }),
      keeps: { [name]: 'id' },
      find: (the) => ({
        request: get(`${vpcs(the, as)}?limit=2000`),
        name: `conformance-${the('run')}-${name}`,
      }),
      undo: (the) => del(`${vpcs(the, as)}/${the(name)}`),
    },
    {
      operation: 'GET /v1/{project_id}/vpcs/{vpc_id}',
      what: `is ready (${name})`,
      as,
      eventually: true,
      request: (the) => get(`${vpcs(the, as)}/${the(name)}`),
      expect: (the) => answers(200, { vpc: { id: the(name), cidr, status: 'OK' } }),
    },
  ]
}

export const NETWORKS: readonly HuaweiCheck[] = [
  ...createVpc('requester', 'vpc'),
  ...createVpc('accepter', 'peerVpc'),
  ...createVpc('requester', 'ownVpc'),
  {
    operation: 'GET /v1/{project_id}/vpcs',
    what: 'lists one’s own',
    as: 'requester',
    request: (the) => get(`${vpcs(the, 'requester')}?limit=2000`),
    expect: (the) => answers(200, { vpcs: including({ id: the('vpc') }) }),
  },
  {
    operation: 'PUT /v1/{project_id}/vpcs/{vpc_id}',
    what: 'renames it',
    as: 'requester',
    request: (the) =>
      put(`${vpcs(the, 'requester')}/${the('vpc')}`, { vpc: { name: `renamed-${the('run')}` } }),
    expect: (the) => answers(200, { vpc: { id: the('vpc'), name: `renamed-${the('run')}` } }),
  },
  {
    operation: 'GET /v1/{project_id}/vpcs/{vpc_id}',
    what: 'is not there for a stranger',
    as: 'accepter',
    request: (the) => get(`${vpcs(the, 'accepter')}/${the('vpc')}`),
    expect: () => answers(404, { code: text, message: text }),
  },
  {
    operation: 'GET /v3/{project_id}/vpc/vpcs/{vpc_id}',
    what: 'is the same in the newer API',
    as: 'requester',
    request: (the) => get(`/v3/${the('requester')}/vpc/vpcs/${the('vpc')}`),
    expect: (the) =>
      answers(200, {
        vpc: {
          id: the('vpc'),
          name: `renamed-${the('run')}`,
          cidr: BLOCKS.vpc,
          extend_cidrs: [],
          status: oneOf('PENDING', 'ACTIVE'),
          project_id: the('requester'),
        },
      }),
  },
  {
    operation: 'POST /v2.0/{project_id}/vpcs/{vpc_id}/tags/action',
    what: 'sets tags',
    as: 'requester',
    request: (the) =>
      post(`/v2.0/${the('requester')}/vpcs/${the('vpc')}/tags/action`, {
        action: 'create',
        tags: [{ key: 'conformance', value: the('run') }],
      }),
    expect: () => answers(oneOf(200, 204)),
  },
  {
    operation: 'GET /v2.0/{project_id}/vpcs/{vpc_id}/tags',
    what: 'shows them',
    as: 'requester',
    request: (the) => get(`/v2.0/${the('requester')}/vpcs/${the('vpc')}/tags`),
    expect: (the) => answers(200, { tags: [{ key: 'conformance', value: the('run') }] }),
  },
  {
    operation: 'POST /v1/{project_id}/subnets',
    what: 'makes a subnet',
    as: 'requester',
    request: (the) =>
      post(`/v1/${the('requester')}/subnets`, {
        subnet: { name: `conformance-${the('run')}`, vpc_id: the('vpc'), ...SUBNET },
      }),
    expect: (the) => answers(200, { subnet: { id: text, vpc_id: the('vpc'), ...SUBNET } }),
    keeps: { subnet: 'id' },
    find: (the) => ({
      request: get(`/v1/${the('requester')}/subnets?vpc_id=${the('vpc')}`),
      name: `conformance-${the('run')}`,
    }),
    undo: (the) => del(`${vpcs(the, 'requester')}/${the('vpc')}/subnets/${the('subnet')}`),
  },
  {
    operation: 'GET /v1/{project_id}/subnets/{subnet_id}',
    what: 'is ready',
    as: 'requester',
    eventually: true,
    request: (the) => get(`/v1/${the('requester')}/subnets/${the('subnet')}`),
    expect: (the) => answers(200, { subnet: { id: the('subnet'), status: 'ACTIVE', ...SUBNET } }),
  },
  {
    operation: 'GET /v1/{project_id}/quotas',
    what: 'counts peerings',
    as: 'requester',
    request: (the) => get(`/v1/${the('requester')}/quotas?type=vpcPeer`),
    expect: () =>
      answers(200, {
        quotas: { resources: [{ type: 'vpcPeer', used: wholeNumber, quota: wholeNumber, min: wholeNumber }] },
      }),
  },
]

// -------------------------------------------------------------------------------------------------------- peerings

/** A peering of the workflow's two VPCs, in every answer that shows it. */
const shown = (the: Lookup, status: string, name = `conformance-${the('run')}`): Pattern => ({
  id: the('peering'),
  name,
  status,
  description: text,
  request_vpc_info: { vpc_id: the('vpc'), tenant_id: the('requester') },
  accept_vpc_info: { vpc_id: the('peerVpc'), tenant_id: the('accepter') },
  created_at: TIME,
  updated_at: TIME,
})

const ask = (the: Lookup): object => ({
  peering: {
    name: `conformance-${the('run')}`,
    description: 'made by a conformance test',
    request_vpc_info: { vpc_id: the('vpc') },
    accept_vpc_info: { vpc_id: the('peerVpc'), tenant_id: the('accepter') },
  },
})

const find = (the: Lookup) => ({
  request: get(`${PEERINGS}?vpc_id=${the('vpc')}`),
  name: `conformance-${the('run')}`,
})

const request: HuaweiCheck = {
  operation: 'POST /v2.0/vpc/peerings',
  what: 'asks for a peering',
  as: 'requester',
  request: (the) => post(PEERINGS, ask(the)),
  expect: (the) =>
    answers(201, {
      peering: {
        id: text,
        status: 'PENDING_ACCEPTANCE',
        request_vpc_info: { vpc_id: the('vpc'), tenant_id: the('requester') },
        accept_vpc_info: { vpc_id: the('peerVpc'), tenant_id: the('accepter') },
      },
    }),
  keeps: { peering: 'id' },
  find,
  undo: (the) => del(onePeering(the)),
}

const show = (as: 'requester' | 'accepter', what: string, status: string, name?: string): HuaweiCheck => ({
  operation: 'GET /v2.0/vpc/peerings/{peering_id}',
  what,
  as,
  eventually: true,
  request: (the) => get(onePeering(the)),
  expect: (the) => answers(200, { peering: shown(the, status, name) }),
})

const list = (as: 'requester' | 'accepter'): HuaweiCheck => ({
  operation: 'GET /v2.0/vpc/peerings',
  what: `lists it by the ${as === 'requester' ? 'peer’s' : 'requester’s'} VPC`,
  as,
  request: (the) => get(`${PEERINGS}?vpc_id=${the(as === 'requester' ? 'peerVpc' : 'vpc')}`),
  expect: (the) => answers(200, { peerings: including(shown(the, 'PENDING_ACCEPTANCE')) }),
})

/** What should have been refused goes again, where it was not. */
const unwanted: Pick<HuaweiCheck, 'keeps' | 'undo'> = {
  keeps: { 'unwanted peering': 'id' },
  undo: (the) => del(onePeering(the, 'unwanted peering')),
}

export const AGREEMENT: readonly HuaweiCheck[] = [
  {
    operation: 'POST /v2.0/vpc/peerings',
    what: 'a VPC that is not the peer’s is refused',
    ...unwanted,
    as: 'requester',
    request: (the) =>
      post(PEERINGS, {
        peering: {
          name: `conformance-${the('run')}`,
          request_vpc_info: { vpc_id: the('vpc') },
          accept_vpc_info: { vpc_id: the('ownVpc'), tenant_id: the('accepter') },
        },
      }),
    expect: () =>
      answers(400, { NeutronError: { type: 'InvalidInput', message: /Accept VPC id or tenant id/ } }),
  },
  {
    operation: 'POST /v2.0/vpc/peerings',
    what: 'an id that is no UUID is refused',
    ...unwanted,
    as: 'requester',
    request: (the) =>
      post(PEERINGS, {
        peering: {
          name: `conformance-${the('run')}`,
          request_vpc_info: { vpc_id: the('vpc') },
          accept_vpc_info: { vpc_id: 'no-uuid', tenant_id: the('accepter') },
        },
      }),
    expect: () => answers(400, { NeutronError: { message: /'no-uuid' is not a valid UUID/ } }),
  },
  request,
  show('requester', 'waits, for the requester', 'PENDING_ACCEPTANCE'),
  show('accepter', 'waits, for the accepter', 'PENDING_ACCEPTANCE'),
  list('requester'),
  list('accepter'),
  {
    operation: 'POST /v2.0/vpc/peerings',
    what: 'a second one for the same VPCs is refused',
    ...unwanted,
    as: 'requester',
    assumed: true,
    request: (the) => post(PEERINGS, ask(the)),
    expect: () => neutron(refusal),
  },
  {
    operation: 'PUT /v2.0/vpc/peerings/{peering_id}/accept',
    what: 'the requester may not',
    as: 'requester',
    assumed: true,
    request: (the) => put(`${onePeering(the)}/accept`),
    expect: () => neutron(refusal),
  },
  {
    operation: 'PUT /v2.0/vpc/peerings/{peering_id}/accept',
    what: 'accepts; the answer has no wrapper',
    as: 'accepter',
    request: (the) => put(`${onePeering(the)}/accept`),
    expect: (the) => answers(200, { id: the('peering'), status: 'ACTIVE', peering: absent }),
  },
  show('requester', 'is active', 'ACTIVE'),
  {
    operation: 'PUT /v2.0/vpc/peerings/{peering_id}/accept',
    what: 'not a second time',
    as: 'accepter',
    assumed: true,
    request: (the) => put(`${onePeering(the)}/accept`),
    expect: () => neutron(refusal),
  },
  {
    operation: 'PUT /v2.0/vpc/peerings/{peering_id}',
    what: 'renames it, and leaves the rest',
    as: 'requester',
    request: (the) => put(onePeering(the), { peering: { name: 'renamed' } }),
    expect: (the) => answers(200, { peering: shown(the, 'ACTIVE', 'renamed') }),
  },
  show('accepter', 'has its new name', 'ACTIVE', 'renamed'),
]

// ---------------------------------------------------------------------------------------------------------- routes

const tables = (the: Lookup, as: 'requester' | 'accepter') => `/v1/${the(as)}/routetables`

function tableRoutes(
  as: 'requester' | 'accepter',
  vpc: 'vpc' | 'peerVpc',
  destination: string,
): HuaweiCheck[] {
  const table = `route table of ${vpc}`
  const route = (the: Lookup, more: object = {}) => ({
    type: 'peering',
    destination,
    nexthop: the('peering'),
    ...more,
  })
  const change = (the: Lookup, routes: object) =>
    put(`${tables(the, as)}/${the(table)}`, { routetable: { routes } })
  return [
    {
      operation: 'GET /v1/{project_id}/routetables',
      what: `a VPC has its default table (${vpc})`,
      as,
      request: (the) => get(`${tables(the, as)}?vpc_id=${the(vpc)}`),
      expect: (the) => answers(200, { routetables: [{ id: text, default: true, vpc_id: the(vpc) }] }),
      keeps: { [table]: 'id' },
    },
    {
      operation: 'PUT /v1/{project_id}/routetables/{routetable_id}',
      what: `adds a route through the peering (${vpc})`,
      as,
      request: (the) => change(the, { add: [route(the, { description: 'there' })] }),
      expect: (the) => answers(200, { routetable: { id: the(table) } }),
    },
    {
      operation: 'GET /v1/{project_id}/routetables/{routetable_id}',
      what: `shows it (${vpc})`,
      as,
      eventually: true,
      request: (the) => get(`${tables(the, as)}/${the(table)}`),
      expect: (the) =>
        answers(200, { routetable: { routes: including(route(the, { description: 'there' }) as Pattern) } }),
    },
  ]
}

const tableOfVpc = 'route table of vpc'

const ROUTES: readonly HuaweiCheck[] = [
  ...tableRoutes('requester', 'vpc', BLOCKS.peerVpc),
  ...tableRoutes('accepter', 'peerVpc', BLOCKS.vpc),
  {
    operation: 'GET /v1/{project_id}/routetables',
    what: 'the page after the last is empty',
    as: 'requester',
    request: (the) => get(`${tables(the, 'requester')}?vpc_id=${the('vpc')}&marker=${the(tableOfVpc)}`),
    expect: () => answers(200, { routetables: [] }),
  },
  {
    operation: 'PUT /v1/{project_id}/routetables/{routetable_id}',
    what: 'describes a route anew',
    as: 'requester',
    request: (the) =>
      put(`${tables(the, 'requester')}/${the(tableOfVpc)}`, {
        routetable: {
          routes: {
            mod: [
              {
                type: 'peering',
                destination: BLOCKS.peerVpc,
                nexthop: the('peering'),
                description: 'again',
              },
            ],
          },
        },
      }),
    expect: () =>
      answers(200, {
        routetable: { routes: including({ destination: BLOCKS.peerVpc, description: 'again' }) },
      }),
  },
  {
    operation: 'GET /v1/{project_id}/routetables/{routetable_id}',
    what: 'is not there for a stranger',
    as: 'accepter',
    assumed: true,
    request: (the) => get(`${tables(the, 'accepter')}/${the(tableOfVpc)}`),
    expect: () => answers(404, { code: text, message: text }),
  },
  {
    operation: 'GET /v2.0/vpc/routes',
    what: 'is the same route in the older API',
    as: 'requester',
    assumed: true,
    request: (the) => get(`/v2.0/vpc/routes?type=peering&vpc_id=${the('vpc')}`),
    expect: (the) =>
      answers(200, {
        routes: including({ type: 'peering', destination: BLOCKS.peerVpc, nexthop: the('peering') }),
      }),
  },
]

const REMOVED_ROUTE: readonly HuaweiCheck[] = [
  {
    operation: 'PUT /v1/{project_id}/routetables/{routetable_id}',
    what: 'deletes a route',
    as: 'requester',
    request: (the) =>
      put(`${tables(the, 'requester')}/${the(tableOfVpc)}`, {
        routetable: {
          routes: { del: [{ type: 'peering', destination: BLOCKS.peerVpc, nexthop: the('peering') }] },
        },
      }),
    expect: () =>
      answers(200, { routetable: { routes: without({ type: 'peering', destination: BLOCKS.peerVpc }) } }),
  },
]

/** That the routes of the accepter went with the peering. */
const GONE_ROUTE: readonly HuaweiCheck[] = [
  {
    operation: 'GET /v1/{project_id}/routetables/{routetable_id}',
    what: 'the accepter’s route went with the peering',
    as: 'accepter',
    eventually: true,
    request: (the) => get(`${tables(the, 'accepter')}/${the('route table of peerVpc')}`),
    expect: (the) => answers(200, { routetable: { routes: without({ nexthop: the('peering') }) } }),
  },
]

// ---------------------------------------------------------------------------------------------------------- the end

const goneVpc = (as: 'requester' | 'accepter', name: keyof typeof BLOCKS): HuaweiCheck[] => [
  {
    operation: 'DELETE /v1/{project_id}/vpcs/{vpc_id}',
    what: `deletes it (${name})`,
    as,
    eventually: true,
    removes: name,
    request: (the) => del(`${vpcs(the, as)}/${the(name)}`),
    expect: () => answers(204),
  },
  {
    operation: 'GET /v1/{project_id}/vpcs/{vpc_id}',
    what: `is gone (${name})`,
    as,
    eventually: true,
    request: (the) => get(`${vpcs(the, as)}/${the(name)}`),
    expect: () => answers(404, { code: text, message: text }),
  },
]

const gonePeering = (as: 'requester' | 'accepter', name: string): HuaweiCheck => ({
  operation: 'GET /v2.0/vpc/peerings/{peering_id}',
  what: `is gone, for the ${as}`,
  as,
  eventually: true,
  request: (the) => get(onePeering(the, name)),
  expect: () => notFound,
})

const deletePeering = (as: 'requester' | 'accepter', what: string, name: string): HuaweiCheck => ({
  operation: 'DELETE /v2.0/vpc/peerings/{peering_id}',
  what,
  as,
  removes: name,
  request: (the) => del(onePeering(the, name)),
  expect: () => answers(204),
})

/** Between the routes both ways and the end of the peering: what is depended on stays. */
export const DEPENDED_ON: HuaweiCheck = {
  operation: 'DELETE /v1/{project_id}/vpcs/{vpc_id}',
  what: 'not while routes lead through it',
  as: 'accepter',
  request: (the) => del(`${vpcs(the, 'accepter')}/${the('peerVpc')}`),
  expect: () => answers(409, { code: 'VPC.0120', message: text }),
}

export const END_OF_PEERING: readonly HuaweiCheck[] = [
  deletePeering('requester', 'either side may, without asking', 'peering'),
  gonePeering('requester', 'peering'),
  gonePeering('accepter', 'peering'),
  {
    operation: 'DELETE /v2.0/vpc/peerings/{peering_id}',
    what: 'is no more there to be deleted again',
    as: 'requester',
    request: (the) => del(onePeering(the)),
    expect: () => notFound,
  },
]

const REFUSED = 'refused peering'

/** A second request, which is refused, and deleted by the other side. */
export const REFUSAL: readonly HuaweiCheck[] = [
  {
    ...request,
    what: 'asks again, for one that is refused',
    keeps: { [REFUSED]: 'id' },
    undo: (the) => del(onePeering(the, REFUSED)),
  },
  {
    operation: 'PUT /v2.0/vpc/peerings/{peering_id}/reject',
    what: 'rejects; the answer has no wrapper',
    as: 'accepter',
    request: (the) => put(`${onePeering(the, REFUSED)}/reject`),
    expect: (the) => answers(200, { id: the(REFUSED), status: 'REJECTED', peering: absent }),
  },
  {
    operation: 'GET /v2.0/vpc/peerings',
    what: 'is listed as rejected',
    as: 'requester',
    eventually: true,
    request: (the) => get(`${PEERINGS}?id=${the(REFUSED)}&status=REJECTED`),
    expect: (the) => answers(200, { peerings: [{ id: the(REFUSED), status: 'REJECTED' }] }),
  },
  deletePeering('accepter', 'a rejected one, by the accepter', REFUSED),
  gonePeering('requester', REFUSED),
]

const OWN = 'own peering'
const stranger = (method: 'GET' | 'PUT' | 'DELETE', suffix = '', body?: object): HuaweiCheck => ({
  operation: `${method} /v2.0/vpc/peerings/{peering_id}${suffix}`,
  what: 'is not there for a stranger',
  as: 'accepter',
  request: (the) => ({ method, path: onePeering(the, OWN) + suffix, ...(body && { body }) }),
  expect: () => notFound,
})

/** A peering of the requester's own VPCs, which the accepter has no part in. */
export const STRANGER: readonly HuaweiCheck[] = [
  {
    operation: 'POST /v2.0/vpc/peerings',
    what: 'between VPCs of one tenant, active at once',
    as: 'requester',
    request: (the) =>
      post(PEERINGS, {
        peering: {
          name: `conformance-${the('run')}`,
          request_vpc_info: { vpc_id: the('vpc') },
          accept_vpc_info: { vpc_id: the('ownVpc') },
        },
      }),
    expect: (the) =>
      answers(201, { peering: { status: 'ACTIVE', accept_vpc_info: { tenant_id: the('requester') } } }),
    keeps: { [OWN]: 'id' },
    find,
    undo: (the) => del(onePeering(the, OWN)),
  },
  stranger('GET'),
  stranger('PUT', '', { peering: { name: 'mine' } }),
  stranger('PUT', '/accept'),
  stranger('PUT', '/reject'),
  stranger('DELETE'),
  {
    operation: 'GET /v2.0/vpc/peerings',
    what: 'is not listed for a stranger',
    as: 'accepter',
    request: (the) => get(`${PEERINGS}?id=${the(OWN)}`),
    expect: () => answers(200, { peerings: [] }),
  },
  {
    operation: 'GET /v2.0/vpc/peerings/{peering_id}',
    what: 'what does not exist is answered the same',
    as: 'accepter',
    request: () => get(`${PEERINGS}/${NOBODYS}`),
    expect: () => notFound,
  },
  deletePeering('requester', 'one’s own', OWN),
]

export const TEARDOWN: readonly HuaweiCheck[] = [
  {
    operation: 'DELETE /v1/{project_id}/vpcs/{vpc_id}',
    what: 'not while it has subnets',
    as: 'requester',
    request: (the) => del(`${vpcs(the, 'requester')}/${the('vpc')}`),
    expect: () => answers(409, { code: 'VPC.0104', message: text }),
  },
  {
    operation: 'DELETE /v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}',
    what: 'deletes the subnet',
    as: 'requester',
    eventually: true,
    removes: 'subnet',
    request: (the) => del(`${vpcs(the, 'requester')}/${the('vpc')}/subnets/${the('subnet')}`),
    expect: () => answers(204),
  },
  {
    operation: 'GET /v1/{project_id}/subnets/{subnet_id}',
    what: 'is gone',
    as: 'requester',
    eventually: true,
    request: (the) => get(`/v1/${the('requester')}/subnets/${the('subnet')}`),
    expect: () => answers(404),
  },
  ...goneVpc('requester', 'ownVpc'),
  ...goneVpc('accepter', 'peerVpc'),
  ...goneVpc('requester', 'vpc'),
]

export const isGone: Target<HuaweiRequest>['isGone'] = ({ status }) =>
  (status >= 200 && status < 300) || status === 404

export const huawei: Target<HuaweiRequest> = {
  name: 'huawei',
  about: 'Huawei Cloud: VPC v1 and v3, peerings v2.0, route tables v1, IAM v3',
  open: (settings) => huaweiClient('SDK-HMAC-SHA256 Access', settings),
  isGone,
  checks: [
    ...IDENTITY,
    ...NETWORKS,
    ...AGREEMENT,
    ...ROUTES,
    DEPENDED_ON,
    ...REMOVED_ROUTE,
    ...END_OF_PEERING,
    ...GONE_ROUTE,
    ...REFUSAL,
    ...STRANGER,
    ...TEARDOWN,
  ],
}
