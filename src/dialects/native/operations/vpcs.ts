import { Type } from 'typebox'
import { type Caller, requireOperator } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import { encodeVpc } from '../codec.ts'
import { pageOf, windowOf } from '../page.ts'
import { route } from '../route.ts'
import { DryRun, Id, NewVpc, Page, Vpc } from '../schemas.ts'
import { findTenant } from './tenants.ts'

export const createVpc = route({
  method: 'POST',
  path: '/vpcs',
  summary: 'Make a VPC; the operator says whose',
  status: 201,
  schemas: { querystring: DryRun, body: NewVpc, answer: Vpc },
  async perform({ app, caller, body }) {
    const { name, cidrs, description = '' } = body
    const region = app.context.regions.find((candidate) => candidate.name === body.region)
    if (!region) throw new DomainError('region.unknown', { region: body.region })
    const tenant = await owner(app, caller, body.tenant)
    if (body.adopt) requireOperator(caller, 'adopt a network that is there already')
    const attributes = { adopted: body.adopt ?? null }
    const input = { tenant, region: region.name, name, description, cidrs, tags: [], attributes }
    return encodeVpc(await app.createVpc(caller, input))
  },
})

export const listVpcs = route({
  method: 'GET',
  path: '/vpcs',
  summary: 'List VPCs: one’s own; for the operator, everybody’s',
  status: 200,
  schemas: {
    querystring: Type.Object({ ...Page, name: Type.Optional(Type.String()) }),
    answer: Type.Object({ vpcs: Type.Array(Vpc), next: Type.Union([Type.String(), Type.Null()]) }),
  },
  async perform({ app, caller, query }) {
    const { name } = query
    const filter = { ...(name !== undefined && { name }), order: 'id', ...windowOf(query) } as const
    const { items } = await app.listVpcs(caller, filter)
    const { page, next } = pageOf(items, query, ({ id }) => id)
    return { vpcs: page.map(encodeVpc), next }
  },
})

export const showVpc = route({
  method: 'GET',
  path: '/vpcs/:id',
  summary: 'Show a VPC, by any of its ids',
  status: 200,
  schemas: { params: Id, answer: Vpc },
  perform: async ({ app, caller, params }) => encodeVpc(await app.showVpc(caller, params)),
})

export const deleteVpc = route({
  method: 'DELETE',
  path: '/vpcs/:id',
  summary: 'Delete a VPC that no peering of its owner’s needs; requests that wait for it are refused',
  status: 204,
  schemas: { params: Id, querystring: DryRun, answer: null },
  async perform({ app, caller, params }) {
    await app.deleteVpc(caller, params)
  },
})

/** Whom something is made for: a tenant makes VPCs and webhooks for itself only. */
export async function owner(app: App, caller: Caller, named: string | undefined) {
  if (named !== undefined) return findTenant(app, caller, named)
  if (caller.tenant) return caller.tenant
  throw new DomainError('request.missing', { field: 'tenant' })
}
