/*
 * A command as it is declared: from this one value come its help, its completion, its page in docs/cli.md, how its
 * arguments are read, and the tests that run its examples.
 */

/** What a shell may complete a value with, beside what is listed: names of files. */
type Completion = 'file' | 'directory'

/** Something that stands for itself, in its place: `isthmus vpc show VPC`. */
export interface Operand {
  readonly about: string
  readonly optional?: true
  readonly choices?: readonly string[]
  readonly complete?: Completion
}

/** `--name`, or with a value `--name VALUE`. */
export interface Option {
  /** What stands for the value in the help text; without it the option is a switch. */
  readonly value?: string
  readonly about: string
  readonly required?: true
  /** May be given more than once. */
  readonly multiple?: true
  readonly choices?: readonly string[]
  readonly complete?: Completion
  /** Every command that calls a service has it; help lists these apart. */
  readonly shared?: true
}

export type Operands = Readonly<Record<string, Operand>>
export type Options = Readonly<Record<string, Option>>

type ValueOf<O extends Option> = O extends { value: string }
  ? O extends { multiple: true }
    ? readonly string[]
    : O extends { required: true }
      ? string
      : string | undefined
  : boolean

/** What a command was given, as it declared it. */
export interface Given<A extends Operands, O extends Options> {
  readonly operands: {
    readonly [Name in keyof A]: A[Name] extends { optional: true } ? string | undefined : string
  }
  readonly options: { readonly [Name in keyof O]: ValueOf<O[Name]> }
  /** As they were typed. */
  readonly args: readonly string[]
}

/** A command of any shape, as the list of commands has it. */
export interface Command {
  /** What it does, in a few words that follow "isthmus NAME:". */
  readonly about: string
  /** In the order in which they are given. */
  readonly operands: Operands
  readonly options: Options
  /** What else is to be known. */
  readonly details: string
  /** Lines for a shell, each of which works where what it names is there. */
  readonly examples: readonly string[]
  /** Answers the exit code. Throws UsageError, Failure, or what went wrong. */
  readonly run: (given: Given<Operands, Options>) => Promise<number>
}

/** A command whose `run` is given what it declares. */
export function command<const A extends Operands, const O extends Options>(declared: {
  readonly about: string
  readonly operands?: A
  readonly options?: O
  readonly details?: string
  readonly examples: readonly string[]
  readonly run: (given: Given<A, O>) => Promise<number>
}): Command {
  return { operands: {}, options: {}, details: '', ...declared } as unknown as Command
}

/** The one option that every command has that says something: for scripts. */
export const JSON_OPTION = { json: { about: 'the answer as JSON, for scripts' } } as const satisfies Options
