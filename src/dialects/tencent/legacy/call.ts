import { DomainError } from '../../../domain/errors.ts'
import { parameter, readParameters } from '../../encoding.ts'
import { Fields, nest } from '../../fields.ts'
import type { WireRequest } from '../../wire.ts'
import type { TencentCall } from '../call.ts'

/** Where the whole of this API is. Source: legacy page "Request structure". */
export const PATH = '/v2/index.php'

/**
 * Reads a request as far as its action; its parameters may be in the query, in a form, or in both. Those that an
 * action does not know are ignored, as no page says otherwise. Throws `request.missing` without an action.
 */
export function readCall(request: WireRequest): TencentCall {
  const parameters = readParameters(request)
  const value = (name: string) => parameter(parameters.all, name) ?? ''
  const action = value('Action')
  if (action === '') throw new DomainError('request.missing', { field: 'Action' })
  return {
    request,
    parameters,
    action,
    region: value('Region'),
    token: value('Token'),
    // The Node.js SDK writes what was left undefined as an empty value. Source: captured.
    fields: () => new Fields(nest(parameters.all), { wire: 'text', emptyIsAbsent: true }),
  }
}
