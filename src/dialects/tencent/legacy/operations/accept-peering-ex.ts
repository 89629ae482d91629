import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'
import { asTask } from '../task.ts'

/**
 * Accepting a peering, by the account that was asked; answers a task. Source: legacy page
 * "AcceptVpcPeeringConnectionEx".
 */
export const acceptPeeringEx = operation({
  name: 'AcceptVpcPeeringConnectionEx',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => asTask(app, caller, (asCaller) => app.acceptPeering(asCaller, input)),
  encode: (task) => task,
})
