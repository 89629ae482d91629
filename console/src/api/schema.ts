// Made by `npm run docs` from the OpenAPI document of the native API.

/** Every operation: what goes into its path, its query and its body, and what it answers. */
export interface Operations {
  /** Whom the token stands for. */
  'GET /caller': {
    path: Record<never, never>
    query: Record<never, never>
    body: undefined
    answer: { operator: boolean; tenant: { id: string; name: string } | null; dataPlane: string }
  }
  /** Make a tenant, with the ids of every dialect and one access key, whose secret is shown once (operator). */
  'POST /tenants': {
    path: Record<never, never>
    query: { dryRun?: boolean }
    body: { name: string; huawei?: { projects?: Readonly<Record<string, string>>; domainName?: string; user?: string; password?: string }; alibaba?: { uid?: string }; tencent?: { uin?: string; appId?: string }; quotas?: { 'peerings-per-tenant-region'?: number | null; 'same-region-peerings-per-vpc'?: number | null; 'cross-region-peerings-per-vpc'?: number | null; 'peerings-per-vpc'?: number | null; 'routes-per-route-table'?: number | null }; accessKeys?: readonly ({ id: string; secret: string })[] }
    answer: { id: string; name: string; huawei: { domainId: string; domainName: string; userId: string; user: string; projects: Readonly<Record<string, string>> }; alibaba: { uid: string }; tencent: { uin: string; appId: string }; quotas: { 'peerings-per-tenant-region'?: number | null; 'same-region-peerings-per-vpc'?: number | null; 'cross-region-peerings-per-vpc'?: number | null; 'peerings-per-vpc'?: number | null; 'routes-per-route-table'?: number | null }; createdAt: string; accessKeys?: readonly ({ id: string; secret?: string; token?: string; createdAt: string })[] }
  }
  /** List tenants (operator). */
  'GET /tenants': {
    path: Record<never, never>
    query: Record<never, never>
    body: undefined
    answer: { tenants: readonly ({ id: string; name: string; huawei: { domainId: string; domainName: string; userId: string; user: string; projects: Readonly<Record<string, string>> }; alibaba: { uid: string }; tencent: { uin: string; appId: string }; quotas: { 'peerings-per-tenant-region'?: number | null; 'same-region-peerings-per-vpc'?: number | null; 'cross-region-peerings-per-vpc'?: number | null; 'peerings-per-vpc'?: number | null; 'routes-per-route-table'?: number | null }; createdAt: string; accessKeys?: readonly ({ id: string; secret?: string; token?: string; createdAt: string })[] })[] }
  }
  /** Show a tenant, by id or name, with the ids of its keys; a tenant may see itself. */
  'GET /tenants/{id}': {
    path: { id: string }
    query: Record<never, never>
    body: undefined
    answer: { id: string; name: string; huawei: { domainId: string; domainName: string; userId: string; user: string; projects: Readonly<Record<string, string>> }; alibaba: { uid: string }; tencent: { uin: string; appId: string }; quotas: { 'peerings-per-tenant-region'?: number | null; 'same-region-peerings-per-vpc'?: number | null; 'cross-region-peerings-per-vpc'?: number | null; 'peerings-per-vpc'?: number | null; 'routes-per-route-table'?: number | null }; createdAt: string; accessKeys?: readonly ({ id: string; secret?: string; token?: string; createdAt: string })[] }
  }
  /** Make another access key; its secret is shown once. */
  'POST /tenants/{id}/keys': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: { id: string; secret?: string; token?: string; createdAt: string }
  }
  /** Take an access key away: requests signed with it are refused from now on. */
  'DELETE /tenants/{id}/keys/{key}': {
    path: { id: string; key: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: null
  }
  /** Show what a tenant has said beforehand about requests of others; its own, or the operator’s to see. */
  'GET /tenants/{id}/consent-policy': {
    path: { id: string }
    query: Record<never, never>
    body: undefined
    answer: { refuse: readonly ({ tenants?: readonly (string)[]; blocks?: readonly (string)[] })[]; accept: readonly ({ tenants?: readonly (string)[]; blocks?: readonly (string)[] })[]; refuseOverlap: boolean; waitingPerTenant: number | null }
  }
  /** Say beforehand what becomes of requests of others, in place of what was said before; what waits goes on waiting. */
  'PUT /tenants/{id}/consent-policy': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { refuse?: readonly ({ tenants?: readonly (string)[]; blocks?: readonly (string)[] })[]; accept?: readonly ({ tenants?: readonly (string)[]; blocks?: readonly (string)[] })[]; refuseOverlap?: boolean; waitingPerTenant?: number | null }
    answer: { refuse: readonly ({ tenants?: readonly (string)[]; blocks?: readonly (string)[] })[]; accept: readonly ({ tenants?: readonly (string)[]; blocks?: readonly (string)[] })[]; refuseOverlap: boolean; waitingPerTenant: number | null }
  }
  /** Let every request of others wait for its answer again. */
  'DELETE /tenants/{id}/consent-policy': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: null
  }
  /** Make a VPC; the operator says whose. */
  'POST /vpcs': {
    path: Record<never, never>
    query: { dryRun?: boolean }
    body: { tenant?: string; name: string; region: string; cidrs: readonly (string)[]; description?: string; adopt?: { ovnRouter: string } | { netns: string } }
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; tenant: string; name: string; description: string; region: string; cidrs: readonly (string)[]; adopt?: { ovnRouter: string } | { netns: string }; createdAt: string; updatedAt: string }
  }
  /** List VPCs: one’s own; for the operator, everybody’s. */
  'GET /vpcs': {
    path: Record<never, never>
    query: { limit?: number; after?: string; name?: string }
    body: undefined
    answer: { vpcs: readonly ({ id: string; ids: { huawei: string; alibaba: string; tencent: string }; tenant: string; name: string; description: string; region: string; cidrs: readonly (string)[]; adopt?: { ovnRouter: string } | { netns: string }; createdAt: string; updatedAt: string })[]; next: string | null }
  }
  /** Show a VPC, by any of its ids. */
  'GET /vpcs/{id}': {
    path: { id: string }
    query: Record<never, never>
    body: undefined
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; tenant: string; name: string; description: string; region: string; cidrs: readonly (string)[]; adopt?: { ovnRouter: string } | { netns: string }; createdAt: string; updatedAt: string }
  }
  /** Delete a VPC that no peering of its owner’s needs; requests that wait for it are refused. */
  'DELETE /vpcs/{id}': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: null
  }
  /** Make a subnet of a VPC. */
  'POST /vpcs/{id}/subnets': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { cidr: string; ipv6Cidr?: string; name: string; description?: string; gateway?: string }
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; vpc: string; name: string; description: string; createdAt: string; updatedAt: string; cidr: string; ipv6Cidr: string | null; gateway: string; zone: string }
  }
  /** List the subnets of a VPC. */
  'GET /vpcs/{id}/subnets': {
    path: { id: string }
    query: { limit?: number; after?: string }
    body: undefined
    answer: { subnets: readonly ({ id: string; ids: { huawei: string; alibaba: string; tencent: string }; vpc: string; name: string; description: string; createdAt: string; updatedAt: string; cidr: string; ipv6Cidr: string | null; gateway: string; zone: string })[]; next: string | null }
  }
  /** Delete a subnet. */
  'DELETE /vpcs/{id}/subnets/{subnet}': {
    path: { id: string; subnet: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: null
  }
  /** Lead what a VPC sends to a block through a peering, by its default route table or another. */
  'POST /vpcs/{id}/routes': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { destination: string; peering: string; routeTable?: string; name?: string; description?: string }
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; vpc: string; name: string; description: string; createdAt: string; updatedAt: string; routeTable: string; destination: string; peering: string; enabled: boolean }
  }
  /** List the routes of a VPC, in all of its tables. */
  'GET /vpcs/{id}/routes': {
    path: { id: string }
    query: { limit?: number; after?: string }
    body: undefined
    answer: { routes: readonly ({ id: string; ids: { huawei: string; alibaba: string; tencent: string }; vpc: string; name: string; description: string; createdAt: string; updatedAt: string; routeTable: string; destination: string; peering: string; enabled: boolean })[]; next: string | null }
  }
  /** Delete a route. */
  'DELETE /vpcs/{id}/routes/{route}': {
    path: { id: string; route: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: null
  }
  /** List the route tables of a VPC: the default one, and those that vendors’ clients made beside it. */
  'GET /vpcs/{id}/route-tables': {
    path: { id: string }
    query: { limit?: number; after?: string }
    body: undefined
    answer: { routeTables: readonly ({ id: string; ids: { huawei: string; alibaba: string; tencent: string }; vpc: string; name: string; description: string; createdAt: string; updatedAt: string; isDefault: boolean })[]; next: string | null }
  }
  /** Make a place to plug a workload into a subnet; the answer says how to plug it. */
  'POST /vpcs/{id}/ports': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { subnet: string; address?: string; namespace?: string }
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; vpc: string; subnet: string; address: string; addresses: readonly (string)[]; prefixLength: number; mac: string; gateway: string; attach: { netns: { namespace: string; interface: string } } | { ovn: { ifaceId: string; mac: string; address: string } } | null }
  }
  /** List the ports of a VPC. */
  'GET /vpcs/{id}/ports': {
    path: { id: string }
    query: { limit?: number; after?: string }
    body: undefined
    answer: { ports: readonly ({ id: string; ids: { huawei: string; alibaba: string; tencent: string }; vpc: string; subnet: string; address: string; addresses: readonly (string)[]; prefixLength: number; mac: string; gateway: string; attach: { netns: { namespace: string; interface: string } } | { ovn: { ifaceId: string; mac: string; address: string } } | null })[]; next: string | null }
  }
  /** Take a port away. */
  'DELETE /vpcs/{id}/ports/{port}': {
    path: { id: string; port: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: null
  }
  /** Ask for a peering; between two VPCs of one tenant it is active at once, else as the policy of its accepter says, or it waits. */
  'POST /peerings': {
    path: Record<never, never>
    query: { dryRun?: boolean }
    body: { requesterVpc: string; accepterVpc: string; name: string; description?: string }
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; name: string; description: string; state: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; accepter: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; createdAt: string; updatedAt: string; expiresAt: string | null; consent?: { decision: 'accept' | 'refuse'; rule: 'refuse-list' | 'overlap' | 'accept-list' | 'waiting-limit' } }
  }
  /** List peerings one takes part in; for the operator, all. */
  'GET /peerings': {
    path: Record<never, never>
    query: { limit?: number; after?: string; state?: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; vpc?: string; name?: string }
    body: undefined
    answer: { peerings: readonly ({ id: string; ids: { huawei: string; alibaba: string; tencent: string }; name: string; description: string; state: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; accepter: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; createdAt: string; updatedAt: string; expiresAt: string | null })[]; next: string | null }
  }
  /** Show a peering, by any of its ids. */
  'GET /peerings/{id}': {
    path: { id: string }
    query: Record<never, never>
    body: undefined
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; name: string; description: string; state: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; accepter: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; createdAt: string; updatedAt: string; expiresAt: string | null }
  }
  /** Change what a peering is called or described as; either side may. */
  'PATCH /peerings/{id}': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { name?: string; description?: string }
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; name: string; description: string; state: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; accepter: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; createdAt: string; updatedAt: string; expiresAt: string | null }
  }
  /** End a peering, or take a request back; either side may. */
  'DELETE /peerings/{id}': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { reason?: string } | undefined
    answer: null
  }
  /** Agree to a waiting request, as its accepter. */
  'POST /peerings/{id}/accept': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { reason?: string } | undefined
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; name: string; description: string; state: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; accepter: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; createdAt: string; updatedAt: string; expiresAt: string | null }
  }
  /** Refuse a waiting request, as its accepter. */
  'POST /peerings/{id}/reject': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { reason?: string } | undefined
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; name: string; description: string; state: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; accepter: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; createdAt: string; updatedAt: string; expiresAt: string | null }
  }
  /** Ask again for what has expired, as its requester. */
  'POST /peerings/{id}/reopen': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: { id: string; ids: { huawei: string; alibaba: string; tencent: string }; name: string; description: string; state: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; accepter: { tenant: { id: string; name: string }; region: string; vpc: string; vpcIds: { huawei: string; alibaba: string; tencent: string }; cidrs: readonly (string)[] }; createdAt: string; updatedAt: string; expiresAt: string | null }
  }
  /** How far the network has come with a peering, and when packets were last seen to agree. */
  'GET /peerings/{id}/realization': {
    path: { id: string }
    query: Record<never, never>
    body: undefined
    answer: { wanted: number; realized: number; provenAt: string | null; reason: string | null }
  }
  /** How far the network has come with each peering one takes part in; none where no network is driven. */
  'GET /realizations': {
    path: Record<never, never>
    query: { limit?: number; after?: string }
    body: undefined
    answer: { realizations: readonly ({ peering: string; wanted: number; realized: number; provenAt: string | null; reason: string | null })[]; next: string | null }
  }
  /** What happened to one peering, the newest first; go on before `next`, until that is null. */
  'GET /peerings/{id}/events': {
    path: { id: string }
    query: { before?: number }
    body: undefined
    answer: { events: readonly ({ sequence: number; at: string; type: string; peering: string; ids: { huawei: string; alibaba: string; tencent: string }; from: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted' | null; to: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: string; accepter: string; actor: { kind: string; tenant: string | null; dialect: string | null; requestId: string | null }; reason: string | null })[]; next: number | null }
  }
  /** Show what each cloud calls the two parties of a peering: project, uid, uin. */
  'GET /peerings/{id}/accounts': {
    path: { id: string }
    query: Record<never, never>
    body: undefined
    answer: { requester: { huawei: string; alibaba: string; tencent: string }; accepter: { huawei: string; alibaba: string; tencent: string } }
  }
  /** Every transition after a sequence number, in commit order; as text/event-stream, also those to come. */
  'GET /events': {
    path: Record<never, never>
    query: { after?: number; limit?: number; order?: 'ascending' | 'descending'; before?: number }
    body: undefined
    answer: { events: readonly ({ sequence: number; at: string; type: string; peering: string; ids: { huawei: string; alibaba: string; tencent: string }; from: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted' | null; to: 'pending-acceptance' | 'active' | 'rejected' | 'expired' | 'deleted'; requester: string; accepter: string; actor: { kind: string; tenant: string | null; dialect: string | null; requestId: string | null }; reason: string | null })[] }
  }
  /** Be told of what happens to one’s peerings from now on; the secret is shown once. */
  'POST /webhooks': {
    path: Record<never, never>
    query: { dryRun?: boolean }
    body: { tenant?: string; url: string; description?: string; eventTypes?: readonly ('peering.requested' | 'peering.accepted' | 'peering.rejected' | 'peering.expired' | 'peering.reopened' | 'peering.deleted' | 'peering.updated' | 'peering.proof-lost')[] | null; enabled?: boolean }
    answer: { id: string; tenant: string; url: string; description: string; eventTypes: readonly ('peering.requested' | 'peering.accepted' | 'peering.rejected' | 'peering.expired' | 'peering.reopened' | 'peering.deleted' | 'peering.updated' | 'peering.proof-lost')[] | null; enabled: boolean; position: number; secret?: string; previousSecretUntil: string | null; createdAt: string; updatedAt: string }
  }
  /** List webhooks: one’s own; for the operator, everybody’s. */
  'GET /webhooks': {
    path: Record<never, never>
    query: { limit?: number; after?: string }
    body: undefined
    answer: { webhooks: readonly ({ id: string; tenant: string; url: string; description: string; eventTypes: readonly ('peering.requested' | 'peering.accepted' | 'peering.rejected' | 'peering.expired' | 'peering.reopened' | 'peering.deleted' | 'peering.updated' | 'peering.proof-lost')[] | null; enabled: boolean; position: number; secret?: string; previousSecretUntil: string | null; createdAt: string; updatedAt: string })[]; next: string | null }
  }
  /** Show a webhook, and how far it has come. */
  'GET /webhooks/{id}': {
    path: { id: string }
    query: Record<never, never>
    body: undefined
    answer: { id: string; tenant: string; url: string; description: string; eventTypes: readonly ('peering.requested' | 'peering.accepted' | 'peering.rejected' | 'peering.expired' | 'peering.reopened' | 'peering.deleted' | 'peering.updated' | 'peering.proof-lost')[] | null; enabled: boolean; position: number; secret?: string; previousSecretUntil: string | null; createdAt: string; updatedAt: string }
  }
  /** Change where a webhook leads, what it is told of, or whether it is on. */
  'PATCH /webhooks/{id}': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: { url?: string; description?: string; eventTypes?: readonly ('peering.requested' | 'peering.accepted' | 'peering.rejected' | 'peering.expired' | 'peering.reopened' | 'peering.deleted' | 'peering.updated' | 'peering.proof-lost')[] | null; enabled?: boolean }
    answer: { id: string; tenant: string; url: string; description: string; eventTypes: readonly ('peering.requested' | 'peering.accepted' | 'peering.rejected' | 'peering.expired' | 'peering.reopened' | 'peering.deleted' | 'peering.updated' | 'peering.proof-lost')[] | null; enabled: boolean; position: number; secret?: string; previousSecretUntil: string | null; createdAt: string; updatedAt: string }
  }
  /** Delete a webhook, with what it has not taken. */
  'DELETE /webhooks/{id}': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: null
  }
  /** Give a webhook another secret, which is shown once; the one before signs along for a day. */
  'POST /webhooks/{id}/rotate-secret': {
    path: { id: string }
    query: { dryRun?: boolean }
    body: undefined
    answer: { secret: string; previousSecretUntil: string | null }
  }
  /** List what a webhook has not taken: what waits to be tried again, and what is dead. */
  'GET /webhooks/{id}/deliveries': {
    path: { id: string }
    query: { limit?: number; after?: number; state?: 'waiting' | 'dead' }
    body: undefined
    answer: { deliveries: readonly ({ sequence: number; state: 'waiting' | 'dead'; attempts: number; attemptedAt: string; nextAttemptAt: string | null; reason: string })[]; next: number | null }
  }
  /** Try a delivery that waits or is dead again, now. */
  'POST /webhooks/{id}/deliveries/{sequence}/retry': {
    path: { id: string; sequence: number }
    query: { dryRun?: boolean }
    body: undefined
    answer: { sequence: number; state: 'waiting' | 'dead'; attempts: number; attemptedAt: string; nextAttemptAt: string | null; reason: string }
  }
  /** Why one address can or cannot reach another, hop by hop, and who must do what. */
  'GET /explain': {
    path: Record<never, never>
    query: { from: string; to: string }
    body: undefined
    answer: { reachable: boolean; cause: string; from: { vpc: string; address: string }; to: { vpc: string; address: string }; steps: readonly ({ at: string; ok: boolean; says: string })[]; next: { tenant: { id: string; name: string } | null; says: string; calls: { native: string | null; huawei: string | null; alibaba: string | null; tencent: string | null } } | null }
  }
  /** List the regions, with the names by which each cloud’s clients know them; the first is answered. */
  'GET /regions': {
    path: Record<never, never>
    query: Record<never, never>
    body: undefined
    answer: { regions: readonly ({ name: string; huawei: readonly (string)[]; alibaba: readonly (string)[]; tencent: readonly (string)[] })[] }
  }
  /** The service’s clock, which deadlines are measured by. */
  'GET /clock': {
    path: Record<never, never>
    query: Record<never, never>
    body: undefined
    answer: { now: string }
  }
  /** Move the clock forward, where the service was started with --clock manual (operator). */
  'POST /clock': {
    path: Record<never, never>
    query: { dryRun?: boolean }
    body: { advance: string }
    answer: { now: string }
  }
}
