import type { Kernel } from './kernel.ts'

const LOOKS = /^((addr|link|neigh|route|rule) show|list|get) /
const LOOKING_PROGRAMS: readonly string[] = ['cat', 'ping']

/** How long a process has to live. */
export interface Life {
  /** How many more things it changes. */
  steps: number
  /** Is called instead of anything more; answers what that rejects with, if it answers. */
  end(): Error
}

/** A kernel that changes so many more things, and then does nothing at all. Each line that changes something is one step. */
export function dyingKernel(kernel: Kernel, life: Life): Kernel {
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (life.steps <= 0) throw life.end()
    life.steps--
    return work()
  }
  const batch = async <T>(
    lines: readonly string[],
    work: (lines: readonly string[]) => Promise<T>,
  ): Promise<T> => {
    if (life.steps <= 0) throw life.end()
    if (lines.every((line) => LOOKS.test(`${line} `))) return work(lines)
    const some = lines.slice(0, life.steps)
    life.steps -= some.length
    const answer = await work(some)
    if (some.length < lines.length) throw life.end()
    return answer
  }
  return {
    namespaces: () => kernel.namespaces(),
    addNamespace: (name) => step(() => kernel.addNamespace(name)),
    deleteNamespace: (name) => step(() => kernel.deleteNamespace(name)),
    ip: (namespace, lines) => batch(lines, (some) => kernel.ip(namespace, some)),
    ipOnce: (namespace, lines, family) => batch(lines, (some) => kernel.ipOnce(namespace, some, family)),
    nft: (namespace, lines) => batch(lines, (some) => kernel.nft(namespace, some)),
    exec: (namespace, program, args, input) =>
      LOOKING_PROGRAMS.includes(program) || args.includes('list')
        ? batch([], () => kernel.exec(namespace, program, args, input))
        : step(() => kernel.exec(namespace, program, args, input)),
    forget: (namespace) => kernel.forget(namespace),
    close: () => kernel.close(),
  }
}
