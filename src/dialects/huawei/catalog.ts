import type { RegionName } from '../../domain/identity.ts'
import type { Region } from '../../domain/region.ts'
import type { Tenant } from '../../domain/tenant.ts'

/** A project, with every name that clients may know its region by; the first is the one to answer with. */
export interface Scope {
  readonly id: string
  readonly names: readonly string[]
}

/** The tenant's project in `region`; `name` is what the client called it, where it did. */
export function scopeOf(
  regions: readonly Region[],
  tenant: Tenant,
  region: RegionName,
  name?: string,
): Scope {
  const known = regions.find((candidate) => candidate.name === region)?.huawei ?? []
  const names = new Set([...(name === undefined ? [] : [name]), ...known, region])
  return { id: tenant.huawei.projects[region] ?? '', names: [...names] }
}

/**
 * Where each service is, in the terms of Keystone. Clients look for their region's name in it and refuse to go on without
 * it; so each service is there under every name of the region, and for the whole domain under `*`.
 * Source: Go SDK of Open Telekom Cloud, which appends versions to `network`, and changes the one of `vpc`.
 */
export function catalog(root: string, scope: Scope | null) {
  const regions = scope?.names ?? ['*']
  const entry = (name: string, type: string, url: string) => ({
    id: type,
    name,
    type,
    endpoints: regions.map((region) => ({
      id: `${type}-${region}`,
      interface: 'public',
      region,
      region_id: region,
      url,
    })),
  })
  return [
    entry('iam', 'identity', `${root}/v3`),
    entry('neutron', 'network', root),
    ...(scope ? [entry('vpc', 'vpc', `${root}/v1/${scope.id}`)] : []),
  ]
}
