import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { asOperator } from '../dialects/native/client.ts'
import { hasProgram, requires } from '../rig/requirements.ts'
import { startService } from '../rig/service.ts'

/** What docs/guides/consent.md tells a reader to paste, pasted: only the address is another. */

const root = dirname(dirname(import.meta.dirname))
const guide = readFileSync(join(root, 'docs/guides/consent.md'), 'utf8')

/** The block after `<!-- test: NAME -->`. */
function block(name: string): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(guide)?.[1]
  assert.ok(found, `there is no block for ${name}`)
  return found
}

it('the guide to consent has commands that work', async (test) => {
  if (!requires(test, 'curl', hasProgram('curl'))) return
  const service = await startService({ bootstrap: null })
  try {
    const tokenOf = async (name: string) =>
      (await asOperator(service)('POST', '/tenants', { name })).body.accessKeys?.[0]?.token ?? ''
    const environment = { ...process.env, ANN: await tokenOf('ann'), BEN: await tokenOf('ben') }
    const script = ['say', 'ask', 'reason'].map(block).join('\necho\n')
    const pasted = script.replaceAll('http://127.0.0.1:4750', service.url)
    const { stdout } = await promisify(execFile)('bash', ['-euc', pasted], { env: environment })
    const [policy = '', ...lines] = stdout.trim().split(/\n+/)
    assert.equal((JSON.parse(policy) as { waitingPerTenant: number }).waitingPerTenant, 5)
    assert.deepEqual(lines, ['accept-list', 'active', 'rejected', 'one is enough'])
  } finally {
    await service.close()
  }
})
