import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { startService } from '../../server/main.ts'
import { parseServeOptions } from '../../server/options.ts'
import type { Command } from '../command.ts'

/** `isthmus demo`: the whole story in a terminal, on a service of its own that leaves nothing behind. */
export const demo: Command = {
  about: 'see two tenants ask, refuse, ask again and agree',

  help: () => `isthmus demo: two tenants, a request refused, a request accepted, told as it happens

Usage: isthmus demo

It runs a service of its own on a free port, with an empty store that is removed at the end.
`,

  async run() {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-demo-'))
    const token = 'demonstration'
    const options = parseServeOptions(
      ['--listen', '127.0.0.1:0', '--data', directory, '--admin-token', token],
      {},
    )
    const service = await startService(options, pino({ level: 'silent' }))
    try {
      await tell(new Storyteller(service.url, token))
      return 0
    } finally {
      await service.stop()
      rmSync(directory, { recursive: true, force: true })
    }
  },
}

interface Peering {
  id: string
  state: string
}

async function tell(story: Storyteller): Promise<void> {
  story.say('Two tenants, each with a private network of its own.')
  const alice = await story.tenant('ann')
  const bob = await story.tenant('ben')
  const here = await story.call<{ id: string }>(alice, 'POST', '/vpcs', vpc('ann-vpc', '10.1.0.0/16'))
  const there = await story.call<{ id: string }>(bob, 'POST', '/vpcs', vpc('ben-vpc', '10.2.0.0/16'))
  const request = { requesterVpc: here.id, accepterVpc: there.id, name: 'ann to ben' }

  story.say('Ann asks to peer her VPC with Ben’s. Nothing flows until he agrees.')
  const first = await story.call<Peering>(alice, 'POST', '/peerings', request)

  story.say('Ben refuses. That is the end of this request.')
  await story.call(bob, 'POST', `/peerings/${first.id}/reject`)

  story.say('Ann asks again. She cannot answer for Ben:')
  const second = await story.call<Peering>(alice, 'POST', '/peerings', request)
  await story.call(alice, 'POST', `/peerings/${second.id}/accept`)

  story.say('Ben agrees, and the peering is active.')
  await story.call(bob, 'POST', `/peerings/${second.id}/accept`)

  story.say('Either side may end it at any time.')
  await story.call(alice, 'DELETE', `/peerings/${second.id}`)

  story.say('Everything that happened, in order:')
  const { events } = await story.call<{
    events: { sequence: number; type: string; from: string; to: string }[]
  }>(bob, 'GET', '/events')
  for (const { sequence, type, from, to } of events)
    story.line(`${sequence}  ${type}  ${from ?? '-'} -> ${to}`)
  story.say('No packets were sent: this version keeps the agreements, and has no data plane yet.')
}

function vpc(name: string, cidr: string) {
  return { name, region: 'region-a', cidrs: [cidr] }
}

class Storyteller {
  readonly #url: string
  readonly #adminToken: string
  readonly #colour = process.stdout.isTTY && !process.env['NO_COLOR']

  constructor(url: string, adminToken: string) {
    this.#url = url
    this.#adminToken = adminToken
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
