import { Type } from 'typebox'
import type { Webhook as DomainWebhook } from '../../../domain/webhook.ts'
import { pageOf, windowOf } from '../page.ts'
import { route } from '../route.ts'
import { DryRun, Id, Page } from '../schemas.ts'
import { encodeDelivery, encodeWebhook, encodeWebhookSecret } from '../webhook-codec.ts'
import {
  Delivery,
  DeliveryState,
  NewWebhook,
  Webhook,
  WebhookSecret,
  WebhookUpdate,
} from '../webhook-schemas.ts'
import { owner } from './vpcs.ts'

export const createWebhook = route({
  method: 'POST',
  path: '/webhooks',
  summary: 'Be told of what happens to one’s peerings from now on; the secret is shown once',
  status: 201,
  schemas: { querystring: DryRun, body: NewWebhook, answer: Webhook },
  async perform({ app, caller, body }) {
    const { url, description = '', eventTypes = null, enabled = true } = body
    const tenant = await owner(app, caller, body.tenant)
    const webhook = await app.createWebhook(caller, { tenant, url, description, eventTypes, enabled })
    const position = (await app.context.store.findWebhook(webhook.id))?.position ?? 0
    return { ...encodeWebhook({ webhook, position }), ...encodeWebhookSecret(webhook) }
  },
})

export const listWebhooks = route({
  method: 'GET',
  path: '/webhooks',
  summary: 'List webhooks: one’s own; for the operator, everybody’s',
  status: 200,
  schemas: {
    querystring: Type.Object(Page),
    answer: Type.Object({ webhooks: Type.Array(Webhook), next: Type.Union([Type.String(), Type.Null()]) }),
  },
  async perform({ app, caller, query }) {
    const { page, next } = pageOf(
      await app.listWebhooks(caller, windowOf(query).window),
      query,
      ({ webhook }) => webhook.id,
    )
    return { webhooks: page.map(encodeWebhook), next }
  },
})

export const showWebhook = route({
  method: 'GET',
  path: '/webhooks/:id',
  summary: 'Show a webhook, and how far it has come',
  status: 200,
  schemas: { params: Id, answer: Webhook },
  perform: async ({ app, caller, params }) => encodeWebhook(await app.showWebhook(caller, params)),
})

export const updateWebhook = route({
  method: 'PATCH',
  path: '/webhooks/:id',
  summary: 'Change where a webhook leads, what it is told of, or whether it is on',
  status: 200,
  schemas: { params: Id, querystring: DryRun, body: WebhookUpdate, answer: Webhook },
  async perform({ app, caller, params, body }) {
    const webhook: DomainWebhook = await app.updateWebhook(caller, { ...params, update: body })
    return encodeWebhook({ ...(await app.showWebhook(caller, params)), webhook })
  },
})

export const deleteWebhook = route({
  method: 'DELETE',
  path: '/webhooks/:id',
  summary: 'Delete a webhook, with what it has not taken',
  status: 204,
  schemas: { params: Id, querystring: DryRun, answer: null },
  async perform({ app, caller, params }) {
    await app.deleteWebhook(caller, params)
  },
})

export const rotateWebhookSecret = route({
  method: 'POST',
  path: '/webhooks/:id/rotate-secret',
  summary: 'Give a webhook another secret, which is shown once; the one before signs along for a day',
  status: 200,
  schemas: { params: Id, querystring: DryRun, answer: WebhookSecret },
  perform: async ({ app, caller, params }) =>
    encodeWebhookSecret(await app.rotateWebhookSecret(caller, params)),
})

export const listDeliveries = route({
  method: 'GET',
  path: '/webhooks/:id/deliveries',
  summary: 'List what a webhook has not taken: what waits to be tried again, and what is dead',
  status: 200,
  schemas: {
    params: Id,
    querystring: Type.Object({
      limit: Page.limit,
      after: Type.Optional(Type.Integer({ minimum: 0, description: 'Goes on after this event.' })),
      state: Type.Optional(DeliveryState),
    }),
    answer: Type.Object({
      deliveries: Type.Array(Delivery),
      next: Type.Union([Type.Integer(), Type.Null()]),
    }),
  },
  async perform({ app, caller, params, query }) {
    const { limit = 100, ...filter } = query
    const found = await app.listDeliveries(caller, { ...params, ...filter, limit: limit + 1 })
    const page = found.slice(0, limit)
    const next = found.length > limit ? (page.at(-1)?.sequence ?? null) : null
    return { deliveries: page.map(encodeDelivery), next }
  },
})

export const retryDelivery = route({
  method: 'POST',
  path: '/webhooks/:id/deliveries/:sequence/retry',
  summary: 'Try a delivery that waits or is dead again, now',
  status: 200,
  schemas: {
    params: Type.Object({ id: Type.String({ maxLength: 64 }), sequence: Type.Integer({ minimum: 1 }) }),
    querystring: DryRun,
    answer: Delivery,
  },
  perform: async ({ app, caller, params }) => encodeDelivery(await app.retryDelivery(caller, params)),
})
