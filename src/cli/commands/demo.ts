import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseServeOptions, UsageError } from '../../server/options.ts'
import { command } from '../command.ts'

const run = promisify(execFile)

/** `isthmus demo`: the whole story in a terminal, on a service of its own that leaves nothing behind. */
export const demo = command({
  about: 'see two tenants ask, refuse, ask again and agree',
  details: `It runs a service of its own on a free port, with an empty store that is removed at the end. As root, on Linux with ip and
nft, it makes two real networks (in namespaces of its own, removed at the end) and sends real packets between them.`,
  examples: ['isthmus demo'],
  async run() {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-demo-'))
    const token = 'demonstration'
    const { service, noPackets } = await start(directory, token)
    try {
      await tell(new Storyteller(service.url, token, noPackets))
      return 0
    } finally {
      await service.stop()
      rmSync(directory, { recursive: true, force: true })
    }
  },
})

/** With real networks where this machine has them; else why it has not. */
async function start(directory: string, token: string) {
  const [{ pino }, { startService }] = await Promise.all([import('pino'), import('../../server/main.ts')])
  // Nobody is there before the story begins.
  const nobody = join(directory, 'nobody.json')
  writeFileSync(nobody, '{}')
  const common = [
    '--listen',
    '127.0.0.1:0',
    '--data',
    directory,
    '--admin-token',
    token,
    '--bootstrap',
    nobody,
  ]
  const logger = pino({ level: 'silent' })
  try {
    const options = parseServeOptions([...common, '--dataplane', 'netns'], {})
    return { service: await startService(options, logger), noPackets: null }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { service: await startService(parseServeOptions(common, {}), logger), noPackets: error.message }
  }
}

interface Peering {
  id: string
  state: string
}

/** A VPC with a place to ping from, where packets can be sent. */
interface Place {
  readonly token: string
  readonly vpc: string
  readonly cidr: string
  readonly subnet: string
  readonly port: { id: string; address: string; attach: { netns?: { namespace: string } } | null }
}

async function tell(story: Storyteller): Promise<void> {
  story.say('Two tenants, each with a private network of its own.')
  const ann = await place(story, 'ann', '10.1.0.0/16', '10.1.1.0/24')
  const ben = await place(story, 'ben', '10.2.0.0/16', '10.2.1.0/24')
  const request = { requesterVpc: ann.vpc, accepterVpc: ben.vpc, name: 'ann to ben' }
  const ping = (wanted: boolean) => story.ping(ann.port, ben.port.address, wanted)

  story.say('Ann asks to peer her VPC with Ben’s. Nothing flows until he agrees.')
  const first = await story.call<Peering>(ann.token, 'POST', '/peerings', request)
  await ping(false)

  story.say('Ben refuses. That is the end of this request.')
  await story.call(ben.token, 'POST', `/peerings/${first.id}/reject`)
  await ping(false)

  story.say('Ann asks again. She cannot answer for Ben:')
  const second = await story.call<Peering>(ann.token, 'POST', '/peerings', request)
  await story.call(ann.token, 'POST', `/peerings/${second.id}/accept`)

  story.say('Ben agrees, and the peering is active. Each side still has to send its packets there:')
  await story.call(ben.token, 'POST', `/peerings/${second.id}/accept`)
  for (const [from, to] of [
    [ann, ben],
    [ben, ann],
  ] as const) {
    const route = { destination: to.cidr, peering: second.id }
    await story.call(from.token, 'POST', `/vpcs/${from.vpc}/routes`, route)
  }
  await ping(true)

  story.say('Either side may end it at any time.')
  await story.call(ann.token, 'DELETE', `/peerings/${second.id}`)
  await ping(false)

  story.say('Everything that happened, in order:')
  const { events } = await story.call<{
    events: { sequence: number; type: string; from: string; to: string }[]
  }>(ben.token, 'GET', '/events')
  for (const { sequence, type, from, to } of events)
    story.line(`${sequence}  ${type}  ${from ?? '-'} -> ${to}`)
  if (story.noPackets !== null) story.say(`No packets were sent here: ${story.noPackets}`)
  await takeDown(story, [ann, ben])
}

/** A tenant with a VPC, a subnet, and a port in it. */
async function place(story: Storyteller, name: string, cidr: string, subnetCidr: string): Promise<Place> {
  const token = await story.tenant(name)
  const vpc = { name: `${name}-vpc`, region: 'region-a', cidrs: [cidr] }
  const { id } = await story.call<{ id: string }>(token, 'POST', '/vpcs', vpc)
  const subnet = await story.call<{ id: string }>(token, 'POST', `/vpcs/${id}/subnets`, {
    name: `${name}-subnet`,
    cidr: subnetCidr,
  })
  const body = { subnet: subnet.id }
  const port = await story.call<Place['port']>(token, 'POST', `/vpcs/${id}/ports`, body)
  return { token, vpc: id, cidr, subnet: subnet.id, port }
}

/** Leaves no network behind. */
async function takeDown(story: Storyteller, places: readonly Place[]): Promise<void> {
  story.say('And nothing is left behind.')
  for (const { token, vpc, subnet, port } of places) {
    await story.call(token, 'DELETE', `/vpcs/${vpc}/ports/${port.id}`)
    await story.call(token, 'DELETE', `/vpcs/${vpc}/subnets/${subnet}`)
    await story.call(token, 'DELETE', `/vpcs/${vpc}`)
  }
  if (story.noPackets === null) await networksGone(places)
}

const GONE_MS_MAX = 5_000
const LOOK_AGAIN_MS = 50

/** Waits until the networks are gone, which happens soon after the answers. Their namespaces are called by these ids. */
async function networksGone(places: readonly Place[]): Promise<void> {
  const untilMs = performance.now() + GONE_MS_MAX
  const ids = places.flatMap(({ vpc, port }) => [vpc, port.id])
  while (performance.now() < untilMs) {
    const { stdout } = await run('ip', ['netns', 'list'])
    if (!ids.some((id) => stdout.includes(id))) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

class Storyteller {
  readonly #url: string
  readonly #adminToken: string
  readonly #colour = process.stdout.isTTY && !process.env['NO_COLOR']
  /** Why no packets can be sent here; null where they can. */
  readonly noPackets: string | null

  constructor(url: string, adminToken: string, noPackets: string | null) {
    this.#url = url
    this.#adminToken = adminToken
    this.noPackets = noPackets
  }

  /** Sends real packets, if there are any to be had, and says whether they arrive; an opened path has a moment to. */
  async ping(port: Place['port'], address: string, wanted: boolean): Promise<void> {
    const namespace = port.attach?.netns?.namespace
    if (namespace === undefined) return
    const once = () =>
      run('ip', ['netns', 'exec', namespace, 'ping', '-c', '1', '-W', '1', address]).then(
        () => true,
        () => false,
      )
    let arrives = await once()
    for (let again = 0; again < 4 && arrives !== wanted; again++) arrives = await once()
    const outcome = this.#paint(arrives ? '32' : '31', arrives ? 'answered' : 'no answer')
    this.line(`ping ${address} from ${port.address}: ${outcome}`)
  }

  say(text: string): void {
    process.stdout.write(`\n${this.#paint('1', text)}\n`)
  }

  line(text: string): void {
    process.stdout.write(`    ${text}\n`)
  }

  /** A new tenant's token. */
  async tenant(name: string): Promise<string> {
    const made = await this.call<{ accessKeys: { token: string }[] }>(this.#adminToken, 'POST', '/tenants', {
      name,
    })
    return made.accessKeys[0]?.token ?? ''
  }

  async call<T>(token: string, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#url}/isthmus/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    const outcome = answer['state'] ?? answer['detail'] ?? ''
    const status = this.#paint(response.ok ? '32' : '31', String(response.status))
    this.line(`${method} ${path}  ${status} ${String(outcome)}`)
    return answer as T
  }

  #paint(code: string, text: string): string {
    return this.#colour ? `\x1b[${code}m${text}\x1b[0m` : text
  }
}
