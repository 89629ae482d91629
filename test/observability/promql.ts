import { parser } from '@prometheus-io/lezer-promql'

/** What an expression asks of one metric. */
export interface Selector {
  readonly metric: string
  readonly matchers: readonly { readonly label: string; readonly op: string; readonly value: string }[]
}

/** An expression of PromQL: the metrics it names, with their matchers, and the labels it groups by. Throws where it is none. */
export function readPromql(expression: string): { selectors: Selector[]; groupings: string[] } {
  const selectors: { metric: string; matchers: Selector['matchers'][number][] }[] = []
  const groupings: string[] = []
  const text = ({ from, to }: { from: number; to: number }) => expression.slice(from, to)
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${expression}`)
      if (node.name === 'VectorSelector') {
        const name = node.node.getChild('Identifier')
        if (!name) throw new Error(`a selector without a metric: ${text(node)}`)
        selectors.push({ metric: text(name), matchers: [] })
      }
      if (node.name === 'UnquotedLabelMatcher') {
        const [label, op, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((kind) => {
          const child = node.node.getChild(kind)
          if (!child) throw new Error(`a matcher without ${kind}: ${text(node)}`)
          return text(child)
        }) as [string, string, string]
        selectors.at(-1)?.matchers.push({ label, op, value: JSON.parse(value) as string })
      }
      if (node.name === 'GroupingLabels') {
        groupings.push(...node.node.getChildren('LabelName').map((label) => text(label)))
      }
    },
  })
  return { selectors, groupings }
}
