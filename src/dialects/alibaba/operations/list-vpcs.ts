import { type Caller, tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeIdList, decodeRegion, decodeTagFilter, defaultResourceGroup, encodeVpc } from '../codec.ts'

/** DescribeVpcs: the account's VPCs in one region, by numbered pages. Source: "DescribeVpcs". */
export const listVpcs = operation({
  name: '2016-04-28 DescribeVpcs',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: ({ items, total, page, size }, _call, app, caller) => ({
    TotalCount: total,
    PageNumber: page,
    PageSize: size,
    Vpcs: { Vpc: items.map((vpc) => encodeVpc(vpc, app, tenantOf(caller, 'vpc:DescribeVpcs'))) },
  }),
})

function readQuery(parameters: Fields, app: App) {
  const region = decodeRegion(app, parameters.text('RegionId'))
  const name = parameters.optionalText('VpcName')
  const ids = decodeIdList(parameters, 'VpcId', 20)
  return {
    region,
    page: parameters.optionalInteger('PageNumber', { min: 1, max: 2 ** 31 - 1 }) ?? 1,
    size: parameters.optionalInteger('PageSize', { min: 1, max: 50 }) ?? 10,
    isDefault: parameters.optionalBoolean('IsDefault') ?? false,
    resourceGroup: parameters.optionalText('ResourceGroupId'),
    filter: {
      ...(ids.length > 0 && { ids }),
      ...(name !== undefined && { name }),
      tags: decodeTagFilter(parameters, 'Tag'),
    },
  }
}

/** No VPC here is a default one, and all are in the default resource group. */
async function list(app: App, caller: Caller, query: ReturnType<typeof readQuery>) {
  const { region, page, size, isDefault, resourceGroup, filter } = query
  const group = defaultResourceGroup(tenantOf(caller, 'vpc:DescribeVpcs'))
  if (isDefault || (resourceGroup ?? group) !== group) return { items: [], total: 0, page, size }
  const window = { limit: size, offset: (page - 1) * size }
  const found = await app.listVpcs({ ...caller, region }, { ...filter, order: 'id', window, withTotal: true })
  return { items: found.items, total: found.total ?? found.items.length, page, size }
}
