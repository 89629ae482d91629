import { operandName } from '../src/cli/arguments.ts'
import type { Command } from '../src/cli/command.ts'
import { GROUPS } from '../src/cli/commands.ts'
import { EXIT, EXIT_MEANINGS } from '../src/cli/exit-codes.ts'
import { describe, signature, usageOf } from '../src/cli/help.ts'

/** `docs/cli.md`: every command, from what it declares. */
export async function cliReference(): Promise<string> {
  const groups = await Promise.all(
    GROUPS.map(async ({ heading, commands }) => {
      const sections = await Promise.all(
        Object.entries(commands).map(async ([name, load]) => sectionOf(name, await load())),
      )
      return [`## ${heading}`, ...sections].join('\n\n')
    }),
  )
  return `${[introduction(), ...groups].join('\n\n')}\n`
}

function introduction(): string {
  const meanings = Object.entries(EXIT_MEANINGS) as [keyof typeof EXIT, string][]
  return `# The command line

Written by \`npm run docs\` from what the commands declare; each example here is run in a test. From a clone a command is
\`npm run isthmus -- COMMAND\`; \`isthmus\` stands for that here. \`isthmus COMMAND --help\` says the same.

## Which service, and as whom

| option | variable | else |
| --- | --- | --- |
| \`--endpoint URL\` | \`ISTHMUS_ENDPOINT\` | the profile's, or \`http://127.0.0.1:4750\` |
| \`--token TOKEN\` | \`ISTHMUS_TOKEN\` | the profile's, for the profile's own endpoint only |
| \`--profile NAME\` | \`ISTHMUS_PROFILE\` | the profile in use: \`isthmus profile use\` |

Where none of these says who calls and the service is on this machine, the operator's token is read from \`admin-token\` in the
data directory (\`ISTHMUS_DATA\`, or \`./.isthmus\`). \`isthmus profile show\` and \`isthmus doctor\` tell which was chosen. Profiles are
in \`~/.config/isthmus/profiles.json\` (or below \`XDG_CONFIG_HOME\`), readable by their owner only; tokens are never printed.

## For people and for scripts

- Tables are cut to the width of a terminal; elsewhere they are whole. States have colours on a terminal, unless \`NO_COLOR\` is set.
- \`--json\` prints the API's own answer, as one line; what is refused is the API's problem document, on standard error.
- What would harm a terminal (control characters in a name) is written out, \`\\x1b\`; in JSON as \`\\u001b\`.
- At a terminal, what cannot be taken back says first what will stop working, and asks; \`--yes\` does not ask. A script is not asked.
- \`--dry-run\` finds out what would happen, and changes nothing.
- A change whose connection was lost is sent again under its token, so that it happens once.

| exit code | means |
| --- | --- |
${meanings.map(([name, meaning]) => `| ${EXIT[name]} | ${meaning} |`).join('\n')}

Completion for bash, zsh and fish: \`isthmus completion --help\`.`
}

function sectionOf(name: string, command: Command): string {
  const { about, details, examples } = command
  const own = Object.entries(command.options).filter(([, { shared }]) => !shared)
  const rows = [
    ...Object.entries(command.operands).map(([operand, declared]) => [
      operandName(operand),
      describe(declared),
    ]),
    ...own.map(([option, declared]) => [signature(option, declared), describe(declared)]),
  ]
  const cell = (text: string) => text.replaceAll('|', '\\|')
  return [
    `### isthmus ${name}`,
    `${about[0]?.toUpperCase()}${about.slice(1)}.`,
    `    ${usageOf(name, command)}`,
    ...(rows.length === 0
      ? []
      : [
          [
            '| | |',
            '| --- | --- |',
            ...rows.map(([left = '', right = '']) => `| \`${cell(left)}\` | ${cell(right)} |`),
          ].join('\n'),
        ]),
    ...(details === '' ? [] : [details.replaceAll(/\n(?= {2})/g, '  \n')]),
    ['```sh', ...examples, '```'].join('\n'),
  ].join('\n\n')
}
