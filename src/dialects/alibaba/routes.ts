import type { Operation } from '../dialect.ts'
import type { AlibabaCall } from './call.ts'
import { acceptPeering } from './operations/accept-peering.ts'
import { createPeering } from './operations/create-peering.ts'
import { createVpc } from './operations/create-vpc.ts'
import { deletePeering } from './operations/delete-peering.ts'
import { deleteVpc } from './operations/delete-vpc.ts'
import { listPeeringTags } from './operations/list-peering-tags.ts'
import { listPeerings } from './operations/list-peerings.ts'
import { listVpcs } from './operations/list-vpcs.ts'
import { movePeering } from './operations/move-peering.ts'
import { rejectPeering } from './operations/reject-peering.ts'
import { showPeering } from './operations/show-peering.ts'
import { showVpc } from './operations/show-vpc.ts'
import { tagPeerings } from './operations/tag-peerings.ts'
import { untagPeerings } from './operations/untag-peerings.ts'
import { updatePeering } from './operations/update-peering.ts'

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
  { operation: deleteVpc, writes: true },
]
