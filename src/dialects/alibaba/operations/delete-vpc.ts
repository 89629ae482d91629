import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion } from '../codec.ts'

/**
 * DeleteVpc: refused while a peering of the account's holds it, or anything is in it, forced or not: what the vendor's
 * force takes along are gateways, which nothing here has. Source: "DeleteVpc".
 */
export const deleteVpc = operation({
  name: '2016-04-28 DeleteVpc',
  decode: ({ parameters }: AlibabaCall, app) => {
    const id = parameters.text('VpcId')
    parameters.optionalBoolean('ForceDelete')
    return { id, region: decodeOptionalRegion(app, parameters) }
  },
  run: (app, caller, { id, region }) => app.deleteVpc({ ...caller, region }, { id }),
  encode: () => ({}),
})
