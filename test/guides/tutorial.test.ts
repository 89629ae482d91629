import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { hasProgram, requires } from '../rig/requirements.ts'
import { ADMIN_TOKEN, MAIN, native, spawnService } from '../rig/service.ts'

/** What docs/tutorial.md tells a newcomer to type, typed, in one shell: only the address is another. */

const page = readFileSync(join(import.meta.dirname, '../../docs/tutorial.md'), 'utf8')
const blocks = new Map(
  [...page.matchAll(/<!-- test: (\w+) -->\n```sh\n([\s\S]*?)\n```/g)].map(([, name, text]) => [
    name,
    text ?? '',
  ]),
)

const run = promisify(execFile)

test('the tutorial leads to packets that pass, and to their end', async (t) => {
  const able = process.getuid?.() === 0 && hasProgram('nft') && hasProgram('ip')
  if (!requires(t, 'the right to make network namespaces, ip and nft', able)) return
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-tutorial-'))
  const service = await spawnService({ bootstrap: {}, args: ['--dataplane', 'netns'] })
  try {
    mkdirSync(join(directory, '.isthmus'))
    writeFileSync(join(directory, '.isthmus', 'admin-token'), ADMIN_TOKEN)
    const { stdout } = await run('bash', ['-euc', told(service.url)], {
      cwd: directory,
      env: { ...process.env, ISTHMUS_ENDPOINT: service.url, XDG_CONFIG_HOME: directory },
      timeout: 120_000,
    })
    const [, answered = '', silent = ''] = stdout.split(/--- 10\.2\.1\.9 ping statistics ---/)
    assert.match(stdout, /shop-to-warehouse/)
    assert.match(answered, /3 packets transmitted, 3 received/)
    assert.match(silent, /0 received[\s\S]*silence/)
    await removeAll(service)
  } finally {
    await service.close()
    rmSync(directory, { recursive: true, force: true })
  }
})

/** The blocks in their order; the network is given the time that a reader takes. */
function told(url: string): string {
  // Whoever is root already needs no sudo, and may not have it.
  const programs = `sudo() { "$@"; }\nisthmus() { '${process.execPath}' '${MAIN}' "$@"; }`
  const typed = [...blocks.values()].map((text) => text.replaceAll('http://127.0.0.1:4750', url))
  return [programs, ...typed].join('\nsleep 1\n')
}

/** Takes the VPCs away, and waits until the namespaces have gone with them. */
async function removeAll(service: { url: string }): Promise<void> {
  const { vpcs } = (await native(service, ADMIN_TOKEN, 'GET', '/vpcs')).body as { vpcs: { id: string }[] }
  assert.equal(vpcs.length, 2)
  for (const { id } of vpcs) {
    for (const kind of ['ports', 'subnets'] as const) {
      const { body } = await native(service, ADMIN_TOKEN, 'GET', `/vpcs/${id}/${kind}`)
      for (const part of (body as Record<string, { id: string }[]>)[kind] ?? [])
        await native(service, ADMIN_TOKEN, 'DELETE', `/vpcs/${id}/${kind}/${part.id}`)
    }
    assert.equal((await native(service, ADMIN_TOKEN, 'DELETE', `/vpcs/${id}`)).status, 204)
  }
  for (let tries = 0; ; tries++) {
    const { stdout } = await run('ip', ['netns', 'list'])
    if (!vpcs.some(({ id }) => stdout.includes(id))) return
    assert.ok(tries < 200, stdout)
    await sleep(50)
  }
}
