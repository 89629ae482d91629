import { showCaller } from './operations/caller.ts'
import { moveClock, showClock } from './operations/clock.ts'
import { deleteConsentPolicy, setConsentPolicy, showConsentPolicy } from './operations/consent.ts'
import { listEvents, showHistory } from './operations/events.ts'
import { explain } from './operations/explain.ts'
import { listRegions, showAccounts } from './operations/names.ts'
import {
  createRoute,
  createSubnet,
  deleteRoute,
  deleteSubnet,
  listRoutes,
  listRouteTables,
  listSubnets,
} from './operations/networks.ts'
import {
  acceptPeering,
  createPeering,
  deletePeering,
  listPeerings,
  rejectPeering,
  reopenPeering,
  showPeering,
  updatePeering,
} from './operations/peerings.ts'
import { createPort, deletePort, listPorts, listRealizations, showRealization } from './operations/ports.ts'
import {
  createAccessKey,
  createTenant,
  deleteAccessKey,
  listTenants,
  showTenant,
} from './operations/tenants.ts'
import { createVpc, deleteVpc, listVpcs, showVpc } from './operations/vpcs.ts'
import {
  createWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  retryDelivery,
  rotateWebhookSecret,
  showWebhook,
  updateWebhook,
} from './operations/webhooks.ts'
import type { NativeRoute } from './route.ts'

/** Every operation of the native API. */
export const ROUTES: readonly NativeRoute[] = [
  showCaller,
  createTenant,
  listTenants,
  showTenant,
  createAccessKey,
  deleteAccessKey,
  showConsentPolicy,
  setConsentPolicy,
  deleteConsentPolicy,
  createVpc,
  listVpcs,
  showVpc,
  deleteVpc,
  createSubnet,
  listSubnets,
  deleteSubnet,
  createRoute,
  listRoutes,
  deleteRoute,
  listRouteTables,
  createPort,
  listPorts,
  deletePort,
  createPeering,
  listPeerings,
  showPeering,
  updatePeering,
  acceptPeering,
  rejectPeering,
  reopenPeering,
  deletePeering,
  showRealization,
  listRealizations,
  showHistory,
  showAccounts,
  listEvents,
  createWebhook,
  listWebhooks,
  showWebhook,
  updateWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  listDeliveries,
  retryDelivery,
  explain,
  listRegions,
  showClock,
  moveClock,
]
