import type { ChangeTags } from '../../../app/change-tags.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { decodeTags, TAG_LIMIT, wrong } from '../network-codec.ts'

/** The kinds of resources that have tags, by what their paths are called. */
type Tagged = 'vpc' | 'subnet'

/**
 * Batch Adding or Deleting VPC Tags, and those of subnets, in one step; 204 without a body.
 * Source: Open Telekom Cloud VPC API reference, "Batch Adding or Deleting VPC Tags".
 */
export const changeVpcTags = operation({
  name: 'POST /v2.0/{project_id}/vpcs/{vpc_id}/tags/action',
  decode: (call: HuaweiCall) => decodeAction(call, 'vpc'),
  run: (app, caller, input) => app.changeTags(caller, input),
  encode: () => null,
})

export const changeSubnetTags = operation({
  name: 'POST /v2.0/{project_id}/subnets/{subnet_id}/tags/action',
  decode: (call: HuaweiCall) => decodeAction(call, 'subnet'),
  run: (app, caller, input) => app.changeTags(caller, input),
  encode: () => null,
})

function decodeAction(call: HuaweiCall, kind: Tagged): ChangeTags {
  const body = call.body()
  const action = body.text('action')
  if (action !== 'create' && action !== 'delete') throw wrong('action', 'must be create or delete', action)
  const tags = decodeTags(body, action === 'create')
  return {
    kind,
    id: call.path[`${kind}_id`] ?? '',
    set: action === 'create' ? tags : [],
    remove: action === 'delete' ? tags.map(({ key }) => key) : [],
    limit: TAG_LIMIT,
  }
}
