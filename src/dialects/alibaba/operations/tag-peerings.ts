import { DomainError } from '../../../domain/errors.ts'
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
  run: (app, caller, input) => app.tagPeerings(caller, input),
  encode: () => ({ Success: true }),
})
