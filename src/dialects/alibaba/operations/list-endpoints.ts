import { operation } from '../../dialect.ts'
import { header } from '../../encoding.ts'
import { type AlibabaCall, VERSIONS } from '../call.ts'
import { decodeRegion, encodeRegion } from '../codec.ts'

/**
 * DescribeEndpoints: where a product is in a region, which is where this was called. Of a product that is not spoken here
 * there is no endpoint. `SerivceCode` is how the vendor spells it.
 * Source: captured replies of Location 2015-06-12, for which there is no page; the Terraform provider's source.
 */
export const listEndpoints = operation({
  name: '2015-06-12 DescribeEndpoints',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('Id'))
    const service = parameters.text('ServiceCode')
    const type = parameters.optionalText('Type') ?? 'openAPI'
    return { region, service, type }
  },
  run: async (_app, _caller, input) => input,
  encode: ({ region, service, type }, { request }, app) => {
    const spoken = [...VERSIONS.values()].some((product) => product.toLowerCase() === service.toLowerCase())
    const endpoint = {
      Id: encodeRegion(app, region),
      Endpoint: header(request, 'host'),
      Type: 'openAPI',
      SerivceCode: service,
      Namespace: '',
      Protocols: { Protocols: ['HTTP'] },
    }
    return {
      Success: true,
      Endpoints: { Endpoint: spoken && type.toLowerCase() === 'openapi' ? [endpoint] : [] },
    }
  },
})
