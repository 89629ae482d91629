import assert from 'node:assert/strict'
import { after, before, beforeEach, suite, test } from 'node:test'
import { EVENT_TYPES_ALL, WEBHOOKS_MAX } from '../../../src/domain/webhook.ts'
import { type Received, startReceiver, type TestReceiver } from '../../rig/receiver.ts'
import { ADMIN_TOKEN, native, startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import { type Answer, assertProblem, NOWHERE, newPeering, TIME, UUID } from './client.ts'

interface WebhookBody {
  readonly id: string
  readonly tenant: string
  readonly url: string
  readonly description: string
  readonly eventTypes: readonly string[] | null
  readonly enabled: boolean
  readonly position: number
  readonly secret?: string
  readonly previousSecretUntil: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly webhooks: readonly WebhookBody[]
  readonly next: string | null
  readonly deliveries: readonly DeliveryBody[]
}

interface DeliveryBody {
  readonly sequence: number
  readonly state: string
  readonly attempts: number
  readonly attemptedAt: string
  readonly nextAttemptAt: string | null
  readonly reason: string
}

const URL = 'https://receiver.invalid/hook'
const ARGS = ['--webhook-networks', '127.0.0.0/8', '--webhook-retry-delay', 'PT1H']

let service: TestService
let receiver: TestReceiver
let verdict: (received: Received) => number
before(async () => {
  service = await startService({ args: ARGS })
  receiver = await startReceiver((received) => verdict(received))
})
after(async () => {
  await service.close()
  await receiver.close()
})
beforeEach(async () => {
  verdict = () => 200
  for (const { id } of (await operator('GET', '/webhooks')).body.webhooks) {
    await operator('DELETE', `/webhooks/${id}`)
  }
})

type Reply = Omit<Answer, 'body'> & { readonly body: WebhookBody }
const call =
  (token: () => string) =>
  (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
    native(service, token(), method, path, body, headers)
const as = ({ key }: TestTenant) => call(() => `${key.id}.${key.secret}`)
const operator = call(() => ADMIN_TOKEN)
const [asAlice, asBob, asMallory] = [as(alice), as(bob), as(mallory)]
const problem = (answer: Reply, ...rest: [number, string, string]) =>
  assertProblem(answer as unknown as Answer, ...rest)

suite('a webhook', () => {
  test('is made for oneself, with a secret that is shown once', async () => {
    const made = await asBob('POST', '/webhooks', { url: URL })
    assert.equal(made.status, 201)
    const { secret = '', ...shown } = made.body
    assert.match(secret, /^whsec_[A-Za-z0-9+/]+=*$/)
    assert.equal(Buffer.from(secret.slice('whsec_'.length), 'base64').length, 43)
    const { id, tenant, position, createdAt, updatedAt, ...said } = shown
    assert.match(id, UUID)
    assert.match(createdAt, TIME)
    assert.deepEqual([createdAt, position >= 0], [updatedAt, true])
    const expected = { url: URL, description: '', eventTypes: null, enabled: true, previousSecretUntil: null }
    assert.deepEqual(said, expected)
    assert.equal(tenant, (await operator('GET', '/tenants/bob')).body.id)
    assert.deepEqual((await asBob('GET', `/webhooks/${id}`)).body, shown)
    assert.deepEqual((await asBob('GET', '/webhooks')).body, { webhooks: [shown], next: null })
  })

  test('is made once by an idempotency token, and its secret is shown to whoever has that', async () => {
    const headers = { 'idempotency-key': 'the same' }
    const first = await asBob('POST', '/webhooks', { url: URL }, headers)
    const second = await asBob('POST', '/webhooks', { url: URL }, headers)
    assert.deepEqual([second.status, second.body], [201, first.body])
    assert.equal((await asBob('GET', '/webhooks')).body.webhooks.length, 1)
  })

  test('is not made by a dry run', async () => {
    assert.equal((await asBob('POST', '/webhooks?dryRun=true', { url: URL })).status, 200)
    assert.deepEqual((await operator('GET', '/webhooks')).body.webhooks, [])
  })

  test('is changed in what is given, and in nothing else', async () => {
    const { secret: _, ...made } = (await asBob('POST', '/webhooks', { url: URL })).body
    const update = { eventTypes: ['peering.requested'], description: 'for the team', enabled: false }
    const changed = await asBob('PATCH', `/webhooks/${made.id}`, update)
    const { updatedAt } = changed.body
    assert.deepEqual([changed.status, changed.body], [200, { ...made, ...update, updatedAt }])
    const back = await asBob('PATCH', `/webhooks/${made.id}`, { eventTypes: null, url: `${URL}/other` })
    const expected = {
      ...changed.body,
      eventTypes: null,
      url: `${URL}/other`,
      updatedAt: back.body.updatedAt,
    }
    assert.deepEqual(back.body, expected)
    assert.deepEqual((await asBob('GET', `/webhooks/${made.id}`)).body, expected)
  })

  test('is gone once it is deleted', async () => {
    const { id } = (await asBob('POST', '/webhooks', { url: URL })).body
    assert.equal((await asBob('DELETE', `/webhooks/${id}`)).status, 204)
    problem(await asBob('GET', `/webhooks/${id}`), 404, 'webhook.not-found', `There is no webhook '${id}'.`)
    problem(
      await asBob('DELETE', `/webhooks/${id}`),
      404,
      'webhook.not-found',
      `There is no webhook '${id}'.`,
    )
  })

  test('has another secret when it is asked for, beside the one before for a day', async () => {
    const made = (await asBob('POST', '/webhooks', { url: URL })).body
    const headers = { 'idempotency-key': 'rotate' }
    const rotated = await asBob('POST', `/webhooks/${made.id}/rotate-secret`, undefined, headers)
    const { secret, previousSecretUntil, ...rest } = rotated.body
    assert.deepEqual([rotated.status, rest], [200, {}])
    assert.match(String(secret), /^whsec_/)
    assert.notEqual(secret, made.secret)
    const leftMs = Date.parse(String(previousSecretUntil)) - Date.now()
    assert.ok(leftMs > 86_390_000 && leftMs <= 86_400_000)
    const again = await asBob('POST', `/webhooks/${made.id}/rotate-secret`, undefined, headers)
    assert.deepEqual(again.body, rotated.body)
    const shown = await asBob('GET', `/webhooks/${made.id}`)
    assert.equal(shown.body.previousSecretUntil, previousSecretUntil)
    assert.ok(!JSON.stringify(shown.body).includes('whsec_'))
  })

  test(`is one of ${WEBHOOKS_MAX} at most of a tenant`, async () => {
    for (let n = 0; n < WEBHOOKS_MAX; n++) await asBob('POST', '/webhooks', { url: URL })
    const detail = `A tenant may have at most ${WEBHOOKS_MAX} webhooks.`
    problem(await asBob('POST', '/webhooks', { url: URL }), 409, 'webhook.limit-exceeded', detail)
    assert.equal((await asAlice('POST', '/webhooks', { url: URL })).status, 201)
  })

  test('leads to an address of the kind that is allowed', async () => {
    const refuse = async (url: string, reason: string) => {
      const detail = `url '${url}': ${reason}.`
      problem(await asBob('POST', '/webhooks', { url }), 400, 'request.invalid', detail)
    }
    await refuse('receiver.example', 'must be an absolute http or https URL')
    await refuse('https://user:secret@receiver.example/', 'must not hold a user name or password')
    const nowhere = 'the operator allows no receivers at this address'
    await refuse('http://169.254.169.254/latest/meta-data/', nowhere)
    await refuse('http://[::1]:4750/isthmus/v1/tenants', nowhere)
    await refuse('http://2852039166/', nowhere)
    const { id } = (await asBob('POST', '/webhooks', { url: URL })).body
    const moved = await asBob('PATCH', `/webhooks/${id}`, { url: 'http://[fe80::1]/' })
    problem(moved, 400, 'request.invalid', `url 'http://[fe80::1]/': ${nowhere}.`)
    assert.equal((await asBob('GET', `/webhooks/${id}`)).body.url, URL)
    for (const url of ['http://10.0.0.1/', 'http://127.0.0.1:1/'])
      assert.equal((await asBob('POST', '/webhooks', { url })).status, 201)
  })

  test('asks for events of types that there are', async () => {
    const made = await asBob('POST', '/webhooks', { url: URL, eventTypes: EVENT_TYPES_ALL })
    assert.deepEqual(made.body.eventTypes, EVENT_TYPES_ALL)
    const wrong = await asBob('POST', '/webhooks', { url: URL, eventTypes: ['peering.sneezed'] })
    assert.deepEqual([wrong.status, wrong.headers.get('isthmus-error-code')], [400, 'request.invalid'])
  })
})

suite('a list of webhooks', () => {
  test('is one’s own, or the operator’s of everybody’s, a page at a time', async () => {
    const ids: string[] = []
    for (const owner of [asBob, asAlice, asBob]) {
      ids.push((await owner('POST', '/webhooks', { url: URL })).body.id)
    }
    const listed = async (list: Promise<Reply>) => {
      const { webhooks, next } = (await list).body
      return [webhooks.map(({ id }) => id), next]
    }
    assert.deepEqual(await listed(asBob('GET', '/webhooks')), [[ids[0], ids[2]], null])
    assert.deepEqual(await listed(asMallory('GET', '/webhooks')), [[], null])
    assert.deepEqual(await listed(operator('GET', '/webhooks?limit=2')), [[ids[0], ids[1]], ids[1]])
    assert.deepEqual(await listed(operator('GET', `/webhooks?limit=2&after=${ids[1]}`)), [[ids[2]], null])
  })

  test('and all that can be done with one, is the same to a stranger as if there were none', async () => {
    const { id } = (await asBob('POST', '/webhooks', { url: URL })).body
    const before = (await asBob('GET', `/webhooks/${id}`)).body
    const calls = [
      ['GET', ''],
      ['PATCH', '', { enabled: false }],
      ['DELETE', ''],
      ['POST', '/rotate-secret'],
      ['GET', '/deliveries'],
      ['POST', '/deliveries/1/retry'],
    ] as const
    for (const [method, path, body] of calls) {
      for (const each of [id, NOWHERE]) {
        const answer = await asMallory(method, `/webhooks/${each}${path}`, body)
        problem(answer, 404, 'webhook.not-found', `There is no webhook '${each}'.`)
      }
    }
    assert.deepEqual((await asBob('GET', `/webhooks/${id}`)).body, before)
    const forBob = await asMallory('POST', '/webhooks', { tenant: 'bob', url: URL })
    problem(forBob, 404, 'tenant.not-found', "There is no tenant 'bob'.")
  })

  test('the operator makes one for somebody', async () => {
    const made = await operator('POST', '/webhooks', { tenant: 'bob', url: URL })
    assert.deepEqual((await asBob('GET', `/webhooks/${made.body.id}`)).status, 200)
    problem(await operator('POST', '/webhooks', { url: URL }), 400, 'request.missing', 'tenant is required.')
  })
})

suite('deliveries', () => {
  test('an event arrives, and nothing waits', async () => {
    const { id, position } = (await asBob('POST', '/webhooks', { url: receiver.url })).body
    const count = receiver.received.length
    const peering = await newPeering(service, alice, bob)
    const received = (await receiver.until(count + 1)).at(-1)
    assert.equal((JSON.parse(String(received?.body)) as { subject: string }).subject, peering.id)
    assert.equal(received?.sequence, position + 1)
    assert.deepEqual((await asBob('GET', `/webhooks/${id}/deliveries`)).body, { deliveries: [], next: null })
  })

  test('those that wait are listed with why and until when, and can be tried at once', async () => {
    verdict = () => 500
    const { id, position } = (await asBob('POST', '/webhooks', { url: receiver.url })).body
    const count = receiver.received.length
    for (let n = 0; n < 3; n++) await newPeering(service, alice, bob)
    await receiver.until(count + 3)
    const list = async (query = '') => (await asBob('GET', `/webhooks/${id}/deliveries${query}`)).body
    while ((await list()).deliveries.length < 3);
    const { deliveries } = await list()
    assert.deepEqual(
      deliveries.map(({ sequence, state, attempts, reason }) => ({ sequence, state, attempts, reason })),
      [1, 2, 3].map((n) => ({
        sequence: position + n,
        state: 'waiting',
        attempts: 1,
        reason: 'it answered 500',
      })),
    )
    for (const { attemptedAt, nextAttemptAt } of deliveries) {
      const waitMs = Date.parse(String(nextAttemptAt)) - Date.parse(attemptedAt)
      assert.ok(waitMs >= 0.8 * 3_600_000 && waitMs <= 1.2 * 3_600_000)
    }
    assert.deepEqual(await list('?limit=2'), { deliveries: deliveries.slice(0, 2), next: position + 2 })
    assert.deepEqual(await list(`?limit=2&after=${position + 2}`), {
      deliveries: deliveries.slice(2),
      next: null,
    })
    assert.deepEqual(await list('?state=dead'), { deliveries: [], next: null })
    assert.deepEqual(await list('?state=waiting'), { deliveries, next: null })
    verdict = () => 200
    const retried = await asBob('POST', `/webhooks/${id}/deliveries/${position + 2}/retry`)
    assert.deepEqual([retried.status, (retried.body as unknown as DeliveryBody).attempts], [200, 0])
    assert.equal((await receiver.until(count + 4)).at(-1)?.sequence, position + 2)
    while ((await list()).deliveries.length > 2);
    const again = await asBob('POST', `/webhooks/${id}/deliveries/${position + 2}/retry`)
    const detail = `No delivery of event ${position + 2} waits or is dead.`
    problem(again, 404, 'delivery.not-found', detail)
  })
})
