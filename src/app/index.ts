import { acceptPeering } from './accept-peering.ts'
import { changeRoutes, deleteRoute } from './change-routes.ts'
import { changeTags } from './change-tags.ts'
import { deleteWebhook, rotateWebhookSecret, updateWebhook } from './change-webhook.ts'
import type { Caller, Context } from './context.ts'
import { createPeering } from './create-peering.ts'
import { createPort, deletePort, listPorts } from './create-port.ts'
import {
  associateRouteTable,
  createRouteTable,
  deleteRouteTable,
  updateRouteTable,
} from './create-route-table.ts'
import { createSubnet, createSubnets, deleteSubnet, updateSubnet } from './create-subnet.ts'
import { createAccessKey, createTenant, deleteAccessKey } from './create-tenant.ts'
import { createVpc } from './create-vpc.ts'
import { createWebhook } from './create-webhook.ts'
import { deletePeering } from './delete-peering.ts'
import { deleteVpc } from './delete-vpc.ts'
import { explain } from './explain.ts'
import { listEvents } from './list-events.ts'
import { listPeerings } from './list-peerings.ts'
import { listRecentEvents } from './list-recent-events.ts'
import { listVpcs } from './list-vpcs.ts'
import { moveClock } from './move-clock.ts'
import { movePeering } from './move-peering.ts'
import { rejectPeering } from './reject-peering.ts'
import { reopenPeering } from './reopen-peering.ts'
import { retryDelivery } from './retry-delivery.ts'
import { setConsentPolicy } from './set-consent-policy.ts'
import { showHistory } from './show-history.ts'
import {
  listRoutes,
  listRouteTables,
  listSubnets,
  showPort,
  showRoute,
  showRouteTable,
  showSubnet,
} from './show-part.ts'
import { showPeering } from './show-peering.ts'
import { showRealization } from './show-realization.ts'
import { showVpc } from './show-vpc.ts'
import { listDeliveries, listWebhooks, showWebhook } from './show-webhook.ts'
import { tagNetworks, tagVpcs, untagNetworks, untagVpcs } from './tag-networks.ts'
import { tagPeerings, untagPeerings } from './tag-peerings.ts'
import { trackPeering, trackPeerings } from './track-peering.ts'
import { updatePeering } from './update-peering.ts'
import { updateVpc } from './update-vpc.ts'

/** Every use case, by name. A new one is its file and its line here. */
const useCases = {
  acceptPeering,
  associateRouteTable,
  changeRoutes,
  changeTags,
  createAccessKey,
  createPeering,
  createPort,
  createRouteTable,
  createSubnet,
  createSubnets,
  createTenant,
  createVpc,
  createWebhook,
  deleteAccessKey,
  deletePeering,
  deletePort,
  deleteRoute,
  deleteRouteTable,
  deleteSubnet,
  deleteVpc,
  deleteWebhook,
  explain,
  listDeliveries,
  listEvents,
  listPeerings,
  listRecentEvents,
  listPorts,
  listRoutes,
  listRouteTables,
  listSubnets,
  listVpcs,
  listWebhooks,
  moveClock,
  movePeering,
  rejectPeering,
  reopenPeering,
  retryDelivery,
  rotateWebhookSecret,
  setConsentPolicy,
  showHistory,
  showPeering,
  showPort,
  showRealization,
  showRoute,
  showRouteTable,
  showSubnet,
  showVpc,
  showWebhook,
  tagNetworks,
  tagPeerings,
  tagVpcs,
  trackPeering,
  trackPeerings,
  untagNetworks,
  untagPeerings,
  untagVpcs,
  updatePeering,
  updateRouteTable,
  updateSubnet,
  updateVpc,
  updateWebhook,
}

type Bound<F> = F extends (context: Context, caller: Caller, input: infer Input) => infer Output
  ? (caller: Caller, input: Input) => Output
  : never

/** What the dialects speak for: every use case, bound to what it works with. */
export type App = { readonly [Name in keyof typeof useCases]: Bound<(typeof useCases)[Name]> } & {
  readonly context: Context
}

export function createApp(context: Context): App {
  const bound = Object.entries(useCases).map(([name, useCase]) => [
    name,
    (useCase as (context: Context, caller: Caller, input: never) => unknown).bind(null, context),
  ])
  return { ...Object.fromEntries(bound), context }
}
