import { spawn } from 'node:child_process'
import { accessSync, constants, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { OwnServer } from './own-server.ts'
import type { Row } from './runner.ts'

/** The vendors' own Terraform providers, unmodified: apply, an empty plan, an update, an empty plan, destroy. */

type Environment = Readonly<Record<string, string | undefined>>

interface Provider {
  readonly name: string
  /** The target whose names of region and accounts it takes. */
  readonly target: string
  /** What else it needs in its environment to find `endpoint`. */
  readonly env: (endpoint: string) => Environment
}

const PROVIDERS: readonly Provider[] = [
  { name: 'huaweicloud', target: 'huawei', env: () => ({}) },
  // Else it asks a metadata address, of which most machines have none, and waits.
  { name: 'opentelekomcloud', target: 'otc', env: () => ({ AWS_EC2_METADATA_DISABLED: 'true' }) },
  { name: 'alicloud', target: 'alibaba', env: () => ({}) },
  {
    name: 'tencentcloud',
    target: 'tencent',
    env: (endpoint) => ({
      HTTP_PROXY: endpoint,
      TENCENTCLOUD_PROTOCOL: 'HTTP',
      TENCENTCLOUD_DOMAIN: 'cloud.test',
      TENCENTCLOUD_READ_RETRY_TIMEOUT: '1',
      TENCENTCLOUD_WRITE_RETRY_TIMEOUT: '1',
      TENCENTCLOUD_WAIT_READ_TIMEOUT: '0',
    }),
  },
]

const CONFIGURATIONS = join(import.meta.dirname, '../test/terraform')
const NOT_INTERACTIVE = {
  TF_IN_AUTOMATION: '1',
  TF_INPUT: '0',
  CHECKPOINT_DISABLE: '1',
  NO_PROXY: '127.0.0.1',
}

export interface TerraformOptions {
  readonly env: Environment
  readonly signal: AbortSignal
}

/** Every provider in turn, against the server that `own` starts. What cannot be run is skipped, and says why. */
export async function runTerraform(
  own: () => Promise<OwnServer>,
  options: TerraformOptions,
): Promise<readonly Row[]> {
  const program = onPath(['terraform', 'tofu'], options.env['PATH'] ?? '')
  const rows: Row[] = []
  for (const provider of PROVIDERS) {
    const report = (operation: string, outcome: Row['outcome'], why: string | null) =>
      rows.push({
        ...{ target: 'terraform', operation, what: provider.name, as: 'both', outcome, why },
        assumed: false,
      })
    if (options.signal.aborted) report('init', 'skipped', 'interrupted')
    else if (program === null) report('init', 'skipped', 'not run: no terraform and no tofu on PATH')
    else await runProvider(program, provider, await own(), options, report)
  }
  return rows
}

type Report = (operation: string, outcome: Row['outcome'], why: string | null) => void

async function runProvider(
  program: string,
  provider: Provider,
  server: OwnServer,
  { env, signal }: TerraformOptions,
  report: Report,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-terraform-'))
  try {
    cpSync(join(CONFIGURATIONS, provider.name), directory, { recursive: true })
    const base = { ...env, ...NOT_INTERACTIVE, ...mirrored(directory, env['ISTHMUS_TERRAFORM_MIRROR']) }
    const installed = await run(program, ['init', '-no-color'], directory, base, signal)
    if (installed.code !== 0) {
      report('init', 'skipped', `not run: the provider cannot be installed: ${complaint(installed.output)}`)
      return
    }
    report('init', 'ok', null)
    const withVariables = { ...base, ...provider.env(server.url), ...variables(server, provider.target) }
    const step: Step = (args, name) => {
      const known = { ...withVariables, TF_VAR_name: name }
      return run(program, [...args, '-no-color'], directory, known, signal)
    }
    await runSteps(step, report)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

type Step = (args: readonly string[], name: string) => Promise<Finished>

/** `plan` has this exit code where it finds something to do. */
const CHANGES = 2

async function runSteps(step: Step, report: Report): Promise<void> {
  const applied = async (operation: string, name: string) => {
    const { code, output } = await step(['apply', '-auto-approve'], name)
    report(operation, code === 0 ? 'ok' : 'differs', code === 0 ? null : complaint(output))
    return code === 0
  }
  const planned = async (operation: string, name: string) => {
    const { code, output } = await step(['plan', '-detailed-exitcode'], name)
    const why = code === CHANGES ? `the plan is not empty: ${changes(output)}` : complaint(output)
    report(operation, code === 0 ? 'ok' : 'differs', code === 0 ? null : why)
  }
  if (await applied('apply', 'conformance')) {
    await planned('plan', 'conformance')
    if (await applied('update', 'conformance-renamed'))
      await planned('plan after update', 'conformance-renamed')
  }
  // Also after a failure, of what was made by then.
  const { code, output } = await step(['destroy', '-auto-approve'], 'conformance')
  report('destroy', code === 0 ? 'ok' : 'differs', code === 0 ? null : complaint(output))
}

/** Whom the configurations take for requester and accepter; in the environment, where no other user sees secrets. */
function variables(server: OwnServer, target: string): Environment {
  const { region, requester, accepter } = server.given(target)
  return {
    TF_VAR_endpoint: server.url,
    TF_VAR_region: region,
    TF_VAR_requester: JSON.stringify({ ...requester, domain: 'requester' }),
    TF_VAR_accepter: JSON.stringify({ ...accepter, domain: 'accepter' }),
    TF_VAR_accepter_account: accepter?.account,
  }
}

/** Has providers installed from `mirror`, a directory or a URL, and from nowhere else. */
function mirrored(directory: string, mirror: string | undefined): Environment {
  if (!mirror) return {}
  const file = join(directory, 'cli.tfrc')
  const place = JSON.stringify(mirror)
  const method = /^https?:/.test(mirror)
    ? `network_mirror { url = ${place} }`
    : `filesystem_mirror { path = ${place} }`
  writeFileSync(file, `provider_installation {\n  ${method}\n}\n`)
  return { TF_CLI_CONFIG_FILE: file }
}

interface Finished {
  readonly code: number
  readonly output: string
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Finished> {
  const child = spawn(program, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const interrupt = () => child.kill('SIGINT')
  signal.addEventListener('abort', interrupt)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      signal.removeEventListener('abort', interrupt)
      resolve({ code: code ?? 1, output })
    })
  })
}

/** The first of these programs that is on PATH; null where none is. */
function onPath(names: readonly string[], path: string): string | null {
  const places = names.flatMap((name) => path.split(delimiter).map((directory) => join(directory, name)))
  return (
    places.find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    }) ?? null
  )
}

/** The errors in what was printed, on one line. */
function complaint(output: string): string {
  const plain = output.replaceAll(/[│╷╵]/g, '').replaceAll(/\s+/g, ' ')
  const from = plain.indexOf('Error:')
  return plain.slice(Math.max(from, 0)).trim().slice(0, 300)
}

/** The resources that a plan would change, and how. */
function changes(output: string): string {
  return [...output.matchAll(/^ *# (.+)$/gm)].map(([, line]) => line).join('; ')
}
