import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { encodePairs, type Pair } from '../../../src/dialects/encoding.ts'
import { type Scheme, signHeaders, signParameters } from '../../../src/dialects/tencent/signing.ts'
import { type RigOptions, startService } from '../../rig/service.ts'
import type { TestTenant } from '../../rig/tenants.ts'

export type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json }
export type Parameters = Readonly<Record<string, Json>>

/** Everything about a request that a test may want otherwise. */
export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** TC3 for API 3.0 and HmacSHA1 for the legacy API, unless it is said. */
  readonly scheme?: Scheme
  /** Null: no region is named. */
  readonly region?: string | null
  readonly version?: string
  readonly timeMs?: number
  readonly nonce?: string
  readonly keyId?: string
  readonly secret?: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The body as it is, instead of the parameters as JSON. */
  readonly body?: string
  /** What a TC3 key is bound to; `vpc` unless it is said. */
  readonly service?: string
}

/** What the vendor's clients read of a peering in API 3.0. */
export interface V3Peering {
  readonly PeeringConnectionId: string
  readonly PeeringConnectionName: string
  readonly State: string
  readonly SourceVpcId: string
  readonly PeerVpcId: string
  readonly DestinationVpcId: string
  readonly SourceUin: number
  readonly DestinationUin: number
  readonly SourceRegion?: string
  readonly DestinationRegion?: string
  readonly Bandwidth: number
  readonly TagSet: readonly { Key: string; Value: string }[]
}

export interface V3Tag {
  readonly Key: string
  readonly Value: string
}

export interface V3Vpc {
  readonly VpcId: string
  readonly VpcName: string
  readonly CidrBlock: string
  readonly IsDefault: boolean
  readonly EnableMulticast: boolean
  readonly CreatedTime: string
  readonly DnsServerSet: readonly string[]
  readonly DomainName: string
  readonly AssistantCidrSet: readonly V3Block[]
  readonly EnableRouteVpcPublish: boolean
  readonly EnableRouteVpcPublishIpv6: boolean
  readonly TagSet: readonly V3Tag[]
}

export interface V3Block {
  readonly VpcId: string
  readonly CidrBlock: string
  readonly AssistantType: number
  readonly SubnetSet: readonly V3Subnet[]
}

export interface V3Subnet {
  readonly VpcId: string
  readonly SubnetId: string
  readonly SubnetName: string
  readonly CidrBlock: string
  readonly IsDefault: boolean
  readonly EnableBroadcast: boolean
  readonly Zone: string
  readonly RouteTableId: string
  readonly CreatedTime: string
  readonly AvailableIpAddressCount: number
}

export interface V3Route {
  readonly RouteId: number
  readonly RouteItemId: string
  readonly DestinationCidrBlock: string
  readonly DestinationIpv6CidrBlock: string
  readonly GatewayType: string
  readonly GatewayId: string
  readonly RouteDescription: string
  readonly RouteType: string
  readonly Enabled: boolean
}

export interface V3RouteTable {
  readonly VpcId: string
  readonly RouteTableId: string
  readonly RouteTableName: string
  readonly Main: boolean
  readonly CreatedTime: string
  readonly AssociationSet: readonly { SubnetId: string; RouteTableId: string }[]
  readonly RouteSet: readonly V3Route[]
  readonly TagSet: readonly V3Tag[]
}

/** The members of all answers of API 3.0 together, so that a test can name one without a cast. */
export interface V3Response {
  readonly RequestId: string
  readonly Error?: { readonly Code: string; readonly Message: string }
  readonly PeeringConnectionId: string
  readonly TotalCount: number
  readonly PeerConnectionSet: readonly V3Peering[]
  readonly Vpc: V3Vpc
  readonly VpcSet: readonly V3Vpc[]
  readonly AssistantCidrSet: readonly V3Block[]
  readonly Subnet: V3Subnet
  readonly SubnetSet: readonly V3Subnet[]
  readonly RouteTable: V3RouteTable
  readonly RouteTableSet: readonly V3RouteTable[]
  readonly RouteSet: readonly V3Route[]
  /** Of the service `tag`. */
  readonly Tags: readonly { TagKey: string; TagValue: string; ResourceId: string }[]
}

export interface LegacyPeering {
  readonly peeringConnectionId: string
  readonly peeringConnectionName: string
  readonly state: number
  readonly vpcId: string
}

/** The same of the legacy API. */
export interface LegacyResponse {
  readonly code: number
  readonly message: string
  readonly codeDesc: string
  readonly peeringConnectionId: string
  readonly taskId: number
  readonly uniqVpcId: string
  readonly subnetSet: readonly { unSubnetId: string }[]
  readonly routeTableId: string
  readonly routeTableSet: readonly { unRouteTableId: string }[]
  readonly totalCount: number
  readonly data: readonly LegacyPeering[]
}

export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Body
}

export interface Signed {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const FORM = 'application/x-www-form-urlencoded'
export const LEGACY_PATH = '/v2/index.php'

/** `{ Filters: [{ Name: 'a' }] }` as `Filters.0.Name=a`, as the SDKs write it. */
export function flatten(parameters: Parameters, prefix = ''): Pair[] {
  return Object.entries(parameters).flatMap(([name, value]): Pair[] => {
    if (value === undefined || value === null) return []
    if (typeof value === 'object') return flatten(value as Parameters, `${prefix}${name}.`)
    return [[`${prefix}${name}`, String(value)]]
  })
}

/** A request signed with a Signature parameter: of the legacy API, or an older client of API 3.0. */
export function signWithParameters(
  host: string,
  path: string,
  tenant: TestTenant,
  pairs: readonly Pair[],
  options: CallOptions,
): Signed {
  const { method = 'POST', scheme = 'HmacSHA1', timeMs = Date.now(), headers = {} } = options
  assert.ok(scheme !== 'TC3-HMAC-SHA256')
  const signer = {
    accessKeyId: options.keyId ?? tenant.key.id,
    secret: options.secret ?? tenant.key.secret,
    scheme,
  }
  const request = { method, path, query: '', headers: { host }, body: Buffer.alloc(0) }
  // A wide nonce, so that two equal requests within a second are two.
  const nonce = options.nonce ?? String(randomInt(2 ** 47))
  const text = encodePairs([...pairs, ...signParameters(request, pairs, signer, timeMs, nonce)])
  return method === 'GET'
    ? { method, target: `${path}?${text}`, headers, body: '' }
    : { method, target: path, headers: { 'content-type': FORM, ...headers }, body: text }
}

/** A request signed with TC3. */
export function signWithHeaders(
  host: string,
  tenant: TestTenant,
  action: string,
  parameters: Parameters,
  options: CallOptions,
): Signed {
  const { method = 'POST', region = 'ap-guangzhou', timeMs = Date.now() } = options
  const query = method === 'GET' ? encodePairs(flatten(parameters)) : ''
  const body = method === 'GET' ? '' : (options.body ?? JSON.stringify(parameters))
  const headers = { host, 'content-type': method === 'GET' ? FORM : 'application/json' }
  const signer = {
    accessKeyId: options.keyId ?? tenant.key.id,
    secret: options.secret ?? tenant.key.secret,
    service: options.service ?? 'vpc',
  }
  const request = { method, path: '/', query, headers, body: Buffer.from(body) }
  return {
    method,
    target: query === '' ? '/' : `/?${query}`,
    headers: {
      'content-type': headers['content-type'],
      'x-tc-action': action,
      'x-tc-version': options.version ?? '2017-03-12',
      ...(region !== null && { 'x-tc-region': region }),
      ...(options.token !== undefined && { 'x-tc-token': options.token }),
      ...signHeaders(request, signer, timeMs),
      ...options.headers,
    },
    body,
  }
}

/** Sends what was signed, as often as one likes. */
export async function send<Body>(
  url: string,
  { method, target, headers, body }: Signed,
): Promise<Answer<Body>> {
  const response = await fetch(`${url}${target}`, { method, headers, ...(body !== '' && { body }) })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Body }
}

function common(action: string, options: CallOptions, region: string): Pair[] {
  const named = options.region === undefined ? region : options.region
  return [
    ['Action', action],
    ...(named === null ? [] : [['Region', named] as const]),
    ...(options.token === undefined ? [] : [['Token', options.token] as const]),
  ]
}

/** A service with the clients of both APIs, and what their tests need again and again. */
export async function startTencent(rig: RigOptions = {}) {
  const service = await startService(rig)
  const { url, host } = service
  const { store } = service.service.app.context

  /** One request of the legacy API, answered as it may be. */
  const legacy = (
    tenant: TestTenant,
    action: string,
    parameters: Parameters = {},
    options: CallOptions = {},
  ) => {
    const pairs = [...common(action, options, 'gz'), ...flatten(parameters)]
    return send<LegacyResponse>(url, signWithParameters(host, LEGACY_PATH, tenant, pairs, options))
  }
  /** One request of API 3.0, answered as it may be. */
  const v3 = (tenant: TestTenant, action: string, parameters: Parameters = {}, options: CallOptions = {}) => {
    if ((options.scheme ?? 'TC3-HMAC-SHA256') === 'TC3-HMAC-SHA256') {
      return send<{ Response: V3Response }>(url, signWithHeaders(host, tenant, action, parameters, options))
    }
    const pairs: Pair[] = [
      ...common(action, options, 'ap-guangzhou'),
      ['Version', options.version ?? '2017-03-12'],
      ...flatten(parameters),
    ]
    return send<{ Response: V3Response }>(url, signWithParameters(host, '/', tenant, pairs, options))
  }

  /** A new VPC, so that no two tests meet at one. */
  const newVpc = async (tenant: TestTenant, region = 'ap-guangzhou', cidr = '10.0.0.0/16') => {
    const answer = await v3(tenant, 'CreateVpc', { VpcName: 'a VPC', CidrBlock: cidr }, { region })
    return v3Succeeds(answer).Vpc.VpcId
  }
  /** What asks for a peering between two new VPCs, as either API wants to be asked. */
  const proposal = async (from: TestTenant, to: TestTenant, peerRegion = 'ap-guangzhou') => {
    const source = await newVpc(from)
    const destination = await newVpc(to, peerRegion, '10.1.0.0/16')
    return {
      v3: {
        SourceVpcId: source,
        PeeringConnectionName: 'a peering',
        DestinationVpcId: destination,
        DestinationUin: to.uin,
        DestinationRegion: peerRegion,
      },
      legacy: {
        vpcId: source,
        peerVpcId: destination,
        peerUin: to.uin,
        peeringConnectionName: 'a peering',
      },
    }
  }
  /** Asks for a peering between two new VPCs; answers its id. */
  const propose = async (from: TestTenant, to: TestTenant, more: Parameters = {}, peerRegion?: string) => {
    const parameters = { ...(await proposal(from, to, peerRegion)).v3, ...more }
    return v3Succeeds(await v3(from, 'CreateVpcPeeringConnection', parameters)).PeeringConnectionId
  }
  /** As `propose`, and accepted. */
  const activate = async (from: TestTenant, to: TestTenant, more: Parameters = {}, peerRegion?: string) => {
    const id = await propose(from, to, more, peerRegion)
    v3Succeeds(await v3(to, 'AcceptVpcPeeringConnection', { PeeringConnectionId: id }))
    return id
  }
  /** The default route table of a VPC. */
  const tableOf = async (tenant: TestTenant, VpcId: string) => {
    const Filters = [
      { Name: 'vpc-id', Values: [VpcId] },
      { Name: 'association.main', Values: ['true'] },
    ]
    const { RouteTableSet } = v3Succeeds(await v3(tenant, 'DescribeRouteTables', { Filters }))
    assert.equal(RouteTableSet.length, 1)
    return RouteTableSet[0] as V3RouteTable
  }
  /** Two VPCs with an active peering between them, and the default tables of both. */
  const network = async (from: TestTenant, to: TestTenant) => {
    const { v3: proposed } = await proposal(from, to)
    const { PeeringConnectionId } = v3Succeeds(await v3(from, 'CreateVpcPeeringConnection', proposed))
    v3Succeeds(await v3(to, 'AcceptVpcPeeringConnection', { PeeringConnectionId }))
    const side = async (tenant: TestTenant, vpc: string) => {
      return { vpc, table: (await tableOf(tenant, vpc)).RouteTableId }
    }
    return {
      peering: PeeringConnectionId,
      ours: await side(from, proposed.SourceVpcId),
      theirs: await side(to, proposed.DestinationVpcId),
    }
  }
  /** The peering as one of its sides sees it; undefined where it does not. */
  const show = async (tenant: TestTenant, id: string, options: CallOptions = {}) => {
    const answer = await v3(tenant, 'DescribeVpcPeeringConnections', { PeeringConnectionIds: [id] }, options)
    return v3Succeeds(answer).PeerConnectionSet[0]
  }
  const stateOf = async (tenant: TestTenant, id: string) => (await show(tenant, id))?.State
  /** Sees to it that `work` writes no event, and so changes no peering. */
  const unchanged = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = await store.lastEventSequence()
    const result = await work()
    assert.equal(await store.lastEventSequence(), before, 'something was written')
    return result
  }
  return {
    ...service,
    store,
    legacy,
    v3,
    newVpc,
    proposal,
    propose,
    activate,
    network,
    show,
    stateOf,
    tableOf,
    unchanged,
  }
}

export type TencentService = Awaited<ReturnType<typeof startTencent>>

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What a client of API 3.0 gets of an answer, once it is seen to be a success. */
export function v3Succeeds(answer: Answer<{ Response: V3Response }>): V3Response {
  const { Response } = v3Envelope(answer)
  assert.equal('Error' in Response, false, answer.text)
  return Response
}

/** Sees to it that the answer is this error, in exactly the vendor's shape; answers its text. */
export function v3Fails(answer: Answer<{ Response: V3Response }>, code: string): string {
  const { Response } = v3Envelope(answer)
  assert.equal(Response.Error?.Code, code, answer.text)
  assert.deepEqual(Object.keys(Response), ['Error', 'RequestId'])
  assert.deepEqual(Object.keys(Response.Error), ['Code', 'Message'])
  assert.notEqual(Response.Error.Message, '')
  return Response.Error.Message
}

function v3Envelope({ status, headers, body }: Answer<{ Response: V3Response }>) {
  assert.equal(status, 200)
  assert.equal(headers.get('content-type'), 'application/json')
  assert.deepEqual(Object.keys(body), ['Response'])
  assert.match(body.Response.RequestId, UUID)
  return body
}

/** The answer of the legacy API, once it is seen to be a success. */
export function legacySucceeds({ status, text, body }: Answer<LegacyResponse>): LegacyResponse {
  assert.equal(status, 200)
  assert.equal(body.code, 0, text)
  assert.equal(body.message, '')
  return body
}

/** Sees to it that the answer is this error, in exactly the vendor's shape; answers its text. */
export function legacyFails(answer: Answer<LegacyResponse>, code: number, codeDesc: string): string {
  const { status, text, body } = answer
  assert.equal(status, 200)
  assert.deepEqual([body.code, body.codeDesc], [code, codeDesc], text)
  assert.deepEqual(Object.keys(body), ['code', 'message', 'codeDesc'])
  assert.ok(body.message.startsWith(`(${code}) `), text)
  return body.message
}

/** The text of an answer but for the request id. */
export function withoutRequestId({ text, body }: Answer<{ Response: V3Response }>): string {
  return text.replaceAll(body.Response.RequestId, '')
}

/** Sees to it that nothing in an answer is null, however deep: the Terraform provider crashes on that. */
export function nothingIsNull(value: unknown, path = 'Response'): void {
  assert.notEqual(value, null, path)
  if (typeof value !== 'object') return
  for (const [name, member] of Object.entries(value as object)) nothingIsNull(member, `${path}.${name}`)
}

/** An id that nobody has. */
export const NOBODYS_PEERING = 'pcx-00000000'
export const NOBODYS_VPC = 'vpc-00000000'
export const NOBODYS_SUBNET = 'subnet-00000000'
export const NOBODYS_TABLE = 'rtb-00000000'
