import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { checkIpv6Block, checkVpcBlock } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion } from '../codec.ts'

/** UnassociateVpcCidrBlock: never the first block, nor one that a vSwitch is in. Source: "UnassociateVpcCidrBlock". */
export const removeVpcBlock = operation({
  name: '2016-04-28 UnassociateVpcCidrBlock',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const id = parameters.text('VpcId')
    return { region, id, block: decodeBlock(parameters) }
  },
  run: (app, caller, { region, id, block }) =>
    app.updateVpc({ ...caller, region }, { id, removeCidrs: [block] }),
  encode: () => ({}),
})

function decodeBlock(parameters: Fields): string {
  const ipv6 = parameters.optionalText('IPv6CidrBlock')
  if (ipv6 !== undefined) return checkIpv6Block('IPv6CidrBlock', ipv6)
  return checkVpcBlock('SecondaryCidrBlock', parameters.text('SecondaryCidrBlock'))
}
