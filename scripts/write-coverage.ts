import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiTypes } from './api-types.ts'
import { cliReference } from './cli-reference.ts'
import { coveragePage } from './coverage.ts'
import { METRICS_TABLE, metricsTable } from './metrics-table.ts'

/** Writes anew what is made from the code: pages of the documentation, and the types of the console's calls. A test fails while they differ. */
writeFileSync(join(dirname(import.meta.dirname), 'docs', 'coverage.md'), coveragePage())
writeFileSync(join(dirname(import.meta.dirname), 'docs', 'cli.md'), await cliReference())
writeFileSync(join(dirname(import.meta.dirname), 'console', 'src', 'api', 'schema.ts'), await apiTypes())

const operating = join(dirname(import.meta.dirname), 'docs', 'operating.md')
writeFileSync(
  operating,
  readFileSync(operating, 'utf8').replace(
    METRICS_TABLE,
    (_all, begin: string, end: string) => begin + metricsTable() + end,
  ),
)
