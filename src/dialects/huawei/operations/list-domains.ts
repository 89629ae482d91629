import { tenantOf } from '../../../app/context.ts'
import { operation } from '../../dialect.ts'
import { baseUrl, type HuaweiCall } from '../call.ts'

/**
 * Querying the domains (accounts) that may be signed in to: the caller's own.
 * Source: IAM API reference, "Querying the List of Domains Accessible to Users"; Node.js SDK; Terraform providers.
 */
export const listDomains = operation({
  name: 'GET /v3/auth/domains',
  decode: ({ query }: HuaweiCall) => ({ name: query.optionalText('name') }),
  run: async (_app, caller, { name }) => {
    const { huawei } = tenantOf(caller, 'iam:domains:list')
    return name === undefined || name === huawei.domainName ? [huawei] : []
  },
  encode: (domains, { request }) => ({
    domains: domains.map(({ domainId, domainName }) => ({
      id: domainId,
      name: domainName,
      enabled: true,
      description: '',
      links: { self: `${baseUrl(request)}/v3/domains/${domainId}` },
    })),
    links: { self: `${baseUrl(request)}${request.path}`, next: null, previous: null },
  }),
})
