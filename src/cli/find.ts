import type { Peering, Route, Subnet, Vpc } from './api.ts'
import type { Client, Query } from './client.ts'
import { EXIT, Failure } from './exit-codes.ts'
import { plain } from './text.ts'

/*
 * People say names, the API takes ids. What looks like an id is tried as one; what is none, or nobody's, is looked for
 * among names, and must then be the only one.
 */

/** A VPC by any of its ids, or by its name where only one has it. Throws Failure. */
export function findVpc(client: Client, text: string): Promise<Vpc> {
  return find<Vpc>(client, text, {
    path: '/vpcs',
    member: 'vpcs',
    what: 'VPC',
    list: 'isthmus vpc list',
    query: { name: text },
  })
}

/** The id of a VPC that may be another tenant's: of such a one only the service knows, and ids are all that there is. */
export async function vpcId(client: Client, text: string): Promise<string> {
  try {
    return (await findVpc(client, text)).id
  } catch (error) {
    if (error instanceof Failure && error.exitCode === EXIT.notFound) return text
    throw error
  }
}

/** A peering by any of its ids, or by its name where only one has it. Throws Failure. */
export function findPeering(client: Client, text: string): Promise<Peering> {
  return find<Peering>(client, text, {
    path: '/peerings',
    member: 'peerings',
    what: 'peering',
    list: 'isthmus peering list',
    query: { name: text },
  })
}

/** A subnet of `vpc` by id, name or block. Throws Failure. */
export async function findSubnet(client: Client, vpc: Vpc, text: string): Promise<Subnet> {
  const subnets = await client.list<Subnet>(`/vpcs/${vpc.id}/subnets`, 'subnets')
  const matches = ({ id, ids, name, cidr }: Subnet) => [id, ...Object.values(ids), name, cidr].includes(text)
  return only(subnets.filter(matches), text, 'subnet', `isthmus subnet list ${vpc.id}`)
}

/** A route of `vpc` by id or destination. Throws Failure. */
export async function findRoute(client: Client, vpc: Vpc, text: string): Promise<Route> {
  const routes = await client.list<Route>(`/vpcs/${vpc.id}/routes`, 'routes')
  const matches = ({ id, ids, destination }: Route) => [id, ...Object.values(ids), destination].includes(text)
  return only(routes.filter(matches), text, 'route', `isthmus route list ${vpc.id}`)
}

interface Kind {
  readonly path: string
  readonly member: string
  readonly what: string
  /** What shows all that there are. */
  readonly list: string
  readonly query: Query
}

const ID = /^[0-9A-Za-z_-]{1,64}$/

async function find<T extends { readonly id: string }>(client: Client, text: string, kind: Kind): Promise<T> {
  if (ID.test(text)) {
    try {
      return await client.get<T>(`${kind.path}/${text}`)
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== EXIT.notFound) throw error
    }
  }
  return only(await client.list<T>(kind.path, kind.member, kind.query), text, kind.what, kind.list)
}

function only<T extends { readonly id: string }>(
  found: readonly T[],
  text: string,
  what: string,
  list: string,
): T {
  const [first, second] = found
  if (!first)
    throw new Failure(`there is no ${what} '${plain(text)}', or it is not yours; see ${list}`, EXIT.notFound)
  if (second)
    throw new Failure(
      `${found.length} are called '${plain(text)}'; say which by id: ${found.map(({ id }) => id).join(', ')}`,
      EXIT.usage,
    )
  return first
}
