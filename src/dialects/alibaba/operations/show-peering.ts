import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { encodePeering } from '../codec.ts'

/**
 * GetVpcPeerConnectionAttribute: either account sees it, not wrapped in anything.
 * Source: "GetVpcPeerConnectionAttribute".
 */
export const showPeering = operation({
  name: '2022-01-01 GetVpcPeerConnectionAttribute',
  decode: ({ parameters }: AlibabaCall) => ({ id: parameters.text('InstanceId') }),
  run: (app, caller, input) => app.showPeering(caller, input),
  encode: (view, _call, app, caller) => encodePeering(view, app, caller),
})
