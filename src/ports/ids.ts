import type { ResourceIds } from '../domain/identity.ts'
import type { PartKind } from '../domain/network.ts'

/** Where new identifiers come from. None of them is a secret but `secret`; the store refuses one that is taken. */
export interface Ids {
  /** A UUID. Those made later sort later. */
  uuid(): string
  vpc(): ResourceIds
  peering(): ResourceIds
  part(kind: PartKind): ResourceIds
  /** `digits` decimal digits without a leading zero. */
  decimal(digits: number): string
  /** `length` letters and digits, fit for a secret. */
  secret(length: number): string
}
