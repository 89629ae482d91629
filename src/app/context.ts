import { DomainError } from '../domain/errors.ts'
import type { Actor } from '../domain/event.ts'
import type { DialectName, RegionName } from '../domain/identity.ts'
import type { Principal } from '../domain/policy.ts'
import type { Profile } from '../domain/profile.ts'
import type { NetworkRule } from '../domain/receiver-networks.ts'
import type { Region } from '../domain/region.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { Clock } from '../ports/clock.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { Ids } from '../ports/ids.ts'
import type { Passwords } from '../ports/passwords.ts'
import type { Sealer } from '../ports/sealer.ts'
import type { Party, Store } from '../ports/store.ts'

/** What every use case works with. Made once, at start. */
export interface Context {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly passwords: Passwords
  readonly sealer: Sealer
  readonly dataPlane: DataPlane
  readonly regions: readonly Region[]
  /** How long a request waits for its answer before it lapses, milliseconds. */
  readonly acceptanceTimeoutMs: number
  /** Where receivers of webhooks may be, beyond what is so by default; see `mayReceive`. */
  readonly receiverNetworks: readonly NetworkRule[]
  /** Ids that a change is under way on, each with how many; see `save`. */
  readonly inFlight: Map<string, number>
}

/** Who asks, through which dialect, and how it is to be done. */
export interface Caller {
  /** Null: the operator, or somebody who has yet to sign in. */
  readonly tenant: Tenant | null
  /** Whether the admin token was shown. Never true of a caller who has not been authenticated. */
  readonly operator: boolean
  /** The one region asked in, where the dialect has such a notion; null: all of them. */
  readonly region: RegionName | null
  readonly dialect: DialectName
  readonly profile: Profile
  readonly requestId: string
  readonly remoteAddress: string
  /** The access key that was shown or signed with; absent for the operator, and for a token got by a password. */
  readonly accessKeyId?: string
  /** The vendor's name for what is asked for; absent where nobody asked. */
  readonly operation?: string
  /** Find out whether it would succeed, and change nothing. */
  readonly dryRun: boolean
  /** An idempotency token: the same `key` has its effect once. Null: none was given. */
  readonly once: { readonly key: string; readonly fingerprint: string } | null
}

/** Throws `permission.denied` for a caller who is nobody. */
export function principalOf(caller: Caller): Principal {
  if (caller.tenant) return { kind: 'tenant', tenant: caller.tenant.id, region: caller.region }
  requireOperator(caller, 'act without a tenant')
  return { kind: 'operator' }
}

export function actorOf(caller: Caller): Actor {
  return {
    kind: caller.tenant ? 'tenant' : 'operator',
    tenant: caller.tenant?.id ?? null,
    dialect: caller.dialect,
    requestId: caller.requestId,
    remoteAddress: caller.remoteAddress,
  }
}

/** The tenant that asks. Throws `permission.denied` for the operator, who must name one for `action`. */
export function tenantOf(caller: Caller, action: string): Tenant {
  if (!caller.tenant) throw new DomainError('permission.denied', { action })
  return caller.tenant
}

/** What the caller may see of a list: what its tenant takes part in; null, everything, for the operator. */
export function partyOf(caller: Caller): Party | null {
  const principal = principalOf(caller)
  return principal.kind === 'operator' ? null : principal
}

/** Throws `permission.denied` unless the operator asks. */
export function requireOperator(caller: Caller, action: string): void {
  if (!caller.operator) throw new DomainError('permission.denied', { action })
}

/** Throws `permission.denied` unless it is `tenant` itself that asks, or the operator. */
export function requireSelf(caller: Caller, tenant: Tenant, action: string): void {
  if (caller.tenant?.id !== tenant.id) requireOperator(caller, action)
}
