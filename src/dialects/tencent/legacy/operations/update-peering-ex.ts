import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeWord, PEERING_NAME } from '../../codec.ts'
import { changePeering, requireChange } from '../../update-peering.ts'
import { decodePeeringId } from '../codec.ts'
import { asTask } from '../task.ts'

/** Source: legacy page "ModifyVpcPeeringConnectionEx", bandwidth. */
const BANDWIDTHS = { 10: 10, 20: 20, 50: 50, 100: 100, 200: 200, 500: 500, 1000: 1000 }

/**
 * Changing a peering's name or bandwidth; answers a task. Source: legacy page "ModifyVpcPeeringConnectionEx".
 */
export const updatePeeringEx = operation({
  name: 'ModifyVpcPeeringConnectionEx',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    const name = fields.optionalText('peeringConnectionName', PEERING_NAME)
    const bandwidthMbps = decodeWord(fields, 'bandwidth', BANDWIDTHS)
    return {
      ...decodePeeringId(fields),
      ...(name !== undefined && { name }),
      ...(bandwidthMbps !== undefined && { bandwidthMbps }),
    }
  },
  run: (app, caller, input) =>
    asTask(app, caller, (asCaller) => changePeering(app, asCaller, requireChange(input))),
  encode: (task) => task,
})
