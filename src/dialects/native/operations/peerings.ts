import { Type } from 'typebox'
import { DomainError } from '../../../domain/errors.ts'
import { encodePeering, encodeRequested } from '../codec.ts'
import { pageOf, windowOf } from '../page.ts'
import { route } from '../route.ts'
import { DryRun, Id, NewPeering, Page, Peering, Reason, RequestedPeering, State } from '../schemas.ts'

export const createPeering = route({
  method: 'POST',
  path: '/peerings',
  summary:
    'Ask for a peering; between two VPCs of one tenant it is active at once, else as the policy of its accepter says, or it waits',
  status: 201,
  schemas: { querystring: DryRun, body: NewPeering, answer: RequestedPeering },
  async perform({ app, caller, body }) {
    const { requesterVpc, accepterVpc, name, description = '' } = body
    const ends = { requesterVpc, accepterVpc, accepter: null, accepterRegion: null }
    return encodeRequested(await app.createPeering(caller, { ...ends, name, description, attributes: {} }))
  },
})

export const listPeerings = route({
  method: 'GET',
  path: '/peerings',
  summary: 'List peerings one takes part in; for the operator, all',
  status: 200,
  schemas: {
    querystring: Type.Object({
      ...Page,
      state: Type.Optional(State),
      vpc: Type.Optional(Type.String({ maxLength: 64 })),
      name: Type.Optional(Type.String({ maxLength: 128 })),
    }),
    answer: Type.Object({ peerings: Type.Array(Peering), next: Type.Union([Type.String(), Type.Null()]) }),
  },
  async perform({ app, caller, query }) {
    const { state, vpc, name } = query
    const { items } = await app.listPeerings(caller, {
      ...(state !== undefined && { states: [state] }),
      ...(vpc !== undefined && { vpcs: [vpc] }),
      ...(name !== undefined && { name }),
      order: 'id',
      ...windowOf(query),
    })
    const { page, next } = pageOf(items, query, ({ peering }) => peering.id)
    return { peerings: page.map(encodePeering), next }
  },
})

export const showPeering = route({
  method: 'GET',
  path: '/peerings/:id',
  summary: 'Show a peering, by any of its ids',
  status: 200,
  schemas: { params: Id, answer: Peering },
  perform: async ({ app, caller, params }) => encodePeering(await app.showPeering(caller, params)),
})

export const updatePeering = route({
  method: 'PATCH',
  path: '/peerings/:id',
  summary: 'Change what a peering is called or described as; either side may',
  status: 200,
  schemas: {
    params: Id,
    querystring: DryRun,
    body: Type.Partial(Type.Pick(NewPeering, ['name', 'description']), { additionalProperties: false }),
    answer: Peering,
  },
  async perform({ app, caller, params, body }) {
    if (body.name === undefined && body.description === undefined) {
      throw new DomainError('peering.nothing-to-update', {})
    }
    return encodePeering(await app.updatePeering(caller, { ...params, ...definedIn(body) }))
  },
})

export const acceptPeering = route({
  method: 'POST',
  path: '/peerings/:id/accept',
  summary: 'Agree to a waiting request, as its accepter',
  status: 200,
  schemas: { params: Id, querystring: DryRun, body: Reason, answer: Peering },
  perform: async ({ app, caller, params, body }) =>
    encodePeering(await app.acceptPeering(caller, { ...params, reason: body?.reason })),
})

export const rejectPeering = route({
  method: 'POST',
  path: '/peerings/:id/reject',
  summary: 'Refuse a waiting request, as its accepter',
  status: 200,
  schemas: { params: Id, querystring: DryRun, body: Reason, answer: Peering },
  perform: async ({ app, caller, params, body }) =>
    encodePeering(await app.rejectPeering(caller, { ...params, reason: body?.reason })),
})

export const reopenPeering = route({
  method: 'POST',
  path: '/peerings/:id/reopen',
  summary: 'Ask again for what has expired, as its requester',
  status: 200,
  schemas: { params: Id, querystring: DryRun, answer: Peering },
  perform: async ({ app, caller, params }) => encodePeering(await app.reopenPeering(caller, params)),
})

export const deletePeering = route({
  method: 'DELETE',
  path: '/peerings/:id',
  summary: 'End a peering, or take a request back; either side may',
  status: 204,
  schemas: { params: Id, querystring: DryRun, body: Reason, answer: null },
  async perform({ app, caller, params, body }) {
    await app.deletePeering(caller, { ...params, reason: body?.reason })
  },
})

/** Only what was given: an absent member means "as it is". */
function definedIn(body: { name?: string | undefined; description?: string | undefined }) {
  return {
    ...(body.name !== undefined && { name: body.name }),
    ...(body.description !== undefined && { description: body.description }),
  }
}
