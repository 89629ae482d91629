import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { PeeringState } from '../src/domain/peering.ts'
import { check } from './history/checker.ts'
import type { HistoryEvent } from './history/history.ts'
import { Recorder } from './history/recorder.ts'
import { hasProgram, requires } from './rig/requirements.ts'
import { ADMIN_TOKEN, native, spawnService } from './rig/service.ts'
import { alice, bob, vpcOf } from './rig/tenants.ts'
import { shownIn } from './torture/client.ts'

/** What the kernel is made to answer, by `strace --inject`, to a call that would bring a commit to disk. */
interface Fault {
  readonly name: string
  readonly calls: string
  readonly error: 'EIO' | 'ENOSPC'
  /** Whether all later calls fail as well. */
  readonly stays: boolean
}

const FAULTS: readonly Fault[] = [
  { name: 'an I/O error, once', calls: 'pwrite64', error: 'EIO', stays: false },
  { name: 'a disk that has broken', calls: 'pwrite64', error: 'EIO', stays: true },
  { name: 'a full disk', calls: 'pwrite64', error: 'ENOSPC', stays: true },
  { name: 'a flush that fails, once', calls: 'fsync,fdatasync', error: 'EIO', stays: false },
  { name: 'a disk that flushes no more', calls: 'fsync,fdatasync', error: 'EIO', stays: true },
]

const CHANGES = ['create', 'accept', 'delete'] as const
type Change = (typeof CHANGES)[number]

/** More calls than any commit makes. */
const CALLS_MAX = 200
/** So often the service is killed in the very fault, and has to find its way from what is on disk. */
const KILL_EVERY = 7

const OPERATOR = { client: 'only', by: 'operator' } as const
const VPCS = { requesterVpc: vpcOf(alice, 1).ids.huawei, accepterVpc: vpcOf(bob, 1).ids.huawei }

/** One service whose disk is made to fail, and all that its one client has seen. */
class Patient {
  readonly directory: string
  readonly recorder = new Recorder()
  readonly #ends: Parameters<Recorder['met']>[1]
  #service: Awaited<ReturnType<typeof spawnService>>
  #log = ''
  struck = 0
  refused = 0
  kills = 0

  private constructor(directory: string, service: Patient['service'], ends: Parameters<Recorder['met']>[1]) {
    this.directory = directory
    this.#service = service
    this.#ends = ends
    this.#listen()
  }

  get service() {
    return this.#service
  }

  static async start(t: TestContext): Promise<Patient> {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-write-faults-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const service = await spawnService({ directory })
    const { body }: { body: { tenants: { id: string; name: string }[] } } = await native(
      service,
      ADMIN_TOKEN,
      'GET',
      '/tenants',
    )
    const idOf = (name: string) => body.tenants.find((tenant) => tenant.name === name)?.id ?? ''
    const patient = new Patient(directory, service, {
      requester: { tenant: idOf(alice.name), vpc: VPCS.requesterVpc },
      accepter: { tenant: idOf(bob.name), vpc: VPCS.accepterVpc },
    })
    t.after(() => patient.#service.close())
    return patient
  }

  #listen(): void {
    this.#service.process.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString()
    })
  }

  async kill(): Promise<void> {
    const exited = once(this.#service.process, 'exit')
    this.#service.process.kill('SIGKILL')
    await exited
    this.kills++
    this.#service = await spawnService({ directory: this.directory, bootstrap: null })
    this.#log = ''
    this.#listen()
  }

  /** Answers the id of the peering it was about; null where it was refused for want of a disk. */
  async change(change: Change, peering: string | null): Promise<string | null> {
    const asked = change === 'create' ? this.#ends : null
    const operation = this.recorder.begin({ ...OPERATOR, verb: change, peering, asked })
    const [method, path, body] =
      change === 'create'
        ? ['POST', '/peerings', { ...VPCS, name: 'x' }]
        : change === 'accept'
          ? ['POST', `/peerings/${peering}/accept`]
          : ['DELETE', `/peerings/${peering}`]
    type Body = { id: string; state: PeeringState; code: string } | null
    const answer: { status: number; body: Body; headers: Headers } = await native(
      this.#service,
      ADMIN_TOKEN,
      method as string,
      path as string,
      body,
    )
    if (answer.status >= 300) {
      assert.deepEqual([answer.status, answer.body?.code], [503, 'service.unavailable'])
      operation.end({ outcome: { kind: 'unknown' }, requestId: null })
      return null
    }
    const made = answer.body?.id ?? peering
    assert.ok(made !== null)
    const state = answer.body?.state ?? 'deleted'
    const requestId = answer.headers.get('x-request-id')
    operation.end({ outcome: { kind: 'done', state }, requestId, peering: made })
    return made
  }

  /** What is there now: at most one peering. */
  async look(): Promise<string | null> {
    const invokedAtMs = this.recorder.now()
    const { body } = await native(this.#service, ADMIN_TOKEN, 'GET', '/peerings')
    const shown = shownIn(body)
    this.recorder.saw(invokedAtMs, OPERATOR, shown)
    const present = shown.map(({ peering }) => peering)
    const gone = Object.keys(this.recorder.peerings).filter((id) => !present.includes(id))
    this.recorder.missed(invokedAtMs, OPERATOR, gone.slice(-2))
    return present[0] ?? null
  }

  /** What was logged since it was last asked, once `count` lines have come. */
  async logged(count: number): Promise<Record<string, unknown>[]> {
    const lines = () => this.#log.split('\n').slice(0, -1)
    for (let waited = 0; lines().length < count && waited < 200; waited++) await setTimeout(10)
    const found = lines().map((line) => JSON.parse(line) as Record<string, unknown>)
    this.#log = ''
    return found
  }

  async check(): Promise<void> {
    const events: HistoryEvent[] = []
    for (;;) {
      const path = `/events?limit=1000&after=${events.length}`
      const { body }: { body: { events: HistoryEvent[] } } = await native(
        this.#service,
        ADMIN_TOKEN,
        'GET',
        path,
      )
      if (body.events.length === 0) break
      events.push(...body.events)
    }
    assert.deepEqual(check(this.recorder.history(0, events)), [])
    const database = new DatabaseSync(join(this.directory, 'isthmus.db'), { readOnly: true })
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    database.close()
  }
}

/** Makes the `number`th of the calls fail that the service makes for its database. Null: one may not trace here. */
async function inject(patient: Patient, { calls, error, stays }: Fault, number: number) {
  const report = join(patient.directory, 'calls')
  const files = ['isthmus.db', 'isthmus.db-wal'].flatMap((name) => ['-P', join(patient.directory, name)])
  const when = `${number}${stays ? '+' : ''}`
  const options = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${when}`, '-o', report]
  const tracer: ChildProcess = spawn(
    'strace',
    ['-f', '-p', String(patient.service.process.pid), ...options, ...files],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const exited = once(tracer, 'exit')
  let said = ''
  tracer.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  while (!said.includes(' attached') && tracer.exitCode === null) await setTimeout(2)
  if (tracer.exitCode !== null) return null
  return {
    /** Answers whether the call came that was to fail. */
    async end(): Promise<boolean> {
      tracer.kill('SIGINT')
      await exited
      return readFileSync(report, 'utf8').includes('(INJECTED)')
    },
  }
}

/** Lets one change meet the fault at its `number`th call. Answers whether it made so many. */
async function meetFault(
  patient: Patient,
  fault: Fault,
  change: Change,
  number: number,
): Promise<boolean | null> {
  const target = change === 'create' ? null : await patient.change('create', null)
  const injected = await inject(patient, fault, number)
  if (!injected) return null
  const done = await patient.change(change, target)
  if (done === null) {
    patient.refused++
    const lines = await patient.logged(2)
    assert.deepEqual(
      lines.map(({ level, msg }) => [level, msg]),
      [
        [50, 'a change could not be written'],
        [50, 'a request failed'],
      ],
      JSON.stringify(lines),
    )
    assert.match(String(lines[0]?.['reason']), /disk I\/O error|disk is full/)
    if (patient.refused % KILL_EVERY === 0) await patient.kill()
  }
  const struck = await injected.end()
  assert.deepEqual(await patient.logged(0), [])
  // A fault that stays is never survived; one that passes is, as long as it is not met again.
  assert.equal(done === null, struck && fault.stays)
  if (struck) patient.struck++
  // Whatever there is by now, the service goes on with it.
  const left = await patient.look()
  if (left !== null) await patient.change('delete', left)
  assert.equal(await patient.look(), null)
  return struck
}

suite('when the disk fails in the middle of a commit, at each of its calls', () => {
  for (const fault of FAULTS) {
    test(fault.name, async (t) => {
      if (!requires(t, 'strace', hasProgram('strace'))) return
      const patient = await Patient.start(t)
      const calls: string[] = []
      for (const change of CHANGES) {
        let number = 1
        for (; number < CALLS_MAX; number++) {
          const struck = await meetFault(patient, fault, change, number)
          if (struck === null) return void requires(t, 'leave to trace a process', false)
          if (!struck) break
        }
        calls.push(`${change} ${number - 1}`)
        assert.ok(number > 1 && number < CALLS_MAX)
      }
      await patient.kill()
      await patient.look()
      await patient.check()
      t.diagnostic(
        `calls of each commit, every one failed: ${calls.join(', ')}; ${patient.refused} refused, ${patient.struck - patient.refused} made all the same; ${patient.kills} kills`,
      )
    })
  }
})
