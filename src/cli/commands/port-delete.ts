import type { Port } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION, YES_OPTION } from '../api-command.ts'
import { EXIT, Failure } from '../exit-codes.ts'
import { findVpc } from '../find.ts'
import { print } from '../print.ts'
import { confirmed } from '../terminal.ts'
import { plain } from '../text.ts'

/** `isthmus port delete`. */
export const portDelete = apiCommand({
  about: 'take a port away',
  operands: {
    vpc: { about: 'by any of its ids, or by name where only one has it' },
    port: { about: 'by any of its ids, or by address' },
  },
  options: { ...YES_OPTION, ...DRY_RUN_OPTION },
  examples: ['isthmus port delete alice-vpc 10.1.1.9'],
  async run({ client, operands, options }) {
    const dryRun = options['dry-run']
    const vpc = await findVpc(client, operands.vpc)
    const ports = await client.list<Port>(`/vpcs/${vpc.id}/ports`, 'ports')
    const port = ports.find(({ id, ids, addresses }) =>
      [id, ...Object.values(ids), ...addresses].includes(operands.port),
    )
    if (!port)
      throw new Failure(
        `there is no port '${plain(operands.port)}'; see isthmus port list ${vpc.id}`,
        EXIT.notFound,
      )
    const consequence = async () => `Whatever is plugged in at ${port.addresses.join(' ')} loses its network.`
    if (!dryRun && !(await confirmed(consequence, options.yes))) return 1
    await client.delete(`/vpcs/${vpc.id}/ports/${port.id}`, { dryRun })
    if (!options.json) print(false, null, `port ${port.id}: ${dryRun ? 'would be deleted' : 'deleted'}`)
    return 0
  },
})
