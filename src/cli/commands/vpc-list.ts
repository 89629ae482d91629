import type { Vpc } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { print } from '../print.ts'
import { VPC_COLUMNS } from '../show.ts'
import { table } from '../table.ts'

/** `isthmus vpc list`. */
export const vpcList = apiCommand({
  about: "list VPCs: one's own; for the operator, everybody's",
  options: { name: { value: 'NAME', about: 'only those of this name' } },
  examples: ['isthmus vpc list', 'isthmus vpc list --name alice-vpc --json'],
  async run({ client, options }) {
    const vpcs = await client.list<Vpc>('/vpcs', 'vpcs', { name: options.name })
    print(options.json, { vpcs, next: null }, table(vpcs, VPC_COLUMNS))
    return 0
  },
})
