import { contains, firstOverlap, parseCidr } from './cidr.ts'
import type { TenantId } from './identity.ts'
import type { Tenant } from './tenant.ts'

/**
 * Requests that an accepter has made up its mind about: those of some tenants, those for VPCs with some addresses, or,
 * where it names both, those that are both.
 */
export interface ConsentRule {
  readonly tenants?: readonly TenantId[]
  /** Canonical CIDR texts, IPv4 or IPv6. */
  readonly blocks?: readonly string[]
}

/** What a tenant has said beforehand about requests of others for VPCs of its own. */
export interface ConsentPolicy {
  /** Refused at once: a rule's blocks fit a VPC that has any address in them. */
  readonly refuse: readonly ConsentRule[]
  /** Agreed to at once: a rule's blocks fit a VPC that has blocks, each of them inside one of the rule's. */
  readonly accept: readonly ConsentRule[]
  /** Whether a VPC with an address that any VPC of the accepter's has as well, in whatever region, is refused. */
  readonly refuseOverlap: boolean
  /** How many requests of one tenant may wait at a time; what is more is refused. Null is no limit. */
  readonly waitingPerTenant: number | null
}

/** A tenant's policy, and how often it has been changed. */
export interface Consent {
  readonly version: number
  readonly policy: ConsentPolicy
}

/** Everything waits for its answer. */
export const ASK_ALWAYS: ConsentPolicy = {
  refuse: [],
  accept: [],
  refuseOverlap: false,
  waitingPerTenant: null,
}

/** Of a tenant that never said anything. */
const UNSAID: Consent = { version: 0, policy: ASK_ALWAYS }

export const consentOf = ({ consent }: Tenant): Consent => consent ?? UNSAID

/** Kinds of rule that decide. That is all a requester is told of a policy. */
export const DECIDING_RULES = ['refuse-list', 'overlap', 'accept-list', 'waiting-limit'] as const
export type DecidingRule = (typeof DECIDING_RULES)[number]

/** What a rule has decided. */
export type Decided =
  | { readonly decision: 'accept'; readonly rule: 'accept-list' }
  | { readonly decision: 'refuse'; readonly rule: Exclude<DecidingRule, 'accept-list'> }

/** What becomes of a request at once; `ask`: no rule has decided it, and it waits for its answer. */
export type Verdict = Decided | { readonly decision: 'ask'; readonly rule: null }

/** A request, as far as a policy may be about it. */
export interface RequestFacts {
  /** Who asks. */
  readonly tenant: TenantId
  /** The blocks of the VPC that it asks for. */
  readonly blocks: readonly string[]
  /** Whether any of them shares an address with a VPC of the accepter's. */
  readonly overlaps: boolean
  /** Whether the accepter's quotas have room for one more active peering. */
  readonly room: boolean
  /** How many requests of `tenant` to the accepter wait already. */
  readonly waiting: number
}

/**
 * What `policy` makes of a request: first what it refuses, then what it agrees to, and then whether one more may wait. So a
 * refusal always wins; and whoever is agreed to never waits, and is not kept out by those who do. What is agreed to, but
 * finds the accepter's quota full, waits like any other. The order of rules does not matter. Pure.
 */
export function decide(policy: ConsentPolicy, facts: RequestFacts): Verdict {
  if (policy.refuse.some((rule) => concerns(rule, facts, reachesInto))) {
    return { decision: 'refuse', rule: 'refuse-list' }
  }
  if (policy.refuseOverlap && facts.overlaps) return { decision: 'refuse', rule: 'overlap' }
  if (facts.room && policy.accept.some((rule) => concerns(rule, facts, staysInside))) {
    return { decision: 'accept', rule: 'accept-list' }
  }
  if (policy.waitingPerTenant !== null && facts.waiting >= policy.waitingPerTenant) {
    return { decision: 'refuse', rule: 'waiting-limit' }
  }
  return { decision: 'ask', rule: null }
}

/** Whether `rule` is about this request. A rule that names nothing is about none. */
function concerns(
  { tenants, blocks }: ConsentRule,
  facts: RequestFacts,
  fits: (blocks: readonly string[], ofRule: readonly string[]) => boolean,
): boolean {
  if (!tenants && !blocks) return false
  return (!tenants || tenants.includes(facts.tenant)) && (!blocks || fits(facts.blocks, blocks))
}

const reachesInto: Parameters<typeof concerns>[2] = (blocks, ofRule) => firstOverlap(blocks, ofRule) !== null

const staysInside: Parameters<typeof concerns>[2] = (blocks, ofRule) => {
  const outer = ofRule.map(parseCidr).filter((block) => block !== null)
  const inside = (text: string) => {
    const block = parseCidr(text)
    return block !== null && outer.some((candidate) => contains(candidate, block))
  }
  return blocks.length > 0 && blocks.every(inside)
}

/** What the event of an automatic decision says to both parties. */
export const REASONS: Readonly<Record<DecidingRule, string>> = {
  'refuse-list': 'policy: the accepter refuses requests of this kind',
  overlap: 'policy: the addresses overlap those of a VPC of the accepter’s',
  'accept-list': 'policy: the accepter agrees to requests of this kind',
  'waiting-limit': 'policy: as many requests of this tenant wait as the accepter allows',
}
