import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { cliReference } from '../../scripts/cli-reference.ts'
import { COMMAND_NAMES, loadCommands } from '../../src/cli/commands.ts'
import { helpOf } from '../../src/cli/help.ts'
import { listen, README_BOOTSTRAP, startShell, startWorld, type Who, type World } from '../rig/cli.ts'
import { runCommand } from '../rig/command.ts'
import { type PostgresServer, postgresDirectory, startPostgres } from '../rig/postgres.ts'
import { requires } from '../rig/requirements.ts'
import { advance } from '../rig/service.ts'

/** Every example of every command, as its help and docs/cli.md have it, typed: only addresses and folders are others. */

const root = dirname(dirname(import.meta.dirname))

interface Preparation {
  /** Whose token; by default alice's. */
  readonly as?: Who
  /** What must be there beforehand. */
  readonly before?: (world: World) => Promise<unknown>
  /** What happens once it has said so; then it goes on or ends by itself. */
  readonly during?: readonly [said: RegExp, act: (world: World) => Promise<unknown>]
  /** It goes on until it is interrupted, and is once it has said so. */
  readonly until?: (example: string) => RegExp | null
  readonly code?: number
}

const asked = async ({ call, vpc }: World) =>
  call<{ id: string }>('alice', 'POST', '/peerings', {
    requesterVpc: await vpc('alice-vpc'),
    accepterVpc: await vpc('bob-vpc'),
    name: 'shop-to-database',
  })
const subnet = async ({ call, vpc }: World) =>
  call<{ id: string }>('alice', 'POST', `/vpcs/${await vpc('alice-vpc')}/subnets`, {
    name: 'web',
    cidr: '10.1.1.0/24',
  })
const agreed = async (world: World) => {
  const { id } = await asked(world)
  await world.call('bob', 'POST', `/peerings/${id}/accept`)
  return id
}
const stopped = async ({ service }: World) => {
  await service.service.stop()
}
const keepProfile = ({ run, service }: World) =>
  run(null, 'profile', 'set', 'alice', '--endpoint', service.url, '--token', 'AKALICE.SKALICE')

/** What a command's examples need; a command that is not here needs nothing but alice. */
const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  serve: { until: () => /^isthmus ready http:\S+\n/ },
  'tenant create': { as: 'operator' },
  'tenant list': { as: 'operator' },
  inbox: { as: 'bob', before: asked },
  'peering accept': { as: 'bob', before: asked },
  'peering reject': { as: 'bob', before: asked },
  'peering reopen': {
    before: async (world) => {
      await asked(world)
      await advance(world.service, 'P8D')
    },
  },
  'peering show': { before: asked },
  'peering delete': { before: agreed },
  'peering watch': {
    before: asked,
    during: [
      /is pending-acceptance\n/,
      async ({ call }) => {
        const { peerings } = await call<{ peerings: { id: string }[] }>('bob', 'GET', '/peerings')
        await call('bob', 'POST', `/peerings/${peerings[0]?.id}/accept`)
      },
    ],
    until: (example) => (example.includes('--until') ? null : /peering\.accepted/),
  },
  events: { before: agreed, until: (example) => (example.includes('--follow') ? /peering\.accepted/ : null) },
  // The records show no subnets and no routes: packets do not pass, and that is the answer.
  explain: { before: agreed, code: 1 },
  'subnet delete': { before: subnet },
  'port create': { before: subnet },
  'port delete': {
    before: async (world) => {
      const { id } = await subnet(world)
      const path = `/vpcs/${await world.vpc('alice-vpc')}/ports`
      await world.call('alice', 'POST', path, { subnet: id, address: '10.1.1.9' })
    },
  },
  'route add': { before: agreed },
  'route delete': {
    before: async (world) => {
      const peering = await agreed(world)
      const path = `/vpcs/${await world.vpc('alice-vpc')}/routes`
      await world.call('alice', 'POST', path, { destination: '10.2.0.0/16', peering })
    },
  },
  'export terraform': { before: agreed },
  doctor: { as: 'operator' },
  backup: {
    before: async ({ home }) => mkdirSync(join(home, 'backup')),
  },
  restore: {
    before: async (world) => {
      const { directory } = world.service
      mkdirSync(join(world.home, 'backup'))
      mkdirSync(`${directory}-new`)
      copyFileSync(join(directory, 'master.key'), join(`${directory}-new`, 'master.key'))
      await world.run(null, 'backup', join(world.home, 'backup/isthmus-monday.db'), '--data', directory)
      await stopped(world)
    },
  },
  migrate: { before: stopped },
  copy: {
    before: async (world) => {
      const { directory } = world.service
      mkdirSync(`${directory}-new`)
      copyFileSync(join(directory, 'master.key'), join(`${directory}-new`, 'master.key'))
      await stopped(world)
    },
  },
  'profile list': { before: keepProfile },
  'profile use': { before: keepProfile },
  'profile show': { before: keepProfile },
}

let postgres: Promise<PostgresServer> | null = null
/** One server for all examples that name one. */
const server = () => {
  postgres ??= startPostgres()
  return postgres
}

suite('every example', { concurrency: 2 }, async () => {
  for (const [name, { examples }] of await loadCommands()) {
    for (const example of examples) test(`${example}`, (context) => works(context, name, example))
  }
})

test.after(async () => {
  await (await postgres)?.dispose()
})

async function works(context: TestContext, name: string, example: string): Promise<void> {
  const wantsPostgres = example.includes('postgres://')
  if (wantsPostgres && !requires(context, 'PostgreSQL', postgresDirectory !== null)) return
  const { as = 'alice', before, during, until, code = 0 } = PREPARATIONS[name] ?? {}
  const world = await startWorld()
  const { directory } = world.service
  const database = wantsPostgres ? await (await server()).createDatabase() : null
  try {
    writeFileSync(join(world.home, 'tenants.json'), JSON.stringify(README_BOOTSTRAP))
    await before?.(world)
    if (database && example.includes('--from postgres')) await fill(world, database.url)
    const line = example
      .replace(/postgres:\/\/[\w@,/]+/, database?.url ?? '')
      // A service that is to be started cannot have what another has.
      .replaceAll('/var/lib/isthmus', name === 'serve' ? join(world.home, 'served') : directory)
      .replaceAll('/backup/', `${join(world.home, 'backup')}/`)
    const own = { ISTHMUS_LISTEN: '127.0.0.1:0', TOKEN: 'AKALICE.SKALICE' }
    const started = startShell(line, world.home, { ...world.environment(as), ...own })
    const heard = listen(started)
    if (during) await heard.said(during[0]).then(() => during[1](world))
    const last = until?.(example) ?? null
    if (last) {
      await heard.said(last)
      started.process.kill('SIGINT')
    }
    const ended = await started.ended
    assert.equal(ended.code, code, `${ended.stdout}\n${ended.stderr}`)
    if (code === 0 && !last) assert.equal(ended.stderr, '')
  } finally {
    await database?.drop()
    await world.close().catch(() => {})
    for (const suffix of ['', '-new']) rmSync(directory + suffix, { recursive: true, force: true })
  }
}

/** Lets a database have the store of a service, and takes that from the folder it is to be copied to. */
async function fill({ service: { directory } }: World, url: string): Promise<void> {
  const { code, stderr } = await runCommand(['copy', '--from', directory, '--to', url])
  assert.equal(code, 0, stderr)
}

suite('the README', () => {
  test('has a handshake by the command line that works', async () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8')
    const block = /<!-- test: command line -->\n```sh\n([\s\S]*?)\n```/.exec(text)?.[1]
    assert.ok(block)
    const world = await startWorld()
    try {
      const commands = block.replaceAll('http://127.0.0.1:4750', world.service.url).split('\n')
      for (const line of commands.filter((each) => each !== '')) {
        const { ISTHMUS_ENDPOINT: _, ...environment } = world.environment(null)
        const { code, stderr } = await startShell(line, world.home, environment).ended
        // Nobody has a route yet, and that is the answer.
        assert.equal(code, line.includes(' explain ') ? 1 : 0, `${line}\n${stderr}`)
      }
      const { peerings } = await world.call<{ peerings: { state: string }[] }>('bob', 'GET', '/peerings')
      assert.deepEqual(
        peerings.map(({ state }) => state),
        ['active'],
      )
    } finally {
      await world.close()
    }
  })
})

suite('docs/cli.md', () => {
  const page = join(root, 'docs', 'cli.md')

  test('says what the commands declare', async () => {
    assert.equal(readFileSync(page, 'utf8'), await cliReference(), 'run: npm run docs')
  })

  test('has the examples that help has, for every command', async () => {
    const text = readFileSync(page, 'utf8')
    for (const [name, command] of await loadCommands()) {
      const help = helpOf(name, command)
      for (const example of command.examples)
        assert.ok(help.includes(`\n  ${example}\n`) && text.includes(`\n${example}\n`), example)
    }
    for (const words of [
      ['vpc', 'create', '--help'],
      ['help', 'vpc', 'create'],
      ['vpc', 'create', 'x', '-h'],
    ]) {
      const { code, stdout, stderr } = await runCommand(words)
      assert.deepEqual([code, stderr], [0, ''])
      assert.match(
        stdout,
        /^isthmus vpc create: make a VPC\n\nUsage: isthmus vpc create NAME --region REGION \[OPTIONS\]\n/,
      )
    }
  })
})

suite('isthmus', () => {
  test('lists every command in its overview, and those of a noun', async () => {
    const { code, stdout } = await runCommand(['--help'])
    assert.equal(code, 0)
    for (const name of COMMAND_NAMES) assert.match(stdout, new RegExp(`^ {2}${name} +\\S`, 'm'))
    const some = await runCommand(['route', '--help'])
    const listed = [...some.stdout.matchAll(/^ {2}(\w+ \w+)/gm)].map(([, name]) => name)
    assert.deepEqual([some.code, listed], [0, ['route add', 'route list', 'route delete']])
    assert.equal((await runCommand([])).code, 2)
    assert.equal((await runCommand(['route'])).code, 2)
  })

  test('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    assert.deepEqual(await runCommand(['--version']), { code: 0, stdout: `isthmus ${version}\n`, stderr: '' })
  })

  test('says that there is no such command', async () => {
    for (const [words, named] of [
      [['frobnicate'], 'frobnicate'],
      [['route', 'frobnicate', 'x'], 'route frobnicate'],
      [['\x1b[2J'], '\\x1b[2J'],
      [['constructor'], 'constructor'],
    ] as const) {
      assert.deepEqual(await runCommand(words), {
        code: 2,
        stdout: '',
        stderr: `isthmus: no command '${named}'; see isthmus --help\n`,
      })
    }
  })
})
