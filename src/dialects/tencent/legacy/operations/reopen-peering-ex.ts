import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'
import { asTask } from '../task.ts'

/**
 * Asking again for a peering whose request has expired, by the account that asked; answers a task. Source:
 * legacy page "EnableVpcPeeringConnectionEx".
 */
export const reopenPeeringEx = operation({
  name: 'EnableVpcPeeringConnectionEx',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => asTask(app, caller, (asCaller) => app.reopenPeering(asCaller, input)),
  encode: (task) => task,
})
