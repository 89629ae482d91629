import type { Consent } from '../../domain/consent.ts'
import type { Actor, LoggedEvent } from '../../domain/event.ts'
import type { NetworkPart } from '../../domain/network.ts'
import {
  NO_ATTRIBUTES,
  type Peering,
  type PeeringAttributes,
  type PeeringSide,
  type PeeringState,
} from '../../domain/peering.ts'
import type { Realization } from '../../domain/realization.ts'
import type { Tenant } from '../../domain/tenant.ts'
import { NO_VPC_ATTRIBUTES, type Vpc, type VpcAttributes } from '../../domain/vpc.ts'
import type { Claim } from '../../ports/store.ts'

/** A row as a database answers it: JSON as its text, whole numbers as such. */
export type Row = Record<string, string | number | bigint | boolean | null | Uint8Array>

/** What each row is as a value of the domain, in whichever database. Each adapter says how it writes them. */

/** What another row refers to: foreign keys promise that it is there. */
export function present<T>(value: T | null | undefined): T {
  if (value == null) throw new Error('a row that another one refers to is missing')
  return value
}

/** `row` has the tenant's policy of consent beside its body. */
export function tenantFrom(row: Row): Tenant {
  const tenant = JSON.parse(String(row['body'])) as Tenant
  const consent = row['consent']
  return consent == null ? tenant : { ...tenant, consent: JSON.parse(String(consent)) as Consent }
}

/** A tenant but for what is kept beside its body. */
export function tenantBody({ consent: _, ...body }: Tenant): Omit<Tenant, 'consent'> {
  return body
}

export function vpcFrom(row: Row): Vpc {
  return {
    id: row['id'] as Vpc['id'],
    ids: {
      huawei: String(row['id']),
      alibaba: String(row['alibaba_id']),
      tencent: String(row['tencent_id']),
    },
    tenant: row['tenant'] as Vpc['tenant'],
    region: row['region'] as Vpc['region'],
    name: String(row['name']),
    description: String(row['description']),
    cidrs: JSON.parse(String(row['cidrs'])) as string[],
    tags: JSON.parse(String(row['tags'])) as Vpc['tags'],
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
    deletedAtMs: row['deleted_at_ms'] === null ? null : Number(row['deleted_at_ms']),
    version: Number(row['version']),
    attributes: row['attributes']
      ? (JSON.parse(String(row['attributes'])) as VpcAttributes)
      : NO_VPC_ATTRIBUTES,
  }
}

/** Most VPCs have none of them. */
export function vpcAttributesText(attributes: VpcAttributes): string | null {
  const text = JSON.stringify(attributes)
  return text === NO_VPC_ATTRIBUTES_TEXT ? null : text
}

const NO_VPC_ATTRIBUTES_TEXT = JSON.stringify(NO_VPC_ATTRIBUTES)

export function realizationFrom(row: Row): Realization {
  return {
    of: row['id'] as Realization['of'],
    realized: Number(row['realized']),
    provenAtMs: row['proven_at_ms'] == null ? null : Number(row['proven_at_ms']),
    reason: row['reason'] == null ? null : String(row['reason']),
  }
}

export function partFrom(row: Row): NetworkPart {
  return JSON.parse(String(row['body'])) as NetworkPart
}

/** What parts are asked for by, beside what all of them have. */
export function partColumns(part: NetworkPart) {
  return {
    routeTable: part.kind === 'route' || part.kind === 'subnet' ? part.routeTable : null,
    peering: part.kind === 'route' ? part.nextHop : null,
    destination: part.kind === 'route' ? part.destination : null,
    isDefault: part.kind === 'route-table' && part.isDefault,
  }
}

export function peeringFrom(row: Row): Peering {
  const side = (name: 'requester' | 'accepter'): PeeringSide => ({
    tenant: row[`${name}_tenant`] as PeeringSide['tenant'],
    region: row[`${name}_region`] as PeeringSide['region'],
    vpc: row[`${name}_vpc`] as PeeringSide['vpc'],
  })
  return {
    id: row['id'] as Peering['id'],
    ids: {
      huawei: String(row['id']),
      alibaba: String(row['alibaba_id']),
      tencent: String(row['tencent_id']),
    },
    name: String(row['name']),
    description: String(row['description']),
    requester: side('requester'),
    accepter: side('accepter'),
    state: row['state'] as PeeringState,
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
    expiresAtMs: row['expires_at_ms'] === null ? null : Number(row['expires_at_ms']),
    version: Number(row['version']),
    attributes: attributesFrom(row['attributes']),
  }
}

/** Most peerings have none of them, and a million rows are read and written faster without. */
export function attributesText(attributes: PeeringAttributes): string | null {
  const text = JSON.stringify(attributes)
  return text === NOTHING_SAID ? null : text
}

/** The same, for a database that is given JSON. */
export function attributesOrNull(attributes: PeeringAttributes): PeeringAttributes | null {
  return attributesText(attributes) === null ? null : attributes
}

const NOTHING_SAID = JSON.stringify(NO_ATTRIBUTES)

function attributesFrom(text: Row[string] | undefined): PeeringAttributes {
  return text === null ? NO_ATTRIBUTES : (JSON.parse(String(text)) as PeeringAttributes)
}

/** `row` has the ids of its peering beside what is its own. */
export function eventFrom(row: Row): LoggedEvent {
  return {
    sequence: Number(row['sequence']),
    type: row['type'] as LoggedEvent['type'],
    atMs: Number(row['at_ms']),
    peering: row['peering'] as LoggedEvent['peering'],
    ids: {
      huawei: String(row['peering']),
      alibaba: String(row['alibaba_id']),
      tencent: String(row['tencent_id']),
    },
    from: row['from_state'] as LoggedEvent['from'],
    to: row['to_state'] as LoggedEvent['to'],
    requester: row['requester'] as LoggedEvent['requester'],
    accepter: row['accepter'] as LoggedEvent['accepter'],
    actor: {
      kind: row['actor_kind'] as Actor['kind'],
      tenant: row['actor_tenant'] as Actor['tenant'],
      dialect: row['dialect'] as Actor['dialect'],
      requestId: row['request_id'] as Actor['requestId'],
      remoteAddress: row['remote_address'] as Actor['remoteAddress'],
    },
    reason: row['reason'] == null ? null : String(row['reason']),
  }
}

export function claimFrom(row: Row): Claim {
  return {
    key: String(row['key']),
    fingerprint: String(row['fingerprint']),
    result: String(row['result']),
    expiresAtMs: Number(row['expires_at_ms']),
  }
}
