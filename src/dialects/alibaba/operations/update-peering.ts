import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeCapacity, looseText } from '../codec.ts'

const NAME = looseText(128)
const DESCRIPTION = looseText(256)

/**
 * ModifyVpcPeerConnection: either account may change what the two share, while it is active. An empty name is not
 * one that was left out, and too short. Source: "ModifyVpcPeerConnection".
 */
export const updatePeering = operation({
  name: '2022-01-01 ModifyVpcPeerConnection',
  decode: ({ parameters, literal }: AlibabaCall) => {
    const id = parameters.text('InstanceId')
    const name = literal.optionalText('Name', NAME)
    const description = literal.optionalText('Description', DESCRIPTION)
    return {
      id,
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      attributes: decodeCapacity(parameters),
    }
  },
  run: (app, caller, input) => app.updatePeering(caller, input),
  encode: () => ({}),
})
