import { routerOf } from '../../dialects/alibaba/networks.ts'
import { reference } from './hcl.ts'
import { ipv4Of, said, type Vendor } from './vendor.ts'

const host = reference('local.host')

/**
 * Source: documentation and source of aliyun/alicloud: `alicloud_vpc`, `alicloud_vswitch`, `alicloud_vpc_peer_connection`
 * with its accepter, and `alicloud_route_entry`; for each its section "Import".
 */
export const alicloud: Vendor = {
  name: 'alicloud',
  dialect: 'alibaba',
  requirement: { source: 'aliyun/alicloud', version: '>= 1.289.0' },
  notes: ['Where the environment has a proxy, except the address of the service from it: NO_PROXY.'],
  locals: { host: reference('trimprefix(trimprefix(var.endpoint, "https://"), "http://")') },
  provider: (account, region) => ({
    attributes: {
      access_key: reference(`var.${account}.key`),
      secret_key: reference(`var.${account}.secret`),
      region,
      protocol: reference('startswith(var.endpoint, "https:") ? "HTTPS" : "HTTP"'),
      account_type: 'Domestic',
      skip_region_validation: true,
    },
    blocks: [
      {
        type: 'endpoints',
        attributes: { vpc: host, vpcpeer: host, sts: host, location: host, bssopenapi: host },
      },
    ],
  }),
  // Blocks beside the first are computed where they are not configured.
  vpc: ({ ids, name, description, cidrs }) => ({
    type: 'alicloud_vpc',
    attributes: { vpc_name: said(name), cidr_block: ipv4Of(cidrs)[0], description: said(description) },
    importId: ids.alibaba,
  }),
  subnet: ({ ids, name, description, cidr, zone }, vpc, names) => ({
    type: 'alicloud_vswitch',
    attributes: {
      vpc_id: names.vpc(vpc.id),
      cidr_block: cidr,
      zone_id: zone,
      vswitch_name: said(name),
      description: said(description),
    },
    importId: ids.alibaba,
  }),
  peering: ({ ids, name, description, requester, accepter }, { account, region }, names) => ({
    type: 'alicloud_vpc_peer_connection',
    attributes: {
      peer_connection_name: said(name),
      vpc_id: names.vpc(requester.vpc),
      accepting_ali_uid: account,
      accepting_region_id: region,
      accepting_vpc_id: names.vpc(accepter.vpc),
      description: said(description),
    },
    importId: ids.alibaba,
  }),
  accepter: ({ ids, id }, names) => ({
    type: 'alicloud_vpc_peer_connection_accepter',
    attributes: { instance_id: names.request(id) },
    importId: ids.alibaba,
  }),
  // The parts of an id of a route are told apart by colons, which an IPv6 block has too.
  route: ({ destination, name, peering }, table, vpc, names) => {
    if (destination.includes(':')) return null
    return {
      type: 'alicloud_route_entry',
      attributes: {
        route_table_id: table.isDefault ? names.vpc(vpc.id, 'route_table_id') : table.ids.alibaba,
        destination_cidrblock: destination,
        nexthop_type: 'VpcPeer',
        nexthop_id: names.peering(peering),
        name: said(name),
      },
      importId: [table.ids.alibaba, routerOf(vpc), destination, 'VpcPeer', names.peeringId(peering)].join(
        ':',
      ),
    }
  },
}
