import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { checkSubnetBlock, invalid, ipv6SubnetBlock } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { DESCRIPTION, decodeOptionalRegion, decodeTags, NAME } from '../codec.ts'
import { isZoneOf } from '../zones.ts'

/** CreateVSwitch. `Ipv6CidrBlock` is the last 8 bits of a block in the VPC's. Source: "CreateVSwitch". */
export const createSubnet = operation({
  name: '2016-04-28 CreateVSwitch',
  decode: ({ parameters }: AlibabaCall, app) => decode(parameters, app),
  run: create,
  encode: (subnet) => ({ VSwitchId: subnet.ids.alibaba }),
})

function decode(parameters: Fields, app: App) {
  const zone = parameters.text('ZoneId')
  const block = parameters.text('CidrBlock')
  const vpc = parameters.text('VpcId')
  const enabled = parameters.optionalBoolean('EnableIpv6') ?? false
  return {
    region: decodeOptionalRegion(app, parameters),
    vpc,
    zone,
    block: checkSubnetBlock('CidrBlock', block),
    ipv6Block:
      parameters.optionalInteger('Ipv6CidrBlock', { min: 0, max: 255 }) ?? (enabled ? 'any' : 'none'),
    name: parameters.optionalText('VSwitchName', NAME) ?? '',
    description: parameters.optionalText('Description', DESCRIPTION) ?? '',
    tags: decodeTags(parameters),
  } as const
}

async function create(app: App, caller: Caller, input: ReturnType<typeof decode>) {
  const { region, block, ipv6Block, ...said } = input
  const here = { ...caller, region }
  const vpc = await app.showVpc(here, { id: said.vpc })
  if (!isZoneOf(app, vpc.region, said.zone)) throw invalid('ZoneId', 'is not a zone of the region', said.zone)
  const number = ipv6Block === 'any' ? await freeNumber(app, here, vpc) : ipv6Block
  const cidrs = number === 'none' ? [block] : [block, ipv6SubnetBlock(vpc, number)]
  return app.createSubnet(here, { ...said, cidrs, gateway: null, dnsServers: [] })
}

/** The lowest number whose IPv6 block no other subnet has. */
async function freeNumber(app: App, caller: Caller, vpc: Vpc): Promise<number> {
  const window = { limit: Number.MAX_SAFE_INTEGER }
  const { items } = await app.listSubnets(caller, { vpcs: [vpc.id], window, withTotal: false })
  const taken = new Set(items.flatMap(({ cidrs }) => cidrs))
  for (let number = 0; number < 256; number++) {
    if (!taken.has(ipv6SubnetBlock(vpc, number))) return number
  }
  throw invalid('EnableIpv6', 'finds no block left')
}
