import type { Peering } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION, YES_OPTION } from '../api-command.ts'
import { findVpc } from '../find.ts'
import { print } from '../print.ts'
import { confirmed } from '../terminal.ts'
import { plain } from '../text.ts'

/** `isthmus vpc delete`. */
export const vpcDelete = apiCommand({
  about: 'delete a VPC that no peering of its owner needs',
  operands: { vpc: { about: 'by any of its ids, or by name where only one has it' } },
  options: { ...YES_OPTION, ...DRY_RUN_OPTION },
  details:
    'Its subnets, routes and ports are deleted beforehand. Requests of others that wait for it are refused.',
  examples: ['isthmus vpc delete alice-vpc', 'isthmus vpc delete alice-vpc --dry-run'],
  async run({ client, operands, options }) {
    const dryRun = options['dry-run']
    const vpc = await findVpc(client, operands.vpc)
    const consequence = async () => {
      const query = { vpc: vpc.id, state: 'pending-acceptance' }
      const waiting = await client.list<Peering>('/peerings', 'peerings', query)
      return `VPC ${plain(vpc.name)} (${vpc.cidrs.join(' ') || 'no blocks'}) is gone for good; ${waiting.length} waiting requests for it are refused.`
    }
    if (!dryRun && !(await confirmed(consequence, options.yes))) return 1
    await client.delete(`/vpcs/${vpc.id}`, { dryRun })
    if (!options.json) print(false, null, `VPC ${vpc.id}: ${dryRun ? 'would be deleted' : 'deleted'}`)
    return 0
  },
})
