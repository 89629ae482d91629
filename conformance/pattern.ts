/**
 * What an answer is expected to be like. Of an object only the members that are named count, for vendors add members;
 * a list has exactly the items that are named; whatever else is compared as it is.
 */
export type Pattern =
  | string
  | number
  | boolean
  | null
  | RegExp
  | Matcher
  | readonly Pattern[]
  | { readonly [member: string]: Pattern }

/** A condition on a value, and how to say it. */
export class Matcher {
  readonly says: string
  readonly holds: (value: unknown) => boolean

  constructor(says: string, holds: (value: unknown) => boolean) {
    this.says = says
    this.holds = holds
  }
}

export const text = new Matcher('a text', (value) => typeof value === 'string' && value !== '')
export const wholeNumber = new Matcher('a whole number', Number.isSafeInteger)
export const absent = new Matcher('nothing', (value) => value === undefined)
/** A refusal of the caller's making, where the vendor does not say which. */
export const refusal = new Matcher('4xx', (value) => Number(value) >= 400 && Number(value) < 500)

/** One of several. */
export function oneOf(...patterns: readonly Pattern[]): Matcher {
  const says = patterns.map(show).join(' or ')
  return new Matcher(says, (value) => patterns.some((pattern) => difference(pattern, value) === null))
}

/** A list that has such an item, among others or not. */
export function including(pattern: Pattern): Matcher {
  return new Matcher(`a list with ${show(pattern)}`, (value) => has(value, pattern) === true)
}

/** A list, with no such item. */
export function without(pattern: Pattern): Matcher {
  return new Matcher(`a list without ${show(pattern)}`, (value) => has(value, pattern) === false)
}

function has(value: unknown, pattern: Pattern): boolean | null {
  return Array.isArray(value) ? value.some((item) => difference(pattern, item) === null) : null
}

/** The first difference between what was expected and what came, in words; null where there is none. */
export function difference(pattern: Pattern, value: unknown, path = ''): string | null {
  if (isLeaf(pattern)) {
    return matches(pattern, value)
      ? null
      : `${path && `${path}: `}expected ${show(pattern)}, came ${show(value)}`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(pattern))
    return `${path && `${path}: `}expected ${show(pattern)}, came ${show(value)}`
  if (Array.isArray(pattern) && Array.isArray(value) && pattern.length !== value.length)
    return `${path}: expected ${pattern.length} item(s), came ${value.length}: ${show(value)}`
  for (const [name, member] of Object.entries(pattern)) {
    const found = difference(
      member,
      (value as Record<string, unknown>)[name],
      path ? `${path}.${name}` : name,
    )
    if (found !== null) return found
  }
  return null
}

type Leaf = Exclude<Pattern, readonly Pattern[] | { readonly [member: string]: Pattern }>

function isLeaf(pattern: Pattern): pattern is Leaf {
  return (
    typeof pattern !== 'object' || pattern === null || pattern instanceof RegExp || pattern instanceof Matcher
  )
}

function matches(pattern: Leaf, value: unknown): boolean {
  if (pattern instanceof Matcher) return pattern.holds(value)
  if (pattern instanceof RegExp) return typeof value === 'string' && pattern.test(value)
  return pattern === value
}

/** A pattern, or what came, in one short line. */
export function show(value: unknown): string {
  const line = JSON.stringify(value, (_, member: unknown) =>
    member instanceof Matcher ? `<${member.says}>` : member instanceof RegExp ? `<${member}>` : member,
  )
  const said = value instanceof Matcher ? value.says : value instanceof RegExp ? String(value) : line
  if (said === undefined) return 'nothing'
  return said.length > 160 ? `${said.slice(0, 157)}...` : said
}
