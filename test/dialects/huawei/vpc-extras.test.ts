import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, vpcOf } from '../../rig/tenants.ts'
import { assertVpcError, assertVpcV3Error, client, joined, makeVpc, NOWHERE, type Send } from './client.ts'

/** Updating a VPC, and what the v3 API knows of one. */

const project = alice.projects['region-a']
const V1 = `/v1/${project}/vpcs`
const V3 = `/v3/${project}/vpc/vpcs`

let service: TestService
let asAlice: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
})
after(() => service.close())

const show = async (id: string) => (await asAlice('GET', `${V1}/${id}`)).body.vpc
const showV3 = async (id: string) => (await asAlice('GET', `${V3}/${id}`)).body.vpc
const NOT_THERE = [NOWHERE, vpcOf(bob, 1).ids.huawei, vpcOf(alice, 5).ids.huawei, 'x']

suite('update', () => {
  test('200 with the VPC as it is now; what is not said stays', async () => {
    const id = await makeVpc(service, alice, { name: 'before', cidr: '10.0.0.0/16', description: 'd' })
    const before = await show(id)
    const vpc = { name: 'after', cidr: '10.0.0.0/8', enable_shared_snat: true, enhanced_local_route: true }
    const answer = await asAlice('PUT', `${V1}/${id}`, { body: { vpc } })
    assert.equal(answer.status, 200)
    const { updated_at } = answer.body.vpc
    assert.deepEqual(answer.body.vpc, { ...before, ...vpc, updated_at })
    assert.deepEqual(await show(id), answer.body.vpc)
  })

  test('of nothing: 200, and nothing changes', async () => {
    const id = await makeVpc(service, alice, { name: 'unchanged', cidr: '10.0.0.0/16', description: 'd' })
    const before = await show(id)
    for (const vpc of [{}, { cidr: '' }, { cidr: '10.0.0.0/16' }]) {
      const answer = await asAlice('PUT', `${V1}/${id}`, { body: { vpc } })
      assert.equal(answer.status, 200)
      assert.deepEqual({ ...answer.body.vpc, updated_at: '' }, { ...before, updated_at: '' })
    }
  })

  test('an empty description clears it', async () => {
    const id = await makeVpc(service, alice, { description: 'd' })
    const answer = await asAlice('PUT', `${V1}/${id}`, { body: { vpc: { description: '' } } })
    assert.partialDeepStrictEqual(answer.body.vpc, { description: '' })
  })

  const refused: [string, object, string, string][] = [
    [
      'a block that is public',
      { cidr: '8.8.8.0/24' },
      'VPC.0101',
      "Invalid input for cidr. Reason: '8.8.8.0/24' is not a block within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 of at most 24 bits.",
    ],
    [
      'a name with a space',
      { name: 'a b' },
      'VPC.0101',
      "Invalid input for vpc.name. Reason: 'a b' may hold letters, digits, underscores, hyphens and periods only.",
    ],
    ['a name that is taken', { name: 'alice-1' }, 'VPC.0115', 'The router name exists.'],
    [
      'a switch that is none',
      { enable_shared_snat: 'maybe' },
      'VPC.0101',
      "Invalid input for vpc.enable_shared_snat. Reason: 'maybe' must be true or false.",
    ],
  ]
  for (const [name, vpc, code, message] of refused) {
    test(name, async () => {
      const id = await makeVpc(service, alice)
      const before = await show(id)
      assertVpcError(await asAlice('PUT', `${V1}/${id}`, { body: { vpc } }), 400, code, message)
      assert.deepEqual(await show(id), before)
    })
  }

  test('a block that leaves a subnet outside', async () => {
    const id = await makeVpc(service, alice)
    const subnet = { name: 's', cidr: '10.0.1.0/24', gateway_ip: '10.0.1.1', vpc_id: id }
    assert.equal((await asAlice('POST', `/v1/${project}/subnets`, { body: { subnet } })).status, 200)
    const answer = await asAlice('PUT', `${V1}/${id}`, { body: { vpc: { cidr: '10.2.0.0/16' } } })
    const message =
      'VPC CIDR block cannot contain the subnet CIDR block 10.0.1.0/24. Change the CIDR block of the VPC.'
    assertVpcError(answer, 400, 'VPC.0117', message)
  })

  test('unknown, another tenant’s, or in another project: not there', async () => {
    for (const id of NOT_THERE) {
      const answer = await asAlice('PUT', `${V1}/${id}`, { body: { vpc: { name: 'n' } } })
      assertVpcError(answer, 404, 'VPC.0003', 'VPC does not exist.')
    }
  })
})

suite('create', () => {
  test('with tags, as keys and values with a star between them', async () => {
    const id = await makeVpc(service, alice, { tags: ['a*b', 'c*', 'd.e*f'] })
    const { tags } = (await asAlice('GET', `/v2.0/${project}/vpcs/${id}/tags`)).body
    assert.deepEqual(tags, [
      { key: 'a', value: 'b' },
      { key: 'c', value: '' },
      { key: 'd.e', value: 'f' },
    ])
  })

  test('a tag without a star, with two, or twice', async () => {
    const bad = await asAlice('POST', V1, { body: { vpc: { tags: ['a=b'] } } })
    const message =
      "Invalid input for tags. Reason: 'a=b' is not a key and a value with a star (*) between them."
    assertVpcError(bad, 400, 'VPC.0101', message)
    assert.equal((await asAlice('POST', V1, { body: { vpc: { tags: ['a*b*c'] } } })).status, 400)
    const twice = await asAlice('POST', V1, { body: { vpc: { tags: ['a*b', 'a*c'] } } })
    assertVpcError(twice, 400, 'VPC.0101', 'Tag key a is given twice.')
  })

  test('an enterprise project that there is not', async () => {
    const answer = await asAlice('POST', V1, { body: { vpc: { enterprise_project_id: NOWHERE } } })
    const message = `Invalid input for operation: Enterprise project ${NOWHERE} does not exist.`
    assertVpcError(answer, 400, 'VPC.0101', message)
  })
})

test('the v1 VPC shows the routes of its default table', async () => {
  const { ours, peering } = await joined(service)
  const route = { type: 'peering', nexthop: peering, destination: '10.1.0.0/16', vpc_id: ours }
  await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })
  const expected = [{ destination: '10.1.0.0/16', nexthop: peering }]
  assert.deepEqual((await show(ours)).routes, expected)
  assert.deepEqual((await asAlice('GET', `${V1}?id=${ours}`)).body.vpcs[0]?.routes, expected)
})

suite('v3', () => {
  test('show: 200 with the request id, and other words than v1', async () => {
    const id = await makeVpc(service, alice, { name: 'shown', cidr: '10.0.0.0/16', description: 'd' })
    const answer = await asAlice('GET', `${V3}/${id}`)
    assert.equal(answer.status, 200)
    const { created_at, updated_at } = await show(id)
    assert.deepEqual(answer.body, {
      request_id: answer.headers['x-request-id'],
      vpc: {
        id,
        name: 'shown',
        description: 'd',
        cidr: '10.0.0.0/16',
        extend_cidrs: [],
        status: 'ACTIVE',
        project_id: project,
        enterprise_project_id: '0',
        tags: [],
        cloud_resources: [
          { resource_type: 'routetable', resource_count: 1 },
          { resource_type: 'virsubnet', resource_count: 0 },
        ],
        created_at,
        updated_at,
      },
    } as unknown)
  })

  test('unknown, another tenant’s, or in another project: not there', async () => {
    for (const id of NOT_THERE) {
      for (const [method, rest, body] of [
        ['GET', '', undefined],
        ['PUT', '/add-extend-cidr', { vpc: { extend_cidrs: ['10.9.0.0/16'] } }],
        ['PUT', '/remove-extend-cidr', { vpc: { extend_cidrs: ['10.9.0.0/16'] } }],
      ] as const) {
        const answer = await asAlice(method, `${V3}/${id}${rest}`, { body })
        assertVpcV3Error(answer, 404, 'VPC.9904', `Vpc ${id} could not be found.`)
      }
    }
  })

  test('list: filters are ANDed, the values of one ORed; by marker until a page is not full', async () => {
    const made = []
    for (const name of ['listed-1', 'listed-2', 'listed-3']) {
      const vpc = { name, cidr: '172.20.0.0/16', description: 'listed' }
      made.push({ name, id: await makeVpc(service, alice, vpc) })
    }
    // Two that are made within a millisecond come in no particular order.
    made.sort((one, other) => one.id.localeCompare(other.id))
    const [ids, names] = [made.map(({ id }) => id), made.map(({ name }) => name)]
    const list = async (query: string) => {
      const { vpcs } = (await asAlice('GET', `${V3}?${query}`)).body
      return vpcs.map(({ id }) => id)
    }
    assert.deepEqual(await list('description=listed'), ids)
    assert.deepEqual(await list(`name=${names[0]}&name=${names[2]}`), [ids[0], ids[2]])
    assert.deepEqual(await list(`id=${ids[0]}&id=${ids[1]}&name=${names[1]}`), [ids[1]])
    assert.deepEqual(await list('cidr=172.20.0.0/16&limit=2'), ids.slice(0, 2))
    assert.deepEqual(await list('name=nobody'), [])
    assert.deepEqual(await list(`id=${vpcOf(bob, 1).ids.huawei}`), [])
    const first = (await asAlice('GET', `${V3}?description=listed&limit=2`)).body
    assert.deepEqual(first.page_info, {
      previous_marker: ids[0],
      next_marker: ids[1],
      current_count: 2,
    } as unknown)
    const second = (await asAlice('GET', `${V3}?description=listed&limit=2&marker=${ids[1]}`)).body
    assert.deepEqual(second.page_info, { previous_marker: ids[2], current_count: 1 } as unknown)
  })

  test('a limit that is no number', async () => {
    const message = "Malformed request: Limit must be an integer 0 or greater and not 'x'."
    assertVpcV3Error(await asAlice('GET', `${V3}?limit=x`), 400, 'VPC.9911', message)
  })
})

suite('extended blocks', () => {
  const edit = (id: string, action: 'add' | 'remove', extend_cidrs: unknown, more: object = {}) =>
    asAlice('PUT', `${V3}/${id}/${action}-extend-cidr`, { body: { ...more, vpc: { extend_cidrs } } })

  test('are added and removed, all that are named or none', async () => {
    const id = await makeVpc(service, alice)
    const added = await edit(id, 'add', ['172.16.0.0/16', '8.8.0.0/16'])
    assert.deepEqual([added.status, added.body.vpc.extend_cidrs], [200, ['172.16.0.0/16', '8.8.0.0/16']])
    assert.deepEqual(added.body.vpc, await showV3(id))
    const clash = await edit(id, 'add', ['172.17.0.0/16', '8.8.8.0/24'])
    assertVpcV3Error(clash, 409, 'VPC.9914', '8.8.8.0/24 conflicts with 8.8.0.0/16 of the same VPC.')
    const missing = await edit(id, 'remove', ['8.8.0.0/16', '9.9.0.0/16'])
    assertVpcV3Error(missing, 404, 'VPC.9915', 'The VPC does not have the CIDR block 9.9.0.0/16.')
    assert.deepEqual((await showV3(id)).extend_cidrs, ['172.16.0.0/16', '8.8.0.0/16'])
    const removed = await edit(id, 'remove', ['172.16.0.0/16'])
    assert.deepEqual([removed.status, removed.body.vpc.extend_cidrs], [200, ['8.8.0.0/16']])
  })

  test('at most five', async () => {
    const id = await makeVpc(service, alice)
    const six = [1, 2, 3, 4, 5, 6].map((n) => `10.${n}.0.0/16`)
    const answer = await edit(id, 'add', six)
    assertVpcV3Error(answer, 400, 'VPC.9912', 'A VPC may have at most 5 extended CIDR blocks.')
    assert.equal((await edit(id, 'add', six.slice(1))).status, 200)
  })

  test('not one that a subnet is in, nor the first block', async () => {
    const id = await makeVpc(service, alice)
    await edit(id, 'add', ['10.9.0.0/16'])
    const subnet = { name: 's', cidr: '10.9.1.0/24', gateway_ip: '10.9.1.1', vpc_id: id }
    const made = (await asAlice('POST', `/v1/${project}/subnets`, { body: { subnet } })).body.subnet
    const message = `Subnet ${made.id} is in the CIDR block 10.9.0.0/16.`
    assertVpcV3Error(await edit(id, 'remove', ['10.9.0.0/16']), 409, 'VPC.9914', message)
    const first = await edit(id, 'remove', ['10.0.0.0/16'])
    assertVpcV3Error(first, 404, 'VPC.9915', 'The VPC does not have the CIDR block 10.0.0.0/16.')
  })

  test('only tried out: 202, and nothing is done', async () => {
    const id = await makeVpc(service, alice)
    const tried = await edit(id, 'add', ['10.9.0.0/16'], { dry_run: true })
    assert.deepEqual([tried.status, tried.body], [
      202,
      { request_id: tried.headers['x-request-id'] },
    ] as unknown)
    assert.deepEqual((await showV3(id)).extend_cidrs, [])
    const clash = await edit(id, 'add', ['10.0.1.0/24'], { dry_run: true })
    assert.equal(clash.status, 409)
  })

  const refused: [string, unknown, string][] = [
    ['none', [], 'Invalid input for vpc.extend_cidrs. Reason: it is required.'],
    [
      'one that is no block',
      ['x'],
      "Invalid input for extend_cidrs. Reason: 'x' is not an IPv4 CIDR block without host bits.",
    ],
    [
      'one of IPv6',
      ['fd00::/48'],
      "Invalid input for extend_cidrs. Reason: 'fd00::/48' is not an IPv4 CIDR block without host bits.",
    ],
    [
      'one that the vendor keeps for itself',
      ['100.64.1.0/24'],
      "Invalid input for extend_cidrs. Reason: '100.64.1.0/24' must have nothing of 100.64.0.0/10.",
    ],
    ['no list', 'x', "Invalid input for vpc.extend_cidrs. Reason: 'x' must be a list."],
  ]
  for (const [name, cidrs, message] of refused) {
    test(name, async () => {
      const id = await makeVpc(service, alice)
      assertVpcV3Error(await edit(id, 'add', cidrs), 400, 'VPC.9911', message)
    })
  }

  test('not for a VPC that has no block to extend', async () => {
    const id = await makeVpc(service, alice, {})
    const answer = await edit(id, 'add', ['10.9.0.0/16'])
    assertVpcV3Error(answer, 404, 'VPC.9915', 'The VPC does not have the CIDR block primary.')
  })
})
