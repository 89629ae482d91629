/**
 * A client for OVSDB, the database of Open vSwitch and OVN (RFC 7047 and what ovsdb-server adds to it), straight over a
 * socket. It uses nothing but Node.js and may be used by itself.
 *
 *     const tables = {
 *       Logical_Router: { name: scalar('string'), ports: set('uuid'), external_ids: map('string', 'string') },
 *       Logical_Router_Port: { name: scalar('string'), mac: scalar('string'), networks: set('string') },
 *     } as const
 *
 *     const northbound = openDatabase({
 *       addresses: 'tcp:192.0.2.1:6641,tcp:192.0.2.2:6641,tcp:192.0.2.3:6641',
 *       database: 'OVN_Northbound',
 *       tables,
 *       monitor: { Logical_Router: { indexes: { name: (router) => router.name } }, Logical_Router_Port: {} },
 *     })
 *     await northbound.ready()
 *
 *     const [router] = northbound.find('Logical_Router', 'name', 'vpc-a')  // at once, from memory, typed
 *     if (!router) throw new Error('there is no router vpc-a')
 *     northbound.on('change', (changes) => { … })                          // what others do
 *
 *     const lock = northbound.lock('peering')
 *     await lock.acquired()
 *     await lock.transact([                                                // not by somebody who has lost the lock
 *       { op: 'insert', table: 'Logical_Router_Port', uuidName: 'port', row: { name: 'px-1', mac, networks } },
 *       { op: 'mutate', table: 'Logical_Router', where: [['_uuid', '==', router._uuid]],
 *         mutations: [['ports', 'insert', [{ named: 'port' }]]] },
 *     ])
 *     await northbound.close()
 *
 * What to know before using it:
 *
 * - The declared columns give rows their types, and are compared with each server's schema before it is used: a column
 *   that is missing or of another type is said by name, and no surprise later.
 * - A transaction is sent once. Where the connection is lost before the answer, it fails with MaybeCommittedError. Then:
 *   `await northbound.sync()`, see whether the rows are there, and repeat what is not. Repeat it in such a way that a second
 *   copy cannot be: by a unique index, a `wait` for there being none, or a `uuid` of one's own. A server that hung may
 *   still have the first one to do, and a cluster may do by itself one transaction twice.
 * - Rows that are not roots are gone at once where nothing refers to them, without any error: insert them and what refers
 *   to them in one transaction.
 * - With `leaderOnly` (as is usual) reads are of the cluster's leader, and locks hold for everyone who does the same.
 *   When the leader changes, the next one is found and only what has happened meanwhile is read.
 * - Whole numbers are JavaScript's: beyond 2^53 they are read rounded, and not written.
 */

export type { TlsOptions } from './address.ts'
export {
  type Column,
  type Columns,
  map,
  type NamedUuid,
  optional,
  type Row,
  scalar,
  set,
  type Tables,
  type Uuid,
} from './columns.ts'
export { Database, type DatabaseEvents, type DatabaseOptions, openDatabase } from './database.ts'
export {
  ClosedError,
  ConnectionLostError,
  MaybeCommittedError,
  OperationError,
  OverloadedError,
  OvsdbError,
  ProtocolError,
  RpcError,
  SchemaError,
  UnavailableError,
} from './errors.ts'
export type { Limits } from './limits.ts'
export type { CallOptions, Lock } from './lock.ts'
export type { Condition, Mutation, Operation, Results, WrittenRow } from './operations.ts'
export type { Change, Index, IndexKey, Monitored } from './replica.ts'
