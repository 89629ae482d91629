import { parseCidr } from '../../../src/domain/cidr.ts'

/** How many addresses the blocks have together; null with IPv6, where the number says nothing. */
export function addressCount(cidrs: readonly string[]): number | null {
  let count = 0
  for (const block of cidrs.map(parseCidr)) {
    if (block?.family !== 4) return null
    count += 2 ** (32 - block.bits)
  }
  return cidrs.length === 0 ? null : count
}
