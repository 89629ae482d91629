import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'
import { asTask } from '../task.ts'

/**
 * Deleting a peering, by either account and in every state; answers a task. Source: legacy page
 * "DeleteVpcPeeringConnectionEx".
 */
export const deletePeeringEx = operation({
  name: 'DeleteVpcPeeringConnectionEx',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => asTask(app, caller, (asCaller) => app.deletePeering(asCaller, input)),
  encode: (task) => task,
})
