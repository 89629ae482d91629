import type { Context } from './context.ts'

/** The number of `name`: the same for ever, and no other name's. Safe to repeat. */
export async function allocate(context: Context, name: string): Promise<number> {
  const known = await context.store.findAllocation(name)
  if (known !== null) return known
  await context.store.commit({ allocations: [name], nowMs: context.clock.realNow() })
  const number = await context.store.findAllocation(name)
  if (number === null) throw new Error(`no number was allocated to ${name}`)
  return number
}
