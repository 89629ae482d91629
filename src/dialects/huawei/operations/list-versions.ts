import { operation } from '../../dialect.ts'
import { baseUrl, type HuaweiCall } from '../call.ts'

/**
 * The versions of IAM that there are, for clients whose address of it names none, and the one that there is, for those
 * that ask at it. 200, not 300 as Keystone has it: one of the SDKs follows whatever looks like a redirect.
 * Source: Keystone, "List versions" and "Show v3 API details"; Go SDK of Open Telekom Cloud.
 */
export const listVersions = operation({
  name: 'GET /',
  decode: () => null,
  run: async () => null,
  encode: (_, { request }: HuaweiCall) => ({ versions: { values: [version(baseUrl(request))] } }),
})

export const showVersion = operation({
  name: 'GET /v3',
  decode: () => null,
  run: async () => null,
  encode: (_, { request }: HuaweiCall) => ({ version: version(baseUrl(request)) }),
})

function version(root: string) {
  return {
    id: 'v3.6',
    status: 'stable',
    updated: '2016-04-04T00:00:00Z',
    links: [{ rel: 'self', href: `${root}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  }
}
