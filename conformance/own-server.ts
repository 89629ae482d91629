import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Credentials, Given } from './settings.ts'

/** This service on a free port, with two tenants of its own. */
export interface OwnServer {
  readonly url: string
  /** What each target is to be told of it. */
  readonly given: (target: string) => Given
  stop(): Promise<void>
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex')

function tenant(name: string, digit: string) {
  return {
    name,
    huawei: { projects: { 'region-a': hex(16) }, domainName: name, user: name, password: hex(8) },
    alibaba: { uid: `121012345612345${digit}` },
    tencent: { uin: `10000000000${digit}`, appId: `125000000${digit}` },
    accessKeys: [{ id: `AK${name.toUpperCase()}`, secret: hex(16) }],
  }
}

type Tenant = ReturnType<typeof tenant>

/** How each target names the region, and a tenant. */
const NAMES: Readonly<
  Record<string, { readonly region: string; readonly account: (tenant: Tenant) => string }>
> = {
  huawei: { region: 'eu-de', account: ({ huawei }) => huawei.projects['region-a'] },
  otc: { region: 'eu-de', account: ({ huawei }) => huawei.projects['region-a'] },
  alibaba: { region: 'cn-hangzhou', account: ({ alibaba }) => alibaba.uid },
  tencent: { region: 'ap-guangzhou', account: ({ tencent }) => tencent.uin },
  'tencent-legacy': { region: 'gz', account: ({ tencent }) => tencent.uin },
}

/** Starts it as a process of its own, with the embedded store, in a directory that goes with it. */
export async function startOwnServer(): Promise<OwnServer> {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-conformance-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const [requester, accepter] = [tenant('requester', '1'), tenant('accepter', '2')]
  const region = {
    name: 'region-a',
    huawei: ['eu-de'],
    alibaba: ['cn-hangzhou'],
    tencent: ['ap-guangzhou'],
  }
  const bootstrap = join(directory, 'bootstrap.json')
  writeFileSync(bootstrap, JSON.stringify({ regions: [region], tenants: [requester, accepter] }), {
    mode: 0o600,
  })
  const main = join(import.meta.dirname, '../src/cli/main.ts')
  const options = ['--listen', '127.0.0.1:0', '--data', directory, '--bootstrap', bootstrap]
  const child = spawn(process.execPath, [main, 'serve', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000)
  })
  const exited = once(child, 'exit')
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => /http:\S+$/.exec(String(line))?.[0]),
    exited.then(() => undefined),
  ])
  if (url === undefined) {
    remove()
    throw new Error(`the service did not start: ${log}`)
  }
  return {
    url,
    given: (target) => {
      const names = NAMES[target]
      const credentials = (tenant: Tenant): Credentials => ({
        key: tenant.accessKeys[0]?.id ?? '',
        secret: tenant.accessKeys[0]?.secret ?? '',
        account: names?.account(tenant) ?? '',
      })
      return {
        endpoint: url,
        region: names?.region,
        requester: credentials(requester),
        accepter: credentials(accepter),
      }
    },
    async stop() {
      child.kill('SIGTERM')
      await exited
      remove()
    },
  }
}
