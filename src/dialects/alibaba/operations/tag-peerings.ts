import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { Tag } from '../../../domain/peering.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { checkResourceType, decodeRegion, decodeResourceIds, decodeTags, TAGS_MAX } from '../codec.ts'

/** TagResources: sets the account's own tags, each key once. Source: "TagResources". */
export const tagPeerings = operation({
  name: '2022-01-01 TagResources',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = parameters.text('RegionId')
    checkResourceType(parameters)
    const ids = decodeResourceIds(parameters)
    if (ids.length === 0) throw new DomainError('request.missing', { field: 'ResourceId' })
    const tags = decodeTags(parameters)
    if (tags.length === 0) throw new DomainError('request.missing', { field: 'Tag' })
    // One endpoint serves all regions, and an id is the same in each; a region need only be one.
    decodeRegion(app, region)
    return { ids, tags, limit: TAGS_MAX }
  },
  run: tag,
  encode: () => ({ Success: true }),
})

async function tag(
  app: App,
  caller: Caller,
  input: { ids: readonly string[]; tags: readonly Tag[]; limit: number },
): Promise<void> {
  // Each peering is saved by itself: that none of them stands in the way is found out before the first.
  if (input.ids.length > 1) await app.tagPeerings({ ...caller, dryRun: true }, input)
  await app.tagPeerings(caller, input)
}
