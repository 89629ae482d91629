import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeWholeRouteTable } from '../network-codec.ts'
import { wholeRouteTable } from '../network-views.ts'

/**
 * Associating Subnets with a Route Table, and disassociating them, after which they go by the default one.
 * Source: Open Telekom Cloud VPC API reference, pages of these names.
 */
export const associateRouteTable = operation({
  name: 'POST /v1/{project_id}/routetables/{routetable_id}/action',
  decode: (call: HuaweiCall) => {
    const subnets = call.body().object('routetable').object('subnets')
    const [associate, disassociate] = [subnets.texts('associate'), subnets.texts('disassociate')]
    if (associate.length + disassociate.length === 0) {
      throw new DomainError('request.missing', { field: 'routetable.subnets.associate' })
    }
    if (associate.length > 0 && disassociate.length > 0) {
      throw new DomainError('request.exclusive', { fields: ['associate', 'disassociate'] })
    }
    return { routeTable: call.path['routetable_id'] ?? '', associate, disassociate }
  },
  run: async (app, caller, input) =>
    wholeRouteTable(app, caller, (await app.associateRouteTable(caller, input)).id),
  encode: (view, _call, _app, caller) => ({ routetable: encodeWholeRouteTable(view, caller) }),
})
