import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { RegionName } from '../../../domain/identity.ts'
import type { PeeringView } from '../../../ports/store.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import {
  type Cursor,
  checkResourceType,
  decodeNextToken,
  decodeRegion,
  decodeResourceIds,
  decodeTagFilter,
  encodeNextToken,
  encodeRegion,
  RESOURCE_TYPE,
  sideOf,
} from '../codec.ts'
import { type TagPage, tagPage } from '../tag-page.ts'

/**
 * ListTagResources: the account's own tags on the peerings named, or on those that have the tags asked for; where
 * both are given, on those that meet both. Source: "ListTagResources".
 */
export const listPeeringTags = operation({
  name: '2022-01-01 ListTagResources',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: ({ entries, limit, next }, _call, app) => ({
    MaxResults: limit,
    NextToken: encodeNextToken(next),
    TagResources: entries.map(({ resource: { peering }, tag }) => ({
      ResourceId: peering.ids.alibaba,
      ResourceType: RESOURCE_TYPE,
      RegionNo: encodeRegion(app, peering.requester.region),
      TagKey: tag.key,
      TagValue: tag.value,
    })),
  }),
})

interface Query {
  /** Null where resources are named: an id is the same in every region. */
  readonly region: RegionName | null
  readonly ids: readonly string[]
  readonly tags: readonly { key: string; value: string | null }[]
  readonly limit: number
  readonly cursor: Cursor
  /** No tag here is of the system's making. */
  readonly onlySystem: boolean
}

function readQuery(parameters: Fields, app: App): Query {
  const region = decodeRegion(app, parameters.text('RegionId'))
  checkResourceType(parameters)
  const ids = decodeResourceIds(parameters)
  const tags = decodeTagFilter(parameters, 'Tag')
  if (ids.length === 0 && tags.length === 0) throw new DomainError('request.missing', { field: 'ResourceId' })
  const category = parameters.optionalText('Category', {
    pattern: /^(All|Custom|System)$/,
    expects: 'must be All, Custom or System',
  })
  return {
    region: ids.length > 0 ? null : region,
    ids,
    tags,
    limit: parameters.optionalInteger('MaxResults', { min: 1, max: 50 }) ?? 50,
    cursor: decodeNextToken(parameters),
    onlySystem: category === 'System',
  }
}

/** One page of tags. It may begin and end between two tags of one peering. */
async function list(app: App, caller: Caller, query: Query): Promise<TagPage<PeeringView>> {
  const { limit, ids, tags, region, cursor } = query
  if (query.onlySystem) return { entries: [], limit, next: null }
  return tagPage(
    limit,
    cursor,
    async (window) => {
      const filter = { ...(ids.length > 0 && { ids }), tags, order: 'id' as const, window, withTotal: false }
      return (await app.listPeerings({ ...caller, region }, filter)).items
    },
    ({ peering }) => ({ id: peering.id, tags: peering.attributes.tags[sideOf(peering, caller)] }),
  )
}
