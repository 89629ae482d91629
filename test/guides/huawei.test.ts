import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { signHeaders } from '../../src/dialects/huawei/signing.ts'
import { send } from '../dialects/huawei/client.ts'
import { finds, hasProgram, requires } from '../rig/requirements.ts'
import { startService, type TestService } from '../rig/service.ts'

/** What docs/guides/huawei.md tells a reader to paste, pasted: only the address is another. */

const root = dirname(dirname(import.meta.dirname))
const guide = readFileSync(join(root, 'docs/guides/huawei.md'), 'utf8')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The block after `<!-- test: NAME -->`. */
function block(name: string, page = guide): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(page)?.[1]
  assert.ok(found, `there is no block for ${name}`)
  return found
}

let service: TestService
const directory = mkdtempSync(join(tmpdir(), 'isthmus-guide-'))
const realHome = process.env['HOME']
before(async () => {
  // At its first use the SDK writes a file into the user's home.
  process.env['HOME'] = directory
  service = await startService({ bootstrap: JSON.parse(block('bootstrap', readme)) })
})
after(async () => {
  await service.close()
  process.env['HOME'] = realHome
  rmSync(directory, { recursive: true, force: true })
})

const here = (text: string) => text.replaceAll('127.0.0.1:4750', service.host)

describe('the guide for Huawei Cloud and Open Telekom Cloud', () => {
  it('has a workflow with the Node.js SDK that works', async () => {
    const lines: string[] = []
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor
    const run = new AsyncFunction('require', 'console', here(block('node')))
    await run(createRequire(import.meta.url), { log: (line: unknown) => lines.push(String(line)) })
    assert.deepEqual(lines, ['ACTIVE', '10.10.0.0/16'])
  })

  it('has a sign-in by password that works', async (test) => {
    if (!requires(test, 'curl', hasProgram('curl'))) return
    const { stdout } = await promisify(execFile)('bash', ['-euc', here(block('curl'))])
    assert.ok(Array.isArray((JSON.parse(stdout) as { peerings: unknown }).peerings), stdout)
  })

  it('has commands of the OpenStack client that work', async (test) => {
    if (!finds(test, 'the OpenStack client', hasProgram('openstack'))) return
    await promisify(execFile)('bash', ['-euc', here(block('openstack'))])
  })

  for (const provider of ['huaweicloud', 'opentelekomcloud']) {
    const configuration = block(`terraform ${provider}`)

    it(`tells ${provider} keys and a region that the service knows, and where it is`, async () => {
      const settings = [...configuration.matchAll(/^provider "\w+" \{\n([\s\S]*?)\n\}/gm)].map(
        ([, body = '']) =>
          Object.fromEntries(
            [...body.matchAll(/^ {2}(\w+) += "?([^"\n]+)"?$/gm)].map(([, name, value]) => [name, value]),
          ),
      )
      assert.equal(settings.length, 2)
      for (const { auth_url, access_key = '', secret_key = '', region, tenant_name } of settings) {
        assert.equal(auth_url, 'http://127.0.0.1:4750/v3')
        const request = {
          method: 'GET',
          path: '/v3/projects',
          query: `name=${region ?? tenant_name}`,
          headers: { host: service.host },
          body: Buffer.alloc(0),
        }
        const signer = {
          scheme: 'SDK-HMAC-SHA256 Access',
          accessKeyId: access_key,
          secret: secret_key,
        } as const
        const headers = { ...request.headers, ...signHeaders(request, signer, Date.now()) }
        const answer = await send(service, 'GET', `${request.path}?${request.query}`, headers, request.body)
        assert.equal(answer.body.projects.length, 1, answer.text)
      }
      assert.ok(configuration.includes('peer_tenant_id = "059a737356594b41b447b557bf0aae56"'))
    })

    it(`has a configuration for ${provider} that Terraform can read, laid out as it would`, (test) => {
      const program = ['terraform', 'tofu'].find(hasProgram)
      if (!finds(test, 'terraform or tofu', program !== undefined)) return
      const laidOut = execFileSync(program ?? '', ['fmt', '-'], { input: `${configuration}\n` }).toString()
      assert.equal(laidOut, `${configuration}\n`)
    })

    it(`has a configuration that ${provider} itself takes`, (test) => {
      const mirror = process.env['ISTHMUS_TERRAFORM_MIRROR']
      const program = ['terraform', 'tofu'].find(hasProgram)
      if (mirror === undefined || program === undefined) {
        return test.skip('not run: ISTHMUS_TERRAFORM_MIRROR names no directory of providers')
      }
      const cwd = mkdtempSync(join(directory, 'terraform-'))
      writeFileSync(join(cwd, 'main.tf'), configuration)
      execFileSync(program, ['init', '-backend=false', '-input=false', `-plugin-dir=${mirror}`], { cwd })
      execFileSync(program, ['validate'], { cwd })
    })
  }
})
