import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../rig/free-port.ts'
import { startReceiver } from '../rig/receiver.ts'
import { type SampleReceiver, sampleReceiverOf } from '../rig/sample-receiver.ts'
import { native, startService, type TestService } from '../rig/service.ts'

/** What the guide tells somebody to copy, copied: only the addresses are others. */

const root = dirname(dirname(import.meta.dirname))
const guide = readFileSync(join(root, 'docs/guides/webhooks.md'), 'utf8')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The block after `<!-- test: NAME -->`. */
function block(name: string, page = guide): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(page)?.[1]
  assert.ok(found, `there is no block for ${name}`)
  return found
}

let service: TestService
let port: number
let receiver: SampleReceiver
let made: { id: string; secret: string }
before(async () => {
  service = await startService({
    bootstrap: JSON.parse(block('bootstrap', readme)),
    args: ['--webhook-networks', '127.0.0.0/8', '--webhook-retry-delay', 'PT1H'],
  })
  port = await freePort()
  // The guide's shell becomes the receiver.
  const script = `${here(block('make'))}\necho "$ID $SECRET" >&2\nexec env ${here(block('receive'))}`
  const child = spawn('bash', ['-euc', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stderr.once('data', (said: Buffer) => {
    const [id = '', secret = ''] = said.toString().trim().split(' ')
    made = { id, secret }
  })
  receiver = await sampleReceiverOf(child)
})
after(async () => {
  await receiver.close()
  await service.close()
})

const here = (text: string) =>
  text
    .replaceAll('127.0.0.1:4750', service.host)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replaceAll('PORT=8080', `PORT=${port}`)

/** Runs a block of the guide where `make` was run before. */
async function run(name: string): Promise<unknown[]> {
  const [prelude = ''] = block('make').split('\nHOOK=')
  const script = `${here(prelude)}\nID=${made.id}\n${here(block(name))}`
  const { stdout } = await promisify(execFile)('bash', ['-euc', script])
  return stdout
    .split(/(?<=\})(?=\{)/)
    .filter((text) => text.trim() !== '')
    .map((text) => JSON.parse(text) as unknown)
}

async function ask(): Promise<string> {
  const list = await native(service, 'AKALICE.SKALICE', 'GET', '/vpcs')
  const [ours] = (list.body as { vpcs: { id: string }[] }).vpcs
  const named = { accepterVpc: 'vpc-bp1bob00000000001', name: 'alice to bob' }
  const { body } = await native(service, 'AKALICE.SKALICE', 'POST', '/peerings', {
    ...named,
    requesterVpc: ours?.id,
  })
  return (body as { id: string }).id
}

describe('the guide to webhooks', () => {
  it('makes a webhook and a receiver, which hears of a request', async () => {
    const id = await ask()
    const [line] = await receiver.until(1)
    assert.equal(line, `isthmus.peering.requested ${id} nothing -> pending-acceptance`)
    // It asked for requests and expiries only.
    await native(service, 'AKALICE.SKALICE', 'DELETE', `/peerings/${id}`)
    const next = await ask()
    assert.deepEqual((await receiver.until(2)).at(-1)?.split(' ')[1], next)
    await native(service, 'AKALICE.SKALICE', 'DELETE', `/peerings/${next}`)
  })

  it('shows what failed, and how to have it tried again', async () => {
    await receiver.close()
    const failing = await startReceiver(() => 500, port)
    try {
      const id = await ask()
      await failing.until(1)
      const deliveries = async () => {
        const { body } = await native(service, 'AKBOB.SKBOB', 'GET', `/webhooks/${made.id}/deliveries`)
        return (body as { deliveries: unknown[] }).deliveries
      }
      while ((await deliveries()).length === 0) await sleep(10)
      const [listed, retried] = (await run('look')) as [
        { deliveries: { sequence: number; reason: string }[] },
        { sequence: number; attempts: number },
      ]
      assert.deepEqual(
        listed.deliveries.map(({ reason }) => reason),
        ['it answered 500'],
      )
      assert.deepEqual([retried.sequence, retried.attempts], [listed.deliveries[0]?.sequence, 0])
      const [first, second] = await failing.until(2)
      assert.equal(first?.id, second?.id)
      // What it was sent is what the guide's lines for the library take.
      const lines: string[] = []
      const AsyncFunction = (async () => {}).constructor as FunctionConstructor
      const verify = new AsyncFunction('require', 'console', 'secret', 'body', 'headers', block('verify'))
      const say = { log: (...words: unknown[]) => lines.push(words.join(' ')) }
      await verify(createRequire(import.meta.url), say, made.secret, first?.body, first?.headers)
      assert.deepEqual(lines, ['isthmus.peering.requested pending-acceptance'])
      await native(service, 'AKALICE.SKALICE', 'DELETE', `/peerings/${id}`)
    } finally {
      await failing.close()
    }
  })

  it('changes it, and takes it away', async () => {
    const answers = (await run('change')) as { eventTypes?: null; enabled?: boolean; secret?: string }[]
    assert.deepEqual(
      answers.map(({ eventTypes, enabled }) => [eventTypes, enabled]),
      [
        [null, true],
        [null, false],
        [undefined, undefined],
      ],
    )
    assert.match(answers[2]?.secret ?? '', /^whsec_/)
    assert.equal((await native(service, 'AKBOB.SKBOB', 'GET', `/webhooks/${made.id}`)).status, 404)
  })
})
