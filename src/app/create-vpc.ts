import { DomainError } from '../domain/errors.ts'
import { type RegionName, type ResourceIds, vpcId } from '../domain/identity.ts'
import type { Tag } from '../domain/peering.ts'
import type { Tenant } from '../domain/tenant.ts'
import { NO_VPC_ATTRIBUTES, type Vpc, type VpcAttributes } from '../domain/vpc.ts'
import type { Condition } from '../ports/store.ts'
import { canonicalBlocks } from './canonical-blocks.ts'
import { type Caller, type Context, requireSelf } from './context.ts'
import { draftRouteTable } from './create-route-table.ts'
import { draftSubnets, type NewSubnet } from './create-subnet.ts'
import { save } from './save.ts'

export interface CreateVpc {
  readonly tenant: Tenant
  readonly region: RegionName
  readonly name: string
  readonly description: string
  /** CIDR texts in any spelling; none may overlap another. */
  readonly cidrs: readonly string[]
  readonly tags: readonly Tag[]
  readonly attributes?: Partial<VpcAttributes>
  /** Made along with it, or nothing is. */
  readonly subnets?: readonly NewSubnet[]
  /** Ids that are given rather than made; an absent one is made. */
  readonly ids?: Partial<ResourceIds>
}

/**
 * Makes a VPC, and its default route table with it. Throws `request.invalid` for a bad block, `vpc.exists`,
 * `vpc.name-taken`, what `draftSubnets` throws, and what `save` throws.
 */
export function createVpc(context: Context, caller: Caller, input: CreateVpc): Promise<Vpc> {
  requireSelf(caller, input.tenant, 'make a VPC for it')
  const cidrs = canonicalBlocks(input.cidrs)
  return save(
    context,
    caller,
    async () => {
      const ids = { ...context.ids.vpc(), ...input.ids }
      for (const id of Object.values(input.ids ?? {})) {
        if (await context.store.findVpc(id)) throw new DomainError('vpc.exists', { id })
      }
      const nowMs = context.clock.now()
      const vpc: Vpc = {
        id: vpcId(ids.huawei),
        ids,
        tenant: input.tenant.id,
        region: input.region,
        name: input.name,
        description: input.description,
        cidrs,
        tags: input.tags,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        deletedAtMs: null,
        version: 1,
        attributes: { ...NO_VPC_ATTRIBUTES, ...input.attributes },
      }
      return {
        change: {
          vpcs: [{ from: null, to: vpc }],
          parts: [
            draftRouteTable(context, vpc, { name: '', description: '', isDefault: true }),
            ...draftSubnets(context, vpc, [], input.subnets ?? []),
          ].map((to) => ({ from: null, to })),
          conditions: nameCondition(caller, vpc),
        },
        result: vpc,
        resultId: vpc.id,
        touches: [vpc.id],
      }
    },
    async (resultId) => {
      const vpc = await context.store.findVpc(resultId)
      if (!vpc) throw new DomainError('vpc.not-found', { id: resultId })
      return vpc
    },
  )
}

/** Where the dialect wants names unique, an empty name still belongs to nobody. */
export function nameCondition(caller: Caller, vpc: Vpc): Condition[] {
  if (caller.profile.vpcNames === 'free' || vpc.name === '') return []
  const party = { tenant: vpc.tenant, region: vpc.region }
  return [{ kind: 'vpc-name-free', vpc: vpc.id, party, name: vpc.name }]
}
