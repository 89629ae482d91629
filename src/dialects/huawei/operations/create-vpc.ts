import { tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { RegionName } from '../../../domain/identity.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { HuaweiCall } from '../call.ts'
import { DESCRIPTION } from '../codec.ts'
import {
  checkVpcBlock,
  DEFAULT_ENTERPRISE_PROJECT,
  decodeTagTexts,
  encodeVpc,
  RESOURCE_NAME,
} from '../network-codec.ts'

/** Creating a VPC. All members are optional; the answer is 200, not 201. Source: VPC API reference, "Creating a VPC". */
export const createVpc = operation({
  name: 'POST /v1/{project_id}/vpcs',
  decode: (call: HuaweiCall) => {
    const vpc = call.body().object('vpc')
    const cidr = vpc.optionalText('cidr') ?? ''
    if (cidr !== '') checkVpcBlock(cidr)
    checkEnterpriseProject(vpc)
    const enhancedLocalRoute = vpc.optionalBoolean('enhanced_local_route')
    return {
      name: vpc.optionalText('name', RESOURCE_NAME) ?? '',
      description: vpc.optionalText('description', DESCRIPTION) ?? '',
      cidrs: cidr === '' ? [] : [cidr],
      tags: decodeTagTexts(vpc),
      ...(enhancedLocalRoute && { attributes: { enhancedLocalRoute } }),
    }
  },
  run: async (app, caller, input) => {
    const tenant = tenantOf(caller, 'vpc:vpcs:create')
    const region = caller.region ?? defaultRegion(app)
    return { vpc: await app.createVpc(caller, { ...input, tenant, region }), routes: [] }
  },
  encode: (view, _call, _app, caller) => ({ vpc: encodeVpc(view, caller) }),
})

/** A client that names another would find the VPC in the default one, and plan to move it for ever. */
function checkEnterpriseProject(vpc: Fields): void {
  const id = vpc.optionalText('enterprise_project_id') ?? ''
  if (id !== '' && id !== DEFAULT_ENTERPRISE_PROJECT)
    throw new DomainError('resource-group.not-found', { id })
}

/** Where a request names no project, the operator's first region is meant. */
function defaultRegion(app: App): RegionName {
  const region = app.context.regions[0]
  if (!region) throw new DomainError('region.unknown', { region: '' })
  return region.name
}
