import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { everyDialect } from './rig/every-dialect.ts'
import { ADMIN_TOKEN, native, spawnService } from './rig/service.ts'
import { alice, bob, vpcOf } from './rig/tenants.ts'

type Service = Awaited<ReturnType<typeof spawnService>>

const DATABASE_FILES = ['isthmus.db', 'isthmus.db-wal']

interface Place {
  readonly directory: string
  remove(): void
}

/** A way in which nothing can be written any more, for a while. */
interface Fault {
  readonly name: string
  /** A data directory in which it can be brought about, and what removes it; text says why that cannot be had here. */
  prepare(): Place | string
  begin(service: Service): void
  end(service: Service): void
}

const run = (command: string, ...args: string[]) => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0 ? null : `${command}: ${error?.message ?? stderr.trim()}`
}

const FAULTS: readonly Fault[] = [
  {
    name: 'a full disk',
    prepare() {
      const directory = mkdtempSync(join(tmpdir(), 'isthmus-full-'))
      const refused = run('mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory)
      const remove = () => {
        if (refused === null) assert.equal(run('umount', directory), null)
        rmdirSync(directory)
      }
      if (refused === null) return { directory, remove }
      remove()
      return `a file system of its own is needed: ${refused}`
    },
    begin({ directory }) {
      const file = openSync(join(directory, 'filler'), 'w')
      for (const size of [1024 * 1024, 4096, 1]) {
        try {
          for (;;) writeSync(file, Buffer.alloc(size))
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
        }
      }
      closeSync(file)
    },
    end: ({ directory }) => rmSync(join(directory, 'filler')),
  },
  {
    name: 'files that may not grow',
    prepare() {
      const refused = run('prlimit', '--version')
      if (refused !== null) return `limits of a running process are needed: ${refused}`
      const directory = mkdtempSync(join(tmpdir(), 'isthmus-faults-'))
      return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
    },
    begin({ directory, process }) {
      const sizes = DATABASE_FILES.map((name) => statSync(join(directory, name)).size)
      assert.equal(run('prlimit', '--pid', String(process.pid), `--fsize=${Math.max(...sizes)}:`), null)
    },
    end: ({ process }) =>
      assert.equal(run('prlimit', '--pid', String(process.pid), '--fsize=unlimited:'), null),
  },
]

interface Made {
  readonly id: string
  readonly ids: Readonly<Record<'huawei' | 'alibaba' | 'tencent', string>>
}

async function create(service: Service, number: number): Promise<Made> {
  const [requester, accepter] = [vpcOf(alice, number), vpcOf(bob, number)]
  const body = { requesterVpc: requester.ids.huawei, accepterVpc: accepter.ids.huawei, name: 'x' }
  const made: { status: number; body: Made } = await native(service, ADMIN_TOKEN, 'POST', '/peerings', body)
  assert.equal(made.status, 201)
  return made.body
}

/** Everything that is there, as the operator sees it. */
async function everything(
  service: Service,
): Promise<{ peerings: unknown[]; events: { sequence: number }[] }> {
  const [{ body: peerings }, { body: events }] = await Promise.all([
    native(service, ADMIN_TOKEN, 'GET', '/peerings') as Promise<{ body: { peerings: unknown[] } }>,
    native(service, ADMIN_TOKEN, 'GET', '/events') as Promise<{ body: { events: { sequence: number }[] } }>,
  ])
  return { ...peerings, ...events }
}

/** What the service has logged since it was last asked, once nothing more comes. */
function logOf(service: Service): () => Promise<Record<string, unknown>[]> {
  let text = ''
  service.process.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return async () => {
    await setTimeout(50)
    const lines = text.split('\n').filter((line) => line !== '')
    text = ''
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  }
}

suite('when the store cannot write', () => {
  for (const fault of FAULTS) {
    test(fault.name, async (t) => {
      const place = fault.prepare()
      if (typeof place === 'string') return t.skip(place)
      const { directory } = place
      const started = spawnService({ directory })
      t.after(async () => {
        await started.then((service) => service.close()).finally(() => place.remove())
      })
      const service = await started
      const log = logOf(service)
      const { ids } = await create(service, 1)
      const before = await everything(service)
      assert.deepEqual(await log(), [])

      fault.begin(service)
      for (const { name, refuses, shows } of everyDialect(service, ids)) {
        await t.test(`${name}: refuses changes in its own words, and goes on showing`, async () => {
          await log()
          await refuses()
          const all = await log()
          // One for the request, after those of its changes.
          assert.deepEqual([all.at(-1)?.['level'], all.at(-1)?.['msg']], [50, 'a request failed'])
          const lines = all.slice(0, -1)
          // One line for each change that was lost: the request's own, and a nonce where the dialect has such.
          assert.ok(
            lines.length === 1 || (lines.length === 2 && /Alibaba|legacy/.test(name)),
            JSON.stringify(lines),
          )
          for (const { level, msg, reason } of lines) {
            assert.deepEqual([level, msg], [50, 'a change could not be written'])
            assert.match(String(reason), /disk/)
          }
          await shows()
        })
      }
      assert.deepEqual(await everything(service), before)

      fault.end(service)
      await log()
      const { id } = await create(service, 2)
      const accepted = await native(
        service,
        `${bob.key.id}.${bob.key.secret}`,
        'POST',
        `/peerings/${id}/accept`,
      )
      assert.equal(accepted.status, 200)
      for (const { shows } of everyDialect(service, ids)) await shows()
      const { events } = await everything(service)
      assert.deepEqual(
        events.map(({ sequence }) => sequence),
        [1, 2, 3],
      )
      assert.deepEqual(await log(), [])
      const database = new DatabaseSync(join(directory, 'isthmus.db'), { readOnly: true })
      assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
      database.close()
    })
  }
})
