import type { TencentRoute } from '../call.ts'
import { CODES } from './codes.ts'
import { acceptPeering } from './operations/accept-peering.ts'
import { associateRouteTable } from './operations/associate-route-table.ts'
import { createAssistantBlocks } from './operations/create-assistant-blocks.ts'
import { createPeering } from './operations/create-peering.ts'
import { createRouteTable } from './operations/create-route-table.ts'
import { createRoutes } from './operations/create-routes.ts'
import { createSubnet } from './operations/create-subnet.ts'
import { createSubnets } from './operations/create-subnets.ts'
import { createVpc } from './operations/create-vpc.ts'
import { deleteAssistantBlocks } from './operations/delete-assistant-blocks.ts'
import { deletePeering } from './operations/delete-peering.ts'
import { deleteRouteTable } from './operations/delete-route-table.ts'
import { deleteRoutes } from './operations/delete-routes.ts'
import { deleteSubnet } from './operations/delete-subnet.ts'
import { deleteVpc } from './operations/delete-vpc.ts'
import { disableRoutes } from './operations/disable-routes.ts'
import { enableRoutes } from './operations/enable-routes.ts'
import { listAssistantBlocks } from './operations/list-assistant-blocks.ts'
import { listPeerings } from './operations/list-peerings.ts'
import { listResourceTags } from './operations/list-resource-tags.ts'
import { listRouteTables } from './operations/list-route-tables.ts'
import { listSubnets } from './operations/list-subnets.ts'
import { listUsers } from './operations/list-users.ts'
import { listVpcs } from './operations/list-vpcs.ts'
import { rejectPeering } from './operations/reject-peering.ts'
import { showAccount } from './operations/show-account.ts'
import { showCaller } from './operations/show-caller.ts'
import { showTask } from './operations/show-task.ts'
import { updateAssistantBlocks } from './operations/update-assistant-blocks.ts'
import { updatePeering } from './operations/update-peering.ts'
import { updateResourceTags } from './operations/update-resource-tags.ts'
import { updateRouteTable } from './operations/update-route-table.ts'
import { updateSubnet } from './operations/update-subnet.ts'
import { updateVpc } from './operations/update-vpc.ts'
import type { ServiceName } from './services.ts'

export interface V3Route extends TencentRoute {
  readonly service: ServiceName
  /** The error codes with a dot that the action's page lists. */
  readonly codes: readonly string[]
}

/** Every operation of this dialect. A new one is its file and its line here. */
export const ROUTES: readonly V3Route[] = [
  { operation: createPeering, service: 'vpc', region: 'of-the-call', codes: CODES.createPeering },
  { operation: acceptPeering, service: 'vpc', region: 'any', codes: CODES.acceptPeering },
  { operation: rejectPeering, service: 'vpc', region: 'any', codes: CODES.rejectPeering },
  { operation: deletePeering, service: 'vpc', region: 'any', codes: CODES.deletePeering },
  { operation: updatePeering, service: 'vpc', region: 'any', codes: CODES.updatePeering },
  { operation: listPeerings, service: 'vpc', region: 'of-the-call', codes: CODES.listPeerings },
  { operation: createVpc, service: 'vpc', region: 'of-the-call', codes: CODES.createVpc },
  { operation: listVpcs, service: 'vpc', region: 'of-the-call', codes: CODES.describe },
  { operation: updateVpc, service: 'vpc', region: 'any', codes: CODES.updateVpc },
  { operation: deleteVpc, service: 'vpc', region: 'any', codes: CODES.deleteVpc },
  {
    operation: createAssistantBlocks,
    service: 'vpc',
    region: 'of-the-call',
    codes: CODES.createAssistantBlocks,
  },
  { operation: listAssistantBlocks, service: 'vpc', region: 'of-the-call', codes: CODES.describe },
  { operation: updateAssistantBlocks, service: 'vpc', region: 'any', codes: CODES.updateAssistantBlocks },
  { operation: deleteAssistantBlocks, service: 'vpc', region: 'any', codes: CODES.deleteAssistantBlocks },
  { operation: createSubnet, service: 'vpc', region: 'of-the-call', codes: CODES.createSubnet },
  { operation: createSubnets, service: 'vpc', region: 'of-the-call', codes: CODES.createSubnet },
  { operation: listSubnets, service: 'vpc', region: 'of-the-call', codes: CODES.describe },
  { operation: updateSubnet, service: 'vpc', region: 'any', codes: CODES.updateSubnet },
  { operation: deleteSubnet, service: 'vpc', region: 'any', codes: CODES.deleteSubnet },
  { operation: createRouteTable, service: 'vpc', region: 'of-the-call', codes: CODES.createRouteTable },
  { operation: listRouteTables, service: 'vpc', region: 'of-the-call', codes: CODES.describe },
  { operation: updateRouteTable, service: 'vpc', region: 'any', codes: CODES.updateRouteTable },
  { operation: deleteRouteTable, service: 'vpc', region: 'any', codes: CODES.deleteRouteTable },
  { operation: associateRouteTable, service: 'vpc', region: 'any', codes: CODES.associateRouteTable },
  { operation: createRoutes, service: 'vpc', region: 'of-the-call', codes: CODES.createRoutes },
  { operation: deleteRoutes, service: 'vpc', region: 'any', codes: CODES.deleteRoutes },
  { operation: enableRoutes, service: 'vpc', region: 'any', codes: CODES.switchRoutes },
  { operation: disableRoutes, service: 'vpc', region: 'any', codes: CODES.switchRoutes },
  { operation: showTask, service: 'vpc', region: 'any', codes: CODES.common },
  { operation: updateResourceTags, service: 'tag', region: 'any', codes: CODES.updateResourceTags },
  { operation: listResourceTags, service: 'tag', region: 'any', codes: CODES.common },
  { operation: showAccount, service: 'cam', region: 'any', codes: CODES.common },
  { operation: listUsers, service: 'cam', region: 'any', codes: CODES.common },
  { operation: showCaller, service: 'sts', region: 'any', codes: CODES.common },
]
