import { operation } from '../../dialect.ts'
import type { TextRule } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import {
  decodeCapacity,
  decodeOptionalResourceGroup,
  decodeRegion,
  decodeTags,
  PEERING_DESCRIPTION,
  PEERING_NAME,
} from '../codec.ts'

/** An account number. Terraform sends 0 for one that was left out, which the vendor refuses too. */
const ACCOUNT: TextRule = { pattern: /^[1-9]\d{0,18}$/, expects: 'must be the number of an account' }

/**
 * CreateVpcPeerConnection: active at once between two VPCs of one account, else it waits for the other.
 * Source: "CreateVpcPeerConnection"; issue 5499 of the Terraform provider.
 */
export const createPeering = operation({
  name: '2022-01-01 CreateVpcPeerConnection',
  decode: ({ parameters }: AlibabaCall, app, caller) => {
    const region = parameters.text('RegionId')
    const requesterVpc = parameters.text('VpcId')
    const alibabaUid = parameters.text('AcceptingAliUid', ACCOUNT)
    const accepterRegion = parameters.text('AcceptingRegionId')
    const accepterVpc = parameters.text('AcceptingVpcId')
    const resourceGroup = decodeOptionalResourceGroup(parameters, caller) ?? null
    return {
      region: decodeRegion(app, region),
      requesterVpc,
      accepterVpc,
      accepter: { alibabaUid },
      accepterRegion: decodeRegion(app, accepterRegion),
      name: parameters.optionalText('Name', PEERING_NAME) ?? '',
      description: parameters.optionalText('Description', PEERING_DESCRIPTION) ?? '',
      attributes: {
        ...decodeCapacity(parameters),
        resourceGroup: { requester: resourceGroup, accepter: null },
        tags: { requester: decodeTags(parameters), accepter: [] },
      },
    }
  },
  run: (app, caller, { region, ...input }) => app.createPeering({ ...caller, region }, input),
  encode: ({ peering }) => ({ InstanceId: peering.ids.alibaba }),
})
