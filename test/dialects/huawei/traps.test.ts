import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory, vpcOf } from '../../rig/tenants.ts'
import {
  askBody,
  client,
  dashed,
  joined,
  makeVpc,
  NOWHERE,
  pendingPeering,
  type Send,
  send,
  TIME,
  UUID,
} from './client.ts'

/** What breaks clients when a server gets it wrong, each as a test by its name. */

const PEERINGS = '/v2.0/vpc/peerings'
const project = alice.projects['region-a']
const bobs = bob.projects['region-a']
const PEERING_MEMBERS = [
  'name',
  'id',
  'status',
  'description',
  'request_vpc_info',
  'accept_vpc_info',
  'created_at',
  'updated_at',
]

let service: TestService
let asAlice: Send
let asBob: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  asBob = client(service, bob)
})
after(() => service.close())

suite('facts that break naive servers', () => {
  test('1. create is 201, update, accept and reject 200, a VPC 200, delete 204', async () => {
    const vpc = await asAlice('POST', `/v1/${project}/vpcs`, { body: { vpc: { cidr: '10.0.0.0/16' } } })
    const theirs = await makeVpc(service, bob)
    const body = askBody(vpc.body.vpc.id, theirs, {}, bobs)
    const made = await asAlice('POST', PEERINGS, { body })
    const path = `${PEERINGS}/${made.body.peering.id}`
    const updated = await asAlice('PUT', path, { body: { peering: { name: 'n' } } })
    const accepted = await asBob('PUT', `${path}/accept`)
    const deleted = await asAlice('DELETE', path)
    const again = await asAlice('POST', PEERINGS, { body })
    const rejected = await asBob('PUT', `${PEERINGS}/${again.body.peering.id}/reject`)
    assert.deepEqual(
      [vpc, made, updated, accepted, deleted, rejected].map(({ status }) => status),
      [200, 201, 200, 200, 204, 200],
    )
  })

  test('2. accept and reject answer without the wrapper', async () => {
    for (const action of ['accept', 'reject']) {
      const { id } = await pendingPeering(service)
      const { body } = await asBob('PUT', `${PEERINGS}/${id}/${action}`)
      assert.deepEqual(Object.keys(body), PEERING_MEMBERS)
      assert.equal(body.id, id)
    }
  })

  test('3. deleted is 404, never a status', async () => {
    const { id } = await pendingPeering(service)
    await asAlice('DELETE', `${PEERINGS}/${id}`)
    for (const who of [asAlice, asBob]) {
      assert.equal((await who('GET', `${PEERINGS}/${id}`)).status, 404)
      assert.deepEqual((await who('GET', `${PEERINGS}?id=${id}`)).body.peerings, [])
    }
  })

  test('4. errors of /v2.0/vpc are NeutronErrors', async () => {
    for (const path of [`${PEERINGS}/${NOWHERE}`, `/v2.0/vpc/routes/${NOWHERE}`]) {
      const { body } = await asAlice('GET', path)
      const { NeutronError } = body as unknown as { NeutronError: object }
      assert.deepEqual(Object.keys(NeutronError), ['type', 'message', 'detail'])
    }
  })

  test('5. and carry what the Node.js SDK reads, so does every other service', async () => {
    for (const path of [
      `${PEERINGS}/${NOWHERE}`,
      `/v2.0/vpc/routes/${NOWHERE}`,
      `/v1/${project}/vpcs/${NOWHERE}`,
      `/v1/${project}/subnets/${NOWHERE}`,
      `/v1/${project}/routetables/${NOWHERE}`,
      `/v3/${project}/vpc/vpcs/${NOWHERE}`,
      `/v2.0/${project}/vpcs/${NOWHERE}/tags`,
      '/v3/nothing',
    ]) {
      const { body } = await asAlice('GET', path)
      const { error_code, error_msg } = body as unknown as Record<string, string>
      assert.ok(error_code && error_msg, path)
    }
  })

  test('6. no 409 where a provider would retry or die: delete of a peering with routes, and answers too late', async () => {
    const { ours, peering } = await joined(service)
    const route = { type: 'peering', nexthop: peering, destination: '10.1.0.0/16', vpc_id: ours }
    await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })
    assert.equal((await asBob('PUT', `${PEERINGS}/${peering}/accept`)).status, 400)
    assert.equal((await asAlice('DELETE', `${PEERINGS}/${peering}`)).status, 204)
    assert.equal((await asAlice('DELETE', `/v1/${project}/vpcs/${ours}`)).status, 204)
  })

  test('7. both schemes called SDK-HMAC-SHA256, and the one of its own name', async () => {
    for (const scheme of [
      'SDK-HMAC-SHA256 Access',
      'SDK-HMAC-SHA256 Credential',
      'V11-HMAC-SHA256',
    ] as const) {
      assert.equal((await asAlice('GET', `/v1/${project}/vpcs?limit=1`, { scheme })).status, 200)
    }
  })

  test('8. the headers that are signed are those that the request says, and no others', async () => {
    const call = { headers: { host: undefined, 'content-type': undefined }, project: null }
    assert.equal((await asAlice('GET', PEERINGS, call)).status, 200)
    const unsigned = { 'x-project-id': project, accept: 'text/html' }
    assert.equal((await asAlice('GET', PEERINGS, { ...call, unsigned })).status, 200)
  })

  test('9. the project comes from the header, the path, the token, or the key alone', async () => {
    const { id } = await pendingPeering(service)
    const found = async (call: object) =>
      (await asAlice('GET', `${PEERINGS}?id=${id}`, call)).body.peerings.length
    assert.equal(await found({ project }), 1)
    assert.equal(await found({ project: alice.projects['region-b'] }), 0)
    assert.equal(await found({ project: null }), 1)
    const literal = await asAlice('GET', '/v1/%7Bproject_id%7D/routetables', { project: null })
    assert.equal(literal.status, 200)
    const user = { domain: { name: 'alice' }, name: 'alice', password: alice.password }
    const identity = { methods: ['password'], password: { user } }
    for (const [name, count] of [
      ['eu-de', 1],
      ['eu-nl', 0],
    ] as const) {
      const body = { auth: { identity, scope: { project: { name } } } }
      const { headers } = await asAlice('POST', '/v3/auth/tokens', { body })
      assert.equal(await found({ token: String(headers['x-subject-token']) }), count)
    }
  })

  test('10. times are UTC, and say so by nothing', async () => {
    const { ours, peering } = await joined(service)
    const times = [
      (await asAlice('GET', `${PEERINGS}/${peering}`)).body.peering.created_at,
      (await asAlice('GET', `/v1/${project}/vpcs/${ours}`)).body.vpc.created_at,
      (await asAlice('GET', `/v3/${project}/vpc/vpcs/${ours}`)).body.vpc.updated_at,
      (await asAlice('GET', `/v1/${project}/routetables?vpc_id=${ours}`)).body.routetables[0]?.updated_at,
    ]
    for (const time of times) assert.match(time ?? '', TIME)
  })

  test('11. a VPC can be read by v3, and its tags, as soon as it is made', async () => {
    const id = await makeVpc(service, alice)
    assert.equal((await asAlice('GET', `/v3/${project}/vpc/vpcs/${id}`)).body.vpc.status, 'ACTIVE')
    assert.deepEqual((await asAlice('GET', `/v2.0/${project}/vpcs/${id}/tags`)).body.tags, [])
  })

  test('12. the region is the project’s', async () => {
    const far = alice.projects['region-b']
    const made = await asAlice('POST', `/v1/${far}/vpcs`, { project: far, body: { vpc: {} } })
    assert.equal((await asAlice('GET', `/v1/${project}/vpcs/${made.body.vpc.id}`)).status, 404)
    const { tenant_id } = made.body.vpc as unknown as { tenant_id: string }
    assert.equal(tenant_id, far)
  })
})

suite('what an implementer would get wrong', () => {
  test('the description is empty, not absent; both infos are whole, in every answer', async () => {
    const { id } = await pendingPeering(service)
    const path = `${PEERINGS}/${id}`
    for (const peering of [
      (await asAlice('GET', path)).body.peering,
      (await asBob('GET', `${PEERINGS}?id=${id}`)).body.peerings[0],
      (await asAlice('PUT', path, { body: { peering: { name: 'n' } } })).body.peering,
      (await asBob('PUT', `${path}/accept`)).body,
    ]) {
      assert.equal(peering?.description, '')
      for (const info of [peering.request_vpc_info, peering.accept_vpc_info]) {
        assert.match(info.vpc_id, UUID)
        assert.match(info.tenant_id, /^[0-9a-f]{32}$/)
      }
      assert.equal(peering.request_vpc_info.tenant_id, project)
    }
  })

  test('tenant ids with dashes are taken, and written without', async () => {
    const body = askBody(await makeVpc(service, alice), await makeVpc(service, bob), {}, dashed(bobs))
    const { peering } = (await asAlice('POST', PEERINGS, { body })).body
    assert.equal(peering.accept_vpc_info.tenant_id, bobs)
  })

  test('an empty tenant id is as good as none', async () => {
    const body = askBody(await makeVpc(service, alice), await makeVpc(service, alice), {}, '')
    const { status, body: answer } = await asAlice('POST', PEERINGS, { body })
    assert.deepEqual([status, answer.peering.status], [201, 'ACTIVE'])
  })

  test('an empty description clears, an absent one keeps', async () => {
    const { id } = await pendingPeering(service, { description: 'd' })
    const update = async (peering: object) =>
      (await asAlice('PUT', `${PEERINGS}/${id}`, { body: { peering } })).body.peering.description
    assert.equal(await update({ name: 'n' }), 'd')
    assert.equal(await update({ description: '' }), '')
  })

  test('the v1 VPC is OK and nothing else, the v3 one ACTIVE', async () => {
    const id = await makeVpc(service, alice)
    assert.equal((await asAlice('GET', `/v1/${project}/vpcs/${id}`)).body.vpc.status, 'OK')
    const { vpcs } = (await asAlice('GET', `/v3/${project}/vpc/vpcs?id=${id}`)).body
    assert.equal(vpcs[0]?.status, 'ACTIVE')
  })

  test('the v3 VPC names its project, the v1 one its tenant', async () => {
    const id = await makeVpc(service, alice)
    const v1 = (await asAlice('GET', `/v1/${project}/vpcs/${id}`)).body.vpc
    const v3 = (await asAlice('GET', `/v3/${project}/vpc/vpcs/${id}`)).body.vpc
    assert.ok('tenant_id' in v1 && !('project_id' in v1) && 'project_id' in v3 && !('tenant_id' in v3))
  })

  test('limit=0 is no limit, empty parameters are none', async () => {
    const whole = (await asAlice('GET', PEERINGS)).body.peerings.length
    assert.equal((await asAlice('GET', `${PEERINGS}?limit=0&marker=&name=`)).body.peerings.length, whole)
  })

  test('pages end: by marker until one is empty, in every list that has one', async () => {
    const { ours, peering } = await joined(service)
    for (const destination of ['10.1.1.0/24', '10.1.2.0/24']) {
      const route = { type: 'peering', nexthop: peering, destination, vpc_id: ours }
      await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })
    }
    for (const [path, member] of [
      [PEERINGS, 'peerings'],
      ['/v2.0/vpc/routes', 'routes'],
      [`/v1/${project}/vpcs`, 'vpcs'],
      [`/v1/${project}/routetables`, 'routetables'],
      [`/v3/${project}/vpc/vpcs`, 'vpcs'],
    ] as const) {
      const seen: string[] = []
      for (;;) {
        assert.ok(seen.length < 1000, `${path} never ends`)
        const { body } = await asAlice('GET', `${path}?limit=1&marker=${seen.at(-1) ?? ''}`)
        const [item] = body[member]
        if (!item) break
        seen.push(item.id)
      }
      assert.equal(new Set(seen).size, seen.length, path)
      assert.equal(seen.length, (await asAlice('GET', path)).body[member].length, path)
    }
  })

  test('links are absolute, at the host that the client used, with its filters', async () => {
    const { ours } = await joined(service)
    const { body } = await asAlice('GET', `${PEERINGS}?vpc_id=${ours}&limit=1`)
    const next = body.peerings_links?.find(({ rel }) => rel === 'next')?.href ?? ''
    assert.ok(next.startsWith(`http://${service.host}${PEERINGS}?vpc_id=${ours}&limit=1&marker=`), next)
    const { pathname, search } = new URL(next)
    assert.deepEqual((await asAlice('GET', pathname + search)).body.peerings, [])
  })

  test('exactly one project by the name of a region', async () => {
    for (const name of ['region-a', 'eu-de']) {
      const { projects } = (await asAlice('GET', `/v3/projects?name=${name}`, { project: null })).body
      assert.deepEqual(
        projects.map(({ id }) => id),
        [project],
      )
    }
  })

  test('never a redirect', async () => {
    for (const path of ['/', '/v3', '/v3/', `${PEERINGS}/`, '/v1', '/v2.0/']) {
      const { status } = await send(service, 'GET', path, { host: service.host }, Buffer.alloc(0))
      assert.ok(status < 300 || status >= 400, `${path}: ${status}`)
    }
  })

  test('only the owner of a VPC sees and changes its routes; a peering makes none', async () => {
    const { ours, theirs, peering } = await joined(service)
    const route = { type: 'peering', nexthop: peering, destination: '10.0.0.0/16', vpc_id: theirs }
    assert.equal((await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })).status, 404)
    for (const [who, vpc] of [
      [asAlice, ours],
      [asBob, theirs],
    ] as const) {
      assert.deepEqual((await who('GET', `/v2.0/vpc/routes?vpc_id=${vpc}`)).body.routes, [])
    }
  })

  test('a VPC is deleted only when its routes are, and with no more ado then', async () => {
    const { ours, peering } = await joined(service)
    const route = { type: 'peering', nexthop: peering, destination: '10.1.0.0/16', vpc_id: ours }
    const made = (await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })).body.route
    const blocked = await asAlice('DELETE', `/v1/${project}/vpcs/${ours}`)
    const message = `Extension routes exist under this router. Delete the routes first. (${made.id})`
    assert.deepEqual([blocked.status, blocked.body.message], [409, message])
    assert.equal((await asAlice('DELETE', `/v2.0/vpc/routes/${made.id}`)).status, 204)
    assert.equal((await asAlice('DELETE', `${PEERINGS}/${peering}`)).status, 204)
    assert.equal((await asAlice('DELETE', `/v1/${project}/vpcs/${ours}`)).status, 204)
  })

  test('a create that is sent again after its answer was lost names the first', async () => {
    const body = askBody(await makeVpc(service, alice), await makeVpc(service, bob), {}, bobs)
    const first = (await asAlice('POST', PEERINGS, { body })).body.peering
    const again = await asAlice('POST', PEERINGS, { body })
    assert.deepEqual([again.status, again.body.message.includes(first.id)], [409, true])
  })
})

suite('what users complain about', () => {
  test('"Accept VPC id or tenant id is incorrect": it says what a tenant id is', async () => {
    const theirs = await makeVpc(service, bob)
    const body = askBody(await makeVpc(service, alice), theirs, {}, mallory.projects['region-a'])
    const { message } = (await asAlice('POST', PEERINGS, { body })).body
    assert.match(message, /Accept VPC id or tenant id is incorrect\. The tenant id is the id of the project/)
  })

  test('the same pair both ways round: the error names the peering there is', async () => {
    const { ours, theirs, peering } = await joined(service)
    const body = askBody(theirs, ours, {}, project)
    assert.ok((await asBob('POST', PEERINGS, { body })).body.message.includes(peering))
  })

  test('a data source by id finds that peering and no other', async () => {
    const { peering } = await joined(service)
    await joined(service)
    const { peerings } = (await asAlice('GET', `${PEERINGS}?id=${peering}`)).body
    assert.deepEqual(
      peerings.map(({ id }) => id),
      [peering],
    )
  })

  test('a route to the VPC’s own block is taken', async () => {
    const { ours, peering } = await joined(service)
    const route = { type: 'peering', nexthop: peering, destination: '10.0.0.0/16', vpc_id: ours }
    assert.equal((await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })).status, 201)
  })

  test('routes do not vanish from a list: it is whole, and in one order', async () => {
    const { ours, peering } = await joined(service)
    for (let n = 0; n < 30; n++) {
      const route = { type: 'peering', nexthop: peering, destination: `10.1.${n}.0/24`, vpc_id: ours }
      await asAlice('POST', '/v2.0/vpc/routes', { body: { route } })
    }
    const list = async () => (await asAlice('GET', `/v2.0/vpc/routes?vpc_id=${ours}`)).body.routes
    const first = await list()
    assert.equal(first.length, 30)
    for (let time = 0; time < 3; time++) assert.deepEqual(await list(), first)
  })

  test('the requester’s tenant is there for both sides to read', async () => {
    const { id } = await pendingPeering(service)
    const { request_vpc_info } = (await asBob('GET', `${PEERINGS}/${id}`)).body.peering
    assert.equal(request_vpc_info.tenant_id, project)
  })

  test('"No suitable endpoint could be found": the catalogue has what is looked for, in the region', async () => {
    const { catalog } = (await asAlice('GET', '/v3/auth/catalog')).body
    for (const type of ['identity', 'network', 'vpc']) {
      const entry = catalog.find((service) => service.type === type)
      assert.ok(
        entry?.endpoints.some(({ region }) => region === 'eu-de'),
        type,
      )
    }
  })

  test('a name where an id is needed: the message says that it is no UUID', async () => {
    const body = askBody(vpcOf(alice, 1).ids.huawei, 'my-vpc', {}, bobs)
    const { message } = (await asAlice('POST', PEERINGS, { body })).body
    assert.equal(message, "Invalid input for accept_vpc_info. Reason: 'my-vpc' is not a valid UUID.")
  })

  test('"API not found" for an empty project: it says which setting is missing', async () => {
    for (const path of ['/v1//vpcs', '/v1//subnets', '/v1//routetables', '/v2.0//vpcs/x/tags']) {
      assert.match((await asAlice('GET', path)).text, /set the project of your client/)
    }
  })

  test('a project that was not filled in: the key says which', async () => {
    const { vpcs } = (await asAlice('GET', '/v1/%7Bproject_id%7D/vpcs', { project: null })).body
    assert.ok(vpcs.length > 0)
  })

  test('a signature that fails: the answer shows what was signed', async () => {
    const answer = await asAlice('DELETE', `${PEERINGS}/${NOWHERE}`, {
      key: { id: alice.key.id, secret: 'wrong' },
    })
    assert.match(answer.text, /canonicalRequest:DELETE\|\/v2\.0\/vpc\/peerings\//)
  })

  test('more than 2000 of a list are asked for: 2000 are the most', async () => {
    assert.equal((await asAlice('GET', `${PEERINGS}?limit=2001`)).status, 200)
  })
})
