import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  encodePairs,
  type Pair,
  readParameters,
  type SignableRequest,
  type Verification,
} from '../encoding.ts'
import { type Credential, checkTime, readCredential, signHeaders, signParameters, verify } from './signing.ts'

const FORM = 'application/x-www-form-urlencoded'
const SIGNED_AT_MS = 1_700_000_000_000

function request(changes: Partial<SignableRequest>): SignableRequest {
  return { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.alloc(0), ...changes }
}

function credentialOf(signed: SignableRequest): Credential {
  const reading = readCredential(signed, readParameters(signed))
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading.credential
}

function verified(signed: SignableRequest, secret = 'SKTEST'): Verification {
  return verify(signed, credentialOf(signed), secret, readParameters(signed))
}

function withHeader(signed: SignableRequest, name: string, value: string): SignableRequest {
  return { ...signed, headers: { ...signed.headers, [name]: value } }
}

/** The text with its last character replaced. */
function tampered(text: string): string {
  return `${text.slice(0, -1)}${text.endsWith('x') ? 'y' : 'x'}`
}

/** A request whose parameters are in the form if it is a POST, else in the query. */
function withParameters(
  method: string,
  host: string,
  path: string,
  parameters: readonly Pair[],
): SignableRequest {
  const text = encodePairs(parameters)
  return method === 'POST'
    ? request({ path, headers: { host, 'content-type': FORM }, body: Buffer.from(text) })
    : request({ method, path, headers: { host }, query: text })
}

const LOCAL = '127.0.0.1:18743'
const LEGACY_HOST = 'vpc.api.qcloud.com'
const LEGACY_PATH = '/v2/index.php'

const LEGACY: Record<string, string> = {
  Region: 'gz',
  SecretId: 'AKIDTEST',
  Timestamp: '1700000000',
  Nonce: '32768',
  RequestClient: 'SDK_NODEJS_0.2.1',
}
const LEGACY_REJECT = {
  ...LEGACY,
  Action: 'RejectVpcPeeringConnection',
  peeringConnectionId: 'pcx-8g675gr8',
}
const API3: Record<string, string> = {
  RequestClient: 'SDK_NODEJS_4.1.313',
  Nonce: '32768',
  Timestamp: '1700000000',
  Version: '2017-03-12',
  SecretId: 'AKIDTEST',
  Region: 'ap-guangzhou',
}
const API3_CREATE = {
  SourceVpcId: 'vpc-aaaaaaaa',
  PeeringConnectionName: 'd e',
  DestinationVpcId: 'vpc-bbbbbbbb',
  DestinationUin: '100000000002',
  DestinationRegion: 'ap-guangzhou',
  'Tags.0.Key': 'k',
  'Tags.0.Value': 'v',
  Action: 'CreateVpcPeeringConnection',
  ...API3,
}

interface ParameterCase {
  readonly name: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly signature: string
  readonly stringToSign?: string
}

const PARAMETER_CASES: readonly ParameterCase[] = [
  {
    name: 'L1: legacy Reject, POST',
    method: 'POST',
    host: LEGACY_HOST,
    path: LEGACY_PATH,
    parameters: LEGACY_REJECT,
    signature: 'YO0jX394PRPhZrFuJlx3vcY+7ms=',
    stringToSign:
      'POSTvpc.api.qcloud.com/v2/index.php?Action=RejectVpcPeeringConnection&Nonce=32768&Region=gz&RequestClient=SDK_NODEJS_0.2.1&SecretId=AKIDTEST&Timestamp=1700000000&peeringConnectionId=pcx-8g675gr8',
  },
  {
    name: 'L2: the same as GET',
    method: 'GET',
    host: LEGACY_HOST,
    path: LEGACY_PATH,
    parameters: LEGACY_REJECT,
    signature: 'UVKAG76rfIHPpbiijxcAQYjGFK4=',
  },
  {
    name: 'L3: the same with HmacSHA256',
    method: 'POST',
    host: LEGACY_HOST,
    path: LEGACY_PATH,
    parameters: { ...LEGACY_REJECT, SignatureMethod: 'HmacSHA256' },
    signature: '4SkCWUty5fx4NlFdtGsymIToMq4+KlfknQmrm1WHW6A=',
    stringToSign:
      'POSTvpc.api.qcloud.com/v2/index.php?Action=RejectVpcPeeringConnection&Nonce=32768&Region=gz&RequestClient=SDK_NODEJS_0.2.1&SecretId=AKIDTEST&SignatureMethod=HmacSHA256&Timestamp=1700000000&peeringConnectionId=pcx-8g675gr8',
  },
  {
    name: 'L4: legacy Modify, a name with every kind of character',
    method: 'POST',
    host: LEGACY_HOST,
    path: LEGACY_PATH,
    parameters: {
      ...LEGACY_REJECT,
      Action: 'ModifyVpcPeeringConnection',
      peeringConnectionName: '中文 a+b&c=d_e',
    },
    signature: 'GVpxA9ns8SVYTcVxig7InVLN0wQ=',
    stringToSign:
      'POSTvpc.api.qcloud.com/v2/index.php?Action=ModifyVpcPeeringConnection&Nonce=32768&Region=gz&RequestClient=SDK_NODEJS_0.2.1&SecretId=AKIDTEST&Timestamp=1700000000&peeringConnectionId=pcx-8g675gr8&peeringConnectionName=中文 a+b&c=d_e',
  },
  {
    name: 'L5: legacy Create',
    method: 'POST',
    host: LEGACY_HOST,
    path: LEGACY_PATH,
    parameters: {
      ...LEGACY,
      Action: 'CreateVpcPeeringConnection',
      vpcId: 'vpc-aaaaaaaa',
      peerVpcId: 'vpc-bbbbbbbb',
      peerUin: '100000000002',
      peeringConnectionName: 'demo peer',
    },
    signature: '46DKL7G3HqxBEDlJPDJHl1MryR0=',
    stringToSign:
      'POSTvpc.api.qcloud.com/v2/index.php?Action=CreateVpcPeeringConnection&Nonce=32768&Region=gz&RequestClient=SDK_NODEJS_0.2.1&SecretId=AKIDTEST&Timestamp=1700000000&peerUin=100000000002&peerVpcId=vpc-bbbbbbbb&peeringConnectionName=demo peer&vpcId=vpc-aaaaaaaa',
  },
  {
    name: 'L6: L1 to a host with a port',
    method: 'POST',
    host: LOCAL,
    path: LEGACY_PATH,
    parameters: LEGACY_REJECT,
    signature: 'P5CrQrbTNDxFZHaITdCwS1Ceudo=',
  },
  {
    name: 'L7: L2 to a host with a port',
    method: 'GET',
    host: LOCAL,
    path: LEGACY_PATH,
    parameters: LEGACY_REJECT,
    signature: 'PT7WyjiE1JFNsCRn+P6ytriSPeA=',
  },
  {
    name: 'L8: L7 with HmacSHA256 and a token',
    method: 'GET',
    host: LOCAL,
    path: LEGACY_PATH,
    parameters: { ...LEGACY_REJECT, SignatureMethod: 'HmacSHA256', Token: 'TOK/EN+=' },
    signature: '38fn9rUFQg+OQQFDjsAzW5Y2Aynmu3rfN70U6wQY0w0=',
    stringToSign:
      'GET127.0.0.1:18743/v2/index.php?Action=RejectVpcPeeringConnection&Nonce=32768&Region=gz&RequestClient=SDK_NODEJS_0.2.1&SecretId=AKIDTEST&SignatureMethod=HmacSHA256&Timestamp=1700000000&Token=TOK/EN+=&peeringConnectionId=pcx-8g675gr8',
  },
  {
    name: 'V1: API 3.0 Reject, POST',
    method: 'POST',
    host: LOCAL,
    path: '/',
    parameters: {
      PeeringConnectionId: 'pcx-8g675gr8',
      Action: 'RejectVpcPeeringConnection',
      ...API3,
      SignatureMethod: 'HmacSHA1',
    },
    signature: '2WWEvQVWSgXHDCxmKFprIGhXh6w=',
    stringToSign:
      'POST127.0.0.1:18743/?Action=RejectVpcPeeringConnection&Nonce=32768&PeeringConnectionId=pcx-8g675gr8&Region=ap-guangzhou&RequestClient=SDK_NODEJS_4.1.313&SecretId=AKIDTEST&SignatureMethod=HmacSHA1&Timestamp=1700000000&Version=2017-03-12',
  },
  {
    name: 'V2: API 3.0 Create, POST',
    method: 'POST',
    host: LOCAL,
    path: '/',
    parameters: { ...API3_CREATE, SignatureMethod: 'HmacSHA1' },
    signature: 'qICTfK5wJR879W1JU/p7iLDej/k=',
    stringToSign:
      'POST127.0.0.1:18743/?Action=CreateVpcPeeringConnection&DestinationRegion=ap-guangzhou&DestinationUin=100000000002&DestinationVpcId=vpc-bbbbbbbb&Nonce=32768&PeeringConnectionName=d e&Region=ap-guangzhou&RequestClient=SDK_NODEJS_4.1.313&SecretId=AKIDTEST&SignatureMethod=HmacSHA1&SourceVpcId=vpc-aaaaaaaa&Tags.0.Key=k&Tags.0.Value=v&Timestamp=1700000000&Version=2017-03-12',
  },
  {
    name: 'V3: V2 as GET',
    method: 'GET',
    host: LOCAL,
    path: '/',
    parameters: { ...API3_CREATE, SignatureMethod: 'HmacSHA1' },
    signature: 'wZDrt0E5f6qi5PqjnZ/DMdUGE84=',
  },
  {
    name: 'V4: V2 with HmacSHA256 and a token',
    method: 'POST',
    host: LOCAL,
    path: '/',
    parameters: { ...API3_CREATE, SignatureMethod: 'HmacSHA256', Token: 'TOK' },
    signature: 'dIt2nagVlX9Z7Imvqz3XD6mVBPqI5bScpPqggwItszc=',
  },
  {
    name: 'V5: V4 as GET',
    method: 'GET',
    host: LOCAL,
    path: '/',
    parameters: { ...API3_CREATE, SignatureMethod: 'HmacSHA256', Token: 'TOK' },
    signature: 'yj3N0Z0ReEQv7hporc/vy5LD9YAjS8iH//GZKuP3bRE=',
  },
  {
    name: 'GO3: Go SDK, a nonce that a number cannot hold',
    method: 'POST',
    host: LOCAL,
    path: '/',
    parameters: {
      Action: 'CreateVpcPeeringConnection',
      DestinationRegion: 'ap-guangzhou',
      DestinationUin: '100000000002',
      DestinationVpcId: 'vpc-bbbbbbbb',
      Language: 'zh-CN',
      Nonce: '6685968533278289173',
      PeeringConnectionName: 'd e',
      Region: 'ap-guangzhou',
      RequestClient: 'SDK_GO_1.3.164',
      SecretId: 'AKIDTEST',
      SignatureMethod: 'HmacSHA1',
      SourceVpcId: 'vpc-aaaaaaaa',
      Timestamp: '1795207561',
      Version: '2017-03-12',
    },
    signature: 'mjFGV9tAnqM8NabEyaGlQXGpQmE=',
    stringToSign:
      'POST127.0.0.1:18743/?Action=CreateVpcPeeringConnection&DestinationRegion=ap-guangzhou&DestinationUin=100000000002&DestinationVpcId=vpc-bbbbbbbb&Language=zh-CN&Nonce=6685968533278289173&PeeringConnectionName=d e&Region=ap-guangzhou&RequestClient=SDK_GO_1.3.164&SecretId=AKIDTEST&SignatureMethod=HmacSHA1&SourceVpcId=vpc-aaaaaaaa&Timestamp=1795207561&Version=2017-03-12',
  },
]

suite('requests with a Signature parameter', () => {
  for (const { name, method, host, path, parameters, signature, stringToSign } of PARAMETER_CASES) {
    test(name, () => {
      const signed = withParameters(method, host, path, [
        ...Object.entries(parameters),
        ['Signature', signature],
      ])
      assert.equal(credentialOf(signed).nonce, parameters['Nonce'])
      assert.deepEqual(verified(signed), { ok: true })
      const refused = verified(signed, 'another secret')
      assert.ok(!refused.ok)
      assert.equal(refused.canonicalRequest, null)
      if (stringToSign !== undefined) assert.equal(refused.stringToSign, stringToSign)
    })
  }
})

/** What the Node.js SDK of the legacy API sends for parameters of every type. */
const NODE2_VARIANT: readonly Pair[] = [
  ...Object.entries(LEGACY),
  ['Action', 'X'],
  ['a_b', '1'],
  ['_lead', '2'],
  ['at', '@f'],
  ['e', ''],
  ['n', ''],
  ['u', ''],
  ['t', 'true'],
  ['f', 'false'],
  ['z', '0'],
  ['arr.0', 'x'],
  ['arr.1', 'y'],
  ['o.k', 'v'],
]

suite('what other SDKs sign', () => {
  const sent = (signature: string, parameters: readonly Pair[], path = LEGACY_PATH) =>
    withParameters('POST', LOCAL, path, [...parameters, ['Signature', signature]])
  const fromNode2 = sent('J0c2w1weOnW6Lj/rnJ1TueMc/yg=', NODE2_VARIANT)

  test('variant (b): Node.js, legacy', () => assert.deepEqual(verified(fromNode2), { ok: true }))

  test('variant (b): a value that begins with @ is not covered, every other one is', () => {
    const changed = (name: string, value: string) =>
      sent(
        'J0c2w1weOnW6Lj/rnJ1TueMc/yg=',
        NODE2_VARIANT.map((pair) => (pair[0] === name ? [name, value] : pair)),
      )
    assert.ok(verified(changed('at', '@g')).ok)
    for (const [name, value] of NODE2_VARIANT) {
      if (name === 'at' || name === 'SecretId') continue
      assert.equal(verified(changed(name, tampered(value))).ok, false, name)
    }
  })

  test('variant (b): in API 3.0 a value that begins with @ is covered', () => {
    const signer = { accessKeyId: 'AKIDTEST', secret: 'SKTEST', scheme: 'HmacSHA1' } as const
    const parameters: Pair[] = [['Version', '2017-03-12']]
    const added = signParameters(sent('', []), parameters, signer, SIGNED_AT_MS, '1')
    assert.ok(verified(withParameters('POST', LOCAL, LEGACY_PATH, [...parameters, ...added])).ok)
    const more: Pair[] = [...parameters, ['at', '@f'], ...added]
    assert.equal(verified(withParameters('POST', LOCAL, LEGACY_PATH, more)).ok, false)
  })

  // The two signatures below were computed apart from the code under test, by the rule the SDK's source
  // shows.
  test('variant (c): Python, API 3.0: names are sorted after `_` became `.`', () => {
    const parameters: Pair[] = [
      ...Object.entries(API3),
      ['Action', 'X'],
      ['a_b', '1'],
      ['aA', '2'],
      ['e', ''],
    ]
    assert.deepEqual(verified(sent('6vcsCuERrNgSl8yrEN4aKptlJ7I=', parameters, '/')), { ok: true })
  })

  test('variant (d): Go, legacy: also a leading `_` becomes `.`, and empty values are not signed', () => {
    const parameters: Pair[] = [
      ...Object.entries(LEGACY),
      ['Action', 'X'],
      ['a_b', '1'],
      ['_lead', '2'],
      ['e', ''],
    ]
    assert.deepEqual(verified(sent('R3mp1YRCwcI0YxFjS6MYaUk+5ak=', parameters)), { ok: true })
  })

  test('the text given on failure is that of the parameters as sent', () => {
    const refused = verified(fromNode2, 'another secret')
    assert.ok(!refused.ok)
    assert.ok(
      refused.stringToSign.includes('&_lead=2&a_b=1&arr.0=x&arr.1=y&at=@f&e=&f=false'),
      refused.stringToSign,
    )
  })
})

const REJECT = '{"PeeringConnectionId":"pcx-8g675gr8"}'

function tc3(
  own: { service: string; signature: string; time?: string; date?: string },
  host: string,
  changes: Partial<SignableRequest>,
): SignableRequest {
  const scope = `${own.date ?? '2023-11-14'}/${own.service}/tc3_request`
  const headers = {
    host,
    'content-type': changes.method === 'GET' ? FORM : 'application/json',
    'x-tc-timestamp': own.time ?? '1700000000',
    authorization: `TC3-HMAC-SHA256 Credential=AKIDTEST/${scope}, SignedHeaders=content-type;host, Signature=${own.signature}`,
  }
  return request({ ...changes, headers })
}

const VENDOR_HOST = 'vpc.tencentcloudapi.com:18743'
const T1 = tc3(
  { service: 'vpc', signature: 'd79547628da85f3771f545e43c8820941c82db06cb9f361fa82402f2b905502f' },
  VENDOR_HOST,
  { body: Buffer.from(REJECT) },
)
const T6 = tc3(
  { service: '127', signature: 'e2450215ad9dd0d437ff2004a150c0efc23586f87683f1657121c96c24f40987' },
  LOCAL,
  { body: Buffer.from(REJECT) },
)
const T9 = tc3(
  {
    service: 'vpc',
    time: '1795207561',
    date: '2026-11-20',
    signature: 'f42babd48c84a6bb2c8e1b768138cc36618884b78f990eb2ec466d09d16cdbb0',
  },
  LOCAL,
  { body: Buffer.from(REJECT) },
)

suite('requests with TC3', () => {
  const cases: [name: string, signed: SignableRequest][] = [
    ['T1: Reject, POST', T1],
    [
      'T2: Reject, GET',
      tc3(
        { service: 'vpc', signature: '15b11458b046661ec440a275d6a3efb0119a96effadee28ddbfcc0884802fe5b' },
        VENDOR_HOST,
        { method: 'GET', query: 'PeeringConnectionId=pcx-8g675gr8' },
      ),
    ],
    [
      'T3: Describe, an empty object',
      tc3(
        { service: 'vpc', signature: '7d0b6d152cfb0baefcd6267729a7236ff7330e9b2ee22ee323fefba4b3b30aa9' },
        VENDOR_HOST,
        { body: Buffer.from('{}') },
      ),
    ],
    [
      'T4: Modify, a body that is not ASCII',
      tc3(
        { service: 'vpc', signature: '07f6c4d1e982fff3f6612a3e838b465af9478d5cc444593337583ed20bfc74d5' },
        VENDOR_HOST,
        { body: Buffer.from('{"PeeringConnectionId":"pcx-8g675gr8","PeeringConnectionName":"中文 é"}') },
      ),
    ],
    [
      'T5: Describe, GET, a query that must not be encoded anew',
      tc3(
        { service: 'vpc', signature: '930f29bcca2c5d168aa8bebe5c842247673cc52dbe38f69acb5592c265a29e6d' },
        VENDOR_HOST,
        {
          method: 'GET',
          query: 'Filters.0.Name=peering-connection-name&Filters.0.Values.0=a%20b*%27(%E4%B8%AD)',
        },
      ),
    ],
    ['T6: to an address, service 127', T6],
    [
      'T7: T6 as GET',
      tc3(
        { service: '127', signature: '6c7fa489d109b2a5041182ceaabcf28eb6135f3cf9571a363bee718a6c93b6c7' },
        LOCAL,
        { method: 'GET', query: 'PeeringConnectionId=pcx-8g675gr8' },
      ),
    ],
    [
      'T8: to localhost, service localhost:18743',
      tc3(
        {
          service: 'localhost:18743',
          signature: '349c4e3c8a11c36f718bd6fc7d7f47c8a2d1888421594cb433710c2f2800b137',
        },
        'localhost:18743',
        { body: Buffer.from(REJECT) },
      ),
    ],
    ['T9: Go SDK, the port is signed', T9],
  ]
  for (const [name, signed] of cases) {
    test(name, () => {
      assert.deepEqual(verified(signed), { ok: true })
      assert.equal(verified(signed, 'another secret').ok, false)
    })
  }

  test('T6 with token and language, which are not signed', () => {
    assert.ok(verified(withHeader(withHeader(T6, 'x-tc-token', 'T'), 'x-tc-language', 'en-US')).ok)
  })

  test('T1: the texts given on failure', () => {
    const refused = verified(withHeader(T1, 'host', 'vpc.tencentcloudapi.com'), 'another secret')
    assert.deepEqual(refused, {
      ok: false,
      canonicalRequest: `POST
/

content-type:application/json
host:vpc.tencentcloudapi.com

content-type;host
72323e344769ec8e71ff1e1b2a322e27ac339bfa0ce11587fa7107ba30ade1a6`,
      stringToSign: `TC3-HMAC-SHA256
1700000000
2023-11-14/vpc/tc3_request
b7e2f3af04de29d6f4ee9be05505f2200295c385cb6a72c9a8d17dd5e1386ca8`,
    })
  })
})

const SIGNER = { accessKeyId: 'AKIDTEST', secret: 'SKTEST' }

suite('signHeaders', () => {
  test('gives what the Go SDK gives for T9', () => {
    const unsigned = { ...T9, headers: { host: LOCAL, 'content-type': 'application/json' } }
    const added = signHeaders(unsigned, { ...SIGNER, service: 'vpc' }, 1_795_207_561_999)
    assert.deepEqual({ ...unsigned.headers, ...added }, T9.headers)
  })

  test('what it signs is verified, whatever the request', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.uint8Array(), fc.string(), (query, body, secret) => {
        const headers = { host: LOCAL, 'content-type': 'application/json' }
        const unsigned = request({ query, headers, body: Buffer.from(body) })
        const added = signHeaders(unsigned, { ...SIGNER, secret, service: 'a/b:c' }, SIGNED_AT_MS)
        assert.deepEqual(verified({ ...unsigned, headers: { ...headers, ...added } }, secret), { ok: true })
      }),
    )
  })
})

suite('signParameters', () => {
  test('gives what the Node.js SDK gives for V2', () => {
    const parameters = Object.entries(API3_CREATE).filter(
      ([name]) => !/^(Nonce|Timestamp|SecretId)$/.test(name),
    )
    const sent = request({ headers: { host: LOCAL } })
    const signer = { ...SIGNER, scheme: 'HmacSHA1' } as const
    assert.deepEqual(signParameters(sent, parameters, signer, SIGNED_AT_MS, '32768'), [
      ['SecretId', 'AKIDTEST'],
      ['SignatureMethod', 'HmacSHA1'],
      ['Timestamp', '1700000000'],
      ['Nonce', '32768'],
      ['Signature', 'qICTfK5wJR879W1JU/p7iLDej/k='],
    ])
  })

  for (const scheme of ['HmacSHA1', 'HmacSHA256'] as const) {
    test(`${scheme}: what it signs is verified, whatever the parameters`, () => {
      const name = fc.string({ unit: 'binary' }).map((text) => `P${text}`)
      fc.assert(
        fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (pairs) => {
          // A lone surrogate cannot be sent.
          const parameters = pairs.map(([n, v]): Pair => [n.toWellFormed(), v.toWellFormed()])
          const sent = request({ method: 'GET', path: LEGACY_PATH, headers: { host: LOCAL } })
          const added = signParameters(sent, parameters, { ...SIGNER, scheme }, SIGNED_AT_MS, '1')
          const signed = { ...sent, query: encodePairs([...parameters, ...added]) }
          assert.deepEqual(verified(signed), { ok: true })
        }),
      )
    })
  }
})

suite('TC3: what the signature covers', () => {
  const credential = credentialOf(T6)
  const check = (changed: SignableRequest) =>
    verify(changed, credential, 'SKTEST', readParameters(changed)).ok

  const covered: Record<string, SignableRequest> = {
    method: { ...T6, method: 'GET' },
    path: { ...T6, path: '/x' },
    query: { ...T6, query: 'a=1' },
    body: { ...T6, body: Buffer.from(tampered(REJECT)) },
    'header content-type': withHeader(T6, 'content-type', 'application/jsox'),
    'header host': withHeader(T6, 'host', '127.0.0.2:18743'),
  }
  for (const [part, changed] of Object.entries(covered)) {
    test(`${part} changed`, () => assert.equal(check(changed), false))
  }
  test('time, scope or signature changed', () => {
    const parameters = readParameters(T6)
    const changes: Partial<Credential>[] = [
      { time: '1700000001' },
      { scope: ['2023-11-15', '127', 'tc3_request'] },
      { scope: ['2023-11-14', 'vpc', 'tc3_request'] },
      { signedHeaders: ['host', 'content-type'] },
      { signature: tampered(credential.signature) },
    ]
    for (const change of changes) {
      assert.equal(verify(T6, { ...credential, ...change }, 'SKTEST', parameters).ok, false)
    }
  })
  test('the spelling of the query counts', () => {
    const unsigned = request({
      method: 'GET',
      query: 'a=b%20c',
      headers: { host: LOCAL, 'content-type': FORM },
    })
    const added = signHeaders(unsigned, { ...SIGNER, service: 'vpc' }, SIGNED_AT_MS)
    const signed = { ...unsigned, headers: { ...unsigned.headers, ...added } }
    assert.ok(verified(signed).ok)
    assert.equal(verified({ ...signed, query: 'a=b+c' }).ok, false)
  })
  for (const name of ['x-tc-action', 'x-tc-region', 'x-tc-version', 'x-tc-token', 'user-agent']) {
    test(`unsigned: header ${name}`, () => assert.ok(check(withHeader(T6, name, 'anything'))))
  }
  test('unsigned: the port, where the client signed the host name alone', () => {
    assert.ok(check(withHeader(T6, 'host', '127.0.0.1:80')))
    assert.equal(verified(withHeader(T9, 'host', '127.0.0.1:80')).ok, false)
  })

  test('more headers may be signed', () => {
    // Computed apart from the code under test: T9 with X-TC-Action signed as well.
    const text = (T9.headers['authorization'] ?? '')
      .replace('content-type;host', 'content-type;host;x-tc-action')
      .replace(/[0-9a-f]{64}$/, '4493c6ee955c2c96a667c2df2ed2e60ee3fdc5e5b1d25a55c5d3e88c77b32f48')
    const signed = withHeader(
      withHeader(T9, 'authorization', text),
      'x-tc-action',
      'RejectVpcPeeringConnection',
    )
    assert.ok(verified(signed).ok)
    assert.equal(verified(withHeader(signed, 'x-tc-action', 'DeleteVpcPeeringConnection')).ok, false)
  })

  test('a payload declared unsigned is not covered', () => {
    const headers = {
      host: LOCAL,
      'content-type': 'application/json',
      'x-tc-content-sha256': 'UNSIGNED-PAYLOAD',
    }
    const unsigned = request({ headers, body: Buffer.from(REJECT) })
    const added = signHeaders(unsigned, { ...SIGNER, service: 'vpc' }, SIGNED_AT_MS)
    const signed = { ...unsigned, headers: { ...headers, ...added } }
    assert.ok(verified(signed).ok)
    assert.ok(verified({ ...signed, body: Buffer.from('{}') }).ok)
    assert.equal(verified(withHeader(signed, 'x-tc-content-sha256', '')).ok, false)
    assert.equal(verified(withHeader(T6, 'x-tc-content-sha256', 'UNSIGNED-PAYLOAD')).ok, false)
  })
})

suite('a Signature parameter: what it covers', () => {
  for (const { name, method, host, path, parameters, signature } of PARAMETER_CASES) {
    test(name, () => {
      const all: Pair[] = [...Object.entries(parameters), ['Signature', signature]]
      const signed = withParameters(method, host, path, all)
      const credential = credentialOf(signed)
      const check = (changed: SignableRequest) =>
        verify(changed, credential, 'SKTEST', readParameters(changed)).ok
      const sent = (pairs: readonly Pair[]) => withParameters(method, host, path, pairs)

      all.forEach(([parameterName, value], at) => {
        if (parameterName === 'Signature') return
        assert.equal(check(sent(all.with(at, [parameterName, tampered(value)]))), false, parameterName)
        assert.equal(check(sent(all.with(at, [tampered(parameterName), value]))), false, parameterName)
        assert.equal(check(sent(all.toSpliced(at, 1))), false, parameterName)
      })
      assert.equal(check(sent([...all, ['Other', '1']])), false)
      assert.equal(check({ ...signed, method: method === 'GET' ? 'POST' : 'GET' }), false)
      assert.equal(check({ ...signed, path: '/other' }), false)
      assert.equal(check(withHeader(signed, 'host', 'other')), false)
      const forged = { ...credential, signature: tampered(signature) }
      assert.equal(verify(signed, forged, 'SKTEST', readParameters(signed)).ok, false)

      assert.ok(check(withHeader(signed, 'x-tc-traceid', 'anything')))
      assert.ok(check(sent(all.toReversed())))
      assert.ok(check({ ...signed, query: signed.query.replaceAll('%20', '+') }))
    })
  }
})

suite('readCredential', () => {
  const read = (sent: SignableRequest) => readCredential(sent, readParameters(sent))

  test('T8: a service with a colon', () => {
    const text =
      'TC3-HMAC-SHA256 Credential=AKIDTEST/2023-11-14/localhost:18743/tc3_request, SignedHeaders=content-type;host, Signature=00'
    assert.deepEqual(credentialOf(withHeader(T1, 'authorization', text)), {
      scheme: 'TC3-HMAC-SHA256',
      accessKeyId: 'AKIDTEST',
      scope: ['2023-11-14', 'localhost:18743', 'tc3_request'],
      signedHeaders: ['content-type', 'host'],
      signature: '00',
      time: '1700000000',
      nonce: null,
    })
  })

  const legacy = (changes: Record<string, string>) =>
    withParameters(
      'POST',
      LOCAL,
      LEGACY_PATH,
      Object.entries({ ...LEGACY_REJECT, Signature: 'S', ...changes }),
    )

  test('a legacy request', () => {
    assert.deepEqual(credentialOf(legacy({ Nonce: '09223372036854775807' })), {
      scheme: 'HmacSHA1',
      accessKeyId: 'AKIDTEST',
      scope: [],
      signedHeaders: [],
      signature: 'S',
      time: '1700000000',
      nonce: '09223372036854775807',
    })
  })

  test('SHA-256 only for its very name', () => {
    assert.equal(credentialOf(legacy({ SignatureMethod: 'HmacSHA256' })).scheme, 'HmacSHA256')
    assert.equal(credentialOf(legacy({ SignatureMethod: 'hmacsha256' })).scheme, 'HmacSHA1')
  })

  test('the legacy API does not look at the Authorization header', () => {
    assert.equal(credentialOf(withHeader(legacy({}), 'authorization', 'SKIP')).scheme, 'HmacSHA1')
  })

  test('a request whose client skips signing', () => {
    const reading = read(withHeader(T1, 'authorization', 'SKIP'))
    assert.deepEqual(reading, { ok: false, problem: 'skipped', field: 'Authorization' })
  })

  test('an unsigned request', () => {
    assert.deepEqual(read(request({})), { ok: false, problem: 'missing', field: 'SecretId' })
  })

  for (const name of ['SecretId', 'Signature', 'Timestamp', 'Nonce']) {
    test(`without ${name}`, () => {
      assert.deepEqual(read(legacy({ [name]: '' })), { ok: false, problem: 'missing', field: name })
    })
  }

  test('without X-TC-Timestamp', () => {
    const reading = read(withHeader(T1, 'x-tc-timestamp', ''))
    assert.deepEqual(reading, { ok: false, problem: 'missing', field: 'X-TC-Timestamp' })
  })

  const malformed = [
    'TC3-HMAC-SHA256',
    'Bearer abc',
    'TC3-HMAC-SHA256 Credential=A/2023-11-14/vpc/tc3_request, SignedHeaders=content-type;host',
    'TC3-HMAC-SHA256 Credential=A/2023-11-14/vpc/tc3_request, SignedHeaders=host, Signature=00',
    'TC3-HMAC-SHA256 Credential=A/2023-11-14/vpc/tc3_request, SignedHeaders=content-type, Signature=00',
    'TC3-HMAC-SHA256 Credential=A/2023-11-14/vpc/other, SignedHeaders=content-type;host, Signature=00',
    'TC3-HMAC-SHA256 Credential=A/2023-11-14/tc3_request, SignedHeaders=content-type;host, Signature=00',
    'TC3-HMAC-SHA256 Credential=A/20231114/vpc/tc3_request, SignedHeaders=content-type;host, Signature=00',
    'TC3-HMAC-SHA256 Credential=/2023-11-14/vpc/tc3_request, SignedHeaders=content-type;host, Signature=00',
  ]
  for (const text of malformed) {
    test(`malformed: ${text}`, () => {
      const reading = read(withHeader(T1, 'authorization', text))
      assert.deepEqual(reading, { ok: false, problem: 'malformed', field: 'Authorization' })
    })
  }
})

suite('checkTime', () => {
  const minute = 60_000
  const header = credentialOf(T1)
  const parameter: Credential = { ...header, scheme: 'HmacSHA1', scope: [], nonce: '1' }

  for (const [credential, windowMs] of [
    [header, 5 * minute],
    [parameter, 120 * minute],
  ] as const) {
    test(`${credential.scheme}: within ${windowMs / minute} minutes on either side`, () => {
      for (const offset of [-windowMs, 0, windowMs]) {
        assert.equal(checkTime(credential, SIGNED_AT_MS + offset), 'ok')
      }
      for (const offset of [-windowMs - 1, windowMs + 1]) {
        assert.equal(checkTime(credential, SIGNED_AT_MS + offset), 'expired')
      }
    })

    test(`${credential.scheme}: malformed`, () => {
      for (const time of [
        '',
        '-1',
        '1e9',
        '1700000000.5',
        ' 1700000000',
        '2023-11-14T22:13:20Z',
        '9'.repeat(13),
      ]) {
        assert.equal(checkTime({ ...credential, time }, SIGNED_AT_MS), 'malformed', time)
      }
    })
  }

  test('a key bound to another day', () => {
    const scope = ['2023-11-13', 'vpc', 'tc3_request']
    assert.equal(checkTime({ ...header, scope }, SIGNED_AT_MS), 'malformed')
  })
})

test('nothing a client can send makes it throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '',
      '%',
      '%zz',
      '%ff',
      '%C3%',
      'a=%E4&b',
      '&&=&',
      '=',
      'a+b=+',
      'x'.repeat(100_000),
      '\ud800',
    ),
  )
  const required = 'SecretId=A&Signature=S&Timestamp=1&Nonce=1&a_b=@&_=&at=@f'
  const query = fc.oneof(
    text,
    text.map((rest) => `${required}&${rest}&SecretId=%&Timestamp=%ff`),
  )
  const authorization = fc.oneof(
    text,
    fc
      .tuple(text, fc.constantFrom('content-type;host', 'constructor;__proto__;;Host;content-TYPE'), text)
      .map(
        ([service, names, signature]) =>
          `TC3-HMAC-SHA256 Credential=A/0000-99-99/${service}/tc3_request, SignedHeaders=${names}, Signature=${signature}`,
      ),
  )
  fc.assert(
    fc.property(
      fc.constantFrom('/', LEGACY_PATH, ''),
      query,
      query,
      authorization,
      text,
      text,
      (path, queryText, form, authorizationText, time, host) => {
        const headers = { authorization: authorizationText, 'x-tc-timestamp': time, host }
        const sent = request({ path, query: queryText, headers, body: Buffer.from(form) })
        const parameters = readParameters(sent)
        const reading = readCredential(sent, parameters)
        if (!reading.ok) return
        checkTime(reading.credential, SIGNED_AT_MS)
        assert.equal(verify(sent, reading.credential, 'SKTEST', parameters).ok, false)
      },
    ),
    { numRuns: 500 },
  )
})
