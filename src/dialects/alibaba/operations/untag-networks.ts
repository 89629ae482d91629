import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion, decodeResourceIds, decodeTagKeys } from '../codec.ts'
import { decodeTaggedKind } from '../network-tags.ts'

/** UnTagResources, of VPCs, vSwitches and route tables; `All` counts where no key is named. Source: "UnTagResources". */
export const untagNetworks = operation({
  name: '2016-04-28 UnTagResources',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const { kind } = decodeTaggedKind(parameters)
    const ids = decodeResourceIds(parameters)
    if (ids.length === 0) throw new DomainError('request.missing', { field: 'ResourceId' })
    const keys = decodeTagKeys(parameters)
    const all = parameters.optionalBoolean('All') ?? false
    if (keys.length === 0 && !all) throw new DomainError('request.missing', { field: 'TagKey' })
    return { region, input: { kind, ids, keys: keys.length > 0 ? keys : null } }
  },
  run: (app, caller, { region, input }) => app.untagNetworks({ ...caller, region }, input),
  encode: () => ({}),
})
