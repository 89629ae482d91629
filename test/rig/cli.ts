import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Ended, RunningCommand } from './command.ts'
import { heard, runCommand, startCommand } from './command.ts'
import { ADMIN_TOKEN, MAIN, native, startService } from './service.ts'

/** The tenants and VPCs of the README, which every example of the documentation goes by. */
const readme = readFileSync(join(dirname(dirname(import.meta.dirname)), 'README.md'), 'utf8')
export const README_BOOTSTRAP: unknown = JSON.parse(
  /<!-- test: bootstrap -->\n```json\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? 'null',
)

const ALICE = 'AKALICE.SKALICE'
const BOB = 'AKBOB.SKBOB'
export const TOKENS = { alice: ALICE, bob: BOB, operator: ADMIN_TOKEN } as const
export type Who = keyof typeof TOKENS

/** A service with alice and bob, and the command line of somebody who has a home of its own. */
export async function startWorld(bootstrap: unknown = README_BOOTSTRAP) {
  const service = await startService({ bootstrap })
  const home = mkdtempSync(join(tmpdir(), 'isthmus-home-'))
  const environment = (who: Who | null) => ({
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    ISTHMUS_ENDPOINT: service.url,
    ISTHMUS_DATA: join(home, 'no-data'),
    ...(who && { ISTHMUS_TOKEN: TOKENS[who] }),
  })
  const call = async <T>(who: Who, method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await native(service, TOKENS[who], method, path, body)
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
    return answer.body as T
  }
  return {
    service,
    home,
    environment,
    call,
    /** The VPC called `name`. */
    vpc: async (name: string) =>
      (await call<{ vpcs: { id: string }[] }>('operator', 'GET', `/vpcs?name=${name}`)).vpcs[0]?.id ?? '',
    run: (who: Who | null, ...args: string[]): Promise<Ended> => runCommand(args, environment(who)),
    start: (who: Who | null, ...args: string[]): RunningCommand => startCommand(args, environment(who)),
    async close() {
      await service.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>

/** A line for a shell, in `directory`, where `isthmus` is the command that is tested. */
export function startShell(
  line: string,
  directory: string,
  environment: Record<string, string>,
): RunningCommand {
  // The last of the line takes the shell's place, so that it gets the shell's signals.
  const script = `isthmus() { exec ${JSON.stringify(process.execPath)} ${JSON.stringify(MAIN)} "$@"; }; ${line}`
  return heard(
    spawn('bash', ['-c', script], {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** What a program has said so far; `said` waits for more, and rejects if it ends without. */
export function listen({ process: child }: RunningCommand, stream: 'stdout' | 'stderr' = 'stdout') {
  let text = ''
  const source = child[stream]
  source?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return {
    text: () => text,
    async said(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        const more = await Promise.race([
          once(source ?? child, 'data').then(() => true),
          once(child, 'close').then(() => false),
        ])
        if (!more && !pattern.test(text)) throw new Error(`ended without ${pattern}: ${text}`)
      }
      return text
    },
  }
}
