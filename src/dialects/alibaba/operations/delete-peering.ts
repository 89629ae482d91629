import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'

/**
 * DeleteVpcPeerConnection: either account may, in every state; it is unknown from then on. Route entries of either
 * account that lead through it must be gone first, or go along by force.
 * Source: "DeleteVpcPeerConnection"; the Terraform provider, which waits until it is unknown.
 */
export const deletePeering = operation({
  name: '2022-01-01 DeleteVpcPeerConnection',
  decode: ({ parameters }: AlibabaCall) => {
    const id = parameters.text('InstanceId')
    return { id, force: parameters.optionalBoolean('Force') ?? false }
  },
  run: (app, caller, input) => app.deletePeering(caller, input),
  encode: () => ({}),
})
