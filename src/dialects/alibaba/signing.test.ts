import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  encode,
  encodePairs,
  type Pair,
  parameter,
  readParameters,
  type SignableRequest,
  type Verification,
} from '../encoding.ts'
import { type Credential, checkTime, readCredential, signHeaders, signParameters, verify } from './signing.ts'

const FORM = 'application/x-www-form-urlencoded'

function request(changes: Partial<SignableRequest>): SignableRequest {
  return { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.alloc(0), ...changes }
}

function credentialOf(signed: SignableRequest): Credential {
  const reading = readCredential(signed, readParameters(signed))
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading.credential
}

function verified(signed: SignableRequest, secret: string): Verification {
  return verify(signed, credentialOf(signed), secret, readParameters(signed))
}

function withHeader(signed: SignableRequest, name: string, value: string): SignableRequest {
  return { ...signed, headers: { ...signed.headers, [name]: value } }
}

/** The text with its last character replaced. */
function tampered(text: string): string {
  return `${text.slice(0, -1)}${text.endsWith('x') ? 'y' : 'x'}`
}

function inForm(form: string, query = ''): SignableRequest {
  return request({ query, headers: { 'content-type': FORM }, body: Buffer.from(form) })
}

const V1_QUERY =
  'AccessKeyId=AKTEST&Action=RejectVpcPeerConnection&Format=JSON&InstanceId=pcc-1&SignatureMethod=HMAC-SHA1&SignatureNonce=89130d3bbef43ea3919ddffe03ef0b1b&SignatureVersion=1.0&Timestamp=2026-11-20T20%3A31%3A10Z&Version=2022-01-01&Signature=9rkYxbgbxyPgCkrZGZWvcZws5y8%3D'
const V1 = request({ method: 'GET', query: V1_QUERY })

suite('requests with a Signature parameter', () => {
  const terraform =
    'SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Timestamp=2026-11-20T20%3A41%3A39Z&Version=2022-01-01&Format=json&AccessKeyId=AKTEST'
  const cases: [name: string, signed: SignableRequest, secret: string, signature: string][] = [
    ['V1: pop-core, GET', V1, 'SKTEST', '9rkYxbgbxyPgCkrZGZWvcZws5y8='],
    [
      'V2: pop-core, POST, all in the form',
      inForm(
        'AccessKeyId=AKTEST&Action=CreateVpcPeerConnection&DryRun=false&Format=JSON&Name=my%20peer%2A~%20%28x%29%27%21&RegionId=cn-hangzhou&SignatureMethod=HMAC-SHA1&SignatureNonce=09e985ea69f69bfa3a861ebb5e3609ac&SignatureVersion=1.0&Tag.1.Key=env&Tag.1.Value=a%20b&Timestamp=2026-11-20T20%3A31%3A10Z&Version=2022-01-01&VpcId=vpc-aaa&VpcIds.1=v1&VpcIds.2=v2&Signature=doE%2BMVOjPfLB28lKGLUzUXcxP%2FE%3D',
      ),
      'SKTEST',
      'doE+MVOjPfLB28lKGLUzUXcxP/E=',
    ],
    [
      'V3: Terraform, query and form',
      inForm(
        'AcceptingAliUid=1210123456123456&AcceptingRegionId=cn-beijing&AcceptingVpcId=vpc-bbb&Bandwidth=100&ClientToken=TF-CreateVpcPeerConnection-1700000000-0123456789abcdef&DryRun=false&LinkType=Gold&Name=my+peer%2A~+%28x%29%27%21%2B%E4%B8%AD&RegionId=cn-hangzhou&VpcId=vpc-aaa',
        `${terraform}&Action=CreateVpcPeerConnection&Signature=XAPxkQ6cyGB25mdOo%2FGvifOrz%2FM%3D&SignatureNonce=e9fc99c5a8a029ff9de150a7f85f46ce`,
      ),
      'SKTEST',
      'XAPxkQ6cyGB25mdOo/GvifOrz/M=',
    ],
    [
      'V4: Terraform, InstanceId in the form',
      inForm(
        'InstanceId=pcc-x',
        `${terraform}&Action=GetVpcPeerConnectionAttribute&Signature=KThfuGcK8UaNUfzGMTeJA55ntT4%3D&SignatureNonce=e10dbf7b0bef2d3aac33aa6c417515c2`,
      ),
      'SKTEST',
      'KThfuGcK8UaNUfzGMTeJA55ntT4=',
    ],
    [
      'V5: older Go SDK, an empty parameter',
      request({
        query:
          'AccessKeyId=AKTEST&Action=CreateRouteEntry&ClientToken=TF-x&DestinationCidrBlock=10.1.0.0%2F16&Format=JSON&NextHopId=pcc-1&NextHopType=VpcPeer&RegionId=cn-hangzhou&RouteEntryName=a+b%2A~&RouteTableId=vtb-1&Signature=Ommbh27c%2FdZqeYJTBHfNtvrFBH8%3D&SignatureMethod=HMAC-SHA1&SignatureNonce=85b01ceff60e33604a0c82939c965128&SignatureType=&SignatureVersion=1.0&Timestamp=2026-11-20T20%3A42%3A36Z&Version=2016-04-28',
      }),
      'SKTEST',
      'Ommbh27c/dZqeYJTBHfNtvrFBH8=',
    ],
    [
      'V6: published by the vendor',
      request({
        method: 'GET',
        query:
          'Timestamp=2016-02-23T12%3A46%3A24Z&Format=XML&AccessKeyId=testid&Action=DescribeRegions&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&Version=2014-05-26&SignatureVersion=1.0&Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D',
      }),
      'testsecret',
      'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
    ],
  ]
  for (const [name, signed, secret, signature] of cases) {
    test(name, () => {
      assert.equal(credentialOf(signed).signature, signature)
      assert.deepEqual(verified(signed, secret), { ok: true })
      assert.equal(verified(signed, 'another secret').ok, false)
    })
  }

  test('V1: the string to sign given on failure', () => {
    assert.deepEqual(verified(V1, 'another secret'), {
      ok: false,
      canonicalRequest: null,
      stringToSign:
        'GET&%2F&AccessKeyId%3DAKTEST%26Action%3DRejectVpcPeerConnection%26Format%3DJSON%26InstanceId%3Dpcc-1%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D89130d3bbef43ea3919ddffe03ef0b1b%26SignatureVersion%3D1.0%26Timestamp%3D2026-11-20T20%253A31%253A10Z%26Version%3D2022-01-01',
    })
  })
})

const ACS3_HEADERS = {
  host: '127.0.0.1:18080',
  'x-acs-version': '2022-01-01',
  'x-acs-date': '2026-11-20T20:29:55Z',
  'x-acs-credentials-provider': 'static_ak',
}
const ACS3_NAMES =
  'host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version'
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function acs3(
  own: { action: string; nonce: string; bodyHash: string; names: string; signature: string },
  changes: Partial<SignableRequest>,
): SignableRequest {
  const claim = `Credential=AKTEST,SignedHeaders=${own.names},Signature=${own.signature}`
  const headers = {
    ...ACS3_HEADERS,
    'x-acs-action': own.action,
    'x-acs-signature-nonce': own.nonce,
    'x-acs-content-sha256': own.bodyHash,
    ...changes.headers,
    authorization: `ACS3-HMAC-SHA256 ${claim}`,
  }
  return request({ ...changes, headers })
}

const A1 = acs3(
  {
    action: 'RejectVpcPeerConnection',
    nonce: '592cd96dae8aed655149a40af4f50bd423b0a4e9060c084691a68f28a52de91d',
    bodyHash: '98c65e32db6773541756b4f5fb2f24de25a1f7d47c07484a8bb440558c1b574f',
    names: `content-type;${ACS3_NAMES}`,
    signature: 'c6a559a0d181bdc5c0771cd3dbddec00dc3b481cf640ab8bc2b066c6670f88ad',
  },
  { headers: { 'content-type': FORM }, body: Buffer.from('InstanceId=pcc-1') },
)
const A2 = acs3(
  {
    action: 'CreateVpcPeerConnection',
    nonce: '10e53beb8ec47979a12eb75ae10a41d07fdbb052135f14580d56be3867d8aabc',
    bodyHash: '25e98e63bd0c14521cad49156bc2c2973a66a7edc69a3c6fa8b3a99a0397553f',
    names: `content-type;${ACS3_NAMES}`,
    signature: '95367575b75d7c275fa4e0d365ece2ce0f83aee937648ac1d5bfa504899721ef',
  },
  {
    query: 'LinkType=Gold&Tag.1.Key=env&Tag.1.Value=a%20b%2Bc&Tag.2.Key=k2&Tag.2.Value=',
    headers: { 'content-type': FORM },
    body: Buffer.from(
      "AcceptingAliUid=1210123456123456&AcceptingRegionId=cn-beijing&AcceptingVpcId=vpc-bbb&Bandwidth=100&ClientToken=tok-1&Description=it's%20(ok)%20%E4%B8%AD%E6%96%87!&DryRun=false&Name=my%20peer*~&RegionId=cn-hangzhou&ResourceGroupId=rg-1&VpcId=vpc-aaa",
    ),
  },
)
const A3 = acs3(
  {
    action: 'TagResources',
    nonce: '604eca11aa0542106ff197b19cbf4e3423774ab44dbdc813e7c394a39cb24518',
    bodyHash: EMPTY_HASH,
    names: ACS3_NAMES,
    signature: 'e1e9819a81d134f699935189aaea0b28929c0c610d4503d3a30db800787468c5',
  },
  {
    query:
      'RegionId=cn-hangzhou&ResourceId.1=pcc-1&ResourceId.2=pcc-2&ResourceType=PeerConnection&Tag.1.Key=k&Tag.1.Value=v',
  },
)
const A4_NAMES = 'host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version'
const A4 = request({
  query: 'ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
  headers: {
    host: 'ecs.cn-shanghai.aliyuncs.com',
    'x-acs-action': 'RunInstances',
    'x-acs-content-sha256': EMPTY_HASH,
    'x-acs-date': '2023-10-26T10:22:32Z',
    'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
    'x-acs-version': '2014-05-26',
    authorization: `ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=${A4_NAMES},Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0`,
  },
})

suite('requests with ACS3', () => {
  const cases: [name: string, signed: SignableRequest, secret: string, canonicalHash: string | null][] = [
    ['A1: Reject', A1, 'SKTEST', '33bb9ba2548e9d864ce581cd9940641935e0ea1c3099eafcceddc743b6a0ad67'],
    ['A2: Create', A2, 'SKTEST', '196f8bac3d7d19cac1f4de6ec58e67b896f85c74ad96adb2e9577e9bd62ad604'],
    ['A3: TagResources', A3, 'SKTEST', '18d42ddfa2859a66991002157d274af398ef46c098bc8d829dfa492d6a7be28b'],
    ['A4: published by the vendor', A4, 'YourAccessKeySecret', null],
  ]
  for (const [name, signed, secret, canonicalHash] of cases) {
    test(name, () => {
      assert.deepEqual(verified(signed, secret), { ok: true })
      const refused = verified(signed, 'another secret')
      assert.ok(!refused.ok)
      if (canonicalHash !== null) assert.equal(refused.stringToSign, `ACS3-HMAC-SHA256\n${canonicalHash}`)
    })
  }

  test('A1: the canonical request given on failure', () => {
    const refused = verified(A1, 'another secret')
    assert.ok(!refused.ok)
    assert.equal(
      refused.canonicalRequest,
      `POST
/

content-type:application/x-www-form-urlencoded
host:127.0.0.1:18080
x-acs-action:RejectVpcPeerConnection
x-acs-content-sha256:98c65e32db6773541756b4f5fb2f24de25a1f7d47c07484a8bb440558c1b574f
x-acs-credentials-provider:static_ak
x-acs-date:2026-11-20T20:29:55Z
x-acs-signature-nonce:592cd96dae8aed655149a40af4f50bd423b0a4e9060c084691a68f28a52de91d
x-acs-version:2022-01-01

content-type;host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version
98c65e32db6773541756b4f5fb2f24de25a1f7d47c07484a8bb440558c1b574f`,
    )
  })

  test('A2: the query in the canonical request', () => {
    const refused = verified(A2, 'another secret')
    assert.ok(!refused.ok)
    assert.equal(
      refused.canonicalRequest?.split('\n')[2],
      'LinkType=Gold&Tag.1.Key=env&Tag.1.Value=a%20b%2Bc&Tag.2.Key=k2&Tag.2.Value=',
    )
  })
})

const SIGNED_AT_MS = Date.parse('2026-11-20T20:29:55Z')
const SIGNER = { accessKeyId: 'AKTEST', secret: 'SKTEST' }

function signedWithHeaders(unsigned: SignableRequest): SignableRequest {
  const added = signHeaders(unsigned, readParameters(unsigned), SIGNER, SIGNED_AT_MS, 'nonce')
  return { ...unsigned, headers: { ...unsigned.headers, ...added } }
}

/** All parameters in the form. */
function signedWithParameters(
  scheme: 'HMAC-SHA1' | 'HMAC-SHA256',
  method: string,
  parameters: readonly Pair[],
): SignableRequest {
  const added = signParameters(method, parameters, { ...SIGNER, scheme }, SIGNED_AT_MS, 'nonce')
  return { ...inForm(encodePairs([...parameters, ...added])), method }
}

suite('signHeaders', () => {
  test('gives what the TypeScript SDK gives for A1', () => {
    const { host, 'x-acs-version': version, 'x-acs-credentials-provider': provider } = ACS3_HEADERS
    const headers = {
      host,
      'content-type': FORM,
      'x-acs-action': 'RejectVpcPeerConnection',
      'x-acs-version': version,
      'x-acs-credentials-provider': provider,
    }
    const nonce = '592cd96dae8aed655149a40af4f50bd423b0a4e9060c084691a68f28a52de91d'
    const unsigned = { ...A1, headers }
    const added = signHeaders(unsigned, readParameters(unsigned), SIGNER, SIGNED_AT_MS, nonce)
    assert.deepEqual({ ...headers, ...added }, A1.headers)
  })

  test('what it signs is verified, whatever the request', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.string({ unit: 'binary' }), (query, body) => {
        const headers = { host: 'h', 'x-acs-action': 'A', 'x-acs-version': 'V' }
        const signed = signedWithHeaders(request({ query, headers, body: Buffer.from(body) }))
        assert.deepEqual(verified(signed, 'SKTEST'), { ok: true })
      }),
    )
  })
})

suite('signParameters', () => {
  test('gives what pop-core gives for V1', () => {
    const parameters: Pair[] = [
      ['Action', 'RejectVpcPeerConnection'],
      ['Format', 'JSON'],
      ['InstanceId', 'pcc-1'],
      ['Version', '2022-01-01'],
    ]
    const signer = { ...SIGNER, scheme: 'HMAC-SHA1' } as const
    const timeMs = Date.parse('2026-11-20T20:31:10Z')
    assert.deepEqual(signParameters('GET', parameters, signer, timeMs, '89130d3bbef43ea3919ddffe03ef0b1b'), [
      ['AccessKeyId', 'AKTEST'],
      ['SignatureMethod', 'HMAC-SHA1'],
      ['SignatureNonce', '89130d3bbef43ea3919ddffe03ef0b1b'],
      ['SignatureVersion', '1.0'],
      ['Timestamp', '2026-11-20T20:31:10Z'],
      ['Signature', '9rkYxbgbxyPgCkrZGZWvcZws5y8='],
    ])
  })

  for (const scheme of ['HMAC-SHA1', 'HMAC-SHA256'] as const) {
    test(`${scheme}: what it signs is verified, whatever the parameters`, () => {
      const name = fc.string({ unit: 'binary', minLength: 1 }).map((text) => `P${text}`)
      fc.assert(
        fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (pairs) => {
          // A lone surrogate cannot be sent.
          const parameters = pairs.map(([n, v]): Pair => [n.toWellFormed(), v.toWellFormed()])
          const signed = signedWithParameters(scheme, 'POST', parameters)
          assert.deepEqual(verified(signed, 'SKTEST'), { ok: true })
        }),
      )
    })
  }
})

suite('ACS3: what the signature covers', () => {
  const credential = credentialOf(A2)
  const check = (changed: SignableRequest) =>
    verify(changed, credential, 'SKTEST', readParameters(changed)).ok

  const covered: Record<string, SignableRequest> = {
    method: { ...A2, method: 'GET' },
    path: { ...A2, path: '/x' },
    'value in the query': { ...A2, query: A2.query.replace('Gold', 'Gole') },
    'name in the query': { ...A2, query: A2.query.replace('LinkType', 'LinkTypf') },
    'additional parameter': { ...A2, query: `${A2.query}&A=` },
    'two parameters made one': { ...A2, query: A2.query.replace('=Gold&Tag.1.Key=', '%3DGold%26Tag.1.Key=') },
    body: { ...A2, body: Buffer.from(tampered(A2.body.toString())) },
    'space in the body written as plus': {
      ...A2,
      body: Buffer.from(A2.body.toString().replace('%20', '+')),
    },
  }
  for (const name of credential.signedHeaders) {
    covered[`header ${name}`] = withHeader(A2, name, tampered(A2.headers[name] ?? ''))
  }
  for (const [part, changed] of Object.entries(covered)) {
    test(`${part} changed`, () => assert.equal(check(changed), false))
  }
  test('signature changed', () => {
    const changed = { ...credential, signature: tampered(credential.signature) }
    assert.equal(verify(A2, changed, 'SKTEST', readParameters(A2)).ok, false)
  })
  test('an unsigned header changed', () => assert.ok(check(withHeader(A2, 'user-agent', 'anything'))))
  test('order and escapes of the query changed', () => {
    const query = 'Tag.1.Key=env&Tag.1.Value=a+b%2bc&Tag.2.Key=%6b2&Tag.2.Value=&LinkType=Gold'
    assert.ok(check({ ...A2, query }))
  })
  test('a signed hash that is not that of the body', () => {
    const headers = { host: 'h', 'x-acs-action': 'A', 'x-acs-version': 'V' }
    const signed = signedWithHeaders(request({ headers, body: Buffer.from('a') }))
    assert.equal(verified({ ...signed, body: Buffer.from('b') }, 'SKTEST').ok, false)
  })
})

suite('ACS3: the older Python SDK signs an empty value without `=`', () => {
  // The signature is of A1 with the query `Tag.1.Key=k&Tag.2.Value`, computed apart from the code under test.
  const signature = 'a17d1165a2da01f45c4d53534e6c629bcf6145456ecec559cf161963fd3e89c7'
  const sent = withHeader(
    { ...A1, query: 'Tag.1.Key=k&Tag.2.Value=' },
    'authorization',
    (A1.headers['authorization'] ?? '').replace(/[0-9a-f]{64}$/, signature),
  )

  test('verified', () => assert.deepEqual(verified(sent, 'SKTEST'), { ok: true }))
  test('a value in its place is covered', () => {
    assert.equal(verified({ ...sent, query: 'Tag.1.Key=k&Tag.2.Value=x' }, 'SKTEST').ok, false)
  })
  test('the text given on failure is that of the current SDKs', () => {
    const refused = verified(sent, 'another secret')
    assert.ok(!refused.ok)
    assert.equal(refused.canonicalRequest?.split('\n')[2], 'Tag.1.Key=k&Tag.2.Value=')
  })
})

suite('a Signature parameter: what it covers', () => {
  const parameters: Pair[] = [
    ['Action', 'CreateVpcPeerConnection'],
    ['Name', 'a b'],
    ['SignatureType', ''],
  ]
  for (const scheme of ['HMAC-SHA1', 'HMAC-SHA256'] as const) {
    const signed = signedWithParameters(scheme, 'POST', parameters)
    const all = readParameters(signed).all
    const credential = credentialOf(signed)
    const check = (changed: SignableRequest) =>
      verify(changed, credential, 'SKTEST', readParameters(changed)).ok
    const form = (pairs: readonly Pair[]) => inForm(encodePairs(pairs))

    test(`${scheme}: each parameter`, () => {
      all.forEach(([name, value], at) => {
        if (name === 'Signature') return
        assert.equal(check(form(all.with(at, [name, tampered(value)]))), false, `value of ${name}`)
        assert.equal(check(form(all.with(at, [tampered(name), value]))), false, `name ${name}`)
        assert.equal(check(form(all.toSpliced(at, 1))), false, `without ${name}`)
      })
      assert.equal(check(form([...all, ['Other', '']])), false)
      assert.equal(check(form([...all, ['Name', 'a b']])), false)
    })
    test(`${scheme}: the method`, () => assert.equal(check({ ...signed, method: 'GET' }), false))
    test(`${scheme}: the signature`, () => {
      const changed = { ...credential, signature: tampered(credential.signature) }
      assert.equal(verify(signed, changed, 'SKTEST', readParameters(signed)).ok, false)
    })
    test(`${scheme}: neither headers, nor order, nor place, nor spelling`, () => {
      assert.ok(check(withHeader(signed, 'x-acs-action', 'DeleteVpcPeerConnection')))
      assert.ok(check(form(all.toReversed())))
      assert.ok(check({ ...signed, body: Buffer.alloc(0), query: signed.body.toString() }))
      assert.ok(check({ ...signed, body: Buffer.from(signed.body.toString().replace('%20', '+')) }))
    })
  }
})

suite('readCredential', () => {
  const read = (sent: SignableRequest) => readCredential(sent, readParameters(sent))

  test('V1', () => {
    assert.deepEqual(credentialOf(V1), {
      scheme: 'HMAC-SHA1',
      accessKeyId: 'AKTEST',
      signedHeaders: [],
      signature: '9rkYxbgbxyPgCkrZGZWvcZws5y8=',
      time: '2026-11-20T20:31:10Z',
      nonce: '89130d3bbef43ea3919ddffe03ef0b1b',
    })
  })

  test('A1', () => {
    assert.deepEqual(credentialOf(A1), {
      scheme: 'ACS3-HMAC-SHA256',
      accessKeyId: 'AKTEST',
      signedHeaders: ['content-type', ...ACS3_NAMES.split(';')],
      signature: 'c6a559a0d181bdc5c0771cd3dbddec00dc3b481cf640ab8bc2b066c6670f88ad',
      time: '2026-11-20T20:29:55Z',
      nonce: '592cd96dae8aed655149a40af4f50bd423b0a4e9060c084691a68f28a52de91d',
    })
  })

  test('white space after the commas of the header does no harm', () => {
    const spaced = (A1.headers['authorization'] ?? '').replaceAll(',', ', ')
    assert.deepEqual(verified(withHeader(A1, 'authorization', spaced), 'SKTEST'), { ok: true })
  })

  test('an unsigned request', () => {
    assert.deepEqual(read(request({})), { ok: false, problem: 'missing', field: 'AccessKeyId' })
  })

  const names = [
    'AccessKeyId',
    'Signature',
    'SignatureMethod',
    'SignatureVersion',
    'SignatureNonce',
    'Timestamp',
  ]
  for (const name of names) {
    test(`without ${name}`, () => {
      const query = V1_QUERY.replace(new RegExp(`(^|&)${name}=[^&]*`), '')
      assert.deepEqual(read({ ...V1, query }), { ok: false, problem: 'missing', field: name })
    })
  }

  test('another method or version of signature', () => {
    const method = V1_QUERY.replace('HMAC-SHA1', 'RSA')
    assert.deepEqual(read({ ...V1, query: method }), {
      ok: false,
      problem: 'malformed',
      field: 'SignatureMethod',
    })
    const version = V1_QUERY.replace('SignatureVersion=1.0', 'SignatureVersion=2.0')
    assert.deepEqual(read({ ...V1, query: version }), {
      ok: false,
      problem: 'malformed',
      field: 'SignatureVersion',
    })
  })

  for (const name of ACS3_NAMES.split(';')) {
    if (name === 'x-acs-credentials-provider') continue
    test(`ACS3 without ${name}, or without signing it`, () => {
      assert.deepEqual(read(withHeader(A1, name, '')), { ok: false, problem: 'missing', field: name })
      const text = (A1.headers['authorization'] ?? '').replace(new RegExp(`\\b${name};?(?=.*,)`), '')
      const reading = read(withHeader(A1, 'authorization', text))
      assert.deepEqual(reading, { ok: false, problem: 'malformed', field: 'SignedHeaders' })
    })
  }

  for (const text of [
    'ACS3-',
    'ACS3-HMAC-SHA256 ',
    'ACS3-HMAC-SHA256 Credential=,Signature=a',
    'ACS3-HMAC-SM3 a=b',
  ]) {
    test(`malformed: ${text}`, () => {
      const reading = read(withHeader(A1, 'authorization', text))
      assert.deepEqual(reading, { ok: false, problem: 'malformed', field: 'Authorization' })
    })
  }
})

suite('readParameters', () => {
  test('query, then form', () => {
    assert.deepEqual(readParameters(inForm('b=2&a=', 'a=1')), {
      query: [['a', '1']],
      form: [
        ['b', '2'],
        ['a', ''],
      ],
      all: [
        ['a', '1'],
        ['b', '2'],
        ['a', ''],
      ],
    })
  })

  test('a body that is no form holds no parameters', () => {
    assert.deepEqual(readParameters(withHeader(inForm('a=1'), 'content-type', 'application/json')).all, [])
    assert.deepEqual(readParameters(withHeader(inForm('a=1'), 'content-type', '')).all, [['a', '1']])
    const withCharset = withHeader(inForm('a=1'), 'content-type', `${FORM.toUpperCase()}; charset=utf-8`)
    assert.deepEqual(readParameters(withCharset).all, [['a', '1']])
  })

  const readings: [text: string, pairs: Pair[]][] = [
    ['a+b=c+d%2B', [['a b', 'c d+']]],
    ['a=b=c', [['a', 'b=c']]],
    [
      '&a&&=&',
      [
        ['a', ''],
        ['', ''],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['a=%E4%B8%AD%20', [['a', '中 ']]],
    [
      'a=%zz%2&b=100%&c=%41+',
      [
        ['a', '%zz%2'],
        ['b', '100%'],
        ['c', 'A '],
      ],
    ],
    ['a=%E4%41', [['a', '\ufffdA']]],
    ['Nonce=6685968533278289173', [['Nonce', '6685968533278289173']]],
  ]
  for (const [text, pairs] of readings) {
    test(`of ${text}`, () => assert.deepEqual(readParameters(inForm('', text)).query, pairs))
  }

  test('the last of a repeated parameter counts', () => {
    assert.equal(parameter(readParameters(inForm('a=2', 'a=1')).all, 'a'), '2')
    assert.equal(parameter([], 'a'), null)
  })

  test('encoding leaves exactly the unreserved characters, and decoding undoes it', () => {
    assert.equal(encode("AZaz09-_.~ !'()*/+中"), 'AZaz09-_.~%20%21%27%28%29%2A%2F%2B%E4%B8%AD')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const encoded = encode(text)
        assert.match(encoded, /^([A-Za-z0-9\-_.~]|%[0-9A-F]{2})*$/)
        assert.deepEqual(readParameters(inForm('', encoded)).query, [[text.toWellFormed(), '']])
      }),
    )
  })
})

suite('checkTime', () => {
  const at = (time: string) => ({ ...credentialOf(V1), time })
  const minute = 60_000

  test('within 15 minutes on either side', () => {
    for (const offset of [-15 * minute, 0, 15 * minute]) {
      assert.equal(checkTime(at('2026-11-20T20:29:55Z'), SIGNED_AT_MS + offset), 'ok')
    }
    for (const offset of [-15 * minute - 1, 15 * minute + 1]) {
      assert.equal(checkTime(at('2026-11-20T20:29:55Z'), SIGNED_AT_MS + offset), 'expired')
    }
  })

  test('malformed', () => {
    const texts = [
      '',
      '2026-11-20T20:29:55.000Z',
      '2026-11-20T20:29:55',
      '2026-11-20T20:29:55+00:00',
      '20261120T202955Z',
      '2026-13-20T20:29:55Z',
      '2026-02-30T20:29:55Z',
      '1700000000',
    ]
    for (const text of texts) assert.equal(checkTime(at(text), SIGNED_AT_MS), 'malformed', text)
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
  const required = 'AccessKeyId=A&Signature=S&SignatureVersion=1.0&SignatureNonce=N&SignatureMethod=HMAC-SHA1'
  const query = fc.oneof(
    text,
    text.map((rest) => `${required}&${rest}&Timestamp=T&AccessKeyId=%&Timestamp=%ff`),
  )
  const authorization = fc.oneof(
    text,
    fc
      .tuple(text, fc.constantFrom(A4_NAMES, `constructor;__proto__;;${A4_NAMES}`), text)
      .map(
        ([id, names, signature]) =>
          `ACS3-HMAC-SHA256 Credential=A${id},SignedHeaders=${names},Signature=${signature}`,
      ),
  )
  fc.assert(
    fc.property(query, query, authorization, text, (queryText, form, authorizationText, time) => {
      const headers = { ...A4.headers, 'x-acs-date': `T${time}`, authorization: authorizationText }
      const sent = request({ query: queryText, headers, body: Buffer.from(form) })
      const parameters = readParameters(sent)
      const reading = readCredential(sent, parameters)
      if (!reading.ok) return
      checkTime(reading.credential, SIGNED_AT_MS)
      assert.equal(verify(sent, reading.credential, 'SKTEST', parameters).ok, false)
    }),
    { numRuns: 500 },
  )
})
