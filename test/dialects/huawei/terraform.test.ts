import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, type TestTenant } from '../../rig/tenants.ts'
import { type Answer, type Body, client, send } from './client.ts'

/**
 * What the two Terraform providers send, call by call, in the bytes in which they send it, and what they make of the
 * answers: each resource here is created, read, updated and destroyed as the provider's own code does it. What is read
 * back must equal what was configured, or the next plan would not be empty.
 * Source: both providers' source, and their traffic.
 */

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.close())

// ------------------------------------------------------------------------------------------------------ the clients

/** A call of a provider's client. Answers other than with one of `codes` end the apply. */
type Call = (method: string, path: string, body: object | null, codes: readonly number[]) => Promise<Answer>

interface Provider {
  readonly call: Call
  /** Where its client finds each service. */
  readonly v1: string
  readonly v2: string
  readonly v3: string
}

/** Members in alphabetical order and a newline, as Go's encoder leaves a map. */
function goJson(body: object): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, member]) => [key, sorted(member)]),
          )
        : value
  return `${JSON.stringify(sorted(body))}\n`
}

function expecting(raw: (method: string, path: string, body: string | undefined) => Promise<Answer>): Call {
  return async (method, path, body, codes) => {
    const answer = await raw(method, path, body === null ? undefined : goJson(body))
    assert.ok(codes.includes(answer.status), `${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }
}

/** The client of the huaweicloud provider: signs neither its host nor its project. */
function golangsdk(tenant: TestTenant, project: string | null): Call {
  const signed = client(service, tenant)
  return expecting((method, path, body) =>
    signed(method, path, {
      ...(body !== undefined && { body }),
      headers: {
        host: undefined,
        accept: 'application/json',
        'user-agent': 'terraform-provider-iac golangsdk/2.0.0',
        'content-type': body === undefined ? undefined : 'application/json',
      },
      project: null,
      ...(project !== null && { unsigned: { 'x-project-id': project } }),
    }),
  )
}

/** The client of the opentelekomcloud provider: the other scheme, a connection for each request. */
function gophertelekomcloud(tenant: TestTenant, project: string | null): Call {
  const signed = client(service, tenant)
  return expecting((method, path, body) =>
    signed(method, path, {
      ...(body !== undefined && { body }),
      scheme: 'SDK-HMAC-SHA256 Credential',
      headers: {
        accept: 'application/json',
        'user-agent':
          'Terraform/1.11.4 (+https://www.terraform.io) Terraform-Plugin-SDK/2.39.0 terraform-provider-opentelekomcloud/dev golangsdk/2.0.0',
        'content-type': body === undefined ? undefined : 'application/json',
      },
      project: null,
      unsigned: { connection: 'close', ...(project !== null && { 'x-project-id': project }) },
    }),
  )
}

/** Either client with a token, which is all that it sends: no project. */
function withToken(token: string): Call {
  return expecting((method, path, body) =>
    send(
      service,
      method,
      path,
      {
        host: service.host,
        accept: 'application/json',
        'x-auth-token': token,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      Buffer.from(body ?? ''),
    ),
  )
}

async function token(tenant: TestTenant, scope: object, identity?: object): Promise<Answer> {
  const user = { domain: { name: tenant.name }, name: tenant.name, password: tenant.password }
  const auth = { identity: identity ?? { methods: ['password'], password: { user } }, scope }
  const headers = { host: service.host, 'content-type': 'application/json' }
  const answer = await send(service, 'POST', '/v3/auth/tokens', headers, Buffer.from(goJson({ auth })))
  assert.equal(answer.status, 201, answer.text)
  return answer
}
const tokenOf = (answer: Answer) => String(answer.headers['x-subject-token'])

/** As the Go SDK of Open Telekom Cloud looks for a service: of this type, public, in the region. */
function endpoint(catalog: Body['catalog'], type: string, region: string): string {
  const found = catalog
    .filter((entry) => entry.type === type)
    .flatMap(({ endpoints }) => endpoints)
    .filter((candidate) => candidate.region === region)
  assert.equal(found.length, 1, `endpoints of ${type} in ${region}`)
  const url = found[0]?.url ?? ''
  return new URL(url.endsWith('/') ? url : `${url}/`).pathname
}

const paths = (catalog: Body['catalog'], project: string) => {
  const network = endpoint(catalog, 'network', 'eu-de')
  const vpc = endpoint(catalog, 'vpc', 'eu-de')
  assert.equal(vpc, `/v1/${project}/`)
  return {
    v1: `${network}v1/${project}`,
    v2: `${network}v2.0`,
    v3: vpc.replace('v1', 'v3').replace(/\/$/, ''),
  }
}

/** Ways to set each provider up, and the calls it begins with. */
const SETUPS: Record<string, { cloud: 'huawei' | 'otc'; start: (tenant: TestTenant) => Promise<Provider> }> =
  {
    'huaweicloud, with an access key': {
      cloud: 'huawei',
      async start(tenant) {
        const anonymous = golangsdk(tenant, null)
        const { projects } = (await anonymous('GET', '/v3/projects?name=eu-de', null, [200])).body
        assert.equal(projects.length, 1)
        const project = projects[0]?.id ?? ''
        const { domains } = (await anonymous('GET', '/v3/auth/domains', null, [200])).body
        assert.deepEqual([domains.length, domains[0]?.id], [1, projects[0]?.domain_id])
        return {
          call: golangsdk(tenant, project),
          v1: `/v1/${project}`,
          v2: '/v2.0',
          v3: `/v3/${project}`,
        }
      },
    },
    'huaweicloud, with a password': {
      cloud: 'huawei',
      async start(tenant) {
        const ofProject = await token(tenant, {
          project: { domain: { name: tenant.name }, name: 'eu-de' },
        })
        const ofDomain = withToken(tokenOf(await token(tenant, { domain: { name: tenant.name } })))
        assert.equal((await ofDomain('GET', '/v3/auth/domains', null, [200])).body.domains.length, 1)
        const { users } = (await ofDomain('GET', `/v3/users?name=${tenant.name}`, null, [200])).body
        assert.equal(users.length, 1)
        const project = (ofProject.body.token.project as { id: string }).id
        return {
          call: withToken(tokenOf(ofProject)),
          v1: `/v1/${project}`,
          v2: '/v2.0',
          v3: `/v3/${project}`,
        }
      },
    },
    'opentelekomcloud, with an access key': {
      cloud: 'otc',
      async start(tenant) {
        const anonymous = gophertelekomcloud(tenant, null)
        const { projects } = (await anonymous('GET', '/v3/projects?name=eu-de', null, [200])).body
        const project = projects[0]?.id ?? ''
        const call = gophertelekomcloud(tenant, project)
        const { catalog } = (await call('GET', '/v3/auth/catalog', null, [200])).body
        const { domains } = (await call('GET', `/v3/auth/domains?name=${tenant.name}`, null, [200])).body
        assert.equal(domains.length, 1)
        await anonymous('GET', '/v3/auth/catalog', null, [200])
        return { call, ...paths(catalog, project) }
      },
    },
    'opentelekomcloud, with a password': {
      cloud: 'otc',
      async start(tenant) {
        const scope = { project: { domain: { name: tenant.name }, name: 'eu-de' } }
        const ofProject = await token(tenant, scope)
        await token(tenant, { domain: { name: tenant.name } })
        const { catalog, project } = ofProject.body.token
        const { id } = project as { id: string }
        return { call: withToken(tokenOf(ofProject)), ...paths(catalog as Body['catalog'], id) }
      },
    },
    'opentelekomcloud, with a token': {
      cloud: 'otc',
      async start(tenant) {
        // With an address that names no version.
        const versions = await send(service, 'GET', '/', { host: service.host }, Buffer.alloc(0))
        assert.match(versions.text, /"href":"http:\/\/[^"]+\/v3\/"/)
        const given = tokenOf(await token(tenant, { project: { name: 'eu-de' } }))
        const headers = { host: service.host, 'x-auth-token': given, 'x-subject-token': given }
        const verified = await send(service, 'GET', '/v3/auth/tokens', headers, Buffer.alloc(0))
        assert.deepEqual([verified.status, tokenOf(verified)], [200, given])
        const { catalog, project } = verified.body.token
        const { id } = project as { id: string }
        return { call: withToken(given), ...paths(catalog as Body['catalog'], id) }
      },
    },
  }

// ---------------------------------------------------------------------------------------------------- the resources

type State = Record<string, unknown>
type Tags = Record<string, string>

const tagList = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }))

/** Tags are replaced by taking the old ones off and putting the new ones on. */
async function updateTags({ call, v1, v2 }: Provider, of: string, before: Tags, tags: Tags): Promise<void> {
  const path = `${v2}/${v1.split('/').at(-1)}/${of}/tags/action`
  if (Object.keys(before).length > 0) {
    await call('POST', path, { action: 'delete', tags: tagList(before) }, [200, 204])
  }
  if (Object.keys(tags).length > 0) {
    await call('POST', path, { action: 'create', tags: tagList(tags) }, [200, 204])
  }
}

async function readTags({ call, v1, v2 }: Provider, of: string): Promise<Tags> {
  const { tags } = (await call('GET', `${v2}/${v1.split('/').at(-1)}/${of}/tags`, null, [200])).body
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
}

interface VpcConfig {
  readonly name: string
  readonly cidr: string
  readonly description: string
  readonly tags: Tags
  readonly secondary_cidrs: readonly string[]
}

const vpcs = {
  async create(provider: Provider, config: VpcConfig): Promise<string> {
    const { call, v1, v3 } = provider
    const { name, cidr, description, tags, secondary_cidrs } = config
    const made = await call('POST', `${v1}/vpcs`, { vpc: { name, cidr, description } }, [200])
    const { id } = made.body.vpc
    const waited = await call('GET', `${v1}/vpcs/${id}`, null, [200])
    assert.equal(waited.body.vpc.status, 'OK')
    if (Object.keys(tags).length > 0) await updateTags(provider, `vpcs/${id}`, {}, tags)
    if (secondary_cidrs.length > 0) {
      const body = { vpc: { extend_cidrs: secondary_cidrs } }
      await call('PUT', `${v3}/vpc/vpcs/${id}/add-extend-cidr`, body, [200])
    }
    return id
  },
  async read(provider: Provider, id: string): Promise<State | null> {
    const { call, v1, v3 } = provider
    const answer = await call('GET', `${v1}/vpcs/${id}`, null, [200, 404])
    if (answer.status === 404) return null
    const { name, cidr, status } = answer.body.vpc
    const { description, enterprise_project_id } = answer.body.vpc as unknown as State
    const tags = await readTags(provider, `vpcs/${id}`)
    const { vpc } = (await call('GET', `${v3}/vpc/vpcs/${id}`, null, [200])).body
    assert.equal(status, 'OK')
    return { name, cidr, description, tags, secondary_cidrs: vpc.extend_cidrs, enterprise_project_id }
  },
  async update(provider: Provider, cloud: string, id: string, before: VpcConfig, config: VpcConfig) {
    const { call, v1, v3 } = provider
    const { name, cidr, description } = config
    const changed = name !== before.name || cidr !== before.cidr || description !== before.description
    // One of the two says nothing, rather than being silent, where only tags change.
    if (cloud === 'otc') {
      const vpc = {
        ...(name !== before.name && { name }),
        ...(cidr !== before.cidr && { cidr }),
        ...(description !== before.description && { description }),
      }
      await call('PUT', `${v1}/vpcs/${id}`, { vpc }, [200])
    } else if (changed) {
      const vpc = { name, cidr, ...(description !== before.description && { description }) }
      await call('PUT', `${v1}/vpcs/${id}`, { vpc }, [200])
    }
    await updateTags(provider, `vpcs/${id}`, before.tags, config.tags)
    const gone = before.secondary_cidrs.filter((block) => !config.secondary_cidrs.includes(block))
    const come = config.secondary_cidrs.filter((block) => !before.secondary_cidrs.includes(block))
    for (const [action, extend_cidrs] of [
      ['remove', gone],
      ['add', come],
    ] as const) {
      if (extend_cidrs.length === 0) continue
      const body = { vpc: { extend_cidrs } }
      await call('PUT', `${v3}/vpc/vpcs/${id}/${action}-extend-cidr`, body, [200])
    }
  },
  destroy: ({ call, v1 }: Provider, id: string) => destroyed(call, `${v1}/vpcs/${id}`),
}

/** Looks, deletes, and looks until it is gone. One of the two dies on a conflict. */
async function destroyed(call: Call, path: string, deleted = path): Promise<void> {
  await call('GET', path, null, [200])
  await call('DELETE', deleted, null, [202, 204])
  await call('GET', path, null, [404])
}

interface SubnetConfig {
  readonly name: string
  readonly description: string
  readonly cidr: string
  readonly gateway_ip: string
  readonly vpc_id: string
  readonly dns_list: readonly string[]
  readonly dhcp_enable: boolean
  readonly ntp: string
  readonly tags: Tags
}

const subnets = {
  async create(provider: Provider, cloud: string, config: SubnetConfig): Promise<string> {
    const { call, v1 } = provider
    const { dns_list, ntp, tags, ...plain } = config
    const subnet = {
      ...plain,
      ...(cloud === 'huawei' && { ipv6_enable: false }),
      dnsList: dns_list,
      extra_dhcp_opts: [{ opt_name: 'ntp', opt_value: ntp }],
    }
    const { id } = (await call('POST', `${v1}/subnets`, { subnet }, [200])).body.subnet
    const waited = await call('GET', `${v1}/subnets/${id}`, null, [200])
    assert.partialDeepStrictEqual(waited.body.subnet, { status: 'ACTIVE' })
    await updateTags(provider, `subnets/${id}`, {}, tags)
    return id
  },
  async read(provider: Provider, id: string): Promise<State | null> {
    const answer = await provider.call('GET', `${provider.v1}/subnets/${id}`, null, [200, 404])
    if (answer.status === 404) return null
    const { name, description, cidr, gateway_ip, vpc_id, dnsList, dhcp_enable, extra_dhcp_opts } = answer.body
      .subnet as unknown as State
    const tags = await readTags(provider, `subnets/${id}`)
    const [{ opt_value: ntp } = { opt_value: '' }] = extra_dhcp_opts as { opt_value: string }[]
    return { name, description, cidr, gateway_ip, vpc_id, dns_list: dnsList, dhcp_enable, ntp, tags }
  },
  async update(provider: Provider, id: string, before: SubnetConfig, config: SubnetConfig) {
    const { name, description, dhcp_enable, dns_list, ntp, vpc_id } = config
    const extra_dhcp_opts = [{ opt_name: 'ntp', opt_value: ntp }, { opt_name: 'domainname' }]
    const subnet = { name, description, dhcp_enable, dnsList: dns_list, extra_dhcp_opts }
    await provider.call('PUT', `${provider.v1}/vpcs/${vpc_id}/subnets/${id}`, { subnet }, [200])
    await updateTags(provider, `subnets/${id}`, before.tags, config.tags)
  },
  destroy: ({ call, v1 }: Provider, id: string, vpc: string) =>
    destroyed(call, `${v1}/subnets/${id}`, `${v1}/vpcs/${vpc}/subnets/${id}`),
}

interface PeeringConfig {
  readonly name: string
  readonly description: string
  readonly vpc_id: string
  readonly peer_vpc_id: string
  readonly peer_tenant_id: string
}

const peerings = {
  async create({ call, v2 }: Provider, config: PeeringConfig): Promise<string> {
    const peering = {
      name: config.name,
      description: config.description,
      request_vpc_info: { vpc_id: config.vpc_id },
      accept_vpc_info: { vpc_id: config.peer_vpc_id, tenant_id: config.peer_tenant_id },
    }
    const { id } = (await call('POST', `${v2}/vpc/peerings`, { peering }, [201])).body.peering
    const waited = await call('GET', `${v2}/vpc/peerings/${id}`, null, [200])
    assert.equal(waited.body.peering.status, 'PENDING_ACCEPTANCE')
    return id
  },
  async read({ call, v2 }: Provider, id: string): Promise<(PeeringConfig & { status: string }) | null> {
    const answer = await call('GET', `${v2}/vpc/peerings/${id}`, null, [200, 404])
    if (answer.status === 404) return null
    const { name, description, status, request_vpc_info, accept_vpc_info } = answer.body.peering
    return {
      name,
      description,
      vpc_id: request_vpc_info.vpc_id,
      peer_vpc_id: accept_vpc_info.vpc_id,
      peer_tenant_id: accept_vpc_info.tenant_id,
      status,
    }
  },
  async update({ call, v2 }: Provider, id: string, { name, description }: PeeringConfig): Promise<void> {
    await call('PUT', `${v2}/vpc/peerings/${id}`, { peering: { name, description } }, [200])
  },
  /** The accepter's resource: it looks first, and destroying it asks nothing. */
  async accept({ call, v2 }: Provider, id: string): Promise<void> {
    const before = await call('GET', `${v2}/vpc/peerings/${id}`, null, [200])
    assert.equal(before.body.peering.status, 'PENDING_ACCEPTANCE')
    const accepted = await call('PUT', `${v2}/vpc/peerings/${id}/accept`, null, [200])
    assert.equal(accepted.body.id, id)
    const waited = await call('GET', `${v2}/vpc/peerings/${id}`, null, [200])
    assert.equal(waited.body.peering.status, 'ACTIVE')
  },
  destroy: ({ call, v2 }: Provider, id: string) => destroyed(call, `${v2}/vpc/peerings/${id}`),
}

interface RouteConfig {
  readonly vpc_id: string
  readonly destination: string
  readonly nexthop: string
  /** Only one of the two knows it. */
  readonly description?: string
}

/** `huaweicloud_vpc_route`: an entry of the default route table. */
const tableRoutes = {
  async create(provider: Provider, { vpc_id, ...route }: RouteConfig): Promise<string> {
    const table = await tableRoutes.find(provider, vpc_id)
    await tableRoutes.put(provider, table, { add: [{ type: 'peering', ...route }] })
    return `${table}/${route.destination}`
  },
  /** The default table of the VPC, by pages until one is empty. */
  async find({ call, v1 }: Provider, vpc: string): Promise<string> {
    const tables: Body['routetables'][number][] = []
    for (let pages = 0; ; pages++) {
      assert.ok(pages < 10, 'the pages never end')
      const marker = tables.at(-1)?.id
      const query = `vpc_id=${vpc}${marker === undefined ? '' : `&marker=${marker}`}`
      const page = (await call('GET', `${v1}/routetables?${query}`, null, [200])).body.routetables
      if (page.length === 0) break
      tables.push(...page)
    }
    const found = tables.find((table) => table.default)
    assert.ok(found)
    return found.id
  },
  put: async ({ call, v1 }: Provider, table: string, routes: object) =>
    call('PUT', `${v1}/routetables/${table}`, { routetable: { routes } }, [200]),
  async read({ call, v1 }: Provider, id: string): Promise<RouteConfig | null> {
    const [table = '', ...rest] = id.split('/')
    const answer = await call('GET', `${v1}/routetables/${table}`, null, [200, 404])
    if (answer.status === 404) return null
    const { routes, vpc_id } = answer.body.routetable
    const found = routes.find(({ destination }) => destination === rest.join('/'))
    if (!found) return null
    const { destination, nexthop, description } = found
    return { vpc_id, destination, nexthop, description }
  },
  async update(provider: Provider, id: string, { vpc_id: _, ...route }: RouteConfig): Promise<void> {
    await tableRoutes.put(provider, id.split('/')[0] ?? '', { mod: [{ type: 'peering', ...route }] })
  },
  async destroy(provider: Provider, id: string, { destination, nexthop }: RouteConfig): Promise<void> {
    const table = id.split('/')[0] ?? ''
    await tableRoutes.put(provider, table, { del: [{ type: 'peering', destination, nexthop }] })
    assert.equal(await tableRoutes.read(provider, id), null)
  },
}

/** `opentelekomcloud_vpc_route_v2`, every member of which makes a new one when it changes. */
const ownRoutes = {
  async create({ call, v2 }: Provider, { vpc_id, destination, nexthop }: RouteConfig): Promise<string> {
    const route = { type: 'peering', vpc_id, destination, nexthop }
    return (await call('POST', `${v2}/vpc/routes`, { route }, [201])).body.route.id
  },
  async read({ call, v2 }: Provider, id: string): Promise<RouteConfig | null> {
    const answer = await call('GET', `${v2}/vpc/routes/${id}`, null, [200, 404])
    if (answer.status === 404) return null
    const { destination, nexthop, vpc_id } = answer.body.route as unknown as RouteConfig
    return { vpc_id, destination, nexthop }
  },
  async destroy({ call, v2 }: Provider, id: string): Promise<void> {
    await call('DELETE', `${v2}/vpc/routes/${id}`, null, [202, 204])
    await call('GET', `${v2}/vpc/routes/${id}`, null, [404])
  },
}

interface TableConfig {
  readonly vpc_id: string
  readonly name: string
  readonly description: string
  readonly routes: readonly Omit<RouteConfig, 'vpc_id'>[]
  readonly subnets: readonly string[]
}

const typed = (routes: TableConfig['routes']) => routes.map((route) => ({ type: 'peering', ...route }))

/** `…_vpc_route_table` of both. */
const tables = {
  async create({ call, v1 }: Provider, config: TableConfig): Promise<string> {
    const { vpc_id, name, description, routes } = config
    const routetable = { vpc_id, name, description, routes: typed(routes) }
    const { id } = (await call('POST', `${v1}/routetables`, { routetable }, [200])).body.routetable
    await tables.act({ call, v1 }, id, { associate: config.subnets })
    return id
  },
  act: ({ call, v1 }: Pick<Provider, 'call' | 'v1'>, id: string, action: object) =>
    call('POST', `${v1}/routetables/${id}/action`, { routetable: { subnets: action } }, [200]),
  async read({ call, v1 }: Provider, id: string): Promise<TableConfig | null> {
    const answer = await call('GET', `${v1}/routetables/${id}`, null, [200, 404])
    if (answer.status === 404) return null
    const { vpc_id, name } = answer.body.routetable
    const { description } = answer.body.routetable as unknown as TableConfig
    const routes = answer.body.routetable.routes
      .filter(({ type }) => type !== 'local')
      .map(({ type: _, ...route }) => route)
      .toSorted((a, b) => a.destination.localeCompare(b.destination))
    return { vpc_id, name, description, routes, subnets: answer.body.routetable.subnets.map(({ id }) => id) }
  },
  async update({ call, v1 }: Provider, id: string, before: TableConfig, config: TableConfig): Promise<void> {
    const { name, description } = config
    const [del, add] = [typed(before.routes), typed(config.routes)]
    await call(
      'PUT',
      `${v1}/routetables/${id}`,
      { routetable: { name, description, routes: { del, add } } },
      [200],
    )
  },
  async destroy(provider: Provider, id: string, { subnets: associated }: TableConfig): Promise<void> {
    await tables.act(provider, id, { disassociate: associated })
    await provider.call('DELETE', `${provider.v1}/routetables/${id}`, null, [202, 204])
    assert.equal(await tables.read(provider, id), null)
  },
}

// --------------------------------------------------------------------------------------------------------- the runs

for (const [name, { cloud, start }] of Object.entries(SETUPS)) {
  test(`${name}: apply, plan, update, plan, destroy`, async () => {
    const [ours, theirs] = [await start(alice), await start(bob)]
    const routes = cloud === 'huawei' ? tableRoutes : ownRoutes
    const described = (text: string) => (cloud === 'huawei' ? { description: text } : {})
    const unique = name.replaceAll(/[^a-z]+/g, '-')

    // terraform apply
    const vpcA: VpcConfig = {
      name: `a-${unique}`,
      cidr: '10.0.0.0/16',
      description: 'of alice',
      tags: { env: 'test', 'owner.name': 'alice' },
      secondary_cidrs: ['172.20.0.0/16'],
    }
    const vpcB: VpcConfig = {
      ...vpcA,
      name: `b-${unique}`,
      cidr: '10.1.0.0/16',
      tags: {},
      secondary_cidrs: [],
    }
    const a = await vpcs.create(ours, vpcA)
    const b = await vpcs.create(theirs, vpcB)
    const subnetA: SubnetConfig = {
      name: 's',
      description: '',
      cidr: '10.0.1.0/24',
      gateway_ip: '10.0.1.1',
      vpc_id: a,
      dns_list: ['100.125.4.25', '8.8.8.8'],
      dhcp_enable: false,
      ntp: '10.100.0.33',
      tags: { env: 'test' },
    }
    const subnet = await subnets.create(ours, cloud, subnetA)
    const peering: PeeringConfig = {
      name: 'a to b',
      description: 'hello',
      vpc_id: a,
      peer_vpc_id: b,
      peer_tenant_id: bob.projects['region-a'],
    }
    const peer = await peerings.create(ours, peering)
    await peerings.accept(theirs, peer)
    const routeA: RouteConfig = { vpc_id: a, destination: '10.1.0.0/16', nexthop: peer, ...described('to b') }
    const routeB: RouteConfig = { vpc_id: b, destination: '10.0.0.0/16', nexthop: peer, ...described('') }
    const toB = await routes.create(ours, routeA)
    const toA = await routes.create(theirs, routeB)
    const tableA: TableConfig = {
      vpc_id: a,
      name: 'own',
      description: '',
      routes: [{ destination: '10.1.7.0/24', nexthop: peer, description: 'd' }],
      subnets: [subnet],
    }
    const table = await tables.create(ours, tableA)

    /** What a plan looks at. */
    const state = async () => ({
      a: await vpcs.read(ours, a),
      b: await vpcs.read(theirs, b),
      subnet: await subnets.read(ours, subnet),
      peering: await peerings.read(ours, peer),
      accepter: await peerings.read(theirs, peer),
      toB: await routes.read(ours, toB),
      toA: await routes.read(theirs, toA),
      table: await tables.read(ours, table),
    })
    const computed = { enterprise_project_id: '0' }
    const applied = {
      a: { ...vpcA, ...computed },
      b: { ...vpcB, ...computed },
      subnet: { ...subnetA },
      peering: { ...peering, status: 'ACTIVE' },
      accepter: { ...peering, status: 'ACTIVE' },
      toB: routeA,
      toA: routeB,
      table: tableA,
    }
    // terraform plan: no changes
    assert.deepEqual(await state(), applied)

    // terraform apply, of other values
    const vpcA2: VpcConfig = {
      name: `a2-${unique}`,
      cidr: '10.0.0.0/12',
      description: '',
      tags: { env: 'production' },
      secondary_cidrs: ['172.21.0.0/16', '172.22.0.0/16'],
    }
    await vpcs.update(ours, cloud, a, vpcA, vpcA2)
    const onlyTags: VpcConfig = { ...vpcB, tags: { env: 'test' } }
    await vpcs.update(theirs, cloud, b, vpcB, onlyTags)
    const subnetA2: SubnetConfig = {
      ...subnetA,
      name: 's2',
      description: 'd',
      dns_list: ['9.9.9.9'],
      dhcp_enable: true,
      ntp: '10.100.0.34',
      tags: {},
    }
    await subnets.update(ours, subnet, subnetA, subnetA2)
    const peering2 = { ...peering, name: 'renamed', description: '' }
    await peerings.update(ours, peer, peering2)
    const routeA2: RouteConfig = { ...routeA, ...described('described anew') }
    if (cloud === 'huawei') await tableRoutes.update(ours, toB, routeA2)
    const tableA2: TableConfig = {
      ...tableA,
      name: 'own2',
      description: 'd',
      routes: [
        { destination: '10.1.7.0/24', nexthop: peer, description: 'again' },
        { destination: '10.1.8.0/24', nexthop: peer, description: '' },
      ],
    }
    await tables.update(ours, table, tableA, tableA2)
    // terraform plan: no changes
    assert.deepEqual(await state(), {
      a: { ...vpcA2, ...computed },
      b: { ...onlyTags, ...computed },
      subnet: { ...subnetA2 },
      peering: { ...peering2, status: 'ACTIVE' },
      accepter: { ...peering2, status: 'ACTIVE' },
      toB: routeA2,
      toA: routeB,
      table: tableA2,
    })

    // terraform destroy: routes, peering, subnets, VPCs
    await tables.destroy(ours, table, tableA2)
    await routes.destroy(ours, toB, routeA2)
    await routes.destroy(theirs, toA, routeB)
    await peerings.destroy(ours, peer)
    assert.equal(await peerings.read(theirs, peer), null)
    await subnets.destroy(ours, subnet, a)
    await vpcs.destroy(ours, a)
    await vpcs.destroy(theirs, b)
    for (const gone of Object.values(await stateAfter(state))) assert.equal(gone, null)
  })
}

/** A refresh after everything is gone: every resource drops out of the state, and none fails. */
const stateAfter = (state: () => Promise<Record<string, unknown>>) => state()

suite('data sources', () => {
  const start = SETUPS['huaweicloud, with an access key']?.start
  const setUp = async () => {
    assert.ok(start)
    const [ours, theirs] = [await start(alice), await start(bob)]
    const config = { description: '', tags: {}, secondary_cidrs: [] }
    const a = await vpcs.create(ours, { ...config, name: '', cidr: '10.0.0.0/16' })
    const b = await vpcs.create(theirs, { ...config, name: '', cidr: '10.1.0.0/16' })
    const peer = { vpc_id: a, peer_vpc_id: b, peer_tenant_id: bob.projects['region-a'] }
    const id = await peerings.create(ours, { name: 'p', description: '', ...peer })
    return { ours, theirs, a, b, id }
  }

  test('a peering by any of what one knows of it: exactly one', async () => {
    const { ours, theirs, a, b, id } = await setUp()
    for (const [provider, query] of [
      [ours, `id=${id}`],
      [ours, `vpc_id=${a}`],
      [ours, `vpc_id=${b}`],
      [theirs, `vpc_id=${a}&status=PENDING_ACCEPTANCE&name=p`],
      [ours, `vpc_id=${a}&tenant_id=${bob.projects['region-a']}`],
      [ours, `vpc_id=${a}&limit=2000`],
    ] as const) {
      const answer = await provider.call('GET', `${provider.v2}/vpc/peerings?${query}`, null, [200])
      assert.deepEqual(
        answer.body.peerings.map((peering) => peering.id),
        [id],
        query,
      )
    }
  })

  test('a VPC by name or block, from the list', async () => {
    const { ours, a } = await setUp()
    const answer = await ours.call(
      'GET',
      `${ours.v1}/vpcs?enterprise_project_id=all_granted_eps&id=${a}`,
      null,
      [200],
    )
    assert.deepEqual(
      answer.body.vpcs.map(({ id, cidr, status }) => [id, cidr, status]),
      [[a, '10.0.0.0/16', 'OK']],
    )
  })
})
