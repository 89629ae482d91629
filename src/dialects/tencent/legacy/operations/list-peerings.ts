import type { PeeringFilter } from '../../../../app/list-peerings.ts'
import { PEERING_STATES, type PeeringState } from '../../../../domain/peering.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { decodeWord } from '../../codec.ts'
import { decodeDescending, decodeWindow, encodePeering } from '../codec.ts'
import { STATE } from '../errors.ts'

/**
 * Listing the peerings that an account takes part in, with its end in the region of the call, within the region
 * and across. A VPC or a peering that is named and is none of the account's is an error in this API.
 * Source: legacy page "Querying VPC Peering Connections".
 */
export const listPeerings = operation({
  name: 'DescribeVpcPeeringConnections',
  decode: (call: TencentCall) => decode(call.fields()),
  run: async (app, caller, { id, vpc, filter }) => {
    if (vpc !== undefined) await app.showVpc(caller, { id: vpc })
    if (id !== undefined) await app.showPeering(caller, { id })
    return app.listPeerings(caller, {
      ...filter,
      ...(id !== undefined && { ids: [id] }),
      ...(vpc !== undefined && { vpcs: [vpc] }),
    })
  },
  encode: ({ items, total }, _call, app) => ({
    totalCount: total ?? items.length,
    data: items.map((view) => encodePeering(app, view)),
  }),
})

const STATES: Readonly<Record<string, PeeringState>> = Object.fromEntries(
  PEERING_STATES.map((state) => [STATE[state], state]),
)

/** `peeringconnectionname` is how the vendor spells it; the other is what anybody would try. */
const ORDERS = { createTime: 'id', peeringconnectionname: 'name', peeringConnectionName: 'name' } as const

function decode(fields: Fields) {
  const name = fields.optionalText('peeringConnectionName')
  const state = decodeWord(fields, 'state', STATES)
  const by = decodeWord<'id' | 'name'>(fields, 'orderField', ORDERS) ?? 'id'
  const filter: PeeringFilter = {
    ...(name !== undefined && { name }),
    ...(state !== undefined && { states: [state] }),
    // Ids begin with the time they were made at.
    order: decodeDescending(fields) ? `${by}-descending` : by,
    window: decodeWindow(fields),
    withTotal: true,
  }
  return { id: fields.optionalText('peeringConnectionId'), vpc: fields.optionalText('vpcId'), filter }
}
