import { apiCommand, DRY_RUN_OPTION, YES_OPTION } from '../api-command.ts'
import { findSubnet, findVpc } from '../find.ts'
import { print } from '../print.ts'
import { confirmed } from '../terminal.ts'
import { plain } from '../text.ts'

/** `isthmus subnet delete`. */
export const subnetDelete = apiCommand({
  about: 'delete a subnet that has no ports',
  operands: {
    vpc: { about: 'by any of its ids, or by name where only one has it' },
    subnet: { about: 'by any of its ids, by name or by block' },
  },
  options: { ...YES_OPTION, ...DRY_RUN_OPTION },
  examples: ['isthmus subnet delete alice-vpc web', 'isthmus subnet delete alice-vpc 10.1.1.0/24 --yes'],
  async run({ client, operands, options }) {
    const dryRun = options['dry-run']
    const vpc = await findVpc(client, operands.vpc)
    const { id, cidr, name } = await findSubnet(client, vpc, operands.subnet)
    const consequence = async () => `Nothing can be reached in ${cidr} (${plain(name)}) any more.`
    if (!dryRun && !(await confirmed(consequence, options.yes))) return 1
    await client.delete(`/vpcs/${vpc.id}/subnets/${id}`, { dryRun })
    if (!options.json) print(false, null, `subnet ${id}: ${dryRun ? 'would be deleted' : 'deleted'}`)
    return 0
  },
})
