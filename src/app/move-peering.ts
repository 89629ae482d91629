import type { PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { editPeering } from './update-peering.ts'

/** Puts a peering into a resource group of the caller's, or into none; each side has its own. Throws as `editPeering`. */
export function movePeering(
  context: Context,
  caller: Caller,
  input: { id: string; resourceGroup: string | null },
): Promise<PeeringView> {
  return editPeering(context, caller, input.id, (peering, side) => ({
    ...peering,
    attributes: {
      ...peering.attributes,
      resourceGroup: { ...peering.attributes.resourceGroup, [side]: input.resourceGroup },
    },
  }))
}
