import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { DomainError, type FailureCode, type Failures } from '../../domain/errors.ts'
import type { WireRequest } from '../wire.ts'
import { readCall } from './call.ts'
import { encodeFailure, FAILURES } from './errors.ts'
import { alibaba } from './index.ts'

const REQUEST_ID = '4EC47282-1B74-4534-BD2E-403F3EE64CAF'

function request(changes: Partial<WireRequest>): WireRequest {
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: { host: 'vpcpeer.example' },
    body: Buffer.alloc(0),
    remoteAddress: '127.0.0.1',
    ...changes,
  }
}

const callOf = (version: string, action: string, query = '') =>
  readCall(
    request({
      query,
      headers: { host: 'vpcpeer.example', 'x-acs-version': version, 'x-acs-action': action },
    }),
  )

/** One of each, so that a new failure is met here too. */
const SAMPLES: { readonly [C in FailureCode]: Failures[C] } = {
  'request.malformed': { reason: 'r' },
  'request.missing': { field: 'InstanceId' },
  'request.invalid': { field: 'Name', problem: 'format', reason: 'r', value: 'v' },
  'request.unknown-parameter': { field: 'Name' },
  'request.exclusive': { fields: ['a', 'b'] },
  'request.too-large': { limitBytes: 1 },
  'request.timeout': { timeoutMs: 1 },
  'operation.unknown': { operation: 'o', method: 'GET' },
  'authentication.missing': { what: 'AccessKeyId' },
  'authentication.malformed': { reason: 'r' },
  'authentication.unknown-key': { accessKeyId: 'a' },
  'authentication.signature-mismatch': { signed: 's', stringToSign: 'GET&%2F&' },
  'authentication.time-malformed': { value: 'v' },
  'authentication.expired': { value: 'v' },
  'authentication.replayed': { nonce: 'n' },
  'authentication.token-invalid': { reason: 'r' },
  'authentication.password-wrong': {},
  'permission.denied': { action: 'a' },
  'project.mismatch': { project: 'p' },
  'region.unknown': { region: 'r' },
  'tenant.not-found': { id: 'i' },
  'tenant.exists': { name: 'n' },
  'access-key.not-found': { id: 'i' },
  'access-key.exists': { id: 'i' },
  'vpc.not-found': { id: 'i' },
  'vpc.requester-not-found': { id: 'i' },
  'vpc.accepter-not-found': { id: 'i', tenant: 't' },
  'vpc.exists': { id: 'i' },
  'vpc.name-taken': { name: 'n' },
  'vpc.in-use': { id: 'i', peering: 'p' },
  'vpc.not-empty': { id: 'i', kind: 'subnet', part: 'p' },
  'vpc.cidr-overlap': { cidr: 'c', existing: 'e' },
  'vpc.cidr-limit': { limit: 1 },
  'vpc.cidr-not-found': { cidr: 'c' },
  'vpc.cidr-in-use': { cidr: 'c', subnet: 's' },
  'subnet.not-found': { id: 'i' },
  'subnet.outside-vpc': { cidr: 'c', vpc: 'v' },
  'subnet.overlap': { cidr: 'c', subnet: 's' },
  'route-table.not-found': { id: 'i' },
  'route-table.is-default': { id: 'i' },
  'route-table.in-use': { id: 'i', subnet: 's' },
  'route-table.has-routes': { id: 'i', route: 'r' },
  'port.not-found': { id: 'i' },
  'port.address-unavailable': { address: 'a', subnet: 's' },
  'subnet.in-use': { id: 'i', port: 'p' },
  'route.not-found': { id: 'i' },
  'route.exists': { destination: 'd', route: 'r' },
  'route.destination-local': { destination: 'd', local: 'l' },
  'route.destination-outside-peer': { destination: 'd', peer: 'p' },
  'route.peering-not-ready': { peering: 'p', state: 'expired' },
  'route.next-hop-not-found': { id: 'i' },
  'peering.has-routes': { id: 'i', route: 'r' },
  'peering.not-found': { id: 'i' },
  'peering.wrong-state': { id: 'i', state: 'active', event: 'accept' },
  'peering.wrong-side': { id: 'i', event: 'accept' },
  'peering.exists': { id: 'i', requester: 'r', accepter: 'a' },
  'peering.same-vpc': { id: 'i' },
  'peering.overlap': { requester: 'r', accepter: 'a' },
  'peering.overlap-elsewhere': { vpc: 'v', block: 'b', peering: 'p' },
  'peering.cross-region': { requester: 'r', accepter: 'a' },
  'peering.busy': { id: 'i' },
  'peering.nothing-to-update': {},
  'bandwidth.same-region': { bandwidthMbps: 1 },
  'bandwidth.too-high': { bandwidthMbps: 2, limitMbps: 1 },
  'bandwidth.missing': {},
  'link-type.same-region': { linkType: 'Gold' },
  'quota.exceeded': { quota: 'peerings-per-vpc', limit: 1, used: 1 },
  'resource-group.not-found': { id: 'i' },
  'tag.limit-exceeded': { limit: 1 },
  'tag.duplicate-key': { key: 'k' },
  'tag.resource-not-found': { ids: ['i'] },
  'task.not-found': { id: 'i' },
  'webhook.not-found': { id: 'i' },
  'webhook.limit-exceeded': { limit: 1 },
  'delivery.not-found': { sequence: 1 },
  'idempotency.mismatch': { token: 't' },
  'idempotency.in-progress': { token: 't' },
  'dry-run.succeeded': {},
  'clock.not-manual': {},
  'service.unavailable': { reason: 'r' },
  'service.internal': {},
}

const CODES = Object.keys(FAILURES) as FailureCode[]

suite('every failure', () => {
  const answers = ['2022-01-01', '2016-04-28'].flatMap((version) =>
    CODES.map((code) => {
      const error = new DomainError(code, SAMPLES[code])
      const { status, body } = encodeFailure(error, callOf(version, 'X'), REQUEST_ID)
      return { code, status, body: JSON.parse(body) as Record<string, string> }
    }),
  )

  for (const { code, status, body } of answers) {
    test(`${code} as ${body['Code']}`, () => {
      assert.ok(status >= 400)
      assert.deepEqual(Object.keys(body), ['RequestId', 'HostId', 'Code', 'Message', 'Recommend'])
      for (const value of Object.values(body)) assert.notEqual(value, '')
      // Terraform looks for codes in the whole text, so that of another must not be in it.
      for (const other of answers.map((answer) => answer.body['Code'] ?? '')) {
        if (!other.includes('.') || body['Code']?.startsWith(other)) continue
        assert.equal(JSON.stringify(body).includes(other), false, other)
      }
    })
  }

  test('only what a client did not cause is the server’s fault', () => {
    const faults = answers.filter(({ status }) => status >= 500).map(({ code }) => code)
    assert.deepEqual([...new Set(faults)].sort(), [
      'access-key.exists',
      'access-key.not-found',
      'clock.not-manual',
      'delivery.not-found',
      'service.internal',
      'service.unavailable',
      'task.not-found',
      'tenant.exists',
      'vpc.exists',
      'webhook.limit-exceeded',
      'webhook.not-found',
    ])
  })
})

suite('texts', () => {
  const message = (error: DomainError, query = '') =>
    JSON.parse(encodeFailure(error, callOf('2022-01-01', 'X', query), REQUEST_ID).body) as {
      Code: string
      Message: string
    }

  test('the instance is named as the request named it', () => {
    const details = { id: 'a-uuid', state: 'active', event: 'accept' } as const
    assert.equal(
      message(new DomainError('peering.wrong-state', details), 'InstanceId=pcc-1').Message,
      'The status of VpcPeer [pcc-1] is incorrect.',
    )
  })

  test('a list’s numbers are not part of a parameter’s name', () => {
    const details = { field: 'Tag.12.Value', problem: 'format', reason: 'r', value: 'v' } as const
    const { Code, Message } = message(new DomainError('request.invalid', details))
    assert.deepEqual([Code, Message], ['IllegalParam.TagValue', 'The param of Tag.Value is illegal.'])
  })

  test('a header that is not signed', () => {
    const { Code } = message(new DomainError('authentication.missing', { what: 'x-acs-date' }))
    assert.equal(Code, 'IncompleteSignature')
  })
})

suite('a request that was refused before it was read', () => {
  const tooLarge = new DomainError('request.too-large', { limitBytes: 1024 })

  test('by headers: JSON', () => {
    const { status, headers, body } = alibaba.refuse(
      request({ headers: { 'x-acs-action': 'CreateVpcPeerConnection', 'x-acs-version': '2022-01-01' } }),
      null,
      tooLarge,
      alibaba.wireId(REQUEST_ID.toLowerCase()),
    )
    assert.equal(status, 413)
    assert.equal(headers['content-type'], 'application/json;charset=utf-8')
    assert.equal((JSON.parse(body) as { RequestId: string }).RequestId, REQUEST_ID)
  })

  test('by parameters: XML, unless it says otherwise', () => {
    const query = 'Action=CreateVpc&Version=2016-04-28&AccessKeyId=x'
    const xml = alibaba.refuse(request({ query }), null, tooLarge, REQUEST_ID)
    assert.match(xml.body, /^<\?xml .*<Error><RequestId>/s)
    const json = alibaba.refuse(request({ query: `${query}&Format=Json` }), null, tooLarge, REQUEST_ID)
    assert.match(json.body, /^\{"RequestId"/)
  })
})

suite('whose a request is', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const cases: [what: string, changes: Partial<WireRequest>, ours: boolean][] = [
    ['by header', { headers: { 'x-acs-action': 'X' } }, true],
    ['by signature', { headers: { authorization: 'ACS3-HMAC-SHA256 Credential=x' } }, true],
    ['by version', { query: 'Action=X&Version=2022-01-01' }, true],
    ['by version, in the body', { headers: form, body: Buffer.from('Action=X&Version=2022-01-01') }, true],
    ['by the name of its key, though it has no version', { query: 'Action=X&AccessKeyId=x' }, true],
    ['Tencent’s, by header', { headers: { 'x-tc-action': 'X' } }, false],
    ['Tencent’s, by version', { query: 'Action=X&Version=2017-03-12' }, false],
    ['Tencent’s, by the name of its key', { query: 'Action=X&Version=2022-01-01&SecretId=x' }, false],
    ['a browser’s', {}, false],
    ['on another path', { path: '/v2/index.php', headers: { 'x-acs-action': 'X' } }, false],
  ]
  for (const [what, changes, ours] of cases) {
    test(what, () => assert.equal(alibaba.owns(request(changes)), ours))
  }
})
