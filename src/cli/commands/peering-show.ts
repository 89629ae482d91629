import type { Realization } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { findPeering } from '../find.ts'
import { print } from '../print.ts'
import { peeringDetails } from '../show.ts'

/** `isthmus peering show`. */
export const peeringShow = apiCommand({
  about: 'show a peering: its state, both sides, and how far the network has come',
  operands: { peering: { about: 'by any of its ids, or by name where only one has it' } },
  examples: ['isthmus peering show shop-to-database', 'isthmus peering show shop-to-database --json'],
  async run({ client, operands, options }) {
    const peering = await findPeering(client, operands.peering)
    const network = options.json ? null : await client.get<Realization>(`/peerings/${peering.id}/realization`)
    print(options.json, peering, peeringDetails(peering, network))
    return 0
  },
})
