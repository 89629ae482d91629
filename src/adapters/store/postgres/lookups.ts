import type { TenantId, VpcId } from '../../../domain/identity.ts'
import type { NetworkPart } from '../../../domain/network.ts'
import { pairOf } from '../../../domain/peering.ts'
import { keptMoves } from '../../../domain/quota.ts'
import type { Condition } from '../../../ports/store.ts'
import type { SealedChange, Versioned } from '../conflicts.ts'
import { claimFrom, type Row, tenantFrom } from '../rows.ts'
import { prepare, storableKey, type Value } from './session.ts'
import type { PeeringFact, ResourceFact, Snapshot } from './snapshot.ts'

type Changes = readonly SealedChange[]

/** One question that the changes of a batch may need the answer to. */
interface Lookup {
  /** The values to ask with; null where these changes do not need it. */
  readonly values: (changes: Changes) => readonly Value[] | null
  /** Selects rows by the values. What is JSON there is asked for as text. */
  readonly sql: string
  readonly keep: (snapshot: Snapshot, row: Row) => void
}

/** A SELECT of the live peerings that `vpc`, an expression, is an end of; each side by its own index. */
export const livePeeringsOf = (vpc: string) =>
  ['least', 'greatest']
    .map(
      (end) => `SELECT * FROM peerings WHERE ${end}(requester_vpc, accepter_vpc) = ${vpc}
        AND state <> 'deleted' AND state IN ('pending-acceptance', 'active')`,
    )
    .join(' UNION ALL ')

/**
 * Everything that a decision about changes can rest on, each kind in one question for all of them. A row that another
 * batch has just written is found: whoever asks holds the lock that all batches take. To ask costs more than to answer, so
 * they are asked together: see `lookupFor`.
 */
const LOOKUPS: readonly Lookup[] = [
  {
    values: (changes) =>
      some(changes.flatMap(({ claims = [] }) => claims.map(({ key }) => storableKey(key)))),
    sql: 'SELECT key, fingerprint, result, expires_at_ms FROM claims WHERE key = ANY($1::text[])',
    keep(snapshot, row) {
      const claim = claimFrom(row)
      snapshot.claims.set(claim.key, claim)
    },
  },
  {
    values(changes) {
      const tenants = changes.flatMap(({ tenants = [] }) => tenants)
      if (tenants.length === 0) return null
      return [
        tenants.map(({ id }) => id),
        tenants.map(({ name }) => name),
        tenants.map(({ huawei }) => huawei.domainName),
        tenants.map(({ alibaba }) => alibaba.uid),
        tenants.map(({ tencent }) => tencent.uin),
        tenants.flatMap(({ huawei }) => Object.values(huawei.projects)),
      ]
    },
    sql: `SELECT body::text FROM tenants WHERE id = ANY($1::text[]) OR name = ANY($2::text[]) OR domain_name = ANY($3::text[])
        OR alibaba_uid = ANY($4::text[]) OR tencent_uin = ANY($5::text[])
        OR id IN (SELECT tenant FROM projects WHERE projects.id = ANY($6::text[]))`,
    keep(snapshot, row) {
      const tenant = tenantFrom(row)
      snapshot.tenants.set(tenant.id, tenant)
    },
  },
  {
    values: (changes) =>
      some([
        ...changes.flatMap(({ consents = [] }) => consents.map(({ tenant }) => tenant)),
        ...conditionsOf(changes, 'consent-is').map(({ tenant }) => tenant),
      ]),
    sql: `SELECT id, consent->>'version' AS version FROM tenants WHERE id = ANY($1::text[]) AND consent IS NOT NULL`,
    keep: (snapshot, row) => snapshot.consentVersions.set(String(row['id']), Number(row['version'])),
  },
  {
    values: (changes) => some(conditionsOf(changes, 'overlap-is').map(({ tenant }) => tenant)),
    sql: 'SELECT id, tenant, cidrs::text FROM vpcs WHERE tenant = ANY($1::text[]) AND deleted_at_ms IS NULL',
    keep: (snapshot, row) =>
      snapshot.addBlocks({
        id: row['id'] as VpcId,
        tenant: row['tenant'] as TenantId,
        cidrs: JSON.parse(String(row['cidrs'])) as string[],
        deletedAtMs: null,
      }),
  },
  {
    values: (changes) => some(changes.flatMap(({ accessKeys }) => accessKeys.map(({ id }) => id))),
    sql: 'SELECT id, tenant FROM access_keys WHERE id = ANY($1::text[])',
    keep: (snapshot, row) => snapshot.keyOwners.set(String(row['id']), row['tenant'] as never),
  },
  {
    values: (changes) =>
      ids(
        changes.flatMap(({ vpcs = [] }) => vpcs),
        [...vpcsOf(changes, 'vpc-exists'), ...unchanged(changes, 'vpcs')],
      ),
    sql: `SELECT id, alibaba_id, tencent_id, tenant, region, name, deleted_at_ms, version FROM vpcs
      WHERE id = ANY($1::text[]) OR alibaba_id = ANY($2::text[]) OR tencent_id = ANY($2::text[])`,
    keep: keepVpc,
  },
  {
    values(changes) {
      const wanted = conditionsOf(changes, 'vpc-name-free')
      return wanted.length === 0
        ? null
        : [wanted.map(({ party }) => party.tenant), wanted.map(({ name }) => name)]
    },
    sql: `SELECT id, alibaba_id, tencent_id, tenant, region, name, deleted_at_ms, version FROM vpcs
      WHERE (tenant, name) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND deleted_at_ms IS NULL`,
    keep: keepVpc,
  },
  {
    values: (changes) =>
      ids(
        changes.flatMap(({ peerings = [] }) => peerings),
        unchanged(changes, 'peerings'),
      ),
    sql: `SELECT id, alibaba_id, tencent_id, requester_vpc, accepter_vpc, state, version FROM peerings
      WHERE id = ANY($1::text[]) OR alibaba_id = ANY($2::text[]) OR tencent_id = ANY($2::text[])`,
    keep: keepPeering,
  },
  {
    values(changes) {
      const pairs = [
        ...changes
          .flatMap(({ peerings = [] }) => peerings)
          .map(({ to }) => pairOf(to.requester.vpc, to.accepter.vpc)),
        ...conditionsOf(changes, 'pair-free').map(({ pair }) => pairOf(...pair)),
      ]
      return pairs.length === 0 ? null : [pairs.map(([first]) => first), pairs.map(([, second]) => second)]
    },
    sql: `SELECT id, alibaba_id, tencent_id, requester_vpc, accepter_vpc, state, version
      FROM unnest($1::text[], $2::text[]) AS pair (first, second) CROSS JOIN LATERAL (
        SELECT * FROM peerings WHERE least(requester_vpc, accepter_vpc) = first
          AND greatest(requester_vpc, accepter_vpc) = second
          AND state <> 'deleted' AND state IN ('pending-acceptance', 'active') LIMIT 1
      ) AS live`,
    keep: keepPeering,
  },
  {
    values: (changes) => some([...vpcsOf(changes, 'vpc-unpeered'), ...vpcsOf(changes, 'neighbours-are')]),
    sql: `SELECT live.id, alibaba_id, tencent_id, requester_vpc, accepter_vpc, state, version
      FROM unnest($1::text[]) AS vpc (id) CROSS JOIN LATERAL (${livePeeringsOf('vpc.id')}) AS live`,
    keep: keepPeering,
  },
  {
    values: (changes) => ids(newParts(changes), []),
    sql: `SELECT id, alibaba_id, tencent_id FROM parts
      WHERE id = ANY($1::text[]) OR alibaba_id = ANY($2::text[]) OR tencent_id = ANY($2::text[])`,
    keep: (snapshot, row) => snapshot.addPart(resourceFact(row)),
  },
  {
    values: (changes) =>
      some([
        ...conditionsOf(changes, 'quota').flatMap(({ counter }) => counter.sumOf),
        ...conditionsOf(changes, 'full-is').flatMap(({ counter }) => counter.sumOf),
        ...changes
          .flatMap(({ peerings = [] }) =>
            peerings.flatMap(({ from, to }) => keptMoves(from?.state ?? null, to)),
          )
          .map(({ counter }) => counter.key),
      ]),
    sql: 'SELECT key, used FROM counters WHERE key = ANY($1::text[])',
    keep: (snapshot, row) => snapshot.counters.set(String(row['key']), Number(row['used'])),
  },
  {
    values(changes) {
      const ids = changes.flatMap(({ webhooks = [] }) => webhooks.map(({ id }) => id))
      const tenants = conditionsOf(changes, 'webhooks-below').map(({ tenant }) => tenant)
      return ids.length + tenants.length === 0 ? null : [ids, tenants]
    },
    sql: 'SELECT id, tenant, version FROM webhooks WHERE id = ANY($1::text[]) OR tenant = ANY($2::text[])',
    keep(snapshot, row) {
      const fact = { tenant: String(row['tenant']), version: Number(row['version']) }
      snapshot.webhooks.set(String(row['id']), fact)
    },
  },
]

/** Everything that `changes` need to know in one statement, and what keeps its rows; null where they need nothing. */
export function lookupFor(changes: Changes) {
  const asked = LOOKUPS.flatMap(({ values }, index) => {
    const given = values(changes)
    return given === null ? [] : [{ index, given }]
  })
  if (asked.length === 0) return null
  const statement = together(asked.map(({ index, given: { length } }) => ({ index, length })))
  return { statement: statement(...asked.flatMap(({ given }) => given)), keep: keepAll }
}

function keepAll(snapshot: Snapshot, rows: readonly Row[]): void {
  for (const { lookup, found } of rows)
    LOOKUPS[Number(lookup)]?.keep(snapshot, JSON.parse(String(found)) as Row)
}

const prepared = new Map<string, ReturnType<typeof prepare>>()

/** The questions with these numbers, each with so many values, as one. There are a few kinds of batches. */
function together(questions: readonly { readonly index: number; readonly length: number }[]) {
  const name = questions.map(({ index }) => index).join()
  const known = prepared.get(name)
  if (known) return known
  let before = 0
  const selects = questions.map(({ index, length }) => {
    const sql = LOOKUPS[index]?.sql.replaceAll(/\$(\d+)/g, (_, number) => `$${before + Number(number)}`)
    before += length
    return `SELECT ${index} AS lookup, to_json(answer) AS found FROM (${sql}) AS answer`
  })
  const made = prepare(selects.join(' UNION ALL '))
  prepared.set(name, made)
  return made
}

/** Each of `values` once, as the only value of a statement; null where there is none. */
function some(values: readonly string[]): readonly Value[] | null {
  return values.length === 0 ? null : [[...new Set(values)]]
}

/** What has the ids of new or changed resources, or is one of `more`. */
function ids(
  revisions: readonly { readonly to: Pick<ResourceFact, 'id' | 'ids'> }[],
  more: readonly string[],
): readonly Value[] | null {
  const own = [...revisions.map(({ to }) => to.id), ...more]
  if (own.length === 0) return null
  return [[...new Set(own)], revisions.flatMap(({ to }) => [to.ids.alibaba, to.ids.tencent])]
}

function unchanged(changes: Changes, resource: Versioned): readonly string[] {
  const all = conditionsOf(changes, 'unchanged').filter(({ of }) => of === resource)
  return all.map(({ id }) => id)
}

function newParts(changes: Changes): { readonly to: NetworkPart }[] {
  const revisions = changes.flatMap(({ parts = [] }) => parts)
  return revisions.flatMap(({ from, to }) => (to && !from ? [{ to }] : []))
}

function conditionsOf<K extends Condition['kind']>(
  changes: Changes,
  kind: K,
): Extract<Condition, { kind: K }>[] {
  const all = changes.flatMap(({ conditions = [] }) => conditions)
  return all.filter((condition): condition is Extract<Condition, { kind: K }> => condition.kind === kind)
}

function vpcsOf(changes: Changes, kind: 'vpc-exists' | 'vpc-unpeered' | 'neighbours-are'): readonly string[] {
  return conditionsOf(changes, kind).map(({ vpc }) => vpc)
}

function resourceFact(row: Row): ResourceFact {
  const id = String(row['id'])
  const ids = { huawei: id, alibaba: String(row['alibaba_id']), tencent: String(row['tencent_id']) }
  return { id, ids }
}

function keepVpc(snapshot: Snapshot, row: Row): void {
  snapshot.addVpc({
    ...resourceFact(row),
    version: Number(row['version']),
    tenant: String(row['tenant']),
    region: String(row['region']),
    name: String(row['name']),
    deleted: row['deleted_at_ms'] !== null,
  })
}

function keepPeering(snapshot: Snapshot, row: Row): void {
  snapshot.addPeering({
    ...resourceFact(row),
    version: Number(row['version']),
    requester: String(row['requester_vpc']),
    accepter: String(row['accepter_vpc']),
    state: row['state'] as PeeringFact['state'],
  })
}
