import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalResourceGroup, decodeTags } from '../codec.ts'

/**
 * AcceptVpcPeerConnection: the accepter agrees, and may file it under tags and a resource group of its own.
 * Source: "AcceptVpcPeerConnection".
 */
export const acceptPeering = operation({
  name: '2022-01-01 AcceptVpcPeerConnection',
  decode: ({ parameters }: AlibabaCall, _app, caller) => {
    const id = parameters.text('InstanceId')
    const resourceGroup = decodeOptionalResourceGroup(parameters, caller)
    const tags = decodeTags(parameters)
    return { id, ...(resourceGroup && { resourceGroup }), ...(tags.length > 0 && { tags }) }
  },
  run: (app, caller, input) => app.acceptPeering(caller, input),
  encode: () => ({}),
})
