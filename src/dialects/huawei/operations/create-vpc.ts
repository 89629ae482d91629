import { tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { contains, parseCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { RegionName } from '../../../domain/identity.ts'
import { operation } from '../../dialect.ts'
import type { TextRule } from '../../fields.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeVpc, PEERING_DESCRIPTION } from '../codec.ts'

/** Source: Open Telekom Cloud VPC API reference, "Creating a VPC", parameters. */
const NAME: TextRule = {
  max: 64,
  pattern: /^[\p{L}\p{N}_.-]*$/u,
  expects: 'may hold letters, digits, underscores, hyphens and periods only',
}

/** Private blocks, and how long a prefix may be in each. Source: as above, "cidr". */
const RANGES = [
  { within: '10.0.0.0/8', longest: 24 },
  { within: '172.16.0.0/12', longest: 24 },
  { within: '192.168.0.0/16', longest: 24 },
]

/** Creating a VPC. All members are optional; the answer is 200, not 201. Source: as above. */
export const createVpc = operation({
  name: 'POST /v1/{project_id}/vpcs',
  decode: (call: HuaweiCall) => {
    const vpc = call.body().object('vpc')
    const cidr = vpc.optionalText('cidr') ?? ''
    if (cidr !== '') checkBlock(cidr)
    return {
      name: vpc.optionalText('name', NAME) ?? '',
      description: vpc.optionalText('description', PEERING_DESCRIPTION) ?? '',
      cidrs: cidr === '' ? [] : [cidr],
      tags: [],
    }
  },
  run: async (app, caller, input) => {
    const tenant = tenantOf(caller, 'vpc:vpcs:create')
    const region = caller.region ?? defaultRegion(app)
    return app.createVpc(caller, { ...input, tenant, region })
  },
  encode: (vpc, _call, _app, caller) => ({
    vpc: encodeVpc(vpc, caller.tenant?.huawei.projects[vpc.region] ?? ''),
  }),
})

function checkBlock(text: string): void {
  const block = parseCidr(text)
  const fits = RANGES.some(({ within, longest }) => {
    const outer = parseCidr(within)
    return block && outer && contains(outer, block) && block.bits <= longest
  })
  if (fits) return
  const reason = 'is not a block within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 of at most 24 bits'
  throw new DomainError('request.invalid', { field: 'cidr', problem: 'format', reason, value: text })
}

/** Where a request names no project, the operator's first region is meant. */
function defaultRegion(app: App): RegionName {
  const region = app.context.regions[0]
  if (!region) throw new DomainError('region.unknown', { region: '' })
  return region.name
}
