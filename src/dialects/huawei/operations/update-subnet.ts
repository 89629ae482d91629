import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { DESCRIPTION } from '../codec.ts'
import { decodeDhcp, decodeDns, RESOURCE_NAME, wrong } from '../network-codec.ts'

/**
 * Updating Subnet Information. The answer says only which subnet it was, and that it is there.
 * Source: Open Telekom Cloud VPC API reference, "Updating Subnet Information".
 */
export const updateSubnet = operation({
  name: 'PUT /v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}',
  decode: (call: HuaweiCall) => {
    const subnet = call.body().object('subnet')
    if (subnet.optionalBoolean('ipv6_enable')) {
      throw wrong('subnet.ipv6_enable', 'is not supported: no IPv6 block is assigned here', 'true')
    }
    const description = subnet.optionalText('description', DESCRIPTION)
    const said = {
      id: call.path['subnet_id'] ?? '',
      vpc: call.path['vpc_id'] ?? '',
      name: subnet.text('name', { ...RESOURCE_NAME, min: 1 }),
      ...(description !== undefined && { description }),
    }
    decodeDns(subnet, [])
    decodeDhcp(subnet, undefined)
    return { said, subnet }
  },
  run: async (app, caller, { said, subnet }) => {
    const before = await app.showSubnet(caller, said)
    const dnsServers = decodeDns(subnet, before.dnsServers)
    const dhcp = decodeDhcp(subnet, before.dhcp)
    return app.updateSubnet(caller, { ...said, ...(dnsServers && { dnsServers }), ...(dhcp && { dhcp }) })
  },
  encode: ({ ids }) => ({ subnet: { id: ids.huawei, status: 'ACTIVE' } }),
})
