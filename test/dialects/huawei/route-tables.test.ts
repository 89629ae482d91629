import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import {
  assertVpcError,
  client,
  joined,
  makeVpc,
  NOWHERE,
  type RouteTable,
  type Send,
  TIME,
} from './client.ts'

const project = alice.projects['region-a']
const PATH = `/v1/${project}/routetables`

let service: TestService
let asAlice: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
})
after(() => service.close())

const list = async (query: string, send = asAlice) => (await send('GET', `${PATH}?${query}`)).body.routetables
const show = async (id: string) => (await asAlice('GET', `${PATH}/${id}`)).body.routetable
const update = (id: string, routetable: object, send = asAlice) =>
  send('PUT', `${PATH}/${id}`, { body: { routetable } })
const create = (routetable: object) => asAlice('POST', PATH, { body: { routetable } })
const via = (nexthop: string, destination: string, description = '') => ({
  type: 'peering',
  destination,
  nexthop,
  description,
})
/** Those that somebody made, by their destinations. */
const made = ({ routes }: RouteTable) =>
  routes.filter(({ type }) => type !== 'local').toSorted((a, b) => a.destination.localeCompare(b.destination))
const missing = (id: string) => `Route table ${id} could not be found.`

async function defaultTable(vpc: string): Promise<RouteTable> {
  const [table] = await list(`vpc_id=${vpc}`)
  assert.ok(table)
  return table
}

async function subnetIn(vpc: string, cidr: string): Promise<string> {
  const subnet = { name: 's', cidr, gateway_ip: cidr.replace('0/24', '1'), vpc_id: vpc }
  return (await asAlice('POST', `/v1/${project}/subnets`, { body: { subnet } })).body.subnet.id
}

/** What every table has without anybody's doing, beside its VPC's subnets. */
const LOCAL = ['198.19.128.0/20', '127.0.0.0/8', '100.64.0.0/10'].map((destination) => ({
  type: 'local',
  destination,
  nexthop: '-',
  description: '',
}))

suite('the default table', () => {
  test('comes with its VPC, named after it; a list leaves the routes out', async () => {
    const vpc = await makeVpc(service, alice, { name: 'of-the-table', cidr: '10.0.0.0/16' })
    const subnet = await subnetIn(vpc, '10.0.1.0/24')
    const [table, ...others] = await list(`vpc_id=${vpc}`)
    assert.ok(table)
    const { id, updated_at } = table
    assert.match(updated_at, TIME)
    assert.deepEqual(others, [])
    assert.deepEqual(table, {
      id,
      name: 'rtb-of-the-table',
      default: true,
      subnets: [{ id: subnet }],
      tenant_id: project,
      vpc_id: vpc,
      description: '',
      created_at: updated_at,
      updated_at,
    } as unknown)
    const answer = await asAlice('GET', `${PATH}/${id}`)
    assert.equal(answer.status, 200)
    const own = { type: 'local', destination: '10.0.1.0/24', nexthop: '-', description: '' }
    assert.deepEqual(answer.body, { routetable: { ...table, routes: [own, ...LOCAL] } } as unknown)
  })

  test('goes only with its VPC', async () => {
    const vpc = await makeVpc(service, alice)
    const { id } = await defaultTable(vpc)
    const message = `Route table ${id} is the default one of its VPC, and goes only with it.`
    assertVpcError(await asAlice('DELETE', `${PATH}/${id}`), 400, 'VPC.0101', message)
    assert.equal((await asAlice('DELETE', `/v1/${project}/vpcs/${vpc}`)).status, 204)
    assertVpcError(await asAlice('GET', `${PATH}/${id}`), 404, 'VPC.0003', missing(id))
  })

  test('holds the same routes as the v2.0 API', async () => {
    const { ours, peering } = await joined(service)
    const { id } = await defaultTable(ours)
    const answer = await update(id, { routes: { add: [via(peering, '10.1.0.0/16')] } })
    assert.equal(answer.status, 200)
    const { routes } = (await asAlice('GET', `/v2.0/vpc/routes?vpc_id=${ours}`)).body
    assert.deepEqual(
      routes.map(({ destination, nexthop }) => [destination, nexthop]),
      [['10.1.0.0/16', peering]],
    )
    const route = { type: 'peering', destination: '10.1.7.0/24', nexthop: peering, vpc_id: ours }
    await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })
    assert.deepEqual(made(await show(id)), [via(peering, '10.1.0.0/16'), via(peering, '10.1.7.0/24')])
    await asAlice('DELETE', `/v2.0/vpc/routes/${routes[0]?.id}`)
    assert.deepEqual(made(await show(id)), [via(peering, '10.1.7.0/24')])
  })
})

suite('list', () => {
  test('by marker until a page is empty, as a Terraform provider pages', async () => {
    const vpc = await makeVpc(service, alice)
    for (const name of ['a', 'b', 'c']) assert.equal((await create({ vpc_id: vpc, name })).status, 200)
    const whole = (await list(`vpc_id=${vpc}`)).map(({ id }) => id)
    assert.equal(whole.length, 4)
    const seen: string[] = []
    for (;;) {
      const page = await list(`vpc_id=${vpc}&limit=2&marker=${seen.at(-1) ?? ''}`)
      if (page.length === 0) break
      seen.push(...page.map(({ id }) => id))
    }
    assert.deepEqual(seen, whole)
  })

  test('by id, and by a subnet that goes by it', async () => {
    const vpc = await makeVpc(service, alice)
    const [first, second] = [await subnetIn(vpc, '10.0.1.0/24'), await subnetIn(vpc, '10.0.2.0/24')]
    const { id } = (await create({ vpc_id: vpc, name: 'a' })).body.routetable
    const body = { routetable: { subnets: { associate: [first] } } }
    await asAlice('POST', `${PATH}/${id}/action`, { body })
    const ids = async (query: string) => (await list(query)).map((table) => table.id)
    assert.deepEqual(await ids(`id=${id}`), [id])
    assert.deepEqual(await ids(`subnet_id=${first}`), [id])
    assert.deepEqual(await ids(`subnet_id=${second}`), [(await defaultTable(vpc)).id])
    assert.deepEqual(await ids(`id=${id}&subnet_id=${second}`), [])
    for (const query of [`id=${NOWHERE}`, `vpc_id=${NOWHERE}`, `subnet_id=${NOWHERE}`, 'id=x']) {
      assert.deepEqual(await ids(query), [], query)
    }
  })
})

suite('create', () => {
  test('200, with routes, all of them or no table', async () => {
    const { ours, peering } = await joined(service)
    const routes = [via(peering, '10.1.1.0/24', 'one'), via(peering, '10.1.2.0/24')]
    const answer = await create({ vpc_id: ours, name: 'own', description: 'd', routes })
    assert.equal(answer.status, 200)
    const table = answer.body.routetable
    assert.partialDeepStrictEqual(table, { name: 'own', description: 'd', default: false, subnets: [] })
    assert.deepEqual(made(table), routes)
    assert.deepEqual(await show(table.id), table)
    const before = await list(`vpc_id=${ours}`)
    const bad = await create({ vpc_id: ours, routes: [...routes, via(peering, '10.1.1.0/24')] })
    const message = 'Invalid input for operation: A route for 10.1.1.0/24 exists in the route table already.'
    assertVpcError(bad, 400, 'VPC.0101', message)
    assert.deepEqual(await list(`vpc_id=${ours}`), before)
  })

  const refused: [string, object, string][] = [
    [
      'six routes at a time',
      { routes: [1, 2, 3, 4, 5, 6].map((n) => via(NOWHERE, `10.1.${n}.0/24`)) },
      "Invalid input for routetable.routes. Reason: '6' may be at most 5 at a time.",
    ],
    [
      'a type that there is not here',
      { routes: [{ ...via(NOWHERE, '10.1.0.0/16'), type: 'nat' }] },
      "Invalid input for type. Reason: 'nat' is not supported: routes here lead through VPC peerings only.",
    ],
    [
      'a type that there is not at all',
      { routes: [{ ...via(NOWHERE, '10.1.0.0/16'), type: 'x' }] },
      "Invalid input for type. Reason: 'x' must be one of ecs, eni, vip, nat, peering, vpn, dc, cc, egw, er, subeni.",
    ],
    [
      'a description with <',
      { description: '<' },
      "Invalid input for routetable.description. Reason: '<' must not hold < or >.",
    ],
    ['no VPC', { vpc_id: undefined }, 'Invalid input for routetable.vpc_id. Reason: it is required.'],
  ]
  for (const [name, more, message] of refused) {
    test(name, async () => {
      const vpc = await makeVpc(service, alice)
      const answer = await create({ vpc_id: vpc, name: 'n', ...more })
      assertVpcError(answer, 400, 'VPC.0101', message)
      assert.equal((await list(`vpc_id=${vpc}`)).length, 1)
    })
  }

  test('in a VPC that is not there, or another tenant’s', async () => {
    for (const vpc of [NOWHERE, await makeVpc(service, bob)]) {
      assertVpcError(await create({ vpc_id: vpc }), 404, 'VPC.0003', 'VPC does not exist.')
    }
  })
})

suite('update', () => {
  test('routes are added, changed and deleted by their destinations, in one go', async () => {
    const { ours, peering } = await joined(service)
    const { id } = await defaultTable(ours)
    await update(id, { routes: { add: [via(peering, '10.1.1.0/24'), via(peering, '10.1.2.0/24')] } })
    const answer = await update(id, {
      name: 'renamed',
      description: 'd',
      routes: {
        add: [via(peering, '10.1.3.0/24', 'three')],
        mod: [via(peering, '10.1.2.0/24', 'two')],
        del: [{ type: 'peering', destination: '10.1.1.0/24', nexthop: peering }],
      },
    })
    assert.equal(answer.status, 200)
    const table = answer.body.routetable
    assert.partialDeepStrictEqual(table, { name: 'renamed', description: 'd' })
    assert.deepEqual(made(table), [via(peering, '10.1.2.0/24', 'two'), via(peering, '10.1.3.0/24', 'three')])
    assert.deepEqual(await show(id), table)
    const cleared = await update(id, { description: '' })
    assert.partialDeepStrictEqual(cleared.body.routetable, { name: 'renamed', description: '' })
  })

  test('a deletion needs the destination only; what is not said of a route stays', async () => {
    const { ours, peering } = await joined(service)
    const { id } = await defaultTable(ours)
    await update(id, { routes: { add: [via(peering, '10.1.1.0/24', 'd'), via(peering, '10.1.2.0/24')] } })
    const mod = [{ type: 'peering', destination: '10.1.1.0/24', nexthop: peering }]
    const answer = await update(id, { routes: { mod, del: [{ destination: '10.1.2.0/24' }] } })
    assert.deepEqual(made(answer.body.routetable), [via(peering, '10.1.1.0/24', 'd')])
  })

  test('through another peering of the VPC', async () => {
    const { ours, peering } = await joined(service)
    const third = await makeVpc(service, alice, { cidr: '10.2.0.0/16' })
    const second = await asAlice('POST', '/v2.0/vpc/peerings', {
      body: {
        peering: { name: 'p', request_vpc_info: { vpc_id: third }, accept_vpc_info: { vpc_id: ours } },
      },
    })
    const other = second.body.peering.id
    const { id } = await defaultTable(ours)
    await update(id, { routes: { add: [via(peering, '10.1.1.0/24')] } })
    const answer = await update(id, { routes: { mod: [via(other, '10.1.1.0/24')] } })
    assert.deepEqual(made(answer.body.routetable), [via(other, '10.1.1.0/24')])
  })

  test('all of it or nothing', async () => {
    const { ours, peering } = await joined(service)
    const { id } = await defaultTable(ours)
    await update(id, { routes: { add: [via(peering, '10.1.1.0/24')] } })
    const before = await show(id)
    const absent = 'Route 10.9.0.0/16 could not be found.'
    for (const [routes, status, code, message] of [
      [{ mod: [via(peering, '10.9.0.0/16')] }, 404, 'VPC.0003', absent],
      [{ del: [{ destination: '10.9.0.0/16' }] }, 404, 'VPC.0003', absent],
      [
        { add: [via(peering, '10.1.1.0/24')] },
        400,
        'VPC.0101',
        'Invalid input for operation: A route for 10.1.1.0/24 exists in the route table already.',
      ],
      [
        { add: [via(NOWHERE, '10.1.3.0/24')] },
        400,
        'VPC.0101',
        `Invalid input for operation: Next hop ${NOWHERE} is no VPC peering of the VPC of the route.`,
      ],
    ] as const) {
      const answer = await update(id, {
        name: 'new',
        routes: { ...routes, add: [via(peering, '10.1.2.0/24'), ...('add' in routes ? routes.add : [])] },
      })
      assertVpcError(answer, status, code, message)
      assert.deepEqual(await show(id), before)
    }
  })

  test('nothing at all is taken', async () => {
    const { id } = await defaultTable(await makeVpc(service, alice))
    assert.equal((await update(id, {})).status, 200)
    assertVpcError(
      await asAlice('PUT', `${PATH}/${id}`, { body: {} }),
      400,
      'VPC.0101',
      'Invalid input for routetable. Reason: it is required.',
    )
  })

  test('201 routes in a table', async () => {
    const { ours, peering } = await joined(service)
    const { id } = await defaultTable(ours)
    const add = Array.from({ length: 201 }, (_, n) => via(peering, `10.1.${n}.0/24`))
    const answer = await update(id, { routes: { add } })
    const message = "Quota exceeded for resources: ['routetableContainRoutes']."
    assertVpcError(answer, 409, 'VPC.0114', message)
    assert.deepEqual(made(await show(id)), [])
  })
})

suite('subnets', () => {
  test('go by the table they are given, and back by the default one', async () => {
    const vpc = await makeVpc(service, alice)
    const subnets = [await subnetIn(vpc, '10.0.1.0/24'), await subnetIn(vpc, '10.0.2.0/24')]
    const { id } = (await create({ vpc_id: vpc, name: 'own' })).body.routetable
    const act = (action: object) =>
      asAlice('POST', `${PATH}/${id}/action`, { body: { routetable: { subnets: action } } })
    const associated = await act({ associate: subnets })
    assert.equal(associated.status, 200)
    assert.deepEqual(
      associated.body.routetable.subnets,
      subnets.map((subnet) => ({ id: subnet })),
    )
    assert.deepEqual((await defaultTable(vpc)).subnets, [])
    const message = `Route table ${id} is associated with subnet ${subnets[0]}.`
    assertVpcError(await asAlice('DELETE', `${PATH}/${id}`), 409, 'VPC.0101', message)
    const left = await act({ disassociate: subnets })
    assert.deepEqual([left.status, left.body.routetable.subnets], [200, []])
    assert.equal((await defaultTable(vpc)).subnets.length, 2)
    assert.equal((await asAlice('DELETE', `${PATH}/${id}`)).status, 204)
    assertVpcError(await asAlice('GET', `${PATH}/${id}`), 404, 'VPC.0003', missing(id))
  })

  test('of another VPC, another tenant’s, or none: nothing is done', async () => {
    const vpc = await makeVpc(service, alice)
    const own = await subnetIn(vpc, '10.0.1.0/24')
    const elsewhere = await subnetIn(await makeVpc(service, alice), '10.0.1.0/24')
    const { id } = (await create({ vpc_id: vpc, name: 'own' })).body.routetable
    for (const other of [elsewhere, NOWHERE, 'x']) {
      const body = { routetable: { subnets: { associate: [own, other] } } }
      const answer = await asAlice('POST', `${PATH}/${id}/action`, { body })
      assertVpcError(answer, 404, 'VPC.0202', `Subnet ${other} could not be found.`)
      assert.deepEqual((await show(id)).subnets, [])
    }
  })

  test('neither, and both at once', async () => {
    const { id } = await defaultTable(await makeVpc(service, alice))
    const act = (action: object) =>
      asAlice('POST', `${PATH}/${id}/action`, { body: { routetable: { subnets: action } } })
    const none = 'Invalid input for routetable.subnets.associate. Reason: it is required.'
    assertVpcError(await act({}), 400, 'VPC.0101', none)
    const both = 'Only one of associate, disassociate may be given.'
    assertVpcError(await act({ associate: ['a'], disassociate: ['b'] }), 400, 'VPC.0101', both)
  })
})

test('a table with routes goes with them; a VPC with a table of one’s own stays', async () => {
  const { ours, peering } = await joined(service)
  const { id } = (await create({ vpc_id: ours, routes: [via(peering, '10.1.0.0/16')] })).body.routetable
  await asAlice('DELETE', `${PATH}/${id}`)
  assertVpcError(await asAlice('GET', `${PATH}/${id}`), 404, 'VPC.0003', missing(id))
  const vpc = await makeVpc(service, alice)
  const table = (await create({ vpc_id: vpc })).body.routetable.id
  assertVpcError(
    await asAlice('DELETE', `/v1/${project}/vpcs/${vpc}`),
    409,
    'VPC.0120',
    `Route tables exist under this router. Delete them first. (${table})`,
  )
})

test('another tenant’s, or none: not there, whatever is asked', async () => {
  const { theirs } = await joined(service)
  const asBob = client(service, bob)
  const bobs = `/v1/${bob.projects['region-a']}/routetables`
  const [foreign] = (await asBob('GET', `${bobs}?vpc_id=${theirs}`)).body.routetables
  for (const id of [foreign?.id ?? '', NOWHERE, 'x']) {
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PUT', '', { routetable: { name: 'n' } }],
      ['DELETE', '', undefined],
      ['POST', '/action', { routetable: { subnets: { associate: ['a'] } } }],
    ] as const) {
      const answer = await asAlice(method, `${PATH}/${id}${rest}`, { body })
      assertVpcError(answer, 404, 'VPC.0003', missing(id))
    }
  }
  assert.deepEqual(await list(`vpc_id=${theirs}`), [])
})
