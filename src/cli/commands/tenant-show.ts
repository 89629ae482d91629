import type { Tenant } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { print } from '../print.ts'
import { tenantDetails } from '../tenant-details.ts'

/** `isthmus tenant show`. */
export const tenantShow = apiCommand({
  about: 'show a tenant: what each cloud calls it, and the ids of its keys',
  operands: { tenant: { about: 'by id or name; a tenant may see itself only' } },
  examples: ['isthmus tenant show alice'],
  async run({ client, operands, options }) {
    const tenant = await client.get<Tenant>(`/tenants/${encodeURIComponent(operands.tenant)}`)
    print(options.json, tenant, tenantDetails(tenant))
    return 0
  },
})
