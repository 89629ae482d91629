import type { Peering } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION } from '../api-command.ts'
import { findVpc, vpcId } from '../find.ts'
import { print } from '../print.ts'
import { peeringDetails } from '../show.ts'

/** `isthmus peering request`. */
export const peeringRequest = apiCommand({
  about: "ask for a peering of one's VPC with another",
  operands: {
    requesterVpc: { about: "one's own, by any of its ids, or by name where only one has it" },
    accepterVpc: { about: "the other tenant's, by any of its ids as that tenant said it" },
    name: { about: 'what the peering is called' },
  },
  options: { description: { value: 'TEXT', about: 'what the other side should know' }, ...DRY_RUN_OPTION },
  details:
    'It waits for the other tenant, and expires unanswered. Between two VPCs of one tenant it is active at once.',
  examples: [
    'isthmus peering request alice-vpc vpc-bp1bob00000000001 shop-to-database',
    "isthmus peering request alice-vpc vpc-bp1bob00000000001 shop-to-database --description 'port 5432 only'",
  ],
  async run({ client, operands, options }) {
    const body = {
      requesterVpc: (await findVpc(client, operands.requesterVpc)).id,
      accepterVpc: await vpcId(client, operands.accepterVpc),
      name: operands.name,
      description: options.description,
    }
    const peering = await client.post<Peering>('/peerings', { body, query: { dryRun: options['dry-run'] } })
    print(options.json, peering, peeringDetails(peering))
    return 0
  },
})
