/*
 * A receiver of webhooks, with nothing but Node.js 20 or newer. It takes an event only if its signature is right and recent,
 * and takes each only once. Prints a line for each event.
 *
 *   WEBHOOK_SECRET=whsec_… PORT=8080 node receiver.mjs
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

/** How far the sender's clock may be from ours, and so for how long a request that somebody has recorded is of use. */
const TOLERANCE_SECONDS = 5 * 60
const BODY_BYTES_MAX = 1024 * 1024
/** Ids of events that were taken. A real receiver keeps them with what it does about the events, in one transaction. */
const SEEN_MAX = 100_000

/**
 * Whether one of the signatures in `headers` was made over `body`, just as it arrived, with one of `secrets`. See
 * https://www.standardwebhooks.com for the scheme; its libraries do the same.
 */
export function isGenuine(headers, body, secrets, nowSeconds) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers
  if (!id || !timestamp || !signatures) return false
  if (!/^\d+$/.test(timestamp) || Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE_SECONDS) return false
  const expected = secrets.map((secret) =>
    createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
      .update(`${id}.${timestamp}.`)
      .update(body)
      .digest(),
  )
  // While a secret is being replaced there are two signatures.
  return signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',', 2)
    const given = Buffer.from(text, 'base64')
    // How long the comparison takes says nothing about how much of a forged signature is right.
    return (
      version === 'v1' && expected.some((own) => own.length === given.length && timingSafeEqual(own, given))
    )
  })
}

/** A server that calls `onEvent` with each event once. Where that fails the sender will try again. */
export function createReceiver(secrets, onEvent) {
  const seen = new Set()
  return createServer(async (request, response) => {
    const answer = (status) => response.writeHead(status).end()
    try {
      const body = await read(request)
      if (body === null) return answer(413)
      if (!isGenuine(request.headers, body, secrets, Date.now() / 1000)) return answer(401)
      const id = request.headers['webhook-id']
      if (!seen.has(id)) {
        seen.add(id)
        if (seen.size > SEEN_MAX) seen.delete(seen.values().next().value)
        try {
          await onEvent(JSON.parse(body.toString('utf8')))
        } catch (error) {
          seen.delete(id)
          throw error
        }
      }
      answer(204)
    } catch {
      answer(500)
    }
  })
}

async function read(request) {
  const chunks = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

if (import.meta.filename === process.argv[1]) {
  const secrets = (process.env.WEBHOOK_SECRET ?? '').split(' ').filter((secret) => secret !== '')
  if (secrets.length === 0)
    throw new Error('WEBHOOK_SECRET is missing: the secret that the webhook was made with')
  const server = createReceiver(secrets, (event) => {
    console.log(`${event.type} ${event.subject} ${event.data.from ?? 'nothing'} -> ${event.data.to}`)
  })
  server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '127.0.0.1')
  await once(server, 'listening')
  console.log(`waiting for events on port ${server.address().port}`)
}
