import { DomainError } from '../../../domain/errors.ts'
import type { Tag } from '../../../domain/peering.ts'
import type { Fields } from '../../fields.ts'
import { whole } from './call.ts'
import type { VPC_ID } from './codec.ts'

type IdRule = typeof VPC_ID

/** One filter: any of its values will do. */
export interface Filter {
  readonly name: string
  readonly values: readonly string[]
  /** Where it stood in the request. */
  readonly path: string
}

/**
 * The filters of a request, every one of which must hold. `known` says which names there are. Throws `request.*`.
 * Source: API 3.0, object Filter.
 */
export function decodeFilters(fields: Fields, known: (name: string) => boolean): readonly Filter[] {
  const filters = fields.objects('Filters').map((filter, index) =>
    whole(filter, () => ({
      name: filter.text('Name'),
      values: filter.texts('Values'),
      path: `Filters.${index}`,
    })),
  )
  for (const [index, { name, values, path }] of filters.entries()) {
    const twice = filters.findIndex((other) => other.name === name) !== index
    if (!known(name) || twice) {
      const reason = twice ? 'is given more than once' : 'is not a filter of this action'
      throw new DomainError('request.invalid', {
        field: `${path}.Name`,
        problem: 'range',
        reason,
        value: name,
      })
    }
    if (values.length === 0) throw new DomainError('request.missing', { field: `${path}.Values` })
  }
  return filters
}

/** Ids and filters exclude each other. Throws `request.exclusive`. Source: API 3.0, all Describe actions. */
export function refuseBoth(idsName: string, ids: readonly string[] | null, filters: readonly Filter[]): void {
  if (ids !== null && filters.length > 0) {
    throw new DomainError('request.exclusive', { fields: [idsName, 'Filters'] })
  }
}

/** The values of a filter, each checked to look like an id. Throws `request.invalid`. */
export function idsOf(filter: Filter, { pattern, expects }: IdRule): readonly string[] {
  for (const [index, value] of filter.values.entries()) {
    if (pattern.test(value)) continue
    const field = `${filter.path}.Values.${index}`
    throw new DomainError('request.invalid', { field, problem: 'format', reason: expects, value })
  }
  return filter.values
}

/** What a filter asks of a row. */
export type Condition<Row> = (row: Row) => boolean

/** The filters of an action by name, each of which makes a condition of its values. */
export type FilterTable<Row> = Readonly<Record<string, (values: readonly string[]) => Condition<Row>>>

/** Whether `table` knows a filter, or every resource with tags does. */
export const knows =
  (table: FilterTable<never>) =>
  (name: string): boolean =>
    name.startsWith('tag:') || Object.hasOwn(table, name)

/**
 * What `filter` asks of a row, by `table` or of its tags. Source: API 3.0 "DescribeVpcs", "Filters": `tag-key` and
 * `tag:<key>`, as with every resource that has tags.
 */
export function conditionOf<Row extends { readonly tags: readonly Tag[] }>(
  { name, values }: Filter,
  table: FilterTable<Row>,
): Condition<Row> {
  if (!name.startsWith('tag:')) return table[name]?.(values) ?? (() => true)
  const key = name.slice('tag:'.length)
  return ({ tags }) => tags.some((tag) => tag.key === key && values.includes(tag.value))
}

/** `tag-key`, for the table of an action whose rows have tags. */
export const TAG_KEY_FILTER: FilterTable<{ readonly tags: readonly Tag[] }> = {
  'tag-key':
    (values) =>
    ({ tags }) =>
      tags.some(({ key }) => values.includes(key)),
}

/** A condition of which there is one answer for all rows: the filter is about something that there is not here. */
export const always =
  (answer: string) =>
  (values: readonly string[]): Condition<unknown> =>
  () =>
    values.some((value) => value.toLowerCase() === answer)

/** The page of those rows that meet all conditions, and how many do in all. */
export function pageOf<Row>(
  rows: readonly Row[],
  conditions: readonly Condition<Row>[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): { readonly items: readonly Row[]; readonly total: number } {
  const matching = rows.filter((row) => conditions.every((holds) => holds(row)))
  return { items: matching.slice(offset, offset + limit), total: matching.length }
}
