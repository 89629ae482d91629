import assert from 'node:assert/strict'
import { type IncomingHttpHeaders, request } from 'node:http'
import { type Scheme, signHeaders } from '../../../src/dialects/huawei/signing.ts'
import { ADMIN_TOKEN, native } from '../../rig/service.ts'
import { alice, bob, type TestTenant } from '../../rig/tenants.ts'

/** A peering as the vendor's clients read it. */
export interface PeeringBody {
  readonly name: string
  readonly id: string
  readonly status: string
  readonly description: string
  readonly request_vpc_info: { readonly vpc_id: string; readonly tenant_id: string }
  readonly accept_vpc_info: { readonly vpc_id: string; readonly tenant_id: string }
  readonly created_at: string
  readonly updated_at: string
}

export interface VpcBody {
  readonly id: string
  readonly name: string
  readonly cidr: string
  readonly status: string
  readonly extend_cidrs: readonly string[]
  readonly routes: readonly { readonly destination: string; readonly nexthop: string }[]
  readonly created_at: string
  readonly updated_at: string
}

/** Whatever has an id; what else it has is compared whole. */
export interface Thing {
  readonly id: string
  readonly name: string
  readonly updated_at: string
}

export interface Subnet extends Thing {
  readonly vpc_id: string
}

export interface Route {
  readonly id: string
  readonly destination: string
  readonly nexthop: string
}

export interface RouteTable extends Thing {
  readonly default: boolean
  readonly vpc_id: string
  readonly subnets: readonly { readonly id: string }[]
  readonly routes: readonly {
    readonly type: string
    readonly destination: string
    readonly nexthop: string
    readonly description: string
  }[]
}

/** The members of all answers together, so that a test can name one without a cast. */
export interface Body extends PeeringBody {
  readonly peering: PeeringBody
  readonly peerings: readonly PeeringBody[]
  readonly peerings_links?: readonly { readonly rel: string; readonly href: string }[]
  readonly vpc: VpcBody
  readonly vpcs: readonly VpcBody[]
  readonly page_info: { readonly next_marker?: string }
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  readonly subnet: Subnet
  readonly subnets: readonly Subnet[]
  readonly route: Route
  readonly routes: readonly Route[]
  readonly routes_links?: readonly { readonly rel: string; readonly href: string }[]
  readonly routetable: RouteTable
  readonly routetables: readonly RouteTable[]
  readonly quotas: {
    readonly resources: readonly {
      readonly type: string
      readonly used: number
      readonly quota: number
      readonly min: number
    }[]
  }
  readonly domains: readonly { readonly id: string; readonly name: string }[]
  readonly users: readonly { readonly id: string; readonly name: string }[]
  readonly catalog: readonly {
    readonly type: string
    readonly endpoints: readonly { readonly region: string; readonly url: string }[]
  }[]
  readonly token: {
    readonly issued_at: string
    readonly expires_at: string
    readonly user: unknown
    readonly project?: unknown
    readonly domain?: unknown
    readonly catalog: readonly unknown[]
  }
  readonly projects: readonly { readonly id: string; readonly domain_id: string }[]
  readonly error_msg: string
  readonly message: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: Body
}

export interface Call {
  /** JSON, or text that is sent as it is. */
  readonly body?: unknown
  /** Sent and signed; undefined takes one of the usual ones away. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Added when the signature is made. */
  readonly unsigned?: Readonly<Record<string, string>>
  /** X-Project-Id; null sends none. Region-a's unless it is said. */
  readonly project?: string | null
  /** Sent in place of the body that was signed. */
  readonly changedBody?: string
  /** Instead of a signature. */
  readonly token?: string
  readonly scheme?: Scheme
  readonly key?: { readonly id: string; readonly secret: string }
  /** When it is signed, milliseconds since the epoch. */
  readonly atMs?: number
  readonly chunked?: boolean
}

export type Send = (method: string, path: string, call?: Call) => Promise<Answer>

/** A client of `tenant`'s, which signs as the Node.js SDK does. Checks of every answer what holds for all. */
export function client(service: { readonly host: string }, tenant: TestTenant): Send {
  return async (method, target, call = {}) => {
    const body = Buffer.from(
      call.body === undefined ? '' : typeof call.body === 'string' ? call.body : JSON.stringify(call.body),
    )
    const project = call.project === undefined ? tenant.projects['region-a'] : call.project
    const usual = {
      'content-type': 'application/json',
      host: service.host,
      ...(project !== null && call.token === undefined && { 'x-project-id': project }),
      ...call.headers,
    }
    const headers = Object.fromEntries(
      Object.entries(usual).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    const [path = '', query = ''] = target.split('?')
    const { id, secret } = call.key ?? tenant.key
    const signer = { scheme: call.scheme ?? 'SDK-HMAC-SHA256 Access', accessKeyId: id, secret } as const
    const signed =
      call.token === undefined
        ? signHeaders({ method, path, query, headers, body }, signer, call.atMs ?? Date.now())
        : { 'x-auth-token': call.token }
    const sent = call.changedBody === undefined ? body : Buffer.from(call.changedBody)
    const all = { ...headers, ...signed, ...call.unsigned }
    const answer = await send(service, method, target, all, sent, call)
    assert.match(String(answer.headers['x-request-id']), /^[0-9a-f]{32}$/)
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.equal(answer.text === '', answer.status === 204)
    return answer
  }
}

/** Sends a request exactly as it is given. */
export function send(
  service: { readonly host: string },
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
  { chunked = false }: { chunked?: boolean } = {},
): Promise<Answer> {
  const [hostname, port] = service.host.split(':')
  const length = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) }
  return new Promise((resolve, reject) => {
    const message = request(
      { hostname, port, method, path, headers: { ...headers, ...length }, agent: false },
      async (response) => {
        const chunks = await response.toArray()
        const text = Buffer.concat(chunks).toString('utf8')
        const parsed = text.startsWith('{') ? JSON.parse(text) : null
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed })
      },
    )
    message.on('error', reject)
    message.end(body)
  })
}

/** Whether `answer` is an error as the peering API words it: a superset that every client can read. */
export function assertNeutronError(answer: Answer, status: number, type: string, message: string): void {
  assert.deepEqual([answer.status, answer.body], [
    status,
    {
      NeutronError: { type, message, detail: '' },
      error_code: type,
      error_msg: message,
      code: type,
      message,
      request_id: answer.headers['x-request-id'],
    },
  ] as unknown)
}

/** Whether `answer` is an error as the v1 VPC API words it. */
export function assertVpcError(answer: Answer, status: number, code: string, message: string): void {
  assert.deepEqual([answer.status, answer.body], [
    status,
    { code, message, error_code: code, error_msg: message, request_id: answer.headers['x-request-id'] },
  ] as unknown)
}

/** Whether `answer` is an error as the v3 VPC API words it: in the very shape of the gateway. */
export const assertVpcV3Error = assertGatewayError

/** Whether `answer` is an error of the gateway, which has one shape whatever was called. */
export function assertGatewayError(answer: Answer, status: number, code: string, message: string): void {
  assert.deepEqual([answer.status, answer.body], [
    status,
    { error_msg: message, error_code: code, request_id: answer.headers['x-request-id'] },
  ] as unknown)
}

/** Whether `answer` is an error as IAM words it. */
export function assertIamError(answer: Answer, code: number, title: string, message: string): void {
  assert.deepEqual([answer.status, answer.body], [code, { error: { code, message, title } }] as unknown)
}

/** A VPC that nothing else in the test has to do with; its id. */
export async function newVpc(
  service: { readonly url: string },
  tenant: TestTenant,
  region: 'region-a' | 'region-b' = 'region-a',
): Promise<string> {
  const body = { tenant: tenant.name, name: 'a VPC', region, cidrs: ['10.0.0.0/16'] }
  const made: { status: number; body: { id: string } } = await native(
    service,
    ADMIN_TOKEN,
    'POST',
    '/vpcs',
    body,
  )
  assert.equal(made.status, 201)
  return made.body.id
}

/** The body of a request for a peering. */
export function askBody(request: string, accept: string, more: object = {}, tenant: string | null = null) {
  return {
    peering: {
      name: 'a peering',
      request_vpc_info: { vpc_id: request },
      accept_vpc_info: { vpc_id: accept, ...(tenant !== null && { tenant_id: tenant }) },
      ...more,
    },
  }
}

/** A peering between two new VPCs that alice has asked bob for. */
export async function pendingPeering(
  service: { readonly url: string; readonly host: string },
  more: object = {},
): Promise<PeeringBody> {
  const [ours, theirs] = [await newVpc(service, alice), await newVpc(service, bob)]
  const body = askBody(ours, theirs, more, bob.projects['region-a'])
  const answer = await client(service, alice)('POST', '/v2.0/vpc/peerings', { body })
  assert.equal(answer.status, 201)
  assert.equal(answer.body.peering.status, 'PENDING_ACCEPTANCE')
  return answer.body.peering
}

/** A peering between two new VPCs of alice's, which is active at once. */
export async function activePeering(
  service: { readonly url: string; readonly host: string },
  more: object = {},
): Promise<PeeringBody> {
  const body = askBody(await newVpc(service, alice), await newVpc(service, alice), more)
  const answer = await client(service, alice)('POST', '/v2.0/vpc/peerings', { body })
  assert.equal(answer.status, 201)
  return answer.body.peering
}

/** A VPC of the tenant's own making, by the v1 API, in region-a; its id. */
export async function makeVpc(
  service: { readonly host: string },
  tenant: TestTenant,
  vpc: object = { cidr: '10.0.0.0/16' },
): Promise<string> {
  const made = await client(service, tenant)('POST', `/v1/${tenant.projects['region-a']}/vpcs`, {
    body: { vpc },
  })
  assert.equal(made.status, 200, made.text)
  return made.body.vpc.id
}

/** A peering that is active, between new VPCs of alice's and bob's, whose blocks are 10.0.0.0/16 and 10.1.0.0/16. */
export async function joined(service: { readonly url: string; readonly host: string }) {
  const ours = await makeVpc(service, alice)
  const theirs = await makeVpc(service, bob, { cidr: '10.1.0.0/16' })
  const asked = await client(service, alice)('POST', '/v2.0/vpc/peerings', {
    body: askBody(ours, theirs, {}, bob.projects['region-a']),
  })
  assert.equal(asked.status, 201, asked.text)
  const { id } = asked.body.peering
  const accepted = await client(service, bob)('PUT', `/v2.0/vpc/peerings/${id}/accept`)
  assert.equal(accepted.status, 200, accepted.text)
  return { ours, theirs, peering: id }
}

/** Times as the vendor prints them. */
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id that is nobody's. */
export const NOWHERE = '22b76469-08e3-4937-8c1d-7aad34892be1'

/** 32 hexadecimal digits with dashes, as the vendor's samples print project ids. */
export function dashed(project: string): string {
  return project.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
