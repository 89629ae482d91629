import type { PeeringState } from '../../src/domain/peering.ts'

/**
 * The protocol once more, by itself: what `docs/spec/peering.md` says, as the shortest program that does it. It shares
 * nothing with the service but the names of the states, so that one mistake is not made twice.
 *
 * Time is counted in days; a request waits for seven.
 */
export interface World {
  readonly day: number
  readonly peerings: readonly Peering[]
  /** What each idempotency token was spent on, by its caller and name. */
  readonly spent: Readonly<Record<string, { readonly request: string; readonly peering: string }>>
  readonly log: readonly Entry[]
}

export interface Peering {
  /** Of the request that made it. */
  readonly name: string
  readonly requester: Vpc
  readonly accepter: Vpc
  readonly state: PeeringState
  readonly lapsesOnDay: number
}

export interface Entry {
  readonly peering: string
  readonly type: string
  readonly from: PeeringState | null
  readonly to: PeeringState
  readonly by: Caller | 'clock'
}

export type Tenant = 'ann' | 'ben' | 'cy'
export type Caller = Tenant | 'operator'
/** `ann-1` is ann's. */
export type Vpc = `${Tenant}-${number}`

/** What a client may ask of the service. */
export type Request = { readonly by: Caller; readonly token: string | null } & (
  | { readonly kind: 'ask'; readonly name: string; readonly from: Vpc; readonly to: Vpc }
  | { readonly kind: 'accept' | 'reject' | 'reopen' | 'delete' | 'show'; readonly peering: string }
)

/** `ok`, with what is shown if anything is; or why not. */
export type Answer = string

export interface Step {
  readonly world: World
  readonly answer: Answer
}

/** How many peerings a tenant may have; nobody else is limited. */
export const QUOTAS: Readonly<Partial<Record<Tenant, number>>> = { ann: 2, ben: 2 }
const DAYS_TO_ANSWER = 7

export const EMPTY: World = { day: 0, peerings: [], spent: {}, log: [] }

export const ownerOf = (vpc: Vpc) => vpc.split('-')[0] as Tenant
const isLive = ({ state }: Peering) => state === 'pending-acceptance' || state === 'active'

/** Whom a peering counts for: a request for who asks, what is agreed for both. */
function countsFor(peering: Peering): ReadonlySet<Tenant> {
  const requester = ownerOf(peering.requester)
  if (peering.state === 'pending-acceptance') return new Set([requester])
  return new Set(peering.state === 'active' ? [requester, ownerOf(peering.accepter)] : [])
}

export function used(world: World, tenant: Tenant): number {
  return world.peerings.filter((peering) => countsFor(peering).has(tenant)).length
}

function isFull(world: World, tenant: Tenant): boolean {
  return used(world, tenant) >= (QUOTAS[tenant] ?? Number.POSITIVE_INFINITY)
}

function isTaken(world: World, one: Vpc, other: Vpc): boolean {
  return world.peerings.some(
    (peering) =>
      isLive(peering) && [peering.requester, peering.accepter].every((vpc) => vpc === one || vpc === other),
  )
}

/** What comes of a request that is alone in the world. */
export function perform(world: World, request: Request): Step {
  if (request.token === null || request.kind === 'show') return performOnce(world, request)
  const token = `${request.by} ${request.token}`
  const meaning = JSON.stringify({ ...request, token: null })
  const earlier = world.spent[token]
  if (earlier) {
    if (earlier.request !== meaning) return { world, answer: 'idempotency.mismatch' }
    const peering = world.peerings.find(({ name }) => name === earlier.peering)
    return { world, answer: request.kind === 'delete' ? 'ok' : `ok ${earlier.peering} ${peering?.state}` }
  }
  const { world: after, answer } = performOnce(world, request)
  if (!answer.startsWith('ok')) return { world, answer }
  const peering = request.kind === 'ask' ? request.name : request.peering
  return { world: { ...after, spent: { ...after.spent, [token]: { request: meaning, peering } } }, answer }
}

function performOnce(world: World, request: Request): Step {
  if (request.kind === 'ask') return ask(world, request)
  const { by } = request
  const refuse = (answer: Answer): Step => ({ world, answer })
  const peering = world.peerings.find(({ name }) => name === request.peering)
  if (!peering || peering.state === 'deleted') return refuse('peering.not-found')
  const [requester, accepter] = [ownerOf(peering.requester), ownerOf(peering.accepter)]
  if (by !== 'operator' && by !== requester && by !== accepter) return refuse('peering.not-found')
  const speaksFor = (side: Tenant) => by === 'operator' || by === side
  switch (request.kind) {
    case 'show':
      return refuse(`ok ${peering.name} ${peering.state}`)
    case 'accept':
      if (!speaksFor(accepter)) return refuse('peering.wrong-side')
      if (peering.state !== 'pending-acceptance') return refuse('peering.wrong-state')
      if (accepter !== requester && isFull(world, accepter)) return refuse('quota.exceeded')
      return become(world, peering, 'active', 'accepted', by)
    case 'reject':
      if (!speaksFor(accepter)) return refuse('peering.wrong-side')
      if (peering.state !== 'pending-acceptance') return refuse('peering.wrong-state')
      return become(world, peering, 'rejected', 'rejected', by)
    case 'reopen':
      if (!speaksFor(requester)) return refuse('peering.wrong-side')
      if (peering.state !== 'expired') return refuse('peering.wrong-state')
      if (isTaken(world, peering.requester, peering.accepter)) return refuse('peering.exists')
      if (isFull(world, requester)) return refuse('quota.exceeded')
      return become(world, peering, 'pending-acceptance', 'reopened', by)
    case 'delete': {
      const { world: after } = become(world, peering, 'deleted', 'deleted', by)
      return { world: after, answer: 'ok' }
    }
  }
}

function ask(world: World, { by, name, from, to }: Extract<Request, { kind: 'ask' }>): Step {
  const refuse = (answer: Answer): Step => ({ world, answer })
  const requester = ownerOf(from)
  if (by !== 'operator' && by !== requester) return refuse('vpc.requester-not-found')
  if (from === to) return refuse('peering.same-vpc')
  if (isTaken(world, from, to)) return refuse('peering.exists')
  if (isFull(world, requester)) return refuse('quota.exceeded')
  const state = requester === ownerOf(to) ? 'active' : 'pending-acceptance'
  const made: Peering = {
    name,
    requester: from,
    accepter: to,
    state,
    lapsesOnDay: world.day + DAYS_TO_ANSWER,
  }
  const entry: Entry = { peering: name, type: 'peering.requested', from: null, to: state, by }
  return {
    world: { ...world, peerings: [...world.peerings, made], log: [...world.log, entry] },
    answer: `ok ${name} ${state}`,
  }
}

function become(world: World, peering: Peering, to: PeeringState, word: string, by: Entry['by']): Step {
  const after: Peering = { ...peering, state: to, lapsesOnDay: world.day + DAYS_TO_ANSWER }
  const entry: Entry = { peering: peering.name, type: `peering.${word}`, from: peering.state, to, by }
  return {
    world: {
      ...world,
      peerings: world.peerings.map((other) => (other === peering ? after : other)),
      log: [...world.log, entry],
    },
    answer: `ok ${peering.name} ${to}`,
  }
}

/** Days pass; what waited for too long lapses, the longest first. */
export function wait(world: World, days: number): World {
  let after: World = { ...world, day: world.day + days }
  const due = after.peerings
    .filter(({ state, lapsesOnDay }) => state === 'pending-acceptance' && lapsesOnDay <= after.day)
    .toSorted((a, b) => a.lapsesOnDay - b.lapsesOnDay)
  for (const peering of due) after = become(after, peering, 'expired', 'expired', 'clock').world
  return after
}
