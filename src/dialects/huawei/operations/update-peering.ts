import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { DESCRIPTION, encodePeering, PEERING_NAME } from '../codec.ts'

/**
 * Updating a VPC Peering Connection: its name, its description, or both; an empty description clears it.
 * Source: Open Telekom Cloud VPC API reference, "Updating a VPC Peering Connection"; captured from its provider.
 */
export const updatePeering = operation({
  name: 'PUT /v2.0/vpc/peerings/{peering_id}',
  decode: (call: HuaweiCall) => {
    const peering = call.body().object('peering')
    const name = peering.optionalText('name', PEERING_NAME)
    const description = peering.optionalText('description', DESCRIPTION)
    if (name === undefined && description === undefined)
      throw new DomainError('peering.nothing-to-update', {})
    return {
      id: call.path['peering_id'] ?? '',
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
    }
  },
  run: (app, caller, input) => app.updatePeering(caller, input),
  encode: (view) => ({ peering: encodePeering(view) }),
})
