import { said, type Vendor } from './vendor.ts'

/** What the two providers of Huawei's protocol describe alike, each under resource types of its own. */
export const huaweiResources = (types: {
  readonly subnet: string
  readonly peering: string
  readonly accepter: string
}): Pick<Vendor, 'subnet' | 'peering' | 'accepter'> => ({
  subnet: ({ ids, name, description, cidr, ipv6Cidr, gateway, zone }, vpc, names) => ({
    type: types.subnet,
    attributes: {
      name,
      cidr,
      gateway_ip: gateway,
      vpc_id: names.vpc(vpc.id),
      ipv6_enable: ipv6Cidr === null ? undefined : true,
      availability_zone: said(zone),
      description: said(description),
    },
    importId: ids.huawei,
    ignored: ['dhcp_enable'],
  }),
  peering: ({ ids, name, description, requester, accepter }, { account }, names) => ({
    type: types.peering,
    attributes: {
      name,
      vpc_id: names.vpc(requester.vpc),
      peer_vpc_id: names.vpc(accepter.vpc),
      peer_tenant_id: account,
      description: said(description),
    },
    importId: ids.huawei,
  }),
  accepter: ({ ids, id }, names) => ({
    type: types.accepter,
    attributes: { vpc_peering_connection_id: names.request(id), accept: true },
    importId: ids.huawei,
    ignored: ['vpc_peering_connection_id', 'accept'],
  }),
})
