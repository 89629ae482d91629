import type { PeeringId, VpcId } from '../domain/identity.ts'
import type { DataPlane, Proof } from '../ports/data-plane.ts'
import type { Telemetry } from '../ports/telemetry.ts'

type Touched = Parameters<Parameters<DataPlane['watch']>[0]>[0]

/**
 * `dataPlane`, telling what was proven and what drifted. What is known of a peering's proof is known where the peering is
 * reconciled, which all of them are in turn: `leads` says whether that is here. There are never more of them than the
 * network holds links.
 */
export function watchDataPlane(dataPlane: DataPlane, telemetry: Telemetry, leads: () => boolean): DataPlane {
  const proofs = new ProofBoard(telemetry, leads)
  const drifted = new Set<string>()
  const found = (what: NonNullable<Touched>) => {
    const key = keyOf(what)
    if (drifted.has(key)) return
    drifted.add(key)
    telemetry.driftFound.add()
  }
  const mended = (what: NonNullable<Touched>) => {
    if (drifted.delete(keyOf(what))) telemetry.driftMended.add()
  }
  return {
    name: dataPlane.name,
    async realizeNetwork(vpc, wanted) {
      await dataPlane.realizeNetwork(vpc, wanted)
      mended({ vpc })
    },
    async realizeLink(peering, wanted) {
      await dataPlane.realizeLink(peering, wanted)
      mended({ peering })
    },
    async prove(peering, wanted) {
      const proof = await dataPlane.prove(peering, wanted)
      proofs.post(peering, proof.kind, wanted === null)
      return proof
    },
    watch: (onDrift) =>
      dataPlane.watch((what) => {
        if (what) found(what)
        onDrift(what)
      }),
    attachmentOf: (port) => dataPlane.attachmentOf(port),
    observe: () => dataPlane.observe(),
    ping: () => dataPlane.ping(),
    close: () => dataPlane.close(),
  }
}

function keyOf(what: { readonly vpc: VpcId } | { readonly peering: PeeringId }): string {
  return 'vpc' in what ? `vpc ${what.vpc}` : `peering ${what.peering}`
}

/** What the last proof of each peering came to. */
class ProofBoard {
  readonly #telemetry: Telemetry
  /** By outcome, each peering with when, in the order in which they were made: the first is the oldest. */
  readonly #boards: Record<Proof['kind'], Map<PeeringId, number>> = {
    proven: new Map(),
    'not-provable': new Map(),
    failed: new Map(),
    unconfirmed: new Map(),
  }

  constructor(telemetry: Telemetry, leads: () => boolean) {
    this.#telemetry = telemetry
    for (const kind of Object.keys(this.#boards) as Proof['kind'][]) {
      telemetry.provenPeerings[kind].from(() => (leads() ? this.#boards[kind].size : this.#forget()))
    }
    telemetry.oldestProof.from(() => (leads() ? this.#oldestSeconds() : 0))
  }

  post(peering: PeeringId, kind: Proof['kind'], gone: boolean): void {
    this.#telemetry.proofs[kind].add()
    for (const board of Object.values(this.#boards)) board.delete(peering)
    if (!(gone && kind === 'proven')) this.#boards[kind].set(peering, performance.now())
  }

  #oldestSeconds(): number {
    const [oldestAtMs] = this.#boards.proven.values()
    return oldestAtMs === undefined ? 0 : (performance.now() - oldestAtMs) / 1000
  }

  /** Who no longer reconciles knows nothing any more. */
  #forget(): 0 {
    for (const board of Object.values(this.#boards)) board.clear()
    return 0
  }
}
