import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { UsageError } from '../server/options.ts'
import type { Command, Given, Operands, Option, Options } from './command.ts'

/** Reads what `command` was given, as it declares it. Throws UsageError, which says what is wrong in one line. */
export function readArguments(command: Command, args: readonly string[]): Given<Operands, Options> {
  const { values, positionals } = parse(args, command.options)
  const names = Object.keys(command.operands)
  const surplus = positionals[names.length]
  if (surplus !== undefined) throw new UsageError(`'${surplus}' is one argument too many; see --help`)
  const operands = names.map((name, index) => {
    const { optional, choices } = command.operands[name] as Operands[string]
    const given = positionals[index]
    if (given === undefined && !optional) throw new UsageError(`${operandName(name)} is missing; see --help`)
    if (given !== undefined) requireChoice(operandName(name), given, choices)
    return [name, given]
  })
  const options = Object.entries(command.options).map(([name, option]) => [
    name,
    readValue(name, option, values[name]),
  ])
  return { operands: Object.fromEntries(operands), options: Object.fromEntries(options), args }
}

/** As help names it: `accepterVpc` is `ACCEPTER-VPC`. */
export function operandName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter}`).toUpperCase()
}

type Value = string | boolean | readonly (string | boolean)[] | undefined

function readValue(name: string, option: Option, given: Value) {
  if (option.value === undefined) return given === true
  if (option.required && given === undefined) throw new UsageError(`--${name} is missing; see --help`)
  for (const each of [given ?? []].flat()) requireChoice(`--${name}`, String(each), option.choices)
  return option.multiple ? (given ?? []) : given
}

function requireChoice(what: string, given: string, choices: readonly string[] | undefined): void {
  if (choices && !choices.includes(given))
    throw new UsageError(`${what}: '${given}' is none of ${choices.join(', ')}`)
}

function parse(args: readonly string[], declared: Options) {
  const options = Object.fromEntries(
    Object.entries(declared).map(([name, { value, multiple = false }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', multiple } as const,
    ]),
  ) satisfies ParseArgsOptionsConfig
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
