import { createHmac } from 'node:crypto'

/**
 * The headers that sign `body` for `secrets`, each of which is `whsec_` and a key in base64. `sentAtMs` is real time.
 * Source: Standard Webhooks 1.0, "Signature scheme" and "Webhook headers".
 */
export function signedHeaders(
  id: string,
  sentAtMs: number,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = Math.floor(sentAtMs / 1000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
