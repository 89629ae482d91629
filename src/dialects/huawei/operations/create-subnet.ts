import { contains, parseAddress, parseCidr } from '../../../domain/cidr.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { HuaweiCall } from '../call.ts'
import { DESCRIPTION } from '../codec.ts'
import {
  decodeDhcp,
  decodeDns,
  decodeTagTexts,
  encodeSubnet,
  RESOURCE_NAME,
  wrong,
} from '../network-codec.ts'

/** Creating a Subnet. 200, not 201. Source: Open Telekom Cloud VPC API reference, "Creating a Subnet". */
export const createSubnet = operation({
  name: 'POST /v1/{project_id}/subnets',
  decode: (call: HuaweiCall) => {
    const subnet = call.body().object('subnet')
    const cidr = decodeBlock(subnet)
    const dhcp = decodeDhcp(subnet, undefined)
    if (subnet.optionalBoolean('ipv6_enable')) {
      throw wrong('subnet.ipv6_enable', 'is not supported: no IPv6 block is assigned here', 'true')
    }
    return {
      vpc: subnet.text('vpc_id'),
      name: subnet.text('name', { ...RESOURCE_NAME, min: 1 }),
      description: subnet.optionalText('description', DESCRIPTION) ?? '',
      cidrs: [cidr],
      zone: subnet.optionalText('availability_zone', { max: 64 }) ?? '',
      gateway: decodeGateway(subnet, cidr),
      dnsServers: decodeDns(subnet, []) ?? [],
      tags: decodeTagTexts(subnet),
      ...(dhcp && { dhcp }),
    }
  },
  run: (app, caller, input) => app.createSubnet(caller, input),
  encode: (subnet, _call, _app, caller) => ({ subnet: encodeSubnet(subnet, caller) }),
})

/** An IPv4 block of at least 16 addresses. */
function decodeBlock(subnet: Fields): string {
  const text = subnet.text('cidr')
  const block = parseCidr(text)
  if (block?.family === 4 && block.bits <= 28) return text
  throw wrong('subnet.cidr', 'is not an IPv4 CIDR block without host bits of at most 28 bits', text)
}

function decodeGateway(subnet: Fields, cidr: string): string {
  const text = subnet.text('gateway_ip')
  const address = parseAddress(text)
  const block = parseCidr(cidr)
  const inside =
    address?.family === 4 && block && contains(block, { family: 4, base: address.value, bits: 32 })
  if (inside) return text
  throw wrong('subnet.gateway_ip', `is not an address in ${cidr}`, text)
}
