import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { SignableRequest } from '../encoding.ts'
import { type Credential, checkTime, readCredential, type Scheme, signHeaders, verify } from './signing.ts'

function request(changes: Partial<SignableRequest>): SignableRequest {
  return { method: 'GET', path: '/', query: '', headers: {}, body: Buffer.alloc(0), ...changes }
}

function credentialOf(signed: SignableRequest): Credential {
  const reading = readCredential(signed)
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading.credential
}

function isVerified(signed: SignableRequest, secret: string): boolean {
  return verify(signed, credentialOf(signed), secret).ok
}

function withHeader(signed: SignableRequest, name: string, value: string): SignableRequest {
  return { ...signed, headers: { ...signed.headers, [name]: value } }
}

/** The text with its last character replaced. */
function tampered(text: string): string {
  return `${text.slice(0, -1)}${text.endsWith('x') ? 'y' : 'x'}`
}

const NODE_SDK_MS = Date.parse('2026-11-20T20:35:16Z')
const NODE_SDK_HEADERS = {
  'content-type': 'application/json',
  host: '127.0.0.1:38471',
  'x-project-id': 'f65e9ebced5d418ba9319a723718ba4e',
}
const TERRAFORM_MS = Date.parse('2026-11-20T20:46:06Z')
const TERRAFORM_HEADERS = {
  accept: 'application/json',
  host: '127.0.0.1:38474',
  'user-agent':
    'Terraform/1.11.4 (+https://www.terraform.io) Terraform-Plugin-SDK/2.39.0 terraform-provider-opentelekomcloud/dev golangsdk/2.0.0',
}

function fromNodeSdk(signature: string, changes: Partial<SignableRequest>): SignableRequest {
  const signedHeaders = 'content-type;host;x-project-id;x-sdk-date'
  const authorization = `SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=${signedHeaders}, Signature=${signature}`
  const headers = { ...NODE_SDK_HEADERS, 'x-sdk-date': '20261120T203516Z', authorization }
  return request({ path: '/v2.0/vpc/peerings', headers, ...changes })
}

function fromTerraform(
  signature: string,
  signedHeaders: string,
  extraHeaders: Record<string, string>,
  changes: Partial<SignableRequest>,
): SignableRequest {
  const claim = `Credential=AKA/20261120///sdk_request, SignedHeaders=${signedHeaders}, Signature=${signature}`
  const headers = {
    ...TERRAFORM_HEADERS,
    ...extraHeaders,
    'x-sdk-date': '20261120T204606Z',
    authorization: `SDK-HMAC-SHA256 ${claim}`,
  }
  return request({ headers, ...changes })
}

const A1 = fromNodeSdk('ff718e7a41d25229a6e7d31756122e1e8707cec6a469d70c62f63fc7676af14a', {
  method: 'POST',
  body: Buffer.from(
    '{"peering":{"name":"test","request_vpc_info":{"vpc_id":"9daeac7c-a98f-430f-8e38-67f9c044e299"},"accept_vpc_info":{"vpc_id":"f583c072-0bb8-4e19-afb2-afb7c1693be5","tenant_id":"059a737356594b41b447b557bf0aae56"},"description":"hello"}}',
  ),
})
const A1_CANONICAL = `POST
/v2.0/vpc/peerings/

content-type:application/json
host:127.0.0.1:38471
x-project-id:f65e9ebced5d418ba9319a723718ba4e
x-sdk-date:20261120T203516Z

content-type;host;x-project-id;x-sdk-date
4da0f7f309d56c49848cc5cd0cd63fb1d997a81ac69b6cab10a52b15565f5602`
const A2 = fromNodeSdk('410c7d45143ba7ce63f9f815bfbbfabd6759f1346d5db5acb3f3ab30c01f8df2', {})
const A3 = fromNodeSdk('8e100a282cfd864442fed2ca1c4af325c916609c7a3ca52174371f31680800b6', {
  query:
    'limit=2&marker=22b76469-08e3-4937-8c1d-7aad34892be1&id=i&name=a%20b%2F%C3%BC&status=ACTIVE&tenant_id=t&vpc_id=v',
})
const B1 = fromTerraform(
  'e86c5b8bb5af7ae4ccefe3e9c3b43470769db5d4d8066201a4dcb897d268e04e',
  'accept;host;user-agent;x-sdk-date',
  {},
  { path: '/v3/projects', query: 'name=eu-de' },
)
const B2 = fromTerraform(
  '58371b7f4ad0d628de54fee45bff9006449bdbe6c805cb2612c770926bd2b37c',
  'accept;content-type;host;user-agent;x-sdk-date',
  { 'content-type': 'application/json' },
  {
    method: 'POST',
    path: '/v1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/vpcs',
    body: Buffer.from('{"vpc":{"cidr":"10.0.0.0/16","name":"a"}}\n'),
  },
)

suite('requests captured from clients', () => {
  const cases = [
    ['A1', A1, 'AKTEST', 'SKTEST', '5edb2ab148387f226a5a7e99378eaee489229b9901518f940f7d1e1ffcd86ac8'],
    ['A2', A2, 'AKTEST', 'SKTEST', 'e8f29130a1ed718e31096e85611152b50e54d5e9792a248d24df576bc2090b56'],
    ['A3', A3, 'AKTEST', 'SKTEST', 'cc933130c18fafc97084cbd8c6e966210c11efc87bf2f03ad0692b677edea7b4'],
    ['B1', B1, 'AKA', 'SKA', 'b39327c54f68661b3af0d8046c51b79399feb38c9cab21e392c7313035749bb0'],
    ['B2', B2, 'AKA', 'SKA', '95a677a3bdc6b8f39db655fb8c06e3a99441e587dc7245bf32cba9f34c501c63'],
  ] as const
  for (const [name, signed, accessKeyId, secret, canonicalHash] of cases) {
    test(name, () => {
      const credential = credentialOf(signed)
      assert.equal(credential.accessKeyId, accessKeyId)
      assert.deepEqual(verify(signed, credential, secret), { ok: true })
      const refused = verify(signed, credential, 'another secret')
      assert.ok(!refused.ok)
      assert.ok(refused.stringToSign.endsWith(canonicalHash), refused.stringToSign)
    })
  }

  test('A1: the texts given on failure', () => {
    const scope = '5edb2ab148387f226a5a7e99378eaee489229b9901518f940f7d1e1ffcd86ac8'
    assert.deepEqual(verify(A1, credentialOf(A1), 'another secret'), {
      ok: false,
      canonicalRequest: A1_CANONICAL,
      stringToSign: `SDK-HMAC-SHA256\n20261120T203516Z\n${scope}`,
    })
  })

  test('A3: the query in the canonical request is sorted', () => {
    const refused = verify(A3, credentialOf(A3), 'another secret')
    assert.ok(!refused.ok)
    assert.equal(
      refused.canonicalRequest?.split('\n')[2],
      'id=i&limit=2&marker=22b76469-08e3-4937-8c1d-7aad34892be1&name=a%20b%2F%C3%BC&status=ACTIVE&tenant_id=t&vpc_id=v',
    )
  })

  test('B1: the path has a slash at the end and the scope is in the string to sign', () => {
    const refused = verify(B1, credentialOf(B1), 'another secret')
    assert.ok(!refused.ok)
    assert.deepEqual(refused.canonicalRequest?.split('\n').slice(0, 3), [
      'GET',
      '/v3/projects/',
      'name=eu-de',
    ])
    assert.equal(refused.stringToSign.split('\n')[2], '20261120///sdk_request')
  })
})

suite('requests made with the Node.js SDK, core 3.1.211', () => {
  const derived = (scope: string, signature: string) => {
    const claim = `Credential=AKTEST/${scope}, SignedHeaders=content-type;host;x-project-id;x-sdk-date`
    const signed = fromNodeSdk(signature, { query: 'limit=2&name=a%20b' })
    return withHeader(signed, 'authorization', `V11-HMAC-SHA256 ${claim}, Signature=${signature}`)
  }

  test('a derived key without region and service, which the SDK writes as undefined', () => {
    const signature = '95a1f1f58fcc372023ed12da431542a941292d53ca6d1f0b884fdb3a3f8fc9c4'
    assert.ok(isVerified(derived('20261120/undefined/undefined', signature), 'SKTEST'))
  })

  test('a derived key with region and service', () => {
    const signature = '056a1304d42b419d0fd26a1e172df132765b308dab55dff619dc90b673c841a3'
    assert.ok(isVerified(derived('20261120/cn-north-4/vpc', signature), 'SKTEST'))
  })

  test('an escaped path is signed escaped twice, and marks left bare in the query are signed escaped', () => {
    const signed = fromNodeSdk('ebe293f197610852cb69efed0111bdc60d314fbb1dbcfbd8d3bd2d13c4f18843', {
      path: '/v1/%7Bproject_id%7D/vpcs',
      query: "name=it's%20(a)%20*test*!~",
    })
    assert.ok(isVerified(signed, 'SKTEST'))
  })
})

const SCHEMES: readonly Scheme[] = ['SDK-HMAC-SHA256 Access', 'SDK-HMAC-SHA256 Credential', 'V11-HMAC-SHA256']

function signedBy(scheme: Scheme, unsigned: SignableRequest): SignableRequest {
  const signer = { scheme, accessKeyId: 'AKTEST', secret: 'SKTEST', region: 'eu-de', service: 'vpc' }
  return { ...unsigned, headers: { ...unsigned.headers, ...signHeaders(unsigned, signer, NODE_SDK_MS) } }
}

suite('signHeaders', () => {
  test('gives the header that the Node.js SDK gives for A1', () => {
    const signer = { scheme: 'SDK-HMAC-SHA256 Access', accessKeyId: 'AKTEST', secret: 'SKTEST' } as const
    assert.deepEqual(signHeaders({ ...A1, headers: NODE_SDK_HEADERS }, signer, NODE_SDK_MS), {
      'x-sdk-date': '20261120T203516Z',
      authorization: A1.headers['authorization'],
    })
  })

  test('gives the header that the Terraform provider gives for B1', () => {
    const signer = { scheme: 'SDK-HMAC-SHA256 Credential', accessKeyId: 'AKA', secret: 'SKA' } as const
    const headers = signHeaders({ ...B1, headers: TERRAFORM_HEADERS }, signer, TERRAFORM_MS)
    assert.equal(headers.authorization, B1.headers['authorization'])
  })

  for (const scheme of SCHEMES) {
    test(`${scheme}: what it signs is verified, whatever the request`, () => {
      fc.assert(
        fc.property(
          fc.webPath(),
          fc.webQueryParameters(),
          fc.string(),
          fc.string(),
          (path, query, body, secret) => {
            const unsigned = request({
              method: 'PUT',
              path,
              query,
              headers: { host: 'h' },
              body: Buffer.from(body),
            })
            const headers = signHeaders(unsigned, { scheme, accessKeyId: 'AKTEST', secret }, NODE_SDK_MS)
            assert.ok(isVerified({ ...unsigned, headers: { ...unsigned.headers, ...headers } }, secret))
          },
        ),
      )
    })
  }
})

for (const scheme of SCHEMES) {
  suite(`${scheme}: what the signature covers`, () => {
    const signed = signedBy(
      scheme,
      request({
        method: 'POST',
        path: '/v2.0/vpc/peerings',
        query: 'limit=2&name=a',
        headers: NODE_SDK_HEADERS,
        body: Buffer.from('{"peering":{}}'),
      }),
    )
    const credential = credentialOf(signed)
    const covered: Record<string, SignableRequest> = {
      method: { ...signed, method: 'PUT' },
      path: { ...signed, path: tampered(signed.path) },
      'value in the query': { ...signed, query: tampered(signed.query) },
      'name in the query': { ...signed, query: 'limix=2&name=a' },
      'additional parameter': { ...signed, query: `${signed.query}&a=` },
      body: { ...signed, body: Buffer.from(tampered(signed.body.toString())) },
    }
    for (const name of [...Object.keys(NODE_SDK_HEADERS), 'x-sdk-date']) {
      covered[`header ${name}`] = withHeader(signed, name, tampered(signed.headers[name] ?? ''))
    }

    test('the untouched request', () => assert.deepEqual(verify(signed, credential, 'SKTEST'), { ok: true }))
    for (const [part, changed] of Object.entries(covered)) {
      test(`${part} changed`, () => assert.equal(verify(changed, credential, 'SKTEST').ok, false))
    }
    test('signature changed', () => {
      const changed = { ...credential, signature: tampered(credential.signature) }
      assert.equal(verify(signed, changed, 'SKTEST').ok, false)
    })
    test('time of the credential changed', () => {
      assert.equal(verify(signed, { ...credential, time: '20261120T203517Z' }, 'SKTEST').ok, false)
    })
    test('scope changed', () => {
      for (let i = 0; i < credential.scope.length; i++) {
        const scope = credential.scope.map((part, at) => (at === i ? tampered(part) : part))
        assert.equal(verify(signed, { ...credential, scope }, 'SKTEST').ok, false)
      }
    })
    test('an unsigned header changed', () => {
      assert.ok(verify(withHeader(signed, 'x-domain-id', 'anything'), credential, 'SKTEST').ok)
    })
    test('order and escapes of the query changed', () => {
      assert.ok(verify({ ...signed, query: 'name=%61&limit=2' }, credential, 'SKTEST').ok)
    })
  })
}

suite('rules learned from clients', () => {
  test('the Go SDK leaves X-Project-Id unsigned', () => {
    const signed = signedBy('SDK-HMAC-SHA256 Access', request({ headers: { accept: 'application/json' } }))
    assert.ok(isVerified(withHeader(signed, 'x-project-id', 'any project'), 'SKTEST'))
  })

  test('a payload declared unsigned is not covered', () => {
    const unsigned = request({
      method: 'PUT',
      headers: { 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' },
      body: Buffer.from('a'),
    })
    const signed = signedBy('SDK-HMAC-SHA256 Access', unsigned)
    assert.ok(isVerified({ ...signed, body: Buffer.from('b') }, 'SKTEST'))
    assert.ok(!isVerified(withHeader(signed, 'x-sdk-content-sha256', 'other'), 'SKTEST'))
  })

  test('the hash of the signed body, added as a header by someone else, does not cover another body', () => {
    const bodyHash = '4da0f7f309d56c49848cc5cd0cd63fb1d997a81ac69b6cab10a52b15565f5602'
    const changed = withHeader({ ...A1, body: Buffer.from('{}') }, 'x-sdk-content-sha256', bodyHash)
    assert.ok(!isVerified(changed, 'SKTEST'))
  })

  test('an escaped path may also be signed as plain text, with one escape for each byte', () => {
    const plain = signedBy('SDK-HMAC-SHA256 Access', request({ path: '/v1/{project_id}/vpcs' }))
    assert.ok(isVerified({ ...plain, path: '/v1/%7Bproject_id%7D/vpcs' }, 'SKTEST'))
    assert.ok(!isVerified({ ...plain, path: '/v1/%7Bproject_id%7d%2fvpcs' }, 'SKTEST'))
  })

  test('with a key chain names in the query are sorted without regard to case', () => {
    const credential = (scheme: Scheme) => {
      const signed = signedBy(scheme, request({ query: 'b=1&B2=2&a=3&A1=4' }))
      const refused = verify(signed, credentialOf(signed), 'another secret')
      return refused.ok ? null : refused.canonicalRequest?.split('\n')[2]
    }
    assert.equal(credential('SDK-HMAC-SHA256 Credential'), 'a=3&A1=4&b=1&B2=2')
    assert.equal(credential('SDK-HMAC-SHA256 Access'), 'A1=4&B2=2&a=3&b=1')
  })

  test('with a key chain white space inside a header value is collapsed', () => {
    const signed = signedBy('SDK-HMAC-SHA256 Credential', request({ headers: { 'user-agent': 'a b' } }))
    assert.ok(isVerified(withHeader(signed, 'user-agent', ' a \t  b '), 'SKTEST'))
    const plain = signedBy('SDK-HMAC-SHA256 Access', request({ headers: { 'user-agent': 'a b' } }))
    assert.ok(!isVerified(withHeader(plain, 'user-agent', 'a  b'), 'SKTEST'))
  })

  test('with a key chain a POST without a body may be signed with its query as the body', () => {
    const asBody = signedBy(
      'SDK-HMAC-SHA256 Credential',
      request({ method: 'POST', path: '/v1/a', body: Buffer.from('a=x+y&b=%2B') }),
    )
    const sent = { ...asBody, query: 'b=%2B&a=x+y', body: Buffer.alloc(0) }
    assert.ok(isVerified(sent, 'SKTEST'))
    assert.ok(!isVerified({ ...sent, query: 'b=%2B&a=x+z' }, 'SKTEST'))
    assert.ok(!isVerified({ ...sent, method: 'PUT' }, 'SKTEST'))
  })

  test('repeated parameters are sorted by value', () => {
    const signed = signedBy('SDK-HMAC-SHA256 Access', request({ query: 'id=2&id=1' }))
    assert.ok(isVerified({ ...signed, query: 'id=1&id=2' }, 'SKTEST'))
    assert.ok(!isVerified({ ...signed, query: 'id=1' }, 'SKTEST'))
  })
})

suite('readCredential', () => {
  test('A1', () => {
    assert.deepEqual(credentialOf(A1), {
      scheme: 'SDK-HMAC-SHA256 Access',
      accessKeyId: 'AKTEST',
      scope: [],
      signedHeaders: ['content-type', 'host', 'x-project-id', 'x-sdk-date'],
      signature: 'ff718e7a41d25229a6e7d31756122e1e8707cec6a469d70c62f63fc7676af14a',
      time: '20261120T203516Z',
      nonce: null,
    })
  })

  test('B1: the scope', () => assert.deepEqual(credentialOf(B1).scope, ['20261120', '', '', 'sdk_request']))

  test('an unsigned request', () => {
    assert.deepEqual(readCredential(request({ headers: { 'x-auth-token': 't' } })), {
      ok: false,
      problem: 'missing',
      field: 'Authorization',
    })
  })

  test('a request without X-Sdk-Date', () => {
    const reading = readCredential(withHeader(A1, 'x-sdk-date', ''))
    assert.deepEqual(reading, { ok: false, problem: 'missing', field: 'X-Sdk-Date' })
  })

  test('a signature that does not cover X-Sdk-Date', () => {
    const text = 'SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=host, Signature=00'
    const reading = readCredential(withHeader(A1, 'authorization', text))
    assert.deepEqual(reading, { ok: false, problem: 'malformed', field: 'SignedHeaders' })
  })

  const malformed = [
    'Bearer abc',
    'SDK-HMAC-SHA256',
    'SDK-HMAC-SHA256 ',
    'SDK-HMAC-SHA256 Access=, SignedHeaders=x-sdk-date, Signature=00',
    'SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=x-sdk-date, Signature=',
    'SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=x-sdk-date',
    'SDK-HMAC-SHA256 Credential=AKTEST, SignedHeaders=x-sdk-date, Signature=00',
    'SDK-HMAC-SHA256 Credential=/20261120///sdk_request, SignedHeaders=x-sdk-date, Signature=00',
    'SDK-HMAC-SHA256 Credential=AKTEST/20261120///other, SignedHeaders=x-sdk-date, Signature=00',
    'V11-HMAC-SHA256 Access=AKTEST, SignedHeaders=x-sdk-date, Signature=00',
    'V11-HMAC-SHA256 Credential=AKTEST/20261120/r, SignedHeaders=x-sdk-date, Signature=00',
    `V11-HMAC-SHA256 Credential=AKTEST/20261120/r/${'s'.repeat(2000)}, SignedHeaders=x-sdk-date, Signature=00`,
  ]
  for (const text of malformed) {
    test(`malformed: ${text.slice(0, 80)}`, () => {
      const reading = readCredential(withHeader(A1, 'authorization', text))
      assert.deepEqual(reading, { ok: false, problem: 'malformed', field: 'Authorization' })
    })
  }
})

suite('checkTime', () => {
  const at = (time: string, scope: readonly string[] = []) => ({ ...credentialOf(A1), time, scope })
  const minute = 60_000

  test('within 15 minutes on either side', () => {
    for (const offset of [-15 * minute, 0, 15 * minute]) {
      assert.equal(checkTime(at('20261120T203516Z'), NODE_SDK_MS + offset), 'ok')
    }
    for (const offset of [-15 * minute - 1, 15 * minute + 1]) {
      assert.equal(checkTime(at('20261120T203516Z'), NODE_SDK_MS + offset), 'expired')
    }
  })

  test('malformed', () => {
    const texts = [
      '',
      '2026-11-20T20:35:16Z',
      '20261120T203516',
      '20261320T203516Z',
      '20260230T203516Z',
      '20261120T240000Z',
    ]
    for (const text of texts) assert.equal(checkTime(at(text), NODE_SDK_MS), 'malformed', text)
  })

  test('a key bound to another day', () => {
    assert.equal(checkTime(at('20261120T203516Z', ['20261120', '', '']), NODE_SDK_MS), 'ok')
    assert.equal(checkTime(at('20261120T203516Z', ['20261119', '', '']), NODE_SDK_MS), 'malformed')
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
  const authorization = fc.oneof(
    text,
    fc
      .tuple(
        fc.constantFrom(
          'SDK-HMAC-SHA256 Access=',
          'SDK-HMAC-SHA256 Credential=',
          'V11-HMAC-SHA256 Credential=',
        ),
        fc.oneof(text, fc.constantFrom('A', 'A/20261120///sdk_request', 'A/20261120/r/s')),
        fc.constantFrom('x-sdk-date', 'constructor;__proto__;x-sdk-date;;', 'X-SDK-DATE;absent'),
        text,
      )
      .map(
        ([start, claim, names, signature]) =>
          `${start}${claim}, SignedHeaders=${names}, Signature=${signature}`,
      ),
  )
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'POST', ''),
      text,
      text,
      authorization,
      text,
      fc.uint8Array(),
      (method, path, query, authorizationText, time, body) => {
        const headers = { authorization: authorizationText, 'x-sdk-date': `${time}Z` }
        const sent = { method, path, query, headers, body: Buffer.from(body) }
        const reading = readCredential(sent)
        if (!reading.ok) return
        checkTime(reading.credential, NODE_SDK_MS)
        assert.equal(verify(sent, reading.credential, 'SKTEST').ok, false)
      },
    ),
    { numRuns: 500 },
  )
})
