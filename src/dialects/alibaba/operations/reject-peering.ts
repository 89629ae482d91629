import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'

/** RejectVpcPeerConnection: the accepter refuses. Source: seed page "RejectVpcPeerConnection". */
export const rejectPeering = operation({
  name: '2022-01-01 RejectVpcPeerConnection',
  decode: ({ parameters }: AlibabaCall) => ({ id: parameters.text('InstanceId') }),
  run: (app, caller, input) => app.rejectPeering(caller, input),
  encode: () => ({}),
})
