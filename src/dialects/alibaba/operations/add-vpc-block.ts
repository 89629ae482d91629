import type { App } from '../../../app/index.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { checkVpcBlock, decodeIpv6Block, isIpv6 } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion } from '../codec.ts'

/** AssociateVpcCidrBlock: a further block of either family. Source: "AssociateVpcCidrBlock". */
export const addVpcBlock = operation({
  name: '2016-04-28 AssociateVpcCidrBlock',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const id = parameters.text('VpcId')
    return { region, id, block: decodeBlock(parameters, app) }
  },
  run: async (app, caller, { region, id, block }) => {
    const vpc = await app.updateVpc({ ...caller, region }, { id, addCidrs: [block] })
    // As it is kept; where the request came twice, the block that came of it first is among the others.
    return vpc.cidrs.includes(block)
      ? block
      : (vpc.cidrs.findLast((cidr) => isIpv6(cidr) === isIpv6(block)) ?? block)
  },
  encode: (block) => ({ CidrBlock: block, IpVersion: isIpv6(block) ? 'IPV6' : 'IPV4' }),
})

function decodeBlock(parameters: Fields, app: App): string {
  const version = parameters.optionalText('IpVersion', {
    pattern: /^IPV[46]$/i,
    expects: 'must be IPV4 or IPV6',
  })
  const ipv6 = version?.toUpperCase() === 'IPV6'
  const block = ipv6 ? decodeIpv6Block(app, parameters, true) : null
  return block ?? checkVpcBlock('SecondaryCidrBlock', parameters.text('SecondaryCidrBlock'))
}
