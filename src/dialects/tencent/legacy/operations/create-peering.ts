import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeEnds } from '../codec.ts'

/**
 * Asking for a peering within the region of the call; active at once between two VPCs of one account, else it
 * waits. Source: legacy page "Creating a VPC Peering Connection".
 */
export const createPeering = operation({
  name: 'CreateVpcPeeringConnection',
  decode: (call: TencentCall, _app, caller) => ({
    ...decodeEnds(call.fields()),
    accepterRegion: caller.region,
    attributes: {},
  }),
  run: (app, caller, input) => app.createPeering(caller, input),
  encode: ({ peering }) => ({ peeringConnectionId: peering.ids.tencent }),
})
