import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import * as alibabaSigning from '../src/dialects/alibaba/signing.ts'
import { decodePairs, encode, encodePairs, type Pair, readParameters } from '../src/dialects/encoding.ts'
import * as huaweiSigning from '../src/dialects/huawei/signing.ts'
import { bearerToken } from '../src/dialects/native/codec.ts'
import * as tencentSigning from '../src/dialects/tencent/signing.ts'
import { ADMIN_TOKEN, native, spawnService } from './rig/service.ts'
import { alice, bob, mallory, type TestTenant, VPCS, vpcOf } from './rig/tenants.ts'

/**
 * Whatever is sent, the service answers in the words of the API that was asked, soon, and as if nothing had happened.
 * The requests are made from a seed, which is printed; ISTHMUS_FUZZ_SEED sets it. Ids that the service makes up go into
 * later requests, so that a seed repeats nearly everything, and ISTHMUS_FUZZ_REQUESTS says how many there are.
 */

const REQUESTS = Number(process.env['ISTHMUS_FUZZ_REQUESTS'] ?? 20_000)
const SEED = Number(process.env['ISTHMUS_FUZZ_SEED'] ?? randomInt(2 ** 31))
const CONNECTIONS = 24
const ANSWER_MS_MAX = 2_000
const GROWTH_MAX = 1.2

/** Numbers that look random and follow from the seed (mulberry32). */
class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = seed
  }
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  chance(percent: number): boolean {
    return this.below(10_000) < percent * 100
  }
  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)]
    if (chosen === undefined) throw new Error('there is nothing to choose from')
    return chosen
  }
}

// ------------------------------------------------------------------------------------------------- odd values

/** An id of each kind that nothing has. */
const NOWHERE = [
  '0193a000-0000-7000-8000-000000000000',
  'pcc-bp00000000000000000',
  'pcx-00000000',
  'vpc-bp00000000000000000',
  'vpc-00000000',
  '0'.repeat(32),
  '999999999999',
]

const ODD_TEXTS = [
  ...['', ' ', '0', '-1', '1', '007', '1e309', 'NaN', '99999999999999999999', '2147483648', '0x10', '1.5'],
  ...['null', 'true', 'False', '[]', '{}', '"', "' OR 1=1 --", '<b>&amp;</b>', 'a&b=c', 'a;b', 'a,b', '\\'],
  ...['10.0.0.0/33', '10.0.0.1/8', '300.0.0.0/8', '::/129', 'fe80::%eth0/64', '10.0.0.0', '/', '0.0.0.0/0'],
  ...['::ffff:10.0.0.0/104', '10.0.0.0/8/8', '010.0.0.0/16', '10.0/16', '192.168.0.0/29', '224.0.0.0/4'],
  ...['\0', 'a\0b', '\ud800', '\udc00x', 'a\ud800', '\u202e', '\ufeff', '\ufffe', '\x7f', '\r\n', 'a\tb'],
  ...['中文', '😀', 'é', 'e\u0301', 'ﬁ', 'İ', '%', '%zz', '%00', '%2', '+', '..', '../..', '.', '*'],
  '$where',
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'length', 'then'],
  ...['http://a', 'https://b', 'aliyun', 'acs:x', 'rg-', 'rg-1', 'pcx-', 'pcc-', 'vpc-', 'pcx-ABCDEFGH'],
  ...['x'.repeat(61), 'x'.repeat(65), 'x'.repeat(129), 'x'.repeat(257), '中'.repeat(65), '😀'.repeat(33)],
  ...['cn-hangzhou', 'ap-guangzhou', 'ap-shanghai', 'gz', 'sh', 'region-a', 'region-z', 'cn-beijing'],
  ...['PENDING', 'ACTIVE', 'Accepting', 'PENDING_ACCEPTANCE', 'pending-acceptance', 'DELETED', 'Gold'],
  ...['PeerConnection', 'VPC_PEER', 'POSTPAID_BY_DAY', 'All', 'System', 'desc', 'createTime'],
]
const LONG_TEXTS = ['x'.repeat(10_000), '%'.repeat(5_000), '中'.repeat(3_000), '../'.repeat(3_000)]

const NAMES = [
  ...['name', 'Name', 'id', 'ID', 'description', 'peering', 'vpc', 'vpc_id', 'tenant_id', 'limit', 'marker'],
  ...['VpcId', 'vpcId', 'InstanceId', 'PeeringConnectionId', 'peeringConnectionId', 'Bandwidth', 'bandwidth'],
  ...['Tag', 'Tag.1.Key', 'Tag.1.Value', 'Tag.1', 'Tag.', 'Tag.x.Key', 'Tags.0.Key', 'TagKey.1', 'Filters.0'],
  ...['Filters.0.Name', 'Filters.0.Values.0', 'Filters', 'PeeringConnectionIds.0', 'VpcIds', 'Offset'],
  'Limit',
  ...['offset', 'orderField', 'orderDirection', 'state', 'MaxResults', 'NextToken', 'PageNumber', 'PageSize'],
  ...['DryRun', 'dryRun', 'Force', 'All', 'Category', 'Format', 'cidr', 'cidrs', 'CidrBlock', 'cidrBlock'],
  ...['Ipv6CidrBlock', 'EnableIpv6', 'UserCidr', 'ResourceGroupId', 'type', 'Type', 'peerRegion', 'taskId'],
  ...['__proto__', 'constructor', 'prototype', 'toString', '__proto__.a', 'constructor.prototype.a', 'a.b.c'],
  ...['a.__proto__.b', '.', '..', 'a.', '.a', '0', '-1', 'a[0]', 'a[]', '', 'a b', '中', '\0'],
  'a.1.2.3.4.5.6.7.8',
  ...['SecurityToken', 'Token', 'Language', 'RequestClient', 'x'.repeat(300)],
]

/** Bodies that are no JSON object, or hardly one. */
const ODD_BODIES: readonly Buffer[] = [
  ...['{', '}', '[]', 'null', '"x"', '1', 'true', '{"a":}', '{"a":1,}', "{'a':1}", '{a:1}', '\0', ' ', '\n'],
  ...['\ufeff{}', '{}{}', '{"peering":', '{"a":NaN}', '{"a":1e999}', `{"a":${'9'.repeat(400)}}`, '{}\0'],
  '//',
  ...['{"peering":{"name":"\\ud800"}}', '{"peering":{"name":"\\u0000"}}', '{"name":"\\udfff\\ud800"}'],
  ...['{"__proto__":{"name":"x"}}', '{"constructor":{"prototype":{}}}', '{"peering":{"__proto__":null}}'],
  ...['{"name":"a","name":"b"}', '<xml/>', 'a=b', 'Action=CreateVpc', '[[[[[[[[[[', '[1,2'],
  '{"":{"":{"":1}}}',
  '['.repeat(50_000),
  '['.repeat(20_000) + ']'.repeat(20_000),
  `${'{"peering":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
]
  .map((text) => Buffer.from(text))
  .concat([
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from('{"name":"\xff\xfe"}', 'latin1'),
    Buffer.alloc(100, 0x80),
  ])

/** A value that is well-formed JSON, and nested too deeply for anything that follows it by recursion. */
const DEEP = '['.repeat(20_000) + ']'.repeat(20_000)
const DEEP_MARK = 'nested-very-deeply'

/** Pieces of a query or form that decode in surprising ways, or not at all. */
const ODD_PIECES = [
  ...['a=%zz', 'a=%', 'a=%0', '%zz=a', 'a=%ff', '%ff=%fe', 'a=%00', '%00', 'a=%ed%a0%80', 'a=%c0%80', '='],
  '&',
  ...['a', 'a=b=c', '=a', 'a=1&a=2', '__proto__=x', '__proto__.x=y', 'constructor.prototype.x=y', '+=+'],
  '%2B=%20',
  ...['Tag.1.Key=a&Tag.1=b', 'Tag=a&Tag.1.Key=b', 'Tag.1=a&Tag.1.Key.x=b', 'Tag.99999999999999999999.Key=a'],
  ...['Tag.-1.Key=a', 'Tag.1e3.Key=a', 'Tag..Key=a', 'Filters=x&Filters.0.Name=y', 'Filters.0.Values=x'],
  'VpcIds.x=1',
  ...['limit=1&limit=zz', 'name=%F0%9F%98%80', 'name=%F0%9F', 'a=%25%25', 'a;b=c', 'a[b]=c', '?', '??a=b'],
  '#',
  `a=${'%41'.repeat(2_000)}`,
  Array.from({ length: 500 }, (_, index) => `p${index}=${index}`).join('&'),
  Array.from({ length: 200 }, () => 'Tag.1.Key=x').join('&'),
  Array.from({ length: 60 }, (_, index) => `Tag.${index}.Key=k${index}`).join('&'),
]

const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['content-type', 'text/plain'],
  ['content-type', 'application/xml'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-type', 'application/x-www-form-urlencoded; charset=utf-16'],
  ['content-type', ';;;'],
  ['content-type', ''],
  ['accept', 'image/png'],
  ['accept-encoding', 'gzip, br'],
  ['expect', '100-continue'],
  ['cookie', 'a=b; c=d'],
  ['set-cookie', 'a=b'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
  ['x-forwarded-proto', 'javascript'],
  ['x-forwarded-host', '\x80\xff<b>'],
  ['x-project-id', 'x'.repeat(5_000)],
  ['x-auth-token', '%%%'],
  ['x-request-id', 'mine'],
  ['x-http-method-override', 'DELETE'],
  ['if-none-match', '*'],
  ['range', 'bytes=0-0'],
  ['upgrade', 'h2c'],
  ['content-encoding', 'gzip'],
  ['x-long', 'x'.repeat(30_000)],
]

/** Bytes that are no HTTP request, or none that Node lets through. */
const GARBAGE: readonly Buffer[] = [
  ...['GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'FOO / HTTP/1.1\r\nhost: a\r\n\r\n', '\0\0\0\0\r\n\r\n'],
  ...['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n'],
  'GET /v2.0/vpc/peerings HTTP/1.1\r\nhost\r\n\r\n',
  ...['POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n', 'GET /\x01 HTTP/1.1\r\nhost: a\r\n\r\n'],
  'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
  `${'A'.repeat(100)}\r\n\r\n`,
  ...['POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', '{"a":1}\r\n\r\n'],
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  ...['CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: miracles\r\n\r\n'],
  ...['GET * HTTP/1.1\r\nhost: a\r\n\r\n', 'GET http:// HTTP/1.1\r\nhost: a\r\n\r\n'],
  'GET //[ HTTP/1.1\r\nhost: a\r\n\r\n',
  `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`,
  'GET /?\xff HTTP/1.1\r\nhost: a\r\n\r\n',
  `GET / HTTP/1.1\r\nhost: a\r\n${'a: b\r\n'.repeat(3_000)}\r\n`,
  `GET /${'x'.repeat(66_000)} HTTP/1.1\r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(200, '\xaa'),
].map((text) => Buffer.from(text, 'latin1'))

// -------------------------------------------------------------------------------------------------- one request

/** A request made ready, and what is known of it beforehand. */
interface Shot {
  readonly bytes: Buffer
  /** A new connection that may be closed without an answer; whatever comes is a 4xx. */
  readonly raw?: true
  /** Sent to the dialect beyond doubt, so that nobody else may answer. */
  readonly addressed: boolean
  /** Whether it writes an event where it succeeds. */
  readonly writes: boolean
  readonly head: boolean
  /** Whether sending it again is sending it twice: it must not be one that has its effect once. */
  readonly repeatable: boolean
}

interface Request {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

function bytesOf({ method, target, headers, body }: Request, chunked: boolean): Buffer {
  let head = `${method} ${target} HTTP/1.1\r\n`
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`
  if (chunked && body.length > 0) {
    head += 'transfer-encoding: chunked\r\n\r\n'
    const half = body.length >> 1
    const chunk = (part: Buffer) => [
      Buffer.from(`${part.length.toString(16)}\r\n`),
      part,
      Buffer.from('\r\n'),
    ]
    const chunks = [body.subarray(0, half), body.subarray(half)]
      .filter(({ length }) => length > 0)
      .flatMap(chunk)
    return Buffer.concat([Buffer.from(head, 'latin1'), ...chunks, Buffer.from('0\r\n\r\n')])
  }
  if (body.length > 0 || method === 'POST' || method === 'PUT') head += `content-length: ${body.length}\r\n`
  return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body])
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** What an operation is told, as far as its dialect has one place for each: a body, or pairs. */
interface Told {
  readonly method: string
  readonly path: string
  readonly query: readonly Pair[]
  readonly body: Json | undefined
}

/** An operation of a dialect, told what it wants to hear. */
interface Op {
  /** How a Tencent or Alibaba request names it; elsewhere its path does. */
  readonly action: string
  readonly version?: string
  readonly writes: boolean
  /** Whether ids that exist are put into it at random; not where success would take the fixtures away. */
  readonly ids: boolean
  /** How often, against 10 of the others. */
  readonly weight?: number
  told(dice: Dice, ids: Ids): Told
}

/** What there is, by tenant; whoever signs has a use for all of it. */
interface Ids {
  readonly peerings: readonly string[]
  readonly vpcs: readonly string[]
  readonly actor: TestTenant
  readonly other: TestTenant
  /** A VPC of the actor's and one of the other's. */
  readonly ours: { readonly huawei: string; readonly alibaba: string; readonly tencent: string }
  readonly theirs: { readonly huawei: string; readonly alibaba: string; readonly tencent: string }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-_./%&=+ \u00e9\u4e2d\ud83d'

function oddText(dice: Dice, ids: Ids | null): string {
  const kind = dice.below(100)
  if (ids && kind < 20) return dice.of(ids.peerings)
  if (ids && kind < 30) return dice.of(ids.vpcs)
  if (kind < 40) return dice.of(NOWHERE)
  if (kind < 41) return dice.of(LONG_TEXTS)
  if (kind < 50) {
    let text = ''
    for (let left = dice.below(20); left > 0; left--) text += LETTERS[dice.below(LETTERS.length)] ?? ''
    return text
  }
  return dice.of(ODD_TEXTS)
}

function oddJson(dice: Dice, ids: Ids | null): Json {
  switch (dice.below(14)) {
    case 0:
      return null
    case 1:
      return dice.chance(50)
    case 2:
      return dice.of([0, -1, 1, 1.5, 2 ** 31, 2 ** 53, 1e300, -0, 65535])
    case 3:
      return []
    case 4:
      return {}
    case 5:
      return [oddText(dice, ids)]
    case 6:
      return [[oddText(dice, ids)], { a: 1 }, null]
    case 7:
      return { [dice.of(NAMES)]: oddText(dice, ids) }
    case 8:
      return dice.of<Json>([JSON.parse('{"__proto__":{"a":1}}'), { constructor: { prototype: null } }])
    case 9:
      return dice.chance(3) ? DEEP_MARK : [{ Name: 'x', Values: 'y' }]
    default:
      return oddText(dice, ids)
  }
}

/** `value` with one thing about it changed: a member dropped, replaced, added, or put into something else. */
function spoilJson(dice: Dice, value: Json, ids: Ids | null): Json {
  if (typeof value !== 'object' || value === null || dice.chance(5)) return oddJson(dice, ids)
  if (Array.isArray(value)) {
    const copy = [...value]
    if (copy.length === 0 || dice.chance(30)) return [...copy, oddJson(dice, ids)]
    const index = dice.below(copy.length)
    copy[index] = spoilJson(dice, copy[index] ?? null, ids)
    return copy
  }
  const names = Object.keys(value)
  const copy = { ...value }
  const name = names.length === 0 ? '' : dice.of(names)
  const kind = dice.below(10)
  if (kind < 2 || names.length === 0) copy[dice.of(NAMES)] = oddJson(dice, ids)
  else if (kind < 4) delete copy[name]
  else copy[name] = spoilJson(dice, copy[name] ?? null, ids)
  return copy
}

function spoilPairs(dice: Dice, pairs: readonly Pair[], ids: Ids | null): Pair[] {
  const copy = [...pairs]
  const kind = dice.below(10)
  const index = dice.below(copy.length)
  const [name = '', value = ''] = copy[index] ?? []
  // A token that comes back answers as the first time, and has done nothing: none that is good comes back.
  const odd =
    name === 'ClientToken' ? dice.of(['中', 'x'.repeat(65), `once-${serial++}`]) : oddText(dice, ids)
  if (kind < 2 || copy.length === 0) copy.push([dice.of(NAMES), oddText(dice, ids)])
  else if (kind < 3) copy.splice(index, 1)
  else if (kind < 4) copy.push([name, odd])
  else if (kind < 5) copy[index] = [dice.chance(50) ? name.toLowerCase() : `${name}.1`, value]
  else copy[index] = [name, odd]
  return copy
}

function jsonBytes(body: Json | undefined): Buffer {
  if (body === undefined) return Buffer.alloc(0)
  return Buffer.from(JSON.stringify(body).replace(`"${DEEP_MARK}"`, DEEP))
}

// ------------------------------------------------------------------------------------------------------ dialects

/** How a request is to be signed, other than as it should. */
type Credential = 'right' | 'wrong secret' | 'unknown key' | 'expired' | 'future' | 'none' | 'garbled'
const CREDENTIALS: readonly Credential[] = [
  'wrong secret',
  'unknown key',
  'expired',
  'future',
  'none',
  'garbled',
]

const ODD_AUTHORIZATIONS = [
  ...['', ' ', 'Bearer', 'Bearer x', 'Basic YTpi', 'SKIP', 'TC3-HMAC-SHA256', 'ACS3-HMAC-SHA256'],
  'SDK-HMAC-SHA256',
  'TC3-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=, Signature=x',
  'ACS3-HMAC-SHA256 Credential=,Signature=',
  'SDK-HMAC-SHA256 Access=AKALICE, SignedHeaders=__proto__;x-sdk-date, Signature=00',
  'V11-HMAC-SHA256 Credential=',
  `SDK-HMAC-SHA256 Access=${'x'.repeat(9_000)}, SignedHeaders=x-sdk-date, Signature=0`,
  'TC3-HMAC-SHA256 =,=,=,',
  'TC3-HMAC-SHA256 Credential=AKALICE/2026-01-01/vpc/tc3_request, SignedHeaders=content-type;host, Signature=\xff',
  `SDK-HMAC-SHA256 Access=AKALICE, SignedHeaders=x-sdk-date;${'host;'.repeat(3_000)}, Signature=0`,
  `V11-HMAC-SHA256 Credential=AKALICE/${'2'.repeat(1_500)}/a/b, SignedHeaders=x-sdk-date, Signature=0`,
  'ACS3-HMAC-SHA256 Credential=AKALICE,SignedHeaders=constructor;host,Signature=0',
]

interface Signing {
  readonly key: TestTenant['key']
  readonly timeMs: number
  readonly credential: Credential
}

/** What can be asked of one dialect, and how. */
interface Dialect {
  readonly name: string
  readonly ops: readonly Op[]
  /** Signs `told`. `text` replaces the query or form that the pairs would make, and `bytes` the body. */
  sign(
    dice: Dice,
    actor: TestTenant,
    op: Op,
    told: Told,
    signing: Signing,
    odd: { readonly text?: string; readonly bytes?: Buffer; readonly headers?: Request['headers'] },
  ): Request
  /** Whether an answer is the dialect's, and what it says; null: it is not. */
  read(answer: Answer): Reading | null
}

interface Reading {
  readonly ok: boolean
  /** `internal` is what must never be. */
  readonly code: string
  readonly requestId: string | null
}

let host = ''
let serial = 0

const FORM = 'application/x-www-form-urlencoded'
const NO_BODY = Buffer.alloc(0)

const told = (method: string, path: string, query: readonly Pair[] = [], body?: Json): Told => ({
  method,
  path,
  query,
  body,
})

function garbled(dice: Dice, headers: Record<string, string>): Record<string, string> {
  return { ...headers, authorization: dice.of(ODD_AUTHORIZATIONS) }
}

function parsed(answer: Answer): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(answer.body)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const text = (value: unknown): value is string => typeof value === 'string'

function inHuawei(answer: Answer): Reading | null {
  const requestId = answer.headers.get('x-request-id') ?? ''
  if (answer.headers.get('server') !== 'api-gateway' || !/^[0-9a-f]{32}$/.test(requestId)) return null
  if (answer.status === 204) return answer.body === '' ? { ok: true, code: '', requestId } : null
  const body = parsed(answer)
  if (!body || answer.headers.get('content-type') !== 'application/json') return null
  if (answer.status < 300) return { ok: true, code: '', requestId }
  const { error } = body as { error?: { code?: unknown; message?: unknown; title?: unknown } }
  if (error)
    return text(error.message) && text(error.title)
      ? { ok: false, code: String(error.code), requestId }
      : null
  const { error_code: code, error_msg: message } = body
  return text(code) && text(message) && message !== '' ? { ok: false, code, requestId } : null
}

/** What is left of a request whose action was spoilt may be a bare `GET /`, by which Huawei's clients ask for versions. */
function inVersions(answer: Answer): Reading | null {
  return answer.body.startsWith('{"versions":') ? inHuawei(answer) : null
}

function inAlibaba(answer: Answer): Reading | null {
  const type = answer.headers.get('content-type')
  const requestId = answer.headers.get('x-acs-request-id') ?? ''
  if (!/^[0-9A-F-]{36}$/.test(requestId)) return null
  const xml = type === 'text/xml;charset=utf-8'
  const body = xml ? null : parsed(answer)
  if (xml ? !/^<\?xml[^>]*\?>\n<(\w+)>[\s\S]*<\/\1>$/.test(answer.body) : body?.['RequestId'] !== requestId)
    return null
  if (answer.status === 200) return { ok: true, code: '', requestId }
  const code = xml ? /<Code>([^<]+)<\/Code>/.exec(answer.body)?.[1] : body?.['Code']
  return text(code) ? { ok: false, code, requestId } : null
}

function inLegacy(answer: Answer): Reading | null {
  const body = parsed(answer)
  if (answer.status !== 200 || !body || typeof body['code'] !== 'number' || !text(body['codeDesc']))
    return null
  return { ok: body['code'] === 0, code: String(body['code']), requestId: null }
}

function inV3(answer: Answer): Reading | null {
  const response = parsed(answer)?.['Response'] as Record<string, unknown> | undefined
  if (answer.status !== 200 || !response || !text(response['RequestId'])) return null
  const { Error: error, RequestId: requestId } = response as {
    Error?: { Code: string; Message: string }
    RequestId: string
  }
  if (!error) return { ok: true, code: '', requestId }
  return text(error.Code) && text(error.Message) ? { ok: false, code: error.Code, requestId } : null
}

function inNative(answer: Answer): Reading | null {
  const requestId = answer.headers.get('x-request-id') ?? null
  if (answer.status === 204) return { ok: true, code: '', requestId }
  const body = parsed(answer)
  if (!body) return null
  if (answer.status < 300) {
    // A dry run succeeds, and has done nothing.
    const dry = answer.headers.get('isthmus-dry-run') === 'true'
    return { ok: !dry, code: dry ? 'dry run' : '', requestId }
  }
  return inProblem(answer)
}

/** What answers where no dialect is meant, or not even HTTP. */
function inProblem(answer: Answer): Reading | null {
  const body = parsed(answer)
  if (
    !answer.headers.get('content-type')?.startsWith('application/problem+json') ||
    body?.['status'] !== answer.status
  )
    return null
  return {
    ok: false,
    code: String(body['code'] ?? ''),
    requestId: answer.headers.get('x-request-id') ?? null,
  }
}

// -- Huawei

const HUAWEI_PEERINGS = '/v2.0/vpc/peerings'
const ofPeering = (method: string, rest: string, writes: boolean, body?: Json, weight = 10): Op => ({
  action: `${method} ${rest}`,
  weight,
  writes,
  ids: true,
  told: (dice, { peerings }) => told(method, `${HUAWEI_PEERINGS}/${dice.of(peerings)}${rest}`, [], body),
})
const projectOf = ({ actor }: Ids) => actor.projects['region-a']

/** In the actor's project, at a path that tells its own VPC or (most times) one of somebody else's, or nothing. */
const inProject = (
  version: 'v1' | 'v2.0' | 'v3',
  method: string,
  rest: (dice: Dice, ids: Ids) => string,
  body?: (dice: Dice, ids: Ids) => Json,
  query: (dice: Dice, ids: Ids) => readonly Pair[] = () => [],
): Op => ({
  action: `${method} ${version}`,
  writes: false,
  ids: true,
  weight: 4,
  told: (dice, ids) =>
    told(method, `/${version}/${projectOf(ids)}${rest(dice, ids)}`, query(dice, ids), body?.(dice, ids)),
})
/** One of the actor's VPCs at times: what is made in it stays there. */
const rarely = (dice: Dice, { ours }: Ids) => (dice.chance(5) ? ours.huawei : dice.of(NOWHERE))
const huaweiRoute = (dice: Dice, { peerings }: Ids): Json => ({
  type: 'peering',
  destination: dice.of(['10.1.0.0/24', 'fd00::/64', '10.2.0.0/16']),
  nexthop: dice.of(peerings),
  description: 'fuzz',
})
const huaweiSubnet = (dice: Dice): Json => ({
  name: 'fuzz',
  description: 'of the fuzz',
  cidr: '10.17.9.0/24',
  gateway_ip: '10.17.9.1',
  dhcp_enable: dice.chance(50),
  dnsList: ['8.8.8.8'],
  primary_dns: '8.8.8.8',
  extra_dhcp_opts: [{ opt_name: 'ntp', opt_value: '10.0.0.1' }],
  tags: ['k*v'],
})
const pageOf = (dice: Dice, ids: Ids): readonly Pair[] => [
  ['limit', '5'],
  ['marker', dice.of(ids.vpcs)],
  ['vpc_id', ids.ours.huawei],
]
const TAG_ACTIONS: Json = { action: 'create', tags: [{ key: 'k', value: 'v' }] }

const HUAWEI_NETWORK_OPS: readonly Op[] = [
  inProject(
    'v1',
    'PUT',
    (dice, ids) => `/vpcs/${rarely(dice, ids)}`,
    () => ({
      vpc: { description: 'fuzz', enable_shared_snat: true, enhanced_local_route: 'false' },
    }),
  ),
  inProject(
    'v3',
    'GET',
    () => '/vpc/vpcs',
    undefined,
    (dice, ids) => [...pageOf(dice, ids), ['id', dice.of(ids.vpcs)], ['name', 'x'], ['cidr', '10.0.0.0/16']],
  ),
  inProject('v3', 'GET', (dice, { vpcs }) => `/vpc/vpcs/${dice.of(vpcs)}`),
  ...['add', 'remove'].map((action) =>
    inProject(
      'v3',
      'PUT',
      (dice, ids) => `/vpc/vpcs/${rarely(dice, ids)}/${action}-extend-cidr`,
      (dice) => ({ vpc: { extend_cidrs: ['172.20.0.0/16'] }, dry_run: dice.chance(50) }),
    ),
  ),
  inProject(
    'v1',
    'POST',
    () => '/subnets',
    (dice, ids) => ({
      subnet: { ...(huaweiSubnet(dice) as object), vpc_id: rarely(dice, ids) },
    }),
  ),
  inProject('v1', 'GET', () => '/subnets', undefined, pageOf),
  inProject('v1', 'GET', (dice) => `/subnets/${dice.of(NOWHERE)}`),
  inProject(
    'v1',
    'PUT',
    (dice, { vpcs }) => `/vpcs/${dice.of(vpcs)}/subnets/${dice.of(NOWHERE)}`,
    (dice) => ({ subnet: huaweiSubnet(dice) }),
  ),
  inProject('v1', 'DELETE', (dice, { vpcs }) => `/vpcs/${dice.of(vpcs)}/subnets/${dice.of(NOWHERE)}`),
  inProject(
    'v1',
    'POST',
    () => '/routetables',
    (dice, ids) => ({
      routetable: { name: 'fuzz', vpc_id: rarely(dice, ids), routes: [huaweiRoute(dice, ids)] },
    }),
  ),
  inProject(
    'v1',
    'GET',
    () => '/routetables',
    undefined,
    (dice, ids) => [...pageOf(dice, ids), ['id', dice.of(NOWHERE)], ['subnet_id', dice.of(NOWHERE)]],
  ),
  inProject('v1', 'GET', (dice) => `/routetables/${dice.of(NOWHERE)}`),
  inProject(
    'v1',
    'PUT',
    (dice) => `/routetables/${dice.of(NOWHERE)}`,
    (dice, ids) => ({
      routetable: {
        name: 'fuzz',
        routes: {
          add: [huaweiRoute(dice, ids)],
          mod: [huaweiRoute(dice, ids)],
          del: [{ destination: '10.1.0.0/24' }],
        },
      },
    }),
  ),
  inProject('v1', 'DELETE', (dice) => `/routetables/${dice.of(NOWHERE)}`),
  inProject(
    'v1',
    'POST',
    (dice) => `/routetables/${dice.of(NOWHERE)}/action`,
    (dice) => ({
      routetable: { subnets: { [dice.of(['associate', 'disassociate'])]: [dice.of(NOWHERE)] } },
    }),
  ),
  ...['vpcs', 'subnets'].flatMap((kind) => [
    inProject('v2.0', 'GET', (dice, { vpcs }) => `/${kind}/${dice.of(vpcs)}/tags`),
    inProject(
      'v2.0',
      'POST',
      (dice, ids) => `/${kind}/${rarely(dice, ids)}/tags`,
      () => ({ tag: { key: 'k', value: 'v' } }),
    ),
    inProject('v2.0', 'DELETE', (dice, { vpcs }) => `/${kind}/${dice.of(vpcs)}/tags/k`),
    inProject(
      'v2.0',
      'POST',
      (dice, ids) => `/${kind}/${rarely(dice, ids)}/tags/action`,
      () => TAG_ACTIONS,
    ),
  ]),
  inProject(
    'v1',
    'GET',
    () => '/quotas',
    undefined,
    () => [['type', 'vpcPeer']],
  ),
  ...(
    [
      [
        'POST',
        () => '',
        (dice, ids) => ({ route: { ...(huaweiRoute(dice, ids) as object), vpc_id: ids.ours.huawei } }),
      ],
      ['GET', () => ''],
      ['GET', (dice) => `/${dice.of(NOWHERE)}`],
      ['DELETE', (dice) => `/${dice.of(NOWHERE)}`],
    ] as [string, (dice: Dice) => string, ((dice: Dice, ids: Ids) => Json)?][]
  ).map(
    ([method, rest, body]): Op => ({
      action: `${method} routes`,
      writes: false,
      ids: true,
      weight: 6,
      told: (dice, ids) =>
        told(
          method,
          `/v2.0/vpc/routes${rest(dice)}`,
          method === 'GET' ? [...pageOf(dice, ids), ['destination', '10.1.0.0/24']] : [],
          body?.(dice, ids),
        ),
    }),
  ),
  ...['/v3', '/v3/auth/domains', '/v3/auth/catalog', '/v3/users', '/v3/auth/tokens'].map(
    (path): Op => ({
      action: path,
      writes: false,
      ids: true,
      weight: 3,
      told: () => told('GET', path, [['name', 'alice']]),
    }),
  ),
]

const HUAWEI: Dialect = {
  name: 'huawei',
  ops: [
    {
      action: 'create',
      writes: true,
      ids: true,
      weight: 30,
      told: (_, { ours, theirs, other }) =>
        told('POST', HUAWEI_PEERINGS, [], {
          peering: {
            name: 'fuzz',
            description: 'of the fuzz',
            request_vpc_info: { vpc_id: ours.huawei },
            accept_vpc_info: { vpc_id: theirs.huawei, tenant_id: other.projects['region-a'] },
          },
        }),
    },
    {
      action: 'list',
      writes: false,
      ids: true,
      weight: 30,
      told: (dice, { ours, other, peerings }) =>
        told('GET', HUAWEI_PEERINGS, [
          ['limit', '5'],
          ['marker', dice.of(peerings)],
          ['page_reverse', 'true'],
          ['name', 'fuzz'],
          ['status', 'ACTIVE'],
          ['vpc_id', ours.huawei],
          ['tenant_id', other.projects['region-a']],
          ['id', dice.of(peerings)],
        ]),
    },
    ofPeering('GET', '', false),
    ofPeering('PUT', '', true, { peering: { name: 'renamed', description: 'again' } }),
    ofPeering('DELETE', '', true, undefined, 2),
    ofPeering('PUT', '/accept', true),
    ofPeering('PUT', '/reject', true),
    {
      action: 'create VPC',
      writes: false,
      ids: true,
      told: (_, ids) =>
        told('POST', `/v1/${projectOf(ids)}/vpcs`, [], {
          vpc: { name: 'fuzz', cidr: '10.0.0.0/16', description: 'of the fuzz' },
        }),
    },
    {
      action: 'list VPCs',
      writes: false,
      ids: true,
      told: (dice, ids) =>
        told('GET', `/v1/${projectOf(ids)}/vpcs`, [
          ['limit', '5'],
          ['marker', dice.of(ids.vpcs)],
          ['id', dice.of(ids.vpcs)],
          ['enterprise_project_id', '0'],
        ]),
    },
    {
      action: 'show VPC',
      writes: false,
      ids: true,
      told: (dice, ids) => told('GET', `/v1/${projectOf(ids)}/vpcs/${dice.of(ids.vpcs)}`),
    },
    {
      action: 'delete VPC',
      writes: false,
      ids: false,
      told: (dice, ids) => told('DELETE', `/v1/${projectOf(ids)}/vpcs/${dice.of(NOWHERE)}`),
    },
    {
      action: 'token',
      writes: false,
      ids: true,
      // Each that gets as far as the password costs as much as a hundred of the others.
      weight: 0.5,
      told: (_, { actor }) => {
        const user = { name: actor.name, password: 'wrong', domain: { name: actor.name } }
        const identity = { methods: ['password'], password: { user } }
        return told('POST', '/v3/auth/tokens', [], {
          auth: { identity, scope: { project: { name: 'region-a' } } },
        })
      },
    },
    {
      action: 'projects',
      writes: false,
      ids: true,
      told: () => told('GET', '/v3/projects', [['name', 'region-a']]),
    },
    ...HUAWEI_NETWORK_OPS,
  ],
  sign(dice, actor, _op, { method, path, query, body }, { key, timeMs, credential }, odd) {
    const queryText = odd.text ?? encodePairs(query)
    const bytes = odd.bytes ?? jsonBytes(body)
    const project = dice.chance(90)
      ? actor.projects['region-a']
      : dice.of([...NOWHERE, bob.projects['region-a']])
    const headers = {
      host,
      'content-type': 'application/json',
      ...(dice.chance(80) && { 'x-project-id': project }),
    }
    const scheme = dice.of([
      'SDK-HMAC-SHA256 Access',
      'SDK-HMAC-SHA256 Credential',
      'V11-HMAC-SHA256',
    ] as const)
    const request = { method, path, query: queryText, headers, body: bytes }
    const signer = { scheme, accessKeyId: key.id, secret: key.secret, region: '', service: '' }
    let all: Record<string, string> = { ...headers }
    if (credential !== 'none') all = { ...all, ...huaweiSigning.signHeaders(request, signer, timeMs) }
    if (credential === 'garbled') all = garbled(dice, all)
    const target = queryText === '' ? path : `${path}?${queryText}`
    return { method, target, headers: [...Object.entries(all), ...(odd.headers ?? [])], body: bytes }
  },
  read: inHuawei,
}

// -- Alibaba

const REGION = ['RegionId', 'cn-hangzhou'] as const
const RESOURCE_TYPE = ['ResourceType', 'PeerConnection'] as const

function alibabaOp(
  action: string,
  writes: boolean,
  pairs: (dice: Dice, ids: Ids) => readonly Pair[],
  more: Partial<Op> = {},
): Op {
  const version = /^(CreateVpc|DescribeVpcs|DescribeVpcAttribute|DeleteVpc)$/.test(action)
    ? '2016-04-28'
    : '2022-01-01'
  return {
    action,
    version,
    writes,
    ids: true,
    told: (dice, ids) => told('POST', '/', pairs(dice, ids)),
    ...more,
  }
}

/** An operation of the older APIs. */
const alibabaNetworkOp = (action: string, pairs: Parameters<typeof alibabaOp>[2], more: Partial<Op> = {}) =>
  alibabaOp(action, false, pairs, { version: '2016-04-28', ...more })
const VSWITCH = ['VSwitchId', 'vsw-bp1000000000000000000'] as const
const TABLE = ['RouteTableId', 'vtb-bp1000000000000000000'] as const
const ENTRY = ['RouteEntryId', 'rte-bp1000000000000000000'] as const
const NAMED = [['Description', 'fuzz']] as const
/** One of the actor's VPCs at times: what is made in it stays there. */
const seldomVpc = (dice: Dice, { ours }: Ids): Pair => [
  'VpcId',
  dice.chance(5) ? ours.alibaba : dice.of(NOWHERE),
]
const taggedNetwork = (dice: Dice, { vpcs }: Ids): readonly Pair[] => [
  REGION,
  ['ResourceType', dice.of(['VPC', 'VSWITCH', 'ROUTETABLE'])],
  ['ResourceId.1', dice.chance(30) ? dice.of(vpcs) : dice.of(NOWHERE)],
  ['Tag.1.Key', 'k'],
  ['TagKey.1', 'k'],
  ['MaxResults', '5'],
]

const ALIBABA_NETWORK_OPS: readonly Op[] = [
  alibabaNetworkOp('ModifyVpcAttribute', (dice) => [
    REGION,
    ['VpcId', dice.of(NOWHERE)],
    ['VpcName', 'renamed'],
    ...NAMED,
    ['CidrBlock', '10.0.0.0/8'],
    ['EnableIPv6', 'true'],
  ]),
  alibabaNetworkOp(
    'AssociateVpcCidrBlock',
    (dice) => [
      REGION,
      ['VpcId', dice.of(NOWHERE)],
      ['SecondaryCidrBlock', '172.16.0.0/16'],
      ['IpVersion', 'IPV4'],
    ],
    { ids: false },
  ),
  alibabaNetworkOp(
    'UnassociateVpcCidrBlock',
    (dice) => [REGION, ['VpcId', dice.of(NOWHERE)], ['SecondaryCidrBlock', '172.16.0.0/16']],
    { ids: false },
  ),
  alibabaNetworkOp('MoveResourceGroup', (dice, ids) => [
    REGION,
    ['ResourceType', 'VPC'],
    ['ResourceId', seldomVpc(dice, ids)[1]],
    ['NewResourceGroupId', 'rg-other'],
  ]),
  alibabaNetworkOp('CreateVSwitch', (dice, ids) => [
    REGION,
    seldomVpc(dice, ids),
    ['CidrBlock', '10.0.9.0/24'],
    ['ZoneId', 'cn-hangzhou-a'],
    ['VSwitchName', 'fuzz'],
    ['Ipv6CidrBlock', '1'],
    ...NAMED,
  ]),
  alibabaNetworkOp('DescribeVSwitches', (dice, { vpcs }) => [
    REGION,
    ['VpcId', dice.of(vpcs)],
    ['ZoneId', 'cn-hangzhou-a'],
    ['PageNumber', '1'],
    ['PageSize', '10'],
    ['Tag.1.Key', 'k'],
  ]),
  ...['DescribeVSwitchAttributes', 'ModifyVSwitchAttribute', 'DeleteVSwitch'].map((action) =>
    alibabaNetworkOp(action, () => [REGION, VSWITCH, ['VSwitchName', 'renamed'], ...NAMED]),
  ),
  alibabaNetworkOp('CreateRouteTable', (dice, ids) => [
    REGION,
    seldomVpc(dice, ids),
    ['RouteTableName', 'fuzz'],
    ...NAMED,
  ]),
  alibabaNetworkOp('DescribeRouteTableList', (dice, { vpcs }) => [
    REGION,
    ['VpcId', dice.of(vpcs)],
    ['RouteTableType', 'System'],
    ['RouterId', 'vrt-bp1'],
    ['PageSize', '10'],
    ['Tag.1.Key', 'k'],
  ]),
  alibabaNetworkOp('DescribeRouteTables', () => [TABLE, ['VRouterId', 'vrt-bp1'], ['PageNumber', '1']]),
  ...[
    ...['ModifyRouteTableAttributes', 'DeleteRouteTable', 'AssociateRouteTable', 'UnassociateRouteTable'],
  ].map((action) =>
    alibabaNetworkOp(action, () => [REGION, TABLE, VSWITCH, ['RouteTableName', 'renamed'], ...NAMED]),
  ),
  alibabaNetworkOp('CreateRouteEntry', (dice, { peerings }) => [
    TABLE,
    ['DestinationCidrBlock', '10.1.0.0/24'],
    ['NextHopType', 'VpcPeer'],
    ['NextHopId', dice.of(peerings)],
    ['RouteEntryName', 'fuzz'],
    ...NAMED,
  ]),
  alibabaNetworkOp('DescribeRouteEntryList', (dice, { peerings }) => [
    REGION,
    TABLE,
    ['NextHopId', dice.of(peerings)],
    ['MaxResult', '5'],
    ['NextToken', 'IDA'],
    ['IpVersion', 'ipv4'],
  ]),
  alibabaNetworkOp('ModifyRouteEntry', (dice, { peerings }) => [
    ENTRY,
    ['RouteEntryName', 'renamed'],
    ['NewNextHopId', dice.of(peerings)],
    ['NewNextHopType', 'VpcPeer'],
    ...NAMED,
  ]),
  alibabaNetworkOp('DeleteRouteEntry', (dice, { peerings }) => [
    ...(dice.chance(50) ? [ENTRY] : []),
    TABLE,
    ['DestinationCidrBlock', '10.1.0.0/24'],
    ['NextHopId', dice.of(peerings)],
  ]),
  ...['TagResources', 'UnTagResources', 'ListTagResources'].map((action) =>
    alibabaNetworkOp(action, taggedNetwork),
  ),
  alibabaNetworkOp('DescribeRegions', () => [['AcceptLanguage', 'zh-CN']]),
  alibabaNetworkOp('DescribeZones', () => [REGION]),
  alibabaNetworkOp('GetCallerIdentity', () => [REGION], { version: '2015-04-01' }),
  alibabaNetworkOp(
    'DescribeEndpoints',
    () => [
      ['Id', 'cn-hangzhou'],
      ['ServiceCode', 'vpc'],
      ['Type', 'openAPI'],
    ],
    { version: '2015-06-12' },
  ),
]

const instance = (dice: Dice, { peerings }: Ids): Pair => ['InstanceId', dice.of(peerings)]
const resource = (dice: Dice, { peerings }: Ids): Pair => ['ResourceId.1', dice.of(peerings)]

const ALIBABA: Dialect = {
  name: 'alibaba',
  ops: [
    alibabaOp(
      'CreateVpcPeerConnection',
      true,
      (_, { ours, theirs, other }) => [
        REGION,
        ['VpcId', ours.alibaba],
        ['AcceptingAliUid', other.uid],
        ['AcceptingRegionId', 'cn-hangzhou'],
        ['AcceptingVpcId', theirs.alibaba],
        ['Name', 'fuzz'],
        ['Description', 'fuzz'],
        ['Tag.1.Key', 'k'],
        ['Tag.1.Value', 'v'],
        ['ClientToken', `token-${serial++}`],
      ],
      { weight: 30 },
    ),
    alibabaOp('AcceptVpcPeerConnection', true, (dice, ids) => [instance(dice, ids), ['Tag.1.Key', 'k']]),
    alibabaOp('RejectVpcPeerConnection', true, (dice, ids) => [instance(dice, ids)]),
    alibabaOp('DeleteVpcPeerConnection', true, (dice, ids) => [instance(dice, ids), ['Force', 'true']], {
      weight: 2,
    }),
    alibabaOp('GetVpcPeerConnectionAttribute', false, (dice, ids) => [instance(dice, ids)]),
    alibabaOp('ListVpcPeerConnections', false, (dice, ids) => [
      REGION,
      instance(dice, ids),
      ['VpcId.1', ids.ours.alibaba],
      ['MaxResults', '10'],
      ['NextToken', 'IDA'],
      ['Tags.1.Key', 'k'],
    ]),
    alibabaOp('ModifyVpcPeerConnection', true, (dice, ids) => [
      instance(dice, ids),
      ['Name', 'renamed'],
      ['Description', 'again'],
      ['Bandwidth', '10'],
    ]),
    alibabaOp('TagResources', true, (dice, ids) => [
      REGION,
      RESOURCE_TYPE,
      resource(dice, ids),
      ['Tag.1.Key', 'key'],
      ['Tag.1.Value', 'value'],
    ]),
    alibabaOp('UnTagResources', true, (dice, ids) => [
      REGION,
      RESOURCE_TYPE,
      resource(dice, ids),
      ['TagKey.1', 'key'],
      ['All', 'false'],
    ]),
    alibabaOp('ListTagResources', false, (dice, ids) => [
      REGION,
      RESOURCE_TYPE,
      resource(dice, ids),
      ['Tag.1.Key', 'key'],
      ['Category', 'All'],
      ['MaxResults', '5'],
    ]),
    alibabaOp('MoveResourceGroup', true, (dice, { peerings }) => [
      REGION,
      RESOURCE_TYPE,
      ['ResourceId', dice.of(peerings)],
      ['NewResourceGroupId', 'rg-other'],
    ]),
    alibabaOp('CreateVpc', false, () => [
      REGION,
      ['CidrBlock', '10.0.0.0/16'],
      ['VpcName', 'fuzz'],
      ['EnableIpv6', 'true'],
      ['Ipv6CidrBlock', '2001:db8::/56'],
    ]),
    alibabaOp('DescribeVpcs', false, (dice, { vpcs }) => [
      REGION,
      ['VpcId', dice.of(vpcs)],
      ['PageNumber', '1'],
      ['PageSize', '10'],
      ['Tag.1.Key', 'k'],
    ]),
    alibabaOp('DescribeVpcAttribute', false, (dice, { vpcs }) => [REGION, ['VpcId', dice.of(vpcs)]]),
    alibabaOp('DeleteVpc', false, (dice) => [REGION, ['VpcId', dice.of(NOWHERE)]], { ids: false }),
    ...ALIBABA_NETWORK_OPS,
  ],
  sign(
    dice,
    _actor,
    { action, version = '2022-01-01' },
    { method, path, query },
    { key, timeMs, credential },
    odd,
  ) {
    const nonce = `fuzz-${SEED}-${serial++}`
    const signer = { accessKeyId: key.id, secret: key.secret }
    const text = odd.text ?? encodePairs(query)
    const more = odd.headers ?? []
    if (odd.bytes !== undefined || dice.chance(50)) {
      const inForm = dice.chance(60)
      const request = {
        method,
        path,
        query: inForm ? '' : text,
        body: odd.bytes ?? Buffer.from(inForm ? text : ''),
        headers: { host, 'x-acs-action': action, 'x-acs-version': version, 'content-type': FORM },
      }
      const signed = alibabaSigning.signHeaders(request, readParameters(request), signer, timeMs, nonce)
      let headers: Record<string, string> = { ...request.headers, ...(credential !== 'none' && signed) }
      if (credential === 'garbled') headers = garbled(dice, headers)
      const target = request.query === '' ? path : `${path}?${request.query}`
      return { method, target, headers: [...Object.entries(headers), ...more], body: request.body }
    }
    const common: Pair[] = [
      ['Action', action],
      ['Version', version],
    ]
    if (dice.chance(70)) common.push(['Format', dice.of(['JSON', 'XML', 'json', 'yaml'])])
    const scheme = dice.of(['HMAC-SHA1', 'HMAC-SHA256'] as const)
    const verb = dice.chance(50) && method === 'POST' ? 'GET' : method
    const pairs = [...decodePairs(text), ...common]
    let added = alibabaSigning.signParameters(verb, pairs, { ...signer, scheme }, timeMs, nonce)
    if (credential === 'none') added = []
    if (credential === 'garbled') added = spoilPairs(dice, added, null)
    const whole = [text, encodePairs([...common, ...added])].filter((part) => part !== '').join('&')
    return parameterRequest(verb, path, whole, more)
  },
  read: inAlibaba,
}

function parameterRequest(method: string, path: string, text: string, headers: Request['headers']): Request {
  const inQuery = method !== 'POST'
  return {
    method,
    target: inQuery ? `${path}?${text}` : path,
    headers: [['host', host], ...(inQuery ? [] : [['content-type', FORM] as const]), ...headers],
    body: inQuery ? NO_BODY : Buffer.from(text),
  }
}

// -- Tencent

type Flat = readonly Pair[]

function legacyOp(
  action: string,
  writes: boolean,
  pairs: (dice: Dice, ids: Ids) => Flat,
  more: Partial<Op> = {},
): Op {
  return { action, writes, ids: true, told: (dice, ids) => told('POST', LEGACY, pairs(dice, ids)), ...more }
}

const LEGACY = '/v2/index.php'
const legacyId = (dice: Dice, { peerings }: Ids): Pair => ['peeringConnectionId', dice.of(peerings)]
const legacyEnds = ({ ours, theirs, other }: Ids): Flat => [
  ['vpcId', ours.tencent],
  ['peerVpcId', theirs.tencent],
  ['peerUin', other.uin],
  ['peeringConnectionName', 'fuzz'],
]

const NO_TABLE = 'rtb-00000000'
/** One of the actor's VPCs at times: what is made in it stays there. */
const seldom = (dice: Dice, { ours }: Ids) => (dice.chance(5) ? ours.tencent : dice.of(NOWHERE))
const legacyRoute = (dice: Dice, { peerings }: Ids): Flat => [
  ['routeSet.0.destinationCidrBlock', '10.1.0.0/24'],
  ['routeSet.0.nextType', '4'],
  ['routeSet.0.nextHub', dice.of(peerings)],
]

const TENCENT_LEGACY: Dialect = {
  name: 'tencent legacy',
  ops: [
    legacyOp('CreateVpcPeeringConnection', true, (_, ids) => legacyEnds(ids), { weight: 30 }),
    legacyOp('CreateVpcPeeringConnectionEx', true, (_, ids) => [
      ...legacyEnds(ids),
      ['peerRegion', 'gz'],
      ['bandwidth', '10'],
      ['type', '1'],
    ]),
    ...['Accept', 'Reject', 'Enable', 'Delete'].flatMap((verb) =>
      ['', 'Ex'].map((ex) =>
        legacyOp(`${verb}VpcPeeringConnection${ex}`, true, (dice, ids) => [legacyId(dice, ids)], {
          weight: verb === 'Delete' ? 1 : 10,
        }),
      ),
    ),
    legacyOp('ModifyVpcPeeringConnection', true, (dice, ids) => [
      legacyId(dice, ids),
      ['peeringConnectionName', 'renamed'],
    ]),
    legacyOp('ModifyVpcPeeringConnectionEx', true, (dice, ids) => [
      legacyId(dice, ids),
      ['peeringConnectionName', 'renamed'],
      ['bandwidth', '20'],
    ]),
    legacyOp('DescribeVpcPeeringConnections', false, (dice, ids) => [
      legacyId(dice, ids),
      ['vpcId', ids.ours.tencent],
      ['state', '1'],
      ['offset', '0'],
      ['limit', '5'],
      ['orderField', 'createTime'],
      ['orderDirection', 'asc'],
    ]),
    legacyOp('DescribeVpcTaskResult', false, (dice) => [['taskId', String(dice.below(2 ** 31))]]),
    legacyOp('CreateVpc', false, () => [
      ['vpcName', 'fuzz'],
      ['cidrBlock', '10.0.0.0/16'],
    ]),
    legacyOp('DescribeVpcEx', false, (dice, { vpcs }) => [
      ['vpcId', dice.of(vpcs)],
      ['vpcName', 'fuzz'],
      ['offset', '0'],
      ['limit', '5'],
    ]),
    legacyOp('DeleteVpc', false, (dice) => [['vpcId', dice.of(NOWHERE)]], { ids: false }),
    legacyOp('CreateRouteTable', false, (dice, ids) => [
      ['vpcId', seldom(dice, ids)],
      ['routeTableName', 'fuzz'],
      ...legacyRoute(dice, ids),
    ]),
    legacyOp('DescribeRouteTable', false, (dice, ids) => [
      ['vpcId', dice.of(ids.vpcs)],
      ['routeTableId', NO_TABLE],
      ['routeTableName', 'def'],
      ['offset', '0'],
      ['limit', '5'],
      ['orderField', 'createTime'],
      ['orderDirection', 'asc'],
    ]),
    ...['CreateRoute', 'DeleteRoute', 'DeleteRouteTable'].map((action) =>
      legacyOp(action, false, (dice, ids) => [
        ['vpcId', dice.of(ids.vpcs)],
        ['routeTableId', NO_TABLE],
        ...legacyRoute(dice, ids),
      ]),
    ),
  ],
  sign(dice, _actor, { action }, { method, path, query }, signing, odd) {
    const common: Pair[] = [['Action', action]]
    if (dice.chance(95)) common.push(['Region', dice.of(['gz', 'ap-guangzhou', 'region-a'])])
    const verb = dice.chance(40) && method === 'POST' ? 'GET' : method
    const text = odd.text ?? encodePairs(query)
    const request = tencentParameters(dice, verb, path, text, common, signing, odd.headers ?? [])
    // Whatever else is in the body then, the parameters have to be in the query to be read at all.
    if (odd.bytes === undefined) return request
    const target = `${path}?${verb === 'GET' ? (request.target.split('?')[1] ?? '') : request.body.toString()}`
    return { ...request, target, body: odd.bytes }
  },
  read: inLegacy,
}

function tencentParameters(
  dice: Dice,
  method: string,
  path: string,
  text: string,
  common: readonly Pair[],
  { key, timeMs, credential }: Signing,
  headers: Request['headers'],
): Request {
  const scheme = dice.of(['HmacSHA1', 'HmacSHA256'] as const)
  const signer = { accessKeyId: key.id, secret: key.secret, scheme }
  const request = { method, path, query: '', headers: { host }, body: NO_BODY }
  const pairs = [...decodePairs(text), ...common]
  let added = tencentSigning.signParameters(request, pairs, signer, timeMs, String(SEED + serial++))
  if (credential === 'none') added = []
  if (credential === 'garbled') added = spoilPairs(dice, added, null)
  const whole = [text, encodePairs([...common, ...added])].filter((part) => part !== '').join('&')
  return parameterRequest(method, path, whole, headers)
}

function v3Op(
  action: string,
  writes: boolean,
  body: (dice: Dice, ids: Ids) => Json,
  more: Partial<Op> = {},
): Op {
  return { action, writes, ids: true, told: (dice, ids) => told('POST', '/', [], body(dice, ids)), ...more }
}

const v3Id = (dice: Dice, { peerings }: Ids) => ({ PeeringConnectionId: dice.of(peerings) })

const NO_SUBNET = 'subnet-00000000'
const v3Subnet = () => ({ SubnetName: 'fuzz', CidrBlock: '10.0.9.0/24', Zone: 'ap-guangzhou-3' })
const v3Switched = (dice: Dice) => ({
  RouteTableId: NO_TABLE,
  ...(dice.chance(50) ? { RouteIds: [dice.below(2 ** 31)] } : { RouteItemIds: ['rti-00000000'] }),
})
/** A page of what a filter lets through; `names` are the filters there are. */
const v3List = (action: string, ids: string, id: string, names: readonly string[]) =>
  v3Op(action, false, (dice, { vpcs }) => ({
    ...(dice.chance(30)
      ? { [ids]: [id] }
      : { Filters: [{ Name: dice.of(names), Values: [dice.chance(50) ? dice.of(vpcs) : 'x'] }] }),
    Offset: '0',
    Limit: '5',
  }))

const V3_NETWORK_OPS: readonly Op[] = [
  v3Op('ModifyVpcAttribute', false, (dice) => ({
    VpcId: dice.of(NOWHERE),
    VpcName: 'renamed',
    EnableMulticast: 'false',
    DnsServers: ['10.0.0.2'],
    EnableRouteVpcPublish: false,
  })),
  v3Op('CreateSubnet', false, (dice, ids) => ({ VpcId: seldom(dice, ids), ...v3Subnet(), Tags: [] })),
  v3Op('CreateSubnets', false, (dice, ids) => ({
    VpcId: seldom(dice, ids),
    Subnets: [v3Subnet(), { ...v3Subnet(), RouteTableId: NO_TABLE }],
  })),
  v3List('DescribeSubnets', 'SubnetIds', NO_SUBNET, ['vpc-id', 'subnet-id', 'subnet-name', 'zone', 'tag:k']),
  v3Op('ModifySubnetAttribute', false, () => ({
    SubnetId: NO_SUBNET,
    SubnetName: 'renamed',
    EnableBroadcast: 'true',
  })),
  v3Op('DeleteSubnet', false, () => ({ SubnetId: NO_SUBNET })),
  v3Op('CreateRouteTable', false, (dice, ids) => ({ VpcId: seldom(dice, ids), RouteTableName: 'fuzz' })),
  v3List('DescribeRouteTables', 'RouteTableIds', NO_TABLE, [
    ...['vpc-id', 'route-table-id', 'route-table-name', 'association.main', 'next-hop-type', 'tag-key'],
  ]),
  v3Op('ModifyRouteTableAttribute', false, () => ({ RouteTableId: NO_TABLE, RouteTableName: 'renamed' })),
  v3Op('DeleteRouteTable', false, () => ({ RouteTableId: NO_TABLE })),
  v3Op('ReplaceRouteTableAssociation', false, () => ({ RouteTableId: NO_TABLE, SubnetId: NO_SUBNET })),
  v3Op('CreateRoutes', false, (dice, { peerings }) => ({
    RouteTableId: NO_TABLE,
    Routes: [
      {
        DestinationCidrBlock: '10.1.0.0/24',
        GatewayType: 'PEERCONNECTION',
        GatewayId: dice.of(peerings),
        RouteDescription: 'fuzz',
        Enabled: true,
      },
    ],
  })),
  v3Op('DeleteRoutes', false, (dice) => ({
    RouteTableId: NO_TABLE,
    Routes: [{ RouteId: dice.below(2 ** 31) }, { RouteItemId: 'rti-00000000' }],
  })),
  v3Op('EnableRoutes', false, v3Switched),
  v3Op('DisableRoutes', false, v3Switched),
  v3Op(
    'CreateAssistantCidr',
    false,
    (dice) => ({
      VpcId: dice.of(NOWHERE),
      CidrBlocks: ['172.16.0.0/16'],
    }),
    { ids: false },
  ),
  v3Op(
    'ModifyAssistantCidr',
    false,
    (dice) => ({
      VpcId: dice.of(NOWHERE),
      NewCidrBlocks: ['172.16.0.0/16'],
      OldCidrBlocks: ['172.17.0.0/16'],
    }),
    { ids: false },
  ),
  v3Op(
    'DeleteAssistantCidr',
    false,
    (dice) => ({
      VpcId: dice.of(NOWHERE),
      CidrBlocks: ['172.16.0.0/16'],
    }),
    { ids: false },
  ),
  v3List('DescribeAssistantCidr', 'VpcIds', 'vpc-00000000', ['vpc-id']),
  v3Op('DescribeVpcTaskResult', false, (dice) => ({ TaskId: String(dice.below(2 ** 31)) })),
  v3Op(
    'ModifyResourceTags',
    false,
    (dice) => ({
      Resource: `qcs::vpc:ap-guangzhou:uin/:${dice.of(['vpc', 'subnet', 'rtb', 'pcx'])}/${dice.of(NOWHERE)}`,
      ReplaceTags: [{ TagKey: 'k', TagValue: 'v' }],
      DeleteTags: [{ TagKey: 'l' }],
    }),
    { version: '2018-08-13' },
  ),
  v3Op(
    'DescribeResourceTagsByResourceIds',
    false,
    (dice, { vpcs }) => ({
      ServiceType: 'vpc',
      ResourcePrefix: 'vpc',
      ResourceIds: [dice.of(vpcs)],
      ResourceRegion: 'ap-guangzhou',
      Offset: 0,
      Limit: 20,
    }),
    { version: '2018-08-13' },
  ),
  v3Op('GetUserAppId', false, () => ({}), { version: '2019-01-16' }),
  v3Op('DescribeSubAccounts', false, () => ({ FilterSubAccountUin: [100000000001] }), {
    version: '2019-01-16',
  }),
  v3Op('GetCallerIdentity', false, () => ({}), { version: '2018-08-13' }),
]

const TENCENT_V3: Dialect = {
  name: 'tencent v3',
  ops: [
    v3Op(
      'CreateVpcPeeringConnection',
      true,
      (_, { ours, theirs, other }) => ({
        SourceVpcId: ours.tencent,
        PeeringConnectionName: 'fuzz',
        DestinationVpcId: theirs.tencent,
        DestinationUin: other.uin,
        DestinationRegion: 'ap-guangzhou',
        Bandwidth: 10,
        Type: 'VPC_PEER',
        QosLevel: 'AU',
        Tags: [{ Key: 'k', Value: 'v' }],
      }),
      { weight: 30 },
    ),
    v3Op('AcceptVpcPeeringConnection', true, v3Id),
    v3Op('RejectVpcPeeringConnection', true, v3Id),
    v3Op('DeleteVpcPeeringConnection', true, v3Id, { weight: 2 }),
    v3Op('ModifyVpcPeeringConnection', true, (dice, ids) => ({
      ...v3Id(dice, ids),
      PeeringConnectionName: 'renamed',
      Bandwidth: 20,
    })),
    v3Op(
      'DescribeVpcPeeringConnections',
      false,
      (dice, { ours, peerings }) => ({
        ...(dice.chance(50)
          ? { PeeringConnectionIds: [dice.of(peerings)] }
          : {
              Filters: [
                { Name: 'vpc-id', Values: [ours.tencent] },
                { Name: 'state', Values: ['ACTIVE'] },
              ],
            }),
        Offset: 0,
        Limit: 5,
        OrderField: 'CreatedTime',
        OrderDirection: 'ASC',
      }),
      { weight: 30 },
    ),
    v3Op('CreateVpc', false, () => ({
      VpcName: 'fuzz',
      CidrBlock: '10.0.0.0/16',
      DnsServers: ['10.0.0.1'],
      Tags: [{ Key: 'k', Value: 'v' }],
    })),
    v3Op('DescribeVpcs', false, (dice, { vpcs }) => ({
      ...(dice.chance(50)
        ? { VpcIds: [dice.of(vpcs)] }
        : {
            Filters: [
              { Name: dice.of(['vpc-name', 'cidr-block', 'is-default', 'tag-key', 'tag:k']), Values: ['x'] },
            ],
          }),
      Offset: 0,
      Limit: 5,
    })),
    v3Op('DeleteVpc', false, (dice) => ({ VpcId: dice.of(NOWHERE) }), { ids: false }),
    ...V3_NETWORK_OPS,
  ],
  sign(dice, _actor, { action, version = '2017-03-12' }, { method, path, query, body }, signing, odd) {
    const more = odd.headers ?? []
    const { key, timeMs, credential } = signing
    const asHeaders = odd.bytes !== undefined || (odd.text === undefined && dice.chance(70))
    if (!asHeaders) {
      const common: Pair[] = [
        ['Action', action],
        ['Version', version],
      ]
      if (dice.chance(95)) common.push(['Region', 'ap-guangzhou'])
      const verb = dice.chance(40) && method === 'POST' ? 'GET' : method
      const text = odd.text ?? encodePairs([...query, ...flat(body)])
      return tencentParameters(dice, verb, path, text, common, signing, more)
    }
    const inQuery = odd.bytes === undefined && method === 'POST' && dice.chance(15)
    const verb = inQuery ? 'GET' : method
    const queryText = inQuery ? encodePairs(flat(body)) : encodePairs(query)
    const bytes = odd.bytes ?? (inQuery ? NO_BODY : jsonBytes(body))
    const headers = { host, 'content-type': inQuery ? FORM : 'application/json' }
    const request = { method: verb, path, query: queryText, headers, body: bytes }
    const signer = { accessKeyId: key.id, secret: key.secret, service: '127' }
    let all: Record<string, string> = {
      ...headers,
      'x-tc-action': action,
      'x-tc-version': version,
      ...(dice.chance(95) && { 'x-tc-region': 'ap-guangzhou' }),
      ...(credential !== 'none' && tencentSigning.signHeaders(request, signer, timeMs)),
    }
    if (credential === 'garbled') all = garbled(dice, all)
    const target = queryText === '' ? path : `${path}?${queryText}`
    return { method: verb, target, headers: [...Object.entries(all), ...more], body: bytes }
  },
  read: inV3,
}

/** A JSON value as pairs, the way the SDKs write it. */
function flat(value: Json | undefined, prefix = ''): Pair[] {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object') return [[prefix, String(value)]]
  return Object.entries(value).flatMap(([name, member]) =>
    flat(member, prefix === '' ? name : `${prefix}.${name}`),
  )
}

// -- native

const nativePeering = (method: string, rest: string, writes: boolean, body?: Json, weight = 10): Op => ({
  action: `${method} ${rest}`,
  weight,
  writes,
  ids: true,
  told: (dice, { peerings }) => told(method, `/isthmus/v1/peerings/${dice.of(peerings)}${rest}`, [], body),
})
const nativeGet = (path: string, query: (dice: Dice, ids: Ids) => Flat): Op => ({
  action: `GET ${path}`,
  writes: false,
  ids: true,
  told: (dice, ids) => told('GET', `/isthmus/v1${path}`, query(dice, ids)),
})

const NATIVE: Dialect = {
  name: 'native',
  ops: [
    {
      action: 'create',
      writes: true,
      ids: true,
      weight: 30,
      told: (_, { ours, theirs }) =>
        told('POST', '/isthmus/v1/peerings', [], {
          requesterVpc: ours.huawei,
          accepterVpc: theirs.huawei,
          name: 'fuzz',
          description: 'of the fuzz',
        }),
    },
    nativeGet('/peerings', (dice, { peerings, ours }) => [
      ['limit', '5'],
      ['after', dice.of(peerings)],
      ['state', 'active'],
      ['vpc', ours.huawei],
      ['name', 'fuzz'],
    ]),
    nativePeering('GET', '', false),
    nativePeering('PATCH', '', true, { name: 'renamed', description: 'again' }),
    nativePeering('DELETE', '', true, { reason: 'of the fuzz' }, 2),
    nativePeering('POST', '/accept', true),
    nativePeering('POST', '/reject', true, { reason: 'of the fuzz' }),
    nativePeering('POST', '/reopen', true),
    {
      action: 'create VPC',
      writes: false,
      ids: true,
      told: (_, { actor }) =>
        told('POST', '/isthmus/v1/vpcs', [], {
          tenant: actor.name,
          name: 'fuzz',
          region: 'region-a',
          cidrs: ['10.0.0.0/16', '2001:db8::/56'],
          description: 'of the fuzz',
        }),
    },
    nativeGet('/vpcs', (dice, { vpcs }) => [
      ['limit', '5'],
      ['after', dice.of(vpcs)],
      ['name', 'fuzz'],
    ]),
    {
      action: 'show VPC',
      writes: false,
      ids: true,
      told: (dice, { vpcs }) => told('GET', `/isthmus/v1/vpcs/${dice.of(vpcs)}`),
    },
    {
      action: 'delete VPC',
      writes: false,
      ids: false,
      told: (dice) => told('DELETE', `/isthmus/v1/vpcs/${dice.of(NOWHERE)}`),
    },
    {
      action: 'create subnet',
      writes: false,
      ids: true,
      told: (dice, { vpcs }) =>
        told('POST', `/isthmus/v1/vpcs/${dice.of(vpcs)}/subnets`, [], {
          name: 'fuzz',
          cidr: '10.0.1.0/24',
          ipv6Cidr: 'fd00::/64',
          gateway: '10.0.1.1',
          description: 'of the fuzz',
        }),
    },
    {
      action: 'list subnets',
      writes: false,
      ids: true,
      told: (dice, { vpcs }) =>
        told('GET', `/isthmus/v1/vpcs/${dice.of(vpcs)}/subnets`, [
          ['limit', '5'],
          ['after', dice.of(NOWHERE)],
        ]),
    },
    {
      action: 'delete subnet',
      writes: false,
      ids: false,
      told: (dice, { vpcs }) =>
        told('DELETE', `/isthmus/v1/vpcs/${dice.of(vpcs)}/subnets/${dice.of(NOWHERE)}`),
    },
    {
      action: 'create port',
      writes: false,
      ids: true,
      told: (dice, { vpcs }) =>
        told('POST', `/isthmus/v1/vpcs/${dice.of(vpcs)}/ports`, [], {
          subnet: dice.of(NOWHERE),
          address: '10.0.1.9',
          namespace: 'fuzz',
        }),
    },
    {
      action: 'list ports',
      writes: false,
      ids: true,
      told: (dice, { vpcs }) => told('GET', `/isthmus/v1/vpcs/${dice.of(vpcs)}/ports`, [['limit', '5']]),
    },
    {
      action: 'delete port',
      writes: false,
      ids: false,
      told: (dice, { vpcs }) => told('DELETE', `/isthmus/v1/vpcs/${dice.of(vpcs)}/ports/${dice.of(NOWHERE)}`),
    },
    nativePeering('GET', '/realization', false),
    {
      action: 'create route',
      writes: false,
      ids: true,
      told: (dice, { vpcs, peerings }) =>
        told('POST', `/isthmus/v1/vpcs/${dice.of(vpcs)}/routes`, [], {
          destination: '10.1.0.0/24',
          peering: dice.of(peerings),
          name: 'fuzz',
          description: 'of the fuzz',
        }),
    },
    {
      action: 'list routes',
      writes: false,
      ids: true,
      told: (dice, { vpcs }) => told('GET', `/isthmus/v1/vpcs/${dice.of(vpcs)}/routes`, [['limit', '5']]),
    },
    {
      action: 'delete route',
      writes: false,
      ids: false,
      told: (dice, { vpcs }) =>
        told('DELETE', `/isthmus/v1/vpcs/${dice.of(vpcs)}/routes/${dice.of(NOWHERE)}`),
    },
    {
      action: 'create tenant',
      writes: false,
      ids: true,
      // As the operator, half of the time: see `sign`.
      told: (dice) =>
        told('POST', '/isthmus/v1/tenants', [['dryRun', 'true']], {
          name: 'fuzz',
          huawei: { projects: { 'region-a': '0'.repeat(32) }, domainName: 'fuzz', user: 'fuzz' },
          alibaba: { uid: '1234567890123456' },
          tencent: { uin: '123456789012', appId: '1234567890' },
          quotas: { 'peerings-per-vpc': dice.of([0, 1, null]) },
          accessKeys: [{ id: 'AKFUZZ', secret: 'SKFUZZ' }],
        }),
    },
    nativeGet('/tenants', () => []),
    {
      action: 'show tenant',
      writes: false,
      ids: true,
      told: (_, { actor }) => told('GET', `/isthmus/v1/tenants/${actor.name}`),
    },
    {
      action: 'create key',
      writes: false,
      ids: true,
      told: (_, { actor }) => told('POST', `/isthmus/v1/tenants/${actor.name}/keys`, [['dryRun', 'true']]),
    },
    {
      action: 'delete key',
      writes: false,
      ids: false,
      told: (dice, { actor }) => told('DELETE', `/isthmus/v1/tenants/${actor.name}/keys/${dice.of(NOWHERE)}`),
    },
    {
      action: 'show consent policy',
      writes: false,
      ids: true,
      told: (_, { actor }) => told('GET', `/isthmus/v1/tenants/${actor.name}/consent-policy`),
    },
    {
      action: 'set consent policy',
      writes: false,
      ids: true,
      told: (dice, { actor }) =>
        told('PUT', `/isthmus/v1/tenants/${actor.name}/consent-policy`, [['dryRun', 'true']], {
          refuse: [{ tenants: ['fuzz'] }],
          accept: [{ tenants: ['fuzz'], blocks: ['10.0.0.0/8'] }],
          refuseOverlap: true,
          waitingPerTenant: dice.of([0, 5, null]),
        }),
    },
    {
      action: 'delete consent policy',
      writes: false,
      ids: true,
      told: (_, { actor }) =>
        told('DELETE', `/isthmus/v1/tenants/${actor.name}/consent-policy`, [['dryRun', 'true']]),
    },
    nativeGet('/events', () => [
      ['after', '0'],
      ['limit', '5'],
    ]),
    nativeGet('/explain', (dice, { vpcs }) => [
      ['from', dice.of(vpcs)],
      ['to', `${dice.of(vpcs)}/10.0.0.1`],
    ]),
    nativeGet('/clock', () => []),
    {
      action: 'move clock',
      writes: false,
      ids: true,
      told: () => told('POST', '/isthmus/v1/clock', [['dryRun', 'true']], { advance: 'PT1S' }),
    },
  ],
  sign(dice, _actor, { action }, { method, path, query, body }, { key, credential }, odd) {
    const text = odd.text ?? encodePairs(query)
    const operators = action === 'create tenant' || action === 'move clock' || action === 'GET /tenants'
    const right = operators && dice.chance(50) ? ADMIN_TOKEN : bearerToken(key.id, key.secret)
    const token = credential === 'expired' || credential === 'future' ? `${right}.` : right
    let headers: Record<string, string> = { host, 'content-type': 'application/json' }
    if (credential !== 'none') headers = { ...headers, authorization: `Bearer ${token}` }
    if (credential === 'garbled') headers = garbled(dice, headers)
    if (dice.chance(5)) headers['idempotency-key'] = dice.chance(80) ? `once-${serial++}` : 'x'.repeat(300)
    const target = text === '' ? path : `${path}?${text}`
    return {
      method,
      target,
      headers: [...Object.entries(headers), ...(odd.headers ?? [])],
      body: odd.bytes ?? jsonBytes(body),
    }
  },
  read: inNative,
}

// -------------------------------------------------------------------------------------------------- the generator

/** Ids of peerings, of which those made on the way take the places of others. */
interface World {
  readonly peerings: string[]
}

const PEERING_ID = /pc[xc]-[0-9a-z]{8,}|"id":"[0-9a-f-]{36}"/g

/** The peerings and VPCs of the parties, one half each way round, so that either has something to answer. */
async function makeWorld(url: string): Promise<World> {
  const peerings: string[] = []
  for (const number of [1, 2, 3, 4]) {
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const body = {
        requesterVpc: vpcOf(from, number).ids.huawei,
        accepterVpc: vpcOf(to, (number % 4) + 1).ids.huawei,
        name: 'fixture',
      }
      const made: { status: number; body: { ids: Record<string, string> } } = await native(
        { url },
        bearerToken(from.key.id, from.key.secret),
        'POST',
        '/peerings',
        body,
      )
      assert.equal(made.status, 201)
      peerings.push(...Object.values(made.body.ids))
    }
  }
  return { peerings }
}

const ALL_VPCS = VPCS.flatMap(({ ids }) => Object.values(ids))
const METHODS = [
  'HEAD',
  'OPTIONS',
  'PATCH',
  'PUT',
  'DELETE',
  'GET',
  'POST',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'QUERY',
]
const ODD_SEGMENTS = [
  '%zz',
  '%00',
  '%2F',
  '%ff',
  '..',
  '.',
  '%',
  '%E4%B8%AD',
  '{peering_id}',
  '%7Bproject_id%7D',
  '*',
  ':id',
]

class Generator {
  readonly #dice: Dice
  readonly #dialect: Dialect
  readonly #world: World
  readonly #deck: readonly Op[]
  #earlier: Shot[] = []

  constructor(dialect: Dialect, world: World, seed: number) {
    this.#dice = new Dice(seed)
    this.#dialect = dialect
    this.#world = world
    this.#deck = dialect.ops.flatMap((op) =>
      Array.from({ length: Math.ceil((op.weight ?? 10) * 2) }, () => op),
    )
  }

  /** A valid request that changes nothing. */
  probe(): Shot {
    const op = this.#dialect.ops.find(
      ({ writes, action }) => !writes && /list|Describe|List|GET \/peer/.test(action),
    )
    assert.ok(op)
    const { method, path } = op.told(this.#dice, this.#ids(alice, bob))
    // Without filters, so that nothing in them can be wrong by now.
    const query: Pair[] = this.#dialect.name === 'alibaba' ? [REGION] : []
    const body = method === 'GET' ? undefined : {}
    const signing: Signing = { key: alice.key, timeMs: Date.now(), credential: 'right' }
    return this.#shot(
      op,
      this.#dialect.sign(new Dice(5), alice, op, told(method, path, query, body), signing, {}),
    )
  }

  learn(id: string): void {
    this.#world.peerings[this.#dice.below(this.#world.peerings.length)] = id
  }

  next(): Shot {
    const dice = this.#dice
    const kind = dice.below(1000)
    if (kind < 15) {
      return {
        bytes: dice.of(GARBAGE),
        raw: true,
        addressed: false,
        writes: false,
        head: false,
        repeatable: true,
      }
    }
    if (kind < 50 && this.#earlier.length > 0) return dice.of(this.#earlier)
    const shot = this.#made(kind)
    if (shot.repeatable && dice.chance(10)) {
      if (this.#earlier.length < 100) this.#earlier.push(shot)
      else this.#earlier[dice.below(100)] = shot
    }
    return shot
  }

  #made(kind: number): Shot {
    const dice = this.#dice
    const dialect = this.#dialect
    const op = dice.of(this.#deck)
    const actor = dice.chance(10) ? mallory : dice.of([alice, bob])
    const ids = this.#ids(actor, actor === alice ? bob : alice)
    const usable = op.ids ? ids : null
    const timeMs = Date.now()
    const right: Signing = { key: actor.key, timeMs, credential: 'right' }
    let { method, path, query, body } = op.told(dice, ids)
    const spoil = () => {
      for (let times = dice.of([1, 1, 1, 2, 3]); times > 0; times--) {
        const segments = path.split('/')
        const inPath = segments.length > 3 && dice.chance(20)
        if (inPath) {
          const id = segments.findIndex((segment) => /^[\w-]*\d[\w-]{3,}$/.test(segment))
          const at = id < 0 || dice.chance(10) ? segments.length - 1 : id
          segments[at] = dice.chance(20) ? dice.of(ODD_SEGMENTS) : encode(oddText(dice, usable))
          path = segments.join('/')
        } else if (body !== undefined && (query.length === 0 || dice.chance(80)))
          body = spoilJson(dice, body, usable)
        else query = spoilPairs(dice, query, usable)
      }
    }
    if (kind < 90)
      return this.#shot(op, dialect.sign(dice, actor, op, told(method, path, query, body), right, {}))
    if (kind < 180) {
      // Who it is from cannot be believed.
      const credential = dice.of(CREDENTIALS)
      const far = (dice.below(2) + 1) * 24 * 60 * 60 * 1000
      const key =
        credential === 'unknown key'
          ? { id: oddKeyId(dice), secret: 'SK' }
          : { id: actor.key.id, secret: credential === 'wrong secret' ? mallory.key.id : actor.key.secret }
      const at = credential === 'expired' ? timeMs - far : credential === 'future' ? timeMs + far : timeMs
      if (dice.chance(50)) spoil()
      return this.#shot(
        op,
        dialect.sign(dice, actor, op, told(method, path, query, body), { key, timeMs: at, credential }, {}),
        false,
      )
    }
    if (kind < 240) {
      // What is asked for does not exist.
      const actions = [
        '',
        'Nothing',
        '__proto__',
        'constructor',
        'toString',
        op.action.toLowerCase(),
        `${op.action} `,
      ]
      const changed = {
        ...op,
        action: dice.of(actions),
        version: dice.of(['2022-01-01', '2016-04-28', '1', '']),
      }
      // Nothing is to take the VPCs away that all the others are about.
      const other = dice.of(METHODS)
      if (dice.chance(50) && (other !== 'DELETE' || /peerings/.test(path))) method = other
      else if (path !== '/')
        path = dice.of([`${path}/x`, `${path}/`, `/${path}`, path.slice(0, -1), `${path}%00`, path])
      return this.#shot(
        changed,
        dialect.sign(dice, actor, changed, told(method, path, query, body), right, {}),
        false,
      )
    }
    if (kind < 310) {
      const bytes = dice.of(ODD_BODIES)
      return this.#shot(
        op,
        dialect.sign(dice, actor, op, told(method, path, query, body), right, { bytes }),
        false,
      )
    }
    if (kind < 400) {
      const base = encodePairs(dialect.name === 'tencent v3' ? flat(body) : query)
      const pieces = [base, dice.of(ODD_PIECES)]
      const text = (dice.chance(50) ? pieces : pieces.toReversed()).filter((piece) => piece !== '').join('&')
      // Nobody may put these into a request target as they are.
      const sendable = text.replaceAll(/[#\s]/g, '')
      return this.#shot(
        op,
        dialect.sign(dice, actor, op, told(method, path, query, body), right, { text: sendable }),
        false,
      )
    }
    spoil()
    const headers: [string, string][] = []
    if (kind < 440) {
      for (let times = 1 + dice.below(2); times > 0; times--) headers.push([...dice.of(ODD_HEADERS)])
      if (dice.chance(20))
        for (let index = 0; index < 400; index++) headers.push([`x-header-${index}`, 'value'])
    }
    const request = dialect.sign(dice, actor, op, told(method, path, query, body), right, { headers })
    if (kind >= 440 && kind < 450) {
      return this.#shot(
        op,
        { ...request, target: `${dice.of(['http', 'HTTPS'])}://${host}${request.target}` },
        false,
      )
    }
    // Signed one way, sent another.
    if (kind >= 450 && kind < 470)
      return this.#shot(op, { ...request, body: dice.of([NO_BODY, ...ODD_BODIES]) }, false)
    if (kind === 470 && dice.chance(60)) {
      return this.#shot(op, { ...request, method: 'POST', body: Buffer.alloc(1024 * 1024 + 1, 'x') }, false)
    }
    return this.#shot(op, request, headers.length === 0)
  }

  #shot(op: Op, request: Request, addressed = true): Shot {
    const { method, target } = request
    // Where the path says what is asked for, another method asks for something else.
    const byPath = this.#dialect === HUAWEI || this.#dialect === NATIVE
    const writes = byPath ? /peerings/.test(target) && !/^(GET|HEAD)$/.test(method) : op.writes
    const repeatable =
      !request.headers.some(([name]) => name === 'idempotency-key') && request.body.length < 1_000_000
    const bytes = bytesOf(request, this.#dice.chance(3))
    return { bytes, addressed, writes, head: method === 'HEAD', repeatable }
  }

  #ids(actor: TestTenant, other: TestTenant): Ids {
    const dice = this.#dice
    // Mallory takes part in nothing, and may own what is asked about only by mistake.
    const owner = dice.chance(90) ? actor : mallory
    const [ours, theirs] = [vpcOf(owner, 1 + dice.below(6)), vpcOf(other, 1 + dice.below(6))]
    return { ...this.#world, vpcs: ALL_VPCS, actor, other, ours: ours.ids, theirs: theirs.ids }
  }
}

function oddKeyId(dice: Dice): string {
  return dice.of([
    'AKNOBODY',
    'akalice',
    'x',
    '__proto__',
    'constructor',
    'A'.repeat(3_000),
    'AKALICE ',
    "AK' OR 1=1",
  ])
}

// ------------------------------------------------------------------------------------------------------ the client

interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** One connection, opened anew whenever the server has closed it. */
class Connection {
  readonly #port: number
  #socket: Socket | null = null
  #received: Buffer = NO_BODY
  #head = false
  #done: ((answer: Answer | null) => void) | null = null

  constructor(port: number) {
    this.#port = port
  }

  /** The answer; null where the connection was closed without one. */
  async send({ bytes, head }: Shot): Promise<Answer | null> {
    const socket = this.#socket ?? (await this.#open())
    return new Promise((resolve) => {
      this.#done = resolve
      this.#head = head
      socket.write(bytes)
    })
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = null
    this.#received = NO_BODY
  }

  async #open(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true })
    await once(socket, 'connect')
    socket.on('data', (chunk: Buffer) => {
      if (socket === this.#socket) this.#take(chunk)
    })
    const gone = () => {
      if (socket === this.#socket) this.#finish(null)
    }
    socket.on('close', gone)
    socket.on('error', gone)
    this.#socket = socket
    return socket
  }

  #finish(answer: Answer | null): void {
    const done = this.#done
    this.#done = null
    if (answer === null || answer.headers.get('connection') === 'close') this.close()
    done?.(answer)
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const [first = '', ...lines] = this.#received.toString('latin1', 0, end).split('\r\n')
    const status = Number(first.slice(9, 12))
    const rest = this.#received.subarray(end + 4)
    if (status < 200) {
      this.#received = NO_BODY
      if (rest.length > 0) this.#take(Buffer.from(rest))
      return
    }
    const headers = new Map<string, string>()
    for (const line of lines) {
      const colon = line.indexOf(':')
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
    }
    const chunked = headers.get('transfer-encoding') === 'chunked'
    const length = this.#head || status === 204 || chunked ? 0 : Number(headers.get('content-length') ?? 0)
    if (chunked && !rest.includes('0\r\n\r\n')) return
    if (rest.length < length) return
    this.#received = chunked ? NO_BODY : rest.subarray(length)
    this.#finish({ status, headers, body: rest.toString('utf8', 0, length) })
  }
}

// ------------------------------------------------------------------------------------------------------- the tests

const ROOT = join(import.meta.dirname, '..')
/** What no client is to learn of how the service is made. */
const INSIDE = new RegExp(
  String.raw`${ROOT}/|node:internal|\bat \S+ \(|\.[tj]s:\d|SQLITE|node_modules|isthmus-test-`,
)
const READERS = [inHuawei, inAlibaba, inLegacy, inV3, inProblem]

/** Whether the answer is one that may be; its reading. Throws where it is not. */
function judge(dialect: Dialect, shot: Shot, answer: Answer): Reading | null {
  const { status, body } = answer
  const shown = () => `${status} ${body.slice(0, 500)} to ${shot.bytes.toString('latin1', 0, 1_500)}`
  assert.ok(status >= 200 && status < 500, shown())
  assert.doesNotMatch(body, INSIDE, shown())
  if (shot.raw) {
    const known = [dialect.read, inLegacy, inV3, inVersions].some((read) => read(answer) !== null)
    assert.ok(status >= 400 || known, shown())
    return null
  }
  if (shot.head) return null
  const own = dialect.read(answer) ?? inVersions(answer)
  // To the root come the clients of two vendors, and people who mean neither.
  const reading =
    own ?? (shot.addressed ? null : READERS.map((read) => read(answer)).find((found) => found !== null))
  assert.ok(reading, shown())
  assert.doesNotMatch(reading.code, /InternalError|internal|^6\d\d\d$|ServiceUnavailable|^5\d\d$/, shown())
  return reading
}

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

/** The requests that events were written by, each once. */
async function writers(url: string, after: number): Promise<{ requestIds: Set<string>; last: number }> {
  const requestIds = new Set<string>()
  let last = after
  for (;;) {
    const { body }: { body: { events: { sequence: number; actor: { requestId: string } }[] } } = await native(
      { url },
      ADMIN_TOKEN,
      'GET',
      `/events?after=${last}&limit=1000`,
    )
    for (const { sequence, actor } of body.events) {
      assert.equal(sequence, last + 1)
      last = sequence
      requestIds.add(actor.requestId)
    }
    if (body.events.length < 1000) return { requestIds, last }
  }
}

async function fuzz(t: TestContext, dialect: Dialect, seed: number): Promise<void> {
  const service = await spawnService()
  const startedAtMs = performance.now()
  try {
    host = service.host
    const pid = service.process.pid ?? 0
    const generator = new Generator(dialect, await makeWorld(service.url), seed)
    const before = await writers(service.url, 0)
    const wrote: string[] = []
    const codes = new Map<string, number>()
    const memory: number[] = []
    let [sent, unanswered, cutOff, slowestMs] = [0, 0, 0, 0]
    const drive = async () => {
      const connection = new Connection(Number(new URL(service.url).port))
      while (sent < REQUESTS) {
        const shot = generator.next()
        if (++sent % 1_000 === 0) memory.push(residentKb(pid))
        if (shot.raw) connection.close()
        const atMs = performance.now()
        const answer = await connection.send(shot)
        const tookMs = performance.now() - atMs
        slowestMs = Math.max(slowestMs, tookMs)
        assert.ok(tookMs < ANSWER_MS_MAX, `${tookMs} ms: ${shot.bytes.toString('latin1', 0, 1_000)}`)
        if (answer === null) {
          // A client that sends too much, or no HTTP, may find the connection closed before it reads why.
          assert.ok(shot.raw || shot.bytes.length > 1024 * 1024, shot.bytes.toString('latin1', 0, 1_000))
          if (shot.raw) unanswered++
          else cutOff++
        } else {
          const reading = judge(dialect, shot, answer)
          if (shot.raw) connection.close()
          if (reading?.ok && shot.writes) {
            wrote.push(reading.requestId ?? '')
            for (const [id] of answer.body.matchAll(PEERING_ID))
              generator.learn(id.replace(/^"id":"|"$/g, ''))
          }
          const code = reading === null ? 'unread' : reading.ok ? 'ok' : reading.code
          codes.set(code, (codes.get(code) ?? 0) + 1)
        }
      }
      connection.close()
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, drive))

    assert.equal(service.process.exitCode, null, 'the service is gone')
    const probe = generator.probe()
    const connection = new Connection(Number(new URL(service.url).port))
    const last = await connection.send(probe)
    connection.close()
    assert.ok(last && judge(dialect, probe, last)?.ok, `${last?.status} ${last?.body}`)
    const health = await fetch(`${service.url}/healthz`)
    assert.equal(health.status, 200)

    const after = await writers(service.url, before.last)
    assert.equal(after.requestIds.size, wrote.length, 'as many writes as were answered so')
    if (dialect !== TENCENT_LEGACY) assert.deepEqual([...after.requestIds].sort(), wrote.sort())

    const warm = median(memory.slice(memory.length / 2 - 3, memory.length / 2))
    const end = median(memory.slice(-3))
    const seconds = (performance.now() - startedAtMs) / 1000
    const common = [...codes].sort(([, a], [, b]) => b - a)
    t.diagnostic(
      `${dialect.name}: ${sent} requests in ${seconds.toFixed(1)} s, ${wrote.length} writes, ` +
        `${unanswered} closed, ${cutOff} cut off, slowest ${slowestMs.toFixed(0)} ms, ` +
        `memory ${(warm / 1024).toFixed(0)} -> ${(end / 1024).toFixed(0)} MB, ${common.length} codes: ` +
        common.map(([code, count]) => `${code} ${count}`).join(', '),
    )
    // With fewer the memory is still on its way to where it stays.
    if (REQUESTS >= 20_000)
      assert.ok(end < warm * GROWTH_MAX, `memory grew from ${warm} to ${end} kB: ${memory}`)
  } finally {
    await service.close()
  }
}

suite('whatever is sent', () => {
  for (const [index, dialect] of [HUAWEI, ALIBABA, TENCENT_LEGACY, TENCENT_V3, NATIVE].entries()) {
    test(`${dialect.name}, ISTHMUS_FUZZ_SEED=${SEED}`, (t) => fuzz(t, dialect, SEED + index))
  }
})
