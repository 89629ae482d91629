import { DomainError } from '../domain/errors.ts'
import { type RegionName, tenantId } from '../domain/identity.ts'
import type { Quotas } from '../domain/profile.ts'
import type { AccessKey, Tenant } from '../domain/tenant.ts'
import { type Caller, type Context, requireOperator } from './context.ts'

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
  const { store, clock } = context
  const tenant = await draftTenant(context, input)
  await refuseTaken(context, tenant)
  const accessKeys = (input.accessKeys ?? [draftSecret(context)]).map((key) => ({
    ...key,
    tenant: tenant.id,
    createdAtMs: tenant.createdAtMs,
  }))
  for (const { id } of accessKeys) {
    if (await store.findAccessKey(id)) throw new DomainError('access-key.exists', { id })
  }
  if (!caller.dryRun) await store.commit({ tenants: [tenant], accessKeys, nowMs: clock.realNow() })
  return { tenant, accessKeys }
}

/** Another key for a tenant. Its secret is answered here and never again. */
export async function createAccessKey(
  context: Context,
  caller: Caller,
  input: { tenant: Tenant },
): Promise<AccessKey> {
  const key = { ...draftSecret(context), tenant: input.tenant.id, createdAtMs: context.clock.now() }
  if (!caller.dryRun) await context.store.commit({ accessKeys: [key], nowMs: context.clock.realNow() })
  return key
}

/** Takes a key away: requests signed with it are refused from now on. Throws `access-key.not-found`. */
export async function deleteAccessKey(
  context: Context,
  caller: Caller,
  input: { tenant: Tenant; id: string },
): Promise<void> {
  const key = await context.store.findAccessKey(input.id)
  if (key?.tenant !== input.tenant.id) throw new DomainError('access-key.not-found', { id: input.id })
  if (!caller.dryRun) {
    await context.store.commit({ deletedAccessKeys: [input.id], nowMs: context.clock.realNow() })
  }
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
    alibaba: { uid: input.alibaba?.uid ?? ids.decimal(16) },
    tencent: { uin: input.tencent?.uin ?? ids.decimal(12), appId: input.tencent?.appId ?? ids.decimal(10) },
    quotas: input.quotas ?? {},
  }
}

async function refuseTaken(context: Context, tenant: Tenant): Promise<void> {
  const { store } = context
  const taken = [
    await store.findTenant({ name: tenant.name }),
    await store.findTenant({ domainName: tenant.huawei.domainName }),
    await store.findTenant({ alibabaUid: tenant.alibaba.uid }),
    await store.findTenant({ tencentUin: tenant.tencent.uin }),
    ...(await Promise.all(
      Object.values(tenant.huawei.projects).map((project) => store.findTenant({ project })),
    )),
  ].find((other) => other !== null)
  if (taken) throw new DomainError('tenant.exists', { name: taken.name })
}

function draftSecret(context: Context): { id: string; secret: string } {
  return { id: `AK${context.ids.secret(18).toUpperCase()}`, secret: context.ids.secret(40) }
}
