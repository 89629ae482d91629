import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import type { CSSProperties } from 'react'
import { type GraphVpc, hueOf, titleOf } from './graph.ts'

export type VpcNode = Node<{ readonly vpc: GraphVpc; readonly faded: boolean }, 'vpc'>

/** A VPC in the picture: what it is called, whose it is, and its addresses. */
export function VpcCard({ data: { vpc, faded }, selected }: NodeProps<VpcNode>) {
  const style = { '--hue': hueOf(vpc.tenant?.id ?? '') } as CSSProperties
  return (
    <div
      className={`vpc-card ${selected ? 'vpc-card-chosen' : ''} ${faded ? 'vpc-card-faded' : ''}`}
      style={style}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <strong className="vpc-card-name">{titleOf(vpc)}</strong>
      <span className="vpc-card-tenant">{vpc.tenant?.name}</span>
      <code className="vpc-card-addresses">{vpc.cidrs.join(' ')}</code>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}
