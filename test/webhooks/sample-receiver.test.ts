import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { signedHeaders } from '../../src/server/webhooks/signature.ts'
import { type SampleReceiver, startSampleReceiver } from '../rig/sample-receiver.ts'

/** The sample receiver believes who has the secret, and nobody else. */

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`
const [CURRENT, PREVIOUS, FORGED] = [secretOf(1), secretOf(2), secretOf(3)]
const MINUTE_MS = 60_000

let receiver: SampleReceiver
before(async () => {
  receiver = await startSampleReceiver(`${CURRENT} ${PREVIOUS}`)
})
after(() => receiver.close())

let made = 0
const eventOf = (subject: string) =>
  JSON.stringify({
    type: 'isthmus.peering.accepted',
    subject,
    data: { from: 'pending-acceptance', to: 'active' },
  })

async function post(body: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${receiver.port}/`, { method: 'POST', headers, body })
  return response.status
}

/** Sends an event that is signed so; answers the status, and whether it was taken. */
async function send(
  secrets: readonly string[],
  change: {
    readonly agoMs?: number
    readonly body?: (body: string) => string
    readonly headers?: Record<string, string>
  } = {},
): Promise<[status: number, taken: boolean]> {
  const subject = `peering-${++made}`
  const body = eventOf(subject)
  const headers = signedHeaders(`evt_${made}`, Date.now() - (change.agoMs ?? 0), body, secrets)
  const status = await post(change.body?.(body) ?? body, { ...headers, ...change.headers })
  // One that is certainly taken comes after it.
  const mark = `mark-${made}`
  await post(eventOf(mark), signedHeaders(mark, Date.now(), eventOf(mark), [CURRENT]))
  while (!receiver.printed.some((line) => line.includes(mark)))
    await receiver.until(receiver.printed.length + 1)
  return [status, receiver.printed.some((line) => line.includes(subject))]
}

describe('the sample receiver', () => {
  it('takes what is signed with its secret, or with the one before', async () => {
    assert.deepEqual(await send([CURRENT]), [204, true])
    assert.deepEqual(await send([PREVIOUS]), [204, true])
    assert.deepEqual(await send([FORGED, CURRENT]), [204, true])
    assert.deepEqual(await send([CURRENT], { agoMs: 4 * MINUTE_MS }), [204, true])
    assert.match(
      receiver.printed[0] ?? '',
      /^isthmus\.peering\.accepted peering-1 pending-acceptance -> active$/,
    )
  })

  it('takes each once', async () => {
    const body = eventOf('only once')
    const headers = signedHeaders('evt_once', Date.now(), body, [CURRENT])
    for (let n = 0; n < 3; n++) assert.equal(await post(body, headers), 204)
    assert.deepEqual(await send([CURRENT]), [204, true])
    assert.equal(receiver.printed.filter((line) => line.includes('only once')).length, 1)
  })

  it('refuses a forged signature', async () => {
    assert.deepEqual(await send([FORGED]), [401, false])
    assert.deepEqual(await send([CURRENT], { body: (body) => body.replace('active', 'deleted') }), [
      401,
      false,
    ])
    assert.deepEqual(await send([CURRENT], { body: (body) => `${body} ` }), [401, false])
    assert.deepEqual(await send([CURRENT], { headers: { 'webhook-id': 'evt_other' } }), [401, false])
    for (const signature of ['', 'v1,', 'v1', 'v1,AAAA', `v2,${Buffer.alloc(32).toString('base64')}`])
      assert.deepEqual(await send([CURRENT], { headers: { 'webhook-signature': signature } }), [401, false])
  })

  it('refuses what is too old, or from the future, or does not say when it was sent', async () => {
    assert.deepEqual(await send([CURRENT], { agoMs: 6 * MINUTE_MS }), [401, false])
    assert.deepEqual(await send([CURRENT], { agoMs: -6 * MINUTE_MS }), [401, false])
    const now = String(Math.floor(Date.now() / 1000))
    for (const timestamp of ['', 'now', `${now}.5`, `+${now}`, `${now}e0`])
      assert.deepEqual(await send([CURRENT], { headers: { 'webhook-timestamp': timestamp } }), [401, false])
  })

  it('goes on after what is no event at all', async () => {
    assert.equal(await post('', {}), 401)
    assert.equal(await post('not JSON', signedHeaders('evt_bad', Date.now(), 'not JSON', [CURRENT])), 500)
    const response = await fetch(`http://127.0.0.1:${receiver.port}/`)
    assert.equal(response.status, 401)
    assert.equal(await post('x'.repeat(1024 * 1024 + 1), {}), 413)
    assert.deepEqual(await send([CURRENT]), [204, true])
  })
})
