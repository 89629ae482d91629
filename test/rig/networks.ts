import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { SHOW_ENDS } from '../../src/adapters/data-plane/netns/end.ts'
import { openKernel } from '../../src/adapters/data-plane/netns/kernel.ts'
import { vpcNamespace } from '../../src/adapters/data-plane/netns/names.ts'
import { dumpOf } from '../../src/adapters/data-plane/netns/netns.fixtures.ts'
import { endName } from '../../src/adapters/data-plane/ovn/names.ts'
import { OWNED_TABLES } from '../../src/adapters/data-plane/ovn/rows.ts'
import { peeringId, vpcId } from '../../src/domain/identity.ts'
import { hasOvn, OVN_NEEDS, type Ovn, startOvn } from './ovn.ts'

const run = promisify(execFile)

/** A port as the native API answers it. */
export interface PortBody {
  readonly id: string
  readonly address: string
  readonly addresses: readonly string[]
  readonly prefixLength: number
  readonly mac: string
  readonly gateway: string
  readonly attach:
    | { readonly netns: { readonly namespace: string } }
    | { readonly ovn: { readonly ifaceId: string } }
    | null
}

/** A network for a service to drive. */
export interface NetworkRig {
  /** Options of `isthmus serve`. */
  readonly args: readonly string[]
  /** How long packets may go on by flows that a switch remembers, once it has said that it has taken up what is new. */
  readonly lingeringMs: number
  /** Has a workload live at a port; answers its namespace. `ipv6`: its gateway and length, where it has such an address. */
  plug(
    port: PortBody,
    vpc: string,
    ipv6?: { readonly gateway: string; readonly length: number },
  ): Promise<string>
  /** Takes the workload away, where the driver does not. */
  unplug(namespace: string): Promise<void>
  /** A part of a peering without which nothing passes, and a way to take it away; null: it is not there. */
  part(peering: string, vpc: string): Promise<{ readonly id: string; take(): Promise<unknown> } | null>
  /** The peerings that there is anything of in the network. */
  links(): Promise<readonly string[]>
  /** All that is in the network, in an order of its own, without what changes by itself. */
  dump(): Promise<string>
  /** What is left of the service's in the network. */
  remains(): Promise<readonly string[]>
  dispose(): Promise<void>
}

async function openNetns(): Promise<NetworkRig> {
  // There may be others on this machine.
  const mine = new Set<string>()
  const routers = new Set<string>()
  const remains = async () => readdirSync('/run/netns').filter((name) => mine.has(name))
  const present = async (among: ReadonlySet<string>) =>
    (await remains()).filter((name) => among.has(name)).sort()
  return {
    args: ['--dataplane', 'netns'],
    lingeringMs: 0,
    async plug({ attach }, vpc) {
      assert.ok(attach && 'netns' in attach)
      const router = vpcNamespace(vpcId(vpc))
      routers.add(router)
      mine.add(router).add(attach.netns.namespace)
      return attach.netns.namespace
    },
    unplug: async () => {},
    async part(_, vpc) {
      const namespace = vpcNamespace(vpcId(vpc))
      const [{ ifname, ifindex } = {}] = await devicesIn(namespace)
      return ifname === undefined
        ? null
        : { id: String(ifindex), take: () => run('ip', ['-n', namespace, 'link', 'del', ifname]) }
    },
    async links() {
      const found = await Promise.all(
        (await present(routers)).map(async (namespace) => {
          const aliases = (await devicesIn(namespace)).map(({ ifalias }) => ifalias ?? '')
          const { stdout } = await run('ip', ['netns', 'exec', namespace, 'nft', 'list', 'ruleset', 'inet'])
          return [...aliases, stdout].join('\n')
        }),
      )
      return idsIn(found.join('\n'), /isthmus:([0-9a-f-]{36})/g)
    },
    async dump() {
      const names = await present(mine)
      return (await Promise.all(names.map(async (name) => `${name}\n${await dumpOf(name)}`))).join('\n')
    },
    remains,
    async dispose() {
      for (const name of await remains()) await run('ip', ['netns', 'delete', name])
    },
  }
}

/** The ends of peerings in a namespace. */
async function devicesIn(
  namespace: string,
): Promise<{ readonly ifname?: string; readonly ifindex?: number; readonly ifalias?: string }[]> {
  const found = SHOW_ENDS.map(async (line) => {
    const { stdout } = await run('ip', ['-j', '-n', namespace, ...line.split(' ')])
    return (JSON.parse(stdout) as { ifname?: string }[]).filter(({ ifname }) => ifname !== undefined)
  })
  return (await Promise.all(found)).flat()
}

const idsIn = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([, id = '']) => id)),
]

/** Over an OVN that has been started; the service may be given another way to its northbound database. */
export function overOvn(ovn: Ovn, northbound = ovn.northbound): NetworkRig {
  const [host = ''] = ovn.hosts
  return {
    args: ['--dataplane', 'ovn', '--ovn-nb', northbound],
    lingeringMs: 50,
    async plug({ id, address, addresses, prefixLength, mac, gateway, attach }, _, ipv6) {
      assert.ok(attach && 'ovn' in attach)
      const { ifaceId } = attach.ovn
      assert.deepEqual(attach, { ovn: { ifaceId, mac, address } })
      const namespace = `it-${host}-${id.slice(-6)}`
      await ovn.plug(host, {
        namespace,
        ifaceId,
        mac,
        addresses: addresses.map((each) => `${each}/${each.includes(':') ? ipv6?.length : prefixLength}`),
        gateways: ipv6 ? [gateway, ipv6.gateway] : [gateway],
      })
      return namespace
    },
    unplug: (namespace) => ovn.unplug(host, namespace),
    async part(peering) {
      const name = endName(peeringId(peering), 'requester')
      const id = await ovn.nbctl('--bare', '--columns=_uuid', 'find', 'Logical_Router_Port', `name="${name}"`)
      return id === '' ? null : { id, take: () => ovn.nbctl('lrp-del', name) }
    },
    async links() {
      const marked = [
        'Logical_Router_Port',
        'Logical_Router_Static_Route',
        'Logical_Router_Policy',
        'Address_Set',
      ]
      const rows = await Promise.all(
        marked.map((table) => ovn.nbctl('--bare', '--columns=external_ids', 'list', table)),
      )
      return idsIn(rows.join('\n'), /peering=([0-9a-f-]{36})/g)
    },
    async dump() {
      const tables = await Promise.all(
        OWNED_TABLES.map(async (table) => {
          const shown = JSON.parse(await ovn.nbctl('--format=json', 'list', table)) as { data: unknown[] }
          return shown.data.map((row) => `${table} ${JSON.stringify(row)}`)
        }),
      )
      return tables.flat().sort().join('\n')
    },
    async remains() {
      const rows = await Promise.all(
        ['Logical_Router', 'Logical_Switch', 'Address_Set'].map((table) =>
          ovn.nbctl('--bare', '--columns=name', 'list', table),
        ),
      )
      return rows
        .join('\n')
        .split('\n')
        .filter((name) => name !== '')
    },
    dispose: () => ovn.dispose(),
  }
}

const lackingKernel = await openKernel().then(
  (kernel) => kernel.close().then(() => null),
  (error: Error) => error.message,
)

/** Every network that carries packets, and what this machine lacks for it; null: nothing. */
export const NETWORKS: Readonly<
  Record<string, { readonly lacking: string | null; open(): Promise<NetworkRig> }>
> = {
  'network namespaces': { lacking: lackingKernel, open: openNetns },
  OVN: { lacking: hasOvn ? null : OVN_NEEDS, open: async () => overOvn(await startOvn()) },
}
