import { parseArgs } from 'node:util'
import { type Figure, table } from './report.ts'
import { runAll } from './workloads.ts'

const HELP = `npm run bench: ratios against a yardstick that is measured in the same run

Usage: npm run bench -- [--smoke] [--json] [--peerings N] [--rounds N] [--round-seconds N]

  --smoke            short rounds and a small store: shows that the benchmarks run, and no more
  --json             print the figures as JSON only (they always follow the table)
  --peerings N       how many peerings the large store holds [1000000]
  --rounds N         pairs of rounds, of which the median is taken [5]
  --round-seconds N  how long each round is [3]
`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    smoke: { type: 'boolean' },
    json: { type: 'boolean' },
    peerings: { type: 'string' },
    rounds: { type: 'string' },
    'round-seconds': { type: 'string' },
  },
})

if (values.help) process.stdout.write(HELP)
else {
  const figures: Figure[] = []
  const options = {
    small: 1_000,
    large: Number(values.peerings ?? (values.smoke ? 5_000 : 1_000_000)),
    rounds: Number(values.rounds ?? (values.smoke ? 1 : 5)),
    roundMs: Number(values['round-seconds'] ?? (values.smoke ? 0.3 : 3)) * 1000,
    onProgress: (text: string) => process.stderr.write(`${text}\n`),
  }
  for await (const figure of runAll(options)) figures.push(figure)
  if (!values.json) process.stdout.write(`${table(figures)}\n\n`)
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
