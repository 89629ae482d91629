import { parseArgs } from 'node:util'
import { runDataPlanes } from './data-planes.ts'
import { runNetworks } from './networks.ts'
import { runPostgres } from './postgres.ts'
import { type Figure, table } from './report.ts'
import { type BenchOptions, runEngine } from './workloads.ts'

/** Every benchmark, by name. */
const SUITES: Readonly<Record<string, (options: BenchOptions) => AsyncGenerator<Figure>>> = {
  engine: runEngine,
  networks: runNetworks,
  postgres: runPostgres,
  'data-planes': runDataPlanes,
}

const HELP = `npm run bench: ratios against a yardstick that is measured in the same run

Usage: npm run bench -- [SUITE...] [--smoke] [--json] [--peerings N] [--rounds N] [--round-seconds N]
                        [--vpcs N] [--cycles N]

  SUITE              which: ${Object.keys(SUITES).join(', ')} [all]
  --smoke            short rounds and a small store: shows that the benchmarks run, and no more
  --json             print the figures as JSON only (they always follow the table)
  --peerings N       how many peerings the large store holds [1000000]
  --rounds N         pairs of rounds, of which the median is taken [5]
  --round-seconds N  how long each round is [3]
  --vpcs N           VPCs, and peerings, of others on a data plane [1000]
  --cycles N         how often a peering is accepted and deleted there [100]
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h' },
    smoke: { type: 'boolean' },
    json: { type: 'boolean' },
    peerings: { type: 'string' },
    rounds: { type: 'string' },
    'round-seconds': { type: 'string' },
    vpcs: { type: 'string' },
    cycles: { type: 'string' },
  },
})

const unknown = positionals.find((name) => !Object.hasOwn(SUITES, name))
if (values.help) process.stdout.write(HELP)
else if (unknown !== undefined) {
  process.stderr.write(`there is no suite '${unknown}': ${Object.keys(SUITES).join(', ')}\n`)
  process.exitCode = 2
} else {
  const figures: Figure[] = []
  const options = {
    small: 1_000,
    large: Number(values.peerings ?? (values.smoke ? 5_000 : 1_000_000)),
    rounds: Number(values.rounds ?? (values.smoke ? 1 : 5)),
    roundMs: Number(values['round-seconds'] ?? (values.smoke ? 0.3 : 3)) * 1000,
    vpcs: Number(values.vpcs ?? (values.smoke ? 20 : 1_000)),
    cycles: Number(values.cycles ?? (values.smoke ? 2 : 100)),
    onProgress: (text: string) => process.stderr.write(`${text}\n`),
  }
  for (const [name, run] of Object.entries(SUITES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    for await (const figure of run(options)) figures.push(figure)
  }
  if (!values.json) process.stdout.write(`${table(figures)}\n\n`)
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
