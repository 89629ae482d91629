import { KEY_CHECK } from './key-check.ts'

/** What a column holds, whatever the database calls it. */
export type ColumnKind = 'text' | 'long-key' | 'integer' | 'boolean' | 'json' | 'bytes'

/** One kind of row, as every database keeps it. */
export interface Table {
  readonly name: string
  /** What rows are read in the order of. */
  readonly key: string
  readonly columns: Readonly<Record<string, ColumnKind>>
  /** Rows that belong to the database rather than to what it keeps: a condition that leaves them out. */
  readonly where?: string
}

const RESOURCE = { id: 'text', alibaba_id: 'text', tencent_id: 'text' } as const
const SPAN = { created_at_ms: 'integer', updated_at_ms: 'integer' } as const

/** Everything that a store keeps, in an order in which each row finds those that it refers to. */
export const TABLES: readonly Table[] = [
  {
    name: 'settings',
    key: 'name',
    columns: { name: 'text', value: 'text' },
    where: `name <> '${KEY_CHECK}'`,
  },
  {
    name: 'tenants',
    key: 'id',
    columns: {
      ...{ id: 'text', name: 'text', domain_name: 'text' },
      ...{ alibaba_uid: 'text', tencent_uin: 'text', body: 'json', consent: 'json' },
    },
  },
  { name: 'projects', key: 'id', columns: { id: 'text', tenant: 'text', region: 'text' } },
  {
    name: 'access_keys',
    key: 'id',
    columns: { id: 'text', tenant: 'text', sealed_secret: 'bytes', created_at_ms: 'integer' },
  },
  {
    name: 'vpcs',
    key: 'id',
    columns: {
      ...RESOURCE,
      ...{ tenant: 'text', region: 'text', name: 'text', description: 'text', cidrs: 'json', tags: 'json' },
      ...{ ...SPAN, deleted_at_ms: 'integer', version: 'integer', attributes: 'json' },
    },
  },
  {
    name: 'peerings',
    key: 'id',
    columns: {
      ...{ ...RESOURCE, name: 'text', description: 'text' },
      ...{ requester_tenant: 'text', requester_region: 'text', requester_vpc: 'text' },
      ...{ accepter_tenant: 'text', accepter_region: 'text', accepter_vpc: 'text' },
      ...{ state: 'text', ...SPAN, expires_at_ms: 'integer', version: 'integer', attributes: 'json' },
    },
  },
  {
    name: 'parts',
    key: 'id',
    columns: {
      ...{ kind: 'text', ...RESOURCE, tenant: 'text', region: 'text', vpc: 'text', name: 'text' },
      ...{ route_table: 'text', peering: 'text', destination: 'text', is_default: 'boolean', body: 'json' },
    },
  },
  {
    name: 'realizations',
    key: 'id',
    columns: { id: 'text', realized: 'integer', proven_at_ms: 'integer', reason: 'text' },
  },
  { name: 'allocations', key: 'name', columns: { name: 'text', number: 'integer' } },
  {
    name: 'webhooks',
    key: 'id',
    columns: {
      ...{ id: 'text', tenant: 'text', url: 'text', description: 'text', event_types: 'json' },
      ...{ enabled: 'boolean', sealed_secrets: 'bytes', ...SPAN, version: 'integer' },
    },
  },
  { name: 'webhook_positions', key: 'webhook', columns: { webhook: 'text', position: 'integer' } },
  {
    name: 'deliveries',
    key: 'webhook, sequence',
    columns: {
      ...{ webhook: 'text', sequence: 'integer', attempts: 'integer' },
      ...{ attempted_at_ms: 'integer', next_attempt_at_ms: 'integer', reason: 'text' },
    },
  },
  { name: 'counters', key: 'key', columns: { key: 'text', used: 'integer' } },
  {
    name: 'events',
    key: 'sequence',
    columns: {
      ...{ sequence: 'integer', at_ms: 'integer', type: 'text', peering: 'text' },
      ...{ from_state: 'text', to_state: 'text', requester: 'text', accepter: 'text' },
      ...{ actor_kind: 'text', actor_tenant: 'text', dialect: 'text', request_id: 'text' },
      ...{ remote_address: 'text', reason: 'text' },
    },
  },
  {
    name: 'claims',
    key: 'key',
    columns: { key: 'long-key', fingerprint: 'text', result: 'text', expires_at_ms: 'integer' },
  },
]

/** `SELECT` of the whole table, in its own order. */
export function selectAll({ name, key, columns, where }: Table): string {
  const condition = where === undefined ? '' : ` WHERE ${where}`
  return `SELECT ${Object.keys(columns).join(', ')} FROM ${name}${condition} ORDER BY ${key}`
}

export function countAll({ name, where }: Table): string {
  return `SELECT count(*) AS count FROM ${name}${where === undefined ? '' : ` WHERE ${where}`}`
}
