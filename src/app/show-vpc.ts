import { DomainError } from '../domain/errors.ts'
import { owns } from '../domain/policy.ts'
import type { Vpc } from '../domain/vpc.ts'
import { type Caller, type Context, principalOf } from './context.ts'

/** The caller's VPC that `id` names. Throws `vpc.not-found`, also for one that is somebody else's. */
export async function showVpc(context: Context, caller: Caller, input: { id: string }): Promise<Vpc> {
  const vpc = await context.store.findVpc(input.id)
  if (!vpc || !owns(principalOf(caller), vpc)) throw new DomainError('vpc.not-found', { id: input.id })
  return vpc
}
