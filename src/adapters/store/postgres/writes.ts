import type { LoggedEvent } from '../../../domain/event.ts'
import type { NetworkPart } from '../../../domain/network.ts'
import type { Peering } from '../../../domain/peering.ts'
import type { Realization } from '../../../domain/realization.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Claim } from '../../../ports/store.ts'
import type { SealedAccessKey } from '../conflicts.ts'
import { attributesOrNull, partColumns, tenantBody, vpcAttributesText } from '../rows.ts'
import { jsonText, prepare, type Statement, storableKey } from './session.ts'
import type { Write, Writes } from './snapshot.ts'
import { webhookStatements } from './webhook-writes.ts'

/*
 * Rows go to the server as JSON, all of a kind in one value and one statement. A statement that changes rows says how
 * many it is to find as they were read, and fails the transaction where it finds others: the row lock that batches
 * take makes sure of it, and the database holds it even if something wrote without that lock.
 */

/** All rows of a JSON parameter. */
export const insertInto = (table: string, parameter: string) =>
  `INSERT INTO ${table} SELECT * FROM json_populate_recordset(null::${table}, ${parameter}::json)`
const insert = (table: string) => prepare(insertInto(table, '$1'))
/** `statement` changes rows and has a row for each that it found. */
const expecting = (statement: string) =>
  prepare(`WITH found AS (${statement} RETURNING 1) SELECT expect_rows(count(*), $2::integer) FROM found`)

const UPSERT_SETTINGS =
  prepare(`INSERT INTO settings SELECT * FROM json_populate_recordset(null::settings, $1::json)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
const UPSERT_TENANTS =
  prepare(`INSERT INTO tenants SELECT * FROM json_populate_recordset(null::tenants, $1::json)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, domain_name = excluded.domain_name,
    alibaba_uid = excluded.alibaba_uid, tencent_uin = excluded.tencent_uin, body = excluded.body`)
const UPDATE_CONSENTS = expecting(`UPDATE tenants SET consent = wanted.consent
  FROM json_to_recordset($1::json) AS wanted (id text, consent jsonb, version_read bigint)
  WHERE tenants.id = wanted.id AND coalesce((tenants.consent->>'version')::bigint, 0) = wanted.version_read`)
const DELETE_PROJECTS = prepare('DELETE FROM projects WHERE tenant = ANY($1::text[])')
const INSERT_PROJECTS = insert('projects')
const DELETE_ACCESS_KEYS = prepare('DELETE FROM access_keys WHERE id = ANY($1::text[])')
const UPSERT_ACCESS_KEYS = expecting(`INSERT INTO access_keys
  SELECT * FROM json_populate_recordset(null::access_keys, $1::json)
  ON CONFLICT (id) DO UPDATE SET sealed_secret = excluded.sealed_secret WHERE access_keys.tenant = excluded.tenant`)
const INSERT_VPCS = insert('vpcs')
const UPDATE_VPCS =
  expecting(`UPDATE vpcs SET name = wanted.name, description = wanted.description, cidrs = wanted.cidrs,
    tags = wanted.tags, attributes = wanted.attributes, updated_at_ms = wanted.updated_at_ms, deleted_at_ms = wanted.deleted_at_ms, version = wanted.version
  FROM json_to_recordset($1::json) AS wanted (id text, name text, description text, cidrs jsonb, tags jsonb, attributes jsonb,
    updated_at_ms bigint, deleted_at_ms bigint, version bigint, version_read bigint)
  WHERE vpcs.id = wanted.id AND vpcs.version = wanted.version_read`)
const INSERT_PEERINGS = insert('peerings')
/** By rows in $1, each at the version at which it was read. */
export const CHANGE_PEERINGS = `UPDATE peerings SET name = wanted.name, description = wanted.description,
    state = wanted.state, updated_at_ms = wanted.updated_at_ms, expires_at_ms = wanted.expires_at_ms, version = wanted.version,
    attributes = wanted.attributes
  FROM json_to_recordset($1::json) AS wanted (id text, name text, description text, state text, updated_at_ms bigint,
    expires_at_ms bigint, version bigint, attributes jsonb, version_read bigint)
  WHERE peerings.id = wanted.id AND peerings.version = wanted.version_read`
const UPDATE_PEERINGS = expecting(CHANGE_PEERINGS)
const DELETE_PARTS = prepare(
  `WITH found AS (DELETE FROM parts WHERE id = ANY($1::text[]) RETURNING 1) SELECT expect_rows(count(*), $2::integer) FROM found`,
)
const INSERT_PARTS = insert('parts')
const INSERT_COUNTERS = insert('counters')
const UPDATE_COUNTERS = expecting(`UPDATE counters SET used = wanted.used
  FROM json_to_recordset($1::json) AS wanted (key text, used bigint, used_read bigint)
  WHERE counters.key = wanted.key AND counters.used = wanted.used_read`)
/** All but the first, the number. */
export const EVENT_COLUMNS = `at_ms, type, peering, from_state, to_state, requester, accepter, actor_kind, actor_tenant,
  dialect, request_id, remote_address, reason`
/** Their numbers count from $3, the last one before them; they leave no gap. */
const LOG_EVENTS = prepare(`WITH moved AS (
    UPDATE event_sequence SET last = last + $2 WHERE last = $3 RETURNING last - $2 AS before
  ), logged AS (
    INSERT INTO events SELECT before + sequence, ${EVENT_COLUMNS}
    FROM moved CROSS JOIN json_populate_recordset(null::events, $1::json) RETURNING 1
  ) SELECT expect_rows(count(*), $2::integer) FROM logged`)
const UPSERT_REALIZATIONS = prepare(`INSERT INTO realizations
  SELECT * FROM json_populate_recordset(null::realizations, $1::json)
  ON CONFLICT (id) DO UPDATE SET realized = excluded.realized, proven_at_ms = excluded.proven_at_ms,
    reason = excluded.reason`)
const DELETE_REALIZATIONS = prepare('DELETE FROM realizations WHERE id = ANY($1::text[])')
const ALLOCATE = prepare(`INSERT INTO allocations
  SELECT name, (SELECT coalesce(max(number), 0) FROM allocations) + row_number() OVER (ORDER BY place)
  FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
  WHERE NOT EXISTS (SELECT 1 FROM allocations WHERE allocations.name = wanted.name)`)
const INSERT_CLAIMS =
  expecting(`INSERT INTO claims SELECT * FROM json_populate_recordset(null::claims, $1::json)
  ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, result = excluded.result,
    made_at_ms = excluded.made_at_ms, expires_at_ms = excluded.expires_at_ms
  WHERE claims.expires_at_ms <= excluded.made_at_ms`)

/**
 * The statements that write `writes`, in an order that foreign keys and unique indexes allow. `last`: the number of the last
 * event, which theirs follow.
 */
export function writeStatements(writes: Writes, last: number): Statement[] {
  const {
    settings,
    tenants,
    consents,
    accessKeys,
    vpcs,
    peerings,
    parts,
    counters,
    events,
    realizations,
    allocations,
  } = writes
  const statements: Statement[] = []
  const all = <T>(rows: readonly T[], statement: (text: string, count: number) => Statement) => {
    if (rows.length > 0) statements.push(statement(jsonText(rows), rows.length))
  }
  all(
    [...settings].map(([name, value]) => ({ name, value })),
    (rows) => UPSERT_SETTINGS(rows),
  )
  if (tenants.size > 0) {
    all([...tenants.values()].map(tenantRow), (rows) => UPSERT_TENANTS(rows))
    statements.push(DELETE_PROJECTS([...tenants.keys()]))
    all([...tenants.values()].flatMap(projectRows), (rows) => INSERT_PROJECTS(rows))
  }
  const [, changedConsents] = apart(consents, 'version_read', (consent, id) => ({ id, consent }))
  all(changedConsents, UPDATE_CONSENTS)
  const deleted = [...accessKeys].filter(([, key]) => key === null).map(([id]) => id)
  if (deleted.length > 0) statements.push(DELETE_ACCESS_KEYS(deleted))
  all([...accessKeys.values()].filter((key) => key !== null).map(accessKeyRow), UPSERT_ACCESS_KEYS)
  const [newVpcs, changedVpcs] = apart(vpcs, 'version_read', vpcRow)
  all(newVpcs, (rows) => INSERT_VPCS(rows))
  all(changedVpcs, UPDATE_VPCS)
  // Those that end first: one that begins may take the place of its pair.
  const [newPeerings, changedPeerings] = apart(peerings, 'version_read', peeringRow)
  all(changedPeerings, UPDATE_PEERINGS)
  all(newPeerings, (rows) => INSERT_PEERINGS(rows))
  const replaced = [...parts].filter(([, { stored }]) => stored).map(([id]) => id)
  if (replaced.length > 0) statements.push(DELETE_PARTS(replaced, replaced.length))
  const newParts = [...parts.values()].map(({ to }) => to).filter((to) => to !== null)
  all(newParts.map(partRow), (rows) => INSERT_PARTS(rows))
  const [newCounters, changedCounters] = apart(counters, 'used_read', counterRow)
  all(newCounters, (rows) => INSERT_COUNTERS(rows))
  all(changedCounters, UPDATE_COUNTERS)
  all(
    events.map((event) => eventRow(event, last)),
    (rows, count) => LOG_EVENTS(rows, count, last),
  )
  all([...realizations.values()].filter((realization) => realization !== null).map(realizationRow), (rows) =>
    UPSERT_REALIZATIONS(rows),
  )
  const gone = [...realizations].filter(([, realization]) => realization === null).map(([id]) => id)
  if (gone.length > 0) statements.push(DELETE_REALIZATIONS(gone))
  if (allocations.size > 0) statements.push(ALLOCATE([...allocations]))
  statements.push(...webhookStatements(writes), ...claimStatements(writes))
  return statements
}

/** One statement, or none. */
export function claimStatements({ claims }: Writes): readonly Statement[] {
  const rows = [...claims.values()].map(({ claim, madeAtMs }) => claimRow(claim, madeAtMs)).sort(byKey)
  return rows.length === 0 ? [] : [INSERT_CLAIMS(jsonText(rows), rows.length)]
}

/** The rows that are new, and those that must be as they were read. */
export function apart<T, R extends object>(
  writes: ReadonlyMap<string, Write<T, number>>,
  read: string,
  row: (to: T, key: string) => R,
): [R[], R[]] {
  const [added, changed]: [R[], R[]] = [[], []]
  for (const [key, { from, to }] of writes) {
    if (from === null) added.push(row(to, key))
    else changed.push({ ...row(to, key), [read]: from })
  }
  return [added, changed]
}

/** Two who write several claims at once, whichever way, must not wait for each other. */
export const byKey = (a: { readonly key: string }, b: { readonly key: string }) => (a.key < b.key ? -1 : 1)

export function claimRow({ key, fingerprint, result, expiresAtMs }: Claim, madeAtMs: number) {
  return { key: storableKey(key), fingerprint, result, made_at_ms: madeAtMs, expires_at_ms: expiresAtMs }
}

export const counterRow = (used: number, key: string) => ({ key, used })

function tenantRow(tenant: Tenant) {
  return {
    id: tenant.id,
    name: tenant.name,
    domain_name: tenant.huawei.domainName,
    alibaba_uid: tenant.alibaba.uid,
    tencent_uin: tenant.tencent.uin,
    body: tenantBody(tenant),
  }
}

function projectRows({ id: tenant, huawei }: Tenant) {
  return Object.entries(huawei.projects).map(([region, id]) => ({ id, tenant, region }))
}

function accessKeyRow({ id, tenant, sealedSecret, createdAtMs }: SealedAccessKey) {
  const secret = `\\x${sealedSecret}`
  return { id, tenant, sealed_secret: secret, created_at_ms: createdAtMs }
}

function vpcRow(vpc: Vpc) {
  return {
    id: vpc.id,
    alibaba_id: vpc.ids.alibaba,
    tencent_id: vpc.ids.tencent,
    tenant: vpc.tenant,
    region: vpc.region,
    name: vpc.name,
    description: vpc.description,
    cidrs: vpc.cidrs,
    tags: vpc.tags,
    created_at_ms: vpc.createdAtMs,
    updated_at_ms: vpc.updatedAtMs,
    deleted_at_ms: vpc.deletedAtMs,
    version: vpc.version,
    attributes: vpcAttributesText(vpc.attributes) === null ? null : vpc.attributes,
  }
}

function partRow(part: NetworkPart) {
  const { routeTable, peering, destination, isDefault } = partColumns(part)
  return {
    id: part.id,
    kind: part.kind,
    alibaba_id: part.ids.alibaba,
    tencent_id: part.ids.tencent,
    tenant: part.tenant,
    region: part.region,
    vpc: part.vpc,
    name: part.name,
    route_table: routeTable,
    peering,
    destination,
    is_default: isDefault,
    body: part,
  }
}

export function peeringRow(peering: Peering) {
  const { requester, accepter } = peering
  return {
    id: peering.id,
    alibaba_id: peering.ids.alibaba,
    tencent_id: peering.ids.tencent,
    name: peering.name,
    description: peering.description,
    requester_tenant: requester.tenant,
    requester_region: requester.region,
    requester_vpc: requester.vpc,
    accepter_tenant: accepter.tenant,
    accepter_region: accepter.region,
    accepter_vpc: accepter.vpc,
    state: peering.state,
    created_at_ms: peering.createdAtMs,
    updated_at_ms: peering.updatedAtMs,
    expires_at_ms: peering.expiresAtMs,
    version: peering.version,
    attributes: attributesOrNull(peering.attributes),
  }
}

function realizationRow({ of: id, realized, provenAtMs, reason }: Realization) {
  return { id, realized, proven_at_ms: provenAtMs, reason }
}

export function eventRow(
  { sequence, type, atMs, peering, from, to, requester, accepter, actor, reason }: LoggedEvent,
  last: number,
) {
  return {
    sequence: sequence - last,
    at_ms: atMs,
    type,
    peering,
    from_state: from,
    to_state: to,
    requester,
    accepter,
    actor_kind: actor.kind,
    actor_tenant: actor.tenant,
    dialect: actor.dialect,
    request_id: actor.requestId,
    remote_address: actor.remoteAddress,
    reason,
  }
}
