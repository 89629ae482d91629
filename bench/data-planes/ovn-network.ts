import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endName, routerName } from '../../src/adapters/data-plane/ovn/names.ts'
import { peeringId, vpcId } from '../../src/domain/identity.ts'
import { type Ovn, startOvn } from '../../test/rig/ovn.ts'
import type { BenchNetwork, PortBody, Site } from './network.ts'

const [ONE, OTHER] = ['byhand-one', 'byhand-other']

/** An OVN of the benchmark's own; `quietMs`: for how long northd must have had nothing to do for it to be settled. */
export async function openOvnNetwork(quietMs: number): Promise<OvnNetwork> {
  return new OvnNetwork(await startOvn(), quietMs)
}

export class OvnNetwork implements BenchNetwork {
  readonly args: readonly string[]
  readonly ovn: Ovn
  readonly #quietMs: number

  constructor(ovn: Ovn, quietMs: number) {
    this.ovn = ovn
    this.#quietMs = quietMs
    this.args = ['--dataplane', 'ovn', '--ovn-nb', ovn.northbound]
  }

  async plug({ id, address, prefixLength, mac, gateway, attach }: PortBody): Promise<string> {
    if (!attach || !('ovn' in attach)) throw new Error(`nothing can be plugged into ${id}`)
    const [host = ''] = this.ovn.hosts
    const namespace = `bench-${host}-${id.slice(-6)}`
    const { ifaceId } = attach.ovn
    const addresses = [`${address}/${prefixLength}`]
    await this.ovn.plug(host, { namespace, ifaceId, mac, addresses, gateways: [gateway] })
    return namespace
  }

  async layByHand(one: Site, other: Site): Promise<void> {
    const [here, there] = [routerName(vpcId(one.vpc)), routerName(vpcId(other.vpc))]
    await this.#together([
      ['lrp-add', here, ONE, '02:03:00:00:00:01', '169.254.0.1/32', `peer=${OTHER}`],
      ['lrp-add', there, OTHER, '02:03:00:00:00:02', '169.254.0.2/32', `peer=${ONE}`],
      ['lr-route-add', here, other.cidr, '169.254.0.2', ONE],
      ['lr-route-add', there, one.cidr, '169.254.0.1', OTHER],
    ])
  }

  async removeByHand(one: Site, other: Site): Promise<void> {
    await this.#together([
      ['lrp-del', ONE],
      ['lrp-del', OTHER],
      ['lr-route-del', routerName(vpcId(one.vpc)), other.cidr],
      ['lr-route-del', routerName(vpcId(other.vpc)), one.cidr],
    ])
  }

  async partsOf(peering: string): Promise<readonly string[]> {
    const rows = await this.ovn.nbctl(
      '--bare',
      '--columns=_uuid',
      'find',
      'Logical_Router_Port',
      `external_ids:peering=${peering}`,
    )
    return rows
      .split(/\s+/)
      .filter((id) => id !== '')
      .sort()
  }

  async damage(peering: string): Promise<void> {
    await this.ovn.nbctl('lrp-del', endName(peeringId(peering), 'requester'))
  }

  async settle(): Promise<void> {
    const pid = readFileSync(join(dirname(this.ovn.northbound.replace('unix:', '')), 'northd.pid'), 'utf8')
    for (let [spent, sinceMs] = [-1, performance.now()]; performance.now() - sinceMs < this.#quietMs; ) {
      const now = processorTicks(Number(pid))
      if (now > spent) [spent, sinceMs] = [now, performance.now()]
      await sleep(50)
    }
  }

  dispose(): Promise<void> {
    return this.ovn.dispose()
  }

  async #together(lines: readonly (readonly string[])[]): Promise<void> {
    await this.ovn.nbctl('--wait=hv', ...lines.flatMap((line) => ['--', ...line]))
  }
}

/** What a process has had of the processors. Source: proc(5), /proc/PID/stat. */
function processorTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}
