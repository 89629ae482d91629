import { header, type RequestParameters } from '../../encoding.ts'
import type { WireRequest } from '../../wire.ts'
import { readCredential } from '../signing.ts'

/**
 * The vendor's services that there are here, each under a host name and with a version of its own. What the
 * Terraform provider asks of the three others it asks of sibling host names: `tag.<domain>` beside `vpc.<domain>`.
 * Source: API 3.0, SDKs; Terraform provider, captured.
 */
export const VERSIONS = {
  vpc: '2017-03-12',
  tag: '2018-08-13',
  cam: '2019-01-16',
  sts: '2018-08-13',
} as const

export type ServiceName = keyof typeof VERSIONS

const isService = (text: string): text is ServiceName => Object.hasOwn(VERSIONS, text)

export const isKnownVersion = (text: string): boolean =>
  (Object.values(VERSIONS) as readonly string[]).includes(text)

/**
 * The services that a request names: by its host, and by what its key is bound to. Neither need name one: where the
 * endpoint is an address, the SDKs have none to name.
 */
export function namedServices(request: WireRequest, parameters: RequestParameters): readonly ServiceName[] {
  const [host = ''] = header(request, 'host').toLowerCase().split('.', 1)
  const reading = readCredential(request, parameters)
  const scope = reading.ok ? (reading.credential.scope[1] ?? '') : ''
  return [host, scope].filter(isService)
}
