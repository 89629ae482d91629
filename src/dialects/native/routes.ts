import { moveClock, showClock } from './operations/clock.ts'
import { listEvents } from './operations/events.ts'
import { explain } from './operations/explain.ts'
import {
  createRoute,
  createSubnet,
  deleteRoute,
  deleteSubnet,
  listRoutes,
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
import { createPort, deletePort, listPorts, showRealization } from './operations/ports.ts'
import {
  createAccessKey,
  createTenant,
  deleteAccessKey,
  listTenants,
  showTenant,
} from './operations/tenants.ts'
import { createVpc, deleteVpc, listVpcs, showVpc } from './operations/vpcs.ts'
import type { NativeRoute } from './route.ts'

/** Every operation of the native API. */
export const ROUTES: readonly NativeRoute[] = [
  createTenant,
  listTenants,
  showTenant,
  createAccessKey,
  deleteAccessKey,
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
  listEvents,
  explain,
  showClock,
  moveClock,
]
