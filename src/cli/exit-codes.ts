/** What an exit code means, the same for every command; documented in docs/cli.md, so that scripts can decide by it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  noAnswer: 5,
} as const

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done, or asked to stop',
  failed:
    'failed; or the answer is no, where the command asks a question (explain, doctor, peering watch --until)',
  usage: 'asked wrongly: an option, an argument or a value that the service does not take',
  notFound: 'there is no such thing, or it is somebody else’s',
  refused: 'the service refused: no valid token, not yours to do, or not in this state',
  noAnswer: 'no service answers there, or it cannot answer now; the same may work later',
}

/** Something that went wrong and has an exit code of its own. */
export class Failure extends Error {
  readonly exitCode: number
  /** What the service said, for `--json`; null: it was not the service that said it. */
  readonly problem: unknown

  constructor(message: string, exitCode: number, problem: unknown = null) {
    super(message)
    this.exitCode = exitCode
    this.problem = problem
  }
}
