import type { PartKind } from '../../../domain/network.ts'
import type { PeeringState, Tag } from '../../../domain/peering.ts'
import type { PartQuery, PeeringQuery, VpcQuery } from '../../../ports/store.ts'
import { type Statement, storable, type Value } from './session.ts'

/** A piece of SQL, a question mark for each of its values. */
interface Piece {
  readonly sql: string
  readonly values: readonly Value[]
}

/** Conditions with their values, ANDed. */
class Where {
  readonly #parts: string[] = []
  readonly values: Value[] = []

  and(sql: string, ...values: Value[]): this {
    this.#parts.push(sql)
    this.values.push(...values)
    return this
  }

  get sql(): string {
    return this.#parts.length > 0 ? this.#parts.join(' AND ') : 'true'
  }
}

// As the indexes have them: the ends of a peering by their ids, whoever asked.
const FIRST_VPC = 'least(requester_vpc, accepter_vpc)'
const SECOND_VPC = 'greatest(requester_vpc, accepter_vpc)'

type Order = PeeringQuery['order']

/** The statement for one page of peerings, and the one that counts all that match. */
export function peeringStatements(query: PeeringQuery): { page: Statement; count: Statement } {
  // Each side is searched by its own index. A peering between two VPCs of one tenant would be found by both, so
  // the accepter's branch leaves out what the requester's has.
  const branches: Where[] = query.party
    ? [peeringWhere(query, 'requester'), peeringWhere(query, 'accepter')]
    : [peeringWhere(query, null)]
  const { page, count } = pieces('peerings', branches, query)
  return { page: statement(page), count: statement(count) }
}

export function vpcStatements(query: VpcQuery): { page: Statement; count: Statement } {
  const where = new Where().and('deleted_at_ms IS NULL')
  if (query.party) where.and('tenant = ?', query.party.tenant)
  if (query.party?.region) where.and('region = ?', query.party.region)
  if (query.ids) where.and(...idsIn(query.ids))
  if (query.name !== undefined) where.and('name = ?', query.name)
  for (const tag of query.tags ?? []) where.and('tags @> ?::jsonb', tagPattern(tag))
  const { page, count } = pieces('vpcs', [where], query)
  return { page: statement(page), count: statement(count) }
}

export function partStatements(kind: PartKind, query: PartQuery): { page: Statement; count: Statement } {
  const where = new Where().and('kind = ?', kind)
  if (query.party) where.and('tenant = ?', query.party.tenant)
  if (query.party?.region) where.and('region = ?', query.party.region)
  if (query.ids) where.and(...idsIn(query.ids))
  if (query.vpcs) where.and('vpc = ANY(?::text[])', query.vpcs)
  if (query.routeTable === null) where.and('route_table IS NULL')
  else if (query.routeTable !== undefined) where.and('route_table = ?', query.routeTable)
  if (query.peering !== undefined) where.and('peering = ?', query.peering)
  if (query.name !== undefined) where.and('name = ?', query.name)
  const { page, count } = pieces('parts', [where], { ...query, order: 'id' })
  return { page: statement(page), count: statement(count) }
}

function peeringWhere(query: PeeringQuery, side: 'requester' | 'accepter' | null): Where {
  const where = new Where().and(`state <> 'deleted'`)
  const { party } = query
  if (side && party) {
    where.and(`${side}_tenant = ?`, party.tenant)
    if (party.region) where.and(`${side}_region = ?`, party.region)
    if (side === 'accepter') {
      if (party.region)
        where.and('NOT (requester_tenant = ? AND requester_region = ?)', party.tenant, party.region)
      else where.and('requester_tenant <> ?', party.tenant)
    }
  }
  if (query.ids) where.and(...idsIn(query.ids))
  for (const vpc of query.vpcs ?? []) where.and(`(${FIRST_VPC} = ? OR ${SECOND_VPC} = ?)`, vpc, vpc)
  if (query.anyVpcs) {
    where.and(
      `(${FIRST_VPC} = ANY(?::text[]) OR ${SECOND_VPC} = ANY(?::text[]))`,
      query.anyVpcs,
      query.anyVpcs,
    )
  }
  if (query.other) {
    const { tenant, region } = query.other
    const at = (end: string) => (region ? `(${end}_tenant = ? AND ${end}_region = ?)` : `${end}_tenant = ?`)
    const values = region ? [tenant, region] : [tenant]
    where.and(`(${at('requester')} OR ${at('accepter')})`, ...values, ...values)
  }
  if (query.name !== undefined) where.and('name = ?', query.name)
  if (query.names) where.and('name = ANY(?::text[])', query.names)
  if (query.states) where.and(...inStates(query.states, query.nowMs))
  for (const tag of query.tags ?? []) {
    // A stranger's tags on the same peering must not match; without a party either side's do.
    const sides = side ? [side] : ['requester', 'accepter']
    const match = sides.map((end) => `attributes->'tags'->'${end}' @> ?::jsonb`)
    where.and(`(${match.join(' OR ')})`, ...sides.map(() => tagPattern(tag)))
  }
  if (query.resourceGroup !== undefined && side) {
    where.and(`attributes->'resourceGroup'->>'${side}' IS NOT DISTINCT FROM ?::text`, query.resourceGroup)
  }
  return where
}

/** What a list of tags contains that has this one. */
function tagPattern({ key, value }: { key: Tag['key']; value: string | null }): string {
  return JSON.stringify([
    value === null ? { key: storable(key) } : { key: storable(key), value: storable(value) },
  ])
}

/** "Expired" is also what still says that it waits although its time is up. */
function inStates(states: readonly PeeringState[], nowMs: number): [string, ...Value[]] {
  return [
    `CASE WHEN state = 'pending-acceptance' AND expires_at_ms <= ? THEN 'expired' ELSE state END = ANY(?::text[])`,
    nowMs,
    states,
  ]
}

function idsIn(ids: readonly string[]): [string, ...Value[]] {
  return [
    '(id = ANY(?::text[]) OR alibaba_id = ANY(?::text[]) OR tencent_id = ANY(?::text[]))',
    ids,
    ids,
    ids,
  ]
}

function pieces(
  table: 'peerings' | 'vpcs' | 'parts',
  branches: readonly Where[],
  query: Pick<PeeringQuery, 'order' | 'window'>,
): { page: Piece; count: Piece } {
  const { limit, offset = 0, after, before } = query.window
  // A page before a row is read backwards from that row; the caller turns it round again.
  const order = before === undefined ? query.order : reversed(query.order)
  const direction = order.endsWith('descending') ? 'DESC' : 'ASC'
  const by = order.startsWith('name') ? `name ${direction}, id ${direction}` : `id ${direction}`
  const mark = before ?? after
  const past = direction === 'DESC' ? '<' : '>'
  const beyond = order.startsWith('name')
    ? `AND (name, id) ${past} ((SELECT name FROM ${table} WHERE id = ?), ?)`
    : `AND id ${past} ?`
  const marks = mark === undefined ? [] : order.startsWith('name') ? [mark, mark] : [mark]
  // Each branch is cut to the page by itself, so that none is read further than one page can need.
  const selects = branches.map((where) => ({
    sql: `SELECT * FROM (SELECT * FROM ${table} WHERE ${where.sql}
      ${mark === undefined ? '' : beyond} ORDER BY ${by} LIMIT ?) AS branch`,
    values: [...where.values, ...marks, offset + limit],
  }))
  const counts = branches.map((where) => `(SELECT count(*) FROM ${table} WHERE ${where.sql})`)
  return {
    page: {
      sql: `${selects.map(({ sql }) => sql).join(' UNION ALL ')} ORDER BY ${by} LIMIT ? OFFSET ?`,
      values: [...selects.flatMap(({ values }) => values), limit, offset],
    },
    count: {
      sql: `SELECT ${counts.join(' + ')} AS total`,
      values: branches.flatMap(({ values }) => values),
    },
  }
}

/** Planned anew each time: there are too many kinds of lists, and what a good plan is depends on the values. */
function statement({ sql, values }: Piece): Statement {
  let count = 0
  return { text: sql.replaceAll('?', () => `$${++count}`), values: values.map(storable) }
}

function reversed(order: Order): Order {
  return order.endsWith('-descending')
    ? (order.replace('-descending', '') as Order)
    : (`${order}-descending` as Order)
}
