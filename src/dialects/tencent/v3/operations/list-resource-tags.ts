import type { Caller } from '../../../../app/context.ts'
import type { App } from '../../../../app/index.ts'
import { DomainError } from '../../../../domain/errors.ts'
import type { Tag } from '../../../../domain/peering.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { callersSide, decodeRegionField, decodeWord } from '../../codec.ts'
import { ALL } from '../../networks.ts'
import { whole } from '../call.ts'
import { pageOf } from '../filters.ts'
import { KINDS, type ResourceKind } from '../resources.ts'

/** Source: service `tag`, "DescribeResourceTagsByResourceIds". */
const IDS_MAX = 50

/**
 * Listing the tags of some resources, a row for each. Resources that the account has not are left out.
 * Source: service `tag`, "DescribeResourceTagsByResourceIds"; Terraform provider.
 */
export const listResourceTags = operation({
  name: 'DescribeResourceTagsByResourceIds',
  decode: (call: TencentCall, app) =>
    whole(call.fields(), (fields) => {
      const service = fields.text('ServiceType')
      const prefix = fields.text('ResourcePrefix')
      const region = fields.text('ResourceRegion')
      const category = decodeWord(fields, 'Category', { All: true, Custom: true, System: false }) ?? true
      const known = service === 'vpc' && Object.hasOwn(KINDS, prefix) && category
      return {
        ids: requireIds(fields.texts('ResourceIds')),
        kind: known ? (KINDS[prefix] ?? null) : null,
        region: region === '' ? null : decodeRegionField(app, region),
        window: {
          offset: fields.optionalInteger('Offset', { min: 0 }) ?? 0,
          limit: fields.optionalInteger('Limit', { min: 1, max: 100 }) ?? 15,
        },
      }
    }),
  run: async (app, caller, { ids, kind, region, window }) => {
    const found = kind === null ? [] : await tagsOf(app, { ...caller, region }, kind, ids)
    return { ...pageOf(found.flatMap(encodeTags), [], window), window }
  },
  encode: ({ items, total, window }) => ({
    TotalCount: total,
    Offset: window.offset,
    Limit: window.limit,
    Tags: items,
  }),
})

interface Tagged {
  readonly id: string
  readonly tags: readonly Tag[]
}

const encodeTags = ({ id, tags }: Tagged) =>
  tags.map(({ key, value }) => ({
    TagKey: key,
    TagValue: value,
    ResourceId: id,
    ServiceType: 'vpc',
    Category: 'Custom',
  }))

function requireIds(ids: readonly string[]): readonly string[] {
  if (ids.length === 0) throw new DomainError('request.missing', { field: 'ResourceIds' })
  if (ids.length <= IDS_MAX) return ids
  const reason = `holds more than ${IDS_MAX} ids`
  throw new DomainError('request.invalid', { field: 'ResourceIds', problem: 'too-long', reason, value: '' })
}

async function tagsOf(
  app: App,
  caller: Caller,
  kind: ResourceKind,
  ids: readonly string[],
): Promise<readonly Tagged[]> {
  const query = { ...ALL, ids }
  if (kind === 'peering') {
    const { items } = await app.listPeerings(caller, { ...query, order: 'id' })
    return items.map((view) => ({
      id: view.peering.ids.tencent,
      tags: view.peering.attributes.tags[callersSide(view, caller)],
    }))
  }
  const list = { vpc: app.listVpcs, subnet: app.listSubnets, 'route-table': app.listRouteTables }[kind]
  const { items } = await list(caller, { ...query, order: 'id' })
  return items.map((item) => ({ id: item.ids.tencent, tags: item.tags }))
}
