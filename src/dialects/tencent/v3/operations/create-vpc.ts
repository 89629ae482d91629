import { tenantOf } from '../../../../app/context.ts'
import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { decodeVpcBlock } from '../../codec.ts'
import { whole } from '../call.ts'
import { decodeTags, encodeVpc } from '../codec.ts'

/** Making a VPC in the region of the call. Source: API 3.0 "CreateVpc". */
export const createVpc = operation({
  name: 'CreateVpc',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      readWhatIsNotKept(fields)
      return {
        name: fields.text('VpcName', { min: 1, max: 60, unit: 'bytes' }),
        description: '',
        cidrs: [decodeVpcBlock(fields, 'CidrBlock')],
        tags: decodeTags(fields),
      }
    }),
  run: async (app, caller, input) => {
    const { region } = caller
    if (region === null) throw new DomainError('request.missing', { field: 'Region' })
    return app.createVpc(caller, { ...input, tenant: tenantOf(caller, 'CreateVpc'), region })
  },
  encode: (vpc) => ({ Vpc: encodeVpc(vpc) }),
})

/** Settings of machines and of other products; checked for their types only. */
function readWhatIsNotKept(fields: Fields): void {
  for (const name of ['EnableMulticast', 'EnableRouteVpcPublish', 'EnableRouteVpcPublishIpv6']) {
    fields.optionalBoolean(name)
  }
  fields.texts('DnsServers')
  fields.optionalText('DomainName')
}
