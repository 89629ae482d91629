import type { Static } from 'typebox'
import {
  ASK_ALWAYS,
  type ConsentRule,
  consentOf,
  type ConsentPolicy as DomainPolicy,
} from '../../../domain/consent.ts'
import { tenantId } from '../../../domain/identity.ts'
import { route } from '../route.ts'
import { ConsentPolicy, DryRun, Id, NewConsentPolicy } from '../schemas.ts'
import { findTenant } from './tenants.ts'

const PATH = '/tenants/:id/consent-policy'

export const showConsentPolicy = route({
  method: 'GET',
  path: PATH,
  summary:
    'Show what a tenant has said beforehand about requests of others; its own, or the operator’s to see',
  status: 200,
  schemas: { params: Id, answer: ConsentPolicy },
  perform: async ({ app, caller, params }) => consentOf(await findTenant(app, caller, params.id)).policy,
})

export const setConsentPolicy = route({
  method: 'PUT',
  path: PATH,
  summary:
    'Say beforehand what becomes of requests of others, in place of what was said before; what waits goes on waiting',
  status: 200,
  schemas: { params: Id, querystring: DryRun, body: NewConsentPolicy, answer: ConsentPolicy },
  async perform({ app, caller, params, body }) {
    const tenant = await findTenant(app, caller, params.id)
    return app.setConsentPolicy(caller, { tenant: tenant.id, policy: decodePolicy(body) })
  },
})

export const deleteConsentPolicy = route({
  method: 'DELETE',
  path: PATH,
  summary: 'Let every request of others wait for its answer again',
  status: 204,
  schemas: { params: Id, querystring: DryRun, answer: null },
  async perform({ app, caller, params }) {
    const tenant = await findTenant(app, caller, params.id)
    await app.setConsentPolicy(caller, { tenant: tenant.id, policy: ASK_ALWAYS })
  },
})

function decodePolicy(body: Static<typeof NewConsentPolicy>): DomainPolicy {
  const { refuse = [], accept = [], refuseOverlap = false, waitingPerTenant = null } = body
  return { refuse: refuse.map(decodeRule), accept: accept.map(decodeRule), refuseOverlap, waitingPerTenant }
}

type Rule = NonNullable<Static<typeof NewConsentPolicy>['refuse']>[number]

const decodeRule = ({ tenants, blocks }: Rule): ConsentRule => ({
  ...(tenants && { tenants: tenants.map(tenantId) }),
  ...(blocks && { blocks }),
})
