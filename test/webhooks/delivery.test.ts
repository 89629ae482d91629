import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudEvent, HTTP } from 'cloudevents'
import { pino } from 'pino'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { httpReceivers } from '../../src/adapters/receivers/http.ts'
import { soleProcess } from '../../src/adapters/store/sqlite/leadership.ts'
import { openWorld, type World } from '../../src/app/app.fixtures.ts'
import type { CreateWebhook } from '../../src/app/create-webhook.ts'
import { parseNetworkRules } from '../../src/domain/receiver-networks.ts'
import type { Tenant } from '../../src/domain/tenant.ts'
import { SECRET_OVERLAP_MS, WAITING_MAX, type Webhook } from '../../src/domain/webhook.ts'
import type { Candidate } from '../../src/ports/leadership.ts'
import type { Change } from '../../src/ports/store.ts'
import { watchCommits } from '../../src/server/watch-commits.ts'
import { Deliverer } from '../../src/server/webhooks/deliverer.ts'
import type { DeliveryOutcome } from '../../src/server/webhooks/runner.ts'
import { type Received, startReceiver, type TestReceiver } from '../rig/receiver.ts'

const networks = parseNetworkRules('127.0.0.0/8')
/** Ten failures are over within two seconds. */
const QUICK = { firstDelayMs: 1, delayMsMax: 200, attemptsMax: 15 }
const TIMEOUT_MS = 400

let world: World
let deliverers: Deliverer[]
let receivers: TestReceiver[]
let outcomes: DeliveryOutcome[]
let logged: string[]

beforeEach(async () => {
  deliverers = []
  receivers = []
  outcomes = []
  logged = []
  const listeners = [
    (change: Change) => {
      for (const deliverer of deliverers) deliverer.committed(change)
    },
  ]
  world = await openWorld({ receiverNetworks: networks })
  Object.assign(world.context, { store: watchCommits(world.store, listeners) })
  // Real time goes on here: a retry is due when it is.
  world.clock.realNow = () => Date.now() + clockAheadMs
  clockAheadMs = 0
})
afterEach(async () => {
  for (const deliverer of deliverers) await deliverer.stop()
  for (const receiver of receivers) await receiver.close()
  await world.close()
})

let clockAheadMs = 0

const told = (outcome: DeliveryOutcome) => ({ add: () => outcomes.push(outcome) })
let waiting = () => 0

function deliver(schedule = QUICK, leads: Candidate = soleProcess.stand('webhooks')): Deliverer {
  const logger = pino({ level: 'warn' }, { write: (line) => logged.push(line) })
  const deliverer = new Deliverer(world.context, { ...soleProcess, stand: () => leads }, logger, {
    openReceivers: async () => httpReceivers({ networks, timeoutMs: TIMEOUT_MS }),
    schedule,
    telemetry: {
      webhookDeliveries: { delivered: told('delivered'), failed: told('failed'), dead: told('dead') },
      webhooksWaiting: { from: (read) => (waiting = read) },
    },
  })
  deliverers.push(deliverer)
  return deliverer
}

async function receive(...parameters: Parameters<typeof startReceiver>): Promise<TestReceiver> {
  const receiver = await startReceiver(...parameters)
  receivers.push(receiver)
  return receiver
}

function hook(tenant: Tenant, url: string, overrides: Partial<CreateWebhook> = {}): Promise<Webhook> {
  const input = { tenant, url, description: '', eventTypes: null, enabled: true, ...overrides }
  return world.app.createWebhook(world.as(tenant), input)
}

/** So many events of alice's and bob's: a request, and then its names. Answers the number of the last. */
async function happen(count: number): Promise<number> {
  const [ours, theirs] = [await world.vpc(world.alice), await world.vpc(world.bob)]
  const { id } = await world.ask(ours, theirs)
  for (let n = 1; n < count; n++)
    await world.app.updatePeering(world.as(world.alice), { id, name: `name ${n}` })
  return world.store.lastEventSequence()
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error('it did not come to hold')
    await sleep(5)
  }
}

const deliveriesOf = (webhook: Webhook) => world.store.listDeliveries({ webhook: webhook.id, limit: 2_000 })
const positionOf = async (webhook: Webhook) => (await world.store.findWebhook(webhook.id))?.position
const sequences = (received: readonly Received[]) => received.map(({ sequence }) => sequence)
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const verified = (webhook: Webhook, { body, headers }: Received) =>
  new StandardWebhook(webhook.secrets.current).verify(body, headers as Record<string, string>)

describe('an event', () => {
  it('is told to both tenants, as a signed CloudEvent that the published libraries take', async () => {
    const [hers, his] = [await receive(() => 200), await receive(() => 204)]
    const [herHook, hisHook] = [await hook(world.alice, hers.url), await hook(world.bob, his.url)]
    deliver()
    await happen(1)
    const [logged] = await world.events()
    assert.ok(logged)
    for (const [receiver, webhook] of [
      [hers, herHook],
      [his, hisHook],
    ] as const) {
      const [received] = await receiver.until(1)
      assert.ok(received)
      assert.deepEqual([received.method, received.path], ['POST', '/hook'])
      assert.equal(received.headers['content-type'], 'application/cloudevents+json; charset=utf-8')
      assert.equal(received.headers['webhook-id'], received.id)
      const event = HTTP.toEvent({ headers: received.headers, body: received.body })
      assert.ok(event instanceof CloudEvent && event.validate())
      const { id, source, type, subject, time, specversion, datacontenttype, data } = event
      assert.match(id, /^evt_1_[0-9a-f]{32}$/)
      assert.deepEqual(
        { source, type, subject, time, specversion, datacontenttype },
        {
          source: '/isthmus/v1/events',
          type: 'isthmus.peering.requested',
          subject: logged.peering,
          time: new Date(logged.atMs).toISOString(),
          specversion: '1.0',
          datacontenttype: 'application/json',
        },
      )
      assert.equal((data as { sequence: number }).sequence, 1)
      // Where the request came from is no business of the other side's.
      assert.ok(!received.body.includes('192.0.2.1'))
      assert.deepEqual(verified(webhook, received), JSON.parse(received.body))
    }
    assert.notEqual(hers.received[0]?.id, his.received[0]?.id)
  })

  it('is told to nobody else', async () => {
    const [hers, carols] = [await receive(() => 200), await receive(() => 200)]
    await hook(world.alice, hers.url)
    await hook(world.carol, carols.url)
    deliver()
    await happen(3)
    await hers.until(3)
    assert.equal(carols.received.length, 0)
  })

  it('is told for the first time in the order of the log', async () => {
    const receiver = await receive(() => 200)
    await hook(world.bob, receiver.url)
    deliver()
    const last = await happen(60)
    assert.deepEqual(sequences(await receiver.until(60)), numbers(1, last))
  })

  it('is one of those that come after the webhook, and of the types that it asked for', async () => {
    const receiver = await receive(() => 200)
    await happen(2)
    const webhook = await hook(world.bob, receiver.url, { eventTypes: ['peering.requested'] })
    deliver()
    const last = await happen(3)
    const [received] = await receiver.until(1)
    assert.deepEqual([received?.sequence, received?.type], [3, 'isthmus.peering.requested'])
    await world.app.updateWebhook(world.as(world.bob), { id: webhook.id, update: { eventTypes: null } })
    await happen(1)
    await receiver.until(2)
    // What it had not asked for then stays untold.
    assert.deepEqual(sequences(receiver.received), [3, last + 1])
  })

  it('waits while its webhook is off, and is told afterwards; not at all once that is gone', async () => {
    const receiver = await receive(() => 200)
    const webhook = await hook(world.bob, receiver.url, { enabled: false })
    const update = (enabled: boolean) =>
      world.app.updateWebhook(world.as(world.bob), { id: webhook.id, update: { enabled } })
    deliver()
    await happen(2)
    await update(true)
    assert.deepEqual(sequences(await receiver.until(2)), [1, 2])
    await world.app.deleteWebhook(world.as(world.bob), { id: webhook.id })
    const other = await receive(() => 200)
    await hook(world.bob, other.url)
    await happen(1)
    await other.until(1)
    assert.equal(receiver.received.length, 2)
  })
})

describe('a delivery that fails', () => {
  it('ten times arrives in the end: under one id, signed each time', async () => {
    const receiver = await receive((_, earlier) => (earlier.length < 10 ? 500 : 200))
    const webhook = await hook(world.bob, receiver.url)
    deliver()
    await happen(1)
    const received = await receiver.until(11)
    await until(async () => (await deliveriesOf(webhook)).length === 0)
    assert.equal(new Set(received.map(({ id }) => id)).size, 1)
    for (const each of received) verified(webhook, each)
    assert.deepEqual(outcomes, [...Array(10).fill('failed'), 'delivered'])
    await happen(1)
    await receiver.until(12)
    assert.deepEqual(sequences(receiver.received), [...Array(11).fill(1), 2])
  })

  it('holds up no other event, and is seen with its reason', async () => {
    const receiver = await receive(({ sequence }) => (sequence === 2 ? 503 : 200))
    const webhook = await hook(world.bob, receiver.url)
    deliver({ ...QUICK, firstDelayMs: 60_000, delayMsMax: 60_000 })
    await happen(5)
    assert.deepEqual(sequences(await receiver.until(5)), [1, 2, 3, 4, 5])
    await until(async () => (await positionOf(webhook)) === 5)
    const [delivery, ...rest] = await deliveriesOf(webhook)
    assert.deepEqual(rest, [])
    assert.deepEqual([delivery?.sequence, delivery?.attempts, delivery?.reason], [2, 1, 'it answered 503'])
    const waitMs = Number(delivery?.nextAttemptAtMs) - Number(delivery?.attemptedAtMs)
    assert.ok(waitMs >= 48_000 && waitMs <= 72_000, String(waitMs))
  })

  it('again and again takes turns with what is new', async () => {
    const receiver = await receive(({ sequence }) => (sequence <= 20 ? 500 : 200))
    const webhook = await hook(world.bob, receiver.url)
    // Something is always due.
    deliver({ firstDelayMs: 1, delayMsMax: 1, attemptsMax: 100_000 })
    await happen(20)
    await receiver.until(100)
    const last = await happen(20)
    await until(async () => (await positionOf(webhook)) === last)
    assert.deepEqual(
      sequences(receiver.received).filter((sequence) => sequence > 20),
      numbers(21, last),
    )
    assert.equal((await deliveriesOf(webhook)).length, 20)
  })

  it('too often is dead, which is seen and logged, until its owner has it tried again', async () => {
    let down = true
    const receiver = await receive(() => (down ? 500 : 200))
    const webhook = await hook(world.bob, receiver.url)
    deliver({ ...QUICK, attemptsMax: 3 })
    await happen(1)
    await receiver.until(3)
    await until(() => outcomes.includes('dead'))
    assert.deepEqual(outcomes, ['failed', 'failed', 'dead'])
    await until(async () => (await deliveriesOf(webhook))[0]?.nextAttemptAtMs === null)
    const [line] = logged.map((text) => JSON.parse(text) as Record<string, unknown>)
    assert.deepEqual(
      [line?.['msg'], line?.['webhook'], line?.['tenant'], line?.['event'], line?.['reason']],
      ['a webhook delivery is dead', webhook.id, world.bob.id, 1, 'it answered 500'],
    )
    down = false
    await world.app.retryDelivery(world.as(world.bob), { id: webhook.id, sequence: 1 })
    await receiver.until(4)
    await until(async () => (await deliveriesOf(webhook)).length === 0)
    assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 1)
  })

  it('for whichever reason says which', async () => {
    const reasons: Record<string, string> = {}
    const tells = async (name: string, url: string) => {
      const webhook = await hook(world.bob, url)
      await happen(1)
      await until(async () => (await deliveriesOf(webhook)).length > 0)
      reasons[name] = (await deliveriesOf(webhook))[0]?.reason ?? ''
      await world.app.deleteWebhook(world.as(world.bob), { id: webhook.id })
    }
    deliver({ ...QUICK, firstDelayMs: 60_000, delayMsMax: 60_000 })
    const other = await receive(() => 200)
    const redirecting = await receive(() => (_, response) => {
      response.writeHead(307, { location: other.url }).end()
    })
    const silent = await receive(() => () => {})
    const breaking = await receive(() => (request) => request.socket.destroy())
    const gone = await receive(() => 200)
    await gone.close()
    receivers.pop()
    await tells('redirect', redirecting.url)
    await tells('silence', silent.url)
    await tells('break', breaking.url)
    await tells('nobody', gone.url)
    await tells('no such name', 'http://receiver.invalid/')
    assert.ok(
      ['the name is not known', 'the name could not be looked up'].includes(String(reasons['no such name'])),
    )
    assert.deepEqual(
      { ...reasons, 'no such name': '' },
      {
        redirect: 'it answered 307',
        silence: `there was no answer within ${TIMEOUT_MS} ms`,
        break: 'the connection was lost',
        nobody: 'the connection was refused',
        'no such name': '',
      },
    )
    assert.equal(other.received.length, 0)
  })

  it('with all others, while the receiver is down, becomes no more rows than may wait', async () => {
    let down = true
    const receiver = await receive(() => (down ? 500 : 200))
    const webhook = await hook(world.bob, receiver.url)
    deliver({ ...QUICK, firstDelayMs: 100, attemptsMax: 1_000 })
    const last = await happen(WAITING_MAX + 50)
    await until(async () => (await deliveriesOf(webhook)).length === WAITING_MAX)
    await receiver.until(WAITING_MAX + 100)
    assert.equal((await deliveriesOf(webhook)).length, WAITING_MAX)
    assert.equal(await positionOf(webhook), WAITING_MAX)
    assert.equal(waiting(), WAITING_MAX)
    down = false
    const from = receiver.received.length
    await until(
      async () => (await positionOf(webhook)) === last && (await deliveriesOf(webhook)).length === 0,
    )
    assert.deepEqual(
      sequences(receiver.received.slice(from)).toSorted((a, b) => a - b),
      numbers(1, last),
    )
  })
})

describe('a secret that is replaced', () => {
  it('signs along for a day', async () => {
    const receiver = await receive(() => 200)
    const before = await hook(world.bob, receiver.url)
    deliver()
    const after = await world.app.rotateWebhookSecret(world.as(world.bob), { id: before.id })
    assert.notEqual(after.secrets.current, before.secrets.current)
    await happen(1)
    const [first] = await receiver.until(1)
    assert.ok(first)
    assert.equal(String(first.headers['webhook-signature']).split(' ').length, 2)
    verified(before, first)
    verified(after, first)
    clockAheadMs = SECRET_OVERLAP_MS
    await happen(1)
    const [, second] = await receiver.until(2)
    assert.equal(String(second?.headers['webhook-signature']).split(' ').length, 1)
  })
})

describe('whoever delivers', () => {
  it('goes on where the last one stopped, also with what waits', async () => {
    let down = true
    const receiver = await receive(({ sequence }) => (down && sequence === 2 ? 500 : 200))
    const webhook = await hook(world.bob, receiver.url)
    const first = deliver({ ...QUICK, firstDelayMs: 300, delayMsMax: 300 })
    await happen(3)
    await until(async () => (await positionOf(webhook)) === 3)
    await first.stop()
    deliverers.pop()
    await happen(2)
    down = false
    deliver()
    await until(async () => (await positionOf(webhook)) === 5 && (await deliveriesOf(webhook)).length === 0)
    assert.deepEqual(sequences(receiver.received).toSorted(), [1, 2, 2, 3, 4, 5])
  })

  it('is whoever leads, and nobody else', async () => {
    const receiver = await receive(() => 200)
    await hook(world.bob, receiver.url)
    const [one, other] = [{ leads: true }, { leads: false }].map((candidate) => ({
      ...candidate,
      withdraw: async () => {},
    }))
    assert.ok(one && other)
    deliver(QUICK, one)
    deliver(QUICK, other)
    await happen(3)
    await receiver.until(3)
    one.leads = false
    await happen(2)
    other.leads = true
    await receiver.until(5)
    await happen(2)
    assert.deepEqual(sequences(await receiver.until(7)), numbers(1, 7))
  })

  it('asks the store for no event while there is no webhook', async () => {
    let asked = 0
    const { listEvents } = world.store
    world.store.listEvents = (...parameters) => {
      asked++
      return listEvents(...parameters)
    }
    deliver()
    await happen(20)
    const receiver = await receive(() => 200)
    assert.equal(asked, 0)
    await hook(world.bob, receiver.url)
    await happen(1)
    await receiver.until(1)
    assert.ok(asked > 0)
  })
})
