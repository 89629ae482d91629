import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion, decodeResourceGroup } from '../codec.ts'

/** MoveResourceGroup: puts a VPC, and all that is in it, into another group. Source: "MoveResourceGroup". */
export const moveVpc = operation({
  name: '2016-04-28 MoveResourceGroup',
  decode: ({ parameters }: AlibabaCall, app, caller) => {
    const id = parameters.text('ResourceId')
    const group = parameters.text('NewResourceGroupId')
    const region = parameters.text('RegionId')
    parameters.text('ResourceType', { pattern: /^VPC$/i, expects: 'must be VPC' })
    return { id, region: decodeRegion(app, region), resourceGroup: decodeResourceGroup(group, caller) }
  },
  run: (app, caller, { id, region, resourceGroup }) =>
    app.updateVpc({ ...caller, region }, { id, attributes: { resourceGroup } }),
  encode: () => ({}),
})
