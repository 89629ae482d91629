import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { UsageError } from '../server/options.ts'

/**
 * Reads what a command was given: `options` as `node:util` describes them, and just the operands that `names` names.
 * Throws UsageError.
 */
export function readArguments<O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
  names: readonly string[] = [],
) {
  const { values, positionals } = parse(args, options)
  const missing = names[positionals.length]
  if (missing !== undefined) throw new UsageError(`${missing} is missing; see --help`)
  const surplus = positionals[names.length]
  if (surplus !== undefined) throw new UsageError(`'${surplus}' is one argument too many; see --help`)
  return { values, operands: positionals }
}

function parse<O extends ParseArgsOptionsConfig>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
