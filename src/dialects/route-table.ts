import { readDecoded } from './encoding.ts'

/** A path with named parts in braces, e.g. `/v2.0/vpc/peerings/{peering_id}`. */
export interface PathRoute {
  readonly method: string
  readonly path: string
}

export interface RouteMatch<R extends PathRoute> {
  readonly route: R
  /** The named parts, percent-decoded. */
  readonly path: Readonly<Record<string, string>>
}

/**
 * A finder of routes by method and path. A part in braces matches any one non-empty segment; of several routes that
 * match, the first in the list wins.
 */
export function routeTable<R extends PathRoute>(
  routes: readonly R[],
): (method: string, path: string) => RouteMatch<R> | null {
  const byShape = new Map<string, { route: R; segments: readonly string[] }[]>()
  for (const route of routes) {
    const segments = route.path.split('/')
    const shape = `${route.method} ${segments.length}`
    const sameShape = byShape.get(shape)
    if (sameShape) sameShape.push({ route, segments })
    else byShape.set(shape, [{ route, segments }])
  }
  return (method, path) => {
    const actual = path.split('/')
    for (const { route, segments } of byShape.get(`${method} ${actual.length}`) ?? []) {
      const parts = match(segments, actual)
      if (parts) return { route, path: parts }
    }
    return null
  }
}

const isNamed = (segment: string) => segment.startsWith('{')

function match(segments: readonly string[], actual: readonly string[]): Record<string, string> | null {
  const fits = segments.every((segment, index) =>
    isNamed(segment) ? actual[index] !== '' : segment === actual[index],
  )
  if (!fits) return null
  const parts: Record<string, string> = {}
  segments.forEach((segment, index) => {
    const text = actual[index] ?? ''
    if (isNamed(segment))
      parts[segment.slice(1, -1)] = text.includes('%') ? readDecoded((decode) => decode(text)) : text
  })
  return parts
}
