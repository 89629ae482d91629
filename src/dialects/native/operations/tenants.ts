import { Type } from 'typebox'
import type { Caller } from '../../../app/context.ts'
import { requireOperator } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import { tenantId } from '../../../domain/identity.ts'
import type { Tenant as DomainTenant } from '../../../domain/tenant.ts'
import { encodeNewKey, encodeTenant, encodeTime } from '../codec.ts'
import { route } from '../route.ts'
import { AccessKey, DryRun, Id, NewTenant, Tenant } from '../schemas.ts'

export const createTenant = route({
  method: 'POST',
  path: '/tenants',
  summary:
    'Make a tenant, with the ids of every dialect and one access key, whose secret is shown once (operator)',
  status: 201,
  schemas: { querystring: DryRun, body: NewTenant, answer: Tenant },
  async perform({ app, caller, body }) {
    const { tenant, accessKeys } = await app.createTenant(caller, body)
    return { ...encodeTenant(tenant), accessKeys: accessKeys.map(encodeNewKey) }
  },
})

export const listTenants = route({
  method: 'GET',
  path: '/tenants',
  summary: 'List tenants (operator)',
  status: 200,
  schemas: { answer: Type.Object({ tenants: Type.Array(Tenant) }) },
  async perform({ app, caller }) {
    requireOperator(caller, 'list tenants')
    return { tenants: (await app.context.store.listTenants()).map(encodeTenant) }
  },
})

export const showTenant = route({
  method: 'GET',
  path: '/tenants/:id',
  summary: 'Show a tenant, by id or name, with the ids of its keys; a tenant may see itself',
  status: 200,
  schemas: { params: Id, answer: Tenant },
  async perform({ app, caller, params }) {
    const tenant = await findTenant(app, caller, params.id)
    const keys = await app.context.store.listAccessKeys(tenant.id)
    const accessKeys = keys.map(({ id, createdAtMs }) => ({ id, createdAt: encodeTime(createdAtMs) }))
    return { ...encodeTenant(tenant), accessKeys }
  },
})

export const createAccessKey = route({
  method: 'POST',
  path: '/tenants/:id/keys',
  summary: 'Make another access key; its secret is shown once',
  status: 201,
  schemas: { params: Id, querystring: DryRun, answer: AccessKey },
  async perform({ app, caller, params }) {
    const tenant = await findTenant(app, caller, params.id)
    return encodeNewKey(await app.createAccessKey(caller, { tenant }))
  },
})

export const deleteAccessKey = route({
  method: 'DELETE',
  path: '/tenants/:id/keys/:key',
  summary: 'Take an access key away: requests signed with it are refused from now on',
  status: 204,
  schemas: {
    params: Type.Object({ id: Type.String(), key: Type.String() }),
    querystring: DryRun,
    answer: null,
  },
  async perform({ app, caller, params }) {
    const tenant = await findTenant(app, caller, params.id)
    await app.deleteAccessKey(caller, { tenant, id: params.key })
  },
})

/** By id or name, for the operator and for the tenant itself; to others it does not exist. */
export async function findTenant(app: App, caller: Caller, id: string): Promise<DomainTenant> {
  const { store } = app.context
  const tenant = (await store.findTenant({ id: tenantId(id) })) ?? (await store.findTenant({ name: id }))
  if (!tenant || !(caller.operator || caller.tenant?.id === tenant.id)) {
    throw new DomainError('tenant.not-found', { id })
  }
  return tenant
}
