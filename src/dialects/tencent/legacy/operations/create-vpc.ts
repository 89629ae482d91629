import { tenantOf } from '../../../../app/context.ts'
import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeVpcBlock, encodeTime } from '../../codec.ts'

/** Making a VPC in the region of the call. Subnets are not made. Source: legacy page "Creating a VPC". */
export const createVpc = operation({
  name: 'CreateVpc',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    return {
      name: fields.text('vpcName', { max: 60 }),
      description: '',
      cidrs: [decodeVpcBlock(fields, 'cidrBlock')],
      tags: [],
    }
  },
  run: async (app, caller, input) => {
    const { region } = caller
    if (region === null) throw new DomainError('request.missing', { field: 'Region' })
    return app.createVpc(caller, { ...input, tenant: tenantOf(caller, 'CreateVpc'), region })
  },
  encode: ({ ids, createdAtMs }) => ({
    vpcId: ids.tencent,
    uniqVpcId: ids.tencent,
    vpcCreateTime: encodeTime(createdAtMs),
    subnetSet: [],
    routeTableSet: [],
  }),
})
