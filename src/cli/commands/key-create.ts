import type { AccessKey } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION } from '../api-command.ts'
import { print } from '../print.ts'
import { details } from '../table.ts'
import { keyLines } from '../tenant-details.ts'

/** `isthmus key create`: another access key, whose secret is shown once. */
export const keyCreate = apiCommand({
  about: 'make another access key of a tenant; its secret is shown once',
  operands: { tenant: { about: 'by id or name' } },
  options: { ...DRY_RUN_OPTION },
  details: 'To change keys without a gap: make one, give it to whoever uses the old one, then delete that.',
  examples: ['isthmus key create alice', 'isthmus key create alice --json'],
  async run({ client, operands, options }) {
    const path = `/tenants/${encodeURIComponent(operands.tenant)}/keys`
    const key = await client.post<AccessKey>(path, { query: { dryRun: options['dry-run'] } })
    print(options.json, key, details(keyLines(key)))
    return 0
  },
})
