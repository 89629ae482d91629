import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hasOvn } from '../rig/ovn.ts'
import { Adoption, canAdopt, type ForeignNetwork, type Place } from './adoption.ts'

/** What the guide for Neutron tells its reader to type, typed, against a real OVN. */

const ROUTER = 'neutron-7ee61b1a-1c3c-4d48-8e0c-2a3a9f6a2f11'
const NETWORK = 'neutron-5a0c2f5e-4f5f-4f0e-9a40-7b8f0b1f8d22'
const SUBNET = '0f4d5f8e-3b1f-4f55-8f0f-6f7f4b4f2c33'
const ROUTER_PORT = 'c1a5b8aa-2f35-4d9f-a7a8-0d4dbf1c6f44'
const SERVER_PORT = 'd2b6c9bb-3046-4ea0-b8b9-1e5ec02d7a55'
const GROUP = 'pg_e3c7dacc_4157_4fb1_89ca_2f6fd13e8b66'

/** `KEY=VALUE` pairs of a column that holds a map. */
const map = (column: string, pairs: Readonly<Record<string, string>>) =>
  Object.entries(pairs).map(([key, value]) => `${column}:"${key}"="${value}"`)

/**
 * A router of Neutron's with a network, a server, a default route, an extra route and a security group, as it writes them.
 * Source: openstack/neutron, `neutron/plugins/ml2/drivers/ovn/mech_driver/ovsdb/ovn_client.py`, `commands.py` and
 * `neutron/common/ovn/{constants,acl}.py`, master of 2025.
 */
const NEUTRON: ForeignNetwork = {
  router: ROUTER,
  rows: [
    [
      ...['create', 'Logical_Router', `name=${ROUTER}`, 'enabled=true'],
      ...map('external_ids', {
        'neutron:router_name': 'edge',
        'neutron:revision_number': '3',
        'neutron:availability_zone_hints': '',
      }),
      ...map('options', {
        always_learn_from_arp_request: 'false',
        dynamic_neigh_routers: 'true',
        mac_binding_age_threshold: '0',
      }),
    ],
    [
      ...['create', 'Logical_Switch', `name=${NETWORK}`],
      ...map('external_ids', {
        'neutron:network_name': 'private',
        'neutron:mtu': '1442',
        'neutron:revision_number': '2',
        'neutron:availability_zone_hints': '',
        'neutron:provnet-network-type': 'geneve',
      }),
      ...map('other_config', {
        mcast_snoop: 'false',
        mcast_flood_unregistered: 'false',
        'vlan-passthru': 'false',
      }),
    ],
    [
      ...['lrp-add', ROUTER, `lrp-${ROUTER_PORT}`, 'fa:16:3e:00:00:01', '10.100.1.1/24'],
      ...['--', 'set', 'Logical_Router_Port', `lrp-${ROUTER_PORT}`],
      ...map('external_ids', {
        'neutron:revision_number': '3',
        'neutron:subnet_ids': SUBNET,
        'neutron:network_name': NETWORK,
        'neutron:is_ext_gw': 'False',
        'neutron:router_name': ROUTER,
      }),
      ...['--', 'lsp-add', NETWORK, ROUTER_PORT, '--', 'lsp-set-type', ROUTER_PORT, 'router'],
      ...['--', 'lsp-set-addresses', ROUTER_PORT, 'router'],
      ...['--', 'lsp-set-options', ROUTER_PORT, `router-port=lrp-${ROUTER_PORT}`],
      ...['--', 'set', 'Logical_Switch_Port', ROUTER_PORT, 'enabled=true'],
      ...map('external_ids', {
        'neutron:cidrs': '10.100.1.1/24',
        'neutron:device_id': ROUTER.replace('neutron-', ''),
        'neutron:device_owner': 'network:router_interface',
        'neutron:network_name': NETWORK,
        'neutron:revision_number': '3',
      }),
    ],
    [
      ...['lsp-add', NETWORK, SERVER_PORT],
      ...['--', 'lsp-set-addresses', SERVER_PORT, 'fa:16:3e:00:00:0a 10.100.1.10'],
      ...['--', 'lsp-set-port-security', SERVER_PORT, 'fa:16:3e:00:00:0a 10.100.1.10'],
      ...[
        '--',
        'set',
        'Logical_Switch_Port',
        SERVER_PORT,
        'enabled=true',
        'options:mcast_flood_reports=true',
      ],
      ...map('external_ids', {
        'neutron:cidrs': '10.100.1.10/24',
        'neutron:device_owner': 'compute:nova',
        'neutron:network_name': NETWORK,
        'neutron:revision_number': '4',
      }),
    ],
    [
      ...[
        '--id=@default',
        'create',
        'Logical_Router_Static_Route',
        'ip_prefix=0.0.0.0/0',
        'nexthop=10.100.1.254',
      ],
      ...map('external_ids', { 'neutron:is_ext_gw': 'true', 'neutron:subnet_id': SUBNET }),
      ...['--', '--id=@extra', 'create', 'Logical_Router_Static_Route', 'ip_prefix=10.77.0.0/16'],
      ...[
        'nexthop=10.100.1.77',
        '--',
        'add',
        'Logical_Router',
        ROUTER,
        'static_routes',
        '@default',
        '@extra',
      ],
    ],
    [
      ...['--id=@group', 'create', 'Port_Group', `name=${GROUP}`, '--'],
      ...[
        '--type=port-group',
        'acl-add',
        GROUP,
        'to-lport',
        '1001',
        `outport == @${GROUP} && ip`,
        'drop',
        '--',
      ],
      ...[
        '--type=port-group',
        'acl-add',
        GROUP,
        'from-lport',
        '1002',
        `inport == @${GROUP} && ip4`,
        'allow-related',
      ],
      ...['--', 'pg-set-ports', GROUP, SERVER_PORT],
    ],
  ],
  workload: {
    ifaceId: SERVER_PORT,
    mac: 'fa:16:3e:00:00:0a',
    addresses: ['10.100.1.10/24'],
    gateways: ['10.100.1.1'],
  },
}

describe('the guide for Neutron', () => {
  let adoption: Adoption | null = null
  let ours: Place
  before(async () => {
    if (hasOvn) adoption = await Adoption.begin('docs/guides/neutron.md', NEUTRON)
  })
  after(() => adoption?.end())

  it('finds the router, and adopts it without touching it', async (test) => {
    if (!canAdopt(test) || !adoption) return
    assert.equal(await adoption.type('find'), ROUTER)
    await adoption.type('adopt')
    assert.equal(await adoption.foreignRows(), adoption.foreign)
    assert.deepEqual(await adoption.ownRowsInRouter(), [])
  })

  it('asks, which lets nothing pass', async (test) => {
    if (!canAdopt(test) || !adoption) return
    await adoption.type('ask')
    await adoption.settled(await adoption.variable('ID'))
    ours = await adoption.plugOurs(await adoption.variable('OFFICE'))
    const heard = await adoption.heard(ours)
    assert.equal(await adoption.passes(adoption.theirs, ours, ['-c', '3', '-W', '0.1']), false)
    assert.equal(await adoption.heard(ours), heard)
    assert.equal(await adoption.foreignRows(), adoption.foreign)
  })

  it('accepts; packets pass as far as the security group lets them', async (test) => {
    if (!canAdopt(test) || !adoption) return
    assert.match(await adoption.type('accept'), /^active\n/)
    await adoption.settled(await adoption.variable('ID'))
    const { theirs } = adoption
    const watched = adoption
    // What the server asks for is answered; who asks the server is kept out by its group, until there is a rule.
    await adoption.until(() => watched.passes(theirs, ours), 'the server is answered')
    assert.equal(await adoption.passes(ours, theirs, ['-c', '3', '-W', '0.1']), false)
    const rule = ['to-lport', '1002', `outport == @${GROUP} && ip4 && ip4.src == 10.200.0.0/16`]
    assert.equal(await adoption.foreignRows(), adoption.foreign)
    await adoption.ovn.nbctl('--wait=hv', '--type=port-group', 'acl-add', GROUP, ...rule, 'allow-related')
    adoption.foreign = await adoption.foreignRows()
    await adoption.assertReach(ours, theirs)
    const seen = await adoption.type('look')
    assert.match(seen, /10\.200\.0\.0\/16 +169\.254\.0\.1 dst-ip isthmus-accepter-/)
    assert.match(seen, /"reachable":true/)
  })

  it('lays its routes again where an update of the router takes them', async (test) => {
    if (!canAdopt(test) || !adoption) return
    const routes = await adoption.ownRows('Logical_Router_Static_Route')
    const [first = ''] = (await adoption.ownRowsInRouter()).filter((uuid) => routes.includes(uuid))
    await adoption.ovn.nbctl('--wait=hv', 'remove', 'Logical_Router', ROUTER, 'static_routes', first)
    await adoption.assertReach(ours, adoption.theirs)
    assert.equal(await adoption.foreignRows(), adoption.foreign)
  })

  it('ends it, and leaves nothing behind', async (test) => {
    if (!canAdopt(test) || !adoption) return
    await adoption.type('end')
    const watched = adoption
    await adoption.until(async () => (await watched.ownRowsInRouter()).length === 0, 'nothing is left')
    assert.equal(await adoption.passes(adoption.theirs, ours, ['-c', '3', '-W', '0.1']), false)
    assert.equal(await adoption.foreignRows(), adoption.foreign)
  })
})
