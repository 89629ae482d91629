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
  const byShape = new Map<string, { route: R; segments: readonly Segment[] }[]>()
  for (const route of routes) {
    const segments = route.path.split('/').map(segmentOf)
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

/** One segment of a route's path: a part with a name, or (null) what it must be. */
interface Segment {
  readonly name: string | null
  readonly text: string
}

function segmentOf(text: string): Segment {
  return { name: text.startsWith('{') ? text.slice(1, -1) : null, text }
}

function match(segments: readonly Segment[], actual: readonly string[]): Record<string, string> | null {
  const parts: Record<string, string> = {}
  for (const [index, { name, text }] of segments.entries()) {
    const given = actual[index] ?? ''
    if (name === null ? given !== text : given === '') return null
    if (name !== null) parts[name] = given.includes('%') ? readDecoded((decode) => decode(given)) : given
  }
  return parts
}
