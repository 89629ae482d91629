import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { promisify } from 'node:util'
import { hasProgram, requires } from './rig/requirements.ts'

const run = promisify(execFile)
const MAIN = join(import.meta.dirname, '../src/cli/main.ts')

suite('isthmus demo', () => {
  test('sends real packets, which pass only while both agree, and leaves no network behind', async (t) => {
    const able = process.getuid?.() === 0 && hasProgram('nft') && hasProgram('ip')
    if (!requires(t, 'the right to make network namespaces, ip and nft', able)) return
    const { stdout } = await run(process.execPath, [MAIN, 'demo'], { timeout: 30_000 })
    const pings = [...stdout.matchAll(/^ {4}ping \S+ from \S+: (.*)$/gm)].map(([, outcome]) => outcome)
    assert.deepEqual(pings, ['no answer', 'no answer', 'answered', 'no answer'])
    const ids = [...stdout.matchAll(/DELETE \/vpcs\/([0-9a-f-]{36}) {2}204/g)].map(([, id]) => id ?? '')
    assert.equal(ids.length, 2)
    const { stdout: namespaces } = await run('ip', ['netns', 'list'])
    for (const id of ids) assert.ok(!namespaces.includes(id), namespaces)
  })
})
