import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { vpcId } from '../../../src/domain/identity.ts'
import type { RunningService } from '../../../src/server/main.ts'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  activePeering,
  assertNeutronError,
  client,
  dashed,
  joined,
  NOWHERE,
  pendingPeering,
  type Send,
  UUID,
} from './client.ts'

const PATH = '/v2.0/vpc/routes'
const project = alice.projects['region-a']

let service: TestService & { service: RunningService }
let asAlice: Send
let asBob: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  asBob = client(service, bob)
})
after(() => service.close())

const said = (vpc_id: string, nexthop: string, destination = '10.1.0.0/16') => ({
  type: 'peering',
  nexthop,
  destination,
  vpc_id,
})
const create = (route: object, send = asAlice) => send('POST', PATH, { body: { route } })
const destinations = async (query: string, send = asAlice) =>
  (await send('GET', `${PATH}?${query}`)).body.routes.map(({ destination }) => destination)

suite('create', () => {
  test('201, wrapped, with all members', async () => {
    const { ours, peering } = await joined(service)
    const answer = await create(said(ours, peering))
    assert.equal(answer.status, 201)
    const { id } = answer.body.route
    assert.match(id, UUID)
    const route = {
      id,
      type: 'peering',
      destination: '10.1.0.0/16',
      nexthop: peering,
      vpc_id: ours,
      tenant_id: project,
    }
    assert.equal(answer.text, JSON.stringify({ route }))
    assert.deepEqual((await asAlice('GET', `${PATH}/${id}`)).body.route, route)
  })

  test('both sides make their own, over one peering', async () => {
    const { ours, theirs, peering } = await joined(service)
    assert.equal((await create(said(ours, peering))).status, 201)
    assert.equal((await create(said(theirs, peering, '10.0.0.0/16'), asBob)).status, 201)
    assert.deepEqual(await destinations(`vpc_id=${ours}`), ['10.1.0.0/16'])
    assert.deepEqual(await destinations(`vpc_id=${theirs}`, asBob), ['10.0.0.0/16'])
  })

  test('to the VPC’s own block, to any address, to one of IPv6, written as it was', async () => {
    const { ours, peering } = await joined(service)
    for (const destination of ['10.0.0.0/16', '0.0.0.0/0', 'FD00:0::/48', '10.1.2.3/32']) {
      const answer = await create(said(ours, peering, destination))
      assert.deepEqual([answer.status, answer.body.route.destination], [201, destination])
    }
    assert.equal((await destinations(`vpc_id=${ours}&destination=fd00::/48`)).length, 1)
  })

  const malformed: [string, object, string][] = [
    ['no type', { type: undefined }, 'Invalid input for route.type. Reason: it is required.'],
    ['another type', { type: 'ecs' }, "Invalid input for type. Reason: 'ecs' must be one of peering."],
    ['no next hop', { nexthop: undefined }, 'Invalid input for route.nexthop. Reason: it is required.'],
    [
      'no destination',
      { destination: undefined },
      'Invalid input for route.destination. Reason: it is required.',
    ],
    [
      'a destination with host bits',
      { destination: '10.1.0.1/16' },
      "Invalid input for destination. Reason: '10.1.0.1/16' is not a CIDR block without host bits.",
    ],
    [
      'a single address',
      { destination: '10.1.0.1' },
      "Invalid input for destination. Reason: '10.1.0.1' is not a CIDR block without host bits.",
    ],
    ['no VPC', { vpc_id: undefined }, 'Invalid input for route.vpc_id. Reason: it is required.'],
  ]
  for (const [name, more, message] of malformed) {
    test(name, async () => {
      const answer = await create({ ...said(NOWHERE, NOWHERE), ...more })
      assertNeutronError(answer, 400, 'HTTPBadRequest', message)
    })
  }

  const invalid = (text: string) => `Invalid input for operation: ${text}`

  test('the same destination twice', async () => {
    const { ours, peering } = await joined(service)
    await create(said(ours, peering))
    const message = invalid('A route for 10.1.0.0/16 exists in the route table already.')
    assertNeutronError(await create(said(ours, peering)), 400, 'InvalidInput', message)
    assert.deepEqual(await destinations(`vpc_id=${ours}`), ['10.1.0.0/16'])
  })

  test('through a peering that nobody has accepted', async () => {
    const peering = await pendingPeering(service)
    const message = invalid(`VPC peering ${peering.id} is PENDING_ACCEPTANCE, not ACTIVE.`)
    const answer = await create(said(peering.request_vpc_info.vpc_id, peering.id))
    assertNeutronError(answer, 400, 'InvalidInput', message)
  })

  test('through a peering of another VPC, of others, or none', async () => {
    const { ours } = await joined(service)
    const own = await activePeering(service)
    for (const hop of [own.id, NOWHERE, 'x']) {
      const message = invalid(`Next hop ${hop} is no VPC peering of the VPC of the route.`)
      assertNeutronError(await create(said(ours, hop)), 400, 'InvalidInput', message)
    }
  })

  test('in a VPC that is not there, or another tenant’s', async () => {
    const { theirs, peering } = await joined(service)
    for (const vpc of [theirs, NOWHERE, 'x']) {
      assertNeutronError(await create(said(vpc, peering)), 404, 'VpcNotFound', 'VPC does not exist.')
    }
    assert.deepEqual(await destinations(`vpc_id=${theirs}`, asBob), [])
  })

  test('more than 200', async () => {
    const { ours, peering } = await joined(service)
    const { routetables } = (await asAlice('GET', `/v1/${project}/routetables?vpc_id=${ours}`)).body
    const add = Array.from({ length: 200 }, (_, n) => ({
      type: 'peering',
      destination: `10.1.${n}.0/24`,
      nexthop: peering,
    }))
    const body = { routetable: { routes: { add } } }
    const filled = await asAlice('PUT', `/v1/${project}/routetables/${routetables[0]?.id}`, { body })
    assert.equal(filled.status, 200)
    assertNeutronError(
      await create(said(ours, peering)),
      409,
      'OverQuota',
      "Quota exceeded for resources: ['routetableContainRoutes'].",
    )
  })
})

suite('list', () => {
  test('filters are exact, and ANDed; nonsense finds nothing', async () => {
    const { ours, peering } = await joined(service)
    const { id } = (await create(said(ours, peering))).body.route
    await create(said(ours, peering, '10.1.7.0/24'))
    for (const query of [
      `id=${id}`,
      `vpc_id=${ours}&destination=10.1.0.0/16`,
      `id=${id}&vpc_id=${ours}&type=peering&tenant_id=${project}`,
      `id=${id}&tenant_id=${dashed(project)}`,
    ]) {
      assert.deepEqual(await destinations(query), ['10.1.0.0/16'], query)
    }
    for (const query of [
      'id=2',
      'vpc_id=5',
      'destination=x',
      'type=ecs',
      `id=${id}&vpc_id=${NOWHERE}`,
      `tenant_id=${bob.projects['region-a']}`,
    ]) {
      assert.deepEqual(await destinations(query), [], query)
    }
  })

  test('in pages, whichever way round, with links that lead on', async () => {
    const { ours, peering } = await joined(service)
    const made: string[] = []
    for (const n of [1, 2, 3, 4, 5]) {
      made.push((await create(said(ours, peering, `10.1.${n}.0/24`))).body.route.id)
    }
    // Two that are made within a millisecond come in no particular order.
    made.sort()
    const first = (await asAlice('GET', `${PATH}?vpc_id=${ours}&limit=2`)).body
    assert.deepEqual(
      first.routes.map(({ id }) => id),
      made.slice(0, 2),
    )
    assert.deepEqual(first.routes_links, [
      { rel: 'next', href: `${service.url}${PATH}?vpc_id=${ours}&limit=2&marker=${made[1]}` },
      {
        rel: 'previous',
        href: `${service.url}${PATH}?vpc_id=${ours}&limit=2&marker=${made[0]}&page_reverse=true`,
      },
    ])
    const follow = async (query: string) =>
      (await asAlice('GET', `${PATH}?vpc_id=${ours}&${query}`)).body.routes.map(({ id }) => id)
    assert.deepEqual(await follow(`limit=2&marker=${made[1]}`), made.slice(2, 4))
    assert.deepEqual(await follow(`limit=2&marker=${made[3]}`), made.slice(4))
    assert.deepEqual(await follow(`limit=2&marker=${made[4]}`), [])
    assert.deepEqual(await follow(`limit=2&marker=${made[3]}&page_reverse=true`), made.slice(1, 3))
    assert.deepEqual(await follow('limit=2&page_reverse=true'), made.slice(3))
    assert.equal((await asAlice('GET', `${PATH}?vpc_id=${ours}`)).body.routes_links, undefined)
  })

  test('only the caller’s own', async () => {
    const { ours, peering } = await joined(service)
    const { id } = (await create(said(ours, peering))).body.route
    assert.deepEqual(await destinations(`id=${id}`, asBob), [])
    assert.deepEqual(await destinations('', client(service, mallory)), [])
  })
})

suite('show and delete', () => {
  const missing = (id: string) => `Route ${id} could not be found.`

  test('204, and then it is not there', async () => {
    const { ours, peering } = await joined(service)
    const { id } = (await create(said(ours, peering))).body.route
    assert.equal((await asAlice('DELETE', `${PATH}/${id}`)).status, 204)
    assertNeutronError(await asAlice('GET', `${PATH}/${id}`), 404, 'RouteNotFound', missing(id))
    assertNeutronError(await asAlice('DELETE', `${PATH}/${id}`), 404, 'RouteNotFound', missing(id))
  })

  test('unknown, or another tenant’s, be it the other side: not there', async () => {
    const { theirs, peering } = await joined(service)
    const { id } = (await create(said(theirs, peering, '10.0.0.0/16'), asBob)).body.route
    for (const other of [id, NOWHERE, 'x']) {
      for (const method of ['GET', 'DELETE']) {
        const answer = await asAlice(method, `${PATH}/${other}`)
        assertNeutronError(answer, 404, 'RouteNotFound', missing(other))
      }
    }
    assert.equal((await asBob('GET', `${PATH}/${id}`)).status, 200)
  })

  test('routes of both sides go with their peering', async () => {
    const { ours, theirs, peering } = await joined(service)
    await create(said(ours, peering))
    await create(said(theirs, peering, '10.0.0.0/16'), asBob)
    assert.equal((await asBob('DELETE', `/v2.0/vpc/peerings/${peering}`)).status, 204)
    assert.deepEqual(await destinations(`vpc_id=${ours}`), [])
    assert.deepEqual(await destinations(`vpc_id=${theirs}`, asBob), [])
  })
})

test('routes of a table of one’s own are not among those of the VPC', async () => {
  const { ours, peering } = await joined(service)
  const routes = [{ type: 'peering', destination: '10.1.5.0/24', nexthop: peering }]
  const body = { routetable: { vpc_id: ours, name: 'own', routes } }
  assert.equal((await asAlice('POST', `/v1/${project}/routetables`, { body })).status, 200)
  assert.deepEqual(await destinations(`vpc_id=${ours}`), [])
  const query = { party: null, vpcs: [vpcId(ours)], window: { limit: 2 }, withTotal: false }
  const { items } = await service.service.app.context.store.listParts('route', query)
  const id = items[0]?.id ?? ''
  assert.match(id, UUID)
  for (const method of ['GET', 'DELETE']) {
    const answer = await asAlice(method, `${PATH}/${id}`)
    assertNeutronError(answer, 404, 'RouteNotFound', `Route ${id} could not be found.`)
  }
})
