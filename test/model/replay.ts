import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { PeeringState } from '../../src/domain/peering.ts'
import { ADMIN_TOKEN, native } from '../rig/service.ts'
import type { Cluster } from '../torture/cluster.ts'
import {
  type Answer,
  type Caller,
  EMPTY,
  type Entry,
  ownerOf,
  perform,
  QUOTAS,
  type Request,
  type Tenant,
  used,
  type Vpc,
  type World,
  wait,
} from './model.ts'
import { type Draft, type Happening, VPCS } from './story.ts'

const TENANTS: readonly Tenant[] = ['ann', 'ben', 'cy']
let stories = 0

interface Body {
  readonly id: string
  readonly name: string
  readonly state: PeeringState
  readonly code: string
  readonly accessKeys: readonly { readonly token: string }[]
  readonly peerings: readonly { readonly id: string; readonly name: string; readonly state: PeeringState }[]
  readonly events: readonly {
    readonly sequence: number
    readonly type: string
    readonly peering: string
    readonly from: PeeringState | null
    readonly to: PeeringState
    readonly actor: { readonly kind: string; readonly tenant: string | null }
  }[]
}

/** The quota counters as the store keeps them, by key; not to be had over HTTP. */
export type ReadCounters = () => Promise<ReadonlyMap<string, number>>

/**
 * Tells a story to the real service and to the model, and throws where the two part. Where requests are under way at
 * once, or a replica dies with one, the model has several worlds that could be; each answer leaves those it fits.
 */
export async function replay(
  cluster: Cluster,
  readCounters: ReadCounters,
  story: readonly Happening[],
): Promise<void> {
  const stage = await Stage.open(cluster, readCounters)
  for (const happening of story) await stage.play(happening)
  await stage.compareAll()
}

/** Tenants of its own for every story, so that none meets what another has left. */
class Stage {
  readonly #cluster: Cluster
  readonly #readCounters: ReadCounters
  readonly #prefix = `story-${process.pid}-${stories++}`
  readonly #tokens = new Map<Caller, string>([['operator', ADMIN_TOKEN]])
  readonly #tenantIds = new Map<Tenant, string>()
  readonly #vpcIds = new Map<Vpc, string>()
  /** The service's ids of peerings, by the model's names. */
  readonly #ids = new Map<string, string>()
  #eventsBefore = 0
  #asked = 0
  #last: { request: Request; replica: number } | null = null
  #worlds: readonly World[] = [EMPTY]
  readonly #told: string[] = []

  private constructor(cluster: Cluster, readCounters: ReadCounters) {
    this.#cluster = cluster
    this.#readCounters = readCounters
  }

  static async open(cluster: Cluster, readCounters: ReadCounters): Promise<Stage> {
    const stage = new Stage(cluster, readCounters)
    for (const tenant of TENANTS) {
      const limit = QUOTAS[tenant]
      const quotas = limit === undefined ? {} : { 'peerings-per-tenant-region': limit }
      const { body } = await stage.#call('operator', 'POST', '/tenants', {
        name: `${stage.#prefix}-${tenant}`,
        quotas,
      })
      stage.#tenantIds.set(tenant, body.id)
      stage.#tokens.set(tenant, body.accessKeys[0]?.token ?? '')
    }
    for (const [index, vpc] of VPCS.entries()) {
      const fields = { name: vpc, region: 'region-a', cidrs: [`10.${index}.0.0/16`] }
      const { body } = await stage.#call(ownerOf(vpc), 'POST', '/vpcs', fields)
      stage.#vpcIds.set(vpc, body.id)
    }
    stage.#eventsBefore = (await stage.#events(0)).at(-1)?.sequence ?? 0
    return stage
  }

  async play(happening: Happening): Promise<void> {
    switch (happening.kind) {
      case 'wait':
        return this.#wait(happening.days)
      case 'again':
        return this.#last ? this.#requests([this.#last]) : undefined
      case 'crash':
        return this.#crash(happening.replica, happening.during)
      case 'requests':
        return this.#requests(
          happening.drafts.map((draft) => ({ request: this.#request(draft), replica: draft.replica })),
        )
    }
  }

  #request({ kind, by, from, to, which, token }: Draft): Request {
    const known = [...this.#ids.keys()].toReversed()
    if (kind === 'ask') return { kind, by, token, from, to, name: `${this.#prefix}-${this.#asked++}` }
    return { kind, by, token, peering: known[which % Math.max(1, known.length)] ?? 'none' }
  }

  async #wait(days: number): Promise<void> {
    // Each replica has its own clock to move.
    for (let replica = 0; replica < this.#cluster.size; replica++) {
      await this.#call('operator', 'POST', '/clock', { advance: `P${days}D` }, { replica })
    }
    this.#told.push(`${days} days pass`)
    this.#worlds = this.#worlds.map((world) => wait(world, days))
    await this.#compareLog()
  }

  /** All at once. Whatever the order they took effect in, one of the orders there are must explain the answers. */
  async #requests(sent: readonly { request: Request; replica: number }[]): Promise<void> {
    this.#last = sent.findLast(({ request }) => request.token !== null) ?? this.#last
    const answers = await Promise.all(sent.map(({ request, replica }) => this.#send(request, replica)))
    const pairs = sent.map(({ request }, index) => ({ request, answer: answers[index] ?? '' }))
    this.#told.push(pairs.map(({ request, answer }) => `${describe(request)} -> ${answer}`).join(' | '))
    const possible = this.#worlds.flatMap((world) => outcomes(world, pairs))
    if (possible.length === 0) this.#part('no order of these requests explains the answers')
    this.#worlds = distinct(possible)
    if (pairs.length > 1) await this.#compareLog()
  }

  async #crash(replica: number, during: Draft | null): Promise<void> {
    const request = during && this.#request(during)
    const answer = request ? this.#send(request, replica).catch(() => null) : null
    // Time for the request to get anywhere between not there yet and answered.
    if (request) await setTimeout(Math.random() * 4)
    await this.#cluster.kill(replica % this.#cluster.size)
    const said = await answer
    this.#told.push(`a crash${request ? ` during ${describe(request)} -> ${said ?? 'no answer'}` : ''}`)
    if (!request) return this.#compareLog()
    this.#worlds = distinct(
      this.#worlds.flatMap((world) => {
        const made = perform(world, request)
        if (said !== null) return made.answer === said ? [made.world] : []
        return [world, made.world]
      }),
    )
    if (this.#worlds.length === 0) this.#part('the answer before the crash is not what the model says')
    if (request.kind === 'ask') await this.#learn(request.name)
    await this.#compareLog()
  }

  /** Whether a request without an answer has made a peering, and which. */
  async #learn(name: string): Promise<void> {
    const { body } = await this.#call('operator', 'GET', `/peerings?name=${name}`)
    for (const peering of body.peerings) this.#ids.set(name, peering.id)
  }

  async #send(request: Request, replica: number): Promise<Answer> {
    const { by, token } = request
    const options = { replica, token }
    if (request.kind === 'ask') {
      const { name, from, to } = request
      const vpcs = { requesterVpc: this.#vpcIds.get(from), accepterVpc: this.#vpcIds.get(to) }
      const { status, body } = await this.#call(by, 'POST', '/peerings', { ...vpcs, name }, options)
      if (status === 201) this.#ids.set(body.name, body.id)
      return status === 201 ? `ok ${body.name} ${body.state}` : body.code
    }
    const path = `/peerings/${this.#ids.get(request.peering) ?? 'none'}`
    const [method, target] =
      request.kind === 'show'
        ? ['GET', path]
        : request.kind === 'delete'
          ? ['DELETE', path]
          : ['POST', `${path}/${request.kind}`]
    const { status, body } = await this.#call(by, method, target, undefined, options)
    if (status >= 300) return body.code
    return request.kind === 'delete' ? 'ok' : `ok ${request.peering} ${body.state}`
  }

  async #call(
    by: Caller,
    method: string,
    path: string,
    body?: unknown,
    { replica = 0, token = null }: { replica?: number; token?: string | null } = {},
  ): Promise<{ status: number; body: Body }> {
    const url = await this.#cluster.urlOf(replica % this.#cluster.size)
    const headers: Record<string, string> =
      token === null ? {} : { 'idempotency-key': `${this.#prefix}-${token}` }
    return native({ url }, this.#tokens.get(by) ?? '', method, path, body, headers)
  }

  async #events(after: number): Promise<Body['events']> {
    const all: Body['events'][number][] = []
    for (let last = after; ; ) {
      const { body } = await this.#call('operator', 'GET', `/events?limit=1000&after=${last}`)
      if (body.events.length === 0) return all
      all.push(...body.events)
      last = body.events.at(-1)?.sequence ?? last
    }
  }

  async #compareLog(): Promise<void> {
    const events = await this.#events(this.#eventsBefore)
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_, index) => this.#eventsBefore + index + 1),
    )
    const names = new Map([...this.#ids].map(([name, id]) => [id, name]))
    const callers = new Map([...this.#tenantIds].map(([tenant, id]): [string, Caller] => [id, tenant]))
    const entries = events.flatMap(({ peering, type, from, to, actor }): Entry[] => {
      const name = names.get(peering)
      const by = actor.tenant === null ? (actor.kind as Entry['by']) : callers.get(actor.tenant)
      return name === undefined || by === undefined ? [] : [{ peering: name, type, from, to, by }]
    })
    const seen = textOf(entries)
    const fitting = this.#worlds.filter(({ log }) => textOf(log) === seen)
    if (fitting.length === 0)
      this.#part(
        `the log is not what the model says, which is ${textOf(this.#worlds[0]?.log ?? [])}\nbut ${seen}`,
      )
    this.#worlds = fitting
  }

  /** The whole world: every state, the log, and what is counted for each quota. */
  async compareAll(): Promise<void> {
    await this.#compareLog()
    const lists = await Promise.all(
      TENANTS.map((tenant) => this.#call(tenant, 'GET', '/peerings?limit=1000')),
    )
    const states = Object.fromEntries(
      lists.flatMap(({ body }) => body.peerings.map(({ name, state }) => [name, state])),
    )
    const counters = await this.#readCounters()
    const counted = TENANTS.map(
      (tenant) => counters.get(`${this.#tenantIds.get(tenant)}:region-a:peerings-per-tenant-region`) ?? 0,
    )
    const [world] = this.#worlds
    assert.ok(world)
    const expected = world.peerings.filter(({ state }) => state !== 'deleted')
    const told = this.#told.join('\n')
    assert.deepEqual(states, Object.fromEntries(expected.map(({ name, state }) => [name, state])), told)
    assert.deepEqual(
      counted,
      TENANTS.map((tenant) => used(world, tenant)),
      told,
    )
  }

  #part(what: string): never {
    assert.fail(`${what}. The story so far:\n${this.#told.join('\n')}`)
  }
}

/** The worlds after all of the requests, in every order that gives just these answers. */
function outcomes(world: World, rest: readonly { request: Request; answer: Answer }[]): World[] {
  if (rest.length === 0) return [world]
  return rest.flatMap((next, index) => {
    const made = perform(world, next.request)
    return made.answer === next.answer ? outcomes(made.world, rest.toSpliced(index, 1)) : []
  })
}

const distinct = (worlds: readonly World[]) => [
  ...new Map(worlds.map((world) => [JSON.stringify(world), world])).values(),
]

const describe = (request: Request) =>
  `${request.by} ${request.kind} ${request.kind === 'ask' ? `${request.from} to ${request.to} as ${request.name}` : request.peering}${request.token === null ? '' : ` (token ${request.token})`}`

/** A log as text. Requests that lapse together may do so in any order. */
function textOf(log: readonly Entry[]): string {
  const lines = log.map(({ peering, type, from, to, by }) => `${peering} ${type} ${from}>${to} ${by}`)
  const isLapse = (line: string | undefined) => line?.includes(' peering.expired ') ?? false
  const runs: string[][] = []
  for (const [index, line] of lines.entries()) {
    if (isLapse(line) && isLapse(lines[index - 1])) runs.at(-1)?.push(line)
    else runs.push([line])
  }
  return runs.flatMap((run) => run.sort()).join('\n')
}
