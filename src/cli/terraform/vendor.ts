import type { Ids, Peering, Route, RouteTable, Subnet, Tenant, Vpc } from '../api.ts'
import type { Block, Value } from './hcl.ts'

/** A resource of a vendor's provider: what it is, what it says, and by what id it is found. */
export interface Resource {
  readonly type: string
  readonly attributes: Block['attributes']
  /** What its provider takes for an import. */
  readonly importId: string
  /** What the provider does not read back, or reads in another way than it is asked for. */
  readonly ignored?: readonly string[]
}

/** How resources name each other: by reference where both are written down, else by the vendor's id. */
export interface Names {
  readonly vpc: (id: string, attribute?: string) => Value
  /** The requester's resource. */
  readonly request: (id: string) => Value
  /** The requester's resource, or else the accepter's. */
  readonly peering: (id: string) => Value
  /** The vendor's id itself. */
  readonly peeringId: (id: string) => string
}

/** How one vendor's provider wants things said. A resource that it cannot have is null. */
export interface Vendor {
  readonly name: string
  readonly dialect: keyof Ids
  /** For `required_providers`. */
  readonly requirement: { readonly source: string; readonly version?: string }
  /** What whoever applies it must know. */
  readonly notes: readonly string[]
  readonly locals?: Readonly<Record<string, Value>>
  /** The attributes and blocks of a provider block, beside its alias; `account` is the label of the tenant's variable. */
  readonly provider: (account: string, region: string, tenant: Tenant) => Pick<Block, 'attributes' | 'blocks'>
  readonly vpc: (vpc: Vpc) => Resource
  readonly subnet: (subnet: Subnet, vpc: Vpc, names: Names) => Resource
  readonly peering: (
    peering: Peering,
    other: { readonly account: string; readonly region: string },
    names: Names,
  ) => Resource
  /** Null: the provider's resource cannot be imported, or there is none. */
  readonly accepter: ((peering: Peering, names: Names) => Resource) | null
  readonly route: (route: Route, table: RouteTable, vpc: Vpc, names: Names) => Resource | null
}

/** Of texts, what was said; nothing where nothing was. */
export const said = (text: string): string | undefined => (text === '' ? undefined : text)

export const ipv4Of = (cidrs: readonly string[]): readonly string[] =>
  cidrs.filter((cidr) => !cidr.includes(':'))
