import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Caller } from '../../../src/app/context.ts'
import { profile } from '../../../src/dialects/alibaba/profile.ts'
import { ROUTES } from '../../../src/dialects/alibaba/routes.ts'
import { signHeaders, signParameters } from '../../../src/dialects/alibaba/signing.ts'
import { encodePairs, type Pair, readParameters } from '../../../src/dialects/encoding.ts'
import { startService } from '../../rig/service.ts'
import type { TestTenant } from '../../rig/tenants.ts'

/**
 * Where a client puts what it sends. `acs3` signs headers; the others sign parameters: `get` has all in the query, as
 * `form` has in the body; `split` has the parameters of the protocol in the query and the rest in the body, and
 * `query` all in the query of a POST.
 */
export const STYLES = ['acs3', 'acs3-query', 'get', 'form', 'split', 'query'] as const
export type Style = (typeof STYLES)[number]

export type Values = Readonly<Record<string, string | number | boolean>>

export interface Tags {
  readonly Key: string
  readonly Value: string
}

export interface End {
  readonly VpcId: string
  readonly Ipv4Cidrs: readonly string[]
  readonly Ipv6Cidrs: readonly string[]
}

/** A peering as the vendor's clients read it. */
export interface PeeringBody {
  readonly InstanceId: string
  readonly Name: string
  readonly Description: string
  readonly OwnerId: number
  readonly AcceptingOwnerUid: number
  readonly RegionId: string
  readonly AcceptingRegionId: string
  readonly Vpc: End
  readonly AcceptingVpc: End
  readonly Bandwidth: number
  readonly LinkType: string
  readonly Status: string
  readonly BizStatus: string
  readonly GmtCreate: string
  readonly GmtModified: string
  readonly GmtExpired: string | null
  readonly ResourceGroupId: string
  readonly Tags: readonly Tags[]
}

/** The members of all answers together, so that a test can name one without a cast. */
export interface Body extends PeeringBody {
  readonly RequestId: string
  readonly HostId: string
  readonly Code: string
  readonly Message: string
  readonly Recommend: string
  readonly Success: boolean
  readonly TotalCount: number
  readonly MaxResults: number
  readonly NextToken: string
  readonly VpcPeerConnects: readonly PeeringBody[]
  readonly TagResources: readonly {
    ResourceId: string
    ResourceType: string
    RegionNo: string
    TagKey: string
    TagValue: string
  }[]
  readonly VpcId: string
  readonly VpcName: string
  readonly CidrBlock: string
  readonly VRouterId: string
  readonly RouteTableId: string
  readonly PageNumber: number
  readonly PageSize: number
  readonly CreationTime: string
  readonly Vpcs: { readonly Vpc: readonly Record<string, unknown>[] }
  readonly VSwitchId: string
  readonly VSwitches: { readonly VSwitch: readonly Record<string, unknown>[] }
  readonly RouteEntryId: string
  readonly RouteEntrys: { readonly RouteEntry: readonly EntryBody[] }
  readonly RouterTableList: { readonly RouterTableListType: readonly Record<string, unknown>[] }
  readonly RouteTables: {
    readonly RouteTable: readonly {
      readonly RouteTableId: string
      readonly VRouterId: string
      readonly RouteTableType: string
      readonly RouteEntrys: { readonly RouteEntry: readonly EntryBody[] }
    }[]
  }
}

/** A line of a route table. Next hops are named twice: `InstanceId` is in one of the two lists only. */
export interface EntryBody {
  readonly RouteEntryId: string
  readonly DestinationCidrBlock: string
  readonly Status: string
  readonly Type: string
  readonly NextHopType: string
  readonly InstanceId: string
  readonly NextHops: {
    readonly NextHop: readonly { readonly NextHopId: string; readonly NextHopType: string; Enabled: number }[]
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Empty where the answer is not JSON. */
  readonly body: Body
}

export interface CallOptions {
  readonly style?: Style
  readonly version?: string
  /** Absent: JSON is asked for where XML would be the default. */
  readonly format?: string | null
  readonly nonce?: string
  readonly timeMs?: number
  readonly secret?: string
  readonly keyId?: string
  readonly headers?: Record<string, string>
}

/** One signed request of `tenant`'s. An action that several APIs have is VpcPeer's. */
export type Call = (
  tenant: TestTenant,
  action: string,
  parameters?: Values,
  options?: CallOptions,
) => Promise<Answer>

export interface Signed {
  readonly method: string
  readonly query: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** The version in which each action is, VpcPeer's where it is in several; unknown ones are looked for there too. */
const VERSIONS = new Map(
  ROUTES.map(({ operation }) => operation.name.split(' '))
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .map(([version = '', action = '']) => [action, version]),
)
const FORM = 'application/x-www-form-urlencoded'

/** A request as a client would send it to `host`. */
export function sign(
  host: string,
  tenant: TestTenant,
  action: string,
  parameters: Values,
  options: CallOptions,
): Signed {
  const { style = 'acs3', nonce = randomUUID(), timeMs = Date.now() } = options
  const version = options.version ?? VERSIONS.get(action) ?? '2022-01-01'
  const pairs = Object.entries(parameters).map(([name, value]): Pair => [name, String(value)])
  const signer = { accessKeyId: options.keyId ?? tenant.key.id, secret: options.secret ?? tenant.key.secret }
  if (style === 'acs3' || style === 'acs3-query') {
    const inForm = style === 'acs3' && pairs.length > 0
    const request = {
      method: 'POST',
      path: '/',
      query: inForm ? '' : encodePairs(pairs),
      body: Buffer.from(inForm ? encodePairs(pairs) : ''),
      headers: {
        host,
        accept: 'application/json',
        'x-acs-action': action,
        'x-acs-version': version,
        ...(inForm && { 'content-type': FORM }),
        ...options.headers,
      },
    }
    const added = signHeaders(request, readParameters(request), signer, timeMs, nonce)
    const { host: _, ...headers } = { ...request.headers, ...added }
    return { method: 'POST', query: request.query, headers, body: request.body.toString() }
  }
  const format = options.format === undefined ? 'JSON' : options.format
  const asked: Pair[] = [
    ['Action', action],
    ['Version', version],
  ]
  if (format !== null) asked.push(['Format', format])
  const method = style === 'get' ? 'GET' : 'POST'
  const added = signParameters(
    method,
    [...asked, ...pairs],
    { ...signer, scheme: 'HMAC-SHA1' },
    timeMs,
    nonce,
  )
  const system = encodePairs([...asked, ...added])
  const business = encodePairs(pairs)
  const all = encodePairs([...asked, ...pairs, ...added])
  const headers = { ...(style !== 'get' && { 'content-type': FORM }), ...options.headers }
  switch (style) {
    case 'get':
    case 'query':
      return { method, query: all, headers, body: '' }
    case 'form':
      return { method, query: '', headers, body: all }
    case 'split':
      return { method, query: system, headers, body: business }
  }
}

/** Sends what was signed, as often as one likes. */
export async function send(url: string, { method, query, headers, body }: Signed): Promise<Answer> {
  const response = await fetch(`${url}/${query === '' ? '' : `?${query}`}`, {
    method,
    headers,
    ...(body !== '' && { body }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json;charset=utf-8'
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as Body,
  }
}

/** A service with this dialect's client, and what tests of it need again and again. */
export async function startAlibaba() {
  const service = await startService()
  const call: Call = (tenant, action, parameters = {}, options = {}) =>
    send(service.url, sign(service.host, tenant, action, parameters, options))

  /** A new VPC, so that no two tests meet at one. */
  const newVpc = async (tenant: TestTenant, region = 'cn-hangzhou', cidr = '10.0.0.0/16') => {
    const { body } = await succeeds(call(tenant, 'CreateVpc', { RegionId: region, CidrBlock: cidr }))
    return body.VpcId
  }
  const newSubnet = async (tenant: TestTenant, VpcId: string, CidrBlock: string, more: Values = {}) => {
    const parameters = { VpcId, CidrBlock, ZoneId: 'cn-hangzhou-b', ...more }
    return (await succeeds(call(tenant, 'CreateVSwitch', parameters))).body.VSwitchId
  }
  /** The table that came with a VPC. */
  const tableOf = async (tenant: TestTenant, VpcId: string, RegionId = 'cn-hangzhou') => {
    const { body } = await succeeds(
      call(tenant, 'DescribeRouteTableList', { RegionId, VpcId, RouteTableType: 'System' }),
    )
    return String(body.RouterTableList.RouterTableListType[0]?.['RouteTableId'])
  }
  /** The parameters of a request from one tenant to another, between two new VPCs. */
  const proposal = async (
    from: TestTenant,
    to: TestTenant,
    regions: readonly [string, string] = ['cn-hangzhou', 'cn-hangzhou'],
  ) => ({
    RegionId: regions[0],
    VpcId: await newVpc(from, regions[0]),
    AcceptingAliUid: to.uid,
    AcceptingRegionId: regions[1],
    AcceptingVpcId: await newVpc(to, regions[1], '10.1.0.0/16'),
  })
  /** Asks for a peering between two new VPCs; answers its id. */
  const propose = async (
    from: TestTenant,
    to: TestTenant,
    more: Values = {},
    regions?: readonly [string, string],
  ) => {
    const parameters = { ...(await proposal(from, to, regions)), ...more }
    return (await succeeds(call(from, 'CreateVpcPeerConnection', parameters))).body.InstanceId
  }
  /** As `propose`, and accepted. */
  const activate = async (
    from: TestTenant,
    to: TestTenant,
    more: Values = {},
    regions?: readonly [string, string],
  ) => {
    const InstanceId = await propose(from, to, more, regions)
    await succeeds(call(to, 'AcceptVpcPeerConnection', { InstanceId }))
    return InstanceId
  }
  const show = async (tenant: TestTenant, InstanceId: string) =>
    (await succeeds(call(tenant, 'GetVpcPeerConnectionAttribute', { InstanceId }))).body
  /** A caller of the engine, for what this dialect cannot do. */
  const operator: Caller = {
    tenant: null,
    operator: true,
    region: null,
    dialect: 'native',
    profile,
    requestId: 'test',
    remoteAddress: '',
    dryRun: false,
    once: null,
  }
  /** A peering that is active, with the two VPCs and their tables. */
  const peered = async (from: TestTenant, to: TestTenant) => {
    const InstanceId = await activate(from, to)
    const { Vpc, AcceptingVpc } = await show(from, InstanceId)
    return {
      InstanceId,
      ours: Vpc.VpcId,
      theirs: AcceptingVpc.VpcId,
      ourTable: await tableOf(from, Vpc.VpcId),
      theirTable: await tableOf(to, AcceptingVpc.VpcId),
    }
  }
  /** Parameters of an entry through the peering. */
  const entry = (RouteTableId: string, DestinationCidrBlock: string, NextHopId: string) => ({
    RouteTableId,
    DestinationCidrBlock,
    NextHopType: 'VpcPeer',
    NextHopId,
  })
  return {
    ...service,
    call,
    newVpc,
    newSubnet,
    tableOf,
    peered,
    entry,
    proposal,
    propose,
    activate,
    show,
    operator,
    app: service.service.app,
  }
}

export type AlibabaService = Awaited<ReturnType<typeof startAlibaba>>

const UUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/

/** The answer, once it is seen to be a success as this vendor's clients know one. */
export async function succeeds(answer: Answer | Promise<Answer>): Promise<Answer> {
  const found = await answer
  assert.equal(found.status, 200, found.text)
  assert.match(found.body.RequestId, UUID)
  assert.equal('Code' in found.body, false)
  return found
}

/** Sees to it that the answer is this error, in exactly the vendor's shape. */
export async function fails(...expected: Parameters<typeof refusal>): Promise<void> {
  await refusal(...expected)
}

/** The answer, once it is seen to be this error. */
export async function refusal(
  answer: Answer | Promise<Answer>,
  code: string,
  message?: string,
  status = 400,
): Promise<Answer> {
  const found = await answer
  const { body } = found
  assert.equal(body.Code, code, found.text)
  assert.equal(found.status, status)
  assert.equal(found.headers.get('content-type'), 'application/json;charset=utf-8')
  assert.deepEqual(Object.keys(body), ['RequestId', 'HostId', 'Code', 'Message', 'Recommend'])
  assert.match(body.RequestId, UUID)
  assert.match(body.HostId, /^127\.0\.0\.1:\d+$/)
  if (message !== undefined) assert.equal(body.Message, message)
  const product = /product=(VpcPeer|Vpc|Sts|Location)&/.exec(body.Recommend)?.[1] ?? ''
  assert.equal(
    body.Recommend,
    `https://api.aliyun.com/troubleshoot?q=${code}&product=${product}&requestId=${body.RequestId}`,
  )
  return found
}

/** What a client sees of an answer but for what is different in every one. */
export function withoutRequestId({ status, text, body }: Answer): string {
  return `${status} ${text.replaceAll(body.RequestId, '')}`
}

export const NOT_FOUND = [
  'ResourceNotFound.InstanceId',
  'The specified resource of InstanceId is not found.',
] as const
