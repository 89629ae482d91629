import { tenantOf } from '../../../app/context.ts'
import { overlaps, parseCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import {
  decodeOptionalResourceGroup,
  decodeRegion,
  decodeTags,
  defaultResourceGroup,
  looseText,
  routingIds,
} from '../codec.ts'

/** Source: "CreateVpc", `VpcName` and `Description`. */
const NAME = looseText(128)
const DESCRIPTION = looseText(256)

/** Source: "CreateVpc", `CidrBlock`: what it is where it is left out, and what no block may touch. */
const BLOCK_DEFAULT = '172.16.0.0/12'
const RESERVED = ['100.64.0.0/10', '224.0.0.0/4', '127.0.0.0/8', '169.254.0.0/16']

/**
 * CreateVpc. What cannot be kept is refused rather than forgotten: client-side blocks, a resource group other than the
 * default, and IPv6 addresses of the vendor's choosing. Source: "CreateVpc".
 */
export const createVpc = operation({
  name: '2016-04-28 CreateVpc',
  decode: ({ parameters }: AlibabaCall, app, caller) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const group = decodeOptionalResourceGroup(parameters, caller)
    if (group) throw new DomainError('resource-group.not-found', { id: group })
    if (parameters.has('UserCidr')) throw invalid('UserCidr', 'is not supported')
    return {
      region,
      name: parameters.optionalText('VpcName', NAME) ?? '',
      description: parameters.optionalText('Description', DESCRIPTION) ?? '',
      cidrs: [decodeIpv4(parameters), ...decodeIpv6(parameters)],
      tags: decodeTags(parameters),
    }
  },
  run: (app, caller, input) => app.createVpc(caller, { ...input, tenant: tenantOf(caller, 'vpc:CreateVpc') }),
  encode: (vpc, _call, _app, caller) => {
    const { router, routeTable } = routingIds(vpc)
    return {
      VpcId: vpc.ids.alibaba,
      VRouterId: router,
      RouteTableId: routeTable,
      ResourceGroupId: defaultResourceGroup(tenantOf(caller, 'vpc:CreateVpc')),
    }
  },
})

/** Any block of 8 to 28 bits outside of what is reserved. */
function decodeIpv4(parameters: Fields): string {
  const text = parameters.optionalText('CidrBlock') ?? BLOCK_DEFAULT
  const block = parseCidr(text)
  if (block?.family !== 4 || block.bits < 8 || block.bits > 28) {
    throw invalid('CidrBlock', 'is not an IPv4 block of 8 to 28 bits')
  }
  const clash = RESERVED.find((reserved) => {
    const other = parseCidr(reserved)
    return other && overlaps(other, block)
  })
  if (clash !== undefined) throw invalid('CidrBlock', `overlaps ${clash}`)
  return text
}

function decodeIpv6(parameters: Fields): readonly string[] {
  const wanted = parameters.optionalBoolean('EnableIpv6') ?? false
  const text = parameters.optionalText('Ipv6CidrBlock')
  if (!wanted && text === undefined) return []
  if (text === undefined) throw invalid('EnableIpv6', 'needs an Ipv6CidrBlock here')
  if (!wanted) throw new DomainError('request.missing', { field: 'EnableIpv6' })
  if (parseCidr(text)?.family !== 6) throw invalid('Ipv6CidrBlock', 'is not an IPv6 block')
  return [text]
}

function invalid(field: string, reason: string) {
  return new DomainError('request.invalid', { field, problem: 'format', reason, value: '' })
}
