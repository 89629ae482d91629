import { Client } from './client.ts'
import { type Command, command, type Given, JSON_OPTION, type Operands, type Options } from './command.ts'
import { CONNECTION_OPTIONS, type ConnectionOptions, resolveConnection } from './connection.ts'

type Shared = typeof CONNECTION_OPTIONS & typeof JSON_OPTION

/** A command that calls a service: it has the options that say which and as whom, and is given a client. */
export function apiCommand<const A extends Operands, const O extends Options>(declared: {
  readonly about: string
  readonly operands?: A
  readonly options?: O
  readonly details?: string
  readonly examples: readonly string[]
  readonly run: (given: Given<A, O & Shared> & { readonly client: Client }) => Promise<number>
}): Command {
  return command({
    ...declared,
    options: { ...declared.options, ...JSON_OPTION, ...CONNECTION_OPTIONS },
    run: (given) => {
      const client = new Client(resolveConnection(given.options as ConnectionOptions))
      return declared.run({ ...given, client } as unknown as Given<A, O & Shared> & { client: Client })
    },
  })
}

/** Of commands that change something. */
export const DRY_RUN_OPTION = {
  'dry-run': { about: 'find out what would happen, and change nothing' },
} as const satisfies Options

/** Of commands that take something away. */
export const YES_OPTION = {
  yes: { about: 'do not ask, at a terminal, whether it is meant' },
} as const satisfies Options
