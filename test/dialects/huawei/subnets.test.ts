import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, native, startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { assertVpcError, client, makeVpc, NOWHERE, type Send, TIME, UUID } from './client.ts'

const project = alice.projects['region-a']
const PATH = `/v1/${project}/subnets`

let service: TestService
let asAlice: Send
let vpc: string
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  vpc = await makeVpc(service, alice)
})
after(() => service.close())

let number = 0
/** What is said of a new subnet, which clashes with no other. */
function said(more: object = {}, of = vpc) {
  const net = `10.0.${++number}`
  return { name: `subnet-${number}`, cidr: `${net}.0/24`, gateway_ip: `${net}.1`, vpc_id: of, ...more }
}
const create = (subnet: object, send = asAlice) => send('POST', PATH, { body: { subnet } })
const show = async (id: string) => (await asAlice('GET', `${PATH}/${id}`)).body.subnet
const inVpc = (id: string, of = vpc) => `/v1/${project}/vpcs/${of}/subnets/${id}`
const missing = (id: string) => `Subnet ${id} could not be found.`

suite('create', () => {
  test('200 with all members; ACTIVE from the start', async () => {
    const subnet = said({
      description: 'd',
      dnsList: ['100.125.4.25', '8.8.8.8', '9.9.9.9'],
      availability_zone: 'eu-de-01',
      extra_dhcp_opts: [{ opt_name: 'ntp', opt_value: '10.100.0.33,10.100.0.34' }],
    })
    const answer = await create(subnet)
    assert.equal(answer.status, 200)
    const { id, updated_at } = answer.body.subnet
    assert.match(id, UUID)
    assert.match(updated_at, TIME)
    assert.deepEqual(answer.body, {
      subnet: {
        id,
        name: subnet.name,
        description: 'd',
        cidr: subnet.cidr,
        dnsList: ['100.125.4.25', '8.8.8.8', '9.9.9.9'],
        status: 'ACTIVE',
        vpc_id: vpc,
        gateway_ip: subnet.gateway_ip,
        ipv6_enable: false,
        dhcp_enable: true,
        primary_dns: '100.125.4.25',
        secondary_dns: '8.8.8.8',
        availability_zone: 'eu-de-01',
        neutron_network_id: id,
        neutron_subnet_id: id,
        extra_dhcp_opts: [{ opt_name: 'ntp', opt_value: '10.100.0.33,10.100.0.34' }],
        tenant_id: project,
        created_at: updated_at,
        updated_at,
      },
    } as unknown)
    assert.deepEqual(await show(id), answer.body.subnet)
  })

  test('servers by rank, no DHCP, and tags', async () => {
    const answer = await create(
      said({ primary_dns: '1.1.1.1', secondary_dns: '2.2.2.2', dhcp_enable: false, tags: ['a*b'] }),
    )
    assert.partialDeepStrictEqual(answer.body.subnet, {
      dnsList: ['1.1.1.1', '2.2.2.2'],
      primary_dns: '1.1.1.1',
      secondary_dns: '2.2.2.2',
      dhcp_enable: false,
      availability_zone: '',
    })
    const { id } = answer.body.subnet
    const { tags } = (await asAlice('GET', `/v2.0/${project}/subnets/${id}/tags`)).body
    assert.deepEqual(tags, [{ key: 'a', value: 'b' }])
  })

  const refused: [string, object, string, string][] = [
    ['no name', { name: undefined }, 'VPC.0201', 'Invalid input for subnet.name. Reason: it is required.'],
    [
      'an empty name',
      { name: '' },
      'VPC.0201',
      "Invalid input for subnet.name. Reason: '' must have at least 1 characters.",
    ],
    ['no VPC', { vpc_id: undefined }, 'VPC.0201', 'Invalid input for subnet.vpc_id. Reason: it is required.'],
    ['no block', { cidr: undefined }, 'VPC.0201', 'Invalid input for subnet.cidr. Reason: it is required.'],
    [
      'a block that is too small',
      { cidr: '10.0.200.0/29' },
      'VPC.0201',
      "Invalid input for subnet.cidr. Reason: '10.0.200.0/29' is not an IPv4 CIDR block without host bits of at most 28 bits.",
    ],
    [
      'no gateway',
      { gateway_ip: undefined },
      'VPC.0201',
      'Invalid input for subnet.gateway_ip. Reason: it is required.',
    ],
    [
      'a gateway elsewhere',
      { cidr: '10.0.200.0/24', gateway_ip: '10.0.201.1' },
      'VPC.0201',
      "Invalid input for subnet.gateway_ip. Reason: '10.0.201.1' is not an address in 10.0.200.0/24.",
    ],
    [
      'a server that is no address',
      { dnsList: ['x'] },
      'VPC.0201',
      "Invalid input for dnsList. Reason: 'x' is not an IP address.",
    ],
    [
      'an option that there is not',
      { extra_dhcp_opts: [{ opt_name: 'x' }] },
      'VPC.0201',
      "Invalid input for extra_dhcp_opts. Reason: 'x' must be one of ntp, addresstime, ipv6_addresstime, domainname.",
    ],
    [
      'IPv6',
      { ipv6_enable: true },
      'VPC.0201',
      "Invalid input for subnet.ipv6_enable. Reason: 'true' is not supported: no IPv6 block is assigned here.",
    ],
    [
      'a block outside the VPC',
      { cidr: '10.9.0.0/24', gateway_ip: '10.9.0.1' },
      'VPC.0203',
      'Subnet 10.9.0.0/24 is not in the range of VPC.',
    ],
  ]
  for (const [name, more, code, message] of refused) {
    test(name, async () => {
      const count = async () => (await asAlice('GET', `${PATH}?vpc_id=${vpc}`)).body.subnets.length
      const before = await count()
      assertVpcError(await create(said(more)), 400, code, message)
      assert.equal(await count(), before)
    })
  }

  test('one that overlaps another', async () => {
    const first = said()
    const { id } = (await create(first)).body.subnet
    const message = `The subnet has already existed in the VPC, or has been in conflict with the VPC subnet: ${first.cidr} overlaps subnet ${id}.`
    assertVpcError(await create({ ...first, name: 'again' }), 400, 'VPC.0204', message)
  })

  test('in a VPC that there is not, or another tenant’s', async () => {
    for (const elsewhere of [NOWHERE, await makeVpc(service, bob), 'x']) {
      assertVpcError(await create(said({}, elsewhere)), 404, 'VPC.0003', 'VPC does not exist.')
    }
  })
})

suite('list', () => {
  test('those of a VPC, by id, by limit and marker', async () => {
    const of = await makeVpc(service, alice)
    const made: string[] = []
    for (let count = 0; count < 5; count++) made.push((await create(said({}, of))).body.subnet.id)
    // Two that are made within a millisecond come in no particular order.
    made.sort()
    const list = async (query: string) =>
      (await asAlice('GET', `${PATH}?${query}`)).body.subnets.map(({ id }) => id)
    assert.deepEqual(await list(`vpc_id=${of}`), made)
    const seen: string[] = []
    for (;;) {
      const page = await list(`vpc_id=${of}&limit=2&marker=${seen.at(-1) ?? ''}`)
      if (page.length === 0) break
      seen.push(...page)
    }
    assert.deepEqual(seen, made)
    assert.deepEqual(await list(`vpc_id=${NOWHERE}`), [])
    assert.deepEqual(await list(`vpc_id=${await makeVpc(service, bob)}`), [])
    assert.ok((await list('')).length > 5)
  })

  test('each as it is shown', async () => {
    const { subnets } = (await asAlice('GET', PATH)).body
    for (const subnet of subnets) assert.deepEqual(subnet, await show(subnet.id))
  })

  test('a limit that is no number', async () => {
    const message = "Malformed request: Limit must be an integer 0 or greater and not 'x'."
    assertVpcError(await asAlice('GET', `${PATH}?limit=x`), 400, 'VPC.0201', message)
  })
})

test('one that has IPv6, as another dialect can make it', async () => {
  const of: { body: { id: string } } = await native(service, ADMIN_TOKEN, 'POST', '/vpcs', {
    tenant: 'alice',
    name: 'six',
    region: 'region-a',
    cidrs: ['10.0.0.0/16', 'fd00::/48'],
  })
  const subnet = { name: 's', cidr: '10.0.1.0/24', ipv6Cidr: 'fd00::/64' }
  const made: { body: { id: string } } = await native(
    service,
    ADMIN_TOKEN,
    'POST',
    `/vpcs/${of.body.id}/subnets`,
    subnet,
  )
  assert.partialDeepStrictEqual(await show(made.body.id), {
    cidr: '10.0.1.0/24',
    gateway_ip: '10.0.1.1',
    ipv6_enable: true,
    cidr_v6: 'fd00::/64',
    gateway_ip_v6: 'fd00::1',
  })
})

suite('update', () => {
  test('200 with the id; what is not said stays', async () => {
    const { subnet } = (
      await create(said({ description: 'd', primary_dns: '1.1.1.1', secondary_dns: '2.2.2.2' }))
    ).body
    const answer = await asAlice('PUT', inVpc(subnet.id), { body: { subnet: { name: 'renamed' } } })
    assert.deepEqual([answer.status, answer.body], [
      200,
      { subnet: { id: subnet.id, status: 'ACTIVE' } },
    ] as unknown)
    const renamed = await show(subnet.id)
    assert.deepEqual(renamed, { ...subnet, name: 'renamed', updated_at: renamed.updated_at })
  })

  const updates: [string, object, object][] = [
    ['the second server alone', { secondary_dns: '3.3.3.3' }, { dnsList: ['1.1.1.1', '3.3.3.3'] }],
    ['the first server goes', { primary_dns: '' }, { dnsList: ['2.2.2.2'] }],
    ['the list wins over both', { primary_dns: '5.5.5.5', dnsList: ['4.4.4.4'] }, { dnsList: ['4.4.4.4'] }],
    ['an empty list clears them', { dnsList: [] }, { dnsList: [], primary_dns: '' }],
    ['an empty description clears it', { description: '' }, { description: '' }],
    [
      'no DHCP',
      { dhcp_enable: false },
      { dhcp_enable: false, extra_dhcp_opts: [dhcpOption('ntp', '10.0.0.5')] },
    ],
    [
      'an option beside the others, and one taken away',
      { extra_dhcp_opts: [{ opt_name: 'ntp' }, dhcpOption('domainname', 'example.com')] },
      { extra_dhcp_opts: [dhcpOption('domainname', 'example.com')] },
    ],
  ]
  for (const [name, change, outcome] of updates) {
    test(name, async () => {
      const { subnet } = (
        await create(
          said({
            description: 'd',
            dnsList: ['1.1.1.1', '2.2.2.2'],
            extra_dhcp_opts: [dhcpOption('ntp', '10.0.0.5')],
          }),
        )
      ).body
      const body = { subnet: { name: subnet.name, ...change } }
      assert.equal((await asAlice('PUT', inVpc(subnet.id), { body })).status, 200)
      assert.partialDeepStrictEqual(await show(subnet.id), outcome)
    })
  }

  test('without a name', async () => {
    const { id } = (await create(said())).body.subnet
    const answer = await asAlice('PUT', inVpc(id), { body: { subnet: {} } })
    assertVpcError(answer, 400, 'VPC.0201', 'Invalid input for subnet.name. Reason: it is required.')
  })
})

suite('delete', () => {
  test('204, and then it is not there', async () => {
    const { id } = (await create(said())).body.subnet
    assert.equal((await asAlice('DELETE', inVpc(id))).status, 204)
    assertVpcError(await asAlice('GET', `${PATH}/${id}`), 404, 'VPC.0202', missing(id))
    assertVpcError(await asAlice('DELETE', inVpc(id)), 404, 'VPC.0202', missing(id))
  })

  test('a VPC with a subnet stays until that is gone', async () => {
    const of = await makeVpc(service, alice)
    const { id } = (await create(said({}, of))).body.subnet
    const message = `Router contains subnets, please delete subnet first. (${id})`
    assertVpcError(await asAlice('DELETE', `/v1/${project}/vpcs/${of}`), 409, 'VPC.0104', message)
    assert.equal((await asAlice('DELETE', inVpc(id, of))).status, 204)
    assert.equal((await asAlice('DELETE', `/v1/${project}/vpcs/${of}`)).status, 204)
  })
})

suite('whose it is', () => {
  test('another tenant’s, unknown, or in another VPC: not there', async () => {
    const theirs = await makeVpc(service, bob)
    const asBob = client(service, bob)
    const bobs = bob.projects['region-a']
    const body = { subnet: said({}, theirs) }
    const foreign = (await asBob('POST', `/v1/${bobs}/subnets`, { body })).body.subnet.id
    const other = await makeVpc(service, alice)
    const own = (await create(said())).body.subnet.id
    for (const id of [foreign, NOWHERE, 'x']) {
      assertVpcError(await asAlice('GET', `${PATH}/${id}`), 404, 'VPC.0202', missing(id))
    }
    for (const [id, of] of [
      [foreign, vpc],
      [NOWHERE, vpc],
      [own, other],
    ] as const) {
      for (const [method, sent] of [
        ['DELETE', undefined],
        ['PUT', { subnet: { name: 'n' } }],
      ] as const) {
        const answer = await asAlice(method, inVpc(id, of), { body: sent })
        assertVpcError(answer, 404, 'VPC.0202', missing(id))
      }
    }
    const elsewhere = await asAlice('DELETE', inVpc(own, theirs))
    assertVpcError(elsewhere, 404, 'VPC.0003', 'VPC does not exist.')
    assert.equal((await asBob('GET', `/v1/${bobs}/subnets/${foreign}`)).status, 200)
    assert.equal((await asAlice('GET', `${PATH}/${own}`)).status, 200)
  })
})

function dhcpOption(opt_name: string, opt_value: string) {
  return { opt_name, opt_value }
}
