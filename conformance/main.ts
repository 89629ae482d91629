import { randomBytes } from 'node:crypto'
import { parseArguments } from './arguments.ts'
import { HELP } from './help.ts'
import { type OwnServer, startOwnServer } from './own-server.ts'
import { table } from './report.ts'
import type { Row } from './runner.ts'
import { settingsOf, UsageError } from './settings.ts'
import { TARGETS } from './targets/index.ts'
import { runTerraform } from './terraform.ts'

/** What a vendor's protocol should answer, asked of whoever speaks it: see `--help`. */

/** 0 all as expected, or nothing that could be run; 1 something differs; 2 asked wrongly, or lacking what is required. */
async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2), process.env)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  let server: OwnServer | null = null
  const own = async () => {
    server ??= await startOwnServer()
    return server
  }
  const rows: Row[] = []
  try {
    for (const { name, run } of TARGETS.filter(({ name }) => options.targets.includes(name))) {
      const given = options.given(name)
      const elsewhere = given.endpoint !== undefined || Object.keys(given.endpoints ?? {}).length > 0
      const settings = settingsOf(
        name,
        elsewhere ? given : (await own()).given(name),
        randomBytes(3).toString('hex'),
      )
      const waitMs = (options.waitSeconds ?? (elsewhere ? 60 : 2)) * 1000
      const onRow = () => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${name}: ${rows.length}`)
      rows.push(...(await run(settings, { waitMs, signal: stop.signal, onRow })))
    }
    if (options.targets.includes('terraform')) {
      rows.push(...(await runTerraform(own, { env: process.env, signal: stop.signal })))
    }
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    await (server as OwnServer | null)?.stop()
  }
  process.stdout.write(options.json ? `${JSON.stringify(rows)}\n` : table(rows))
  if (stop.signal.aborted || rows.some(({ outcome }) => outcome === 'differs')) return 1
  return options.required && rows.some(({ outcome }) => outcome === 'skipped') ? 2 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`isthmus conformance: ${(error as Error).message}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
