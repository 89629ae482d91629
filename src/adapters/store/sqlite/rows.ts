import type { EventDraft, LoggedEvent } from '../../../domain/event.ts'
import type { Peering, PeeringSide, PeeringState } from '../../../domain/peering.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Claim } from '../../../ports/store.ts'
import type { Row } from './database.ts'

/** What each row is as a value of the domain. The statements that write them are in `writer.ts`. */

export function tenantFrom(row: Row): Tenant {
  return JSON.parse(String(row['body'])) as Tenant
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
    attributes: JSON.parse(String(row['attributes'])) as Peering['attributes'],
  }
}

export function eventFrom(row: Row): LoggedEvent {
  const { ids, actor } = JSON.parse(String(row['body'])) as Pick<EventDraft, 'ids' | 'actor'>
  return {
    sequence: Number(row['sequence']),
    type: row['type'] as LoggedEvent['type'],
    atMs: Number(row['at_ms']),
    peering: row['peering'] as LoggedEvent['peering'],
    ids,
    from: row['from_state'] as LoggedEvent['from'],
    to: row['to_state'] as LoggedEvent['to'],
    requester: row['requester'] as LoggedEvent['requester'],
    accepter: row['accepter'] as LoggedEvent['accepter'],
    actor,
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
