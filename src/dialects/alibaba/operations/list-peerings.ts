import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import {
  decodeIdList,
  decodeNextToken,
  decodeOptionalResourceGroup,
  decodeRegion,
  decodeTagFilter,
  encodeNextToken,
  encodePeering,
} from '../codec.ts'

/**
 * ListVpcPeerConnections: what the account takes part in, a page at a time, oldest first; `RegionId` is where the
 * account's own end is. Source: "ListVpcPeerConnections"; its metadata, for `VpcId`.
 */
export const listPeerings = operation({
  name: '2022-01-01 ListVpcPeerConnections',
  decode: ({ parameters }: AlibabaCall, app, caller) => readQuery(parameters, app, caller),
  run: list,
  encode: ({ items, total, limit, next }, _call, app, caller) => ({
    TotalCount: total,
    MaxResults: limit,
    NextToken: encodeNextToken(next),
    VpcPeerConnects: items.map((view) => encodePeering(view, app, caller)),
  }),
})

function readQuery(parameters: Fields, app: App, caller: Caller) {
  const region = parameters.optionalText('RegionId')
  const id = parameters.optionalText('InstanceId')
  const name = parameters.optionalText('Name')
  const resourceGroup = decodeOptionalResourceGroup(parameters, caller)
  return {
    region: region === undefined ? null : decodeRegion(app, region),
    limit: parameters.optionalInteger('MaxResults', { min: 1, max: 100 }) ?? 20,
    cursor: decodeNextToken(parameters),
    filter: {
      ...(id !== undefined && { ids: [id] }),
      ...(name !== undefined && { name }),
      ...(resourceGroup !== undefined && { resourceGroup }),
      vpcs: decodeIdList(parameters, 'VpcId', 2),
      tags: decodeTagFilter(parameters, 'Tags'),
    },
  }
}

async function list(app: App, caller: Caller, query: ReturnType<typeof readQuery>) {
  const { limit, cursor } = query
  const page = await app.trackPeerings(
    { ...caller, region: query.region },
    {
      ...query.filter,
      order: 'id',
      // One more than is asked for tells whether there is a next page.
      window: { limit: limit + 1, ...(cursor.after !== null && { after: cursor.after }) },
      withTotal: true,
    },
  )
  const items = page.items.slice(0, limit)
  const last = items.at(-1)
  const next = page.items.length > limit && last ? { after: last.peering.id, skip: 0 } : null
  return { items, total: page.total ?? items.length, limit, next }
}
