import {
  type Database,
  type Index,
  map,
  type Operation,
  openDatabase,
  optional,
  type Row,
  scalar,
  set,
} from '../../../ovsdb/index.ts'
import { markOf } from './names.ts'

/* The tables of OVN that the driver knows, and what of them it keeps at hand. Source: ovn-nb(5), ovn-sb(5). */

const NORTHBOUND_TABLES = {
  Logical_Router: {
    name: scalar('string'),
    ports: set('uuid'),
    static_routes: set('uuid'),
    policies: set('uuid'),
    external_ids: map('string', 'string'),
  },
  Logical_Router_Port: {
    name: scalar('string'),
    mac: scalar('string'),
    networks: set('string'),
    peer: optional('string'),
    enabled: optional('boolean'),
    options: map('string', 'string'),
    external_ids: map('string', 'string'),
  },
  Logical_Router_Static_Route: {
    ip_prefix: scalar('string'),
    nexthop: scalar('string'),
    output_port: optional('string'),
    route_table: scalar('string'),
    policy: optional('string'),
    external_ids: map('string', 'string'),
  },
  Logical_Router_Policy: {
    priority: scalar('integer'),
    match: scalar('string'),
    action: scalar('string'),
    external_ids: map('string', 'string'),
  },
  Logical_Switch: {
    name: scalar('string'),
    ports: set('uuid'),
    external_ids: map('string', 'string'),
  },
  Logical_Switch_Port: {
    name: scalar('string'),
    type: scalar('string'),
    addresses: set('string'),
    port_security: set('string'),
    enabled: optional('boolean'),
    options: map('string', 'string'),
    external_ids: map('string', 'string'),
  },
  Address_Set: {
    name: scalar('string'),
    addresses: set('string'),
    external_ids: map('string', 'string'),
  },
  NB_Global: { nb_cfg: scalar('integer') },
} as const

const SOUTHBOUND_TABLES = {
  Address_Set: { name: scalar('string'), addresses: set('string') },
  Port_Binding: { logical_port: scalar('string'), type: scalar('string'), chassis: optional('uuid') },
  Chassis: { name: scalar('string') },
  Chassis_Private: { name: scalar('string'), nb_cfg: scalar('integer') },
  SB_Global: { nb_cfg: scalar('integer') },
} as const

export type NorthboundTables = typeof NORTHBOUND_TABLES
export type SouthboundTables = typeof SOUTHBOUND_TABLES
export type NorthboundRow<T extends keyof NorthboundTables> = Row<NorthboundTables[T]>
export type NorthboundOperation = Operation<NorthboundTables>

/** What is at hand of the northbound database. */
export type Northbound = Pick<Database<NorthboundTables>, 'rows' | 'find' | 'get'>

type Marked = { readonly external_ids: ReadonlyMap<string, string> }
const vpc = (row: Marked) => markOf(row.external_ids)?.vpc
const peering = (row: Marked) => markOf(row.external_ids)?.peering
const name = (row: { readonly name: string }) => row.name
const routerPort: Index<NorthboundTables['Logical_Switch_Port']> = ({ options }) => options.get('router-port')

export function openNorthbound(addresses: string): Database<NorthboundTables> {
  return openDatabase({
    addresses,
    database: 'OVN_Northbound',
    tables: NORTHBOUND_TABLES,
    monitor: {
      Logical_Router: {
        indexes: {
          name,
          vpc,
          ports: ({ ports }) => ports,
          static_routes: (router) => router.static_routes,
          policies: ({ policies }) => policies,
        },
      },
      Logical_Router_Port: { indexes: { name, vpc, peering } },
      Logical_Router_Static_Route: { indexes: { peering } },
      Logical_Router_Policy: { indexes: { peering } },
      Logical_Switch: { indexes: { name, vpc, ports: ({ ports }) => ports } },
      Logical_Switch_Port: { indexes: { name, vpc, routerPort } },
      Address_Set: { indexes: { name, peering } },
      NB_Global: {},
    },
  })
}

export function openSouthbound(addresses: string): Database<SouthboundTables> {
  return openDatabase({
    addresses,
    database: 'OVN_Southbound',
    tables: SOUTHBOUND_TABLES,
    monitor: {
      Address_Set: { indexes: { name } },
      Port_Binding: { indexes: { name: ({ logical_port }) => logical_port } },
      Chassis: {},
      Chassis_Private: { indexes: { name } },
      SB_Global: {},
    },
  })
}
