import type { Caller } from '../../../app/context.ts'
import { tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { PeeringView } from '../../../ports/store.ts'

/**
 * The `Ex` actions answer the number of a task. Ours are done when they answer, so that a task is no more than a
 * record of what was done to which peering: an idempotency token that the service itself made up, which is
 * written together with the change and kept for a day.
 */
export interface Task {
  readonly taskId: number
}

const ID_DIGITS = 15

const keyOf = (taskId: number | string) => `tencent-task:${taskId}`

/** Does `work` as a task of the caller's. Throws what `work` throws, and there is no task then. */
export async function asTask(
  app: App,
  caller: Caller,
  work: (caller: Caller) => Promise<PeeringView>,
): Promise<Task> {
  const tenant = tenantOf(caller, 'start a task')
  const taskId = Number(app.context.ids.decimal(ID_DIGITS))
  // The request id tells apart two tasks that drew the same number: the second one is refused and not forgotten.
  const once = { key: keyOf(taskId), fingerprint: `${tenant.id} ${caller.requestId}` }
  await work({ ...caller, once })
  return { taskId }
}

/** The vendor's id of the peering that a task of the caller's was about. Throws `task.not-found`. */
export async function resultOfTask(
  app: App,
  caller: Caller,
  { taskId }: { readonly taskId: number | string },
): Promise<string> {
  const { store, clock } = app.context
  const tenant = tenantOf(caller, 'look up a task')
  const claim = await store.findClaim(keyOf(taskId), clock.realNow())
  const view = claim?.fingerprint.startsWith(`${tenant.id} `) ? await store.findPeering(claim.result) : null
  if (!view) throw new DomainError('task.not-found', { id: String(taskId) })
  return view.peering.ids.tencent
}
