import type { Caller } from '../../../../app/context.ts'
import type { App } from '../../../../app/index.ts'
import { LIVE_STATES } from '../../../../domain/peering.ts'
import type { Vpc } from '../../../../domain/vpc.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeWord } from '../../codec.ts'
import { decodeDescending, decodeWindow, encodeVpc, type VpcCounts } from '../codec.ts'

/**
 * Listing the VPCs of an account in the region of the call. Source: legacy page "Querying VPCs"
 * (DescribeVpcEx).
 */
export const listVpcs = operation({
  name: 'DescribeVpcEx',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    const id = fields.optionalText('vpcId')
    const name = fields.optionalText('vpcName')
    decodeWord(fields, 'orderField', { createTime: 'id' })
    return {
      ...(id !== undefined && { ids: [id] }),
      ...(name !== undefined && { name }),
      order: decodeDescending(fields) ? ('id-descending' as const) : ('id' as const),
      window: decodeWindow(fields),
      withTotal: true,
    }
  },
  run: async (app, caller, query) => {
    const { items, total } = await app.listVpcs(caller, query)
    const data = await Promise.all(
      items.map(async (vpc) => encodeVpc(vpc, await countParts(app, caller, vpc))),
    )
    return { totalCount: total ?? data.length, data }
  },
  encode: (page) => page,
})

async function countParts(app: App, caller: Caller, { id }: Vpc): Promise<VpcCounts> {
  const count = { vpcs: [id], window: { limit: 1 }, withTotal: true } as const
  const peerings = await app.listPeerings(caller, { ...count, states: LIVE_STATES, order: 'id' })
  const subnets = await app.listSubnets(caller, count)
  const routeTables = await app.listRouteTables(caller, count)
  return {
    peerings: peerings.total ?? 0,
    subnets: subnets.total ?? 0,
    routeTables: routeTables.total ?? 0,
  }
}
