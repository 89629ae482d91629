import type { Page, Window } from '../../ports/store.ts'
import type { Fields } from '../fields.ts'

/** Which part of a list is asked for, as the older API counts: pages from 1. */
export interface NumberedPage {
  readonly page: number
  readonly size: number
}

/** Source: "DescribeVpcs", `PageNumber` and `PageSize`. */
export function decodePage(parameters: Fields): NumberedPage {
  return {
    page: parameters.optionalInteger('PageNumber', { min: 1, max: 2 ** 31 - 1 }) ?? 1,
    size: parameters.optionalInteger('PageSize', { min: 1, max: 50 }) ?? 10,
  }
}

/** One page of a list, and how many there are in all. */
export interface Listed<T> extends NumberedPage {
  readonly items: readonly T[]
  readonly total: number
}

export const NOTHING = { items: [], total: 0 } as const

/**
 * One page of what `read` answers; of all of it that `keep` lets pass, where there is something that the store does not
 * look for by itself.
 */
export async function pageOf<T>(
  { page, size }: NumberedPage,
  read: (window: Window, withTotal: boolean) => Promise<Page<T>>,
  keep: ((item: T) => boolean) | null,
): Promise<Listed<T>> {
  const offset = (page - 1) * size
  if (!keep) {
    const { items, total } = await read({ limit: size, offset }, true)
    return { items, total: total ?? items.length, page, size }
  }
  const kept = (await read({ limit: Number.MAX_SAFE_INTEGER }, false)).items.filter(keep)
  return { items: kept.slice(offset, offset + size), total: kept.length, page, size }
}

export function encodePage({ total, page, size }: Listed<unknown>) {
  return { TotalCount: total, PageNumber: page, PageSize: size }
}
