import { escapeUnsafe } from '../text.ts'

/** Just as much of Terraform's language as a configuration of ours needs, laid out as `terraform fmt` would. */

/** What is written as it is: a reference, e.g. `huaweicloud_vpc.shop.id`. */
export interface Reference {
  readonly reference: string
}
export type Value =
  | string
  | number
  | boolean
  | Reference
  | readonly Value[]
  | { readonly [name: string]: Value }

/** `type "label" "label" { … }`. */
export interface Block {
  readonly type: string
  readonly labels?: readonly string[]
  /** What is undefined is left out. */
  readonly attributes: Readonly<Record<string, Value | undefined>>
  readonly blocks?: readonly Block[]
}

export const reference = (text: string): Reference => ({ reference: text })

export function formatBlock({ type, labels = [], attributes, blocks = [] }: Block, indent = ''): string {
  const inner = `${indent}  `
  const given = Object.entries(attributes).filter((entry): entry is [string, Value] => entry[1] !== undefined)
  const width = Math.max(0, ...given.map(([name]) => name.length))
  const lines = [
    ...given.map(([name, value]) => `${inner}${name.padEnd(width)} = ${formatValue(value)}`),
    ...blocks.map((block) => formatBlock(block, inner)),
  ]
  const head = `${indent}${[type, ...labels.map(quote)].join(' ')} {`
  return lines.length === 0 ? `${head}}` : [head, ...lines, `${indent}}`].join('\n')
}

function formatValue(value: Value): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object') return String(value)
  if (isList(value)) return `[${value.map(formatValue).join(', ')}]`
  if (isReference(value)) return value.reference
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name} = ${formatValue(each)}`)
    .join(', ')} }`
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
const isReference = (value: Value): value is Reference =>
  typeof value === 'object' && !isList(value) && typeof value['reference'] === 'string'

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
}

/**
 * `text` as a quoted template that means just that text: nothing in it is interpolated, and nothing in it is obeyed by a
 * terminal. Source: HCL native syntax specification, "Quoted templates".
 */
export function quote(text: string): string {
  const escaped = text
    .replaceAll(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? '')
    .replaceAll(/([$%])\{/g, '$1$1{')
  return `"${escapeUnsafe(escaped)}"`
}

/** Names for blocks, each of which is an identifier and given once. */
export class Labels {
  readonly #taken = new Set<string>()

  /** Made of `name` as far as that goes, else of `fallback`, which is one already. */
  pick(name: string, fallback: string): string {
    const made = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '')
    const base = made === '' ? fallback : /^\d/.test(made) ? `_${made}` : made
    let label = base
    for (let number = 2; this.#taken.has(label); number++) label = `${base}_${number}`
    this.#taken.add(label)
    return label
  }
}
