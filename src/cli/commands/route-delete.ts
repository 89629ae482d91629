import { apiCommand, DRY_RUN_OPTION, YES_OPTION } from '../api-command.ts'
import { findRoute, findVpc } from '../find.ts'
import { print } from '../print.ts'
import { confirmed } from '../terminal.ts'
import { plain } from '../text.ts'

/** `isthmus route delete`. */
export const routeDelete = apiCommand({
  about: 'delete a route',
  operands: {
    vpc: { about: "one's own, by any of its ids, or by name where only one has it" },
    route: { about: 'by any of its ids, or by destination' },
  },
  options: { ...YES_OPTION, ...DRY_RUN_OPTION },
  examples: ['isthmus route delete alice-vpc 10.2.0.0/16'],
  async run({ client, operands, options }) {
    const dryRun = options['dry-run']
    const vpc = await findVpc(client, operands.vpc)
    const { id, destination, peering } = await findRoute(client, vpc, operands.route)
    const consequence = async () =>
      `VPC ${plain(vpc.name)} can send nothing to ${destination} through peering ${peering} any more, and cannot answer what comes from there.`
    if (!dryRun && !(await confirmed(consequence, options.yes))) return 1
    await client.delete(`/vpcs/${vpc.id}/routes/${id}`, { dryRun })
    if (!options.json) print(false, null, `route ${id}: ${dryRun ? 'would be deleted' : 'deleted'}`)
    return 0
  },
})
