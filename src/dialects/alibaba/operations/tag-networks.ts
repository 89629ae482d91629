import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion, decodeResourceIds, decodeTags, TAGS_MAX } from '../codec.ts'
import { decodeTaggedKind } from '../network-tags.ts'

/** TagResources, of VPCs, vSwitches and route tables: on all that are named, or on none. Source: "TagResources". */
export const tagNetworks = operation({
  name: '2016-04-28 TagResources',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const { kind } = decodeTaggedKind(parameters)
    const ids = decodeResourceIds(parameters)
    if (ids.length === 0) throw new DomainError('request.missing', { field: 'ResourceId' })
    const tags = decodeTags(parameters)
    if (tags.length === 0) throw new DomainError('request.missing', { field: 'Tag' })
    return { region, input: { kind, ids, tags, limit: TAGS_MAX } }
  },
  run: (app, caller, { region, input }) => app.tagNetworks({ ...caller, region }, input),
  encode: () => ({}),
})
