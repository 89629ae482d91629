import type { EventType } from '../../../src/domain/event.ts'
import type { PeeringEvent } from '../api/client.ts'
import type { Messages } from '../i18n/index.ts'

/** What each API is called. */
const DIALECTS: Readonly<Record<string, string>> = {
  native: 'Isthmus',
  huawei: 'Huawei Cloud',
  alibaba: 'Alibaba Cloud',
  tencent: 'Tencent Cloud',
}

/** An event in words; `names` are those of the tenants that one may know. */
export function eventWords(event: PeeringEvent, names: ReadonlyMap<string, string>, t: Messages) {
  const { type, actor } = event
  const tenant = names.get(actor.tenant ?? '') ?? t.events.tenantUnknown
  const by: Readonly<Record<string, string>> = {
    tenant: t.events.by.tenant(tenant),
    operator: t.events.by.operator,
    clock: t.events.by.clock,
    policy: t.events.by.policy(tenant),
  }
  return {
    what: type in t.events ? (t.events[type as EventType] satisfies string) : type,
    who: by[actor.kind] ?? actor.kind,
    through: actor.dialect === null ? '' : t.events.via(DIALECTS[actor.dialect] ?? actor.dialect),
  }
}
