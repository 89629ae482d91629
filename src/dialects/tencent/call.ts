import type { Operation } from '../dialect.ts'
import type { RequestParameters } from '../encoding.ts'
import type { Fields } from '../fields.ts'
import type { WireRequest } from '../wire.ts'

/** A request of either API, read as far as what it asks for. */
export interface TencentCall {
  readonly request: WireRequest
  /** The decoded parameters, which a Signature parameter covers. */
  readonly parameters: RequestParameters
  readonly action: string
  /** As written; empty where none is named. */
  readonly region: string
  /** What is shown of a temporary credential; empty where there is none. */
  readonly token: string
  /** What the action itself is told. Throws `request.malformed`. */
  fields(): Fields
}

export interface TencentRoute {
  readonly operation: Operation<TencentCall>
  /** Whether it works in the region of the call, or wherever what it names may be. */
  readonly region: 'of-the-call' | 'any'
}
