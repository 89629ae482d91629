import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { hasProgram, requires } from './rig/requirements.ts'
import { ADMIN_TOKEN, startService, type TestService } from './rig/service.ts'

/** What the README tells a newcomer to type, typed: only the address is another. */

const root = dirname(import.meta.dirname)
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The block after `<!-- test: NAME -->`. */
function block(name: string): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(readme)?.[1]
  assert.ok(found, `README.md has no block for ${name}`)
  return found
}

describe('the README', () => {
  const bootstrap = JSON.parse(block('bootstrap')) as {
    tenants: {
      huawei: { projects: Record<string, string> }
      alibaba: { uid: string }
      tencent: { uin: string }
      accessKeys: { id: string; secret: string }[]
    }[]
    vpcs: { ids: Record<string, string> }[]
  }
  const [ALICE, BOB] = bootstrap.tenants.map(({ huawei, alibaba, tencent, accessKeys }, index) => ({
    key: accessKeys[0]?.id,
    secret: accessKeys[0]?.secret,
    project: huawei.projects['region-a'],
    uid: alibaba.uid,
    uin: tencent.uin,
    vpc: bootstrap.vpcs[index]?.ids,
  }))

  const handshakes = { huawei: 'ACTIVE', alibaba: 'Activated', tencent: 'ACTIVE' }
  for (const [name, outcome] of Object.entries(handshakes)) {
    it(`has a handshake with the SDK of ${name} that works`, async () => {
      const service = await startService({ bootstrap })
      const lines: string[] = []
      try {
        const code = block(name).replaceAll('127.0.0.1:4750', service.host)
        const AsyncFunction = (async () => {}).constructor as FunctionConstructor
        const run = new AsyncFunction('require', 'console', 'ALICE', 'BOB', code)
        const log = (line: unknown) => lines.push(String(line))
        await run(createRequire(import.meta.url), { log }, ALICE, BOB)
      } finally {
        await service.close()
      }
      assert.deepEqual(lines, [outcome])
    })
  }

  describe('by curl', () => {
    let service: TestService
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-readme-'))
    before(async () => {
      service = await startService({ bootstrap: null })
      writeFileSync(join(directory, 'token'), ADMIN_TOKEN)
    })
    after(async () => {
      await service.close()
      rmSync(directory, { recursive: true, force: true })
    })

    it('has a handshake that works', async (test) => {
      if (!requires(test, 'curl', hasProgram('curl'))) return
      const script = block('curl')
        .replace('http://127.0.0.1:4750', service.url)
        .replace('.isthmus/admin-token', join(directory, 'token'))
      const { stdout } = await promisify(execFile)('bash', ['-euc', script])
      const [state, events = ''] = stdout.split('\n')
      assert.equal(state, 'active')
      const types = (JSON.parse(events) as { events: { type: string }[] }).events.map(({ type }) => type)
      assert.deepEqual(types, ['peering.requested', 'peering.accepted'])
    })
  })

  it('names only commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const named = [...readme.matchAll(/npm (?:run )?(start|test|demo|check|bench|format|docs)\b/g)]
    assert.ok(named.length > 5)
    for (const [, name = ''] of named) assert.ok(scripts[name], name)
  })
})
