import type { Tag } from '../domain/peering.ts'
import type { PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { transitionPeering } from './transition-peering.ts'

export interface AcceptPeering {
  readonly id: string
  /** What the accepter files it under on its own side, where its dialect lets it say so. */
  readonly resourceGroup?: string
  readonly tags?: readonly Tag[]
  readonly reason?: string | undefined
}

/** The accepter agrees: a waiting request becomes active. May be done once. Throws as `transitionPeering`. */
export function acceptPeering(context: Context, caller: Caller, input: AcceptPeering): Promise<PeeringView> {
  return transitionPeering(context, caller, input.id, 'accept', {
    reason: input.reason,
    refine: (after) => {
      const { resourceGroup, tags } = after.attributes
      return {
        ...after,
        attributes: {
          ...after.attributes,
          resourceGroup: { ...resourceGroup, accepter: input.resourceGroup ?? resourceGroup.accepter },
          tags: { ...tags, accepter: input.tags ?? tags.accepter },
        },
      }
    },
  })
}
