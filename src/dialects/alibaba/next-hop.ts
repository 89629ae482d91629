import { contains, parseCidr } from '../../domain/cidr.ts'
import { parseDestination } from '../../domain/network.ts'
import type { Fields } from '../fields.ts'
import { invalid } from './blocks.ts'
import { SERVICES } from './route-entries.ts'

/** Next hops that this vendor knows of. Source: "CreateRouteEntry", `NextHopType`. */
const NEXT_HOP_TYPE = {
  pattern:
    /^(Instance|HaVip|RouterInterface|NetworkInterface|VpnGateway|IPv6Gateway|Ipv4Gateway|NatGateway|Attachment|VpcPeer|GatewayEndpoint|CenBasic|Ecr|GatewayLoadBalancerEndpoint)$/,
  expects: 'is no type of next hop',
}

/**
 * The peering that is named as the next hop. Whatever is of another type does not exist here; without a type it is an
 * instance. Throws `request.missing` and `request.invalid`.
 */
export function decodeNextHop(parameters: Fields, typeField: string, idField: string): string {
  const type = parameters.optionalText(typeField, NEXT_HOP_TYPE) ?? 'Instance'
  const id = parameters.text(idField)
  if (type !== 'VpcPeer')
    throw invalid('NextHopId', `names a next hop of type ${type}, of which there is none`, id)
  return id
}

/**
 * A destination that does not take from the system what its services need. Source: "CreateRouteEntry". Throws
 * `request.invalid`.
 */
export function checkDestination(text: string): string {
  const block = parseDestination(text)
  const services = parseCidr(SERVICES)
  if (!block || (services && contains(services, block))) {
    throw invalid('DestinationCidrBlock', `is not a block outside of ${SERVICES}`, text)
  }
  return text
}
