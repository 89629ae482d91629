import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { coveragePage } from './coverage.ts'

/** Writes `docs/coverage.md` anew from what the code says. A test fails while the two differ. */
writeFileSync(join(dirname(import.meta.dirname), 'docs', 'coverage.md'), coveragePage())
