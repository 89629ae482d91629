/** Which page of a list is asked for; see `Page` in `schemas.ts`. */
interface PageQuery {
  readonly limit?: number
  readonly after?: string
}

const LIMIT = 100

/** One row more than a page, so that it is known whether there is another. */
export const windowOf = ({ limit = LIMIT, after }: PageQuery) => ({
  window: { limit: limit + 1, ...(after !== undefined && { after }) },
  withTotal: false,
})

/** The page, and the id after which the next one begins; null where this is the last. */
export function pageOf<T>(items: readonly T[], { limit = LIMIT }: PageQuery, idOf: (item: T) => string) {
  const page = items.slice(0, limit)
  const last = page.at(-1)
  return { page, next: items.length > limit && last !== undefined ? idOf(last) : null }
}
