import { apiCommand } from '../api-command.ts'
import { findVpc } from '../find.ts'
import { print } from '../print.ts'
import { vpcDetails } from '../show.ts'

/** `isthmus vpc show`. */
export const vpcShow = apiCommand({
  about: 'show a VPC, with its id in each dialect',
  operands: { vpc: { about: 'by any of its ids, or by name where only one has it' } },
  examples: ['isthmus vpc show alice-vpc'],
  async run({ client, operands, options }) {
    const vpc = await findVpc(client, operands.vpc)
    print(options.json, vpc, vpcDetails(vpc))
    return 0
  },
})
