import type { Tenant } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { print } from '../print.ts'
import { shortTime } from '../show.ts'
import { table } from '../table.ts'

/** `isthmus key list`: which keys a tenant has; their secrets are nowhere to be seen. */
export const keyList = apiCommand({
  about: 'list the access keys of a tenant, without their secrets',
  operands: { tenant: { about: 'by id or name' } },
  examples: ['isthmus key list alice'],
  async run({ client, operands, options }) {
    const { accessKeys = [] } = await client.get<Tenant>(`/tenants/${encodeURIComponent(operands.tenant)}`)
    const text = table(accessKeys, [
      { heading: 'KEY', text: ({ id }) => id, whole: true },
      { heading: 'MADE', text: ({ createdAt }) => shortTime(createdAt) },
    ])
    print(options.json, { accessKeys }, text)
    return 0
  },
})
