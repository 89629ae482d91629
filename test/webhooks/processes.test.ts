import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bearerToken } from '../../src/dialects/native/codec.ts'
import { postgresSuite } from '../rig/postgres.ts'
import { type Received, startReceiver, type TestReceiver } from '../rig/receiver.ts'
import { native, type RigOptions, spawnService } from '../rig/service.ts'
import { alice, bob, type TestTenant, vpcOf } from '../rig/tenants.ts'

/** Webhooks of services that are processes, and die. */

type Service = Awaited<ReturnType<typeof spawnService>>

const ARGS = ['--webhook-networks', '127.0.0.0/8', '--webhook-retry-delay', 'PT1S']
const KEY = '07'.repeat(32)

let directories: string[]
let services: Service[]
let receiver: TestReceiver
let verdict: Parameters<typeof startReceiver>[0]
beforeEach(async () => {
  directories = []
  services = []
  verdict = () => 200
  receiver = await startReceiver((...all) => verdict(...all))
})
afterEach(async () => {
  for (const service of services) await service.close()
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
  await receiver.close()
})

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-'))
  directories.push(directory)
  writeFileSync(join(directory, 'master.key'), KEY, { mode: 0o600 })
  return directory
}

async function start(directory: string, options: RigOptions = {}): Promise<Service> {
  const service = await spawnService({ ...options, directory, args: [...ARGS, ...(options.args ?? [])] })
  services.push(service)
  return service
}

async function kill(service: Service): Promise<void> {
  services = services.filter((each) => each !== service)
  service.process.kill('SIGKILL')
  await once(service.process, 'exit')
}

const as = (service: Service, { key }: TestTenant, method: string, path: string, body?: unknown) =>
  native(service, bearerToken(key.id, key.secret), method, path, body)

async function hook(service: Service): Promise<string> {
  const { status, body } = await as(service, bob, 'POST', '/webhooks', { url: receiver.url })
  assert.equal(status, 201)
  return (body as { id: string }).id
}

async function ask(service: Service, number: number): Promise<string> {
  const [ours, theirs] = [vpcOf(alice, number), vpcOf(bob, number)]
  const body = { requesterVpc: ours.ids.huawei, accepterVpc: theirs.ids.huawei, name: `peering ${number}` }
  const answer = await as(service, alice, 'POST', '/peerings', body)
  assert.equal(answer.status, 201)
  return (answer.body as { id: string }).id
}

const rename = (service: Service, id: string, name: string) =>
  as(service, alice, 'PATCH', `/peerings/${id}`, { name })
const deliveries = async (service: Service, id: string) => {
  const { body } = await as(service, bob, 'GET', `/webhooks/${id}/deliveries`)
  return (body as { deliveries: { sequence: number; attempts: number }[] }).deliveries
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error('it did not come to hold')
    await sleep(20)
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const sequences = (received: readonly Received[]) => received.map(({ sequence }) => sequence)

test('a service that is killed between tries tries again once it is back', { timeout: 300_000 }, async () => {
  const directory = makeDirectory()
  verdict = () => 500
  const first = await start(directory)
  const id = await hook(first)
  await ask(first, 1)
  await receiver.until(2)
  await until(async () => (await deliveries(first, id))[0]?.attempts === 2)
  await kill(first)
  verdict = () => 200
  const second = await start(directory)
  await receiver.until(3)
  await until(async () => (await deliveries(second, id)).length === 0)
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 1)
  await ask(second, 2)
  assert.deepEqual(sequences(await receiver.until(4)), [1, 1, 1, 2])
})

test('a service that is killed again and again while events come tells of every one', {
  timeout: 300_000,
}, async () => {
  const directory = makeDirectory()
  // Half of what comes is refused, so that some waits whenever the service dies.
  verdict = (_, earlier) => (earlier.length % 2 === 0 ? 500 : 200)
  let service = await start(directory)
  const id = await hook(service)
  const peering = await ask(service, 1)
  let last = 1
  for (let death = 0; death < 4; death++) {
    const from = receiver.received.length
    for (let n = 0; n < 10; n++) {
      assert.equal((await rename(service, peering, `${death} ${n}`)).status, 200)
      last++
    }
    await receiver.until(from + 3 * death)
    await kill(service)
    service = await start(directory)
  }
  verdict = () => 200
  await until(async () => {
    const told = new Set(sequences(receiver.received))
    return told.size === last && (await deliveries(service, id)).length === 0
  })
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, last)
})

test('a service that is stopped while a receiver keeps it waiting stops, and tells later', {
  timeout: 300_000,
}, async () => {
  const directory = makeDirectory()
  let silent = true
  verdict = () => (silent ? () => {} : 200)
  const first = await start(directory)
  const id = await hook(first)
  await ask(first, 1)
  await receiver.until(1)
  const startedMs = performance.now()
  services = services.filter((each) => each !== first)
  await first.close()
  // It has not waited until the try had its time.
  assert.ok(performance.now() - startedMs < 8_000)
  silent = false
  const second = await start(directory)
  const [one, two] = await receiver.until(2)
  assert.equal(one?.id, two?.id)
  assert.deepEqual(await deliveries(second, id), [])
})

postgresSuite('two replicas', (server) => {
  test('tell each event once, whoever it came by, and go on after one dies', {
    timeout: 300_000,
  }, async () => {
    const database = await server().createDatabase()
    const args = ['--database-url', database.url]
    const replicas = [await start(makeDirectory(), { args }), await start(makeDirectory(), { args })]
    const [one, other] = replicas
    assert.ok(one && other)
    // By way of the second, which is not the one that sends.
    const id = await hook(other)
    const peering = await ask(one, 1)
    await receiver.until(1)
    for (let n = 0; n < 40; n++) {
      const replica: Service = n % 2 === 0 ? one : other
      assert.equal((await rename(replica, peering, `name ${n}`)).status, 200)
    }
    await receiver.until(41)
    assert.deepEqual(sequences(receiver.received), numbers(1, 41))
    // Something waits when the first one dies.
    verdict = ({ sequence }) => (sequence === 42 ? 500 : 200)
    await rename(other, peering, 'waits')
    await rename(other, peering, 'does not')
    await receiver.until(43)
    await until(async () => (await deliveries(other, id)).length === 1)
    await kill(one)
    verdict = () => 200
    await rename(other, peering, 'after its death')
    await until(() => sequences(receiver.received).includes(44))
    await until(async () => (await deliveries(other, id)).length === 0)
    const taken = sequences(receiver.received).filter((sequence) => sequence !== 42)
    assert.deepEqual(taken, [...numbers(1, 41), 43, 44])
    assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 44)
  })
})
