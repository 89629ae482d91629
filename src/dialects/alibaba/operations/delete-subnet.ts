import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion } from '../codec.ts'

/** DeleteVSwitch. Source: "DeleteVSwitch". */
export const deleteSubnet = operation({
  name: '2016-04-28 DeleteVSwitch',
  decode: ({ parameters }: AlibabaCall, app) => ({
    id: parameters.text('VSwitchId'),
    region: decodeOptionalRegion(app, parameters),
  }),
  run: (app, caller, { id, region }) => app.deleteSubnet({ ...caller, region }, { id }),
  encode: () => ({}),
})
