import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { TAG_LIMIT } from '../network-codec.ts'

/**
 * Deleting a Tag from a VPC, or from a subnet, by its key; one that is not there is refused. 204 without a body.
 * Source: Open Telekom Cloud VPC API reference, "Deleting a VPC Tag" and "Deleting a Subnet Tag".
 */
const deleteTag = (kind: 'vpc' | 'subnet') =>
  operation({
    name: `DELETE /v2.0/{project_id}/${kind}s/{${kind}_id}/tags/{key}`,
    decode: ({ path }: HuaweiCall) => ({ id: path[`${kind}_id`] ?? '', key: path['key'] ?? '' }),
    run: async (app, caller, { id, key }) => {
      const { tags } = await (kind === 'vpc' ? app.showVpc : app.showSubnet)(caller, { id })
      if (!tags.some((tag) => tag.key === key))
        throw new DomainError('tag.resource-not-found', { ids: [key] })
      await app.changeTags(caller, { kind, id, set: [], remove: [key], limit: TAG_LIMIT })
    },
    encode: () => null,
  })

export const deleteVpcTag = deleteTag('vpc')
export const deleteSubnetTag = deleteTag('subnet')
