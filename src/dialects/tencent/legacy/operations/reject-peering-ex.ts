import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'
import { asTask } from '../task.ts'

/**
 * Refusing a peering, by the account that was asked; answers a task, as its siblings do: no page of it could be
 * read. Source: legacy page "RejectVpcPeeringConnection".
 */
export const rejectPeeringEx = operation({
  name: 'RejectVpcPeeringConnectionEx',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => asTask(app, caller, (asCaller) => app.rejectPeering(asCaller, input)),
  encode: (task) => task,
})
