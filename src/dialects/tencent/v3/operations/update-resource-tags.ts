import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeRegionField } from '../../codec.ts'
import { whole } from '../call.ts'
import { TAG_KEY, TAG_VALUE, TAGS_MAX } from '../codec.ts'
import { readResource } from '../resources.ts'

/** Source: service `tag`, "ModifyResourceTags": at most ten of each. */
const TAGS_PER_REQUEST = 10

/**
 * Setting tags of a resource and taking others off, in one step. Source: service `tag`, "ModifyResourceTags";
 * Terraform provider.
 */
export const updateResourceTags = operation({
  name: 'ModifyResourceTags',
  decode: (call: TencentCall, app, caller) =>
    whole(call.fields(), (fields) => {
      const resource = readResource(fields.text('Resource'), caller)
      const tags = <T>(name: string, read: (tag: ReturnType<typeof fields.object>) => T) => {
        const items = fields.objects(name).map((tag) => whole(tag, read))
        if (items.length <= TAGS_PER_REQUEST) return items
        throw new DomainError('tag.limit-exceeded', { limit: TAGS_PER_REQUEST })
      }
      const set = tags('ReplaceTags', (tag) => {
        tag.optionalText('Category')
        return { key: tag.text('TagKey', TAG_KEY), value: tag.text('TagValue', TAG_VALUE) }
      })
      const remove = tags('DeleteTags', (tag) => tag.text('TagKey', TAG_KEY))
      if (set.length + remove.length === 0) throw new DomainError('request.missing', { field: 'ReplaceTags' })
      const keys = [...set.map(({ key }) => key), ...remove]
      const twice = keys.find((key, index) => keys.indexOf(key) !== index)
      if (twice !== undefined) throw new DomainError('tag.duplicate-key', { key: twice })
      const region = resource.region === '' ? null : decodeRegionField(app, resource.region)
      return { region, change: { ...resource, set, remove, limit: TAGS_MAX } }
    }),
  run: (app, caller, { region, change: { kind, id, set, remove, limit } }) =>
    app.changeTags({ ...caller, region }, { kind, id, set, remove, limit }),
  encode: () => ({}),
})
