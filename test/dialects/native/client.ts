import assert from 'node:assert/strict'
import { ADMIN_TOKEN, native } from '../../rig/service.ts'
import type { TestTenant } from '../../rig/tenants.ts'

export interface Ids {
  readonly huawei: string
  readonly alibaba: string
  readonly tencent: string
}

export interface KeyBody {
  readonly id: string
  readonly secret?: string
  readonly token?: string
  readonly createdAt: string
}

export interface TenantBody {
  readonly id: string
  readonly name: string
  readonly huawei: {
    readonly domainId: string
    readonly domainName: string
    readonly userId: string
    readonly user: string
    readonly projects: Record<'region-a' | 'region-b', string>
  }
  readonly alibaba: { readonly uid: string }
  readonly tencent: { readonly uin: string; readonly appId: string }
  readonly quotas: object
  readonly createdAt: string
  readonly accessKeys?: readonly KeyBody[]
}

export interface VpcBody {
  readonly id: string
  readonly ids: Ids
  readonly tenant: string
  readonly name: string
  readonly description: string
  readonly region: string
  readonly cidrs: readonly string[]
  readonly createdAt: string
  readonly updatedAt: string
}

export interface PeeringBody {
  readonly id: string
  readonly ids: Ids
  readonly name: string
  readonly description: string
  readonly state: string
  readonly requester: object
  readonly accepter: object
  readonly createdAt: string
  readonly updatedAt: string
  readonly expiresAt: string | null
}

export interface EventBody {
  readonly sequence: number
  readonly at: string
  readonly type: string
  readonly peering: string
  readonly ids: Ids
  readonly from: string | null
  readonly to: string
  readonly requester: string
  readonly accepter: string
  readonly actor: object
  readonly reason: string | null
}

/** The members of all answers together, so that a test can name one without a cast. */
export interface Body extends TenantBody, Omit<VpcBody, 'tenant'>, PeeringBody {
  readonly tenant: string
  readonly tenants: readonly TenantBody[]
  readonly vpcs: readonly VpcBody[]
  readonly peerings: readonly PeeringBody[]
  readonly events: readonly EventBody[]
  readonly next: string | null
  readonly now: string
  readonly secret: string
  readonly token: string
  readonly code: string
  readonly detail: string
  readonly requestId: string
}

export interface Answer {
  readonly status: number
  readonly body: Body
  readonly headers: Headers
}

export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

type Service = { readonly url: string }

/** The native API, called with this token. */
export function withToken(service: Service, token: string): Call {
  return (method, path, body, headers) => native(service, token, method, path, body, headers)
}

export const asOperator = (service: Service): Call => withToken(service, ADMIN_TOKEN)

export const asTenant = (service: Service, { key }: TestTenant): Call =>
  withToken(service, `${key.id}.${key.secret}`)

/** Whether `answer` is a problem document, exactly this one. */
export function assertProblem(answer: Answer, status: number, code: string, detail: string): void {
  const { headers } = answer
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.equal(headers.get('isthmus-error-code'), code)
  assert.equal(headers.get('www-authenticate'), status === 401 ? 'Bearer' : null)
  assert.deepEqual(answer.body, {
    type: 'about:blank',
    title: TITLES[status],
    status,
    code,
    detail,
    requestId: headers.get('x-request-id'),
  } as unknown)
  assert.equal(answer.status, status)
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
}

/** A VPC that nothing else in the test has to do with. */
export async function newVpc(
  service: Service,
  tenant: TestTenant,
  cidrs: readonly string[] = ['10.0.0.0/16'],
  region = 'region-a',
): Promise<VpcBody> {
  const body = { tenant: tenant.name, name: 'a VPC', region, cidrs }
  const made = await asOperator(service)('POST', '/vpcs', body)
  assert.equal(made.status, 201)
  return made.body
}

/** A peering between two new VPCs, asked for by the first tenant. */
export async function newPeering(
  service: Service,
  requester: TestTenant,
  accepter: TestTenant,
): Promise<PeeringBody> {
  const [ours, theirs] = [await newVpc(service, requester), await newVpc(service, accepter)]
  const body = { requesterVpc: ours.id, accepterVpc: theirs.id, name: 'a peering' }
  const made = await asTenant(service, requester)('POST', '/peerings', body)
  assert.equal(made.status, 201)
  return made.body
}

/** All that the operator can see. */
export async function stateOf(service: Service): Promise<unknown> {
  const call = asOperator(service)
  const lists = ['/tenants', '/vpcs?limit=1000', '/peerings?limit=1000', '/events?limit=1000', '/webhooks']
  const state = await Promise.all(lists.map(async (path) => (await call('GET', path)).body))
  const keys = await Promise.all(
    (state[0]?.tenants ?? []).map(async ({ id }) => (await call('GET', `/tenants/${id}`)).body.accessKeys),
  )
  const parts = (state[1]?.vpcs ?? []).flatMap(({ id }) => [
    `/vpcs/${id}/subnets`,
    `/vpcs/${id}/routes`,
    `/vpcs/${id}/ports`,
  ])
  const policies = await Promise.all(
    (state[0]?.tenants ?? []).map(
      async ({ id }) => (await call('GET', `/tenants/${id}/consent-policy`)).body,
    ),
  )
  return [state, keys, policies, await Promise.all(parts.map(async (path) => (await call('GET', path)).body))]
}

export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** An id that is nobody's. */
export const NOWHERE = '22b76469-08e3-4937-8c1d-7aad34892be1'
