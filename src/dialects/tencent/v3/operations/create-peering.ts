import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeRegionField, decodeWord, PEERING_NAME } from '../../codec.ts'
import { whole } from '../call.ts'
import { CHARGE_TYPES, decodeTags, VPC_ID } from '../codec.ts'

/** Source: API 3.0, object PeerConnection, "QosLevel". */
const QOS_LEVELS = { PT: 'PT', AU: 'AU', AG: 'AG' }

/** The vendor's other kind ends at its bare metal machines, of which there are none here. */
const TYPES = { VPC_PEER: 'VPC_PEER' }

/**
 * Asking for a peering, within a region or across; active at once between two VPCs of one account, else it waits.
 * Source: API 3.0 "CreateVpcPeeringConnection".
 */
export const createPeering = operation({
  name: 'CreateVpcPeeringConnection',
  decode: (call: TencentCall, app) =>
    whole(call.fields(), (fields) => {
      const bandwidthMbps = fields.optionalInteger('Bandwidth', { min: 0 })
      const chargeType = decodeWord(fields, 'ChargeType', CHARGE_TYPES)
      const qosLevel = decodeWord(fields, 'QosLevel', QOS_LEVELS)
      decodeWord(fields, 'Type', TYPES)
      return {
        requesterVpc: fields.text('SourceVpcId', VPC_ID),
        accepterVpc: fields.text('DestinationVpcId', VPC_ID),
        accepter: {
          tencentUin: fields.text('DestinationUin', { pattern: /^\d{1,20}$/, expects: 'is malformed' }),
        },
        name: fields.text('PeeringConnectionName', PEERING_NAME),
        description: '',
        accepterRegion: decodeRegionField(app, fields.text('DestinationRegion')),
        attributes: {
          ...(bandwidthMbps !== undefined && { bandwidthMbps }),
          ...(chargeType !== undefined && { chargeType }),
          ...(qosLevel !== undefined && { qosLevel }),
          tags: { requester: decodeTags(fields), accepter: [] },
        },
      }
    }),
  run: (app, caller, input) => app.createPeering(caller, input),
  encode: ({ peering }) => ({ PeeringConnectionId: peering.ids.tencent }),
})
