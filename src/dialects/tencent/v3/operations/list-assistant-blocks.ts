import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { ALL } from '../../networks.ts'
import { viewAssistantBlocks } from '../assistant-blocks.ts'
import { whole } from '../call.ts'
import { decodeIds, decodeWindow, VPC_ID } from '../codec.ts'
import { decodeFilters, idsOf, pageOf, refuseBoth } from '../filters.ts'

/** Listing the blocks that were added to VPCs of the region of the call. Source: API 3.0 "DescribeAssistantCidr". */
export const listAssistantBlocks = operation({
  name: 'DescribeAssistantCidr',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      const ids = decodeIds(fields, 'VpcIds', VPC_ID)
      const filters = decodeFilters(fields, (name) => name === 'vpc-id')
      refuseBoth('VpcIds', ids, filters)
      const [filter] = filters
      return { ids: filter ? idsOf(filter, VPC_ID) : ids, window: decodeWindow(fields) }
    }),
  run: async (app, caller, { ids, window }) => {
    const { items } = await app.listVpcs(caller, { ...ALL, ...(ids && { ids }), order: 'id' })
    return pageOf(await viewAssistantBlocks(app, caller, items), [], window)
  },
  encode: ({ items, total }) => ({ TotalCount: total, AssistantCidrSet: items }),
})
