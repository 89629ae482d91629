import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { encodePairs } from '../../../src/dialects/encoding.ts'
import { alice, bob } from '../../rig/tenants.ts'
import {
  type CallOptions,
  LEGACY_PATH,
  legacyFails,
  legacySucceeds,
  NOBODYS_PEERING,
  send,
  signWithHeaders,
  signWithParameters,
  startTencent,
  type TencentService,
  type V3Response,
  v3Fails,
  v3Succeeds,
} from './client.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

const LIST = 'DescribeVpcPeeringConnections'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const list = (options: CallOptions = {}) => service.v3(alice, LIST, {}, options)
const listLegacy = (options: CallOptions = {}) => service.legacy(alice, LIST, {}, options)

/** A request of API 3.0 that nobody signed, as it is written here. */
async function raw(init: RequestInit & { target?: string }) {
  const response = await fetch(`${service.url}${init.target ?? '/'}`, init)
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: JSON.parse(text) as { Response: V3Response },
  }
}

describe('TC3-HMAC-SHA256', () => {
  it('is checked in this order: its form, its time, its key, itself', async () => {
    const stale = Date.now() - 6 * MINUTE
    v3Fails(await list({ timeMs: stale, keyId: 'AKNOBODY', secret: 'x' }), 'AuthFailure.SignatureExpire')
    v3Fails(await list({ keyId: 'AKNOBODY', secret: 'x' }), 'AuthFailure.SecretIdNotFound')
    v3Fails(await list({ secret: 'x' }), 'AuthFailure.SignatureFailure')
    v3Fails(await list({ timeMs: Date.now() + 6 * MINUTE }), 'AuthFailure.SignatureExpire')
    v3Succeeds(await list({ timeMs: Date.now() - 4 * MINUTE }))
  })

  for (const authorization of [
    'SKIP',
    'TC3',
    'TC3-HMAC-SHA256',
    'TC3-HMAC-SHA256 Credential=x',
    'Basic eDp5',
  ]) {
    it(`answers InvalidAuthorization to ${authorization}`, async () => {
      v3Fails(await list({ headers: { authorization } }), 'AuthFailure.InvalidAuthorization')
    })
  }

  it('answers InvalidAuthorization where there is none, whatever the parameters say', async () => {
    const headers = { 'x-tc-action': LIST, 'x-tc-version': '2017-03-12', 'x-tc-region': 'gz' }
    v3Fails(await raw({ method: 'POST', headers, body: '{}' }), 'AuthFailure.InvalidAuthorization')
    // A Signature parameter says nothing of an action that is in a header.
    const signed = signWithParameters(
      service.host,
      '/',
      alice,
      [
        ['Action', LIST],
        ['Version', '2017-03-12'],
      ],
      { method: 'GET', headers: { ...headers, 'x-tc-action': 'DeleteVpcPeeringConnection' } },
    )
    v3Fails(await send(service.url, signed), 'AuthFailure.InvalidAuthorization')
  })

  it('wants a timestamp', async () => {
    const signed = signWithHeaders(service.host, alice, LIST, {}, {})
    const { 'x-tc-timestamp': _, ...headers } = signed.headers as Record<string, string>
    v3Fails(await send(service.url, { ...signed, headers }), 'MissingParameter')
    for (const time of ['soon', '-1', '1e9']) {
      const wrong = { ...signed, headers: { ...headers, 'x-tc-timestamp': time } }
      v3Fails(await send(service.url, wrong), 'AuthFailure.SignatureFailure')
    }
  })

  it('covers the body', async () => {
    const signed = signWithHeaders(service.host, alice, LIST, {}, {})
    v3Fails(await send(service.url, { ...signed, body: '{"Limit":1}' }), 'AuthFailure.SignatureFailure')
  })

  it('may be sent twice', async () => {
    const signed = signWithHeaders(service.host, alice, LIST, {}, {})
    for (const _ of [1, 2]) v3Succeeds(await send(service.url, signed))
  })

  it('takes no token, since none is ever given out', async () => {
    v3Fails(await list({ token: 'TOK' }), 'AuthFailure.TokenFailure')
    v3Succeeds(await list({ token: '' }))
  })

  it('comes before what the body says', async () => {
    v3Fails(await list({ secret: 'x', body: 'not JSON' }), 'AuthFailure.SignatureFailure')
    for (const body of ['not JSON', '[]', 'null', '"x"', '{"a":1']) {
      v3Fails(await list({ body }), 'InvalidParameter')
    }
  })
})

for (const scheme of ['HmacSHA1', 'HmacSHA256'] as const) {
  describe(`API 3.0 with ${scheme}`, () => {
    it('is checked in this order: its form, its time, its key, itself', async () => {
      const stale = Date.now() - 2 * HOUR - MINUTE
      v3Fails(await list({ scheme, timeMs: stale, keyId: 'x' }), 'AuthFailure.SignatureExpire')
      v3Fails(await list({ scheme, keyId: 'AKNOBODY' }), 'AuthFailure.SecretIdNotFound')
      v3Fails(await list({ scheme, secret: 'x' }), 'AuthFailure.SignatureFailure')
      v3Fails(await list({ scheme, token: 'TOK' }), 'AuthFailure.TokenFailure')
    })

    it('refuses the very same request a second time, and takes a nonce again', async () => {
      const nonce = '6685968533278289173'
      const pairs = [
        ['Action', LIST],
        ['Version', '2017-03-12'],
        ['Region', 'gz'],
      ] as const
      const signed = signWithParameters(service.host, '/', alice, pairs, { scheme, nonce })
      v3Succeeds(await send(service.url, signed))
      v3Fails(await send(service.url, signed), 'AuthFailure.SignatureFailure')
      v3Succeeds(await service.v3(alice, LIST, { Limit: 5 }, { scheme, nonce }))
    })

    it('wants every part of a signature', async () => {
      const answer = await raw({ target: `/?Action=${LIST}&Version=2017-03-12&SecretId=x` })
      assert.match(v3Fails(answer, 'MissingParameter'), /`Signature`/)
    })
  })

  describe(`the legacy API with ${scheme}`, () => {
    it('is checked in this order: its form, its time, its key, itself', async () => {
      const stale = Date.now() - 2 * HOUR - MINUTE
      legacyFails(await listLegacy({ scheme, timeMs: stale, keyId: 'x' }), 4200, 'RequestExpired')
      legacyFails(await listLegacy({ scheme, keyId: 'AKNOBODY' }), 4104, 'SecretIdNotFound')
      legacyFails(await listLegacy({ scheme, secret: 'x' }), 4100, 'AuthFailure')
      legacyFails(await listLegacy({ scheme, token: 'TOK' }), 4105, 'TokenFailure')
      legacySucceeds(await listLegacy({ scheme, timeMs: Date.now() - HOUR }))
    })

    it('refuses the very same request a second time', async () => {
      for (const method of ['GET', 'POST'] as const) {
        const pairs = [
          ['Action', LIST],
          ['Region', 'gz'],
        ] as const
        const signed = signWithParameters(service.host, LEGACY_PATH, alice, pairs, { scheme, method })
        legacySucceeds(await send(service.url, signed))
        legacyFails(await send(service.url, signed), 4500, 'ReplayAttack')
      }
    })
  })
}

describe('what is asked of API 3.0', () => {
  it('has to be an action that there is, in the version that there is', async () => {
    v3Fails(await service.v3(alice, 'DescribeNothing'), 'InvalidAction')
    v3Fails(await service.v3(alice, 'describeVpcs'), 'InvalidAction')
    v3Fails(await service.v3(alice, 'constructor'), 'InvalidAction')
    v3Fails(await list({ version: '2018-08-13' }), 'NoSuchVersion')
    assert.match(v3Fails(await list({ version: '' }), 'MissingParameter'), /`Version`/)
    const headers = { authorization: 'TC3-HMAC-SHA256 x' }
    assert.match(v3Fails(await raw({ method: 'POST', headers }), 'MissingParameter'), /`Action`/)
  })

  for (const method of ['PUT', 'DELETE'] as const) {
    it(`may not be asked with ${method}`, async () => {
      v3Fails(await list({ method }), 'UnsupportedProtocol')
    })
  }

  it('has a region that there is', async () => {
    v3Fails(await list({ region: 'ap-tokyo' }), 'UnsupportedRegion')
    assert.match(v3Fails(await list({ region: null }), 'MissingParameter'), /`Region`/)
    const parameters = { PeeringConnectionId: NOBODYS_PEERING }
    const without = await service.v3(alice, 'AcceptVpcPeeringConnection', parameters, { region: null })
    v3Fails(without, 'ResourceNotFound')
  })

  it('has a size', async () => {
    const long = { PeeringConnectionIds: ['x'.repeat(33 * 1024)] }
    v3Fails(await service.v3(alice, LIST, long, { method: 'GET' }), 'RequestSizeLimitExceeded')
    const huge = { PeeringConnectionName: 'x'.repeat(2 * 1024 * 1024) }
    v3Fails(await service.v3(alice, LIST, huge), 'RequestSizeLimitExceeded')
  })

  it('answers deep and odd JSON with an error of its own', async () => {
    const deep = `{"PeeringConnectionIds":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    v3Fails(await list({ body: deep }), 'InvalidParameter')
    v3Fails(await list({ body: '{"__proto__":1}' }), 'UnknownParameter')
    v3Fails(await list({ body: '{"\\u0000":1}' }), 'UnknownParameter')
    v3Succeeds(await list({ body: '' }))
  })
})

describe('what is asked of the legacy API', () => {
  it('has to be an action that there is', async () => {
    legacyFails(await service.legacy(alice, 'DescribeNothing'), 4000, 'InvalidParameter')
    legacyFails(await service.legacy(alice, ''), 4000, 'InvalidParameter')
    legacyFails(await listLegacy({ method: 'PUT' }), 4600, 'UnsupportedProtocol')
    legacyFails(await listLegacy({ region: 'mars' }), 4000, 'InvalidParameter')
  })

  it('may be split between query and form, both of which are signed', async () => {
    const pairs = [
      ['Action', LIST],
      ['Region', 'gz'],
    ] as const
    const signed = signWithParameters(service.host, LEGACY_PATH, alice, pairs, {})
    const inForm = new URLSearchParams(signed.body)
    inForm.delete('Action')
    const target = `${LEGACY_PATH}?${encodePairs([['Action', LIST]])}`
    legacySucceeds(await send(service.url, { ...signed, target, body: inForm.toString() }))
  })
})

describe('both APIs', () => {
  it('see each other’s peerings', async () => {
    const id = await service.propose(alice, bob)
    const one = { peeringConnectionId: id }
    legacySucceeds(await service.legacy(bob, 'AcceptVpcPeeringConnection', one))
    assert.equal(await service.stateOf(alice, id), 'ACTIVE')
  })
})
