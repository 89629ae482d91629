import ELK from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { useEffect, useState } from 'react'
import type { Graph } from './graph.ts'

/** Of a VPC's card, pixels; `topology.css` has the same. */
export const CARD = { width: 208, height: 74 }

export type Positions = ReadonlyMap<string, { readonly x: number; readonly y: number }>

/** Whoever asks stands left of whoever is asked. What is not connected is laid beside each other. */
const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.separateConnectedComponents': 'true',
  'elk.spacing.componentComponent': '56',
  'elk.spacing.nodeNode': '22',
  'elk.layered.spacing.nodeNodeBetweenLayers': '150',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}

/**
 * Where each VPC is drawn; null until it is known. It is worked out in a thread of its own, and anew only where VPCs or
 * lines have come or gone: what merely changes its colour stays where it is.
 */
export function usePositions({ vpcs, peerings }: Graph, aspectRatio: number): Positions | null {
  const [positions, setPositions] = useState<Positions | null>(null)
  const shape = JSON.stringify([
    vpcs.map(({ id }) => id),
    peerings.map(({ requester, accepter }) => [requester, accepter]),
  ])
  useEffect(() => {
    const [ids, lines] = JSON.parse(shape) as [string[], [string, string][]]
    const elk = new ELK({ workerFactory: () => new Worker(workerUrl) })
    let wanted = true
    const graph = {
      id: 'all',
      layoutOptions: { ...OPTIONS, 'elk.aspectRatio': String(aspectRatio) },
      children: ids.map((id) => ({ id, ...CARD })),
      edges: lines.map(([from, to], index) => ({ id: `line-${index}`, sources: [from], targets: [to] })),
    }
    void elk.layout(graph).then(({ children = [] }) => {
      if (wanted) setPositions(new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x, y }])))
    })
    return () => {
      wanted = false
      elk.terminateWorker()
    }
  }, [shape, aspectRatio])
  return positions
}
