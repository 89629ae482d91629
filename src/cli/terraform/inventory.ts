import type { Ids, Peering, Region, Route, RouteTable, Subnet, Tenant, Vpc } from '../api.ts'
import type { Client } from '../client.ts'
import { EXIT, Failure } from '../exit-codes.ts'
import { Progress, share } from '../progress.ts'
import { plain } from '../text.ts'

/** A VPC with all that is in it. */
export interface Network {
  readonly vpc: Vpc
  readonly subnets: readonly Subnet[]
  readonly routeTables: readonly RouteTable[]
  readonly routes: readonly Route[]
}

/** A peering, and what each cloud calls the two who agreed. */
export interface Agreement {
  readonly peering: Peering
  readonly requester: Ids
  readonly accepter: Ids
}

/** What there is of the tenants that are written down. */
export interface Inventory {
  readonly endpoint: string
  readonly regions: readonly Region[]
  readonly tenants: readonly Tenant[]
  readonly networks: readonly Network[]
  readonly agreements: readonly Agreement[]
}

const AT_ONCE = 8
const LIVE: readonly Peering['state'][] = ['pending-acceptance', 'active']

/** All that the caller may see; of one tenant, by id or name, where one is named. Throws Failure. */
export async function takeInventory(client: Client, tenantNamed: string | undefined): Promise<Inventory> {
  const all = await client.list<Vpc>('/vpcs', 'vpcs')
  const owners = [...new Set(all.map(({ tenant }) => tenant))]
  const known = await inTurn(owners, 'tenants', (id) => client.get<Tenant>(`/tenants/${id}`))
  const tenants = known.filter(
    ({ id, name }) => tenantNamed === undefined || [id, name].includes(tenantNamed),
  )
  if (tenantNamed !== undefined && tenants.length === 0)
    throw new Failure(
      `no tenant '${plain(tenantNamed)}' with a VPC is to be seen; see isthmus vpc list`,
      EXIT.notFound,
    )
  const ids = new Set(tenants.map(({ id }) => id))
  const vpcs = all.filter(({ tenant }) => ids.has(tenant))
  const peerings = (await client.list<Peering>('/peerings', 'peerings')).filter(
    ({ state, requester, accepter }) =>
      LIVE.includes(state) && [requester, accepter].some(({ tenant }) => ids.has(tenant.id)),
  )
  return {
    endpoint: client.connection.endpoint,
    regions: (await client.get<{ regions: Region[] }>('/regions')).regions,
    tenants,
    networks: await inTurn(vpcs, 'VPCs', async (vpc) => ({
      vpc,
      subnets: await client.list<Subnet>(`/vpcs/${vpc.id}/subnets`, 'subnets'),
      routeTables: await client.list<RouteTable>(`/vpcs/${vpc.id}/route-tables`, 'routeTables'),
      routes: await client.list<Route>(`/vpcs/${vpc.id}/routes`, 'routes'),
    })),
    agreements: await inTurn(peerings, 'peerings', async (peering) => ({
      peering,
      ...(await client.get<{ requester: Ids; accepter: Ids }>(`/peerings/${peering.id}/accounts`)),
    })),
  }
}

/** `work` for each of `items`, a few at once; the answers in their order. */
async function inTurn<T, R>(items: readonly T[], what: string, work: (item: T) => Promise<R>): Promise<R[]> {
  const progress = new Progress()
  const answers: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
    if (process.stderr.isTTY) progress.show(`reading ${what}: ${share(answers.length, items.length)}`)
  }
  progress.end()
  return answers
}
