import { reference } from './hcl.ts'
import { huaweiResources } from './huawei-resources.ts'
import { said, type Vendor } from './vendor.ts'

/**
 * Source: documentation and source of opentelekomcloud/opentelekomcloud: `opentelekomcloud_vpc_v1`,
 * `opentelekomcloud_vpc_subnet_v1`, `opentelekomcloud_vpc_peering_connection_v2` with its accepter, and
 * `opentelekomcloud_vpc_route_v2`; all are imported by id.
 */
export const opentelekomcloud: Vendor = {
  name: 'opentelekomcloud',
  dialect: 'huawei',
  requirement: { source: 'opentelekomcloud/opentelekomcloud' },
  notes: ['Without AWS_EC2_METADATA_DISABLED=true this provider looks for the metadata of a machine first.'],
  provider: (account, region, { huawei }) => ({
    attributes: {
      auth_url: reference('format("%s/v3", var.endpoint)'),
      access_key: reference(`var.${account}.key`),
      secret_key: reference(`var.${account}.secret`),
      domain_name: huawei.domainName,
      tenant_name: region,
    },
  }),
  vpc: ({ ids, name, description, cidrs }) => ({
    type: 'opentelekomcloud_vpc_v1',
    attributes: { name, cidr: cidrs[0] ?? '', secondary_cidr: cidrs[1], description: said(description) },
    importId: ids.huawei,
  }),
  ...huaweiResources({
    subnet: 'opentelekomcloud_vpc_subnet_v1',
    peering: 'opentelekomcloud_vpc_peering_connection_v2',
    accepter: 'opentelekomcloud_vpc_peering_connection_accepter_v2',
  }),
  route: ({ ids, destination, peering }, _table, vpc, names) => ({
    type: 'opentelekomcloud_vpc_route_v2',
    attributes: {
      type: 'peering',
      nexthop: names.peering(peering),
      destination,
      vpc_id: names.vpc(vpc.id),
    },
    importId: ids.huawei,
  }),
}
