import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import {
  type AlibabaService,
  fails,
  NOT_FOUND,
  refusal,
  STYLES,
  send,
  sign,
  startAlibaba,
  succeeds,
} from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const GET = 'GetVpcPeerConnectionAttribute'
const SHOW = { InstanceId: 'pcc-nobodys' }

suite('request styles', () => {
  for (const style of STYLES) {
    test(`${style}: a call with awkward characters, lists and Chinese`, async () => {
      const InstanceId = await alibaba.activate(alice, bob)
      const Description = `it's (ok) 中文! a+b & c=d*~ ${style}`
      await succeeds(alibaba.call(alice, 'ModifyVpcPeerConnection', { InstanceId, Description }, { style }))
      await succeeds(
        alibaba.call(
          alice,
          'TagResources',
          {
            RegionId: 'cn-hangzhou',
            ResourceType: 'PeerConnection',
            'ResourceId.1': InstanceId,
            'Tag.1.Key': 'a b',
            'Tag.1.Value': 'c+d',
            'Tag.2.Key': 'empty',
            'Tag.2.Value': '',
          },
          { style },
        ),
      )
      const { body } = await succeeds(alibaba.call(alice, GET, { InstanceId }, { style }))
      assert.equal(body.Description, Description)
      assert.deepEqual(body.Tags, [
        { Key: 'a b', Value: 'c+d' },
        { Key: 'empty', Value: '' },
      ])
    })

    test(`${style}: an error`, () => fails(alibaba.call(alice, GET, SHOW, { style }), ...NOT_FOUND))
  }

  test('booleans in any case, and parameters that mean nothing here', () =>
    fails(
      alibaba.call(alice, 'RejectVpcPeerConnection', {
        ...SHOW,
        DryRun: 'True',
        RegionId: 'cn-nowhere',
        OwnerAccount: 'x',
        ResourceOwnerId: 5,
        SourceIp: '10.0.0.1',
      }),
      ...NOT_FOUND,
    ))

  test('a parameter split over query and body of an ACS3 request', async () => {
    const signed = sign(
      alibaba.host,
      alice,
      'ListVpcPeerConnections',
      { MaxResults: 7 },
      { style: 'acs3-query' },
    )
    const { body } = await succeeds(send(alibaba.url, signed))
    assert.equal(body.MaxResults, 7)
  })

  test('headers x-acs-* that are not signed count for nothing', () =>
    fails(
      alibaba.call(alice, GET, SHOW, {
        style: 'split',
        headers: { 'x-acs-action': 'DeleteVpcPeerConnection', 'x-acs-version': '2016-04-28' },
      }),
      ...NOT_FOUND,
    ))
})

suite('what an answer is written in', () => {
  test('the older style without a Format: XML', async () => {
    const answer = await alibaba.call(alice, 'ListVpcPeerConnections', {}, { style: 'get', format: null })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'text/xml;charset=utf-8')
    assert.match(
      answer.text,
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<ListVpcPeerConnectionsResponse><RequestId>[0-9A-F-]{36}<\/RequestId>/,
    )
  })

  test('an error in XML', async () => {
    const { status, text, headers } = await alibaba.call(alice, GET, SHOW, { style: 'form', format: 'XML' })
    assert.equal(status, 400)
    assert.equal(headers.get('content-type'), 'text/xml;charset=utf-8')
    assert.match(
      text,
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><RequestId>[^<]+<\/RequestId><HostId>127[^<]+<\/HostId><Code>ResourceNotFound.InstanceId<\/Code><Message>[^<]+<\/Message><Recommend>https:[^<]+&amp;product=VpcPeer&amp;[^<]+<\/Recommend><\/Error>$/,
    )
  })

  test('ACS3: JSON, unless XML is asked for', async () => {
    const json = await alibaba.call(alice, 'ListVpcPeerConnections')
    assert.equal(json.headers.get('content-type'), 'application/json;charset=utf-8')
    const xml = await alibaba.call(alice, 'ListVpcPeerConnections', { Format: 'xml' })
    assert.equal(xml.headers.get('content-type'), 'text/xml;charset=utf-8')
  })

  test('the request id is a header too', async () => {
    const { headers, body } = await succeeds(alibaba.call(alice, 'ListVpcPeerConnections'))
    assert.equal(headers.get('x-acs-request-id'), body.RequestId)
  })
})

suite('what is called', () => {
  const unknown = [
    'InvalidAction.NotFound',
    'Specified api is not found, please check your url and method.',
    404,
  ] as const

  test('an unknown action', () => fails(alibaba.call(alice, 'DescribeNothing'), ...unknown))
  test('an action of the other API', async () => {
    await fails(alibaba.call(alice, 'CreateVpc', {}, { version: '2022-01-01' }), ...unknown)
    await fails(alibaba.call(alice, GET, SHOW, { version: '2016-04-28' }), ...unknown)
  })
  test('an action in another case', () => fails(alibaba.call(alice, GET.toLowerCase(), SHOW), ...unknown))
  test('a name that every object has', () => fails(alibaba.call(alice, 'constructor'), ...unknown))
  test('an unknown version', () =>
    fails(
      alibaba.call(alice, GET, SHOW, { version: '2017-12-14' }),
      'InvalidVersion',
      'Specified parameter Version is not valid.',
    ))
  test('another method', async () => {
    const signed = sign(alibaba.host, alice, GET, SHOW, { style: 'query' })
    await fails(send(alibaba.url, { ...signed, method: 'PUT' }), ...unknown)
  })
  test('no action, no version', async () => {
    const nothing = { method: 'GET', headers: {}, body: '' }
    await fails(
      send(alibaba.url, { ...nothing, query: 'AccessKeyId=x&Version=2022-01-01&Format=json' }),
      'MissingAction',
      'Action is mandatory for this action.',
    )
    await fails(
      send(alibaba.url, { ...nothing, query: `AccessKeyId=x&Action=${GET}&Format=json` }),
      'MissingVersion',
    )
  })
})

suite('signatures', () => {
  for (const style of STYLES) {
    test(`${style}: unknown access key`, () =>
      fails(
        alibaba.call(alice, GET, SHOW, { style, keyId: 'AKNOBODY' }),
        'InvalidAccessKeyId.NotFound',
        'Specified access key is not found.',
        404,
      ))

    test(`${style}: wrong secret`, async () => {
      const { body } = await refusal(
        alibaba.call(alice, GET, SHOW, { style, secret: 'wrong' }),
        'SignatureDoesNotMatch',
      )
      if (style.startsWith('acs3')) {
        assert.match(
          body.Message,
          /^Specified signature does not match our calculation\. server StringToSign is \[ACS3-HMAC-SHA256\n[0-9a-f]{64}\]/,
        )
      } else {
        // Clients split at the colon and compare what follows with what they signed.
        const [before, stringToSign] = body.Message.split(':')
        assert.equal(
          before,
          'Specified signature is not matched with our calculation. server string to sign is',
        )
        assert.match(stringToSign ?? '', /^(GET|POST)&%2F&AccessKeyId%3DAKALICE%26Action%3D/)
      }
    })

    test(`${style}: too old, or too early`, async () => {
      for (const minutes of [-16, 16]) {
        await fails(
          alibaba.call(alice, GET, SHOW, { style, timeMs: Date.now() + minutes * 60_000 }),
          'InvalidTimeStamp.Expired',
          'Specified time stamp or date value is expired.',
        )
      }
    })

    test(`${style}: a replay`, async () => {
      const signed = sign(alibaba.host, alice, GET, SHOW, { style })
      await fails(send(alibaba.url, signed), ...NOT_FOUND)
      await fails(
        send(alibaba.url, signed),
        'SignatureNonceUsed',
        'Specified signature nonce was used already.',
      )
    })
  }

  test('a nonce is used up per key, and only by who has the secret', async () => {
    const nonce = randomUUID()
    await fails(alibaba.call(alice, GET, SHOW, { nonce, secret: 'wrong' }), 'SignatureDoesNotMatch')
    await fails(alibaba.call(alice, GET, SHOW, { nonce }), ...NOT_FOUND)
    await fails(alibaba.call(bob, GET, SHOW, { nonce }), ...NOT_FOUND)
    await fails(alibaba.call(alice, GET, SHOW, { nonce, style: 'get' }), 'SignatureNonceUsed')
  })

  test('a nonce of any length', async () => {
    const nonce = 'n'.repeat(3000)
    await fails(alibaba.call(alice, GET, SHOW, { nonce }), ...NOT_FOUND)
    await fails(alibaba.call(alice, GET, SHOW, { nonce }), 'SignatureNonceUsed')
  })

  test('a timestamp with fractions of a second', async () => {
    const signed = sign(alibaba.host, alice, GET, SHOW, { style: 'get' })
    const query = signed.query.replace(/(Timestamp=[^&]+)Z/, '$1.123Z')
    await fails(
      send(alibaba.url, { ...signed, query }),
      'InvalidTimeStamp.Format',
      'Specified time stamp or date value is not well formatted.',
    )
  })

  test('not signed at all', async () => {
    const unsigned = { method: 'POST', query: '', body: 'InstanceId=pcc-1' }
    await fails(
      send(alibaba.url, {
        ...unsigned,
        headers: {
          'x-acs-action': GET,
          'x-acs-version': '2022-01-01',
          'content-type': 'application/x-www-form-urlencoded',
        },
      }),
      'MissingAccessKeyId',
      'AccessKeyId is mandatory for this action.',
    )
  })

  test('an Authorization that is none', () =>
    fails(
      send(alibaba.url, {
        method: 'POST',
        query: '',
        body: '',
        headers: { 'x-acs-action': GET, 'x-acs-version': '2022-01-01', authorization: 'ACS3-HMAC-SM3 x' },
      }),
      'IncompleteSignature',
      'The request signature does not conform to Aliyun standards.',
    ))

  test('a body that was changed on its way', async () => {
    const signed = sign(alibaba.host, alice, GET, SHOW, {})
    await fails(send(alibaba.url, { ...signed, body: 'InstanceId=pcc-other' }), 'SignatureDoesNotMatch')
  })

  test('a session token', async () => {
    const mismatch = [
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    ] as const
    await fails(alibaba.call(alice, GET, { ...SHOW, SecurityToken: 'x' }, { style: 'get' }), ...mismatch)
    await fails(alibaba.call(alice, GET, SHOW, { headers: { 'x-acs-security-token': 'x' } }), ...mismatch)
  })
})
