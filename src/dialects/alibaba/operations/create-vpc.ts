import { type Caller, tenantOf } from '../../../app/context.ts'
import type { CreateVpc } from '../../../app/create-vpc.ts'
import type { App } from '../../../app/index.ts'
import { parseCidr } from '../../../domain/cidr.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { checkVpcBlock, decodeIpv6Block, invalid } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import {
  DESCRIPTION,
  decodeIdList,
  decodeOptionalResourceGroup,
  decodeRegion,
  decodeTags,
  NAME,
} from '../codec.ts'
import { defaultTable, networksOf, resourceGroupOf, routerOf } from '../networks.ts'

/** Source: "CreateVpc", `CidrBlock`, where it is left out. */
const BLOCK_DEFAULT = '172.16.0.0/12'

/** Source: "CreateVpc", `UserCidr`. */
const USER_BLOCKS_MAX = 3

/**
 * CreateVpc. What cannot be kept is refused rather than forgotten: a block from a pool of addresses.
 * Source: "CreateVpc".
 */
export const createVpc = operation({
  name: '2016-04-28 CreateVpc',
  decode: ({ parameters }: AlibabaCall, app, caller) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const resourceGroup = decodeOptionalResourceGroup(parameters, caller) ?? null
    for (const pool of ['Ipv4IpamPoolId', 'Ipv6IpamPoolId', 'Ipv4CidrMask']) {
      if (parameters.has(pool)) throw invalid(pool, 'is not supported')
    }
    const ipv6 = decodeIpv6Block(app, parameters, parameters.optionalBoolean('EnableIpv6') ?? false)
    return {
      region,
      name: parameters.optionalText('VpcName', NAME) ?? '',
      description: parameters.optionalText('Description', DESCRIPTION) ?? '',
      cidrs: [
        checkVpcBlock('CidrBlock', parameters.optionalText('CidrBlock') ?? BLOCK_DEFAULT),
        ...(ipv6 === null ? [] : [ipv6]),
      ],
      attributes: {
        resourceGroup,
        userCidrs: decodeUserBlocks(parameters),
        dnsHostnames: parameters.optionalBoolean('EnableDnsHostname') ?? false,
      },
      tags: decodeTags(parameters),
    }
  },
  run: create,
  encode: ({ vpc, network }, _call, _app, caller) => ({
    VpcId: vpc.ids.alibaba,
    VRouterId: routerOf(vpc),
    RouteTableId: (network && defaultTable(network)?.ids.alibaba) ?? '',
    ResourceGroupId: resourceGroupOf(vpc, tenantOf(caller, 'vpc:CreateVpc')),
  }),
})

async function create(app: App, caller: Caller, input: Omit<CreateVpc, 'tenant'>) {
  const vpc = await app.createVpc(caller, { ...input, tenant: tenantOf(caller, 'vpc:CreateVpc') })
  const [network] = await networksOf(app, caller, [vpc])
  return { vpc, network }
}

/** Blocks of the client's own behind the VPC, up to three with commas between them; they are only kept. */
function decodeUserBlocks(parameters: Fields): readonly string[] {
  const blocks = decodeIdList(parameters, 'UserCidr', USER_BLOCKS_MAX)
  for (const block of blocks) {
    if (parseCidr(block)?.family !== 4) throw invalid('UserCidr', 'is not an IPv4 block', block)
  }
  return blocks
}
