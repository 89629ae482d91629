import { PEERING_STATES } from '../../domain/peering.ts'
import type { Peering } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { findVpc } from '../find.ts'
import { print } from '../print.ts'
import { PEERING_COLUMNS } from '../show.ts'
import { table } from '../table.ts'

/** `isthmus peering list`. */
export const peeringList = apiCommand({
  about: 'list peerings one takes part in; for the operator, all',
  options: {
    state: { value: 'STATE', about: 'only those in this state', choices: PEERING_STATES },
    vpc: { value: 'VPC', about: "only those of this VPC: by any of its ids, or one's own by name" },
    name: { value: 'NAME', about: 'only those of this name' },
  },
  examples: ['isthmus peering list', 'isthmus peering list --state active --vpc alice-vpc --json'],
  async run({ client, options: { json, state, vpc, name } }) {
    const ends = vpc === undefined ? undefined : (await findVpc(client, vpc)).id
    const peerings = await client.list<Peering>('/peerings', 'peerings', { state, vpc: ends, name })
    print(json, { peerings, next: null }, table(peerings, PEERING_COLUMNS))
    return 0
  },
})
