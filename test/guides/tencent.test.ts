import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { v3Succeeds } from '../dialects/tencent/client.ts'
import { provider } from '../dialects/tencent/provider.ts'
import { proxied } from '../dialects/tencent/proxy.ts'
import { finds, hasProgram } from '../rig/requirements.ts'
import { startService, type TestService } from '../rig/service.ts'
import type { TestTenant } from '../rig/tenants.ts'

/** What the guide tells somebody to copy, copied: only the address is another. */

const root = dirname(dirname(import.meta.dirname))
const guide = readFileSync(join(root, 'docs/guides/tencent.md'), 'utf8')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The block after `<!-- test: NAME -->`. */
function block(name: string, page = guide): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(page)?.[1]
  assert.ok(found, `there is no block for ${name}`)
  return found
}

const bootstrap = JSON.parse(block('bootstrap', readme)) as {
  tenants: { tencent: { uin: string }; accessKeys: { id: string; secret: string }[] }[]
}

let service: TestService
before(async () => {
  // The SDKs would go by way of it.
  for (const name of ['http_proxy', 'HTTP_PROXY']) delete process.env[name]
  service = await startService({ bootstrap })
})
after(() => service.close())

const here = (text: string) => text.replaceAll('127.0.0.1:4750', service.host)

describe('the guide to Tencent Cloud’s clients', () => {
  for (const [name, outcome] of [
    ['api 3.0', 'ACTIVE'],
    ['legacy', '1'],
  ] as const) {
    it(`has a block for Node.js, ${name}, that works`, async () => {
      const lines: string[] = []
      const AsyncFunction = (async () => {}).constructor as FunctionConstructor
      const run = new AsyncFunction('require', 'console', here(block(name)))
      await run(createRequire(import.meta.url), { log: (line: unknown) => lines.push(String(line)) })
      assert.deepEqual(lines, [outcome])
    })
  }

  it('has a block for the command line that works', async (test) => {
    if (!finds(test, 'tccli', hasProgram('tccli'))) return
    const { stdout } = await promisify(execFile)('bash', ['-euc', here(block('tccli'))])
    assert.equal(stdout.trim(), '"ACTIVE"')
  })

  it('has a block for Terraform that can be read', (test) => {
    const name = ['terraform', 'tofu'].find(hasProgram)
    if (!finds(test, 'terraform or tofu', name !== undefined)) return
    // Without the provider there is nothing to validate by; this much reads it, and says how it should be laid out.
    const { status, stderr } = spawnSync(name ?? '', ['fmt', '-check', '-diff', '-'], {
      input: `${block('terraform')}\n`,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
  })

  it('tells the provider what it needs', () => {
    const environment = Object.fromEntries(
      [...block('terraform environment').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [
        name,
        value,
      ]),
    )
    assert.deepEqual(environment, {
      // Plain HTTP, so that requests come in absolute form and nothing has to be resolved.
      HTTP_PROXY: 'http://127.0.0.1:4750',
      TENCENTCLOUD_PROTOCOL: 'HTTP',
      TENCENTCLOUD_DOMAIN: 'cloud.test',
    })
    // The provider's answer to a region that it has no short code for is an endless difference.
    const regions = [...block('terraform').matchAll(/region\s+= "([^"]+)"/g)].map(([, region]) => region)
    assert.deepEqual(new Set(regions), new Set(['ap-guangzhou']))
  })

  it('has a block for Terraform whose every resource can be made, read back and destroyed', async () => {
    const resources = readResources(block('terraform'))
    const url = service.url
    const keyOf = (name: string) => bootstrap.tenants.find((_, index) => ['alice', 'bob'][index] === name)
    const tenantOf = (name: string) => {
      const [key] = keyOf(name)?.accessKeys ?? []
      assert.ok(key && block('terraform').includes(key.id) && block('terraform').includes(key.secret))
      return { key } as unknown as TestTenant
    }
    const providers = { alice: provider(url, tenantOf('alice')), bob: provider(url, tenantOf('bob')) }
    const made = new Map<string, Readonly<Record<string, string>>>()
    const undo: (() => Promise<unknown>)[] = []
    for (const { type, name, attributes } of resources) {
      const by = attributes['provider'] === 'tencentcloud.bob' ? providers.bob : providers.alice
      const value = (attribute: string) => {
        const [kind = '', called = '', member = ''] = (attributes[attribute] ?? '').split('.')
        const other = made.get(`${kind}.${called}`)
        return other ? (other[member] ?? '') : (attributes[attribute] ?? '').replaceAll('"', '')
      }
      const state = await make(by, type, value, undo)
      made.set(`${type}.${name}`, state)
    }
    assert.deepEqual(resources.map(({ type }) => type).sort(), Object.keys(COUNTS).flatMap(repeat).sort())
    for (const step of undo.reverse()) await step()
    const left = await proxied(url, tenantOf('alice'), 'vpc', 'DescribeVpcPeeringConnections', {
      PeeringConnectionIds: [made.get('tencentcloud_vpc_peer_connect_manager.peering')?.['id'] ?? ''],
    })
    assert.equal(v3Succeeds(left).TotalCount, 0)
  })
})

const COUNTS: Readonly<Record<string, number>> = {
  tencentcloud_vpc: 2,
  tencentcloud_vpc_peer_connect_manager: 1,
  tencentcloud_vpc_peer_connect_accept_operation: 1,
  tencentcloud_route_table_entry: 2,
}
const repeat = (type: string) => Array.from({ length: COUNTS[type] ?? 0 }, () => type)

interface Resource {
  readonly type: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/** The resources of a configuration as simple as the guide's. */
function readResources(text: string): readonly Resource[] {
  return [...text.matchAll(/^resource "(\w+)" "(\w+)" \{\n([\s\S]*?)^\}/gm)].map(
    ([, type = '', name = '', body = '']) => ({
      type,
      name,
      attributes: Object.fromEntries(
        [...body.matchAll(/^ +(\w+) += (.+)$/gm)].map(([, key, value]) => [key, value]),
      ),
    }),
  )
}

/** Makes a resource as the provider does, and sees that it reads back as configured. */
async function make(
  by: ReturnType<typeof provider>,
  type: string,
  value: (attribute: string) => string,
  undo: (() => Promise<unknown>)[],
): Promise<Readonly<Record<string, string>>> {
  if (type === 'tencentcloud_vpc') {
    const wanted = { name: value('name'), cidr_block: value('cidr_block') }
    const id = await by.vpcs.create(wanted)
    undo.push(async () => v3Succeeds(await by.vpcs.delete(id)))
    const state = await by.vpcs.read(id)
    assert.partialDeepStrictEqual(state, wanted)
    return { id, ...wanted, default_route_table_id: state?.default_route_table_id ?? '' }
  }
  if (type === 'tencentcloud_vpc_peer_connect_manager') {
    const wanted = {
      source_vpc_id: value('source_vpc_id'),
      peering_connection_name: value('peering_connection_name'),
      destination_uin: value('destination_uin'),
      destination_region: value('destination_region'),
    }
    const id = await by.peerings.create({ ...wanted, destination_vpc_id: value('destination_vpc_id') })
    undo.push(async () => v3Succeeds(await by.peerings.delete(id)))
    assert.deepEqual(await by.peerings.read(id), { ...wanted, bandwidth: 0 })
    return { id }
  }
  if (type === 'tencentcloud_vpc_peer_connect_accept_operation') {
    await by.peerings.accept(value('peering_connection_id'))
    return {}
  }
  assert.deepEqual([type, value('next_type')], ['tencentcloud_route_table_entry', 'PEERCONNECTION'])
  const id = await by.entries.create(
    value('route_table_id'),
    value('destination_cidr_block'),
    value('next_hub'),
  )
  undo.push(async () => v3Succeeds(await by.entries.delete(id)))
  assert.partialDeepStrictEqual(await by.entries.read(id), {
    route_table_id: value('route_table_id'),
    destination_cidr_block: value('destination_cidr_block'),
    next_hub: value('next_hub'),
  })
  return { id }
}
