import { Type } from 'typebox'
import { EVENT_TYPES_ALL } from '../../domain/webhook.ts'

const Time = Type.String({ format: 'date-time' })
const TimeOrNull = Type.Union([Time, Type.Null()])
const Url = Type.String({ maxLength: 2048, description: 'http or https; where events are sent by POST.' })
const Description = Type.String({ maxLength: 256, pattern: '^[^\\0]*$' })
const EventTypes = Type.Union([
  Type.Array(Type.Union(EVENT_TYPES_ALL.map((type) => Type.Literal(type))), { maxItems: 32 }),
  Type.Null({ description: 'All of them.' }),
])
const Enabled = Type.Boolean({ description: 'While it is off, events wait.' })
const Secret = Type.String({
  description: 'Shown once. Standard Webhooks: whsec_ and the key of the HMAC-SHA256 in base64.',
})

export const NewWebhook = Type.Object(
  {
    tenant: Type.Optional(Type.String({ description: 'Id or name; the operator must give it.' })),
    url: Url,
    description: Type.Optional(Description),
    eventTypes: Type.Optional(EventTypes),
    enabled: Type.Optional(Enabled),
  },
  { additionalProperties: false },
)

export const WebhookUpdate = Type.Object(
  {
    url: Type.Optional(Url),
    description: Type.Optional(Description),
    eventTypes: Type.Optional(EventTypes),
    enabled: Type.Optional(Enabled),
  },
  { additionalProperties: false },
)

export const Webhook = Type.Object({
  id: Type.String(),
  tenant: Type.String(),
  url: Type.String(),
  description: Type.String(),
  eventTypes: EventTypes,
  enabled: Type.Boolean(),
  position: Type.Integer({ description: 'The number of the last event that it has been told of.' }),
  secret: Type.Optional(Secret),
  previousSecretUntil: TimeOrNull,
  createdAt: Time,
  updatedAt: Time,
})

export const WebhookSecret = Type.Object({ secret: Secret, previousSecretUntil: TimeOrNull })

export const DeliveryState = Type.Union([Type.Literal('waiting'), Type.Literal('dead')])

export const Delivery = Type.Object({
  sequence: Type.Integer({ description: "The event's number." }),
  state: DeliveryState,
  attempts: Type.Integer(),
  attemptedAt: Time,
  nextAttemptAt: TimeOrNull,
  reason: Type.String({ description: 'Why the last try failed.' }),
})
