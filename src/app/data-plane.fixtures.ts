import type { WantedLink, WantedNetwork } from '../domain/realization.ts'
import { type DataPlane, DataPlaneUnavailableError, type Proof } from '../ports/data-plane.ts'

/** A network in memory that does as it is told, unless a test says otherwise. */
export class MemoryDataPlane implements DataPlane {
  readonly name = 'netns'
  readonly links = new Map<string, WantedLink>()
  readonly networks = new Map<string, WantedNetwork>()
  proof: Proof = { kind: 'proven' }
  down: string | null = null

  async realizeNetwork(vpc: string, wanted: WantedNetwork | null) {
    this.#take(this.networks, vpc, wanted)
  }
  async realizeLink(peering: string, wanted: WantedLink | null) {
    this.#take(this.links, peering, wanted)
  }
  #take<T>(things: Map<string, T>, id: string, wanted: T | null) {
    if (this.down !== null) throw new DataPlaneUnavailableError(this.down)
    if (wanted === null) things.delete(id)
    else things.set(id, wanted)
  }
  attachmentOf = async () => null
  prove = async () => this.proof
  observe = async () => ({ networks: [], links: [] })
  watch() {}
  ping = async () => {}
  close = async () => {}
}
