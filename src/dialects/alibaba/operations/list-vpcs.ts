import { type Caller, tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeIdList, decodeRegion, decodeTagFilter } from '../codec.ts'
import { encodeVpc, networksOf, resourceGroupOf } from '../networks.ts'
import { decodePage, encodePage, NOTHING, pageOf } from '../numbered-page.ts'

/** DescribeVpcs: the account's VPCs in one region, by numbered pages. Source: "DescribeVpcs". */
export const listVpcs = operation({
  name: '2016-04-28 DescribeVpcs',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: (listed, _call, app, caller) => ({
    ...encodePage(listed),
    Vpcs: { Vpc: listed.items.map((network) => encodeVpc(network, app, caller)) },
  }),
})

function readQuery(parameters: Fields, app: App) {
  const region = decodeRegion(app, parameters.text('RegionId'))
  const name = parameters.optionalText('VpcName')
  const ids = decodeIdList(parameters, 'VpcId', 20)
  return {
    region,
    page: decodePage(parameters),
    isDefault: parameters.optionalBoolean('IsDefault') ?? false,
    resourceGroup: parameters.optionalText('ResourceGroupId'),
    filter: {
      ...(ids.length > 0 && { ids }),
      ...(name !== undefined && { name }),
      tags: decodeTagFilter(parameters, 'Tag'),
    },
  }
}

/** No VPC here is a default one. */
async function list(app: App, caller: Caller, query: ReturnType<typeof readQuery>) {
  const { region, page, isDefault, resourceGroup, filter } = query
  if (isDefault) return { ...page, ...NOTHING }
  const owner = tenantOf(caller, 'vpc:DescribeVpcs')
  const listed = await pageOf(
    page,
    (window, withTotal) => app.listVpcs({ ...caller, region }, { ...filter, order: 'id', window, withTotal }),
    resourceGroup === undefined ? null : (vpc) => resourceGroupOf(vpc, owner) === resourceGroup,
  )
  return { ...listed, items: await networksOf(app, caller, listed.items) }
}
