import { reference } from './hcl.ts'
import { huaweiResources } from './huawei-resources.ts'
import { said, type Vendor } from './vendor.ts'

/**
 * Source: documentation and source of huaweicloud/huaweicloud: `huaweicloud_vpc`, `huaweicloud_vpc_subnet`,
 * `huaweicloud_vpc_peering_connection` with its accepter, and `huaweicloud_vpc_route`; for each its section "Import".
 */
export const huaweicloud: Vendor = {
  name: 'huaweicloud',
  dialect: 'huawei',
  requirement: { source: 'huaweicloud/huaweicloud' },
  notes: [],
  provider: (account, region) => ({
    attributes: {
      region,
      access_key: reference(`var.${account}.key`),
      secret_key: reference(`var.${account}.secret`),
      auth_url: reference('format("%s/v3", var.endpoint)'),
      endpoints: { vpc: reference('var.endpoint'), iam: reference('var.endpoint') },
      skip_check_website_type: true,
    },
  }),
  vpc: ({ ids, name, description, cidrs }) => ({
    type: 'huaweicloud_vpc',
    attributes: {
      name,
      cidr: cidrs[0] ?? '',
      secondary_cidrs: cidrs.length > 1 ? cidrs.slice(1) : undefined,
      description: said(description),
    },
    importId: ids.huawei,
  }),
  ...huaweiResources({
    subnet: 'huaweicloud_vpc_subnet',
    peering: 'huaweicloud_vpc_peering_connection',
    accepter: 'huaweicloud_vpc_peering_connection_accepter',
  }),
  route: ({ destination, description, peering }, table, vpc, names) => ({
    type: 'huaweicloud_vpc_route',
    attributes: {
      vpc_id: names.vpc(vpc.id),
      destination,
      type: 'peering',
      nexthop: names.peering(peering),
      route_table_id: table.isDefault ? undefined : table.ids.huawei,
      description: said(description),
    },
    importId: `${table.ids.huawei}/${destination}`,
  }),
}
