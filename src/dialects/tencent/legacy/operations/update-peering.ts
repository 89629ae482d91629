import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { PEERING_NAME } from '../../codec.ts'
import { changePeering } from '../../update-peering.ts'
import { decodePeeringId } from '../codec.ts'

/** Renaming a peering, by either account. Source: legacy page "Modifying a VPC Peering Connection". */
export const updatePeering = operation({
  name: 'ModifyVpcPeeringConnection',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    return { ...decodePeeringId(fields), name: fields.text('peeringConnectionName', PEERING_NAME) }
  },
  run: changePeering,
  encode: () => ({}),
})
