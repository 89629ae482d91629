import type { Peering } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION, YES_OPTION } from '../api-command.ts'
import { findPeering } from '../find.ts'
import { print } from '../print.ts'
import { joins } from '../show.ts'
import { confirmed } from '../terminal.ts'
import { plain } from '../text.ts'

/** `isthmus peering delete`. */
export const peeringDelete = apiCommand({
  about: 'end a peering, or take a request back; either side may',
  operands: { peering: { about: 'by any of its ids, or by name where only one has it' } },
  options: { ...YES_OPTION, ...DRY_RUN_OPTION },
  details: 'At a terminal it says first what will stop working, and asks; --yes does not ask.',
  examples: ['isthmus peering delete shop-to-database', 'isthmus peering delete shop-to-database --yes'],
  async run({ client, operands, options }) {
    const dryRun = options['dry-run']
    const peering = await findPeering(client, operands.peering)
    if (!dryRun && !(await confirmed(async () => consequence(peering), options.yes))) return 1
    await client.delete(`/peerings/${peering.id}`, { dryRun })
    if (!options.json) print(false, null, `peering ${peering.id}: ${dryRun ? 'would be deleted' : 'deleted'}`)
    return 0
  },
})

function consequence(peering: Peering): string {
  const between = plain(joins(peering))
  if (peering.state === 'active')
    return `Packets between ${between} stop at once, and the routes through peering ${plain(peering.name)} go with it, on both sides.\nOnly a new request, and the other side's consent, bring it back.`
  return `Peering ${plain(peering.name)}, between ${between}, is ${peering.state}: no packets pass. It is gone for good.`
}
