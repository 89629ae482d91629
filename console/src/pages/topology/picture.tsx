import {
  type ColorMode,
  Controls,
  type Edge,
  MarkerType,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useStore as useFlow,
  useReactFlow,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useMemo } from 'react'
import { useMessages } from '../../i18n/index.ts'
import { around, type Graph, hueOf, titleOf } from './graph.ts'
import { CARD, type Positions, usePositions } from './layout.ts'
import { VpcCard, type VpcNode } from './vpc-card.tsx'

const NODE_TYPES = { vpc: VpcCard }
const ASPECT_RATIO = 1.6
/** Smaller than this, names are all that can be read. */
const FAR_ZOOM = 0.6
const ZOOM = { min: 0.04, max: 1.6 }
const GLIDE_MS = 250

interface PictureProps {
  readonly graph: Graph
  readonly chosen: string | null
  readonly onChoose: (vpc: string | null) => void
}

export function Picture(props: PictureProps) {
  const { t } = useMessages()
  const positions = usePositions(props.graph, ASPECT_RATIO)
  if (!positions) return <p className="soft">{t.topology.drawing}</p>
  return (
    <ReactFlowProvider>
      <Canvas {...props} positions={positions} />
    </ReactFlowProvider>
  )
}

function Canvas({ graph, chosen, onChoose, positions }: PictureProps & { readonly positions: Positions }) {
  const { t } = useMessages()
  const far = useFlow(({ transform }) => transform[2] < FAR_ZOOM)
  const flow = useReactFlow()
  const near = useMemo(() => (chosen === null ? null : around(graph, chosen)), [graph, chosen])
  const nodes = useMemo(() => nodesOf(graph, positions, chosen, near), [graph, positions, chosen, near])
  const edges = useMemo(() => edgesOf(graph, near, t.topology.links), [graph, near, t])
  useEffect(() => {
    const ids = near?.vpcs.map(({ id }) => ({ id }))
    // Also when everything was laid out anew.
    if (positions.size > 0)
      void flow.fitView({ ...(ids && { nodes: ids }), duration: GLIDE_MS, maxZoom: 1, padding: 0.12 })
  }, [near, flow, positions])
  return (
    <div className={`topology-picture ${far ? 'topology-far' : ''}`}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        colorMode={'system' as ColorMode}
        minZoom={ZOOM.min}
        maxZoom={ZOOM.max}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        aria-label={t.nav.topology}
        onNodeClick={(_event, { id }) => onChoose(id)}
        onNodesChange={(changes) => {
          // Enter on a card that has the focus.
          for (const change of changes) if (change.type === 'select' && change.selected) onChoose(change.id)
        }}
        onPaneClick={() => onChoose(null)}
      >
        <Controls showInteractive={false} />
        <MiniMap
          pannable
          zoomable
          ariaLabel={t.topology.map}
          nodeColor={({ data }) => colourOf(data as VpcNode['data'])}
        />
      </ReactFlow>
    </div>
  )
}

const colourOf = ({ vpc }: VpcNode['data']) => `oklch(0.65 0.09 ${hueOf(vpc.tenant?.id ?? '')})`

function nodesOf(graph: Graph, positions: Positions, chosen: string | null, near: Graph | null): VpcNode[] {
  const bright = near && new Set(near.vpcs.map(({ id }) => id))
  return graph.vpcs.flatMap((vpc) => {
    const position = positions.get(vpc.id)
    if (!position) return []
    const faded = bright !== null && !bright.has(vpc.id)
    const label = `${titleOf(vpc)}, ${vpc.tenant?.name ?? ''}, ${vpc.cidrs.join(' ')}`
    return [
      {
        ...{ id: vpc.id, type: 'vpc' as const, position, ...CARD },
        selected: vpc.id === chosen,
        ariaLabel: label,
        data: { vpc, faded },
      },
    ]
  })
}

function edgesOf(graph: Graph, near: Graph | null, words: Readonly<Record<string, string>>): Edge[] {
  const bright = near && new Set(near.peerings.map(({ id }) => id))
  return graph.peerings.map(({ id, name, requester, accepter, link }) => ({
    ...{ id, source: requester, target: accepter },
    className: `line line-${link} ${bright && !bright.has(id) ? 'line-faded' : ''}`,
    markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--line-strong)' },
    ariaLabel: `${name}: ${words[link]}`,
    focusable: false,
  }))
}
