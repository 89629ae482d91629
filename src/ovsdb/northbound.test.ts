import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { it } from 'node:test'
import { hasOvsdbServer, startOvsdb } from '../../test/rig/ovsdb-server.ts'
import { requires } from '../../test/rig/requirements.ts'
import { map, openDatabase, optional, scalar, set } from './index.ts'

const SCHEMA_FILE = '/usr/share/ovn/ovn-nb.ovsschema'

const TABLES = {
  Logical_Router: {
    name: scalar('string'),
    ports: set('uuid'),
    enabled: optional('boolean'),
    external_ids: map('string', 'string'),
  },
  Logical_Router_Port: {
    name: scalar('string'),
    mac: scalar('string'),
    networks: set('string'),
    peer: optional('string'),
    options: map('string', 'string'),
  },
  NB_Global: { nb_cfg: scalar('integer') },
} as const

it('serves for the northbound database of OVN: two routers are peered in one transaction, once', async (context) => {
  if (!requires(context, 'ovsdb-server', hasOvsdbServer)) return
  if (!requires(context, 'the Debian package ovn-common', existsSync(SCHEMA_FILE))) return
  const server = await startOvsdb(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')))
  const northbound = openDatabase({
    addresses: server.unix,
    database: 'OVN_Northbound',
    tables: TABLES,
    monitor: {
      Logical_Router: { indexes: { name: (router) => router.name } },
      Logical_Router_Port: { indexes: { name: (port) => port.name } },
      NB_Global: {},
    },
  })
  try {
    const routers = (['a', 'b'] as const).map(
      (side) =>
        ({
          op: 'insert',
          table: 'Logical_Router',
          row: { name: `vpc-${side}`, external_ids: { side } },
        }) as const,
    )
    await northbound.transact([...routers, { op: 'insert', table: 'NB_Global', row: {} }])
    const port = (side: string, peer: string, address: string) =>
      ({
        op: 'insert',
        table: 'Logical_Router_Port',
        uuidName: side,
        row: {
          name: `px-1-${side}`,
          mac: `02:03:00:00:00:0${address}`,
          networks: [`169.254.0.${address}/32`],
          peer: `px-1-${peer}`,
          options: { route_table: 'peer-in' },
        },
      }) as const
    const attach = (side: 'a' | 'b') => {
      const [router] = northbound.find('Logical_Router', 'name', `vpc-${side}`)
      assert.ok(router)
      return {
        op: 'mutate',
        table: 'Logical_Router',
        where: [['_uuid', '==', router._uuid]],
        mutations: [['ports', 'insert', [{ named: side }]]],
      } as const
    }
    const peer = [port('a', 'b', '1'), port('b', 'a', '2'), attach('a'), attach('b')] as const
    const bump = [
      { op: 'mutate', table: 'NB_Global', where: [], mutations: [['nb_cfg', '+=', 1]] },
      { op: 'select', table: 'NB_Global', where: [], columns: ['nb_cfg'] },
      { op: 'commit', durable: true },
    ] as const
    const [a, b, , , , global] = await northbound.transact([...peer, ...bump])
    assert.equal(global.rows[0]?.nb_cfg, 1)
    assert.equal([...northbound.rows('NB_Global').values()][0]?.nb_cfg, 1)
    assert.deepEqual(northbound.find('Logical_Router', 'name', 'vpc-a')[0]?.ports, new Set([a.uuid]))
    assert.deepEqual(
      { ...northbound.get('Logical_Router_Port', b.uuid) },
      {
        _uuid: b.uuid,
        name: 'px-1-b',
        mac: '02:03:00:00:00:02',
        networks: new Set(['169.254.0.2/32']),
        peer: 'px-1-a',
        options: new Map([['route_table', 'peer-in']]),
      },
    )
    await assert.rejects(northbound.transact(peer), { operation: null, reason: 'constraint violation' })

    // What nothing refers to is gone at once, and nobody says so.
    const [orphan] = await northbound.transact([port('c', 'd', '3')])
    assert.equal(northbound.get('Logical_Router_Port', orphan.uuid), null)

    const detach = (['a', 'b'] as const).map(
      (side) =>
        ({
          op: 'mutate',
          table: 'Logical_Router',
          where: [['name', '==', `vpc-${side}`]],
          mutations: [['ports', 'delete', [a.uuid, b.uuid]]],
        }) as const,
    )
    for (let time = 0; time < 2; time++) {
      assert.deepEqual(await northbound.transact(detach), [{ count: 1 }, { count: 1 }])
      assert.equal(northbound.rows('Logical_Router_Port').size, 0)
    }
  } finally {
    await northbound.close()
    await server.dispose()
  }
})
