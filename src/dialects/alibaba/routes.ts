import type { Operation } from '../dialect.ts'
import type { AlibabaCall } from './call.ts'
import { acceptPeering } from './operations/accept-peering.ts'
import { addVpcBlock } from './operations/add-vpc-block.ts'
import { associateRouteTable } from './operations/associate-route-table.ts'
import { createPeering } from './operations/create-peering.ts'
import { createRoute } from './operations/create-route.ts'
import { createRouteTable } from './operations/create-route-table.ts'
import { createSubnet } from './operations/create-subnet.ts'
import { createVpc } from './operations/create-vpc.ts'
import { deletePeering } from './operations/delete-peering.ts'
import { deleteRoute } from './operations/delete-route.ts'
import { deleteRouteTable } from './operations/delete-route-table.ts'
import { deleteSubnet } from './operations/delete-subnet.ts'
import { deleteVpc } from './operations/delete-vpc.ts'
import { disassociateRouteTable } from './operations/disassociate-route-table.ts'
import { listEndpoints } from './operations/list-endpoints.ts'
import { listNetworkTags } from './operations/list-network-tags.ts'
import { listPeeringTags } from './operations/list-peering-tags.ts'
import { listPeerings } from './operations/list-peerings.ts'
import { listRegions } from './operations/list-regions.ts'
import { listRouteTables } from './operations/list-route-tables.ts'
import { listRoutes } from './operations/list-routes.ts'
import { listRoutesByTable } from './operations/list-routes-by-table.ts'
import { listSubnets } from './operations/list-subnets.ts'
import { listVpcs } from './operations/list-vpcs.ts'
import { listZones } from './operations/list-zones.ts'
import { movePeering } from './operations/move-peering.ts'
import { moveVpc } from './operations/move-vpc.ts'
import { rejectPeering } from './operations/reject-peering.ts'
import { removeVpcBlock } from './operations/remove-vpc-block.ts'
import { showCaller } from './operations/show-caller.ts'
import { showPeering } from './operations/show-peering.ts'
import { showSubnet } from './operations/show-subnet.ts'
import { showVpc } from './operations/show-vpc.ts'
import { tagNetworks } from './operations/tag-networks.ts'
import { tagPeerings } from './operations/tag-peerings.ts'
import { untagNetworks } from './operations/untag-networks.ts'
import { untagPeerings } from './operations/untag-peerings.ts'
import { updatePeering } from './operations/update-peering.ts'
import { updateRoute } from './operations/update-route.ts'
import { updateRouteTable } from './operations/update-route-table.ts'
import { updateSubnet } from './operations/update-subnet.ts'
import { updateVpc } from './operations/update-vpc.ts'

export interface AlibabaRoute {
  /** Named by version and action, which is how a request says what it wants. */
  readonly operation: Operation<AlibabaCall>
  /** Whether it takes `ClientToken` and `DryRun`. */
  readonly writes: boolean
}

/** Every operation of this dialect. A new one is its file and its line here. */
export const ROUTES: readonly AlibabaRoute[] = [
  { operation: createPeering, writes: true },
  { operation: acceptPeering, writes: true },
  { operation: rejectPeering, writes: true },
  { operation: deletePeering, writes: true },
  { operation: showPeering, writes: false },
  { operation: listPeerings, writes: false },
  { operation: updatePeering, writes: true },
  { operation: tagPeerings, writes: true },
  { operation: untagPeerings, writes: true },
  { operation: listPeeringTags, writes: false },
  { operation: movePeering, writes: true },
  { operation: createVpc, writes: true },
  { operation: listVpcs, writes: false },
  { operation: showVpc, writes: false },
  { operation: updateVpc, writes: true },
  { operation: deleteVpc, writes: true },
  { operation: addVpcBlock, writes: true },
  { operation: removeVpcBlock, writes: true },
  { operation: moveVpc, writes: true },
  { operation: createSubnet, writes: true },
  { operation: listSubnets, writes: false },
  { operation: showSubnet, writes: false },
  { operation: updateSubnet, writes: true },
  { operation: deleteSubnet, writes: true },
  { operation: createRouteTable, writes: true },
  { operation: listRouteTables, writes: false },
  { operation: listRoutesByTable, writes: false },
  { operation: updateRouteTable, writes: true },
  { operation: deleteRouteTable, writes: true },
  { operation: associateRouteTable, writes: true },
  { operation: disassociateRouteTable, writes: true },
  { operation: createRoute, writes: true },
  { operation: listRoutes, writes: false },
  { operation: updateRoute, writes: true },
  { operation: deleteRoute, writes: true },
  { operation: tagNetworks, writes: true },
  { operation: untagNetworks, writes: true },
  { operation: listNetworkTags, writes: false },
  { operation: listRegions, writes: false },
  { operation: listZones, writes: false },
  { operation: showCaller, writes: false },
  { operation: listEndpoints, writes: false },
]
