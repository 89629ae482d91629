import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Caller } from '../src/app/context.ts'
import type { App } from '../src/app/index.ts'
import { alibaba } from '../src/dialects/alibaba/index.ts'
import { encodePairs, type Pair } from '../src/dialects/encoding.ts'
import { huawei } from '../src/dialects/huawei/index.ts'
import { signHeaders } from '../src/dialects/huawei/signing.ts'
import { DIALECTS } from '../src/dialects/index.ts'
import { bearerToken } from '../src/dialects/native/codec.ts'
import { profile } from '../src/dialects/native/profile.ts'
import { ROUTES as NATIVE_ROUTES } from '../src/dialects/native/routes.ts'
import { tencentLegacy } from '../src/dialects/tencent/legacy/index.ts'
import { asTask } from '../src/dialects/tencent/legacy/task.ts'
import { tencentV3 } from '../src/dialects/tencent/v3/index.ts'
import { ROUTES as TENCENT_V3_ROUTES } from '../src/dialects/tencent/v3/routes.ts'
import { VERSIONS as V3_VERSIONS } from '../src/dialects/tencent/v3/services.ts'
import { regionName, vpcId, webhookId } from '../src/domain/identity.ts'
import { routeNumber } from '../src/domain/network.ts'
import type { Tenant } from '../src/domain/tenant.ts'
import { sign as signAlibaba, type Values } from './dialects/alibaba/client.ts'
import { type Answer, send } from './dialects/huawei/client.ts'
import {
  flatten,
  LEGACY_PATH,
  type Parameters,
  signWithHeaders,
  signWithParameters,
} from './dialects/tencent/client.ts'
import { ADMIN_TOKEN, startService } from './rig/service.ts'
import { alice, bob, mallory, type TestTenant, vpcOf } from './rig/tenants.ts'

/**
 * Who may do what: every operation of every dialect, for each who may come along. The table is data; an operation
 * that has no row in it fails the test.
 */

/** What a call is about. The same with ids that nothing has is how a stranger's answer is checked. */
interface Subject {
  readonly huawei: string
  readonly alibaba: string
  readonly tencent: string
  readonly vpcHuawei: string
  readonly vpcAlibaba: string
  readonly vpcTencent: string
  readonly vpcName: string
  readonly otherVpcHuawei: string
  readonly otherVpcAlibaba: string
  readonly otherVpcTencent: string
  /** The requester as each dialect names it. */
  readonly tenant: string
  readonly project: string
  readonly task: string
  readonly key: string
  /** Of the requester's VPC, in the fixture `network`, by Huawei's, Alibaba's and Tencent's ids. */
  readonly subnetHuawei: string
  readonly subnetAlibaba: string
  readonly subnetTencent: string
  readonly defaultTableHuawei: string
  readonly defaultTableAlibaba: string
  readonly defaultTableTencent: string
  /** Another table, with nothing in it. */
  readonly tableHuawei: string
  readonly tableAlibaba: string
  readonly tableTencent: string
  /** In the default table, for 10.1.0.0/24, through the peering, which is active. */
  readonly routeHuawei: string
  readonly routeAlibaba: string
  readonly routeNumber: string
  readonly portHuawei: string
  /** The requester's, with a delivery of event 1 that is dead. */
  readonly webhook: string
}

/** Alice asks, bob is asked, and mallory has nothing to do with it. */
const PARTIES = { requester: alice, accepter: bob, stranger: mallory }
type Party = keyof typeof PARTIES

/**
 * - `allowed`: it succeeds.
 * - `not-found`: refused in the very bytes of an answer about an id that does not exist.
 * - `finds-nothing`: succeeds, in the very bytes of an answer about an id that does not exist.
 * - `sees-nothing`: succeeds, and does not name the peering.
 * - `wrong-side`: refused as the party whose decision it is not.
 * - `operators-only`: refused as not the operator.
 */
type Outcome = 'allowed' | 'not-found' | 'finds-nothing' | 'sees-nothing' | 'wrong-side' | 'operators-only'

/** Who need not be anybody in particular: what the credential is like decides. */
const CREDENTIALS = ['no key', 'unknown key', 'tampered signature', 'replayed'] as const
type CredentialFault = Exclude<(typeof CREDENTIALS)[number], 'replayed'>

interface Row<Call> {
  readonly operation: string
  /** Told apart from other rows of the same operation; the first row of each has none. */
  readonly variant?: string
  readonly fixture:
    | 'vpcs'
    | 'blocks'
    | 'pending'
    | 'active'
    | 'network'
    | 'expired'
    | 'task'
    | 'key'
    | 'webhook'
  readonly call: (subject: Subject, actor: TestTenant) => Call
  readonly may: Readonly<Record<Party, Outcome>>
  /** Whether it writes an event where it is allowed. */
  readonly writes?: true
  /** It is what one signs in with, so that no credential is looked at. */
  readonly anonymous?: true
}

const BOTH = { requester: 'allowed', accepter: 'allowed', stranger: 'not-found' } as const
const BOTH_FIND = { requester: 'allowed', accepter: 'allowed', stranger: 'finds-nothing' } as const
const ACCEPTER = { requester: 'wrong-side', accepter: 'allowed', stranger: 'not-found' } as const
const REQUESTER = { requester: 'allowed', accepter: 'wrong-side', stranger: 'not-found' } as const
/** The thing is the requester's alone: a VPC, a task, a key. */
const OWNER = { requester: 'allowed', accepter: 'not-found', stranger: 'not-found' } as const
const OWNER_FINDS = { requester: 'allowed', accepter: 'finds-nothing', stranger: 'finds-nothing' } as const
/** Everybody, for themselves. */
const ANYBODY = { requester: 'allowed', accepter: 'allowed', stranger: 'allowed' } as const
const NOBODY = { requester: 'not-found', accepter: 'not-found', stranger: 'not-found' } as const
const OPERATOR = {
  requester: 'operators-only',
  accepter: 'operators-only',
  stranger: 'operators-only',
} as const

/** A request as bytes would have it. */
interface Wire {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A way to say who one is, and what comes of it where one is not. */
interface Scheme<Call> {
  readonly name: string
  readonly sign: (call: Call, key: Key, actor: TestTenant, fault: CredentialFault | null) => Promise<Wire>
  readonly refusals: Readonly<Record<CredentialFault, string>>
  /** The code of a request that is sent twice; null: the vendor has no rule against it. */
  readonly replayed: string | null
}

type Key = TestTenant['key']

/** One dialect's part of the table. */
interface Table<Call> {
  readonly dialect: string
  readonly operations: readonly string[]
  readonly schemes: readonly Scheme<Call>[]
  readonly rows: readonly Row<Call>[]
  /** The code of a failure; null: it succeeded. */
  readonly codeOf: (answer: Answer) => string | null
  readonly wrongSide: string
}

const UNKNOWN_KEY: Key = { id: 'AKNOBODY', secret: 'SKNOBODY' }

let rig: Awaited<ReturnType<typeof startService>>
before(async () => {
  rig = await startService()
})
after(() => rig.close())

/** `text` with its first letter or digit exchanged for another of the same kind. */
function tampered(text: string): string {
  return text.replace(/[0-9a-zA-Z]/, (character) => (character === '1' ? '2' : '1'))
}

function json(answer: Answer): Record<string, unknown> {
  return answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>)
}

// ---------------------------------------------------------------------------------------------------------- Huawei

interface HttpCall {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const textOf = (body: unknown) => (body === undefined ? '' : JSON.stringify(body))
const byPath =
  (method: string, path: (subject: Subject, actor: TestTenant) => string, body?: unknown) =>
  (subject: Subject, actor: TestTenant): HttpCall => ({
    method,
    path: path(subject, actor),
    ...(body !== undefined && { body }),
  })

/** In the actor's project. */
const inProject = (method: string, path: (subject: Subject) => string, body?: unknown) =>
  byPath(method, (subject, actor) => `/v1/${actor.projects['region-a']}${path(subject)}`, body)

const huaweiPeering = (rest = '') => {
  return ({ huawei: id }: Subject) => `/v2.0/vpc/peerings/${id}${rest}`
}

async function huaweiToken(actor: TestTenant): Promise<string> {
  const { body } = signInWith(actor, actor.name)
  const wire = Buffer.from(textOf(body))
  const answer = await send(rig, 'POST', '/v3/auth/tokens', { 'content-type': 'application/json' }, wire)
  return String(answer.headers['x-subject-token'])
}

/** The token that is asked about, where that is what is asked. */
async function huaweiSubject({ method, path }: HttpCall, actor: TestTenant): Promise<Record<string, string>> {
  const asks = method === 'GET' && path === '/v3/auth/tokens'
  return asks ? { 'x-subject-token': await huaweiToken(actor) } : {}
}

/** Signs in as whoever is called `name`, with the actor's password. */
function signInWith(actor: TestTenant, name: string): HttpCall {
  const user = { name, password: actor.password, domain: { name } }
  const identity = { methods: ['password'], password: { user } }
  const auth = { identity, scope: { project: { name: 'region-a' } } }
  return { method: 'POST', path: '/v3/auth/tokens', body: { auth } }
}

const askHuawei = (from: string, to: string, project: string) => ({
  method: 'POST',
  path: '/v2.0/vpc/peerings',
  body: {
    peering: {
      name: 'asked',
      request_vpc_info: { vpc_id: from },
      accept_vpc_info: { vpc_id: to, tenant_id: project },
    },
  },
})

const HUAWEI: Table<HttpCall> = {
  dialect: 'huawei',
  operations: huawei.operations.map(({ name }) => name),
  wrongSide: 'PolicyNotAuthorized',
  codeOf: (answer) => {
    if (answer.status < 400) return null
    const { error_code: code, error } = json(answer) as { error_code?: string; error?: { code: number } }
    return code ?? String(error?.code)
  },
  schemes: [
    {
      name: 'SDK-HMAC-SHA256',
      async sign({ method, path: target, body }, key, actor, fault) {
        const text = textOf(body)
        const [path = '', query = ''] = target.split('?')
        const headers = {
          host: rig.host,
          'content-type': 'application/json',
          'x-project-id': actor.projects['region-a'],
          ...(await huaweiSubject({ method, path: target }, actor)),
        }
        if (fault === 'no key') return { method, target, headers, body: text }
        const { id: accessKeyId, secret } = key
        const signed = signHeaders(
          { method, path, query, headers, body: Buffer.from(text) },
          { scheme: 'SDK-HMAC-SHA256 Access', accessKeyId, secret },
          Date.now(),
        )
        const [claim = '', signature = ''] = signed.authorization.split('Signature=')
        const authorization = `${claim}Signature=${fault === 'tampered signature' ? tampered(signature) : signature}`
        return { method, target, headers: { ...headers, ...signed, authorization }, body: text }
      },
      refusals: {
        'no key': 'APIGW.0301',
        'unknown key': 'APIGW.0301',
        'tampered signature': 'APIGW.0301',
      },
      replayed: null,
    },
    {
      name: 'X-Auth-Token',
      async sign({ method, path: target, body }, _key, actor, fault) {
        const headers = {
          'content-type': 'application/json',
          'x-project-id': actor.projects['region-a'],
          ...(await huaweiSubject({ method, path: target }, actor)),
        }
        const token = await huaweiToken(actor)
        const shown = {
          'no key': '',
          'unknown key': Buffer.from('somebody else made this one').toString('base64url'),
          'tampered signature': tampered(token),
        }
        return {
          method,
          target,
          headers: { ...headers, 'x-auth-token': fault === null ? token : shown[fault] },
          body: textOf(body),
        }
      },
      refusals: {
        'no key': 'APIGW.0301',
        'unknown key': 'APIGW.0301',
        'tampered signature': 'APIGW.0301',
      },
      replayed: null,
    },
  ],
  rows: [
    {
      operation: 'POST /v2.0/vpc/peerings',
      fixture: 'vpcs',
      call: (s) => askHuawei(s.vpcHuawei, s.otherVpcHuawei, bob.projects['region-a']),
      may: OWNER,
      writes: true,
    },
    {
      operation: 'POST /v2.0/vpc/peerings',
      variant: 'for a VPC of another tenant than is said',
      fixture: 'vpcs',
      call: (s, actor) =>
        askHuawei(vpcOf(actor, 1).ids.huawei, s.otherVpcHuawei, mallory.projects['region-a']),
      may: NOBODY,
    },
    {
      operation: 'GET /v2.0/vpc/peerings',
      fixture: 'pending',
      call: byPath('GET', ({ huawei: id }) => `/v2.0/vpc/peerings?id=${id}`),
      may: BOTH_FIND,
    },
    {
      operation: 'GET /v2.0/vpc/peerings',
      variant: 'by VPC',
      fixture: 'pending',
      call: byPath('GET', ({ vpcHuawei }) => `/v2.0/vpc/peerings?vpc_id=${vpcHuawei}`),
      may: BOTH_FIND,
    },
    {
      operation: 'GET /v2.0/vpc/peerings/{peering_id}',
      fixture: 'pending',
      call: byPath('GET', huaweiPeering()),
      may: BOTH,
    },
    {
      operation: 'PUT /v2.0/vpc/peerings/{peering_id}',
      fixture: 'pending',
      call: byPath('PUT', huaweiPeering(), { peering: { name: 'renamed' } }),
      may: BOTH,
      writes: true,
    },
    {
      operation: 'DELETE /v2.0/vpc/peerings/{peering_id}',
      fixture: 'pending',
      call: byPath('DELETE', huaweiPeering()),
      may: BOTH,
      writes: true,
    },
    {
      operation: 'PUT /v2.0/vpc/peerings/{peering_id}/accept',
      fixture: 'pending',
      call: byPath('PUT', huaweiPeering('/accept')),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: 'PUT /v2.0/vpc/peerings/{peering_id}/reject',
      fixture: 'pending',
      call: byPath('PUT', huaweiPeering('/reject')),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: 'POST /v1/{project_id}/vpcs',
      fixture: 'vpcs',
      call: byPath('POST', (_, actor) => `/v1/${actor.projects['region-a']}/vpcs`, { vpc: {} }),
      may: ANYBODY,
    },
    {
      operation: 'POST /v1/{project_id}/vpcs',
      variant: 'in the requester’s project',
      fixture: 'vpcs',
      call: byPath('POST', ({ project }) => `/v1/${project}/vpcs`, { vpc: {} }),
      may: OWNER,
    },
    {
      operation: 'GET /v1/{project_id}/vpcs',
      fixture: 'vpcs',
      call: byPath('GET', (s, actor) => `/v1/${actor.projects['region-a']}/vpcs?id=${s.vpcHuawei}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /v1/{project_id}/vpcs/{vpc_id}',
      fixture: 'vpcs',
      call: byPath('GET', (s, actor) => `/v1/${actor.projects['region-a']}/vpcs/${s.vpcHuawei}`),
      may: OWNER,
    },
    {
      operation: 'DELETE /v1/{project_id}/vpcs/{vpc_id}',
      fixture: 'vpcs',
      call: byPath('DELETE', (s, actor) => `/v1/${actor.projects['region-a']}/vpcs/${s.vpcHuawei}`),
      may: OWNER,
    },
    {
      operation: 'PUT /v1/{project_id}/vpcs/{vpc_id}',
      fixture: 'vpcs',
      call: inProject('PUT', (s) => `/vpcs/${s.vpcHuawei}`, { vpc: { description: 'd' } }),
      may: OWNER,
    },
    {
      operation: 'GET /v3/{project_id}/vpc/vpcs',
      fixture: 'vpcs',
      call: byPath('GET', (s, actor) => `/v3/${actor.projects['region-a']}/vpc/vpcs?id=${s.vpcHuawei}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /v3/{project_id}/vpc/vpcs/{vpc_id}',
      fixture: 'vpcs',
      call: byPath('GET', (s, actor) => `/v3/${actor.projects['region-a']}/vpc/vpcs/${s.vpcHuawei}`),
      may: OWNER,
    },
    ...(['add', 'remove'] as const).map((action) => ({
      operation: `PUT /v3/{project_id}/vpc/vpcs/{vpc_id}/${action}-extend-cidr`,
      fixture: 'network' as const,
      call: byPath(
        'PUT',
        (s, actor) => `/v3/${actor.projects['region-a']}/vpc/vpcs/${s.vpcHuawei}/${action}-extend-cidr`,
        { vpc: { extend_cidrs: [action === 'add' ? '172.21.0.0/16' : '172.20.0.0/16'] } },
      ),
      may: OWNER,
    })),
    {
      operation: 'POST /v1/{project_id}/subnets',
      fixture: 'vpcs',
      call: (s, actor) => ({
        method: 'POST',
        path: `/v1/${actor.projects['region-a']}/subnets`,
        body: {
          subnet: { name: 's', cidr: '10.0.2.0/24', gateway_ip: '10.0.2.1', vpc_id: s.vpcHuawei },
        },
      }),
      may: OWNER,
    },
    {
      operation: 'GET /v1/{project_id}/subnets',
      fixture: 'network',
      call: inProject('GET', (s) => `/subnets?vpc_id=${s.vpcHuawei}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /v1/{project_id}/subnets/{subnet_id}',
      fixture: 'network',
      call: inProject('GET', (s) => `/subnets/${s.subnetHuawei}`),
      may: OWNER,
    },
    {
      operation: 'PUT /v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}',
      fixture: 'network',
      call: inProject('PUT', (s) => `/vpcs/${s.vpcHuawei}/subnets/${s.subnetHuawei}`, {
        subnet: { name: 'n' },
      }),
      may: OWNER,
    },
    {
      operation: 'DELETE /v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}',
      fixture: 'network',
      call: inProject('DELETE', (s) => `/vpcs/${s.vpcHuawei}/subnets/${s.subnetHuawei}`),
      may: OWNER,
    },
    {
      operation: 'POST /v1/{project_id}/routetables',
      fixture: 'vpcs',
      call: (s, actor) => ({
        method: 'POST',
        path: `/v1/${actor.projects['region-a']}/routetables`,
        body: { routetable: { vpc_id: s.vpcHuawei } },
      }),
      may: OWNER,
    },
    {
      operation: 'GET /v1/{project_id}/routetables',
      fixture: 'network',
      call: inProject('GET', (s) => `/routetables?vpc_id=${s.vpcHuawei}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /v1/{project_id}/routetables',
      variant: 'by subnet',
      fixture: 'network',
      call: inProject('GET', (s) => `/routetables?subnet_id=${s.subnetHuawei}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /v1/{project_id}/routetables/{routetable_id}',
      fixture: 'network',
      call: inProject('GET', (s) => `/routetables/${s.defaultTableHuawei}`),
      may: OWNER,
    },
    {
      operation: 'PUT /v1/{project_id}/routetables/{routetable_id}',
      fixture: 'network',
      call: inProject('PUT', (s) => `/routetables/${s.defaultTableHuawei}`, {
        routetable: { routes: { del: [{ destination: '10.1.0.0/24' }] } },
      }),
      may: OWNER,
    },
    {
      operation: 'DELETE /v1/{project_id}/routetables/{routetable_id}',
      fixture: 'network',
      call: inProject('DELETE', (s) => `/routetables/${s.tableHuawei}`),
      may: OWNER,
    },
    {
      operation: 'POST /v1/{project_id}/routetables/{routetable_id}/action',
      fixture: 'network',
      call: (s, actor) => ({
        method: 'POST',
        path: `/v1/${actor.projects['region-a']}/routetables/${s.tableHuawei}/action`,
        body: { routetable: { subnets: { associate: [s.subnetHuawei] } } },
      }),
      may: OWNER,
    },
    {
      operation: 'POST /v2.0/vpc/routes',
      fixture: 'network',
      call: (s) => ({
        method: 'POST',
        path: '/v2.0/vpc/routes',
        body: {
          route: { type: 'peering', destination: '10.1.9.0/24', nexthop: s.huawei, vpc_id: s.vpcHuawei },
        },
      }),
      may: OWNER,
    },
    {
      operation: 'GET /v2.0/vpc/routes',
      fixture: 'network',
      call: byPath('GET', (s) => `/v2.0/vpc/routes?vpc_id=${s.vpcHuawei}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /v2.0/vpc/routes/{route_id}',
      fixture: 'network',
      call: byPath('GET', (s) => `/v2.0/vpc/routes/${s.routeHuawei}`),
      may: OWNER,
    },
    {
      operation: 'DELETE /v2.0/vpc/routes/{route_id}',
      fixture: 'network',
      call: byPath('DELETE', (s) => `/v2.0/vpc/routes/${s.routeHuawei}`),
      may: OWNER,
    },
    ...(['vpcs', 'subnets'] as const).flatMap((kind) => {
      const path = (s: Subject, actor: TestTenant, rest = '') =>
        `/v2.0/${actor.projects['region-a']}/${kind}/${kind === 'vpcs' ? s.vpcHuawei : s.subnetHuawei}/tags${rest}`
      const route = `/v2.0/{project_id}/${kind}/{${kind === 'vpcs' ? 'vpc' : 'subnet'}_id}/tags`
      const tags = { action: 'create', tags: [{ key: 'k', value: 'v' }] }
      return [
        { operation: `GET ${route}`, fixture: 'network' as const, call: byPath('GET', path), may: OWNER },
        {
          operation: `POST ${route}`,
          fixture: 'network' as const,
          call: byPath('POST', path, { tag: { key: 'k', value: 'v' } }),
          may: OWNER,
        },
        {
          operation: `DELETE ${route}/{key}`,
          fixture: 'network' as const,
          call: byPath('DELETE', (s, actor) => path(s, actor, '/fixture')),
          may: OWNER,
        },
        {
          operation: `POST ${route}/action`,
          fixture: 'network' as const,
          call: byPath('POST', (s, actor) => path(s, actor, '/action'), tags),
          may: OWNER,
        },
      ]
    }),
    {
      operation: 'GET /v1/{project_id}/quotas',
      fixture: 'vpcs',
      call: inProject('GET', () => '/quotas'),
      may: ANYBODY,
    },
    {
      operation: 'GET /v1/{project_id}/quotas',
      variant: 'in the requester’s project',
      fixture: 'vpcs',
      call: byPath('GET', ({ project }) => `/v1/${project}/quotas`),
      may: OWNER,
    },
    { operation: 'GET /', fixture: 'vpcs', call: byPath('GET', () => '/'), may: ANYBODY, anonymous: true },
    {
      operation: 'GET /v3',
      fixture: 'vpcs',
      call: byPath('GET', () => '/v3'),
      may: ANYBODY,
      anonymous: true,
    },
    {
      operation: 'GET /v3/auth/tokens',
      fixture: 'vpcs',
      call: byPath('GET', () => '/v3/auth/tokens'),
      may: ANYBODY,
    },
    {
      operation: 'GET /v3/auth/catalog',
      fixture: 'vpcs',
      call: byPath('GET', () => '/v3/auth/catalog'),
      may: ANYBODY,
    },
    {
      operation: 'GET /v3/auth/domains',
      fixture: 'vpcs',
      call: byPath('GET', (s) => `/v3/auth/domains?name=${s.tenant}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /v3/users',
      fixture: 'vpcs',
      call: byPath('GET', (s) => `/v3/users?name=${s.tenant}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'POST /v3/auth/tokens',
      fixture: 'vpcs',
      call: (s, actor) => signInWith(actor, s.tenant),
      may: OWNER,
      anonymous: true,
    },
    {
      operation: 'GET /v3/projects',
      fixture: 'vpcs',
      call: byPath('GET', () => '/v3/projects'),
      may: ANYBODY,
    },
  ],
}

// --------------------------------------------------------------------------------------------------------- Alibaba

interface AlibabaCall {
  readonly action: string
  /** Absent: that of the one API that has the action, or VpcPeer's. */
  readonly version?: string
  readonly parameters: Values
}

const call =
  (action: string, parameters: (subject: Subject, actor: TestTenant) => Values) =>
  (subject: Subject, actor: TestTenant): AlibabaCall => ({ action, parameters: parameters(subject, actor) })
/** An operation of the VPC API, asked in the fixture's region. */
const alibabaNetwork = (
  action: string,
  fixture: Row<AlibabaCall>['fixture'],
  may: Row<AlibabaCall>['may'],
  parameters: (subject: Subject) => Values,
  version = '2016-04-28',
): Row<AlibabaCall> => ({
  operation: `${version} ${action}`,
  fixture,
  call: (subject) => ({
    action,
    version,
    parameters: { RegionId: 'cn-hangzhou', ...parameters(subject) },
  }),
  may,
})
const taggedSubnet = (s: Subject) => ({ ResourceType: 'VSWITCH', 'ResourceId.1': s.subnetAlibaba })
const instance = ({ alibaba: id }: Subject) => ({ InstanceId: id })
const resource = ({ alibaba: id }: Subject) => ({
  RegionId: 'cn-hangzhou',
  ResourceType: 'PeerConnection',
  'ResourceId.1': id,
})
const ask = (from: string, to: string, uid: string) => ({
  RegionId: 'cn-hangzhou',
  VpcId: from,
  AcceptingAliUid: uid,
  AcceptingRegionId: 'cn-hangzhou',
  AcceptingVpcId: to,
})

function alibabaScheme(
  name: string,
  style: 'acs3' | 'get',
  refusals: Scheme<AlibabaCall>['refusals'],
): Scheme<AlibabaCall> {
  return {
    name,
    async sign({ action, version, parameters }, { id: keyId, secret }, actor, fault) {
      const options = { style, keyId, secret, ...(version !== undefined && { version }) }
      const signed = signAlibaba(rig.host, actor, action, parameters, options)
      const { method, body } = signed
      let { query, headers } = signed
      if (fault === 'no key') {
        const { authorization: _, ...others } = headers
        headers = others
        query = query.replace(/(^|&)(AccessKeyId|Signature\w*)=[^&]*/g, '')
      }
      if (fault === 'tampered signature') {
        const spoil = (_: string, claim: string, signature: string) => claim + tampered(signature)
        query = query.replace(/(Signature=)([^&]*)/, spoil)
        const { authorization = '' } = headers
        headers = { ...headers, authorization: authorization.replace(/(Signature=)(.*)/, spoil) }
        if (authorization === '') delete headers['authorization']
      }
      return { method, target: `/${query === '' ? '' : `?${query}`}`, headers, body }
    },
    refusals,
    replayed: 'SignatureNonceUsed',
  }
}

const ALIBABA: Table<AlibabaCall> = {
  dialect: 'alibaba',
  operations: alibaba.operations.map(({ name }) => name),
  wrongSide: 'Forbidden.NoPermission',
  codeOf: (answer) => (json(answer)['Code'] as string | undefined) ?? null,
  schemes: [
    alibabaScheme('ACS3-HMAC-SHA256', 'acs3', {
      'no key': 'MissingAccessKeyId',
      'unknown key': 'InvalidAccessKeyId.NotFound',
      'tampered signature': 'SignatureDoesNotMatch',
    }),
    alibabaScheme('HMAC-SHA1 parameters', 'get', {
      'no key': 'MissingAccessKeyId',
      'unknown key': 'InvalidAccessKeyId.NotFound',
      'tampered signature': 'SignatureDoesNotMatch',
    }),
  ],
  rows: [
    {
      operation: '2022-01-01 CreateVpcPeerConnection',
      fixture: 'vpcs',
      call: call('CreateVpcPeerConnection', (s) => ask(s.vpcAlibaba, s.otherVpcAlibaba, bob.uid)),
      may: OWNER,
      writes: true,
    },
    {
      operation: '2022-01-01 CreateVpcPeerConnection',
      variant: 'for a VPC of another tenant than is said',
      fixture: 'vpcs',
      call: call('CreateVpcPeerConnection', (s, actor) =>
        ask(vpcOf(actor, 1).ids.alibaba, s.otherVpcAlibaba, mallory.uid),
      ),
      may: NOBODY,
    },
    {
      operation: '2022-01-01 AcceptVpcPeerConnection',
      fixture: 'pending',
      call: call('AcceptVpcPeerConnection', instance),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: '2022-01-01 RejectVpcPeerConnection',
      fixture: 'pending',
      call: call('RejectVpcPeerConnection', instance),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: '2022-01-01 DeleteVpcPeerConnection',
      fixture: 'pending',
      call: call('DeleteVpcPeerConnection', instance),
      may: BOTH,
      writes: true,
    },
    {
      operation: '2022-01-01 GetVpcPeerConnectionAttribute',
      fixture: 'pending',
      call: call('GetVpcPeerConnectionAttribute', instance),
      may: BOTH,
    },
    {
      operation: '2022-01-01 ListVpcPeerConnections',
      fixture: 'pending',
      call: call('ListVpcPeerConnections', instance),
      may: BOTH_FIND,
    },
    {
      operation: '2022-01-01 ListVpcPeerConnections',
      variant: 'by VPC',
      fixture: 'pending',
      call: call('ListVpcPeerConnections', (s) => ({ 'VpcId.1': s.vpcAlibaba })),
      may: BOTH_FIND,
    },
    {
      operation: '2022-01-01 ModifyVpcPeerConnection',
      fixture: 'active',
      call: call('ModifyVpcPeerConnection', (s) => ({ ...instance(s), Name: 'renamed' })),
      may: BOTH,
      writes: true,
    },
    {
      operation: '2022-01-01 TagResources',
      fixture: 'pending',
      call: call('TagResources', (s) => ({ ...resource(s), 'Tag.1.Key': 'key', 'Tag.1.Value': 'value' })),
      may: BOTH,
      writes: true,
    },
    {
      operation: '2022-01-01 UnTagResources',
      fixture: 'pending',
      call: call('UnTagResources', (s) => ({ ...resource(s), All: true })),
      may: BOTH,
      writes: true,
    },
    {
      operation: '2022-01-01 ListTagResources',
      fixture: 'pending',
      call: call('ListTagResources', resource),
      may: BOTH_FIND,
    },
    {
      operation: '2022-01-01 MoveResourceGroup',
      fixture: 'pending',
      call: call('MoveResourceGroup', (s) => ({
        RegionId: 'cn-hangzhou',
        ResourceType: 'PeerConnection',
        ResourceId: s.alibaba,
        NewResourceGroupId: 'rg-another',
      })),
      may: BOTH,
      writes: true,
    },
    {
      operation: '2016-04-28 CreateVpc',
      fixture: 'vpcs',
      call: call('CreateVpc', () => ({ RegionId: 'cn-hangzhou' })),
      may: ANYBODY,
    },
    {
      operation: '2016-04-28 DescribeVpcs',
      fixture: 'vpcs',
      call: call('DescribeVpcs', (s) => ({ RegionId: 'cn-hangzhou', VpcId: s.vpcAlibaba })),
      may: OWNER_FINDS,
    },
    {
      operation: '2016-04-28 DescribeVpcAttribute',
      fixture: 'vpcs',
      call: call('DescribeVpcAttribute', (s) => ({ RegionId: 'cn-hangzhou', VpcId: s.vpcAlibaba })),
      may: OWNER,
    },
    {
      operation: '2016-04-28 DeleteVpc',
      fixture: 'vpcs',
      call: call('DeleteVpc', (s) => ({ VpcId: s.vpcAlibaba })),
      may: OWNER,
    },
    alibabaNetwork('ModifyVpcAttribute', 'vpcs', OWNER, (s) => ({ VpcId: s.vpcAlibaba, VpcName: 'n' })),
    alibabaNetwork('AssociateVpcCidrBlock', 'vpcs', OWNER, (s) => ({
      VpcId: s.vpcAlibaba,
      SecondaryCidrBlock: '192.168.0.0/16',
    })),
    alibabaNetwork('UnassociateVpcCidrBlock', 'network', OWNER, (s) => ({
      VpcId: s.vpcAlibaba,
      SecondaryCidrBlock: '172.20.0.0/16',
    })),
    alibabaNetwork('MoveResourceGroup', 'vpcs', OWNER, (s) => ({
      ResourceType: 'VPC',
      ResourceId: s.vpcAlibaba,
      NewResourceGroupId: 'rg-another',
    })),
    alibabaNetwork('CreateVSwitch', 'vpcs', OWNER, (s) => ({
      VpcId: s.vpcAlibaba,
      CidrBlock: '10.0.2.0/24',
      ZoneId: 'cn-hangzhou-a',
    })),
    alibabaNetwork('DescribeVSwitches', 'network', OWNER_FINDS, (s) => ({ VSwitchId: s.subnetAlibaba })),
    alibabaNetwork('DescribeVSwitchAttributes', 'network', OWNER, (s) => ({ VSwitchId: s.subnetAlibaba })),
    alibabaNetwork('ModifyVSwitchAttribute', 'network', OWNER, (s) => ({
      VSwitchId: s.subnetAlibaba,
      VSwitchName: 'n',
    })),
    alibabaNetwork('DeleteVSwitch', 'network', OWNER, (s) => ({ VSwitchId: s.subnetAlibaba })),
    alibabaNetwork('CreateRouteTable', 'vpcs', OWNER, (s) => ({ VpcId: s.vpcAlibaba })),
    alibabaNetwork('DescribeRouteTableList', 'network', OWNER_FINDS, (s) => ({
      RouteTableId: s.tableAlibaba,
    })),
    alibabaNetwork('DescribeRouteTables', 'network', OWNER_FINDS, (s) => ({ RouteTableId: s.tableAlibaba })),
    alibabaNetwork('ModifyRouteTableAttributes', 'network', OWNER, (s) => ({
      RouteTableId: s.tableAlibaba,
      RouteTableName: 'n',
    })),
    alibabaNetwork('DeleteRouteTable', 'network', OWNER, (s) => ({ RouteTableId: s.tableAlibaba })),
    ...['AssociateRouteTable', 'UnassociateRouteTable'].map((action) =>
      alibabaNetwork(action, 'network', OWNER, (s) => ({
        RouteTableId: s.tableAlibaba,
        VSwitchId: s.subnetAlibaba,
      })),
    ),
    alibabaNetwork('CreateRouteEntry', 'network', OWNER, (s) => ({
      RouteTableId: s.defaultTableAlibaba,
      DestinationCidrBlock: '10.1.9.0/24',
      NextHopType: 'VpcPeer',
      NextHopId: s.alibaba,
    })),
    alibabaNetwork('DescribeRouteEntryList', 'network', OWNER, (s) => ({
      RouteTableId: s.defaultTableAlibaba,
    })),
    alibabaNetwork('ModifyRouteEntry', 'network', OWNER, (s) => ({
      RouteEntryId: s.routeAlibaba,
      RouteEntryName: 'n',
    })),
    alibabaNetwork('DeleteRouteEntry', 'network', OWNER, (s) => ({ RouteEntryId: s.routeAlibaba })),
    {
      ...alibabaNetwork('DeleteRouteEntry', 'network', OWNER, (s) => ({
        RouteTableId: s.defaultTableAlibaba,
        DestinationCidrBlock: '10.1.0.0/24',
        NextHopId: s.alibaba,
      })),
      variant: 'by what it says',
    },
    alibabaNetwork('TagResources', 'network', OWNER, (s) => ({ ...taggedSubnet(s), 'Tag.1.Key': 'k' })),
    alibabaNetwork('UnTagResources', 'network', OWNER, (s) => ({ ...taggedSubnet(s), All: true })),
    alibabaNetwork('ListTagResources', 'network', OWNER_FINDS, taggedSubnet),
    alibabaNetwork('DescribeRegions', 'vpcs', ANYBODY, () => ({})),
    alibabaNetwork('DescribeZones', 'vpcs', ANYBODY, () => ({})),
    alibabaNetwork('GetCallerIdentity', 'vpcs', ANYBODY, () => ({}), '2015-04-01'),
    alibabaNetwork(
      'DescribeEndpoints',
      'vpcs',
      ANYBODY,
      () => ({ Id: 'cn-hangzhou', ServiceCode: 'vpc' }),
      '2015-06-12',
    ),
  ],
}

// --------------------------------------------------------------------------------------------------------- Tencent

interface TencentCall {
  readonly action: string
  readonly parameters: Parameters
}

const does =
  (action: string, parameters: (subject: Subject, actor: TestTenant) => Parameters) =>
  (subject: Subject, actor: TestTenant): TencentCall => ({ action, parameters: parameters(subject, actor) })

function signWithParameter(
  path: string,
  scheme: 'HmacSHA1' | 'HmacSHA256',
  pairs: readonly Pair[],
  { id: keyId, secret }: Key,
  actor: TestTenant,
  fault: CredentialFault | null,
): Wire {
  const options = { scheme, keyId, secret, method: 'GET' } as const
  const wire = signWithParameters(rig.host, path, actor, pairs, options)
  if (fault === 'no key') return { ...wire, target: `${path}?${encodePairs(pairs)}` }
  if (fault !== 'tampered signature') return wire
  const target = wire.target.replace(/(Signature=)([^&]*)/, (_, name, value) => name + tampered(value))
  return { ...wire, target }
}

const legacyId = ({ tencent: id }: Subject) => ({ peeringConnectionId: id })
const legacyRenamed = (s: Subject) => ({ ...legacyId(s), peeringConnectionName: 'renamed' })
const legacyAsk = (from: string, to: string, uin: string, more: Parameters = {}) => ({
  vpcId: from,
  peerVpcId: to,
  peerUin: uin,
  peeringConnectionName: 'asked',
  ...more,
})
const FAR = { peerRegion: 'ap-guangzhou', bandwidth: 10 }
const legacyTable = (s: Subject) => ({ vpcId: s.vpcTencent, routeTableId: s.defaultTableTencent })
const legacyRoute = (s: Subject) => ({ destinationCidrBlock: '10.1.0.0/24', nextType: 4, nextHub: s.tencent })

const TENCENT_LEGACY: Table<TencentCall> = {
  dialect: 'tencent legacy',
  operations: tencentLegacy.operations.map(({ name }) => name),
  wrongSide: '4102 UnauthorizedOperation',
  codeOf: (answer) => {
    const { code, codeDesc } = json(answer)
    return code === 0 ? null : `${code} ${codeDesc}`
  },
  schemes: [
    {
      name: 'HmacSHA1',
      async sign({ action, parameters }, key, actor, fault) {
        const pairs: Pair[] = [['Action', action], ['Region', 'gz'], ...flatten(parameters)]
        return signWithParameter(LEGACY_PATH, 'HmacSHA1', pairs, key, actor, fault)
      },
      refusals: {
        'no key': '4100 AuthFailure',
        'unknown key': '4104 SecretIdNotFound',
        'tampered signature': '4100 AuthFailure',
      },
      replayed: '4500 ReplayAttack',
    },
  ],
  rows: [
    {
      operation: 'CreateVpcPeeringConnection',
      fixture: 'vpcs',
      call: does('CreateVpcPeeringConnection', (s) => legacyAsk(s.vpcTencent, s.otherVpcTencent, bob.uin)),
      may: OWNER,
      writes: true,
    },
    {
      operation: 'CreateVpcPeeringConnection',
      variant: 'for a VPC of another tenant than is said',
      fixture: 'vpcs',
      call: does('CreateVpcPeeringConnection', (s, actor) =>
        legacyAsk(vpcOf(actor, 1).ids.tencent, s.otherVpcTencent, mallory.uin),
      ),
      may: NOBODY,
    },
    {
      operation: 'CreateVpcPeeringConnectionEx',
      fixture: 'vpcs',
      call: does('CreateVpcPeeringConnectionEx', (s) =>
        legacyAsk(s.vpcTencent, s.otherVpcTencent, bob.uin, FAR),
      ),
      may: OWNER,
      writes: true,
    },
    ...['', 'Ex'].flatMap((ex): Row<TencentCall>[] => {
      const row = (
        verb: string,
        fixture: Row<TencentCall>['fixture'],
        may: Row<TencentCall>['may'],
        parameters: (subject: Subject) => Parameters = legacyId,
      ): Row<TencentCall> => {
        const operation = `${verb}VpcPeeringConnection${ex}`
        return { operation, fixture, call: does(operation, parameters), may, writes: true }
      }
      return [
        row('Accept', 'pending', ACCEPTER),
        row('Reject', 'pending', ACCEPTER),
        row('Enable', 'expired', REQUESTER),
        row('Delete', 'pending', BOTH),
        row('Modify', 'pending', BOTH, legacyRenamed),
      ]
    }),
    {
      operation: 'ModifyVpcPeeringConnectionEx',
      variant: 'bandwidth',
      fixture: 'active',
      call: does('ModifyVpcPeeringConnectionEx', (s) => ({ ...legacyId(s), bandwidth: 20 })),
      may: REQUESTER,
      writes: true,
    },
    {
      operation: 'DescribeVpcPeeringConnections',
      fixture: 'pending',
      call: does('DescribeVpcPeeringConnections', legacyId),
      may: BOTH,
    },
    {
      operation: 'DescribeVpcPeeringConnections',
      variant: 'by VPC',
      fixture: 'pending',
      call: does('DescribeVpcPeeringConnections', (s) => ({ vpcId: s.vpcTencent })),
      may: OWNER,
    },
    {
      operation: 'DescribeVpcTaskResult',
      fixture: 'task',
      call: does('DescribeVpcTaskResult', ({ task }) => ({ taskId: task })),
      may: OWNER,
    },
    {
      operation: 'CreateVpc',
      fixture: 'vpcs',
      call: does('CreateVpc', () => ({ vpcName: 'made', cidrBlock: '10.0.0.0/16' })),
      may: ANYBODY,
    },
    {
      operation: 'DescribeVpcEx',
      fixture: 'vpcs',
      call: does('DescribeVpcEx', (s) => ({ vpcId: s.vpcTencent })),
      may: OWNER_FINDS,
    },
    {
      operation: 'DeleteVpc',
      fixture: 'vpcs',
      call: does('DeleteVpc', (s) => ({ vpcId: s.vpcTencent })),
      may: OWNER,
    },
    {
      operation: 'CreateRouteTable',
      fixture: 'vpcs',
      call: does('CreateRouteTable', (s) => ({ vpcId: s.vpcTencent, routeTableName: 'made' })),
      may: OWNER,
    },
    {
      operation: 'CreateRouteTable',
      variant: 'with a route',
      fixture: 'network',
      call: does('CreateRouteTable', (s) => ({
        vpcId: s.vpcTencent,
        routeTableName: 'made',
        routeSet: [legacyRoute(s)],
      })),
      may: OWNER,
    },
    {
      operation: 'DescribeRouteTable',
      fixture: 'network',
      call: does('DescribeRouteTable', (s) => ({ routeTableId: s.defaultTableTencent })),
      may: OWNER,
    },
    {
      operation: 'DescribeRouteTable',
      variant: 'by VPC',
      fixture: 'network',
      call: does('DescribeRouteTable', (s) => ({ vpcId: s.vpcTencent })),
      may: OWNER,
    },
    {
      operation: 'DeleteRouteTable',
      fixture: 'network',
      call: does('DeleteRouteTable', (s) => ({ vpcId: s.vpcTencent, routeTableId: s.tableTencent })),
      may: OWNER,
    },
    {
      operation: 'CreateRoute',
      fixture: 'network',
      call: does('CreateRoute', (s) => ({
        ...legacyTable(s),
        routeSet: [{ ...legacyRoute(s), destinationCidrBlock: '10.1.9.0/24' }],
      })),
      may: OWNER,
    },
    {
      operation: 'CreateRoute',
      variant: 'in a table of another tenant',
      fixture: 'network',
      call: does('CreateRoute', (s, actor) => ({
        vpcId: vpcOf(actor, 1).ids.tencent,
        routeTableId: actor === alice ? 'rtb-00000009' : s.defaultTableTencent,
        routeSet: [legacyRoute(s)],
      })),
      may: NOBODY,
    },
    {
      operation: 'DeleteRoute',
      fixture: 'network',
      call: does('DeleteRoute', (s) => ({ ...legacyTable(s), routeSet: [legacyRoute(s)] })),
      may: OWNER,
    },
  ],
}

const v3Id = ({ tencent: id }: Subject) => ({ PeeringConnectionId: id })
const v3Ask = (from: string, to: string, uin: string) => ({
  SourceVpcId: from,
  PeeringConnectionName: 'asked',
  DestinationVpcId: to,
  DestinationUin: uin,
  DestinationRegion: 'ap-guangzhou',
})

const v3Row = (
  operation: string,
  fixture: Row<TencentCall>['fixture'],
  may: Row<TencentCall>['may'],
  parameters: (subject: Subject) => Parameters,
): Row<TencentCall> => ({ operation, fixture, call: does(operation, parameters), may })
const V3_SUBNET = { SubnetName: 'made', CidrBlock: '10.0.9.0/24', Zone: 'z' }

/** What a client of the service asks for that an action belongs to. */
const v3VersionOf = (action: string) => {
  const route = TENCENT_V3_ROUTES.find(({ operation }) => operation.name === action)
  return V3_VERSIONS[route?.service ?? 'vpc']
}

const TENCENT_V3: Table<TencentCall> = {
  dialect: 'tencent v3',
  operations: tencentV3.operations.map(({ name }) => name),
  wrongSide: 'UnsupportedOperation.VpcPeerPurviewError',
  codeOf: (answer) => {
    const { Response } = json(answer) as { Response: { Error?: { Code: string } } }
    return Response.Error?.Code ?? null
  },
  schemes: [
    {
      name: 'TC3-HMAC-SHA256',
      async sign({ action, parameters }, { id: keyId, secret }, actor, fault) {
        const version = v3VersionOf(action)
        const wire = signWithHeaders(rig.host, actor, action, parameters, {
          keyId,
          secret,
          version,
          service: '127',
        })
        const { authorization = '', ...headers } = wire.headers
        if (fault === 'no key') return { ...wire, headers }
        const [claim = '', signature = ''] = authorization.split('Signature=')
        const shown = fault === 'tampered signature' ? tampered(signature) : signature
        return { ...wire, headers: { ...headers, authorization: `${claim}Signature=${shown}` } }
      },
      refusals: {
        'no key': 'AuthFailure.InvalidAuthorization',
        'unknown key': 'AuthFailure.SecretIdNotFound',
        'tampered signature': 'AuthFailure.SignatureFailure',
      },
      replayed: null,
    },
    {
      name: 'HmacSHA256 parameters',
      async sign({ action, parameters }, key, actor, fault) {
        const pairs: Pair[] = [
          ['Action', action],
          ['Region', 'ap-guangzhou'],
          ['Version', v3VersionOf(action)],
          ...flatten(parameters),
        ]
        return signWithParameter('/', 'HmacSHA256', pairs, key, actor, fault)
      },
      refusals: {
        'no key': 'MissingParameter',
        'unknown key': 'AuthFailure.SecretIdNotFound',
        'tampered signature': 'AuthFailure.SignatureFailure',
      },
      replayed: 'AuthFailure.SignatureFailure',
    },
  ],
  rows: [
    {
      operation: 'CreateVpcPeeringConnection',
      fixture: 'vpcs',
      call: does('CreateVpcPeeringConnection', (s) => v3Ask(s.vpcTencent, s.otherVpcTencent, bob.uin)),
      may: OWNER,
      writes: true,
    },
    {
      operation: 'CreateVpcPeeringConnection',
      variant: 'for a VPC of another tenant than is said',
      fixture: 'vpcs',
      call: does('CreateVpcPeeringConnection', (s, actor) =>
        v3Ask(vpcOf(actor, 1).ids.tencent, s.otherVpcTencent, mallory.uin),
      ),
      may: NOBODY,
    },
    {
      operation: 'AcceptVpcPeeringConnection',
      fixture: 'pending',
      call: does('AcceptVpcPeeringConnection', v3Id),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: 'RejectVpcPeeringConnection',
      fixture: 'pending',
      call: does('RejectVpcPeeringConnection', v3Id),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: 'DeleteVpcPeeringConnection',
      fixture: 'pending',
      call: does('DeleteVpcPeeringConnection', v3Id),
      may: BOTH,
      writes: true,
    },
    {
      operation: 'ModifyVpcPeeringConnection',
      fixture: 'pending',
      call: does('ModifyVpcPeeringConnection', (s) => ({ ...v3Id(s), PeeringConnectionName: 'renamed' })),
      may: BOTH,
      writes: true,
    },
    {
      operation: 'ModifyVpcPeeringConnection',
      variant: 'bandwidth',
      fixture: 'active',
      call: does('ModifyVpcPeeringConnection', (s) => ({ ...v3Id(s), Bandwidth: 20 })),
      may: REQUESTER,
      writes: true,
    },
    {
      operation: 'DescribeVpcPeeringConnections',
      fixture: 'pending',
      call: does('DescribeVpcPeeringConnections', (s) => ({ PeeringConnectionIds: [s.tencent] })),
      may: BOTH_FIND,
    },
    {
      operation: 'DescribeVpcPeeringConnections',
      variant: 'by VPC',
      fixture: 'pending',
      call: does('DescribeVpcPeeringConnections', (s) => ({
        Filters: [{ Name: 'vpc-id', Values: [s.vpcTencent] }],
      })),
      may: BOTH_FIND,
    },
    {
      operation: 'CreateVpc',
      fixture: 'vpcs',
      call: does('CreateVpc', () => ({ VpcName: 'made', CidrBlock: '10.0.0.0/16' })),
      may: ANYBODY,
    },
    {
      operation: 'DescribeVpcs',
      fixture: 'vpcs',
      call: does('DescribeVpcs', (s) => ({ VpcIds: [s.vpcTencent] })),
      may: OWNER_FINDS,
    },
    {
      operation: 'DeleteVpc',
      fixture: 'vpcs',
      call: does('DeleteVpc', (s) => ({ VpcId: s.vpcTencent })),
      may: OWNER,
    },
    v3Row('ModifyVpcAttribute', 'vpcs', OWNER, (s) => ({ VpcId: s.vpcTencent, VpcName: 'renamed' })),
    v3Row('CreateAssistantCidr', 'vpcs', OWNER, (s) => ({
      VpcId: s.vpcTencent,
      CidrBlocks: ['172.16.0.0/16'],
    })),
    v3Row('ModifyAssistantCidr', 'vpcs', OWNER, (s) => ({
      VpcId: s.vpcTencent,
      NewCidrBlocks: ['172.16.0.0/16'],
    })),
    v3Row('DeleteAssistantCidr', 'blocks', OWNER, (s) => ({
      VpcId: s.vpcTencent,
      CidrBlocks: ['172.16.0.0/16'],
    })),
    v3Row('DescribeAssistantCidr', 'blocks', OWNER_FINDS, (s) => ({ VpcIds: [s.vpcTencent] })),
    v3Row('CreateSubnet', 'vpcs', OWNER, (s) => ({ VpcId: s.vpcTencent, ...V3_SUBNET })),
    v3Row('CreateSubnets', 'vpcs', OWNER, (s) => ({ VpcId: s.vpcTencent, Subnets: [V3_SUBNET] })),
    v3Row('DescribeSubnets', 'network', OWNER_FINDS, (s) => ({ SubnetIds: [s.subnetTencent] })),
    v3Row('ModifySubnetAttribute', 'network', OWNER, (s) => ({
      SubnetId: s.subnetTencent,
      SubnetName: 'renamed',
    })),
    v3Row('DeleteSubnet', 'network', OWNER, (s) => ({ SubnetId: s.subnetTencent })),
    v3Row('CreateRouteTable', 'vpcs', OWNER, (s) => ({ VpcId: s.vpcTencent, RouteTableName: 'made' })),
    v3Row('DescribeRouteTables', 'network', OWNER_FINDS, (s) => ({
      RouteTableIds: [s.defaultTableTencent],
    })),
    v3Row('ModifyRouteTableAttribute', 'network', OWNER, (s) => ({
      RouteTableId: s.tableTencent,
      RouteTableName: 'renamed',
    })),
    v3Row('DeleteRouteTable', 'network', OWNER, (s) => ({ RouteTableId: s.tableTencent })),
    v3Row('ReplaceRouteTableAssociation', 'network', OWNER, (s) => ({
      RouteTableId: s.tableTencent,
      SubnetId: s.subnetTencent,
    })),
    v3Row('CreateRoutes', 'network', OWNER, (s) => ({
      RouteTableId: s.tableTencent,
      Routes: [{ DestinationCidrBlock: '10.1.0.0/16', GatewayType: 'PEERCONNECTION', GatewayId: s.tencent }],
    })),
    v3Row('DeleteRoutes', 'network', OWNER, (s) => ({
      RouteTableId: s.defaultTableTencent,
      Routes: [{ RouteId: Number(s.routeNumber) }],
    })),
    ...['EnableRoutes', 'DisableRoutes'].map((operation) =>
      v3Row(operation, 'network', OWNER, (s) => ({
        RouteTableId: s.defaultTableTencent,
        RouteIds: [Number(s.routeNumber)],
      })),
    ),
    v3Row('DescribeVpcTaskResult', 'task', OWNER, ({ task }) => ({ TaskId: task })),
    v3Row('ModifyResourceTags', 'vpcs', OWNER, (s) => ({
      Resource: `qcs::vpc:ap-guangzhou:uin/:vpc/${s.vpcTencent}`,
      ReplaceTags: [{ TagKey: 'k', TagValue: 'v' }],
    })),
    v3Row('DescribeResourceTagsByResourceIds', 'vpcs', OWNER_FINDS, (s) => ({
      ServiceType: 'vpc',
      ResourcePrefix: 'vpc',
      ResourceIds: [s.vpcTencent],
      ResourceRegion: 'ap-guangzhou',
    })),
    v3Row('GetUserAppId', 'vpcs', ANYBODY, () => ({})),
    v3Row('DescribeSubAccounts', 'vpcs', ANYBODY, () => ({ FilterSubAccountUin: [1] })),
    v3Row('GetCallerIdentity', 'vpcs', ANYBODY, () => ({})),
  ],
}

// ---------------------------------------------------------------------------------------------------------- native

const nativePeering = (rest = '') => {
  return ({ huawei: id }: Subject) => `/peerings/${id}${rest}`
}

const webhook = (rest = '') => {
  return ({ webhook: id }: Subject) => `/webhooks/${id}${rest}`
}

const NATIVE: Table<HttpCall> = {
  dialect: 'native',
  operations: NATIVE_ROUTES.map(({ method, path }) => `${method} ${path}`),
  wrongSide: 'peering.wrong-side',
  codeOf: (answer) => (answer.status < 400 ? null : String(json(answer)['code'])),
  schemes: [
    {
      name: 'bearer token',
      async sign({ method, path, body }, { id, secret }, _actor, fault) {
        const token = bearerToken(id, fault === 'tampered signature' ? tampered(secret) : secret)
        return {
          method,
          target: `/isthmus/v1${path}`,
          headers: fault === 'no key' ? {} : { authorization: `Bearer ${token}` },
          body: textOf(body),
        }
      },
      refusals: {
        'no key': 'authentication.missing',
        'unknown key': 'authentication.token-invalid',
        'tampered signature': 'authentication.token-invalid',
      },
      // A bearer token is not bound to a request; Idempotency-Key is what makes one safe to repeat.
      replayed: null,
    },
  ],
  rows: [
    {
      operation: 'POST /tenants',
      fixture: 'vpcs',
      call: byPath('POST', () => '/tenants?dryRun=true', { name: 'somebody new' }),
      may: OPERATOR,
    },
    { operation: 'GET /tenants', fixture: 'vpcs', call: byPath('GET', () => '/tenants'), may: OPERATOR },
    {
      operation: 'GET /tenants/:id',
      fixture: 'vpcs',
      call: byPath('GET', ({ tenant }) => `/tenants/${tenant}`),
      may: OWNER,
    },
    {
      operation: 'POST /tenants/:id/keys',
      fixture: 'vpcs',
      call: byPath('POST', ({ tenant }) => `/tenants/${tenant}/keys`),
      may: OWNER,
    },
    {
      operation: 'DELETE /tenants/:id/keys/:key',
      fixture: 'key',
      call: byPath('DELETE', ({ tenant, key }) => `/tenants/${tenant}/keys/${key}`),
      may: OWNER,
    },
    {
      operation: 'DELETE /tenants/:id/keys/:key',
      variant: 'as one’s own',
      fixture: 'key',
      call: byPath('DELETE', ({ key }, { name }) => `/tenants/${name}/keys/${key}`),
      may: OWNER,
    },
    {
      operation: 'GET /tenants/:id/consent-policy',
      fixture: 'vpcs',
      call: byPath('GET', ({ tenant }) => `/tenants/${tenant}/consent-policy`),
      may: OWNER,
    },
    {
      operation: 'PUT /tenants/:id/consent-policy',
      fixture: 'vpcs',
      call: byPath('PUT', ({ tenant }) => `/tenants/${tenant}/consent-policy?dryRun=true`, {
        refuse: [{ blocks: ['192.0.2.0/24'] }],
      }),
      may: OWNER,
    },
    {
      operation: 'DELETE /tenants/:id/consent-policy',
      fixture: 'vpcs',
      call: byPath('DELETE', ({ tenant }) => `/tenants/${tenant}/consent-policy`),
      may: OWNER,
    },
    {
      operation: 'POST /vpcs',
      fixture: 'vpcs',
      call: ({ tenant }) => ({
        method: 'POST',
        path: '/vpcs',
        body: { tenant, name: 'made', region: 'region-a', cidrs: [] },
      }),
      may: OWNER,
    },
    {
      operation: 'GET /vpcs',
      fixture: 'vpcs',
      call: byPath('GET', ({ vpcName }) => `/vpcs?name=${vpcName}`),
      may: OWNER_FINDS,
    },
    {
      operation: 'GET /vpcs/:id',
      fixture: 'vpcs',
      call: byPath('GET', ({ vpcHuawei }) => `/vpcs/${vpcHuawei}`),
      may: OWNER,
    },
    {
      operation: 'DELETE /vpcs/:id',
      fixture: 'vpcs',
      call: byPath('DELETE', ({ vpcHuawei }) => `/vpcs/${vpcHuawei}`),
      may: OWNER,
    },
    {
      operation: 'POST /vpcs/:id/subnets',
      fixture: 'vpcs',
      call: byPath('POST', ({ vpcHuawei }) => `/vpcs/${vpcHuawei}/subnets`, {
        name: 's',
        cidr: '10.0.2.0/24',
      }),
      may: OWNER,
    },
    {
      operation: 'GET /vpcs/:id/subnets',
      fixture: 'network',
      call: byPath('GET', ({ vpcHuawei }) => `/vpcs/${vpcHuawei}/subnets`),
      may: OWNER,
    },
    {
      operation: 'DELETE /vpcs/:id/subnets/:subnet',
      fixture: 'network',
      call: byPath('DELETE', (s) => `/vpcs/${s.vpcHuawei}/subnets/${s.subnetHuawei}`),
      may: OWNER,
    },
    {
      operation: 'POST /vpcs/:id/routes',
      fixture: 'network',
      call: (s) => ({
        method: 'POST',
        path: `/vpcs/${s.vpcHuawei}/routes`,
        body: { destination: '10.1.9.0/24', peering: s.huawei },
      }),
      may: OWNER,
    },
    {
      operation: 'GET /vpcs/:id/routes',
      fixture: 'network',
      call: byPath('GET', ({ vpcHuawei }) => `/vpcs/${vpcHuawei}/routes`),
      may: OWNER,
    },
    {
      operation: 'GET /vpcs/:id/route-tables',
      fixture: 'network',
      call: byPath('GET', ({ vpcHuawei }) => `/vpcs/${vpcHuawei}/route-tables`),
      may: OWNER,
    },
    {
      operation: 'DELETE /vpcs/:id/routes/:route',
      fixture: 'network',
      call: byPath('DELETE', (s) => `/vpcs/${s.vpcHuawei}/routes/${s.routeHuawei}`),
      may: OWNER,
    },
    {
      operation: 'POST /vpcs/:id/ports',
      fixture: 'network',
      call: (s) => ({ method: 'POST', path: `/vpcs/${s.vpcHuawei}/ports`, body: { subnet: s.subnetHuawei } }),
      may: OWNER,
    },
    {
      operation: 'GET /vpcs/:id/ports',
      fixture: 'network',
      call: byPath('GET', ({ vpcHuawei }) => `/vpcs/${vpcHuawei}/ports`),
      may: OWNER,
    },
    {
      operation: 'DELETE /vpcs/:id/ports/:port',
      fixture: 'network',
      call: byPath('DELETE', (s) => `/vpcs/${s.vpcHuawei}/ports/${s.portHuawei}`),
      may: OWNER,
    },
    {
      operation: 'GET /peerings/:id/realization',
      fixture: 'pending',
      call: byPath('GET', nativePeering('/realization')),
      may: BOTH,
    },
    {
      operation: 'GET /realizations',
      fixture: 'pending',
      call: byPath('GET', () => '/realizations'),
      may: ANYBODY,
    },
    {
      operation: 'GET /peerings/:id/accounts',
      fixture: 'pending',
      call: byPath('GET', nativePeering('/accounts')),
      may: BOTH,
    },
    {
      operation: 'POST /peerings',
      fixture: 'vpcs',
      call: (s) => ({
        method: 'POST',
        path: '/peerings',
        body: { requesterVpc: s.vpcHuawei, accepterVpc: s.otherVpcHuawei, name: 'asked' },
      }),
      may: OWNER,
      writes: true,
    },
    {
      operation: 'GET /peerings',
      fixture: 'pending',
      call: byPath('GET', ({ vpcHuawei }) => `/peerings?vpc=${vpcHuawei}`),
      may: BOTH_FIND,
    },
    { operation: 'GET /peerings/:id', fixture: 'pending', call: byPath('GET', nativePeering()), may: BOTH },
    {
      operation: 'PATCH /peerings/:id',
      fixture: 'pending',
      call: byPath('PATCH', nativePeering(), { name: 'renamed' }),
      may: BOTH,
      writes: true,
    },
    {
      operation: 'POST /peerings/:id/accept',
      fixture: 'pending',
      call: byPath('POST', nativePeering('/accept')),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: 'POST /peerings/:id/reject',
      fixture: 'pending',
      call: byPath('POST', nativePeering('/reject')),
      may: ACCEPTER,
      writes: true,
    },
    {
      operation: 'POST /peerings/:id/reopen',
      fixture: 'expired',
      call: byPath('POST', nativePeering('/reopen')),
      may: REQUESTER,
      writes: true,
    },
    {
      operation: 'DELETE /peerings/:id',
      fixture: 'pending',
      call: byPath('DELETE', nativePeering()),
      may: BOTH,
      writes: true,
    },
    {
      operation: 'GET /events',
      fixture: 'pending',
      // The newest event is the fixture's own.
      call: byPath('GET', () => `/events?after=${newestEvent - 1}`),
      may: { requester: 'allowed', accepter: 'allowed', stranger: 'sees-nothing' },
    },
    {
      operation: 'GET /events',
      variant: 'the newest first',
      fixture: 'pending',
      call: byPath('GET', () => '/events?order=descending&limit=1'),
      may: { requester: 'allowed', accepter: 'allowed', stranger: 'sees-nothing' },
    },
    {
      operation: 'GET /peerings/:id/events',
      fixture: 'pending',
      call: byPath('GET', nativePeering('/events')),
      may: BOTH,
    },
    {
      operation: 'GET /explain',
      fixture: 'pending',
      call: byPath('GET', (s) => `/explain?from=${s.vpcHuawei}&to=${s.otherVpcHuawei}`),
      may: BOTH,
    },
    {
      operation: 'POST /webhooks',
      fixture: 'webhook',
      call: (_subject, { name: tenant }) => ({
        method: 'POST',
        path: '/webhooks',
        body: { tenant, url: 'https://receiver.invalid/', enabled: false },
      }),
      may: ANYBODY,
    },
    {
      operation: 'GET /webhooks',
      fixture: 'webhook',
      call: byPath('GET', () => '/webhooks'),
      may: ANYBODY,
    },
    { operation: 'GET /webhooks/:id', fixture: 'webhook', call: byPath('GET', webhook()), may: OWNER },
    {
      operation: 'PATCH /webhooks/:id',
      fixture: 'webhook',
      call: byPath('PATCH', webhook(), { description: 'changed' }),
      may: OWNER,
    },
    { operation: 'DELETE /webhooks/:id', fixture: 'webhook', call: byPath('DELETE', webhook()), may: OWNER },
    {
      operation: 'POST /webhooks/:id/rotate-secret',
      fixture: 'webhook',
      call: byPath('POST', webhook('/rotate-secret')),
      may: OWNER,
    },
    {
      operation: 'GET /webhooks/:id/deliveries',
      fixture: 'webhook',
      call: byPath('GET', webhook('/deliveries')),
      may: OWNER,
    },
    {
      operation: 'POST /webhooks/:id/deliveries/:sequence/retry',
      fixture: 'webhook',
      call: byPath('POST', webhook('/deliveries/1/retry')),
      may: OWNER,
    },
    { operation: 'GET /caller', fixture: 'vpcs', call: byPath('GET', () => '/caller'), may: ANYBODY },
    { operation: 'GET /regions', fixture: 'vpcs', call: byPath('GET', () => '/regions'), may: ANYBODY },
    { operation: 'GET /clock', fixture: 'vpcs', call: byPath('GET', () => '/clock'), may: ANYBODY },
    {
      operation: 'POST /clock',
      fixture: 'vpcs',
      call: byPath('POST', () => '/clock', { advance: 'PT1S' }),
      may: OPERATOR,
    },
  ],
}

// -------------------------------------------------------------------------------------------------------- fixtures

const WEEK_MS = 7 * 24 * 60 * 60 * 1000

const OPERATOR_CALLER: Caller = {
  tenant: null,
  operator: true,
  region: null,
  dialect: 'native',
  profile,
  requestId: 'fixture',
  remoteAddress: '',
  dryRun: false,
  once: null,
}

let made = 0
let newestEvent = 0

/** Two new VPCs, and between them what the row needs. */
async function makeFixture(kind: Row<unknown>['fixture']): Promise<Subject> {
  const { app } = rig.service
  const { store } = app.context
  const tenantCalled = async ({ name }: TestTenant) => {
    const tenant = await store.findTenant({ name })
    assert.ok(tenant)
    return tenant
  }
  const [requester, accepter] = [await tenantCalled(alice), await tenantCalled(bob)]
  const vpc = (tenant: typeof requester, cidr: string) =>
    app.createVpc(OPERATOR_CALLER, {
      tenant,
      region: regionName('region-a'),
      name: `fixture-${tenant.name}-${++made}`,
      description: '',
      cidrs: [cidr],
      tags: [],
    })
  const [ours, theirs] = [await vpc(requester, '10.0.0.0/16'), await vpc(accepter, '10.1.0.0/16')]
  const subject = {
    // Nobody's, where the row needs no peering.
    huawei: '0193a000-0000-7000-8000-000000000000',
    alibaba: 'pcc-bp00000000000000000',
    tencent: 'pcx-00000000',
    vpcHuawei: ours.ids.huawei,
    vpcAlibaba: ours.ids.alibaba,
    vpcTencent: ours.ids.tencent,
    vpcName: ours.name,
    otherVpcHuawei: theirs.ids.huawei,
    otherVpcAlibaba: theirs.ids.alibaba,
    otherVpcTencent: theirs.ids.tencent,
    tenant: alice.name,
    project: alice.projects['region-a'],
    task: '123456789012345',
    key: 'AK00000000',
    webhook: '0193a000-0000-7000-8000-000000000006',
    ...NO_NETWORK,
  }
  if (kind === 'vpcs') return subject
  if (kind === 'blocks') {
    await app.updateVpc(OPERATOR_CALLER, { id: ours.id, addCidrs: ['172.16.0.0/16'] })
    return subject
  }
  if (kind === 'key') {
    return { ...subject, key: (await app.createAccessKey(OPERATOR_CALLER, { tenant: requester })).id }
  }
  if (kind === 'webhook') return { ...subject, webhook: await makeWebhook(app, requester) }
  const as = (tenant: typeof requester): Caller => ({ ...OPERATOR_CALLER, operator: false, tenant })
  const { peering } = await app.createPeering(as(requester), {
    requesterVpc: ours.id,
    accepterVpc: theirs.id,
    accepter: null,
    accepterRegion: null,
    name: 'fixture',
    description: '',
    attributes: {},
  })
  const { id, ids } = peering
  if (kind === 'active' || kind === 'network') await app.acceptPeering(as(accepter), { id })
  const network = kind === 'network' ? await makeNetwork(app, as(requester), ours.id, id) : NO_NETWORK
  if (kind === 'expired') await app.moveClock(OPERATOR_CALLER, { byMs: WEEK_MS })
  const rename = (caller: Caller) => app.updatePeering(caller, { id, name: 'by a task' })
  const task = kind === 'task' ? String((await asTask(app, as(requester), rename)).taskId) : subject.task
  newestEvent = await store.lastEventSequence()
  return { ...subject, ...ids, task, ...network }
}

/** One that is off, with a delivery that is dead; and nobody has any other. */
async function makeWebhook(app: App, tenant: Tenant): Promise<string> {
  const { store } = app.context
  for (const { webhook } of await store.listWebhooks({ tenant: null, limit: 100 }))
    await app.deleteWebhook(OPERATOR_CALLER, { id: webhook.id })
  const input = {
    tenant,
    url: 'https://receiver.invalid/',
    description: '',
    eventTypes: null,
    enabled: false,
  }
  const { id } = await app.createWebhook(OPERATOR_CALLER, input)
  const delivery = {
    webhook: id,
    sequence: 1,
    attempts: 15,
    attemptedAtMs: 0,
    nextAttemptAtMs: null,
    reason: 'r',
  }
  const progress = { webhook: id, position: null, deliveries: [delivery], settled: [] }
  await store.commit({ webhookProgress: [progress], nowMs: Date.now() })
  return id
}

/** Nobody's. */
const NO_NETWORK = {
  subnetHuawei: '0193a000-0000-7000-8000-000000000001',
  subnetAlibaba: 'vsw-bp1000000000000000001',
  subnetTencent: 'subnet-00000001',
  defaultTableHuawei: '0193a000-0000-7000-8000-000000000002',
  defaultTableAlibaba: 'vtb-bp1000000000000000002',
  defaultTableTencent: 'rtb-00000002',
  tableHuawei: '0193a000-0000-7000-8000-000000000003',
  tableAlibaba: 'vtb-bp1000000000000000003',
  tableTencent: 'rtb-00000003',
  routeHuawei: '0193a000-0000-7000-8000-000000000004',
  routeAlibaba: 'rte-bp1000000000000000004',
  routeNumber: '1234567890123',
  portHuawei: '0193a000-0000-7000-8000-000000000005',
}

/** A subnet, a table and a route of a VPC. */
async function makeNetwork(
  app: App,
  owner: Caller,
  vpc: string,
  nextHop: string,
): Promise<typeof NO_NETWORK> {
  const said = { vpc, name: 'fixture', description: '' }
  const tags = [{ key: 'fixture', value: '' }]
  await app.updateVpc(owner, { id: vpc, addCidrs: ['172.20.0.0/16'], tags })
  const cidrs = ['10.0.1.0/24']
  const subnet = await app.createSubnet(owner, {
    ...said,
    cidrs,
    zone: 'z',
    gateway: null,
    dnsServers: [],
    tags,
  })
  // Of a port, so that the other subnet can still be deleted.
  const other = await app.createSubnet(owner, {
    ...said,
    cidrs: ['10.0.3.0/24'],
    zone: 'z',
    gateway: null,
    dnsServers: [],
  })
  const window = { limit: 100 }
  const tables = await app.listRouteTables(owner, { vpcs: [vpcId(vpc)], window, withTotal: false })
  const defaultTable = tables.items.find(({ isDefault }) => isDefault)
  assert.ok(defaultTable)
  const table = await app.createRouteTable(owner, said)
  const { added } = await app.changeRoutes(owner, {
    routeTable: defaultTable.id,
    add: [{ destination: '10.1.0.0/24', nextHop, name: '', description: '', enabled: true }],
    modify: [],
    remove: [],
  })
  const [route] = added
  assert.ok(route)
  return {
    subnetHuawei: subnet.ids.huawei,
    subnetAlibaba: subnet.ids.alibaba,
    subnetTencent: subnet.ids.tencent,
    defaultTableHuawei: defaultTable.ids.huawei,
    defaultTableAlibaba: defaultTable.ids.alibaba,
    defaultTableTencent: defaultTable.ids.tencent,
    tableHuawei: table.ids.huawei,
    tableAlibaba: table.ids.alibaba,
    tableTencent: table.ids.tencent,
    routeHuawei: route.ids.huawei,
    routeAlibaba: route.ids.alibaba,
    routeNumber: String(routeNumber(route.id)),
    portHuawei: (await app.createPort(owner, { vpc, subnet: other.id, address: null, namespace: null })).id,
  }
}

/** Ids of the same shape, which nothing has. */
function unknown(subject: Subject): Subject {
  const turn = (text: string) =>
    text
      .slice(-8)
      .replace(/[0-9]/g, (digit) => String((Number(digit) + 3) % 10))
      .replace(/[a-f]/gi, (letter) =>
        /f/i.test(letter) ? 'a' : String.fromCharCode(letter.charCodeAt(0) + 1),
      )
  const turned = Object.entries(subject).map(([name, id]) => [name, id.slice(0, -8) + turn(String(id))])
  return Object.fromEntries(turned) as Subject
}

/** Everything that may have changed, as it is kept. */
async function kept(subject: Subject): Promise<unknown> {
  const { store } = rig.service.app.context
  const tenants = await store.listTenants()
  return {
    peering: (await store.findPeering(subject.huawei))?.peering,
    vpcs: [await store.findVpc(subject.vpcHuawei), await store.findVpc(subject.otherVpcHuawei)],
    parts: await Promise.all(
      (['subnet', 'route-table', 'route', 'port'] as const).map((part) =>
        store.listParts(part, {
          party: null,
          vpcs: [vpcId(subject.vpcHuawei), vpcId(subject.otherVpcHuawei)],
          window: { limit: 100 },
          withTotal: true,
        }),
      ),
    ),
    events: await store.lastEventSequence(),
    tenants,
    keys: await Promise.all(tenants.map(({ id }) => store.listAccessKeys(id))),
    vpcsInAll: await countVpcs(),
    webhooks: await store.listWebhooks({ tenant: null, limit: 100 }),
    delivery: await store.findDelivery(webhookId(subject.webhook), 1),
  }
}

async function countVpcs(): Promise<number | null> {
  const query = { party: null, order: 'id', window: { limit: 1 }, withTotal: true } as const
  return (await rig.service.app.context.store.listVpcs(query)).total
}

/** Whatever a client sees of an answer, with the ids it was asked about and the request's own taken out. */
function visible(answer: Answer, subject: Subject): string {
  const { date: _, ...headers } = answer.headers
  const ids = /"(?:RequestId|requestId|request_id)": ?"([^"]+)"/.exec(answer.text)?.[1] ?? ''
  let text = JSON.stringify([answer.status, headers, answer.text])
  const requestIds = [headers['x-request-id'], headers['x-acs-request-id'], ids]
  for (const id of requestIds) if (typeof id === 'string' && id !== '') text = text.replaceAll(id, 'REQUEST')
  for (const [name, id] of Object.entries(subject)) text = text.replaceAll(id, name)
  return text
}

const transmit = ({ method, target, headers, body }: Wire) =>
  send(rig, method, target, { ...headers }, Buffer.from(body))

// ------------------------------------------------------------------------------------------------------- the tests

function suiteOf<Call>(table: Table<Call>): number {
  const { codeOf, rows, schemes } = table
  const succeeds = (answer: Answer) => assert.equal(codeOf(answer), null, answer.text)
  let cells = 0
  const cell = (name: string, body: () => Promise<void>) => {
    cells++
    test(name, body)
  }

  suite(table.dialect, () => {
    test('every operation has a row, and no row is of an operation that is gone', () => {
      const inTable = rows.filter(({ variant }) => variant === undefined).map(({ operation }) => operation)
      assert.deepEqual(inTable.toSorted(), table.operations.toSorted())
      for (const { operation } of rows) assert.ok(table.operations.includes(operation), operation)
    })

    for (const scheme of schemes) {
      suite(scheme.name, () => {
        for (const row of rows) {
          const label = row.variant === undefined ? row.operation : `${row.operation} (${row.variant})`
          const wireOf = (subject: Subject, actor: TestTenant, fault: CredentialFault | null = null) => {
            const key = fault === 'unknown key' ? UNKNOWN_KEY : actor.key
            return scheme.sign(row.call(subject, actor), key, actor, fault)
          }

          for (const [party, actor] of Object.entries(PARTIES) as [Party, TestTenant][]) {
            const outcome = row.may[party]
            cell(`${label}: ${party}, ${outcome}`, async () => {
              const subject = await makeFixture(row.fixture)
              const before = (await kept(subject)) as { events: number }
              const answer = await transmit(await wireOf(subject, actor))
              if (outcome === 'allowed') {
                succeeds(answer)
                const { events } = (await kept(subject)) as { events: number }
                assert.equal(events > before.events, row.writes === true, 'an event, if it writes')
                return
              }
              assert.deepEqual(await kept(subject), before, 'something was changed')
              if (outcome === 'sees-nothing') {
                succeeds(answer)
                assert.ok(!answer.text.includes(subject.huawei), answer.text)
              } else if (outcome === 'wrong-side') {
                assert.equal(codeOf(answer), table.wrongSide, answer.text)
              } else if (outcome === 'operators-only') {
                assert.deepEqual([answer.status, codeOf(answer)], [403, 'permission.denied'])
              } else {
                const strange = unknown(subject)
                const other = await transmit(await wireOf(strange, actor))
                assert.equal(visible(answer, subject), visible(other, strange))
                assert.equal(codeOf(answer) === null, outcome === 'finds-nothing', answer.text)
                assert.ok(codeOf(answer) !== table.wrongSide, answer.text)
              }
            })
          }

          const allowed = (Object.keys(PARTIES) as Party[]).find((party) => row.may[party] === 'allowed')
          // The operator's operations too are looked at only after the credential.
          const actor = PARTIES[allowed ?? 'requester']
          if (row.variant !== undefined) continue

          for (const fault of ['no key', 'unknown key', 'tampered signature'] as const) {
            const outcome = row.anonymous ? 'allowed' : 'unauthenticated'
            cell(`${label}: ${fault}, ${outcome}`, async () => {
              const subject = await makeFixture(row.fixture)
              const before = await kept(subject)
              const answer = await transmit(await wireOf(subject, actor, fault))
              assert.equal(codeOf(answer), row.anonymous ? null : scheme.refusals[fault], answer.text)
              assert.deepEqual(await kept(subject), before, 'something was changed')
            })
          }

          const repeat =
            scheme.replayed === null || row.anonymous ? 'allowed by the vendor’s rule' : 'refused'
          cell(`${label}: replayed, ${repeat}`, async () => {
            const subject = await makeFixture(row.fixture)
            const wire = await wireOf(subject, actor)
            const first = await transmit(wire)
            if (allowed) succeeds(first)
            const before = await kept(subject)
            const code = codeOf(await transmit(wire))
            if (repeat === 'refused') {
              assert.equal(code, scheme.replayed)
              assert.deepEqual(await kept(subject), before, 'something was changed')
            } else {
              // It may be that it can be done only once, but that is the peering's answer and not the signature's.
              assert.ok(!Object.values(scheme.refusals).includes(String(code)), String(code))
            }
          })
        }
      })
    }

    // Only the native API knows somebody who is no tenant.
    if (table.dialect !== 'native') return
    suite('the operator', () => {
      for (const row of rows) {
        if (row.variant !== undefined) continue
        cell(`${row.operation}: operator, allowed`, async () => {
          const subject = await makeFixture(row.fixture)
          const { method, path, body } = row.call(subject, alice) as HttpCall
          const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
          const target = `/isthmus/v1${path}`
          succeeds(await transmit({ method, target, headers, body: textOf(body) }))
        })
      }
    })
  })
  return cells
}

suite('who may do what', () => {
  const cells =
    suiteOf(HUAWEI) + suiteOf(ALIBABA) + suiteOf(TENCENT_LEGACY) + suiteOf(TENCENT_V3) + suiteOf(NATIVE)

  test('every dialect has a table', (t) => {
    const known: readonly unknown[] = [huawei, tencentLegacy, tencentV3, alibaba]
    for (const dialect of DIALECTS) assert.ok(known.includes(dialect), dialect.name)
    assert.equal(known.length, DIALECTS.length)
    const operations = [HUAWEI, ALIBABA, TENCENT_LEGACY, TENCENT_V3, NATIVE].flatMap(
      (table) => table.operations,
    )
    t.diagnostic(`authorisation: ${operations.length} operations, ${cells} cells`)
  })
})
