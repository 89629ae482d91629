import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import { type Answer, type Dialogue, Helper } from './helper.ts'

/** The network of this machine, as far as the driver needs it. Whatever it does is one of these calls. */
export interface Kernel {
  /** The names of all network namespaces. */
  namespaces(): readonly string[]
  /** Makes one; safe to repeat. */
  addNamespace(name: string): Promise<void>
  /** Takes one away, if it is there. */
  deleteNamespace(name: string): Promise<void>
  /** Lines of `ip` in a namespace, by a program that stays; what they show is JSON, a line for each. All are tried. */
  ip(namespace: string, lines: readonly string[]): Promise<Answer>
  /** The same by a program of its own, which ends at the first line that fails. Needed where names of devices recur. */
  ipOnce(namespace: string, lines: readonly string[], family?: 4 | 6): Promise<string>
  /** Lines of `nft` in a namespace; each is a transaction. All are tried. */
  nft(namespace: string, lines: readonly string[]): Promise<Answer>
  /** Any program in a namespace. Rejects where it fails. */
  exec(namespace: string, program: string, args: readonly string[], input?: string): Promise<string>
  /** Has the `ip` that stays in a namespace replaced: it remembers devices by name, also those that are gone. */
  forget(namespace: string): void
  close(): Promise<void>
}

const DIRECTORY = '/run/netns'
/** Programs that stay; two for each namespace that was used last. */
const HELPERS_MAX = 256
const PROGRAM_TIMEOUT_MS = 10_000
const PACKAGES = { ip: 'iproute2', nft: 'nftables', ping: 'iputils-ping' } as const
/** By number, in /proc/self/status. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n } as const

/** This machine's kernel. Rejects with `DataPlaneUnavailableError` where a right or a program is missing, and says which. */
export async function openKernel(): Promise<Kernel> {
  const missing = missingCapabilities()
  if (missing.length > 0)
    throw new DataPlaneUnavailableError(`network namespaces need ${missing.join(' and ')}`)
  const [, nft] = await Promise.all([version('ip'), version('nft'), version('ping')])
  return new LinuxKernel(!/cli:\s*no\b/.test(nft))
}

function missingCapabilities(): string[] {
  const held = BigInt(
    `0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0}`,
  )
  return Object.entries(CAPABILITIES).flatMap(([name, bit]) => ((held >> bit) & 1n ? [] : [name]))
}

async function version(program: keyof typeof PACKAGES): Promise<string> {
  try {
    return await run(program, ['-V'])
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataPlaneUnavailableError(
      `the program ${program} is needed, of the package ${PACKAGES[program]} (${reason})`,
    )
  }
}

class LinuxKernel implements Kernel {
  /** Those used last come last. */
  readonly #helpers = new Map<string, Helper>()
  /** Whether `nft` can be given commands one after another. */
  readonly #interactive: boolean
  #closed = false

  constructor(interactive: boolean) {
    this.#interactive = interactive
  }

  namespaces(): readonly string[] {
    try {
      return readdirSync(DIRECTORY)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  async addNamespace(name: string): Promise<void> {
    if (identityOf(name) !== null) return
    // What was cut off while it was made is a plain file.
    rmSync(`${DIRECTORY}/${name}`, { force: true })
    await run('ip', ['netns', 'add', name])
  }

  async deleteNamespace(name: string): Promise<void> {
    this.#drop((key) => key.split(' ')[1] === name)
    if (this.namespaces().includes(name)) await run('ip', ['netns', 'delete', name])
  }

  ip(namespace: string, lines: readonly string[]): Promise<Answer> {
    return this.#ask('ip', namespace, lines)
  }

  async ipOnce(namespace: string, lines: readonly string[], family?: 4 | 6): Promise<string> {
    requireNamespace(namespace)
    const options = ['-n', namespace, '-j', '-d', ...(family === undefined ? [] : [`-${family}`])]
    return run('ip', [...options, '-batch', '-'], `${lines.join('\n')}\n`)
  }

  async nft(namespace: string, lines: readonly string[]): Promise<Answer> {
    if (this.#interactive) return this.#ask('nft', namespace, lines)
    let [output, errors] = ['', '']
    for (const line of lines) {
      try {
        output += await this.exec(namespace, 'nft', ['-f', '-'], line)
      } catch (error) {
        errors += error instanceof Error ? error.message : String(error)
      }
    }
    return { output, errors }
  }

  async exec(namespace: string, program: string, args: readonly string[], input?: string): Promise<string> {
    requireNamespace(namespace)
    return run('ip', ['netns', 'exec', namespace, program, ...args], input)
  }

  forget(namespace: string): void {
    this.#drop((key) => key.startsWith(`ip ${namespace} `))
    // The next one is started at once: whoever needs it soon does not wait for it.
    if (identityOf(namespace) !== null) this.ip(namespace, []).catch(() => {})
  }

  async close(): Promise<void> {
    this.#closed = true
    const helpers = [...this.#helpers.values()]
    this.#helpers.clear()
    await Promise.all(helpers.map((helper) => helper.stop()))
  }

  async #ask(kind: keyof typeof DIALOGUES, namespace: string, lines: readonly string[]): Promise<Answer> {
    if (this.#closed) throw new DataPlaneUnavailableError('the data plane is closed')
    // A namespace that somebody made anew under the same name is another one.
    const key = `${kind} ${namespace} ${requireNamespace(namespace)}`
    const known = this.#helpers.get(key)
    const helper = known?.usable ? known : new Helper(DIALOGUES[kind](namespace))
    this.#helpers.delete(key)
    this.#helpers.set(key, helper)
    this.#evict()
    return helper.run(lines)
  }

  #drop(which: (key: string) => boolean): void {
    for (const [key, helper] of this.#helpers) {
      if (!which(key)) continue
      this.#helpers.delete(key)
      void helper.stop()
    }
  }

  #evict(): void {
    for (const [key, helper] of this.#helpers) {
      if (this.#helpers.size <= HELPERS_MAX) return
      if (!helper.idle) continue
      this.#helpers.delete(key)
      void helper.stop()
    }
  }
}

const DIALOGUES = {
  ip: (namespace: string): Dialogue => ({
    program: 'ip',
    args: ['-n', namespace, '-j', '-d', '-force', '-batch', '-'],
    lastLine: 'addr show dev isthmus-end',
    lastError: /Device "isthmus-end" does not exist\.\nCommand failed -:\d+\n$/,
  }),
  nft: (namespace: string): Dialogue => ({
    program: 'ip',
    args: ['netns', 'exec', namespace, 'nft', '-i'],
    lastLine: 'list set inet isthmus-end marker',
    lastError: /Error: No such file or directory\nlist set inet isthmus-end marker\n\s*\^+\n?$/,
  }),
}

/** What tells a namespace from others of that name, before and after; null where there is none. */
function identityOf(namespace: string): string | null {
  // `ip` would take a path for the namespace at its end.
  if (/^\.{0,2}$|\//.test(namespace)) return null
  const found = statSync(`${DIRECTORY}/${namespace}`, { throwIfNoEntry: false })
  if (!found || found.dev === statSync(DIRECTORY).dev) return null
  return `${found.dev}:${found.ino}`
}

function requireNamespace(namespace: string): string {
  const identity = identityOf(namespace)
  if (identity === null) throw new DataPlaneUnavailableError(`there is no network namespace ${namespace}`)
  return identity
}

function run(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: '/', timeout: PROGRAM_TIMEOUT_MS, maxBuffer: 1 << 28 }
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error) reject(new DataPlaneUnavailableError(stderr.trim() || error.message))
      else resolve(stdout)
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}
