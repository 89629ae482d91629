import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory, VPCS, vpcOf } from '../../rig/tenants.ts'
import {
  askBody,
  assertGatewayError,
  assertNeutronError,
  assertVpcError,
  client,
  NOWHERE,
  newVpc,
  type Send,
  TIME,
  UUID,
  type VpcBody,
} from './client.ts'

const project = alice.projects['region-a']
const PATH = `/v1/${project}/vpcs`

let service: TestService
let asAlice: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
})
after(() => service.close())

/** What the v1 API prints of a VPC of alice's in region-a. */
function printed(vpc: { id: string; name: string; cidr: string }, times: Partial<VpcBody>, description = '') {
  const { created_at, updated_at } = times
  return {
    id: vpc.id,
    name: vpc.name,
    description,
    cidr: vpc.cidr,
    status: 'OK',
    routes: [],
    enterprise_project_id: '0',
    enable_shared_snat: false,
    enhanced_local_route: false,
    tenant_id: project,
    created_at,
    updated_at,
  }
}

suite('create: serialization', () => {
  test('200, wrapped; its status is OK from the start', async () => {
    const vpc = { name: 'created-1_a.b', description: 'hello', cidr: '192.168.0.0/16' }
    const answer = await asAlice('POST', PATH, { body: { vpc } })
    assert.equal(answer.status, 200)
    const { id, created_at } = answer.body.vpc
    assert.match(id, UUID)
    assert.match(created_at, TIME)
    const expected = { vpc: printed({ ...vpc, id }, { created_at, updated_at: created_at }, 'hello') }
    assert.equal(answer.text, JSON.stringify(expected))
    assert.deepEqual((await asAlice('GET', `${PATH}/${id}`)).body, expected as unknown)
  })

  test('everything may be left out, more than once; unknown members are ignored', async () => {
    for (const vpc of [
      {},
      { name: '', cidr: '', description: '' },
      { enterprise_project_id: '0', tags: ['k*v'] },
    ]) {
      const { status, body } = await asAlice('POST', PATH, { body: { vpc } })
      assert.equal(status, 200)
      assert.partialDeepStrictEqual(body.vpc, { name: '', cidr: '' })
    }
  })
})

suite('create: validation', () => {
  const reason = 'is not a block within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 of at most 24 bits.'
  const cases: [string, object, string | null][] = [
    ['a block of 10.0.0.0/8', { cidr: '10.0.0.0/8' }, null],
    ['a small block', { cidr: '172.31.255.0/24' }, null],
    [
      'a block that is too small',
      { cidr: '10.0.0.0/25' },
      `Invalid input for cidr. Reason: '10.0.0.0/25' ${reason}`,
    ],
    ['a public block', { cidr: '8.8.8.0/24' }, `Invalid input for cidr. Reason: '8.8.8.0/24' ${reason}`],
    [
      'a block that is too large',
      { cidr: '172.0.0.0/8' },
      `Invalid input for cidr. Reason: '172.0.0.0/8' ${reason}`,
    ],
    [
      'a block with host bits',
      { cidr: '10.0.0.1/16' },
      `Invalid input for cidr. Reason: '10.0.0.1/16' ${reason}`,
    ],
    ['no block', { cidr: 'x' }, `Invalid input for cidr. Reason: 'x' ${reason}`],
    ['a name of 64 characters, Chinese', { name: '网'.repeat(64) }, null],
    [
      'a name of 65 characters',
      { name: 'n'.repeat(65) },
      `Invalid input for vpc.name. Reason: '${'n'.repeat(65)}' must have at most 64 characters.`,
    ],
    [
      'a name with a space',
      { name: 'a b' },
      "Invalid input for vpc.name. Reason: 'a b' may hold letters, digits, underscores, hyphens and periods only.",
    ],
    ['a name of another type', { name: 1 }, "Invalid input for vpc.name. Reason: '1' must be a string."],
    [
      'a description with <',
      { description: '<' },
      "Invalid input for vpc.description. Reason: '<' must not hold < or >.",
    ],
  ]
  for (const [name, vpc, message] of cases) {
    test(`${name}: ${message === null ? 'taken' : 'refused'}`, async () => {
      const answer = await asAlice('POST', PATH, { body: { vpc } })
      if (message === null) assert.equal(answer.status, 200)
      else assertVpcError(answer, 400, 'VPC.0101', message)
    })
  }

  test('no vpc, and no JSON', async () => {
    const absent = await asAlice('POST', PATH, { body: {} })
    assertVpcError(absent, 400, 'VPC.0101', 'Invalid input for vpc. Reason: it is required.')
    const garbage = await asAlice('POST', PATH, { body: '{' })
    assertVpcError(garbage, 400, 'VPC.0101', 'Malformed request: the body is not valid JSON.')
  })

  test('a name is taken once in a project, and is free again when its VPC is gone', async () => {
    const body = { vpc: { name: 'unique' } }
    const first = await asAlice('POST', PATH, { body })
    assertVpcError(await asAlice('POST', PATH, { body }), 400, 'VPC.0115', 'The router name exists.')
    const elsewhere = await asAlice('POST', `/v1/${alice.projects['region-b']}/vpcs`, {
      body,
      project: alice.projects['region-b'],
    })
    assert.equal(elsewhere.status, 200)
    const bobs = bob.projects['region-a']
    assert.equal((await client(service, bob)('POST', `/v1/${bobs}/vpcs`, { body })).status, 200)
    await asAlice('DELETE', `${PATH}/${first.body.vpc.id}`)
    assert.equal((await asAlice('POST', PATH, { body })).status, 200)
  })
})

suite('the project in the path', () => {
  test('another tenant’s, or none: refused as inconsistent', async () => {
    for (const other of [bob.projects['region-a'], 'f'.repeat(32), 'x']) {
      for (const named of [null, project]) {
        const answer = await asAlice('GET', `/v1/${other}/vpcs`, { project: named })
        assertVpcError(answer, 400, 'VPC.0007', 'Inconsistent tenant IDs.')
      }
    }
  })

  test('another of the tenant’s own than the header names', async () => {
    const answer = await asAlice('GET', `/v1/${alice.projects['region-b']}/vpcs`, { project })
    assertVpcError(answer, 400, 'VPC.0007', 'Inconsistent tenant IDs.')
  })

  test('with dashes it is the same project', async () => {
    const dashes = project.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    assert.equal((await asAlice('GET', `/v1/${dashes}/vpcs`)).status, 200)
  })

  test('left as it stands in the documentation, the key says which', async () => {
    const path = '/v1/%7Bproject_id%7D/vpcs'
    const made = await asAlice('POST', path, { project: null, body: { vpc: { name: 'unfilled' } } })
    assert.partialDeepStrictEqual(made.body.vpc, { tenant_id: project })
    const listed = await asAlice('GET', path, { project: null })
    assert.ok(listed.body.vpcs.some(({ id }) => id === made.body.vpc.id))
    assert.equal((await asAlice('GET', path)).status, 200)
  })

  test('empty: the answer says what is missing', async () => {
    for (const [method, path] of [
      ['GET', '/v1//vpcs'],
      ['POST', '/v1//vpcs'],
      ['GET', `/v1//vpcs/${NOWHERE}`],
    ] as const) {
      assertGatewayError(
        await asAlice(method, path),
        404,
        'APIGW.0101',
        `The API does not exist or has not been published: ${method} ${path}. The project id in the path is empty: set the project of your client (project_id, or tenant_name)`,
      )
    }
  })
})

suite('list', () => {
  test('200, those of the project, by id, and nobody else’s', async () => {
    const answer = await client(service, mallory)('GET', `/v1/${mallory.projects['region-a']}/vpcs`)
    assert.equal(answer.status, 200)
    const theirs = VPCS.filter(({ tenant, region }) => tenant === mallory && region === 'region-a')
    assert.deepEqual(
      answer.body.vpcs.map(({ id, name, cidr }) => ({ id, name, cidr })),
      theirs.map(({ ids, name, cidrs }) => ({ id: ids.huawei, name, cidr: cidrs[0] })),
    )
  })

  test('by limit and marker, until a page is empty', async () => {
    const whole = (await asAlice('GET', `${PATH}?limit=0`)).body.vpcs.map(({ id }) => id)
    const seen: string[] = []
    for (;;) {
      const { vpcs } = (await asAlice('GET', `${PATH}?limit=3&marker=${seen.at(-1) ?? ''}`)).body
      if (vpcs.length === 0) break
      seen.push(...vpcs.map(({ id }) => id))
    }
    assert.ok(whole.length > 6)
    assert.deepEqual(seen, whole)
  })

  test('by id', async () => {
    const { ids } = vpcOf(alice, 2)
    const found = await asAlice('GET', `${PATH}?id=${ids.huawei}`)
    assert.deepEqual(
      found.body.vpcs.map(({ id }) => id),
      [ids.huawei],
    )
    assert.deepEqual((await asAlice('GET', `${PATH}?id=${vpcOf(bob, 1).ids.huawei}`)).body.vpcs, [])
    assert.deepEqual((await asAlice('GET', `${PATH}?id=5`)).body.vpcs, [])
  })

  test('by enterprise project: all are in the default one', async () => {
    const count = async (query: string) => (await asAlice('GET', `${PATH}?${query}`)).body.vpcs.length
    const whole = await count('')
    assert.equal(await count('enterprise_project_id=0'), whole)
    assert.equal(await count('enterprise_project_id=all_granted_eps'), whole)
    assert.equal(await count(`enterprise_project_id=${NOWHERE}`), 0)
  })

  test('a limit that is no number', async () => {
    const message = "Malformed request: Limit must be an integer 0 or greater and not '-1'."
    assertVpcError(await asAlice('GET', `${PATH}?limit=-1`), 400, 'VPC.0101', message)
  })
})

suite('show', () => {
  test('200, wrapped', async () => {
    const { ids, name, cidrs } = vpcOf(alice, 1)
    const answer = await asAlice('GET', `${PATH}/${ids.huawei}`)
    assert.equal(answer.status, 200)
    const { created_at, updated_at } = answer.body.vpc
    const vpc = printed({ id: ids.huawei, name, cidr: cidrs[0] ?? '' }, { created_at, updated_at })
    assert.equal(answer.text, JSON.stringify({ vpc }))
  })

  test('unknown, another tenant’s, or in another project: not there', async () => {
    for (const id of [NOWHERE, vpcOf(bob, 1).ids.huawei, vpcOf(alice, 5).ids.huawei, 'x']) {
      assertVpcError(await asAlice('GET', `${PATH}/${id}`), 404, 'VPC.0003', 'VPC does not exist.')
    }
  })
})

suite('delete', () => {
  test('204, and then it is not there', async () => {
    const id = await newVpc(service, alice)
    const answer = await asAlice('DELETE', `${PATH}/${id}`)
    assert.equal(answer.status, 204)
    assertVpcError(await asAlice('GET', `${PATH}/${id}`), 404, 'VPC.0003', 'VPC does not exist.')
    assertVpcError(await asAlice('DELETE', `${PATH}/${id}`), 404, 'VPC.0003', 'VPC does not exist.')
    assert.deepEqual((await asAlice('GET', `${PATH}?id=${id}`)).body.vpcs, [])
  })

  test('not another tenant’s', async () => {
    const id = await newVpc(service, bob)
    assertVpcError(await asAlice('DELETE', `${PATH}/${id}`), 404, 'VPC.0003', 'VPC does not exist.')
    assert.equal(
      (await client(service, bob)('GET', `/v1/${bob.projects['region-a']}/vpcs/${id}`)).status,
      200,
    )
  })

  const inUse = (peering: string) =>
    `Extension routes exist under this router. Delete the routes first. VPC peering ${peering} is still in place.`

  test('not one that its owner has peered, or asked to, until that is over', async () => {
    const [one, other] = [await newVpc(service, alice), await newVpc(service, alice)]
    const theirs = await newVpc(service, bob)
    const active = (await asAlice('POST', '/v2.0/vpc/peerings', { body: askBody(one, other) })).body.peering
    const body = askBody(other, theirs, {}, bob.projects['region-a'])
    const pending = (await asAlice('POST', '/v2.0/vpc/peerings', { body })).body.peering
    assertVpcError(await asAlice('DELETE', `${PATH}/${one}`), 409, 'VPC.0120', inUse(active.id))
    await asAlice('DELETE', `/v2.0/vpc/peerings/${active.id}`)
    assertVpcError(await asAlice('DELETE', `${PATH}/${other}`), 409, 'VPC.0120', inUse(pending.id))
    await client(service, bob)('PUT', `/v2.0/vpc/peerings/${pending.id}/reject`)
    assert.equal((await asAlice('DELETE', `${PATH}/${other}`)).status, 204)
    assert.equal((await asAlice('DELETE', `${PATH}/${one}`)).status, 204)
    // The dead peering is still there to be read, and still names the VPC that is gone.
    const dead = await asAlice('GET', `/v2.0/vpc/peerings/${pending.id}`)
    assert.equal(dead.body.peering.request_vpc_info.vpc_id, other)
  })

  test('what a stranger asks for does not keep an owner from deleting', async () => {
    const [ours, theirs] = [await newVpc(service, alice), await newVpc(service, bob)]
    const asBob = client(service, bob)
    const body = askBody(theirs, ours, {}, project)
    const { id } = (await asBob('POST', '/v2.0/vpc/peerings', { body })).body.peering
    assert.equal((await asAlice('DELETE', `${PATH}/${ours}`)).status, 204)
    assert.equal((await asBob('GET', `/v2.0/vpc/peerings/${id}`)).body.peering.status, 'REJECTED')
  })
})

test('the peering API has the errors of its own shape, also where the project is wrong', async () => {
  const answer = await asAlice('GET', '/v2.0/vpc/peerings', { project: bob.projects['region-a'] })
  assertNeutronError(answer, 400, 'InvalidInput', 'Inconsistent tenant IDs.')
})
