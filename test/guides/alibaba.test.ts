import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { finds, hasProgram } from '../rig/requirements.ts'
import { startService, type TestService } from '../rig/service.ts'

/** What the guide for this vendor's clients tells its reader to type, typed: only the address is another. */

const root = dirname(dirname(import.meta.dirname))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const guide = read('docs/guides/alibaba.md')

/** The block after `<!-- test: NAME -->`. */
function block(text: string, name: string): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(text)?.[1]
  assert.ok(found, `there is no block for ${name}`)
  return found
}

const bootstrap = JSON.parse(block(read('README.md'), 'bootstrap')) as {
  regions: { alibaba: string[] }[]
  tenants: { alibaba: { uid: string }; accessKeys: { id: string; secret: string }[] }[]
}

let service: TestService
before(async () => {
  service = await startService({ bootstrap })
})
after(() => service.close())

const here = (code: string) => code.replaceAll('127.0.0.1:4750', service.host)

describe('the guide for Alibaba Cloud', () => {
  for (const [name, outcome] of [
    ['openapi-client', 'Activated'],
    ['pop-core', '10.31.0.0/16'],
  ] as const) {
    it(`has a workflow with ${name} that works`, async () => {
      const lines: string[] = []
      const AsyncFunction = (async () => {}).constructor as FunctionConstructor
      const run = new AsyncFunction('require', 'console', here(block(guide, name)))
      await run(createRequire(import.meta.url), { log: (line: unknown) => lines.push(String(line)) })
      assert.deepEqual(lines, [outcome])
    })
  }

  it('has a workflow with the command line that works', async (test) => {
    if (!finds(test, 'aliyun', hasProgram('aliyun'))) return
    const { stdout } = await promisify(execFile)('bash', ['-euc', here(block(guide, 'aliyun'))])
    assert.equal(stdout.trim().split('\n').at(-1), 'Activated')
  })

  describe('in its Terraform configuration', () => {
    const configuration = block(guide, 'terraform')
    const blocks = [...configuration.matchAll(/^(\w+) "(\w+)"(?: "(\w+)")? \{\n([\s\S]*?)^\}/gm)].map(
      ([, kind, type, name, body]) => ({ kind, type, name, body: body ?? '' }),
    )
    const attribute = (body: string, name: string) => new RegExp(`^ +${name} += (.+)$`, 'm').exec(body)?.[1]

    it('tells the provider all it needs to stay at home', () => {
      const providers = blocks.filter(({ kind }) => kind === 'provider')
      const keys = bootstrap.tenants.map(({ accessKeys: [key] }) => [`"${key?.id}"`, `"${key?.secret}"`])
      assert.deepEqual(
        providers.map(({ body }) => [attribute(body, 'access_key'), attribute(body, 'secret_key')]),
        keys,
      )
      const regions = bootstrap.regions.flatMap(({ alibaba }) => alibaba)
      for (const { body } of providers) {
        assert.ok(regions.includes(attribute(body, 'region')?.replaceAll('"', '') ?? ''))
        assert.equal(attribute(body, 'protocol'), '"HTTP"')
        assert.equal(attribute(body, 'account_type'), '"Domestic"')
        // Without a scheme and without a path; the provider pastes the protocol before them.
        for (const product of ['vpc', 'vpcpeer', 'sts', 'location']) {
          assert.equal(attribute(body, product), '"127.0.0.1:4750"', product)
        }
      }
    })

    it('has only resources whose traffic is replayed in a test', () => {
      const types = blocks
        .filter(({ kind }) => kind === 'resource' || kind === 'data')
        .map(({ type }) => type)
      const replayed = read('test/dialects/alibaba/provider.ts')
      assert.equal(types.length, 7)
      for (const type of types) assert.ok(replayed.includes(`${type}\``), type)
    })

    it('is as Terraform itself would write it', (test) => {
      const program = ['terraform', 'tofu'].find(hasProgram)
      if (!finds(test, 'terraform or tofu', program !== undefined)) return
      const options = { input: `${configuration}\n`, encoding: 'utf8' } as const
      const { status, stdout, stderr } = spawnSync(program ?? '', ['fmt', '-check', '-diff', '-'], options)
      assert.equal(status, 0, `${stdout}${stderr}`)
    })
  })
})
