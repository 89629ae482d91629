import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { checkResourceType, decodeRegion, decodeResourceGroup } from '../codec.ts'

/** MoveResourceGroup: puts it into another group of the account's own. Source: "MoveResourceGroup". */
export const movePeering = operation({
  name: '2022-01-01 MoveResourceGroup',
  decode: ({ parameters }: AlibabaCall, app, caller) => {
    const id = parameters.text('ResourceId')
    const group = parameters.text('NewResourceGroupId')
    const region = parameters.text('RegionId')
    checkResourceType(parameters)
    decodeRegion(app, region)
    return { id, resourceGroup: decodeResourceGroup(group, caller) }
  },
  run: (app, caller, input) => app.movePeering(caller, input),
  encode: () => ({ Success: true }),
})
