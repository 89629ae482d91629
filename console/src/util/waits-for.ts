import type { Caller, Peering } from '../api/client.ts'
import { mayCause } from './may-cause.ts'

/** Whether `peering` waits for an answer of the caller's. */
export function waitsFor(peering: Peering, caller: Caller | null): boolean {
  return mayCause(peering, 'accept', caller) === null
}
