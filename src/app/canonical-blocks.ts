import { type Cidr, formatCidr, overlaps, parseCidr } from '../domain/cidr.ts'
import { DomainError } from '../domain/errors.ts'

/** CIDR texts in any spelling as canonical ones. Throws `request.invalid` for a bad one, and where two overlap. */
export function canonicalBlocks(texts: readonly string[]): string[] {
  const blocks = texts.map(readBlock)
  for (const [index, block] of blocks.entries()) {
    const clash = blocks.slice(0, index).find((earlier) => overlaps(earlier, block))
    if (clash) {
      throw badBlock(`overlaps ${formatCidr(clash)} of the same VPC`, 'range', formatCidr(block))
    }
  }
  return blocks.map(formatCidr)
}

/** A CIDR text in any spelling as the canonical one. Throws `request.invalid`. */
export function canonicalBlock(text: string): string {
  return formatCidr(readBlock(text))
}

function readBlock(text: string): Cidr {
  const block = parseCidr(text)
  if (!block) throw badBlock('not a CIDR block without host bits', 'format', text)
  return block
}

function badBlock(reason: string, problem: 'format' | 'range', value: string) {
  return new DomainError('request.invalid', { field: 'cidr', problem, reason, value })
}
