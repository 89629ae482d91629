import type { Caller, Peering } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { print } from '../print.ts'
import { shortTime } from '../show.ts'
import { table } from '../table.ts'

/** `isthmus inbox`: what waits for an answer. */
export const inbox = apiCommand({
  about: 'list the requests that wait for your answer; for the operator, for anybody’s',
  details:
    'Answer with isthmus peering accept or isthmus peering reject, and the id. A request that nobody answers expires.',
  examples: ['isthmus inbox', 'isthmus inbox --json'],
  async run({ client, options }) {
    const { operator, tenant } = await client.get<Caller>('/caller')
    const waiting = await client.list<Peering>('/peerings', 'peerings', { state: 'pending-acceptance' })
    const peerings = waiting.filter(({ accepter }) => operator || accepter.tenant.id === tenant?.id)
    const text = table(peerings, [
      { heading: 'ID', text: ({ id }) => id, whole: true },
      { heading: 'NAME', text: ({ name }) => name },
      { heading: 'WHO ASKS', text: ({ requester }) => requester.tenant.name },
      { heading: 'FROM', text: ({ requester }) => requester.cidrs.join(' ') },
      { heading: 'TO', text: ({ accepter }) => accepter.cidrs.join(' ') },
      { heading: 'EXPIRES', text: ({ expiresAt }) => (expiresAt === null ? '-' : shortTime(expiresAt)) },
    ])
    print(options.json, { peerings, next: null }, peerings.length === 0 ? 'Nothing waits for you.' : text)
    return 0
  },
})
