import { GROUPS } from './commands.ts'

/** Every command with what it does, by group; with a `noun`, only those of it. */
export async function overview(noun: string): Promise<string> {
  const groups = await Promise.all(
    GROUPS.map(async ({ heading, commands }) => {
      const listed = Object.entries(commands).filter(([name]) => noun === '' || name.startsWith(`${noun} `))
      const rows = listed.map(async ([name, load]) => `  ${name.padEnd(18)}${(await load()).about}`)
      return { heading, rows: await Promise.all(rows) }
    }),
  )
  const shown = groups
    .filter(({ rows }) => rows.length > 0)
    .map(({ heading, rows }) => [`${heading}:`, ...rows].join('\n'))
  return `isthmus: VPC peering as a service

Usage: isthmus COMMAND [OPTIONS]

${shown.join('\n\n')}

isthmus COMMAND --help says more, with examples. Which service is called, and as whom: isthmus profile show.
isthmus --version says which this is.
`
}
