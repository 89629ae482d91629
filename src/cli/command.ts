/** A command: what it is for, and what it does. Answers the exit code. */
export interface Command {
  readonly about: string
  readonly help: () => string
  readonly run: (args: readonly string[]) => Promise<number>
}
