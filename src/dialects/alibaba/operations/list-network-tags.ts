import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { ResourceIds } from '../../../domain/identity.ts'
import type { Tag } from '../../../domain/peering.ts'
import type { Window } from '../../../ports/store.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import {
  decodeNextToken,
  decodeRegion,
  decodeResourceIds,
  decodeTagFilter,
  encodeNextToken,
} from '../codec.ts'
import { decodeTaggedKind } from '../network-tags.ts'
import { hasTags } from '../networks.ts'
import { tagPage } from '../tag-page.ts'

/**
 * ListTagResources, of VPCs, vSwitches and route tables: of those named, or of those that have the tags asked for; where
 * both are given, of those that meet both. Source: "ListTagResources".
 */
export const listNetworkTags = operation({
  name: '2016-04-28 ListTagResources',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: ({ entries, next, type }) => ({
    NextToken: encodeNextToken(next),
    TagResources: {
      TagResource: entries.map(({ resource, tag }) => ({
        ResourceId: resource.ids.alibaba,
        ResourceType: type,
        TagKey: tag.key,
        TagValue: tag.value,
      })),
    },
  }),
})

interface Tagged {
  readonly id: string
  readonly ids: ResourceIds
  readonly tags: readonly Tag[]
}

function readQuery(parameters: Fields, app: App) {
  const region = decodeRegion(app, parameters.text('RegionId'))
  const { kind, type } = decodeTaggedKind(parameters)
  const ids = decodeResourceIds(parameters)
  const tags = decodeTagFilter(parameters, 'Tag')
  if (ids.length === 0 && tags.length === 0) throw new DomainError('request.missing', { field: 'ResourceId' })
  const limit = parameters.optionalInteger('MaxResults', { min: 1, max: 50 }) ?? 50
  return { region, kind, type, ids, tags, limit, cursor: decodeNextToken(parameters) }
}

async function list(app: App, caller: Caller, query: ReturnType<typeof readQuery>) {
  const { region, kind, type, tags, limit, cursor } = query
  const here = { ...caller, region }
  const read = async (window: Window): Promise<readonly Tagged[]> => {
    const filter = { ...(query.ids.length > 0 && { ids: query.ids }), window, withTotal: false }
    if (kind === 'vpc') return (await app.listVpcs(here, { ...filter, order: 'id' })).items
    return (await (kind === 'subnet' ? app.listSubnets : app.listRouteTables)(here, filter)).items
  }
  const look = (resource: Tagged) => ({
    id: resource.id,
    tags: hasTags(resource.tags, tags) ? resource.tags : [],
  })
  return { ...(await tagPage(limit, cursor, read, look)), type }
}
