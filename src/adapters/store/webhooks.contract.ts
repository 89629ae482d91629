import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { webhookId } from '../../domain/identity.ts'
import type { Tenant } from '../../domain/tenant.ts'
import { DEAD_MAX, type Delivery, type Webhook } from '../../domain/webhook.ts'
import type { Store } from '../../ports/store.ts'
import {
  at,
  buildPeering,
  buildTenant,
  change,
  conflictOf,
  draft,
  NOW,
  put,
  putParties,
} from './store.fixtures.ts'

let made = 0

/** A webhook under an id of its own. */
export function buildWebhook(tenant: Pick<Tenant, 'id'>, overrides: Partial<Webhook> = {}): Webhook {
  made++
  return {
    id: webhookId(`20000000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`),
    tenant: tenant.id,
    url: `https://receiver.example/${made}?key=value`,
    description: 'tells the team',
    eventTypes: ['peering.requested', 'peering.deleted'],
    enabled: true,
    secrets: { current: `whsec_${made}`, previous: null },
    createdAtMs: NOW,
    updatedAtMs: NOW,
    version: 1,
    ...overrides,
  }
}

const delivery = (webhook: Webhook, sequence: number, overrides: Partial<Delivery> = {}): Delivery => ({
  webhook: webhook.id,
  sequence,
  attempts: 1,
  attemptedAtMs: NOW,
  nextAttemptAtMs: NOW + 5_000,
  reason: 'it answered 500',
  ...overrides,
})

const progress = (webhook: Webhook, deliveries: readonly Delivery[], settled: readonly number[] = []) => ({
  webhookProgress: [{ webhook: webhook.id, position: null, deliveries, settled }],
})

/** What every adapter of the Store port must do with webhooks. */
export function webhooksContract(opened: () => Store, reopen: () => Promise<Store>): void {
  const fresh = (...webhooks: Webhook[]) => ({ webhooks: webhooks.map((to) => ({ from: null, to })) })
  const own = async (tenant: Tenant) =>
    (await opened().listWebhooks({ tenant: tenant.id, limit: 100 })).map(({ webhook }) => webhook)
  const deliveries = (webhook: Webhook, state?: 'waiting' | 'dead') =>
    opened().listDeliveries({ webhook: webhook.id, limit: 2_000, ...(state && { state }) })

  describe('webhooks', () => {
    it('are kept whole, their secrets too, and listed by owner in order', async () => {
      const { alice, bob } = await putParties(opened())
      const previous = { secret: 'whsec_before', untilMs: NOW + 1 }
      const [first, second] = [
        buildWebhook(alice),
        buildWebhook(alice, { eventTypes: null, enabled: false, secrets: { current: 'c', previous } }),
      ]
      const theirs = buildWebhook(bob)
      await put(opened(), fresh(second, theirs, first))
      await reopen()
      assert.deepEqual(await own(alice), [first, second])
      assert.deepEqual(await own(bob), [theirs])
      assert.deepEqual((await opened().findWebhook(second.id))?.webhook, second)
      assert.equal(await opened().findWebhook(webhookId('nobody')), null)
      const ids = async (after?: string) =>
        (await opened().listWebhooks({ tenant: null, limit: 2, ...(after && { after }) })).map(
          ({ webhook }) => webhook.id,
        )
      assert.deepEqual(await ids(), [first.id, second.id])
      assert.deepEqual(await ids(second.id), [theirs.id])
    })

    it('change only as they were read', async () => {
      const { alice } = await putParties(opened())
      const webhook = buildWebhook(alice)
      await put(opened(), fresh(webhook))
      const to = { ...webhook, url: 'http://other.example/', eventTypes: null, enabled: false, version: 2 }
      await put(opened(), { webhooks: [{ from: webhook, to }] })
      assert.deepEqual(await own(alice), [to])
      const late = await opened().commit(
        change({ webhooks: [{ from: webhook, to: { ...webhook, version: 2 } }] }),
      )
      assert.deepEqual(conflictOf(late), { kind: 'stale', id: webhook.id })
      const again = await opened().commit(change(fresh(webhook)))
      assert.deepEqual(conflictOf(again), { kind: 'stale', id: webhook.id })
      const gone = await opened().commit(change({ webhooks: [{ from: webhook, to: null }] }))
      assert.deepEqual(conflictOf(gone), { kind: 'stale', id: webhook.id })
      assert.deepEqual(await own(alice), [to])
    })

    it('are at most so many of a tenant, also when made at once', async () => {
      const { alice, bob } = await putParties(opened())
      const make = (tenant: Tenant) => {
        const conditions = [{ kind: 'webhooks-below', tenant: tenant.id, limit: 3 } as const]
        return opened().commit(change({ ...fresh(buildWebhook(tenant)), conditions }))
      }
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => make(alice)))
      assert.deepEqual(
        outcomes.filter(({ ok }) => !ok).map(conflictOf),
        Array.from({ length: 5 }, () => ({ kind: 'webhook-limit', limit: 3 })),
      )
      assert.equal((await own(alice)).length, 3)
      assert.equal(conflictOf(await make(bob)), null)
      const [first] = await own(alice)
      await put(opened(), { webhooks: [{ from: first ?? null, to: null }] })
      assert.equal(conflictOf(await make(alice)), null)
    })

    it('begin with the events that come after them, and never go back', async () => {
      const { alice, ours, theirs } = await putParties(opened())
      const peering = buildPeering(ours, theirs)
      await put(opened(), { peerings: [{ from: null, to: peering }], events: [draft(peering)] })
      const webhook = buildWebhook(alice)
      // Its own change's events are before it; those of a later one in the same batch are not.
      await Promise.all([
        put(opened(), { ...fresh(webhook), events: [draft(peering, 'peering.updated')] }),
        put(opened(), { events: [draft(peering, 'peering.updated'), draft(peering, 'peering.updated')] }),
      ])
      const position = async () => (await opened().findWebhook(webhook.id))?.position
      assert.equal(await position(), 2)
      const move = (to: number | null) => ({
        webhookProgress: [{ webhook: webhook.id, position: to, deliveries: [], settled: [] }],
      })
      await put(opened(), move(4))
      await put(opened(), move(3))
      await put(opened(), move(null))
      assert.equal(await position(), 4)
      await Promise.all([put(opened(), move(9)), put(opened(), move(7)), put(opened(), move(8))])
      await reopen()
      assert.equal(await position(), 9)
    })

    it('go with all that is theirs, and nothing is written of one that is gone', async () => {
      const { alice } = await putParties(opened())
      const [webhook, other] = [buildWebhook(alice), buildWebhook(alice)]
      await put(opened(), fresh(webhook, other))
      await put(opened(), progress(webhook, [delivery(webhook, 1)]))
      await put(opened(), progress(other, [delivery(other, 1)]))
      await put(opened(), { webhooks: [{ from: webhook, to: null }] })
      assert.deepEqual(await deliveries(webhook), [])
      const late = [{ webhook: webhook.id, position: 5, deliveries: [delivery(webhook, 2)], settled: [1] }]
      await put(opened(), { webhookProgress: late })
      assert.deepEqual(await deliveries(webhook), [])
      assert.equal(await opened().findWebhook(webhook.id), null)
      assert.deepEqual(await deliveries(other), [delivery(other, 1)])
      const brief = buildWebhook(alice)
      await Promise.all([
        put(opened(), fresh(brief)),
        put(opened(), { webhooks: [{ from: brief, to: null }] }),
      ])
      assert.deepEqual(await own(alice), [other])
    })

    it('are not written by a dry run', async () => {
      const { alice } = await putParties(opened())
      const outcome = await opened().commit(change({ ...fresh(buildWebhook(alice)), dryRun: true }))
      assert.equal(outcome.ok, true)
      assert.deepEqual(await own(alice), [])
    })
  })

  describe('deliveries', () => {
    it('are as they were last said to be', async () => {
      const tenant = buildTenant()
      const webhooks = [buildWebhook(tenant), buildWebhook(tenant)]
      await put(opened(), { tenants: [tenant], ...fresh(...webhooks) })
      const kept = new Map<string, Delivery>()
      const step = fc.record({
        webhook: fc.nat(1),
        sequence: fc.integer({ min: 1, max: 6 }),
        next: fc.option(fc.integer({ min: NOW, max: NOW + 9 })),
        settle: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
          await Promise.all(
            steps.map(({ webhook: index, sequence, next, settle }, attempts) => {
              const webhook = at(webhooks, index)
              const to = delivery(webhook, sequence, { attempts, nextAttemptAtMs: next })
              if (settle) kept.delete(`${index} ${sequence}`)
              else kept.set(`${index} ${sequence}`, to)
              return put(opened(), progress(webhook, settle ? [] : [to], settle ? [sequence] : []))
            }),
          )
          for (const [index, webhook] of webhooks.entries()) {
            const expected = [1, 2, 3, 4, 5, 6].flatMap((sequence) => kept.get(`${index} ${sequence}`) ?? [])
            assert.deepEqual(await deliveries(webhook), expected)
            const dead = expected.filter(({ nextAttemptAtMs }) => nextAttemptAtMs === null)
            const waiting = expected.filter(({ nextAttemptAtMs }) => nextAttemptAtMs !== null)
            assert.deepEqual(await deliveries(webhook, 'dead'), dead)
            assert.deepEqual(await deliveries(webhook, 'waiting'), waiting)
          }
        }),
        { numRuns: 30 },
      )
    })

    it('are found by their event, and listed a page at a time', async () => {
      const { alice } = await putParties(opened())
      const webhook = buildWebhook(alice)
      await put(opened(), fresh(webhook))
      const all = [1, 2, 3, 4, 5].map((sequence) => delivery(webhook, sequence))
      await put(opened(), progress(webhook, all))
      await reopen()
      assert.deepEqual(await opened().findDelivery(webhook.id, 3), all[2])
      assert.equal(await opened().findDelivery(webhook.id, 6), null)
      const page = await opened().listDeliveries({ webhook: webhook.id, limit: 2, after: 2 })
      assert.deepEqual(page, all.slice(2, 4))
    })

    it('that are dead are kept up to a bound: the newest, and all that wait', async () => {
      const { alice } = await putParties(opened())
      const [webhook, other] = [buildWebhook(alice), buildWebhook(alice)]
      await put(opened(), fresh(webhook, other))
      const dead = (of: Webhook, sequence: number) => delivery(of, sequence, { nextAttemptAtMs: null })
      const many = Array.from({ length: DEAD_MAX + 5 }, (_, index) => dead(webhook, index + 10))
      await put(opened(), progress(other, [dead(other, 1)]))
      await put(opened(), progress(webhook, [delivery(webhook, 1)]))
      await put(opened(), progress(webhook, many))
      assert.deepEqual(await deliveries(webhook), [delivery(webhook, 1), ...many.slice(5)])
      await put(opened(), progress(webhook, [dead(webhook, 5_000)]))
      assert.deepEqual(await deliveries(webhook, 'dead'), [...many.slice(6), dead(webhook, 5_000)])
      assert.deepEqual(await deliveries(other), [dead(other, 1)])
    })
  })
}
