import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { VPC_ID } from '../codec.ts'
import { decodeVpcAttributes } from '../network-codec.ts'

/** Renaming a VPC, or changing what its machines are told. Source: API 3.0 "ModifyVpcAttribute". */
export const updateVpc = operation({
  name: 'ModifyVpcAttribute',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      const name = fields.optionalText('VpcName', { min: 1, max: 60 })
      const attributes = decodeVpcAttributes(fields)
      // About clusters at a customer's own site, of which there are none here.
      const forSites = fields.optionalBoolean('EnableCdcPublish')
      const id = fields.text('VpcId', VPC_ID)
      if (name === undefined && forSites === undefined && Object.keys(attributes).length === 0) {
        throw new DomainError('peering.nothing-to-update', {})
      }
      return { id, attributes, ...(name !== undefined && { name }) }
    }),
  run: (app, caller, input) => app.updateVpc(caller, input),
  encode: () => ({}),
})
