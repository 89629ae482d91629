import { type ConsentPolicy, type ConsentRule, consentOf } from '../domain/consent.ts'
import { DomainError } from '../domain/errors.ts'
import type { TenantId } from '../domain/identity.ts'
import type { Tenant } from '../domain/tenant.ts'
import { canonicalBlock } from './canonical-blocks.ts'
import { type Caller, type Context, requireSelf } from './context.ts'
import { save } from './save.ts'

/**
 * Lets a tenant say beforehand what becomes of requests of others; answers it with its blocks in their canonical spelling. It
 * counts for every request that is made, or reopened, once this is answered; what waits already goes on waiting. Tenants that
 * it names need not exist: nobody learns here who does.
 *
 * Throws `permission.denied`, `request.invalid` for a bad block, and what `save` throws.
 */
export function setConsentPolicy(
  context: Context,
  caller: Caller,
  input: { readonly tenant: TenantId; readonly policy: ConsentPolicy },
): Promise<ConsentPolicy> {
  return save(
    context,
    caller,
    async () => {
      const tenant = await findTenant(context, input.tenant)
      requireSelf(caller, tenant, 'say what it consents to')
      const { version, policy: before } = consentOf(tenant)
      const policy = canonicalPolicy(input.policy)
      // A store need not keep the order of members, in which this one puts them.
      const same = JSON.stringify(policy) === JSON.stringify(canonicalPolicy(before))
      const consents = same
        ? []
        : [{ tenant: tenant.id, versionRead: version, to: { version: version + 1, policy } }]
      return { change: { consents }, result: policy, resultId: tenant.id, touches: [] }
    },
    async (resultId) => consentOf(await findTenant(context, resultId as TenantId)).policy,
  )
}

async function findTenant(context: Context, id: TenantId): Promise<Tenant> {
  const tenant = await context.store.findTenant({ id })
  if (!tenant) throw new DomainError('tenant.not-found', { id })
  return tenant
}

function canonicalPolicy({ refuse, accept, refuseOverlap, waitingPerTenant }: ConsentPolicy): ConsentPolicy {
  const canonical = ({ tenants, blocks }: ConsentRule): ConsentRule => ({
    ...(tenants && { tenants }),
    ...(blocks && { blocks: blocks.map(canonicalBlock) }),
  })
  return { refuse: refuse.map(canonical), accept: accept.map(canonical), refuseOverlap, waitingPerTenant }
}
