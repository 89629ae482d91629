import type { Consent } from './consent.ts'
import type { RegionName, TenantId } from './identity.ts'
import type { Quotas } from './profile.ts'

/** An account, under the numbers by which each cloud's clients name it. */
export interface Tenant {
  readonly id: TenantId
  /** Unique among tenants. */
  readonly name: string
  readonly createdAtMs: number
  readonly huawei: {
    readonly domainId: string
    readonly domainName: string
    readonly userId: string
    readonly userName: string
    /** scrypt, salted; null where the tenant has no password and signs in by access key alone. */
    readonly passwordHash: string | null
    /** One project per region, 32 hexadecimal digits: a Huawei request names its region by its project. */
    readonly projects: Readonly<Record<RegionName, string>>
  }
  /** `uid`: 16 decimal digits, below 2^53 so that no client loses precision. */
  readonly alibaba: { readonly uid: string }
  /** Decimal digits both, below 2^53. */
  readonly tencent: { readonly uin: string; readonly appId: string }
  /** What an operator allows this tenant beyond, or below, what the dialects' profiles say. */
  readonly quotas: Partial<Quotas>
  /** What it has said beforehand about requests of others. Absent: nothing yet. Changed by itself: see `Change.consents`. */
  readonly consent?: Consent
}

/** A key that signs requests in every dialect. The secret is in the clear here and nowhere else. */
export interface AccessKey {
  readonly id: string
  readonly tenant: TenantId
  readonly secret: string
  readonly createdAtMs: number
}

/** A key with whose it is. */
export interface Credential {
  readonly key: AccessKey
  readonly tenant: Tenant
}

/** The region whose project is `project`, or null where it is not one of the tenant's. */
export function regionOfProject(tenant: Tenant, project: string): RegionName | null {
  const { projects } = tenant.huawei
  return (Object.keys(projects) as RegionName[]).find((region) => projects[region] === project) ?? null
}
