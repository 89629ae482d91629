import { UsageError } from '../server/options.ts'
import type { Command } from './command.ts'
import { backup } from './commands/backup.ts'
import { copy } from './commands/copy.ts'
import { demo } from './commands/demo.ts'
import { migrate } from './commands/migrate.ts'
import { restore } from './commands/restore.ts'
import { serve } from './commands/serve.ts'

const COMMANDS: Readonly<Record<string, Command>> = { serve, demo, migrate, backup, restore, copy }

/** 0 asked to stop, or done; 1 failed; 2 asked wrongly. */
async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    const asked = name === '' || name === 'help' || name === '--help' || name === '-h'
    process[asked ? 'stdout' : 'stderr'].write(
      asked ? overview() : `isthmus: no command '${name}'; see isthmus --help\n`,
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

function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
  return `isthmus: VPC peering as a service\n\nUsage: isthmus COMMAND [OPTIONS]\n\n${rows.join('\n')}\n\nisthmus COMMAND --help says more.\n`
}

process.exitCode = await main(process.argv.slice(2))
