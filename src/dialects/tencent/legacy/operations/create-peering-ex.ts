import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeRegionField, decodeWord } from '../../codec.ts'
import { decodeEnds } from '../codec.ts'
import { asTask } from '../task.ts'

/**
 * Between VPCs. The other kind, 2, ends at the vendor's bare metal machines, of which there are none here.
 */
const TYPES = { 1: 'VPC' }

/**
 * Asking for a peering across regions; answers a task, whose result is the peering's id.
 * Source: legacy page "CreateVpcPeeringConnectionEx".
 */
export const createPeeringEx = operation({
  name: 'CreateVpcPeeringConnectionEx',
  decode: (call: TencentCall, app) => {
    const fields = call.fields()
    decodeWord(fields, 'type', TYPES)
    return {
      ...decodeEnds(fields),
      accepterRegion: decodeRegionField(app, fields.text('peerRegion')),
      attributes: { bandwidthMbps: fields.integer('bandwidth', { min: 1 }) },
    }
  },
  run: (app, caller, input) => asTask(app, caller, (asCaller) => app.createPeering(asCaller, input)),
  encode: (task) => task,
})
