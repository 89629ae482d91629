import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { NETWORK_NAME, SUBNET_ID } from '../codec.ts'

/** Renaming a subnet, or letting its machines broadcast. Source: API 3.0 "ModifySubnetAttribute". */
export const updateSubnet = operation({
  name: 'ModifySubnetAttribute',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      const name = fields.optionalText('SubnetName', NETWORK_NAME)
      const broadcast = fields.optionalBoolean('EnableBroadcast')
      const id = fields.text('SubnetId', SUBNET_ID)
      if (name === undefined && broadcast === undefined)
        throw new DomainError('peering.nothing-to-update', {})
      return { id, ...(name !== undefined && { name }), ...(broadcast !== undefined && { broadcast }) }
    }),
  run: (app, caller, input) => app.updateSubnet(caller, input),
  encode: () => ({}),
})
