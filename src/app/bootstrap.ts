import { ASK_ALWAYS, type ConsentPolicy, type ConsentRule } from '../domain/consent.ts'
import { DomainError } from '../domain/errors.ts'
import type { Region } from '../domain/region.ts'
import type { AccessKey, Tenant } from '../domain/tenant.ts'
import type { Change } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { type CreateTenant, createTenant } from './create-tenant.ts'
import { createVpc } from './create-vpc.ts'
import { failureOf } from './save.ts'
import { setConsentPolicy } from './set-consent-policy.ts'

export interface BootstrapTenant extends CreateTenant {
  /** What it says beforehand about requests of others; its rules name tenants by their names. Absent: as it was. */
  readonly consent?: Partial<Omit<ConsentPolicy, 'refuse' | 'accept'>> & {
    readonly refuse?: readonly NamedRule[]
    readonly accept?: readonly NamedRule[]
  }
}

/** As `ConsentRule`, with tenants by their names. */
type NamedRule = Omit<ConsentRule, 'tenants'> & { readonly tenants?: readonly string[] }

/** The bootstrap file, once read and checked. */
export interface Bootstrap {
  readonly regions?: readonly Region[]
  readonly tenants?: readonly BootstrapTenant[]
  readonly vpcs?: readonly {
    readonly tenant: string
    readonly name: string
    readonly region: string
    readonly cidrs: readonly string[]
    readonly ids?: Partial<Record<'huawei' | 'alibaba' | 'tencent', string>>
  }[]
}

/**
 * Makes what the file names and is not there yet; brings tenants that are there up to what the file says of
 * them. Safe to repeat: a second time changes nothing. Answers the keys that were made up here.
 */
export async function applyBootstrap(
  context: Context,
  operator: Caller,
  bootstrap: Bootstrap,
): Promise<readonly AccessKey[]> {
  const made: AccessKey[] = []
  for (const entry of bootstrap.tenants ?? []) {
    const known = await context.store.findTenant({ name: entry.name })
    if (known) await renewTenant(context, known, entry)
    else {
      const { accessKeys } = await createTenant(context, operator, entry)
      if (!entry.accessKeys) made.push(...accessKeys)
    }
  }
  for (const entry of bootstrap.tenants ?? []) await applyConsent(context, operator, entry)
  for (const { tenant: owner, name, region, cidrs, ids = {} } of bootstrap.vpcs ?? []) {
    const tenant = await tenantNamed(context, owner)
    const found = context.regions.find((candidate) => candidate.name === region)
    if (!found) throw new DomainError('region.unknown', { region })
    if (await isThere(context, tenant, found.name, name, Object.values(ids))) continue
    const input = { tenant, region: found.name, name, description: '', cidrs, tags: [], ids }
    await createVpc(context, operator, input)
  }
  return made
}

async function applyConsent(
  context: Context,
  operator: Caller,
  { name, consent }: BootstrapTenant,
): Promise<void> {
  if (!consent) return
  const withIds = (rules: readonly NamedRule[] = []) =>
    Promise.all(
      rules.map(async ({ tenants, ...rule }): Promise<ConsentRule> => {
        if (!tenants) return rule
        const found = await Promise.all(tenants.map((named) => tenantNamed(context, named)))
        return { ...rule, tenants: found.map(({ id }) => id) }
      }),
    )
  const lists = { refuse: await withIds(consent.refuse), accept: await withIds(consent.accept) }
  const policy = { ...ASK_ALWAYS, ...consent, ...lists }
  await setConsentPolicy(context, operator, { tenant: (await tenantNamed(context, name)).id, policy })
}

async function tenantNamed(context: Context, name: string): Promise<Tenant> {
  const tenant = await context.store.findTenant({ name })
  if (!tenant) throw new DomainError('tenant.not-found', { id: name })
  return tenant
}

/** Gives every tenant a project in every region: a region may have been added since the tenant was made. */
export async function completeProjects(context: Context): Promise<void> {
  for (const tenant of await context.store.listTenants()) {
    const missing = context.regions.filter(({ name }) => tenant.huawei.projects[name] === undefined)
    if (missing.length === 0) continue
    const projects = { ...tenant.huawei.projects }
    for (const { name } of missing) projects[name] = context.ids.uuid().replaceAll('-', '')
    const renewed = { ...tenant, huawei: { ...tenant.huawei, projects } }
    await commitOrThrow(context, { tenants: [renewed] })
  }
}

/** What the file says wins over what is stored; what it leaves out stays as it was first made up. */
async function renewTenant(context: Context, known: Tenant, entry: CreateTenant): Promise<void> {
  const { passwords, clock, regions } = context
  const { projects = {}, domainName, user, password } = entry.huawei ?? {}
  const given = Object.fromEntries(
    Object.entries(projects).filter(([region]) => regions.some(({ name }) => name === region)),
  )
  const hash = known.huawei.passwordHash
  const unchanged = password === undefined || (hash !== null && (await passwords.matches(password, hash)))
  const tenant: Tenant = {
    ...known,
    huawei: {
      ...known.huawei,
      domainName: domainName ?? known.huawei.domainName,
      userName: user ?? known.huawei.userName,
      passwordHash: unchanged ? hash : await passwords.hash(password),
      projects: { ...known.huawei.projects, ...given },
    },
    alibaba: { uid: entry.alibaba?.uid ?? known.alibaba.uid },
    tencent: {
      uin: entry.tencent?.uin ?? known.tencent.uin,
      appId: entry.tencent?.appId ?? known.tencent.appId,
    },
    quotas: entry.quotas ?? known.quotas,
  }
  const accessKeys = (entry.accessKeys ?? []).map((key) => ({
    ...key,
    tenant: known.id,
    createdAtMs: clock.now(),
  }))
  await commitOrThrow(context, { tenants: [tenant], accessKeys })
}

async function isThere(
  context: Context,
  tenant: Tenant,
  region: Region['name'],
  name: string,
  ids: readonly string[],
): Promise<boolean> {
  for (const id of ids) if (await context.store.findVpc(id)) return true
  if (ids.length > 0) return false
  const party = { tenant: tenant.id, region }
  const query = { party, name, order: 'id', window: { limit: 1 }, withTotal: false } as const
  return (await context.store.listVpcs(query)).items.length > 0
}

/** A change that was planned from nothing that can have changed: a conflict is final. */
async function commitOrThrow(context: Context, change: Omit<Change, 'nowMs'>): Promise<void> {
  const outcome = await context.store.commit({ ...change, nowMs: context.clock.realNow() })
  if (!outcome.ok) throw failureOf(outcome.conflict)
}
