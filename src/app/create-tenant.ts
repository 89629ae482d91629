import { DomainError } from '../domain/errors.ts'
import { type RegionName, type TenantId, tenantId } from '../domain/identity.ts'
import type { Quotas } from '../domain/profile.ts'
import type { AccessKey, Tenant } from '../domain/tenant.ts'
import { type Caller, type Context, requireOperator, requireSelf } from './context.ts'
import { save } from './save.ts'

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

/** A tenant with the keys that were made along with it. */
export interface CreatedTenant {
  readonly tenant: Tenant
  readonly accessKeys: readonly AccessKey[]
}

/**
 * Makes a tenant with its keys, whose secrets are answered here and never again, but to the same request under the same
 * idempotency token. Throws `tenant.exists`, `access-key.exists`, and what `save` throws.
 */
export function createTenant(context: Context, caller: Caller, input: CreateTenant): Promise<CreatedTenant> {
  return save(
    context,
    caller,
    async () => {
      requireOperator(caller, 'make a tenant')
      const tenant = await draftTenant(context, input)
      const accessKeys = (input.accessKeys ?? [draftSecret(context)]).map((key) => ({
        ...key,
        tenant: tenant.id,
        createdAtMs: tenant.createdAtMs,
      }))
      const result = { tenant, accessKeys }
      return { change: { tenants: [tenant], accessKeys }, result, resultId: tenant.id, touches: [] }
    },
    (resultId) => recallTenant(context, tenantId(resultId)),
  )
}

async function recallTenant(context: Context, id: TenantId): Promise<CreatedTenant> {
  const { store } = context
  const tenant = await store.findTenant({ id })
  if (!tenant) throw new DomainError('tenant.not-found', { id })
  const made = (await store.listAccessKeys(id)).filter(
    ({ createdAtMs }) => createdAtMs === tenant.createdAtMs,
  )
  const accessKeys = await Promise.all(made.map((key) => findAccessKey(context, key.id)))
  return { tenant, accessKeys }
}

async function findAccessKey(context: Context, id: string): Promise<AccessKey> {
  const key = (await context.store.findCredential(id))?.key
  if (!key) throw new DomainError('access-key.not-found', { id })
  return key
}

/** Another key for a tenant. Its secret is answered as `createTenant` answers one. Throws as `save`. */
export function createAccessKey(
  context: Context,
  caller: Caller,
  input: { tenant: Tenant },
): Promise<AccessKey> {
  return save(
    context,
    caller,
    async () => {
      requireSelf(caller, input.tenant, 'make a key for it')
      const key = { ...draftSecret(context), tenant: input.tenant.id, createdAtMs: context.clock.now() }
      return { change: { accessKeys: [key] }, result: key, resultId: key.id, touches: [] }
    },
    (resultId) => findAccessKey(context, resultId),
  )
}

/**
 * Takes a key away: requests signed with it are refused from now on. Throws `access-key.not-found`, and what `save`
 * throws.
 */
export function deleteAccessKey(
  context: Context,
  caller: Caller,
  input: { tenant: Tenant; id: string },
): Promise<void> {
  return save(
    context,
    caller,
    async () => {
      requireSelf(caller, input.tenant, 'delete its key')
      const key = (await context.store.findCredential(input.id))?.key
      if (key?.tenant !== input.tenant.id) throw new DomainError('access-key.not-found', { id: input.id })
      return { change: { deletedAccessKeys: [input.id] }, result: undefined, resultId: input.id, touches: [] }
    },
    async () => {},
  )
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
