import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { asOperator, assertProblem, asTenant, type Call, NOWHERE, newVpc, UUID } from './client.ts'

let service: TestService
let asAlice: Call
let asBob: Call
before(async () => {
  service = await startService()
  asAlice = asTenant(service, alice)
  asBob = asTenant(service, bob)
})
after(() => service.close())

/** What a part answers beside what was asked for. */
function made(body: object, vpc: string, createdAt: string) {
  return { ...body, vpc, description: '', createdAt, updatedAt: createdAt }
}

async function peered() {
  const [ours, theirs] = [
    await newVpc(service, alice, ['10.1.0.0/16', 'fd00:1::/48']),
    await newVpc(service, bob, ['10.2.0.0/16', 'fd00:2::/48']),
  ]
  const body = { requesterVpc: ours.id, accepterVpc: theirs.id, name: 'p' }
  const { id } = (await asAlice('POST', '/peerings', body)).body
  assert.equal((await asBob('POST', `/peerings/${id}/accept`)).status, 200)
  return { ours, theirs, peering: id }
}

type Listed = {
  subnets: { id: string }[]
  routes: { id: string; destination: string }[]
  next: string | null
}
const list = async (call: Call, path: string) => (await call('GET', path)).body as unknown as Listed

suite('subnets of a VPC', () => {
  test('are made, listed page by page, and deleted', async () => {
    const vpc = await newVpc(service, alice, ['10.1.0.0/16', 'fd00:1::/48'])
    const path = `/vpcs/${vpc.ids.tencent}/subnets`
    const given = { name: 'one', cidr: '10.1.1.0/24', ipv6Cidr: 'FD00:1:0:1::/64' }
    const answer = await asAlice('POST', path, given)
    assert.equal(answer.status, 201)
    const { id, ids, createdAt } = answer.body
    assert.match(id, UUID)
    assert.match(ids.alibaba, /^vsw-bp1/)
    assert.match(ids.tencent, /^subnet-[0-9a-z]{8}$/)
    const expected = { id, ids, ...given, ipv6Cidr: 'fd00:1:0:1::/64', gateway: '10.1.1.1', zone: '' }
    assert.deepEqual(answer.body, made(expected, vpc.id, createdAt) as unknown)
    const second = (await asAlice('POST', path, { name: 'two', cidr: '10.1.2.0/24', gateway: '10.1.2.9' }))
      .body
    assert.deepEqual((second as unknown as { ipv6Cidr: null; gateway: string }).gateway, '10.1.2.9')
    const first = await list(asAlice, `${path}?limit=1`)
    assert.deepEqual([first.subnets.map((subnet) => subnet.id), first.next], [[id], id])
    const rest = await list(asAlice, `${path}?limit=1&after=${id}`)
    assert.deepEqual([rest.subnets.map((subnet) => subnet.id), rest.next], [[second.id], null])
    assert.equal((await asAlice('DELETE', `${path}/${ids.alibaba}`)).status, 204)
    assert.deepEqual(
      (await list(asAlice, path)).subnets.map((subnet) => subnet.id),
      [second.id],
    )
  })

  test('are refused where they do not fit, and are nobody else’s', async () => {
    const [vpc, other] = [
      await newVpc(service, alice, ['10.1.0.0/16']),
      await newVpc(service, alice, ['10.1.0.0/16']),
    ]
    const path = `/vpcs/${vpc.id}/subnets`
    const { id } = (await asAlice('POST', path, { name: '', cidr: '10.1.1.0/24' })).body
    const post = (cidr: string) => asAlice('POST', path, { name: '', cidr })
    assertProblem(
      await post('10.1.1.128/25'),
      409,
      'subnet.overlap',
      `10.1.1.128/25 overlaps subnet '${id}'.`,
    )
    assertProblem(
      await post('10.9.0.0/24'),
      409,
      'subnet.outside-vpc',
      '10.9.0.0/24 is not inside the blocks of the VPC.',
    )
    assertProblem(
      await post('10.1.1.1/24'),
      400,
      'request.invalid',
      "cidr '10.1.1.1/24': not a CIDR block without host bits.",
    )
    const missing = (answer: Awaited<ReturnType<Call>>, subnet: string) =>
      assertProblem(answer, 404, 'subnet.not-found', `There is no subnet '${subnet}'.`)
    missing(await asAlice('DELETE', `/vpcs/${other.id}/subnets/${id}`), id)
    missing(await asBob('DELETE', `${path}/${id}`), id)
    missing(await asAlice('DELETE', `${path}/${NOWHERE}`), NOWHERE)
    const vpcMissing = await asBob('GET', path)
    assertProblem(vpcMissing, 404, 'vpc.not-found', `There is no VPC '${vpc.id}'.`)
    assert.equal((await list(asAlice, path)).subnets.length, 1)
    const inUse = await asAlice('DELETE', `/vpcs/${vpc.id}`)
    assertProblem(
      inUse,
      409,
      'vpc.not-empty',
      `VPC '${vpc.id}' still has the subnet '${id}'; delete that first.`,
    )
  })
})

suite('routes of a VPC', () => {
  test('are made by each side for itself, listed, and deleted', async () => {
    const { ours, theirs, peering } = await peered()
    const path = `/vpcs/${ours.id}/routes`
    const answer = await asAlice('POST', path, { destination: '10.2.0.0/16', peering, name: 'to bob' })
    assert.equal(answer.status, 201)
    const { id, ids, createdAt } = answer.body
    const { routeTable } = answer.body as unknown as { routeTable: string }
    const expected = {
      id,
      ids,
      name: 'to bob',
      routeTable,
      destination: '10.2.0.0/16',
      peering,
      enabled: true,
    }
    assert.deepEqual(answer.body, made(expected, ours.id, createdAt) as unknown)
    await asAlice('POST', path, { destination: 'fd00:2::/64', peering })
    assert.deepEqual(
      (await list(asAlice, path)).routes.map(({ destination }) => destination),
      ['10.2.0.0/16', 'fd00:2::/64'],
    )
    assert.deepEqual((await list(asBob, `/vpcs/${theirs.id}/routes`)).routes, [])
    assert.equal((await asAlice('DELETE', `${path}/${id}`)).status, 204)
    assert.deepEqual((await list(asAlice, path)).routes.length, 1)
    // What is left goes with the peering.
    assert.equal((await asBob('DELETE', `/peerings/${peering}`)).status, 204)
    assert.deepEqual((await list(asAlice, path)).routes, [])
  })

  test('are refused where they lead nowhere or twice, and are nobody else’s', async () => {
    const { ours, theirs, peering } = await peered()
    const path = `/vpcs/${ours.id}/routes`
    const post = (destination: string, through = peering) =>
      asAlice('POST', path, { destination, peering: through })
    const { id } = (await post('10.2.0.0/16')).body
    assertProblem(
      await post('10.2.0.0/16'),
      409,
      'route.exists',
      `Route '${id}' leads to 10.2.0.0/16 already.`,
    )
    assertProblem(
      await post('10.3.0.0/16'),
      409,
      'route.destination-outside-peer',
      `10.3.0.0/16 is not inside the blocks of the peer, VPC '${theirs.id}'.`,
    )
    assertProblem(
      await post('10.2.1.0/24', NOWHERE),
      404,
      'route.next-hop-not-found',
      `The VPC has no peering '${NOWHERE}'.`,
    )
    for (const call of [asBob, asAlice]) {
      const foreign = await call('DELETE', `/vpcs/${theirs.id}/routes/${id}`)
      assert.equal(foreign.status, 404)
    }
    assert.equal((await list(asOperator(service), path)).routes.length, 1)
  })

  test('are in the table that is named, if it is one of that VPC', async () => {
    const { ours, theirs, peering } = await peered()
    const path = `/vpcs/${ours.id}/routes`
    const tables = async (call: Call, vpc: string) => {
      const { body } = await call('GET', `/vpcs/${vpc}/route-tables`)
      return (body as unknown as { routeTables: { id: string; ids: { tencent: string } }[] }).routeTables
    }
    const [[own], [foreign]] = [await tables(asAlice, ours.id), await tables(asBob, theirs.id)]
    assert.ok(own && foreign)
    for (const routeTable of [foreign.id, NOWHERE]) {
      const refused = await asAlice('POST', path, { destination: '10.2.0.0/16', peering, routeTable })
      assertProblem(refused, 404, 'route-table.not-found', `There is no route table '${routeTable}'.`)
    }
    const body = { destination: '10.2.0.0/16', peering, routeTable: own.ids.tencent }
    const made = await asAlice('POST', path, body)
    assert.deepEqual(
      [made.status, (made.body as unknown as { routeTable: string }).routeTable],
      [201, own.id],
    )
  })

  test('are made once for one Idempotency-Key, and not at all by a dry run', async () => {
    const { ours, peering } = await peered()
    const path = `/vpcs/${ours.id}/routes`
    const body = { destination: '10.2.0.0/16', peering }
    assert.equal((await asAlice('POST', `${path}?dryRun=true`, body)).status, 200)
    assert.deepEqual((await list(asAlice, path)).routes, [])
    const once = { 'idempotency-key': 'route-once' }
    const [first, again] = [await asAlice('POST', path, body, once), await asAlice('POST', path, body, once)]
    assert.deepEqual(again.body, first.body)
    assert.equal((await list(asAlice, path)).routes.length, 1)
  })
})

suite('ports of a VPC', () => {
  type PortBody = { id: string; mac: string; address: string; addresses: string[]; attach: unknown }

  async function subnetted(cidrs: [string, string?]) {
    const vpc = await newVpc(service, alice, ['10.1.0.0/16', 'fd00:1::/48'])
    const body = { name: '', cidr: cidrs[0], ...(cidrs[1] && { ipv6Cidr: cidrs[1] }) }
    const subnet = (await asAlice('POST', `/vpcs/${vpc.id}/subnets`, body)).body.id
    const plug = async (more: object = {}) => asAlice('POST', `/vpcs/${vpc.id}/ports`, { subnet, ...more })
    return { vpc, subnet, plug }
  }

  test('have an address of each family and a link address that no other port has', async () => {
    const { vpc, subnet, plug } = await subnetted(['10.1.1.0/24', 'fd00:1:0:1::/64'])
    const first = await plug()
    assert.equal(first.status, 201)
    const { id, ids, mac } = first.body as unknown as PortBody & { ids: object }
    assert.match(mac, /^02(:[0-9a-f]{2}){5}$/)
    assert.deepEqual(first.body, {
      id,
      ids,
      vpc: vpc.id,
      subnet,
      address: '10.1.1.2',
      addresses: ['10.1.1.2', 'fd00:1:0:1::2'],
      prefixLength: 24,
      mac,
      gateway: '10.1.1.1',
      attach: null,
    } as unknown)
    const more = await Promise.all([plug(), plug({ address: '10.1.1.77' }), plug()])
    const ports = more.map(({ body }) => body as unknown as PortBody)
    assert.deepEqual(
      new Set(ports.map(({ address }) => address)),
      new Set(['10.1.1.3', '10.1.1.77', '10.1.1.4']),
    )
    assert.equal(new Set([mac, ...ports.map((port) => port.mac)]).size, 4)
    const inUse = await asAlice('DELETE', `/vpcs/${vpc.id}/subnets/${subnet}`)
    assert.equal(inUse.body.code, 'subnet.in-use')
    assert.equal((await asAlice('DELETE', `/vpcs/${vpc.id}/ports/${id}`)).status, 204)
    assert.equal(((await plug()).body as unknown as PortBody).address, '10.1.1.2')
  })

  test('are refused an address that cannot be had', async () => {
    const { subnet, plug } = await subnetted(['10.1.1.0/30'])
    for (const address of ['10.1.1.0', '10.1.1.1', '10.1.1.3', '10.1.2.9', 'fd00::1', 'x']) {
      const text = `The address '${address}' cannot be had in subnet '${subnet}'.`
      assertProblem(await plug({ address }), 409, 'port.address-unavailable', text)
    }
    assert.equal((await plug()).status, 201)
    assert.equal((await plug()).body.code, 'port.address-unavailable')
  })

  test('plugging into a namespace that is there already is the operator’s to ask', async () => {
    const { vpc, subnet, plug } = await subnetted(['10.1.1.0/24'])
    const refused = await plug({ namespace: 'somebodys' })
    assert.deepEqual([refused.status, refused.body.code], [403, 'permission.denied'])
    const body = { subnet, namespace: 'somebodys' }
    assert.equal((await asOperator(service)('POST', `/vpcs/${vpc.id}/ports`, body)).status, 201)
  })

  test('adopting a network is the operator’s to say', async () => {
    const body = { name: 'a', region: 'region-a', cidrs: ['10.1.0.0/16'], adopt: { ovnRouter: 'router-1' } }
    const refused = await asAlice('POST', '/vpcs', body)
    assert.deepEqual([refused.status, refused.body.code], [403, 'permission.denied'])
    const made = await asOperator(service)('POST', '/vpcs', { tenant: 'alice', ...body })
    assert.deepEqual([made.status, (made.body as unknown as { adopt: object }).adopt], [201, body.adopt])
    for (const adopt of [{}, { netns: '' }, { netns: 'a/b' }, { ovnRouter: 'a', netns: 'b' }]) {
      const answer = await asOperator(service)('POST', '/vpcs', { ...body, tenant: 'alice', adopt })
      assert.equal(answer.status, 400)
    }
  })

  test('the realization of a peering says that no network is driven here', async () => {
    const { peering } = await peered()
    const answer = await asBob('GET', `/peerings/${peering}/realization`)
    const { wanted, realized, provenAt } = answer.body as unknown as Record<string, unknown>
    assert.deepEqual([wanted, realized, provenAt], [4, 4, null])
    assert.deepEqual((await asBob('GET', '/realizations')).body, { realizations: [], next: null })
  })
})
