import type { PeeringFilter } from '../../../../app/list-peerings.ts'
import { DomainError } from '../../../../domain/errors.ts'
import { PEERING_STATES, type PeeringState } from '../../../../domain/peering.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { decodeWord } from '../../codec.ts'
import { whole } from '../call.ts'
import { decodeIds, decodeWindow, encodePeering, PEERING_ID, VPC_ID } from '../codec.ts'
import { STATE } from '../errors.ts'
import { decodeFilters, type Filter, idsOf, refuseBoth } from '../filters.ts'

/**
 * Listing the peerings that an account takes part in, with its end in the region of the call. What does not exist
 * is left out and no error: the Terraform provider takes an error for a failure of the whole plan.
 * Source: API 3.0 "DescribeVpcPeeringConnections"; Terraform provider.
 */
export const listPeerings = operation({
  name: 'DescribeVpcPeeringConnections',
  decode: (call: TencentCall) => whole(call.fields(), decode),
  run: (app, caller, input) => app.listPeerings(caller, input),
  encode: ({ items, total }, _call, app, caller) => ({
    TotalCount: total ?? items.length,
    PeerConnectionSet: items.map((view) => encodePeering(app, view, caller)),
  }),
})

type Order = 'id' | 'name'

function decode(fields: Fields): PeeringFilter {
  const ids = decodeIds(fields, 'PeeringConnectionIds', PEERING_ID)
  const filters = decodeFilters(fields, (name) => Object.hasOwn(FILTERS, name))
  refuseBoth('PeeringConnectionIds', ids, filters)
  const by: Order =
    decodeWord<Order>(fields, 'OrderField', { CreatedTime: 'id', PeeringConnectionName: 'name' }) ?? 'id'
  const descending = decodeWord(fields, 'OrderDirection', { DESC: true, ASC: false }) ?? true
  return {
    ...(ids && { ids }),
    ...Object.assign({}, ...filters.map((filter) => FILTERS[filter.name]?.(filter))),
    // Ids begin with the time they were made at.
    order: descending ? (`${by}-descending` as const) : by,
    window: decodeWindow(fields),
    withTotal: true,
  }
}

/** What each filter asks for. Source: as above, "Filters". */
const FILTERS: Readonly<Record<string, (filter: Filter) => Partial<PeeringFilter>>> = {
  'vpc-id': (filter) => ({ anyVpcs: idsOf(filter, VPC_ID) }),
  state: (filter) => ({ states: filter.values.flatMap((word, index) => decodeState(filter, word, index)) }),
  'peering-connection-name': ({ values }) => ({ names: values }),
}

/** Words for states that nothing here is ever in. */
const NEVER = ['FAILED', 'ISOLATED']

function decodeState({ path }: Filter, word: string, index: number): readonly PeeringState[] {
  if (NEVER.includes(word)) return []
  const state = PEERING_STATES.find((candidate) => STATE[candidate] === word)
  if (state) return [state]
  const field = `${path}.Values.${index}`
  const reason = `must be one of ${[...Object.values(STATE), ...NEVER].join(', ')}`
  throw new DomainError('request.invalid', { field, problem: 'range', reason, value: word })
}
