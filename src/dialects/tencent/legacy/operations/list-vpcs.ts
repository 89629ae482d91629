import type { Caller } from '../../../../app/context.ts'
import type { App } from '../../../../app/index.ts'
import { LIVE_STATES } from '../../../../domain/peering.ts'
import type { Vpc } from '../../../../domain/vpc.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeWord } from '../../codec.ts'
import { decodeDescending, decodeWindow, encodeVpc } from '../codec.ts'

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
      items.map(async (vpc) => encodeVpc(vpc, await countPeerings(app, caller, vpc))),
    )
    return { totalCount: total ?? data.length, data }
  },
  encode: (page) => page,
})

async function countPeerings(app: App, caller: Caller, vpc: Vpc): Promise<number> {
  const { total } = await app.listPeerings(caller, {
    vpcs: [vpc.id],
    states: LIVE_STATES,
    order: 'id',
    window: { limit: 1 },
    withTotal: true,
  })
  return total ?? 0
}
