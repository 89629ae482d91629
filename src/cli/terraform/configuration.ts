import type { Peering, Region, Tenant } from '../api.ts'
import { plain } from '../text.ts'
import { type Block, formatBlock, Labels, reference, type Value } from './hcl.ts'
import type { Inventory } from './inventory.ts'
import type { Names, Resource, Vendor } from './vendor.ts'

/** A resource with the name it has in the configuration and whose provider it is. */
interface Placed {
  readonly resource: Resource
  readonly label: string
  readonly provider: string
}

/**
 * What exists, in the words of one vendor's provider: provider blocks that point here, a resource for each thing, and an
 * import block for each resource, so that a plan finds nothing to do. Secrets are variables.
 */
export function configurationOf(inventory: Inventory, vendor: Vendor): string {
  const accounts = accountsOf(inventory)
  const regionName = namesOfRegions(inventory.regions, vendor)
  const providers = new Map<string, Block>()
  const aliases = new Labels()
  const providerOf = (tenant: Tenant, region: string): string => {
    const key = JSON.stringify([tenant.id, region])
    const known = providers.get(key)
    if (known) return `${vendor.name}.${String(known.attributes['alias'])}`
    const account = accounts.get(tenant.id) ?? ''
    const alias = aliases.pick(`${account}_${region}`, account)
    const { attributes, blocks = [] } = vendor.provider(account, regionName(region), tenant)
    providers.set(key, {
      type: 'provider',
      labels: [vendor.name],
      attributes: { alias, ...attributes },
      blocks,
    })
    return `${vendor.name}.${alias}`
  }
  const placed = placeAll(inventory, vendor, regionName, providerOf)
  const blocks = [
    ...preamble(inventory, vendor, accounts),
    ...providers.values(),
    ...placed.flatMap(blocksFor),
  ]
  return [...comments(inventory, vendor), ...blocks.map((block) => formatBlock(block))]
    .join('\n\n')
    .concat('\n')
}

/** For each tenant the name of the variable that has its key. */
function accountsOf({ tenants }: Inventory): ReadonlyMap<string, string> {
  const labels = new Labels()
  labels.pick('endpoint', 'endpoint')
  return new Map(tenants.map(({ id, name }) => [id, labels.pick(name, 'tenant')]))
}

/** The first name by which the vendor's clients know a region, which is what they read back. */
function namesOfRegions(regions: readonly Region[], { dialect }: Vendor): (region: string) => string {
  return (region) => regions.find(({ name }) => name === region)?.[dialect][0] ?? region
}

function comments({ endpoint }: Inventory, { notes }: Vendor): string[] {
  const lines = [
    'Written by isthmus export terraform. The keys are variables; for each tenant give what its access key is:',
    `  terraform plan -var 'TENANT={key="ID",secret="SECRET"}'`,
    ...notes.map((note) => note.replace('ENDPOINT', endpoint)),
  ]
  return [lines.map((line) => `# ${plain(line)}`).join('\n')]
}

function preamble({ endpoint }: Inventory, vendor: Vendor, accounts: ReadonlyMap<string, string>): Block[] {
  const { source, version } = vendor.requirement
  const requirement = { source, ...(version !== undefined && { version }) }
  return [
    {
      type: 'terraform',
      attributes: { required_version: '>= 1.5' },
      blocks: [{ type: 'required_providers', attributes: { [vendor.name]: requirement } }],
    },
    { type: 'variable', labels: ['endpoint'], attributes: { type: reference('string'), default: endpoint } },
    ...[...accounts.values()].map((account) => ({
      type: 'variable',
      labels: [account],
      attributes: { type: reference('object({ key = string, secret = string })'), sensitive: true },
    })),
    ...(vendor.locals ? [{ type: 'locals', attributes: vendor.locals }] : []),
  ]
}

function blocksFor({ resource, label, provider }: Placed): Block[] {
  const { type, attributes, importId, ignored = [] } = resource
  const names: Value = ignored.map((name) => reference(name))
  const lifecycle = { type: 'lifecycle', attributes: { ignore_changes: names } }
  return [
    {
      type: 'resource',
      labels: [type, label],
      attributes: { provider: reference(provider), ...attributes },
      blocks: ignored.length > 0 ? [lifecycle] : [],
    },
    { type: 'import', attributes: { to: reference(`${type}.${label}`), id: importId } },
  ]
}

type ProviderOf = (tenant: Tenant, region: string) => string

/** VPCs first, then what names them. */
function placeAll(
  { tenants, networks, agreements }: Inventory,
  vendor: Vendor,
  regionName: (region: string) => string,
  providerOf: ProviderOf,
): Placed[] {
  const labels = new Labels()
  const place = (tenant: Tenant, region: string, name: string, kind: string, resource: Resource): Placed => ({
    resource,
    label: labels.pick(name, kind),
    provider: providerOf(tenant, region),
  })
  const owner = (id: string) => tenants.find((tenant) => tenant.id === id)
  const vpcs = new Map<string, Placed>()
  const requests = new Map<string, Placed>()
  const acceptances = new Map<string, Placed>()
  const names = namesFor(
    { vpcs, requests, acceptances },
    agreements.map(({ peering }) => peering),
    vendor,
  )
  for (const { vpc } of networks) {
    const tenant = owner(vpc.tenant)
    if (tenant) vpcs.set(vpc.id, place(tenant, vpc.region, vpc.name, 'vpc', vendor.vpc(vpc)))
  }
  for (const { peering, accepter } of agreements) {
    const tenant = owner(peering.requester.tenant.id)
    const other = { account: accepter[vendor.dialect], region: regionName(peering.accepter.region) }
    const resource = vendor.peering(peering, other, names)
    if (tenant)
      requests.set(peering.id, place(tenant, peering.requester.region, peering.name, 'peering', resource))
  }
  for (const { peering } of agreements) {
    const { requester, accepter, state } = peering
    const tenant = owner(accepter.tenant.id)
    if (!tenant || !vendor.accepter || state !== 'active' || requester.tenant.id === accepter.tenant.id)
      continue
    const resource = vendor.accepter(peering, names)
    acceptances.set(
      peering.id,
      place(tenant, accepter.region, `${peering.name}_accepted`, 'accepted', resource),
    )
  }
  const parts = networks.flatMap(({ vpc, subnets, routeTables, routes }) => {
    const tenant = owner(vpc.tenant)
    if (!tenant) return []
    const inSubnets = subnets.map((subnet) =>
      place(tenant, vpc.region, subnet.name, 'subnet', vendor.subnet(subnet, vpc, names)),
    )
    const inRoutes = routes.flatMap((route) => {
      const table = routeTables.find(({ id }) => id === route.routeTable)
      const resource = table ? vendor.route(route, table, vpc, names) : null
      return resource
        ? [place(tenant, vpc.region, `${vpc.name}_to_${route.destination}`, 'route', resource)]
        : []
    })
    return [...inSubnets, ...inRoutes]
  })
  return [...vpcs.values(), ...requests.values(), ...acceptances.values(), ...parts]
}

interface PlacedSoFar {
  readonly vpcs: ReadonlyMap<string, Placed>
  readonly requests: ReadonlyMap<string, Placed>
  readonly acceptances: ReadonlyMap<string, Placed>
}

function namesFor(
  { vpcs, requests, acceptances }: PlacedSoFar,
  peerings: readonly Peering[],
  { dialect }: Vendor,
): Names {
  const refer = (placed: Placed | undefined, attribute = 'id') =>
    placed && reference(`${placed.resource.type}.${placed.label}.${attribute}`)
  const sides = new Map(
    peerings.flatMap(({ requester, accepter }) =>
      [requester, accepter].map((side) => [side.vpc, side.vpcIds] as const),
    ),
  )
  const ids = new Map(peerings.map((peering) => [peering.id, peering.ids]))
  const peeringId = (id: string) => ids.get(id)?.[dialect] ?? id
  return {
    vpc: (id, attribute) => refer(vpcs.get(id), attribute) ?? sides.get(id)?.[dialect] ?? id,
    request: (id) => refer(requests.get(id)) ?? peeringId(id),
    peering: (id) => refer(requests.get(id)) ?? refer(acceptances.get(id)) ?? peeringId(id),
    peeringId,
  }
}
