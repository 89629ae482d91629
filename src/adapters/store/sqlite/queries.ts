import type { SQLInputValue } from 'node:sqlite'
import type { PartKind } from '../../../domain/network.ts'
import type { PeeringState } from '../../../domain/peering.ts'
import type { PartQuery, PeeringQuery, VpcQuery } from '../../../ports/store.ts'

/** A statement with its values. */
export interface Statement {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** Conditions with their values, ANDed. */
class Where {
  readonly #parts: string[] = []
  readonly values: SQLInputValue[] = []

  and(sql: string, ...values: SQLInputValue[]): this {
    this.#parts.push(sql)
    this.values.push(...values)
    return this
  }

  get sql(): string {
    return this.#parts.length > 0 ? this.#parts.join(' AND ') : 'true'
  }
}

// As the indexes have them: the ends of a peering by their ids, whoever asked.
const FIRST_VPC = 'min(requester_vpc, accepter_vpc)'
const SECOND_VPC = 'max(requester_vpc, accepter_vpc)'

const placeholders = (values: readonly unknown[]) => values.map(() => '?').join(', ')

type Order = PeeringQuery['order']

/** The statement for one page, and the one that counts all that match. */
export function peeringStatements(query: PeeringQuery): { page: Statement; count: Statement } {
  // Each side is searched by its own index. A peering between two VPCs of one tenant would be found by both, so
  // the accepter's branch leaves out what the requester's has.
  const branches: Where[] = query.party
    ? [peeringWhere(query, 'requester'), peeringWhere(query, 'accepter')]
    : [peeringWhere(query, null)]
  return statements('peerings', branches, query)
}

function peeringWhere(query: PeeringQuery, side: 'requester' | 'accepter' | null): Where {
  const where = new Where().and('deleted = 0')
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
    const list = placeholders(query.anyVpcs)
    where.and(`(${FIRST_VPC} IN (${list}) OR ${SECOND_VPC} IN (${list}))`, ...query.anyVpcs, ...query.anyVpcs)
  }
  if (query.other) {
    const { tenant, region } = query.other
    if (region) {
      where.and(
        '((requester_tenant = ? AND requester_region = ?) OR (accepter_tenant = ? AND accepter_region = ?))',
        tenant,
        region,
        tenant,
        region,
      )
    } else where.and('(requester_tenant = ? OR accepter_tenant = ?)', tenant, tenant)
  }
  if (query.name !== undefined) where.and('name = ?', query.name)
  if (query.names) where.and(`name IN (${placeholders(query.names)})`, ...query.names)
  if (query.states) where.and(...inStates(query.states, query.nowMs))
  for (const { key, value } of query.tags ?? []) {
    // A stranger's tags on the same peering must not match; without a party either side's do.
    const paths = side ? [`$.tags.${side}`] : ['$.tags.requester', '$.tags.accepter']
    const match = `EXISTS (SELECT 1 FROM json_each(attributes, ?) WHERE json_extract(value, '$.key') = ?
      AND (? IS NULL OR json_extract(value, '$.value') = ?))`
    where.and(
      `(${paths.map(() => match).join(' OR ')})`,
      ...paths.flatMap((path) => [path, key, value, value]),
    )
  }
  if (query.resourceGroup !== undefined && side) {
    where.and(`json_extract(attributes, ?) IS ?`, `$.resourceGroup.${side}`, query.resourceGroup)
  }
  return where
}

/** "Expired" is also what still says that it waits although its time is up. */
function inStates(states: readonly PeeringState[], nowMs: number): [string, ...SQLInputValue[]] {
  return [
    `CASE WHEN state = 'pending-acceptance' AND expires_at_ms <= ? THEN 'expired' ELSE state END IN (${placeholders(states)})`,
    nowMs,
    ...states,
  ]
}

function idsIn(ids: readonly string[]): [string, ...SQLInputValue[]] {
  const list = placeholders(ids)
  return [`(id IN (${list}) OR alibaba_id IN (${list}) OR tencent_id IN (${list}))`, ...ids, ...ids, ...ids]
}

export function vpcStatements(query: VpcQuery): { page: Statement; count: Statement } {
  const where = new Where().and('deleted_at_ms IS NULL')
  if (query.party) where.and('tenant = ?', query.party.tenant)
  if (query.party?.region) where.and('region = ?', query.party.region)
  if (query.ids) where.and(...idsIn(query.ids))
  if (query.name !== undefined) where.and('name = ?', query.name)
  for (const { key, value } of query.tags ?? []) {
    where.and(
      `EXISTS (SELECT 1 FROM json_each(tags) WHERE json_extract(value, '$.key') = ?
        AND (? IS NULL OR json_extract(value, '$.value') = ?))`,
      key,
      value,
      value,
    )
  }
  return statements('vpcs', [where], query)
}

export function partStatements(kind: PartKind, query: PartQuery): { page: Statement; count: Statement } {
  const where = new Where().and('kind = ?', kind)
  if (query.party) where.and('tenant = ?', query.party.tenant)
  if (query.party?.region) where.and('region = ?', query.party.region)
  if (query.ids) where.and(...idsIn(query.ids))
  if (query.vpcs) where.and(`vpc IN (${placeholders(query.vpcs)})`, ...query.vpcs)
  if (query.routeTable !== undefined) where.and('route_table IS ?', query.routeTable)
  if (query.peering !== undefined) where.and('peering = ?', query.peering)
  if (query.name !== undefined) where.and('name = ?', query.name)
  return statements('parts', [where], { ...query, order: 'id' })
}

/** What is read of a row. A part's other columns are in its body too. */
const COLUMNS = { peerings: '*', vpcs: '*', parts: 'id, body' } as const

function statements(
  table: keyof typeof COLUMNS,
  branches: readonly Where[],
  query: Pick<PeeringQuery, 'order' | 'window'>,
): { page: Statement; count: Statement } {
  const { limit, offset = 0, after, before } = query.window
  // A page before a row is read backwards from that row; the caller turns it round again.
  const order = before === undefined ? query.order : reversed(query.order)
  const descending = order.endsWith('descending')
  const by = order.startsWith('name')
    ? `name ${descending ? 'DESC' : 'ASC'}, id ${descending ? 'DESC' : 'ASC'}`
    : `id ${descending ? 'DESC' : 'ASC'}`
  const mark = before ?? after
  const past = descending ? '<' : '>'
  const beyond = order.startsWith('name')
    ? `AND (name, id) ${past} ((SELECT name FROM ${table} WHERE id = ?), ?)`
    : `AND id ${past} ?`
  const marks = mark === undefined ? [] : order.startsWith('name') ? [mark, mark] : [mark]
  // Each branch is cut to the page by itself, so that none is read further than one page can need.
  const selects = branches.map((where) => ({
    sql: `SELECT * FROM (SELECT ${COLUMNS[table]} FROM ${table} WHERE ${where.sql}
      ${mark === undefined ? '' : beyond} ORDER BY ${by} LIMIT ?)`,
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

function reversed(order: Order): Order {
  return order.endsWith('-descending')
    ? (order.replace('-descending', '') as Order)
    : (`${order}-descending` as Order)
}
