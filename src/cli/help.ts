import { operandName } from './arguments.ts'
import type { Command, Operand, Option } from './command.ts'
import { EXIT, EXIT_MEANINGS } from './exit-codes.ts'

/** What `isthmus NAME --help` says. */
export function helpOf(name: string, command: Command): string {
  const { about, details, examples } = command
  const options = Object.entries(command.options)
  const own = options.filter(([, { shared }]) => !shared)
  const shared = options.filter(([, { shared }]) => shared)
  const operands = Object.entries(command.operands).map(([operand, declared]) => [
    operandName(operand),
    describe(declared),
  ])
  const rows = (listed: typeof options) =>
    listed.map(([each, option]) => [signature(each, option), describe(option)])
  return [
    `isthmus ${name}: ${about}`,
    `Usage: ${usageOf(name, command)}`,
    ...block('', [...operands, ...rows(own)]),
    ...block('Which service, and as whom:\n', rows(shared)),
    ...(details === '' ? [] : [details.trim()]),
    `Exit codes: ${exitCodes()}.`,
    ['Examples:', ...examples.map((example) => `  ${example}`)].join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

/** `isthmus vpc create NAME --region REGION --cidr BLOCK… [OPTIONS]`. */
export function usageOf(name: string, { operands, options }: Command): string {
  const named = Object.entries(operands).map(([operand, { optional }]) =>
    optional ? `[${operandName(operand)}]` : operandName(operand),
  )
  const needed = Object.entries(options).filter(([, { required }]) => required)
  const others = Object.keys(options).length > needed.length ? ['[OPTIONS]'] : []
  return [
    'isthmus',
    name,
    ...named,
    ...needed.map(([each, option]) => signature(each, option)),
    ...others,
  ].join(' ')
}

export function signature(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`
}

/** What an operand or option is for, with what it may be. */
export function describe({ about, choices, ...rest }: Operand | Option): string {
  const listed = choices && !about.includes(choices[0] ?? '') ? `: ${choices.join(', ')}` : ''
  return `${about}${listed}${'multiple' in rest ? '; may be given more than once' : ''}`
}

function exitCodes(): string {
  const short = {
    done: 'done',
    failed: 'failed',
    usage: 'asked wrongly',
    notFound: 'not found',
    refused: 'refused',
    noAnswer: 'no answer',
  }
  return (Object.keys(EXIT_MEANINGS) as (keyof typeof EXIT)[])
    .map((each) => `${EXIT[each]} ${short[each]}`)
    .join(', ')
}

function block(heading: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([left = '']) => left.length)) + 2
  return [heading + rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}${right}`).join('\n')]
}
