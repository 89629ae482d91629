import { tenantOf } from '../../../../app/context.ts'
import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeVpcBlock } from '../../codec.ts'
import { whole } from '../call.ts'
import { decodeTags, NETWORK_NAME } from '../codec.ts'
import { decodeVpcAttributes, encodeVpc } from '../network-codec.ts'

/** Making a VPC in the region of the call. Source: API 3.0 "CreateVpc". */
export const createVpc = operation({
  name: 'CreateVpc',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      attributes: decodeVpcAttributes(fields),
      name: fields.text('VpcName', NETWORK_NAME),
      description: '',
      cidrs: [decodeVpcBlock(fields, 'CidrBlock')],
      tags: decodeTags(fields),
    })),
  run: async (app, caller, input) => {
    const { region } = caller
    if (region === null) throw new DomainError('request.missing', { field: 'Region' })
    return app.createVpc(caller, { ...input, tenant: tenantOf(caller, 'CreateVpc'), region })
  },
  encode: (vpc) => ({ Vpc: encodeVpc(vpc) }),
})
