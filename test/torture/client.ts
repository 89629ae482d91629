import { setTimeout } from 'node:timers/promises'
import type { PeeringState } from '../../src/domain/peering.ts'
import type { Ends, Verb } from '../history/history.ts'
import type { Open, Recorder, Shown } from '../history/recorder.ts'
import { type Arena, type KnownPeering, meet, type Pair, type Party, partyOf } from './arena.ts'
import { type Answer, attempt } from './call.ts'
import type { Cluster } from './cluster.ts'
import type { Random } from './random.ts'

type Change = Exclude<Verb, 'show' | 'expire'>

/** How often a client does what, of a peering it has heard of. */
const WEIGHTS = { create: 20, accept: 20, reject: 10, delete: 20, show: 15, list: 15 } as const
/** Attempts for one operation, where it carries a token under which it is done once. */
const ATTEMPTS_MAX = 4
/** Whoever is told to come back later does not come back at once. */
const UNAVAILABLE_PAUSE_MS = 100

/** What an answer may say other than yes. Anything else would be a mistake of the client's, or a fault. */
const REFUSALS: readonly string[] = [
  'peering.not-found',
  'peering.wrong-state',
  'peering.wrong-side',
  'peering.exists',
]

interface Request {
  readonly verb: Change
  readonly by: Party
  readonly peering: KnownPeering | null
  readonly asked: Ends | null
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/** One client, which does one thing after another, at whichever replica answers. */
export class Client {
  readonly #name: string
  readonly #cluster: Cluster
  readonly #arena: Arena
  readonly #recorder: Recorder
  readonly #random: Random
  #tokens = 0
  /** Answers of a replica that it could not do, just now, what was asked. */
  unavailable = 0

  constructor(name: string, cluster: Cluster, arena: Arena, recorder: Recorder, random: Random) {
    this.#name = name
    this.#cluster = cluster
    this.#arena = arena
    this.#recorder = recorder
    this.#random = random
  }

  async act(): Promise<void> {
    const random = this.#random
    const pair = random.pick(this.#arena.pairs)
    const verb = random.weighted(WEIGHTS)
    const old = random.chance(0.1) && pair.earlier.length > 0
    const peering = old ? random.pick(pair.earlier) : pair.newest
    if (verb === 'list') return this.#list(pair)
    if (verb === 'create' || !peering) return this.#change(pair, this.#create(pair))
    const by = this.#somebody(peering, verb === 'accept' || verb === 'reject' ? 'accepter' : 'either')
    if (verb === 'show') return this.#show(by, peering)
    const [method, path] =
      verb === 'delete' ? ['DELETE', `/peerings/${peering.id}`] : ['POST', `/peerings/${peering.id}/${verb}`]
    return this.#change(pair, { verb, by, peering, asked: null, method, path })
  }

  #create(pair: Pair): Request {
    const [from, to] = this.#random.chance(0.5) ? pair.vpcs : pair.vpcs.toReversed()
    if (!from || !to) throw new Error('a pair is of two')
    const [requester, accepter] = [partyOf(this.#arena, from), partyOf(this.#arena, to)]
    const asked = {
      requester: { tenant: requester.name, vpc: from.ids.huawei },
      accepter: { tenant: accepter.name, vpc: to.ids.huawei },
    }
    const body = { requesterVpc: from.ids.huawei, accepterVpc: to.ids.huawei, name: 'torture' }
    return { verb: 'create', by: requester, peering: null, asked, method: 'POST', path: '/peerings', body }
  }

  /** Mostly whose it is to decide; now and then the other side, a stranger, or the operator. */
  #somebody({ ends }: KnownPeering, whose: 'accepter' | 'either'): Party {
    const party = (side: keyof Ends) =>
      [...this.#arena.tenants.values()].find(({ name }) => name === ends[side].tenant) ?? this.#arena.operator
    const kind = this.#random.weighted({ right: 85, other: 5, stranger: 5, operator: 5 })
    if (kind === 'stranger' || kind === 'operator') return this.#arena[kind]
    if (whose === 'either') return party(this.#random.chance(0.5) ? 'requester' : 'accepter')
    return party(kind === 'right' ? 'accepter' : 'requester')
  }

  async #change(pair: Pair, request: Request): Promise<void> {
    const { verb, by, asked, method, path, body } = request
    const idempotencyKey = this.#random.chance(0.6) ? `${this.#name}-${this.#tokens++}` : null
    const peering = request.peering?.id ?? null
    const operation = this.#recorder.begin({ client: this.#name, verb, by: by.name, peering, asked })
    for (let count = 1; ; count++) {
      const answer = await this.#send(by, method, path, { body, idempotencyKey })
      if (answer !== 'unanswered' && codeOf(answer) !== 'idempotency.in-progress') {
        return this.#end(operation, pair, request, answer, count > 1)
      }
      if (idempotencyKey === null || count === ATTEMPTS_MAX) {
        return operation.end({ outcome: { kind: 'unknown' }, requestId: null })
      }
      operation.unanswered()
    }
  }

  #end(operation: Open, pair: Pair, { verb, asked }: Request, answer: Answer, again: boolean): void {
    const { requestId } = answer
    const code = codeOf(answer)
    if (code !== null) {
      operation.end({ outcome: { kind: 'refused', code }, requestId })
      return
    }
    const body = answer.body as { id: string; state: PeeringState } | null
    // What is answered again is the peering as it stands by then.
    const state = again ? null : verb === 'delete' ? 'deleted' : (body?.state ?? null)
    const made = verb === 'create' ? body?.id : undefined
    operation.end({
      outcome: { kind: 'done', state },
      requestId,
      ...(made !== undefined && { peering: made }),
    })
    if (made !== undefined && asked) meet(pair, { id: made, ends: asked })
  }

  async #show(by: Party, peering: KnownPeering): Promise<void> {
    const { id } = peering
    const intent = { client: this.#name, verb: 'show', by: by.name, peering: id, asked: null } as const
    const operation = this.#recorder.begin(intent)
    const answer = await this.#send(by, 'GET', `/peerings/${id}`)
    if (answer === 'unanswered') return operation.end({ outcome: { kind: 'unknown' }, requestId: null })
    const code = codeOf(answer)
    const { state } = answer.body as { state: PeeringState }
    operation.end({
      outcome: code === null ? { kind: 'done', state } : { kind: 'refused', code },
      requestId: answer.requestId,
    })
  }

  async #list(pair: Pair): Promise<void> {
    const [{ ids }] = pair.vpcs
    const { operator } = this.#arena
    const invokedAtMs = this.#recorder.now()
    const state = this.#random.pick(['pending-acceptance', 'active'])
    const answer = await this.#send(operator, 'GET', `/peerings?vpc=${ids.huawei}&state=${state}`)
    if (answer === 'unanswered') return
    const shown = shownIn(answer.body)
    this.#recorder.saw(invokedAtMs, { client: this.#name, by: operator.name }, shown)
    const vpcs = pair.vpcs.map((vpc) => vpc.ids.huawei)
    const here = shown.find(
      ({ ends }) => vpcs.includes(ends.requester.vpc) && vpcs.includes(ends.accepter.vpc),
    )
    if (here) meet(pair, { id: here.peering, ends: here.ends })
  }

  /** One attempt, at a replica that takes it. */
  async #send(
    by: Party,
    method: string,
    path: string,
    options: { body?: unknown; idempotencyKey?: string | null } = {},
  ): Promise<Answer | 'unanswered'> {
    for (;;) {
      const url = this.#random.pick(await this.#cluster.urls())
      const answer = await attempt(url, by.token, method, path, options)
      if (answer === 'not-sent') continue
      if (answer !== 'unavailable') return answer
      this.unavailable++
      await setTimeout(UNAVAILABLE_PAUSE_MS)
      return 'unanswered'
    }
  }
}

/** Why it was refused; null where it was done. Throws for what no client should ever be told. */
function codeOf({ status, body }: Answer): string | null {
  if (status < 300) return null
  const { code } = body as { code: string }
  if (REFUSALS.includes(code) || code === 'idempotency.in-progress') return code
  throw new Error(`a client was answered ${status}: ${JSON.stringify(body)}`)
}

/** The peerings of a list's answer. */
export function shownIn(body: unknown): Shown[] {
  interface Side {
    readonly tenant: { readonly id: string }
    readonly vpc: string
  }
  const { peerings } = body as {
    peerings: { id: string; state: PeeringState; requester: Side; accepter: Side }[]
  }
  const end = ({ tenant, vpc }: Side) => ({ tenant: tenant.id, vpc })
  return peerings.map(({ id, state, requester, accepter }) => ({
    peering: id,
    state,
    ends: { requester: end(requester), accepter: end(accepter) },
  }))
}
