import type { Peering } from './api.ts'
import { apiCommand, DRY_RUN_OPTION } from './api-command.ts'
import type { Command } from './command.ts'
import { findPeering } from './find.ts'
import { print } from './print.ts'
import { peeringDetails } from './show.ts'

/** What is said to a peering in one word, which is also that of the API: accept, reject, reopen. */
export function answerCommand(
  verb: 'accept' | 'reject' | 'reopen',
  { about, details }: { about: string; details: string },
): Command {
  return apiCommand({
    about,
    operands: { peering: { about: 'by any of its ids, or by name where only one has it' } },
    options: { ...DRY_RUN_OPTION },
    details,
    examples: [
      `isthmus peering ${verb} shop-to-database`,
      `isthmus peering ${verb} shop-to-database --dry-run`,
    ],
    async run({ client, operands, options }) {
      const { id } = await findPeering(client, operands.peering)
      const query = { dryRun: options['dry-run'] }
      const peering = await client.post<Peering>(`/peerings/${id}/${verb}`, { query })
      print(options.json, peering, peeringDetails(peering))
      return 0
    },
  })
}
