import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { limitsFor } from '../../../domain/quota.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { wrong } from '../network-codec.ts'

/** How many there are, and may be; null is as many as one likes. */
interface Quota {
  readonly used: number
  readonly limit: number | null
}

/**
 * Querying Quotas. What is not there at all (addresses, gateways, firewalls) is neither used nor limited.
 * Source: Open Telekom Cloud VPC API reference, "Querying Quotas".
 */
export const listQuotas = operation({
  name: 'GET /v1/{project_id}/quotas',
  decode: ({ query }: HuaweiCall) => {
    const type = query.optionalText('type')
    if (type !== undefined && !TYPES.includes(type)) throw wrong('type', 'is not a type of resource', type)
    return { types: type === undefined ? TYPES : [type] }
  },
  run: async (app, caller, { types }) =>
    Promise.all(types.map(async (type) => ({ type, ...(await (HERE[type]?.(app, caller) ?? NONE)) }))),
  encode: (quotas) => ({
    quotas: {
      resources: quotas.map(({ type, used, limit }) => ({ type, used, quota: limit ?? -1, min: 0 })),
    },
  }),
})

const NONE: Quota = { used: 0, limit: null }
const COUNT = { window: { limit: 1 }, withTotal: true } as const

/** The types of resources that there are here. */
const HERE: Readonly<Record<string, (app: App, caller: Caller) => Promise<Quota>>> = {
  vpc: async (app, caller) => ({
    used: (await app.listVpcs(caller, { ...COUNT, order: 'id' })).total ?? 0,
    limit: null,
  }),
  subnet: async (app, caller) => ({ used: (await app.listSubnets(caller, COUNT)).total ?? 0, limit: null }),
  vpcPeer: async (app, caller) => ({
    used: await countPeerings(app, caller),
    limit: limitsOf(caller)['peerings-per-tenant-region'],
  }),
  // These two hold for each VPC and each table by itself.
  vpcContainRoutetable: async () => NONE,
  routetableContainRoutes: async (_app, caller) => ({
    used: 0,
    limit: limitsOf(caller)['routes-per-route-table'],
  }),
}

const TYPES = [
  ...['vpc', 'subnet', 'securityGroup', 'securityGroupRule', 'publicIp', 'vpn', 'vpngw', 'vpcPeer'],
  ...['loadbalancer', 'listener', 'physicalConnect', 'virtualInterface', 'firewall', 'shareBandwidthIP'],
  ...['shareBandwidth', 'address_group', 'flow_log', 'vpcContainRoutetable', 'routetableContainRoutes'],
  'routetable',
]

const limitsOf = (caller: Caller) => limitsFor(caller.profile.quotas, caller.tenant?.quotas ?? {})

/** Those that count: active ones for both sides, waiting ones for who asked. */
async function countPeerings(app: App, caller: Caller): Promise<number> {
  const filter = { order: 'id', withTotal: true } as const
  const active = await app.listPeerings(caller, { ...filter, states: ['active'], window: { limit: 1 } })
  const waiting = await app.listPeerings(caller, {
    ...filter,
    states: ['pending-acceptance'],
    window: { limit: Number.MAX_SAFE_INTEGER },
  })
  const asked = waiting.items.filter(
    ({ peering: { requester } }) =>
      requester.tenant === caller.tenant?.id &&
      (caller.region === null || requester.region === caller.region),
  )
  return (active.total ?? 0) + asked.length
}
