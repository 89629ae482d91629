import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hasOvn } from '../rig/ovn.ts'
import { Adoption, canAdopt, type ForeignNetwork, type Place } from './adoption.ts'

/** What the guide for Kube-OVN tells its reader to type, typed, against a real OVN. */

/**
 * A VPC of Kube-OVN's with a subnet, a pod, a static route and a policy, as it writes them.
 * Source: kubeovn/kube-ovn, `pkg/ovs/ovn-nb.go`, `ovn-nb-logical_router.go`, `ovn-nb-logical_switch_port.go` and
 * `pkg/controller/vpc.go`, master of 2025.
 */
const KUBE_OVN: ForeignNetwork = {
  router: 'shop',
  rows: [
    [
      ...['create', 'Logical_Router', 'name=shop', 'external_ids:vendor=kube-ovn'],
      'options:mac_binding_age_threshold=300',
      'options:dynamic_neigh_routers=true',
      'options:always_learn_from_arp_request=false',
    ],
    ['create', 'Logical_Switch', 'name=shop-net', 'external_ids:vendor=kube-ovn'],
    [
      ...['lrp-add', 'shop', 'shop-shop-net', '0a:58:0a:64:01:01', '10.100.1.1/24', '--'],
      ...[
        'set',
        'Logical_Router_Port',
        'shop-shop-net',
        'external_ids:lr=shop',
        'external_ids:vendor=kube-ovn',
      ],
      ...['--', 'lsp-add', 'shop-net', 'shop-net-shop', '--', 'lsp-set-type', 'shop-net-shop', 'router'],
      ...['--', 'lsp-set-addresses', 'shop-net-shop', 'router'],
      ...['--', 'lsp-set-options', 'shop-net-shop', 'router-port=shop-shop-net', '--'],
      ...[
        'set',
        'Logical_Switch_Port',
        'shop-net-shop',
        'external_ids:ls=shop-net',
        'external_ids:vendor=kube-ovn',
      ],
    ],
    [
      ...['lsp-add', 'shop-net', 'web.default', '--'],
      ...['lsp-set-addresses', 'web.default', '0a:58:0a:64:01:0a 10.100.1.10', '--'],
      ...[
        'set',
        'Logical_Switch_Port',
        'web.default',
        'external_ids:ls=shop-net',
        'external_ids:pod=default/web',
      ],
      ...['external_ids:vendor=kube-ovn', 'external_ids:associated_sg_default-securitygroup=false'],
    ],
    [
      ...[
        '--id=@route',
        'create',
        'Logical_Router_Static_Route',
        'ip_prefix=0.0.0.0/0',
        'nexthop=10.100.1.254',
      ],
      ...['policy=dst-ip', 'external_ids:vendor=kube-ovn', '--'],
      ...['add', 'Logical_Router', 'shop', 'static_routes', '@route'],
    ],
    [
      ...['--id=@policy', 'create', 'Logical_Router_Policy', 'priority=100', 'action=drop'],
      ...['match="ip4.dst == 10.99.0.0/16"', 'external_ids:vendor=kube-ovn', '--'],
      ...['add', 'Logical_Router', 'shop', 'policies', '@policy'],
    ],
  ],
  workload: {
    ifaceId: 'web.default',
    mac: '0a:58:0a:64:01:0a',
    addresses: ['10.100.1.10/24'],
    gateways: ['10.100.1.1'],
  },
}

describe('the guide for Kube-OVN', () => {
  let adoption: Adoption | null = null
  let ours: Place
  before(async () => {
    if (!hasOvn) return
    adoption = await Adoption.begin('docs/guides/kube-ovn.md', KUBE_OVN)
  })
  after(() => adoption?.end())

  /** As Kube-OVN's controller does it: those that its VPC does not have go, whosever they are. */
  const takePolicies = async ({ ovn }: Adoption) => {
    const [own, other] = await Promise.all([
      ovn.nbctl('--bare', '--columns=_uuid', 'find', 'Logical_Router_Policy', 'external_ids:vendor=kube-ovn'),
      ovn.nbctl('--bare', '--columns=policies', 'find', 'Logical_Router', 'name=shop'),
    ])
    const strangers = other.split(/\s+/).filter((uuid) => uuid !== '' && !own.includes(uuid))
    assert.ok(strangers.length > 0)
    await ovn.nbctl('--wait=hv', 'remove', 'Logical_Router', 'shop', 'policies', ...strangers)
  }

  it('finds the router, and adopts it without touching it', async (test) => {
    if (!canAdopt(test) || !adoption) return
    assert.equal(await adoption.type('find'), 'shop')
    await adoption.type('adopt')
    assert.equal(await adoption.foreignRows(), adoption.foreign)
    assert.deepEqual(await adoption.ownRowsInRouter(), [])
  })

  it('asks, which lets nothing pass, also where Kube-OVN takes the gate away', async (test) => {
    if (!canAdopt(test) || !adoption) return
    await adoption.type('ask')
    const id = await adoption.variable('ID')
    await adoption.settled(id)
    ours = await adoption.plugOurs(await adoption.variable('OFFICE'))
    assert.equal(await adoption.foreignRows(), adoption.foreign)
    await adoption.stopService()
    await takePolicies(adoption)
    const heard = await adoption.heard(adoption.theirs)
    const tries = ['-c', '3', '-W', '0.1']
    assert.equal(await adoption.passes(ours, adoption.theirs, tries), false)
    assert.equal(await adoption.heard(adoption.theirs), heard)
    // The control: it is the port being disabled that keeps them out.
    const port = `isthmus-accepter-${id}`
    await adoption.ovn.nbctl('--wait=hv', 'clear', 'Logical_Router_Port', port, 'enabled')
    const { theirs } = adoption
    const watched = adoption
    await adoption.until(async () => {
      await watched.passes(ours, theirs, tries)
      return (await watched.heard(theirs)) > heard
    }, 'something arrives')
    await adoption.startService()
    await adoption.until(
      async () => (await watched.ownRows('Logical_Router_Policy')).length === 4,
      'it is mended',
    )
    await adoption.until(async () => {
      const enabled = await watched.ovn.nbctl('--bare', 'get', 'Logical_Router_Port', port, 'enabled')
      return enabled.trim() === 'false'
    }, 'the port is disabled again')
    assert.equal(await adoption.foreignRows(), adoption.foreign)
  })

  it('accepts, and packets pass; Kube-OVN’s rows are as they were', async (test) => {
    if (!canAdopt(test) || !adoption) return
    assert.match(await adoption.type('accept'), /^active\n/)
    await adoption.settled(await adoption.variable('ID'))
    await adoption.assertReach(ours, adoption.theirs)
    assert.equal(await adoption.foreignRows(), adoption.foreign)
    const seen = await adoption.type('look')
    assert.match(seen, /10\.200\.0\.0\/16 +169\.254\.0\.1 dst-ip isthmus-accepter-/)
    assert.match(seen, /"reachable":true/)
  })

  it('lays again what Kube-OVN takes away', async (test) => {
    if (!canAdopt(test) || !adoption) return
    const watched = adoption
    await takePolicies(adoption)
    await adoption.until(
      async () => (await watched.ownRows('Logical_Router_Policy')).length === 4,
      'it is mended',
    )
    await adoption.ovn.nbctl('--wait=hv', 'lr-route-del', 'shop', '10.200.0.0/16')
    await adoption.assertReach(ours, adoption.theirs)
    assert.equal(await adoption.foreignRows(), adoption.foreign)
  })

  it('ends it, and leaves nothing behind', async (test) => {
    if (!canAdopt(test) || !adoption) return
    await adoption.type('end')
    const watched = adoption
    await adoption.until(async () => (await watched.ownRowsInRouter()).length === 0, 'nothing is left')
    assert.equal(await adoption.passes(ours, adoption.theirs, ['-c', '3', '-W', '0.1']), false)
    assert.equal(await adoption.foreignRows(), adoption.foreign)
  })
})
