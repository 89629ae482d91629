import { acceptPeering } from './accept-peering.ts'
import { changeRoutes, deleteRoute } from './change-routes.ts'
import { changeTags } from './change-tags.ts'
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
import { deletePeering } from './delete-peering.ts'
import { deleteVpc } from './delete-vpc.ts'
import { explain } from './explain.ts'
import { listEvents } from './list-events.ts'
import { listPeerings } from './list-peerings.ts'
import { listVpcs } from './list-vpcs.ts'
import { moveClock } from './move-clock.ts'
import { movePeering } from './move-peering.ts'
import { rejectPeering } from './reject-peering.ts'
import { reopenPeering } from './reopen-peering.ts'
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
import { tagNetworks, tagVpcs, untagNetworks, untagVpcs } from './tag-networks.ts'
import { tagPeerings, untagPeerings } from './tag-peerings.ts'
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
  deleteAccessKey,
  deletePeering,
  deletePort,
  deleteRoute,
  deleteRouteTable,
  deleteSubnet,
  deleteVpc,
  explain,
  listEvents,
  listPeerings,
  listPorts,
  listRoutes,
  listRouteTables,
  listSubnets,
  listVpcs,
  moveClock,
  movePeering,
  rejectPeering,
  reopenPeering,
  showPeering,
  showPort,
  showRealization,
  showRoute,
  showRouteTable,
  showSubnet,
  showVpc,
  tagNetworks,
  tagPeerings,
  tagVpcs,
  untagNetworks,
  untagPeerings,
  untagVpcs,
  updatePeering,
  updateRouteTable,
  updateSubnet,
  updateVpc,
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
