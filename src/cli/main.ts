import { UsageError } from '../server/options.ts'
import { COMMAND_NAMES, commandIn } from './commands.ts'
import { EXIT, Failure } from './exit-codes.ts'
import { jsonText, plain } from './text.ts'

const HELP = new Set(['--help', '-h'])
const VERSION = '--version'

/** The exit code, of those in `exit-codes.ts`. */
async function main(typed: readonly string[]): Promise<number> {
  const asked = typed[0] === 'help' || typed.slice(0, 2).some((word) => HELP.has(word))
  if (typed[0] === VERSION) {
    const { ownVersion } = await import('../server/version.ts')
    process.stdout.write(`isthmus ${ownVersion()}\n`)
    return EXIT.done
  }
  const words = typed[0] === 'help' ? typed.slice(1) : typed
  const found = await commandIn(words)
  if (!found)
    return overviewOf(
      words.filter((word) => !HELP.has(word)),
      asked,
    )
  const { name, command, args } = found
  if (typed[0] === 'help' || args.some((argument) => HELP.has(argument))) {
    const { helpOf } = await import('./help.ts')
    process.stdout.write(helpOf(name, command))
    return EXIT.done
  }
  try {
    const { readArguments } = await import('./arguments.ts')
    return await command.run(readArguments(command, args))
  } catch (error) {
    return explainFailure(name, error, args.includes('--json'))
  }
}

/** All commands; or, where there is one word and some begin with it, those. */
async function overviewOf(words: readonly string[], asked: boolean): Promise<number> {
  const [noun = ''] = words
  const known =
    noun === '' || (words.length === 1 && COMMAND_NAMES.some((name) => name.startsWith(`${noun} `)))
  if (!known) {
    process.stderr.write(`isthmus: no command '${plain(words.slice(0, 2).join(' '))}'; see isthmus --help\n`)
    return EXIT.usage
  }
  const { overview } = await import('./overview.ts')
  process.stdout.write(await overview(noun))
  return asked ? EXIT.done : EXIT.usage
}

function explainFailure(name: string, error: unknown, json: boolean): number {
  const failure = error instanceof Failure ? error : null
  if (json && failure?.problem) {
    process.stderr.write(`${jsonText(failure.problem)}\n`)
  } else process.stderr.write(`isthmus ${name}: ${(error as Error).message}\n`)
  return failure?.exitCode ?? (error instanceof UsageError ? EXIT.usage : EXIT.failed)
}

// Whoever reads has seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed),
)
const code = await main(process.argv.slice(2))
// What was written is not gone yet where its reader is slow.
for (const stream of [process.stdout, process.stderr])
  await new Promise((resolve) => stream.write('', resolve))
// Not by running out of work: that takes the signal handlers away first, and a second SIGTERM would end what ended well.
process.exit(code)
