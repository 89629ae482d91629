import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { DESCRIPTION } from '../codec.ts'
import { checkVpcBlock, encodeVpc, RESOURCE_NAME } from '../network-codec.ts'
import { vpcView } from '../network-views.ts'

/**
 * Updating VPC Information. What is not said stays; a Terraform provider says nothing at all where only tags change.
 * Source: Open Telekom Cloud VPC API reference, "Updating VPC Information"; captured from its provider.
 */
export const updateVpc = operation({
  name: 'PUT /v1/{project_id}/vpcs/{vpc_id}',
  decode: (call: HuaweiCall) => {
    const vpc = call.body().object('vpc')
    const name = vpc.optionalText('name', RESOURCE_NAME)
    const description = vpc.optionalText('description', DESCRIPTION)
    const cidr = vpc.optionalText('cidr') ?? ''
    if (cidr !== '') checkVpcBlock(cidr)
    const sharedSnat = vpc.optionalBoolean('enable_shared_snat')
    const enhancedLocalRoute = vpc.optionalBoolean('enhanced_local_route')
    return {
      id: call.path['vpc_id'] ?? '',
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(cidr !== '' && { primaryCidr: cidr }),
      attributes: {
        ...(sharedSnat !== undefined && { sharedSnat }),
        ...(enhancedLocalRoute !== undefined && { enhancedLocalRoute }),
      },
    }
  },
  run: async (app, caller, input) => vpcView(app, caller, await app.updateVpc(caller, input)),
  encode: (view, _call, _app, caller) => ({ vpc: encodeVpc(view, caller) }),
})
