import type { PartId } from '../../domain/identity.ts'
import { routeNumber } from '../../domain/network.ts'
import { reference } from './hcl.ts'
import { ipv4Of, said, type Vendor } from './vendor.ts'

/**
 * Source: documentation and source of tencentcloudstack/tencentcloud: `tencentcloud_vpc`, `tencentcloud_subnet`,
 * `tencentcloud_vpc_peer_connect_manager` and `tencentcloud_route_table_entry`; for each its section "Import". That a
 * request was accepted is an operation there, which is done and not kept, so that it cannot be imported.
 */
export const tencentcloud: Vendor = {
  name: 'tencentcloud',
  dialect: 'tencent',
  requirement: { source: 'tencentcloudstack/tencentcloud', version: '>= 1.81.60' },
  notes: [
    'This provider has no setting for an endpoint. The service is its HTTP proxy, and the domain is made up:',
    '  export HTTP_PROXY=ENDPOINT TENCENTCLOUD_PROTOCOL=HTTP TENCENTCLOUD_DOMAIN=cloud.test',
    'What was accepted stays so; an operation to accept it, for which there is no import, would be done again.',
  ],
  provider: (account, region) => ({
    attributes: {
      secret_id: reference(`var.${account}.key`),
      secret_key: reference(`var.${account}.secret`),
      region,
    },
  }),
  vpc: ({ ids, name, cidrs }) => ({
    type: 'tencentcloud_vpc',
    attributes: { name, cidr_block: ipv4Of(cidrs)[0] ?? '' },
    importId: ids.tencent,
    ignored: ['is_multicast', 'assistant_cidrs'],
  }),
  subnet: ({ ids, name, cidr, zone }, vpc, names) => ({
    type: 'tencentcloud_subnet',
    attributes: { vpc_id: names.vpc(vpc.id), name, cidr_block: cidr, availability_zone: zone },
    importId: ids.tencent,
    ignored: ['is_multicast'],
  }),
  peering: ({ ids, name, requester, accepter }, { account, region }, names) => ({
    type: 'tencentcloud_vpc_peer_connect_manager',
    attributes: {
      source_vpc_id: names.vpc(requester.vpc),
      peering_connection_name: name,
      destination_vpc_id: names.vpc(accepter.vpc),
      destination_uin: account,
      destination_region: region,
    },
    importId: ids.tencent,
    ignored: ['destination_vpc_id'],
  }),
  accepter: null,
  route: ({ id, destination, description, peering, enabled }, table, vpc, names) => ({
    type: 'tencentcloud_route_table_entry',
    attributes: {
      route_table_id: table.isDefault ? names.vpc(vpc.id, 'default_route_table_id') : table.ids.tencent,
      destination_cidr_block: destination,
      next_type: 'PEERCONNECTION',
      next_hub: names.peering(peering),
      description: said(description),
      disabled: enabled ? undefined : true,
    },
    importId: `${routeNumber(id as PartId)}.${table.ids.tencent}`,
  }),
}
