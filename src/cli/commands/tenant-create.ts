import type { Tenant } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION } from '../api-command.ts'
import { print } from '../print.ts'
import { tenantDetails } from '../tenant-details.ts'

/** `isthmus tenant create`: a tenant, with a key that is shown once. */
export const tenantCreate = apiCommand({
  about: 'make a tenant, with one access key that is shown once (operator)',
  operands: { name: { about: 'what the tenant is called; no two have the same name' } },
  options: { ...DRY_RUN_OPTION },
  details:
    'The token is for this command and the native API; the same key signs requests in every dialect. Only here is its secret shown:\nkeep it, or make another with isthmus key create.',
  examples: ['isthmus tenant create carol', 'isthmus tenant create carol --json'],
  async run({ client, operands, options }) {
    const call = { body: { name: operands.name }, query: { dryRun: options['dry-run'] } }
    const made = await client.post<Tenant>('/tenants', call)
    print(options.json, made, tenantDetails(made))
    return 0
  },
})
