import { operation } from '../../dialect.ts'
import { invalid } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion, decodeRenaming } from '../codec.ts'

/**
 * ModifyVSwitchAttribute: its name and description; its blocks are for good here. Source: "ModifyVSwitchAttribute".
 */
export const updateSubnet = operation({
  name: '2016-04-28 ModifyVSwitchAttribute',
  decode: ({ parameters, literal }: AlibabaCall, app) => {
    const id = parameters.text('VSwitchId')
    const region = decodeOptionalRegion(app, parameters)
    for (const field of ['EnableIPv6', 'Ipv6CidrBlock']) {
      if (parameters.has(field)) throw invalid(field, 'cannot be changed')
    }
    return { id, region, patch: decodeRenaming(literal, 'VSwitchName') }
  },
  run: (app, caller, { id, region, patch }) => app.updateSubnet({ ...caller, region }, { id, ...patch }),
  encode: () => ({}),
})
