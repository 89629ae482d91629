import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { encodePeering } from '../codec.ts'

/**
 * GetVpcPeerConnectionAttribute: either account sees it, not wrapped in anything; also while it is being taken out of the
 * network.
 * Source: "GetVpcPeerConnectionAttribute".
 */
export const showPeering = operation({
  name: '2022-01-01 GetVpcPeerConnectionAttribute',
  decode: ({ parameters }: AlibabaCall) => ({ id: parameters.text('InstanceId') }),
  run: (app, caller, input) => app.trackPeering(caller, input),
  encode: (view, _call, app, caller) => encodePeering(view, app, caller),
})
