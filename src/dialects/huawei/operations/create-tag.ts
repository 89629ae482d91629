import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { decodeTag, TAG_LIMIT } from '../network-codec.ts'

/**
 * Adding a Tag to a VPC, or to a subnet; a key that is there gets the new value. 204 without a body.
 * Source: Open Telekom Cloud VPC API reference, "Adding a Tag to a VPC" and "Adding a Tag to a Subnet".
 */
const createTag = (kind: 'vpc' | 'subnet') =>
  operation({
    name: `POST /v2.0/{project_id}/${kind}s/{${kind}_id}/tags`,
    decode: (call: HuaweiCall) => ({
      kind,
      id: call.path[`${kind}_id`] ?? '',
      set: [decodeTag(call.body().object('tag'))],
      remove: [],
      limit: TAG_LIMIT,
    }),
    run: (app, caller, input) => app.changeTags(caller, input),
    encode: () => null,
  })

export const createVpcTag = createTag('vpc')
export const createSubnetTag = createTag('subnet')
