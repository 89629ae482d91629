import { UsageError } from '../server/options.ts'
import type { Command } from './command.ts'

/** Every command, loaded when it is asked for: what serves need not hold what copies. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  demo: async () => (await import('./commands/demo.ts')).demo,
  migrate: async () => (await import('./commands/migrate.ts')).migrate,
  backup: async () => (await import('./commands/backup.ts')).backup,
  restore: async () => (await import('./commands/restore.ts')).restore,
  copy: async () => (await import('./commands/copy.ts')).copy,
}

/** 0 asked to stop, or done; 1 failed; 2 asked wrongly. */
async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.() : undefined
  if (!command) {
    const asked = name === '' || name === 'help' || name === '--help' || name === '-h'
    process[asked ? 'stdout' : 'stderr'].write(
      asked ? await overview() : `isthmus: no command '${name}'; see isthmus --help\n`,
    )
    return asked && name !== '' ? 0 : 2
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(command.help())
    return 0
  }
  try {
    return await command.run(args)
  } catch (error) {
    process.stderr.write(`isthmus ${name}: ${(error as Error).message}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}

async function overview(): Promise<string> {
  const rows = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(10)}${(await load()).about}`),
  )
  return `isthmus: VPC peering as a service\n\nUsage: isthmus COMMAND [OPTIONS]\n\n${rows.join('\n')}\n\nisthmus COMMAND --help says more.\n`
}

// Not by running out of work: that takes the signal handlers away first, and a second SIGTERM would end what ended well.
process.exit(await main(process.argv.slice(2)))
