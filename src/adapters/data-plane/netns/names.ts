import type { PartId, PeeringId, VpcId } from '../../../domain/identity.ts'

/*
 * How what Isthmus made in the kernel is recognised. A namespace: by its name. A device: by its group, and by an alias
 * that says what it is for. A route or rule: by its protocol number. Filter rules: by their table. All else is somebody
 * else's.
 */

/**
 * Device groups: the ends of peerings that are agreed, the bridges of subnets, the router's ends of ports, and the ends of
 * peerings that wait to be agreed.
 */
export const GROUP = { peering: 157, subnet: 158, port: 159, waiting: 160 } as const
/** The protocol number of routes and rules. */
export const PROTOCOL = 157
/** The routing table of a managed VPC's default route table, in its own namespace. */
const DEFAULT_TABLE = 157
const FIRST_CUSTOM_TABLE = 1_000
/** In an adopted namespace, and in a workload's: worse than anything that was there before. */
export const METRIC = 157_157
/** After the main table, which holds what is connected: so what is local wins. */
export const RULE_PRIORITY = 33_000
export const FILTER_TABLE = 'isthmus'

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const VPC_NAMESPACE = new RegExp(`^isthmus-(${UUID})$`)
const PORT_NAMESPACE = new RegExp(`^isthmus-port-${UUID}$`)
const ALIAS = new RegExp(`^isthmus:(${UUID})(?:@(.*))?$`)

/** The namespace that is the router of a managed VPC. */
export const vpcNamespace = (vpc: VpcId) => `isthmus-${vpc}`

/** The namespace made for the workload of a port that names none. */
export const portNamespace = (port: PartId) => `isthmus-port-${port}`

/** Whether a namespace was made for the workload of a port. */
export const isPortNamespace = (namespace: string) => PORT_NAMESPACE.test(namespace)

/** The VPC whose router a namespace is; null for any other namespace. */
export function vpcOfNamespace(namespace: string): VpcId | null {
  return (VPC_NAMESPACE.exec(namespace)?.[1] as VpcId | undefined) ?? null
}

/** The name of a device, the same at both its ends: unique as the number is, and at most 15 characters long. */
export function deviceName(number: number): string {
  const name = `isthmus${number.toString(36)}`
  if (name.length > 15) throw new Error(`the number ${number} is too large for the name of a device`)
  return name
}

/** An address for a device, locally administered, from the device's number. */
export function deviceMac(number: number): string {
  const digits = number.toString(16).padStart(8, '0').slice(-8)
  return `02:49:${digits.match(/../g)?.join(':')}`
}

/** What is written on a device: what it is for and, of a port, the namespace of its workload. */
export function aliasOf(id: PeeringId | PartId, namespace?: string): string {
  return namespace === undefined ? `isthmus:${id}` : `isthmus:${id}@${namespace}`
}

/** What an alias of ours says; null where it is none. */
export function parseAlias(alias: string | undefined): { id: string; namespace: string | null } | null {
  const match = ALIAS.exec(alias ?? '')
  return match?.[1] ? { id: match[1], namespace: match[2] ?? null } : null
}

/** The number of a routing table in the namespace of a managed VPC; null: the default one. */
export async function tableNumber(
  routeTable: PartId | null,
  allocate: (name: string) => Promise<number>,
): Promise<number> {
  if (routeTable === null) return DEFAULT_TABLE
  return FIRST_CUSTOM_TABLE + (await allocate(`route table ${routeTable}`))
}
