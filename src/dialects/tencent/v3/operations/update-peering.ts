import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeWord, PEERING_NAME } from '../../codec.ts'
import { changePeering, requireChange } from '../../update-peering.ts'
import { whole } from '../call.ts'
import { CHARGE_TYPES, PEERING_ID } from '../codec.ts'

/**
 * Changing a peering's name, bandwidth or billing. Bandwidth 0 takes the limit away: so the Terraform provider
 * sends it when the argument is removed. Source: API 3.0 "ModifyVpcPeeringConnection"; captured.
 */
export const updatePeering = operation({
  name: 'ModifyVpcPeeringConnection',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      const name = fields.optionalText('PeeringConnectionName', PEERING_NAME)
      const bandwidthMbps = fields.optionalInteger('Bandwidth', { min: 0 })
      const chargeType = decodeWord(fields, 'ChargeType', CHARGE_TYPES)
      return {
        id: fields.text('PeeringConnectionId', PEERING_ID),
        ...(name !== undefined && { name }),
        ...(bandwidthMbps !== undefined && { bandwidthMbps }),
        ...(chargeType !== undefined && { chargeType }),
      }
    }),
  run: (app, caller, input) => changePeering(app, caller, requireChange(input)),
  encode: () => ({}),
})
