import { DomainError, type InvalidValue } from '../domain/errors.ts'
import type { Pair } from './encoding.ts'

/** What a text must be like. Lengths are inclusive; `unit` says of what, characters unless it is said. */
export interface TextRule {
  readonly min?: number
  readonly max?: number
  readonly unit?: 'characters' | 'bytes'
  readonly pattern?: RegExp
  /** What `pattern` demands, in words. */
  readonly expects?: string
}

export interface IntegerRule {
  readonly min?: number
  readonly max?: number
}

/** How values arrive. */
export interface FieldsStyle {
  /** JSON has types of its own; a form has only text, from which numbers and booleans are read. */
  readonly wire: 'json' | 'text'
  /** Whether a member that is there but empty counts as one that was left out. */
  readonly emptyIsAbsent: boolean
}

/**
 * The members of one JSON object, or the parameters of one form, read one by one by the names and types that an
 * operation expects. Every reader throws `request.missing` or `request.invalid`, naming the field by its path.
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #style: FieldsStyle
  readonly #path: string
  readonly #read = new Set<string>()

  constructor(values: Readonly<Record<string, unknown>>, style: FieldsStyle, path = '') {
    this.#values = values
    this.#style = style
    this.#path = path
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  text(name: string, rule: TextRule = {}): string {
    return this.optionalText(name, rule) ?? this.#missing(name)
  }

  optionalText(name: string, rule: TextRule = {}): string | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value !== 'string') return this.#invalid(name, 'type', 'must be a string', value)
    return this.#checked(name, value, rule)
  }

  integer(name: string, rule: IntegerRule = {}): number {
    return this.optionalInteger(name, rule) ?? this.#missing(name)
  }

  optionalInteger(name: string, rule: IntegerRule = {}): number | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    // Several clients put numbers into JSON as text; none of them means anything else by it.
    const number = typeof value === 'string' && /^[+-]?\d{1,18}$/.test(value) ? Number(value) : value
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
      return this.#invalid(name, 'type', 'must be an integer', value)
    }
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = rule
    if (number < min || number > max) {
      return this.#invalid(name, 'range', `must be between ${min} and ${max}`, value)
    }
    return number
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#value(name)
    if (value === undefined || typeof value === 'boolean') return value
    // Python clients write `True`.
    const text = typeof value === 'string' ? value.toLowerCase() : ''
    if (text === 'true' || text === 'false') return text === 'true'
    return this.#invalid(name, 'type', 'must be true or false', value)
  }

  object(name: string): Fields {
    return this.optionalObject(name) ?? this.#missing(name)
  }

  optionalObject(name: string): Fields | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (!isRecord(value)) return this.#invalid(name, 'type', 'must be an object', value)
    return new Fields(value, this.#style, this.path(name))
  }

  /** A list of objects; empty where it is absent. */
  objects(name: string): readonly Fields[] {
    return this.#list(name).map(([index, value]) => {
      if (!isRecord(value)) return this.#invalid(`${name}.${index}`, 'type', 'must be an object', value)
      return new Fields(value, this.#style, `${this.path(name)}.${index}`)
    })
  }

  /** A list of texts; empty where it is absent. */
  texts(name: string, rule: TextRule = {}): readonly string[] {
    return this.#list(name).map(([index, value]) => {
      if (typeof value !== 'string') {
        return this.#invalid(`${name}.${index}`, 'type', 'must be a string', value)
      }
      return this.#checked(`${name}.${index}`, value, rule)
    })
  }

  /** A list of whole numbers; empty where it is absent. */
  integers(name: string, rule: IntegerRule = {}): readonly number[] {
    const items = Object.fromEntries(this.#list(name).map(([index, value]) => [`${name}.${index}`, value]))
    const list = new Fields(items, this.#style, this.#path)
    return Object.keys(items).map((item) => list.integer(item, rule))
  }

  /** Where the member is in the request, e.g. `Routes.0.GatewayId`. */
  path(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  /** A member that is there and that nothing has asked for; null where there is none. */
  unread(): string | null {
    const name = Object.keys(this.#values).find((key) => !this.#read.has(key))
    return name === undefined ? null : this.path(name)
  }

  /** A JSON array, a flattened list (`Tag.1.Key`, which arrives as an object with numbers for names), or one text. */
  #list(name: string): readonly (readonly [string, unknown])[] {
    const value = this.#value(name)
    if (value === undefined) return []
    if (Array.isArray(value)) return value.map((item, index) => [String(index), item])
    if (typeof value === 'string' && this.#style.wire === 'text') return [['', value]]
    if (
      isRecord(value) &&
      this.#style.wire === 'text' &&
      Object.keys(value).every((key) => /^\d*$/.test(key))
    ) {
      return Object.entries(value).sort(([a], [b]) => Number(a) - Number(b))
    }
    return this.#invalid(name, 'type', 'must be a list', value)
  }

  #value(name: string): unknown {
    this.#read.add(name)
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
    if (value === null || (value === '' && this.#style.emptyIsAbsent)) return undefined
    return value
  }

  #checked(name: string, value: string, rule: TextRule): string {
    const { min, max, unit = 'characters', pattern, expects } = rule
    if (min !== undefined || max !== undefined) {
      const length = unit === 'bytes' ? Buffer.byteLength(value) : [...value].length
      if (length < (min ?? 0))
        return this.#invalid(name, 'too-short', `must have at least ${min} ${unit}`, value)
      if (length > (max ?? length))
        return this.#invalid(name, 'too-long', `must have at most ${max} ${unit}`, value)
    }
    // PostgreSQL cannot keep it, and nothing good was ever meant by it.
    if (value.includes('\0')) return this.#invalid(name, 'format', 'must not hold a NUL character', value)
    if (!value.isWellFormed())
      return this.#invalid(name, 'format', 'must be well-formed Unicode', value.toWellFormed())
    if (pattern && !pattern.test(value)) {
      return this.#invalid(name, 'format', expects ?? `must match ${pattern.source}`, value)
    }
    return value
  }

  #missing(name: string): never {
    throw new DomainError('request.missing', { field: this.path(name) })
  }

  #invalid(name: string, problem: InvalidValue, reason: string, value: unknown): never {
    const shown = typeof value === 'string' ? value : jsonOf(value)
    throw new DomainError('request.invalid', {
      field: this.path(name),
      problem,
      reason,
      value: shown.length > 100 ? `${shown.slice(0, 100)}…` : shown,
    })
  }
}

/** `value` as JSON; empty for what is nested too deeply to be written. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object that a JSON body holds; an empty body counts as an empty one. Throws `request.malformed`. */
export function parseJsonObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw new DomainError('request.malformed', { reason: 'the body is not valid JSON' })
  }
  if (!isRecord(value))
    throw new DomainError('request.malformed', { reason: 'the body must be a JSON object' })
  return value
}

const NESTING_MAX = 6

/**
 * Flattened parameters as the tree they stand for: `Tag.1.Key=a` is `{ Tag: { 1: { Key: 'a' } } }`. Where a name is
 * both a value and a prefix, the value is kept under the empty name. A repeated name keeps its last value.
 */
export function nest(pairs: readonly Pair[]): Record<string, unknown> {
  const root = emptyRecord()
  for (const [name, value] of pairs) {
    const steps = name.includes('.') ? name.split('.', NESTING_MAX) : [name]
    let node = root
    for (const step of steps.slice(0, -1)) {
      const child = node[step]
      if (isRecord(child)) node = child
      else {
        const made = emptyRecord()
        if (child !== undefined) made[''] = child
        node[step] = made
        node = made
      }
    }
    const last = steps.at(-1) ?? ''
    const present = node[last]
    if (isRecord(present)) present[''] = value
    else node[last] = value
  }
  return root
}

/** Without a prototype: a parameter may be called `__proto__`. */
function emptyRecord(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}
