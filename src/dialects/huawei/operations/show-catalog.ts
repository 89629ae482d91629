import { tenantOf } from '../../../app/context.ts'
import { operation } from '../../dialect.ts'
import { baseUrl, type HuaweiCall } from '../call.ts'
import { catalog, scopeOf } from '../catalog.ts'

/**
 * Querying the catalogue of services, for who signs with a key and has no token that it would be in.
 * Source: IAM API reference, "Querying the Service Catalog"; Terraform provider of Open Telekom Cloud.
 */
export const showCatalog = operation({
  name: 'GET /v3/auth/catalog',
  decode: () => null,
  run: async ({ context }, caller) => {
    const tenant = tenantOf(caller, 'iam:catalog:get')
    return caller.region === null ? null : scopeOf(context.regions, tenant, caller.region)
  },
  encode: (scope, { request }: HuaweiCall) => ({
    catalog: catalog(baseUrl(request), scope),
    links: { self: `${baseUrl(request)}${request.path}`, next: null, previous: null },
  }),
})
