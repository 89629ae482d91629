import type { Tenant } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { print } from '../print.ts'
import { table } from '../table.ts'

/** `isthmus tenant list`. */
export const tenantList = apiCommand({
  about: 'list the tenants (operator)',
  examples: ['isthmus tenant list', 'isthmus tenant list --json'],
  async run({ client, options }) {
    const answer = await client.get<{ tenants: Tenant[] }>('/tenants')
    const text = table(answer.tenants, [
      { heading: 'ID', text: ({ id }) => id, whole: true },
      { heading: 'NAME', text: ({ name }) => name },
      { heading: 'HUAWEI DOMAIN', text: ({ huawei }) => huawei.domainName },
      { heading: 'ALIBABA UID', text: ({ alibaba }) => alibaba.uid },
      { heading: 'TENCENT UIN', text: ({ tencent }) => tencent.uin },
    ])
    print(options.json, answer, text)
    return 0
  },
})
