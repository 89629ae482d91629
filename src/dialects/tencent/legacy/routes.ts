import type { TencentRoute } from '../call.ts'
import { acceptPeering } from './operations/accept-peering.ts'
import { acceptPeeringEx } from './operations/accept-peering-ex.ts'
import { createPeering } from './operations/create-peering.ts'
import { createPeeringEx } from './operations/create-peering-ex.ts'
import { createRoute } from './operations/create-route.ts'
import { createRouteTable } from './operations/create-route-table.ts'
import { createVpc } from './operations/create-vpc.ts'
import { deletePeering } from './operations/delete-peering.ts'
import { deletePeeringEx } from './operations/delete-peering-ex.ts'
import { deleteRoute } from './operations/delete-route.ts'
import { deleteRouteTable } from './operations/delete-route-table.ts'
import { deleteVpc } from './operations/delete-vpc.ts'
import { listPeerings } from './operations/list-peerings.ts'
import { listRouteTables } from './operations/list-route-tables.ts'
import { listVpcs } from './operations/list-vpcs.ts'
import { rejectPeering } from './operations/reject-peering.ts'
import { rejectPeeringEx } from './operations/reject-peering-ex.ts'
import { reopenPeering } from './operations/reopen-peering.ts'
import { reopenPeeringEx } from './operations/reopen-peering-ex.ts'
import { showTask } from './operations/show-task.ts'
import { updatePeering } from './operations/update-peering.ts'
import { updatePeeringEx } from './operations/update-peering-ex.ts'

/** Every operation of this dialect. A new one is its file and its line here. */
export const ROUTES: readonly TencentRoute[] = [
  { operation: createPeering, region: 'of-the-call' },
  { operation: createPeeringEx, region: 'of-the-call' },
  { operation: acceptPeering, region: 'any' },
  { operation: acceptPeeringEx, region: 'any' },
  { operation: rejectPeering, region: 'any' },
  { operation: rejectPeeringEx, region: 'any' },
  { operation: reopenPeering, region: 'any' },
  { operation: reopenPeeringEx, region: 'any' },
  { operation: deletePeering, region: 'any' },
  { operation: deletePeeringEx, region: 'any' },
  { operation: updatePeering, region: 'any' },
  { operation: updatePeeringEx, region: 'any' },
  { operation: listPeerings, region: 'of-the-call' },
  { operation: showTask, region: 'any' },
  { operation: createVpc, region: 'of-the-call' },
  { operation: listVpcs, region: 'of-the-call' },
  { operation: deleteVpc, region: 'any' },
  { operation: createRouteTable, region: 'of-the-call' },
  { operation: listRouteTables, region: 'of-the-call' },
  { operation: deleteRouteTable, region: 'any' },
  { operation: createRoute, region: 'of-the-call' },
  { operation: deleteRoute, region: 'any' },
]
