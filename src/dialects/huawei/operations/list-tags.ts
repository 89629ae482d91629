import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'

/**
 * Querying VPC Tags, and those of subnets. A Terraform provider cannot read either thing without them.
 * Source: Open Telekom Cloud VPC API reference, "Querying VPC Tags" and "Querying Subnet Tags".
 */
export const listVpcTags = operation({
  name: 'GET /v2.0/{project_id}/vpcs/{vpc_id}/tags',
  decode: ({ path }: HuaweiCall) => ({ id: path['vpc_id'] ?? '' }),
  run: (app, caller, input) => app.showVpc(caller, input),
  encode: ({ tags }) => ({ tags }),
})

export const listSubnetTags = operation({
  name: 'GET /v2.0/{project_id}/subnets/{subnet_id}/tags',
  decode: ({ path }: HuaweiCall) => ({ id: path['subnet_id'] ?? '' }),
  run: (app, caller, input) => app.showSubnet(caller, input),
  encode: ({ tags }) => ({ tags }),
})
