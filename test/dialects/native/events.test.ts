import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, advance, startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  asOperator,
  assertProblem,
  asTenant,
  type Call,
  type EventBody,
  newPeering,
  type PeeringBody,
  TIME,
} from './client.ts'

let service: TestService
let operator: Call
let tenants: Record<string, string>
before(async () => {
  service = await startService()
  operator = asOperator(service)
  const { body } = await operator('GET', '/tenants')
  tenants = Object.fromEntries(body.tenants.map(({ id, name }) => [name, id]))
})
after(() => service.close())

const list = async (query: string, call = operator) => (await call('GET', `/events?${query}`)).body.events
const lastSequence = async () => (await list('limit=1000')).at(-1)?.sequence ?? 0

interface StreamedEvent {
  readonly id: number
  readonly event: string
  readonly data: EventBody
}

/** Reads a stream of events; `until` answers once that many have come, all that have. */
async function stream(
  { url }: { url: string },
  token: string,
  query = '',
  headers: Record<string, string> = {},
) {
  const request = get(`${url}/isthmus/v1/events${query}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
    agent: false,
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  assert.equal(response.statusCode, 200)
  assert.equal(response.headers['content-type'], 'text/event-stream')
  const events: StreamedEvent[] = []
  let wake = () => {}
  const read = async () => {
    let rest = ''
    for await (const chunk of response.setEncoding('utf8')) {
      const blocks = `${rest}${chunk}`.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks.filter((text) => !text.startsWith(':'))) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)))
        events.push({ id: Number(fields['id']), event: fields['event'], data: JSON.parse(fields['data']) })
      }
      wake()
    }
  }
  const ended = read()
  return {
    events,
    /** Settles when the service ends the stream. */
    ended,
    async until(count: number): Promise<readonly StreamedEvent[]> {
      while (events.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return events
    },
    async close() {
      response.destroy()
      await ended.catch(() => undefined)
    },
  }
}

suite('a list', () => {
  test('every transition, whoever caused it, in commit order', async () => {
    const from = await lastSequence()
    const peering = await newPeering(service, alice, bob)
    await asTenant(service, bob)('PATCH', `/peerings/${peering.id}`, { name: 'new' })
    await advance(service, 'P7D')
    await asTenant(service, alice)('POST', `/peerings/${peering.id}/reopen`)
    await operator('POST', `/peerings/${peering.id}/accept`)
    const deleted = await asTenant(service, bob)('DELETE', `/peerings/${peering.id}`)
    const events = (await list(`after=${from}`)).filter((event) => event.peering === peering.id)
    const short = events.map(({ type, from: before, to, actor }) => {
      const { kind, tenant } = actor as { kind: string; tenant: string | null }
      return [type, before, to, kind, tenant]
    })
    assert.deepEqual(short, [
      ['peering.requested', null, 'pending-acceptance', 'tenant', tenants['alice']],
      ['peering.updated', 'pending-acceptance', 'pending-acceptance', 'tenant', tenants['bob']],
      ['peering.expired', 'pending-acceptance', 'expired', 'clock', null],
      ['peering.reopened', 'expired', 'pending-acceptance', 'tenant', tenants['alice']],
      ['peering.accepted', 'pending-acceptance', 'active', 'operator', null],
      ['peering.deleted', 'active', 'deleted', 'tenant', tenants['bob']],
    ])
    const last = events.at(-1)
    assert.match(last?.at ?? '', TIME)
    assert.deepEqual(last, {
      sequence: last?.sequence,
      at: last?.at,
      type: 'peering.deleted',
      peering: peering.id,
      ids: peering.ids,
      from: 'active',
      to: 'deleted',
      requester: tenants['alice'],
      accepter: tenants['bob'],
      actor: {
        kind: 'tenant',
        tenant: tenants['bob'],
        dialect: 'native',
        requestId: deleted.headers.get('x-request-id'),
      },
      reason: null,
    })
    assert.equal(events[2]?.at, peering.expiresAt)
  })

  test('without a gap, from 1, however many write at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => newPeering(service, alice, bob)))
    const events = await list('limit=1000')
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_, index) => index + 1),
    )
    assert.ok(events.length > 20)
  })

  test('after and limit', async () => {
    const whole = await list('limit=1000')
    assert.deepEqual(await list('after=3&limit=2'), whole.slice(3, 5))
    assert.deepEqual(await list(`after=${whole.length}`), [])
    assert.deepEqual(await list('after=999999999'), [])
    const pages: EventBody[] = []
    for (;;) {
      const page = await list(`after=${pages.length}&limit=7`)
      if (page.length === 0) break
      pages.push(...page)
    }
    assert.deepEqual(pages, whole)
  })

  test('a tenant sees those of its own peerings, on either side', async () => {
    const [sent, received, own] = [
      await newPeering(service, mallory, bob),
      await newPeering(service, alice, mallory),
      await newPeering(service, mallory, mallory),
    ]
    const seen = await list('limit=1000', asTenant(service, mallory))
    assert.deepEqual(
      seen.map(({ peering }) => peering),
      [sent.id, received.id, own.id],
    )
    const all = await list('limit=1000')
    assert.deepEqual(
      seen,
      all.filter((event) => [sent, received, own].some(({ id }) => id === event.peering)),
    )
  })

  test('what makes no sense', async () => {
    const cases: [string, string][] = [
      ['after=-1', "after '-1': must be >= 0."],
      ['after=x', "after 'x': must be integer."],
      ['limit=0', "limit '0': must be >= 1."],
      ['limit=1001', "limit '1001': must be <= 1000."],
      ['limit=1.5', "limit '1.5': must be integer."],
    ]
    for (const [query, detail] of cases) {
      assertProblem(await operator('GET', `/events?${query}`), 400, 'request.invalid', detail)
    }
  })
})

suite('the newest first', () => {
  test('all, and page after page back to the beginning', async () => {
    await newPeering(service, alice, bob)
    await newPeering(service, alice, mallory)
    const whole = (await list('limit=1000')).toReversed()
    assert.deepEqual(await list('order=descending&limit=1000'), whole)
    assert.deepEqual(await list('order=descending&limit=2'), whole.slice(0, 2))
    const pages: EventBody[] = []
    for (;;) {
      const last = pages.at(-1)
      const page = await list(`order=descending&limit=3${last ? `&before=${last.sequence}` : ''}`)
      if (page.length === 0) break
      pages.push(...page)
    }
    assert.deepEqual(pages, whole)
    assert.deepEqual(await list('order=ascending&limit=1000'), whole.toReversed())
  })

  test('a tenant’s own only', async () => {
    const seen = await list('order=descending&limit=1000', asTenant(service, mallory))
    const own = await list('limit=1000', asTenant(service, mallory))
    assert.ok(own.length > 0)
    assert.deepEqual(seen, own.toReversed())
  })

  test('what makes no sense', async () => {
    const cases: [string, string][] = [
      ['order=sideways', "order 'sideways': must be one of ascending, descending."],
      ['order=descending&before=0', "before '0': must be >= 1."],
    ]
    for (const [query, detail] of cases) {
      assertProblem(await operator('GET', `/events?${query}`), 400, 'request.invalid', detail)
    }
  })
})

suite('the history of one peering', () => {
  const history = async (id: string, call: Call, query = '') =>
    (await call('GET', `/peerings/${id}/events${query}`)).body

  test('from its request to its end, for both sides, by any of its ids', async () => {
    const peering = await newPeering(service, alice, bob)
    await newPeering(service, alice, bob)
    await asTenant(service, bob)('POST', `/peerings/${peering.id}/accept`, { reason: 'as agreed' })
    await newPeering(service, alice, bob)
    await asTenant(service, alice)('DELETE', `/peerings/${peering.id}`)
    const all = (await list('limit=1000')).filter((event) => event.peering === peering.id).toReversed()
    assert.deepEqual(
      all.map(({ type }) => type),
      ['peering.deleted', 'peering.accepted', 'peering.requested'],
    )
    for (const id of Object.values(peering.ids)) {
      for (const call of [operator, asTenant(service, alice), asTenant(service, bob)]) {
        assert.deepEqual(await history(id, call), { events: all, next: null } as unknown)
      }
    }
    const [last, , first] = all
    const before = await history(peering.id, operator, `?before=${last?.sequence}`)
    assert.deepEqual(before.events, all.slice(1))
    assert.deepEqual((await history(peering.id, operator, `?before=${first?.sequence}`)).events, [])
  })

  test('of a stranger’s is as of none', async () => {
    const { id } = await newPeering(service, alice, bob)
    const stranger = asTenant(service, mallory)
    assertProblem(
      await stranger('GET', `/peerings/${id}/events`),
      404,
      'peering.not-found',
      `There is no peering '${id}'.`,
    )
  })
})

suite('a stream', () => {
  test('what was and, within a second, what comes', async () => {
    const past = await list('limit=1000')
    const { until, close } = await stream(service, ADMIN_TOKEN)
    try {
      const streamed = await until(past.length)
      assert.deepEqual(
        streamed,
        past.map((data) => ({ id: data.sequence, event: data.type, data })),
      )
      const { id } = await newPeering(service, alice, bob)
      const startedAtMs = Date.now()
      const fresh = (await until(past.length + 1)).at(-1)
      assert.ok(Date.now() - startedAtMs < 1_000)
      assert.deepEqual([fresh?.data.peering, fresh?.event], [id, 'peering.requested'])
    } finally {
      await close()
    }
  })

  test('from a sequence number on, or from the last one that was seen', async () => {
    await newPeering(service, alice, bob)
    await newPeering(service, alice, bob)
    await newPeering(service, alice, bob)
    const last = await lastSequence()
    for (const [query, headers] of [
      [`?after=${last - 2}`, {}],
      ['', { 'last-event-id': String(last - 2) }],
      ['?after=1', { 'last-event-id': String(last - 2) }],
    ] as const) {
      const { until, close } = await stream(service, ADMIN_TOKEN, query, headers)
      const events = await until(2)
      assert.deepEqual(
        events.map(({ id }) => id),
        [last - 1, last],
      )
      await close()
    }
  })

  test('a tenant’s own only', async () => {
    const { until, close, events } = await stream(service, `${mallory.key.id}.${mallory.key.secret}`)
    const others: PeeringBody = await newPeering(service, alice, bob)
    const own = await newPeering(service, mallory, mallory)
    while (!events.some(({ data }) => data.peering === own.id)) await until(events.length + 1)
    assert.ok(!events.some(({ data }) => data.peering === others.id))
    await close()
  })

  test('not without a token', async () => {
    const headers = { accept: 'text/event-stream' }
    const response = await fetch(`${service.url}/isthmus/v1/events`, { headers })
    assert.equal(response.status, 401)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    await response.text()
  })

  test('more than one batch, in order', async () => {
    const from = await lastSequence()
    const { id } = await newPeering(service, alice, bob)
    for (let round = 0; round < 12; round++) {
      await Promise.all(
        Array.from({ length: 50 }, () => operator('PATCH', `/peerings/${id}`, { name: 'renamed' })),
      )
    }
    const { until, close } = await stream(service, ADMIN_TOKEN, `?after=${from}`)
    const events = await until(601)
    assert.deepEqual(
      events.map((event) => event.id),
      events.map((_, index) => from + 1 + index),
    )
    await close()
  })

  test('ends when the service stops', async () => {
    const other = await startService()
    const { ended } = await stream(other, ADMIN_TOKEN)
    const startedAtMs = Date.now()
    await other.close()
    await ended
    assert.ok(Date.now() - startedAtMs < 2_000)
  })
})
