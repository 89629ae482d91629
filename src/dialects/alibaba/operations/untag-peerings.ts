import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { checkResourceType, decodeRegion, decodeResourceIds, decodeTagKeys } from '../codec.ts'

/**
 * UnTagResources: takes the account's own tags off; `All` takes all, and only counts where no key is named.
 * Source: "UnTagResources".
 */
export const untagPeerings = operation({
  name: '2022-01-01 UnTagResources',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = parameters.text('RegionId')
    checkResourceType(parameters)
    const ids = decodeResourceIds(parameters)
    if (ids.length === 0) throw new DomainError('request.missing', { field: 'ResourceId' })
    const keys = decodeTagKeys(parameters)
    const all = parameters.optionalBoolean('All') ?? false
    if (keys.length === 0 && !all) throw new DomainError('request.missing', { field: 'TagKey' })
    decodeRegion(app, region)
    return { ids, keys: keys.length > 0 ? keys : null }
  },
  run: (app, caller, input) => app.untagPeerings(caller, input),
  encode: () => ({ Success: true }),
})
