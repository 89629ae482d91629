import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeSubnet } from '../network-codec.ts'
import { decodePage, filteredPage } from '../paging.ts'

/** Querying Subnets, of one VPC or of all. Source: Open Telekom Cloud VPC API reference, "Querying Subnets". */
export const listSubnets = operation({
  name: 'GET /v1/{project_id}/subnets',
  decode: ({ query }: HuaweiCall) => ({
    page: { ...decodePage(query), reverse: false },
    vpc: query.optionalText('vpc_id'),
  }),
  run: async (app, caller, { page, vpc: id }) => {
    const vpc = id === undefined ? undefined : await app.context.store.findVpc(id)
    if (vpc === null) return []
    const filter = { ...(vpc && { vpcs: [vpc.id] }), withTotal: false }
    return filteredPage(
      page,
      (window) => app.listSubnets(caller, { ...filter, window }),
      (subnets) => subnets,
    )
  },
  encode: (subnets, _call, _app, caller) => ({
    subnets: subnets.map((subnet) => encodeSubnet(subnet, caller)),
  }),
})
