import { operation } from '../../dialect.ts'
import { decodeExtendCidrs, encodeOutcome } from './add-extend-cidr.ts'

/**
 * Removing a Secondary CIDR Block from a VPC; not one that a subnet is in.
 * Source: Open Telekom Cloud VPC API reference (v3), "Removing a Secondary CIDR Block from a VPC".
 */
export const removeExtendCidr = operation({
  name: 'PUT /v3/{project_id}/vpc/vpcs/{vpc_id}/remove-extend-cidr',
  decode: decodeExtendCidrs,
  run: (app, caller, { id, cidrs, dryRun }) =>
    app.updateVpc({ ...caller, dryRun }, { id, removeCidrs: cidrs }),
  encode: encodeOutcome,
})
