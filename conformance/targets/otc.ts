import type { Lookup, Target } from '../check.ts'
import { type HuaweiRequest, huaweiClient } from '../clients/huawei.ts'
import { including, text, without } from '../pattern.ts'
import {
  AGREEMENT,
  answers,
  BLOCKS,
  DEPENDED_ON,
  del,
  END_OF_PEERING,
  get,
  type HuaweiCheck,
  isGone,
  NETWORKS,
  notFound,
  post,
  REFUSAL,
  STRANGER,
  TEARDOWN,
} from './huawei.ts'

/** Open Telekom Cloud: its own way of signing, its catalog, and routes by the v2.0 API, as its clients have them. */

const toIam = (path: string): HuaweiRequest => ({ ...get(path), service: 'iam' })

const IDENTITY: readonly HuaweiCheck[] = [
  {
    operation: 'GET /v3/projects',
    what: 'a region is exactly one project',
    as: 'requester',
    request: (the) => toIam(`/v3/projects?name=${the('region')}`),
    expect: (the) => answers(200, { projects: [{ id: the('requester'), name: the('region') }] }),
  },
  {
    operation: 'GET /v3/auth/catalog',
    what: 'says where networks and VPCs are',
    as: 'requester',
    request: () => toIam('/v3/auth/catalog'),
    expect: () =>
      answers(200, {
        catalog: including({ type: 'network', endpoints: including({ interface: 'public', url: text }) }),
      }),
  },
  {
    operation: 'GET /v3/auth/catalog',
    what: 'the VPC endpoint ends in v1 and the project',
    as: 'requester',
    request: () => ({ ...toIam('/v3/auth/catalog'), scoped: true }),
    expect: (the) =>
      answers(200, {
        catalog: including({
          type: 'vpc',
          endpoints: including({ interface: 'public', url: new RegExp(`/v1/${the('requester')}$`) }),
        }),
      }),
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
    request: () => ({ ...get('/v2.0/vpc/peerings'), secret: 'not the secret' }),
    expect: () => answers(401),
  },
]

const ROUTES = '/v2.0/vpc/routes'

function routes(as: 'requester' | 'accepter', vpc: 'vpc' | 'peerVpc', destination: string): HuaweiCheck[] {
  const name = `route of ${vpc}`
  const route = (the: Lookup) => ({
    type: 'peering',
    destination,
    nexthop: the('peering'),
    vpc_id: the(vpc),
  })
  return [
    {
      operation: 'POST /v2.0/vpc/routes',
      what: `adds a route through the peering (${vpc})`,
      as,
      request: (the) => post(ROUTES, { route: route(the) }),
      expect: (the) => answers(201, { route: { id: text, tenant_id: the(as), ...route(the) } }),
      keeps: { [name]: 'id' },
      find: (the) => ({ request: get(`${ROUTES}?vpc_id=${the(vpc)}`), name: destination }),
      undo: (the) => del(`${ROUTES}/${the(name)}`),
    },
    {
      operation: 'GET /v2.0/vpc/routes/{route_id}',
      what: `shows it (${vpc})`,
      as,
      request: (the) => get(`${ROUTES}/${the(name)}`),
      expect: (the) => answers(200, { route: { id: the(name), ...route(the) } }),
    },
  ]
}

const BOTH_WAYS: readonly HuaweiCheck[] = [
  ...routes('requester', 'vpc', BLOCKS.peerVpc),
  ...routes('accepter', 'peerVpc', BLOCKS.vpc),
  {
    operation: 'GET /v2.0/vpc/routes',
    what: 'lists it by its VPC',
    as: 'requester',
    request: (the) => get(`${ROUTES}?vpc_id=${the('vpc')}&type=peering`),
    expect: (the) => answers(200, { routes: [{ id: the('route of vpc') }] }),
  },
  {
    operation: 'GET /v2.0/vpc/routes/{route_id}',
    what: 'is not there for the other side',
    as: 'accepter',
    request: (the) => get(`${ROUTES}/${the('route of vpc')}`),
    expect: () => notFound,
  },
]

const REMOVED_ROUTE: readonly HuaweiCheck[] = [
  {
    operation: 'DELETE /v2.0/vpc/routes/{route_id}',
    what: 'deletes it',
    as: 'requester',
    removes: 'route of vpc',
    request: (the) => del(`${ROUTES}/${the('route of vpc')}`),
    expect: () => answers(204),
  },
  {
    operation: 'GET /v2.0/vpc/routes/{route_id}',
    what: 'is gone',
    as: 'requester',
    eventually: true,
    request: (the) => get(`${ROUTES}/${the('route of vpc')}`),
    expect: () => notFound,
  },
]

const GONE_ROUTE: HuaweiCheck = {
  operation: 'GET /v2.0/vpc/routes',
  what: 'the accepter’s route went with the peering',
  as: 'accepter',
  eventually: true,
  removes: 'route of peerVpc',
  request: (the) => get(`${ROUTES}?vpc_id=${the('peerVpc')}`),
  expect: (the) => answers(200, { routes: without({ nexthop: the('peering') }) }),
}

export const otc: Target<HuaweiRequest> = {
  name: 'otc',
  about: 'Open Telekom Cloud: the same with its own signature, its catalog, and routes v2.0',
  open: (settings) => huaweiClient('SDK-HMAC-SHA256 Credential', settings),
  isGone,
  checks: [
    ...IDENTITY,
    ...NETWORKS,
    ...AGREEMENT,
    ...BOTH_WAYS,
    DEPENDED_ON,
    ...REMOVED_ROUTE,
    ...END_OF_PEERING,
    GONE_ROUTE,
    ...REFUSAL,
    ...STRANGER,
    ...TEARDOWN,
  ],
}
