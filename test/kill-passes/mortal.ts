import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startDyingWire } from '../../src/adapters/data-plane/ovn/ovn.fixtures.ts'
import { NETWORKS, overOvn } from '../rig/networks.ts'
import { startOvn } from '../rig/ovn.ts'
import { Site, until } from '../rig/site.ts'

/** A service that can be told after how many more changes of the network it is to be killed. */
export interface Mortal {
  readonly site: Site
  /** How many changes apart two deaths are, so that some tens of them do not take minutes; see `kill-passes.test.ts`. */
  readonly stride: number
  /** From now on; Infinity: not at all. */
  live(steps: number): Promise<void>
  /** Starts it again, now that it has been killed, to live for ever. */
  revive(): Promise<void>
  dispose(): Promise<void>
}

const REPLACE_KERNEL = new URL('./replace-kernel.ts', import.meta.url).href

/** By a kernel, in the service's own process, that kills it. */
async function overNamespaces(): Promise<Mortal> {
  const network = await NETWORKS['network namespaces']?.open()
  if (!network) throw new Error('there are no network namespaces')
  const site = await Site.open(network, ['--import', REPLACE_KERNEL])
  return {
    site,
    stride: 2,
    async live(steps) {
      const file = join(site.directory, 'steps-to-live')
      writeFileSync(file, String(steps))
      const { process } = site
      const isDead = () => process.exitCode !== null || process.signalCode !== null
      process.kill('SIGUSR2')
      // Its time may be up before it hears of more.
      await until(() => !existsSync(file) || isDead(), 'the service knows how long it has to live')
    },
    async revive() {
      await site.kill()
      await site.start()
    },
    dispose: () => site.dispose(),
  }
}

/** By a wire before the northbound database: it withholds the answer to the last write, and kills who waits for it. */
async function overDatabases(): Promise<Mortal> {
  const ovn = await startOvn()
  let service: Site | null = null
  const wire = await startDyingWire(ovn.northbound, () => service?.process.kill('SIGKILL'))
  // The service looks for the southbound database beside the northbound one.
  const pathOf = (address: string) => address.replace(/^unix:/, '')
  symlinkSync(pathOf(ovn.southbound), join(dirname(pathOf(wire.address)), 'sb.sock'))
  const site = await Site.open(overOvn(ovn, wire.address))
  service = site
  return {
    site,
    stride: 1,
    live: async (steps) => wire.live(steps),
    async revive() {
      await site.kill()
      wire.live(Number.POSITIVE_INFINITY)
      await site.start()
    },
    async dispose() {
      await site.dispose()
      await wire.close()
    },
  }
}

/** By the names of the networks. */
export const MORTALS: Readonly<Record<string, () => Promise<Mortal>>> = {
  'network namespaces': overNamespaces,
  OVN: overDatabases,
}
