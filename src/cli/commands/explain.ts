import { isIP } from 'node:net'
import type { Explanation } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import type { Client } from '../client.ts'
import { drawPath } from '../draw-path.ts'
import { EXIT } from '../exit-codes.ts'
import { vpcId } from '../find.ts'
import { print } from '../print.ts'

/** `isthmus explain`: the way a packet would go, and the first thing that stops it. */
export const explain = apiCommand({
  about: 'show why one address can or cannot reach another, and whose it is to mend',
  operands: {
    from: { about: 'VPC, VPC/ADDRESS, or an address that only one of your VPCs and their peers has' },
    to: { about: 'likewise' },
  },
  details:
    'A VPC is named by any of its ids, or by name where only one of yours has it. It goes by the records of the service, there and\nback, and sends no packet. Exit code 0: packets would pass; 1: they would not, and the answer says what to do.',
  examples: [
    'isthmus explain alice-vpc vpc-bp1bob00000000001',
    'isthmus explain alice-vpc/10.1.1.5 10.2.1.5 --json',
  ],
  async run({ client, operands, options }) {
    const query = { from: await endOf(client, operands.from), to: await endOf(client, operands.to) }
    const explanation = await client.get<Explanation>('/explain', query)
    print(options.json, explanation, drawPath(explanation))
    return explanation.reachable ? EXIT.done : EXIT.failed
  },
})

/** With the VPC by id, where it was named by one's own name for it. */
async function endOf(client: Client, text: string): Promise<string> {
  const [named = '', ...rest] = text.split('/')
  return rest.length === 0 && isIP(text) !== 0 ? text : [await vpcId(client, named), ...rest].join('/')
}
