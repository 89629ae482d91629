import type { RequestedPeering } from '../../app/create-peering.ts'
import type { Explained } from '../../app/explain.ts'
import type { PeeringRealization } from '../../app/track-peering.ts'
import type { LoggedEvent } from '../../domain/event.ts'
import type { NetworkPart, Port, Route, RouteTable, Subnet } from '../../domain/network.ts'
import type { Region } from '../../domain/region.ts'
import type { AccessKey, Tenant } from '../../domain/tenant.ts'
import type { Vpc } from '../../domain/vpc.ts'
import type { Attachment } from '../../ports/data-plane.ts'
import type { PeeringView } from '../../ports/store.ts'
import { describeRemedy } from './remedies.ts'

/** RFC 3339, UTC, milliseconds. */
export const encodeTime = (timeMs: number) => new Date(timeMs).toISOString()

/** Nothing secret of the tenant's: neither its password nor its keys. */
export function encodeTenant(tenant: Tenant) {
  const { domainId, domainName, userId, userName, projects } = tenant.huawei
  return {
    id: tenant.id,
    name: tenant.name,
    huawei: { domainId, domainName, userId, user: userName, projects },
    alibaba: tenant.alibaba,
    tencent: tenant.tencent,
    quotas: tenant.quotas,
    createdAt: encodeTime(tenant.createdAtMs),
  }
}

/** A key that was just made; its secret is shown here and never again. */
export function encodeNewKey({ id, secret, createdAtMs }: AccessKey) {
  return { id, secret, token: bearerToken(id, secret), createdAt: encodeTime(createdAtMs) }
}

/** What the native API takes for a tenant's token. An id holds no dot, so it can be taken apart again. */
export function bearerToken(id: string, secret: string): string {
  return `${id}.${secret}`
}

export function encodeVpc(vpc: Vpc) {
  const { id, ids, tenant, name, description, region, cidrs, createdAtMs, updatedAtMs } = vpc
  const times = { createdAt: encodeTime(createdAtMs), updatedAt: encodeTime(updatedAtMs) }
  const { adopted } = vpc.attributes
  return { id, ids, tenant, name, description, region, cidrs, ...(adopted && { adopt: adopted }), ...times }
}

function encodePart({ id, ids, vpc, name, description, createdAtMs, updatedAtMs }: NetworkPart) {
  const times = { createdAt: encodeTime(createdAtMs), updatedAt: encodeTime(updatedAtMs) }
  return { id, ids, vpc, name, description, ...times }
}

/** The first block is `cidr`; an IPv6 block beside it is named apart. */
export function encodeSubnet(subnet: Subnet) {
  const [cidr = '', ipv6Cidr = null] = subnet.cidrs
  return { ...encodePart(subnet), cidr, ipv6Cidr, gateway: subnet.gateway, zone: subnet.zone }
}

export function encodePort(port: Port, { cidrs, gateway }: Subnet, attach: Attachment | null) {
  const { id, ids, vpc, subnet, addresses, mac } = port
  const [address = ''] = addresses
  const prefixLength = Number(cidrs[0]?.split('/')[1] ?? 0)
  return { id, ids, vpc, subnet, address, addresses, prefixLength, mac, gateway, attach }
}

export function encodeExplanation(explained: Explained, regions: readonly Region[]) {
  const { reachable, cause, from, to, fromVpc, toVpc, steps, next, tenant, owners } = explained
  return {
    reachable,
    cause,
    from: { vpc: fromVpc, address: from },
    to: { vpc: toVpc, address: to },
    steps,
    next: next && {
      tenant: tenant && { id: tenant.id, name: tenant.name },
      ...describeRemedy(next.remedy, { owners, regions }),
    },
  }
}

export function encodeRealization({ wanted, realized, provenAtMs, reason }: PeeringRealization) {
  return { wanted, realized, provenAt: provenAtMs === null ? null : encodeTime(provenAtMs), reason }
}

export function encodeRoute(route: Route) {
  const { routeTable, destination, nextHop, enabled } = route
  return { ...encodePart(route), routeTable, destination, peering: nextHop, enabled }
}

export function encodeRouteTable(table: RouteTable) {
  return { ...encodePart(table), isDefault: table.isDefault }
}

export function encodePeering({ peering, requester, accepter }: PeeringView) {
  const { id, ids, name, description, state, expiresAtMs } = peering
  return {
    id,
    ids,
    name,
    description,
    state,
    requester: encodeSide(requester),
    accepter: encodeSide(accepter),
    createdAt: encodeTime(peering.createdAtMs),
    updatedAt: encodeTime(peering.updatedAtMs),
    expiresAt: expiresAtMs === null ? null : encodeTime(expiresAtMs),
  }
}

/** With what the accepter's policy made of it, where this is the request that asked. */
export function encodeRequested({ verdict, ...view }: RequestedPeering) {
  return { ...encodePeering(view), ...(verdict && { consent: verdict }) }
}

/** What each side learns of the other: who it is, and which addresses it would bring. */
function encodeSide({ vpc, tenant }: PeeringView['requester']) {
  return {
    tenant: { id: tenant.id, name: tenant.name },
    region: vpc.region,
    vpc: vpc.id,
    vpcIds: vpc.ids,
    cidrs: vpc.cidrs,
  }
}

/** Where a request came from stays with the operator's audit; the other side need not know. */
export function encodeEvent({
  sequence,
  atMs,
  type,
  peering,
  ids,
  from,
  to,
  requester,
  accepter,
  actor,
  reason,
}: LoggedEvent) {
  const { kind, tenant, dialect, requestId } = actor
  const by = { kind, tenant, dialect, requestId }
  const at = encodeTime(atMs)
  return { sequence, at, type, peering, ids, from, to, requester, accepter, actor: by, reason }
}
