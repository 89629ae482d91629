import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A workload: where it lives, and its addresses. */
export interface Resident {
  readonly namespace: string
  readonly addresses: readonly string[]
}

/** Whether an address answers what is sent from a namespace; `patience` as `ping` has it. */
export function answers(namespace: string, address: string, patience: readonly string[]): Promise<boolean> {
  const args = ['netns', 'exec', namespace, 'ping', '-n', '-q', '-i', '0.05', ...patience, address]
  return run('ip', args).then(
    () => true,
    () => false,
  )
}

/** Whether each answers the other by every family that both have, asked once; what was just laid has two seconds. */
export async function isReached(one: Resident, other: Resident): Promise<boolean> {
  return (await ask(one, other, ['-c', '1', '-w', '2'])).every(Boolean)
}

/** Whether neither answers the other by any family, asked a few times. */
export async function isApart(one: Resident, other: Resident): Promise<boolean> {
  return !(await ask(one, other, ['-c', '3', '-W', '0.1'])).some(Boolean)
}

function ask(one: Resident, other: Resident, patience: readonly string[]): Promise<boolean[]> {
  const isV6 = (address: string) => address.includes(':')
  const ways = [
    [one, other],
    [other, one],
  ] as const
  const questions = ways.flatMap(([from, to]) =>
    to.addresses
      .filter((address) => from.addresses.some((own) => isV6(own) === isV6(address)))
      .map((address) => answers(from.namespace, address, patience)),
  )
  if (questions.length === 0) throw new Error('they have no family of addresses in common')
  return Promise.all(questions)
}
