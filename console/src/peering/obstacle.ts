import type { PeeringEvent } from '../../../src/domain/peering.ts'
import type { Caller, Peering } from '../api/client.ts'
import type { Messages } from '../i18n/index.ts'
import { mayCause } from '../util/may-cause.ts'

/** Why the button for `event` cannot be pressed, in words; null: it can. */
export function obstacleTo(
  peering: Peering,
  event: PeeringEvent,
  caller: Caller | null,
  t: Messages,
): string | null {
  const obstacle = mayCause(peering, event, caller)
  if (obstacle === null) return null
  return obstacle === 'side' ? t.peering.cannotSide : t.peering.cannotState(t.states[peering.state])
}
