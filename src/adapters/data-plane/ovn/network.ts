import { randomUUID } from 'node:crypto'
import { type Cidr, contains, formatAddress, parseAddress } from '../../../domain/cidr.ts'
import { parseDestination } from '../../../domain/network.ts'
import type { WantedNetwork } from '../../../domain/realization.ts'
import type { Uuid } from '../../../ovsdb/index.ts'
import {
  gatewayPortName,
  macOf,
  marked,
  portName,
  routerName,
  switchName,
  tableName,
  uplinkName,
} from './names.ts'
import { difference, rowsMarked, type WantedRow } from './rows.ts'
import type { Northbound, NorthboundOperation, NorthboundRow } from './tables.ts'
import { blocksOf } from './topology.ts'

/*
 * A managed VPC is a logical router; a subnet is a logical switch that is connected to it; a port is a port of that switch,
 * from which nothing may be sent but by its own addresses.
 */

/** A network that is wanted, and what was allocated for it: the MAC addresses of its gateways, by subnet. */
export interface NetworkPlan {
  readonly wanted: WantedNetwork
  readonly macs: ReadonlyMap<string, string>
}

/** What a network is wanted to be, with the numbers it needs. */
export async function planNetwork(
  wanted: WantedNetwork,
  allocate: (name: string) => Promise<number>,
): Promise<NetworkPlan> {
  const macs = await Promise.all(
    wanted.subnets.map(
      async ({ id }) => [id, macOf('gateway', await allocate(`subnet ${id}`))] as [string, string],
    ),
  )
  return { wanted, macs: new Map(macs) }
}

/** What is to be done for a network; null of it: what takes it away. Nothing: all is as it should be. */
export function networkOperations(
  northbound: Northbound,
  vpc: WantedNetwork['vpc'],
  plan: NetworkPlan | null,
): NorthboundOperation[] {
  const wanted = plan ? rowsOf(northbound, plan) : []
  return difference(northbound, wanted, rowsMarked(northbound, 'vpc', vpc))
}

function rowsOf(northbound: Northbound, { wanted, macs }: NetworkPlan): WantedRow[] {
  const { vpc, subnets, ports } = wanted
  const mark = marked({ vpc })
  const uuidOf = (table: 'Logical_Router' | 'Logical_Switch', name: string) =>
    northbound.find(table, 'name', name)[0]?._uuid ?? (randomUUID() as Uuid)
  const router = uuidOf('Logical_Router', routerName(vpc))
  const rows: WantedRow[] = [
    {
      table: 'Logical_Router',
      row: { name: routerName(vpc), external_ids: mark },
      parent: null,
      uuid: router,
    },
  ]
  for (const subnet of subnets) {
    const [name, uuid] = [switchName(subnet.id), uuidOf('Logical_Switch', switchName(subnet.id))]
    const own = marked({ vpc, subnet: subnet.id })
    rows.push(
      { table: 'Logical_Switch', row: { name, external_ids: own }, parent: null, uuid },
      {
        table: 'Logical_Router_Port',
        parent: router,
        row: {
          name: gatewayPortName(subnet.id),
          mac: macs.get(subnet.id) ?? '',
          networks: blocksOf(subnet.cidrs).map(
            (block) => `${gatewayOf(block, subnet.gateway)}/${block.bits}`,
          ),
          peer: null,
          enabled: null,
          options: subnet.routeTable === null ? {} : { route_table: tableName(subnet.routeTable) },
          external_ids: own,
        },
      },
      {
        table: 'Logical_Switch_Port',
        parent: uuid,
        row: {
          ...BARE_PORT,
          name: uplinkName(subnet.id),
          type: 'router',
          addresses: ['router'],
          options: { 'router-port': gatewayPortName(subnet.id) },
          external_ids: own,
        },
      },
    )
    for (const port of ports.filter((each) => each.subnet === subnet.id)) {
      const addresses = [[port.mac, ...port.addresses].join(' ')]
      rows.push({
        table: 'Logical_Switch_Port',
        parent: uuid,
        row: {
          ...BARE_PORT,
          name: portName(port.id),
          addresses,
          port_security: addresses,
          external_ids: marked({ vpc, subnet: subnet.id, port: port.id }),
        },
      })
    }
  }
  return rows
}

const BARE_PORT = { type: '', port_security: [], enabled: null, options: {} } as const

/** The gateway of a block: the one that was asked for, if it is of this block, else the first address. */
function gatewayOf(block: Cidr, asked: string): string {
  const [address, target] = [parseAddress(asked), parseDestination(asked)]
  const value = address && target && contains(block, target) ? address.value : block.base + 1n
  return formatAddress(block.family, value)
}

/** The first MAC address that a port may send by, and the IP address beside it. */
export function firstAddress(port: NorthboundRow<'Logical_Switch_Port'>): { mac: string; address: string } {
  const [mac = '', address = ''] = [...port.addresses].join(' ').split(' ')
  return { mac, address }
}
