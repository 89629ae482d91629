import { DomainError } from '../domain/errors.ts'
import { type RegionName, tenantId } from '../domain/identity.ts'
import type { Quotas } from '../domain/profile.ts'
import type { AccessKey, Tenant } from '../domain/tenant.ts'
import type { Change } from '../ports/store.ts'
import { type Caller, type Context, requireOperator, requireSelf } from './context.ts'
import { failureOf } from './save.ts'

/** What may be said of a new tenant. Whatever is left out is made up. */
export interface CreateTenant {
  readonly name: string
  readonly huawei?: {
    readonly projects?: Readonly<Record<string, string>>
    readonly domainName?: string
    readonly user?: string
    readonly password?: string
  }
  readonly alibaba?: { readonly uid?: string }
  readonly tencent?: { readonly uin?: string; readonly appId?: string }
  readonly quotas?: Partial<Quotas>
  /** Absent: one is made. */
  readonly accessKeys?: readonly { readonly id: string; readonly secret: string }[]
}

/** Makes a tenant with its keys, whose secrets are answered here and never again. Throws `tenant.exists`. */
export async function createTenant(
  context: Context,
  caller: Caller,
  input: CreateTenant,
): Promise<{ tenant: Tenant; accessKeys: readonly AccessKey[] }> {
  requireOperator(caller, 'make a tenant')
  const tenant = await draftTenant(context, input)
  const accessKeys = (input.accessKeys ?? [draftSecret(context)]).map((key) => ({
    ...key,
    tenant: tenant.id,
    createdAtMs: tenant.createdAtMs,
  }))
  await commitOrThrow(context, caller, { tenants: [tenant], accessKeys })
  return { tenant, accessKeys }
}

/** Another key for a tenant. Its secret is answered here and never again. */
export async function createAccessKey(
  context: Context,
  caller: Caller,
  input: { tenant: Tenant },
): Promise<AccessKey> {
  requireSelf(caller, input.tenant, 'make a key for it')
  const key = { ...draftSecret(context), tenant: input.tenant.id, createdAtMs: context.clock.now() }
  await commitOrThrow(context, caller, { accessKeys: [key] })
  return key
}

/** Takes a key away: requests signed with it are refused from now on. Throws `access-key.not-found`. */
export async function deleteAccessKey(
  context: Context,
  caller: Caller,
  input: { tenant: Tenant; id: string },
): Promise<void> {
  requireSelf(caller, input.tenant, 'delete its key')
  const key = await context.store.findAccessKey(input.id)
  if (key?.tenant !== input.tenant.id) throw new DomainError('access-key.not-found', { id: input.id })
  await commitOrThrow(context, caller, { deletedAccessKeys: [input.id] })
}

/** A tenant from what is given, with everything else made up: account numbers, projects, names. */
export async function draftTenant(context: Context, input: CreateTenant): Promise<Tenant> {
  const { ids, passwords, clock, regions } = context
  const given = input.huawei?.projects ?? {}
  const projects: Record<RegionName, string> = {}
  for (const { name } of regions) projects[name] = given[name] ?? ids.uuid().replaceAll('-', '')
  return {
    id: tenantId(ids.uuid()),
    name: input.name,
    createdAtMs: clock.now(),
    huawei: {
      domainId: ids.uuid().replaceAll('-', ''),
      domainName: input.huawei?.domainName ?? input.name,
      userId: ids.uuid().replaceAll('-', ''),
      userName: input.huawei?.user ?? input.name,
      passwordHash: input.huawei?.password === undefined ? null : await passwords.hash(input.huawei.password),
      projects,
    },
    alibaba: { uid: input.alibaba?.uid ?? `1${ids.decimal(15)}` },
    tencent: { uin: input.tencent?.uin ?? ids.decimal(12), appId: input.tencent?.appId ?? ids.decimal(10) },
    quotas: input.quotas ?? {},
  }
}

function draftSecret(context: Context): { id: string; secret: string } {
  return { id: `AK${context.ids.secret(18).toUpperCase()}`, secret: context.ids.secret(40) }
}

/** A change that was planned from nothing that can have changed: a conflict is final. */
export async function commitOrThrow(
  context: Context,
  caller: Pick<Caller, 'dryRun'>,
  change: Omit<Change, 'nowMs' | 'dryRun'>,
): Promise<void> {
  const outcome = await context.store.commit({
    ...change,
    nowMs: context.clock.realNow(),
    dryRun: caller.dryRun,
  })
  if (!outcome.ok) throw failureOf(outcome.conflict)
}
