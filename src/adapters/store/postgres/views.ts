import type { Tenant } from '../../../domain/tenant.ts'
import type { PeeringView } from '../../../ports/store.ts'
import { peeringFrom, type Row, tenantFrom, vpcFrom } from '../rows.ts'

const VPC_COLUMNS = [
  'id',
  'alibaba_id',
  'tencent_id',
  'tenant',
  'region',
  'name',
  'description',
  'cidrs',
  'tags',
  'created_at_ms',
  'updated_at_ms',
  'deleted_at_ms',
  'version',
  'attributes',
] as const

type Side = 'requester' | 'accepter'

const vpcOf = (side: Side) =>
  VPC_COLUMNS.map((column) => `${side}_end.${column} AS ${side}_end_${column}`).join(', ')

/** The peerings that `page` selects, a few, each with what `viewsFrom` needs; by their ids. */
export function peeringViews(page: string): string {
  return `SELECT page.*, ${vpcOf('requester')}, ${vpcOf('accepter')},
      asker.body AS requester_body, asker.consent AS requester_consent,
      answerer.body AS accepter_body, answerer.consent AS accepter_consent
    FROM (${page}) AS page
      JOIN vpcs AS requester_end ON requester_end.id = page.requester_vpc
      JOIN vpcs AS accepter_end ON accepter_end.id = page.accepter_vpc
      JOIN tenants AS asker ON asker.id = page.requester_tenant
      JOIN tenants AS answerer ON answerer.id = page.accepter_tenant
    ORDER BY page.id`
}

export function viewsFrom(rows: readonly Row[]): PeeringView[] {
  // A list has few tenants, and each row has two of them, whole.
  const tenants = new Map<unknown, Tenant>()
  const tenantOf = (body: Row[string], consent: Row[string]): Tenant => {
    const known = tenants.get(body) ?? tenantFrom({ body, consent })
    tenants.set(body, known)
    return known
  }
  const end = (row: Row, side: Side) => {
    const vpc: Row = {}
    for (const column of VPC_COLUMNS) vpc[column] = row[`${side}_end_${column}`] ?? null
    return {
      vpc: vpcFrom(vpc),
      tenant: tenantOf(row[`${side}_body`] ?? null, row[`${side}_consent`] ?? null),
    }
  }
  return rows.map((row) => ({
    peering: peeringFrom(row),
    requester: end(row, 'requester'),
    accepter: end(row, 'accepter'),
  }))
}
