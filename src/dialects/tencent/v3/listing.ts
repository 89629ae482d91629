import type { Tag } from '../../../domain/peering.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Fields } from '../../fields.ts'
import { decodeIds, decodeWindow, VPC_ID } from './codec.ts'
import {
  conditionOf,
  decodeFilters,
  type FilterTable,
  idsOf,
  knows,
  refuseBoth,
  TAG_KEY_FILTER,
} from './filters.ts'

/** What is in a VPC, as lists show it. */
export interface InVpc {
  readonly vpc: Vpc
  readonly tags: readonly Tag[]
}

/** Filters that every list of what is in VPCs has. */
export const IN_VPC_FILTERS: FilterTable<InVpc> = {
  ...TAG_KEY_FILTER,
  'vpc-id':
    (values) =>
    ({ vpc }) =>
      Object.values(vpc.ids).some((id) => values.includes(id)),
}

/**
 * How a list of what is in VPCs is asked for: by ids in `member`, or by `filters`, of which the one called `idFilter` is
 * answered by the store as ids are. Throws `request.*`.
 */
export function decodeListing<Row extends InVpc>(
  fields: Fields,
  parts: {
    readonly member: string
    readonly idFilter: string
    readonly idRule: typeof VPC_ID
    readonly filters: FilterTable<Row>
  },
) {
  const ids = decodeIds(fields, parts.member, parts.idRule)
  const filters = decodeFilters(fields, knows(parts.filters))
  refuseBoth(parts.member, ids, filters)
  const byVpc = filters.find(({ name }) => name === 'vpc-id')
  if (byVpc) idsOf(byVpc, VPC_ID)
  const byId = filters.find(({ name }) => name === parts.idFilter)
  return {
    ids: byId ? idsOf(byId, parts.idRule) : ids,
    conditions: filters
      .filter((filter) => filter !== byId)
      .map((filter) => conditionOf(filter, parts.filters)),
    window: decodeWindow(fields),
  }
}
