import { createMetrics } from '../src/server/metrics.ts'

/** Where in `docs/operating.md` the table is. */
export const METRICS_TABLE = /(<!-- metrics: npm run docs -->\n)[\s\S]*?(\n<!-- \/metrics -->)/

/** Every metric of our own as a table, from what the service itself says of them. */
export function metricsTable(): string {
  const rows = createMetrics()
    .describe()
    .filter(({ name }) => name.startsWith('isthmus_'))
    .map(({ name, type, labels, help }) => {
      const by = labels.map((label) => `\`${label}\``).join(', ')
      return `| \`${name}\` | ${type} | ${by} | ${help.replaceAll('|', '\\|')} |`
    })
  return ['| metric | type | labels | what it says |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
