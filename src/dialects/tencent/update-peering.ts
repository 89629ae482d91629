import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import type { PeeringView } from '../../ports/store.ts'

/** What may be changed in either API. An absent member stays as it is. */
export interface PeeringChange {
  readonly id: string
  readonly name?: string
  readonly bandwidthMbps?: number
  readonly chargeType?: string
}

/** Throws `peering.nothing-to-update` for a change of nothing. */
export function requireChange(change: PeeringChange): PeeringChange {
  const { name, bandwidthMbps, chargeType } = change
  if (name === undefined && bandwidthMbps === undefined && chargeType === undefined) {
    throw new DomainError('peering.nothing-to-update', {})
  }
  return change
}

/**
 * Either side may rename a peering; only the requester, who would pay, may change its bandwidth and its billing.
 * Throws `peering.wrong-side`, and what the use case throws.
 */
export async function changePeering(app: App, caller: Caller, change: PeeringChange): Promise<PeeringView> {
  const { id, name, bandwidthMbps, chargeType } = change
  if (bandwidthMbps !== undefined || chargeType !== undefined) {
    const { peering } = await app.showPeering(caller, { id })
    if (caller.tenant && peering.requester.tenant !== caller.tenant.id) {
      throw new DomainError('peering.wrong-side', { id, event: 'update' })
    }
  }
  return app.updatePeering(caller, {
    id,
    ...(name !== undefined && { name }),
    attributes: {
      ...(bandwidthMbps !== undefined && { bandwidthMbps }),
      ...(chargeType !== undefined && { chargeType }),
    },
  })
}
