import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'

/**
 * DeleteVpcPeerConnection: either account may, in every state; it is unknown from then on.
 * Source: "DeleteVpcPeerConnection"; the Terraform provider, which waits until it is unknown.
 */
export const deletePeering = operation({
  name: '2022-01-01 DeleteVpcPeerConnection',
  decode: ({ parameters }: AlibabaCall) => {
    const id = parameters.text('InstanceId')
    // Whether routes through it go too. There are none yet, so it is only read.
    parameters.optionalBoolean('Force')
    return { id }
  },
  run: (app, caller, input) => app.deletePeering(caller, input),
  encode: () => ({}),
})
