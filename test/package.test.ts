import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, suite, test } from 'node:test'
import { promisify } from 'node:util'
import { native } from './rig/service.ts'

const ROOT = join(import.meta.dirname, '..')
const run = promisify(execFile)
// The runtime that tests run on stands for the one that a user of the package has.
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` }

/** What only those who build it need. */
const DEVELOPMENT = ['typescript', 'vite', 'react', '@biomejs/biome', '@types/node', 'fast-check', 'node']

suite('the package that npm pack makes', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'isthmus-package-'))
  const installed = join(scratch, 'installed')
  const program = join(installed, 'node_modules', '.bin', 'isthmus')
  const children: ChildProcess[] = []
  let files: readonly string[] = []

  before(async () => {
    mkdirSync(installed)
    const packing = ['pack', '--json', '--pack-destination', scratch]
    const { stdout } = await run('npm', packing, { cwd: ROOT, env, timeout: 300_000, maxBuffer: 1 << 26 })
    const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
    assert.ok(packed)
    files = packed.files.map(({ path }) => path)
    writeFileSync(join(installed, 'package.json'), '{ "private": true }')
    const installing = ['install', '--no-audit', '--no-fund', join(scratch, packed.filename)]
    await run('npm', installing, { cwd: installed, env, timeout: 300_000 })
  })

  after(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(scratch, { recursive: true, force: true })
  })

  test('holds the service, its schemas and the console, and nothing of how they are made', () => {
    const expected = /^(?:lib\/.+\.(?:js|sql)|dist\/console\/.+|package\.json|README\.md|LICENSE)$/
    assert.deepEqual(
      files.filter((path) => !expected.test(path)),
      [],
    )
    assert.deepEqual(
      files.filter((path) => /\.(?:test|contract|fixtures)\./.test(path)),
      [],
    )
    for (const path of ['lib/cli/main.js', 'dist/console/index.html', 'LICENSE'])
      assert.ok(files.includes(path), path)
    const packages = readdirSync(join(installed, 'node_modules'))
    for (const name of DEVELOPMENT)
      assert.ok(!existsSync(join(installed, 'node_modules', name)), `${name} of ${packages}`)
  })

  test('serves, shows its console, and ends with 0 when told to', async () => {
    const data = join(scratch, 'data')
    const options = ['--listen', '127.0.0.1:0', '--data', data, '--admin-token', 'token']
    const child = spawn(program, ['serve', ...options], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const url = line.replace('isthmus ready ', '')
    const tenants = (await native({ url }, 'token', 'GET', '/tenants')).body as {
      tenants: { name: string }[]
    }
    assert.deepEqual(tenants.tenants.map(({ name }) => name).sort(), ['alice', 'bob'])
    const page = await fetch(`${url}/console/`)
    assert.equal(page.status, 200)
    const [, script] = /<script[^>]* src="([^"]+)"/.exec(await page.text()) ?? []
    assert.ok(script)
    assert.equal((await fetch(new URL(script, `${url}/console/`))).status, 200)
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  test('tells the whole story', async () => {
    const { stdout } = await run(program, ['demo'], { env, timeout: 60_000 })
    assert.match(stdout, /accept/)
  })
})
