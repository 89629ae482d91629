import { describeServeOptions } from '../../server/options.ts'
import { command, JSON_OPTION } from '../command.ts'
import { CONNECTION_OPTIONS } from '../connection.ts'
import type { Finding } from '../doctor/finding.ts'
import { EXIT } from '../exit-codes.ts'
import { print } from '../print.ts'
import { waiting } from '../progress.ts'
import { type Colour, paint } from '../terminal.ts'
import { plain } from '../text.ts'

const { data, 'database-url': databaseUrl, dataplane, 'ovn-nb': ovnNb } = describeServeOptions()
const SERVE_OPTIONS = {
  ...(data && { data }),
  ...(databaseUrl && { 'database-url': databaseUrl }),
  ...(dataplane && { dataplane }),
  ...(ovnNb && { 'ovn-nb': ovnNb }),
}

/** `isthmus doctor`: what is not well, and what to do about it. */
export const doctor = command({
  about: 'look at configuration, service, store, data plane and clock, and say what to do',
  options: { ...SERVE_OPTIONS, ...JSON_OPTION, ...CONNECTION_OPTIONS },
  details: `It changes nothing. The options and variables are those of isthmus serve: give it those that the service has, as the same user and
on the same machine. From elsewhere it looks at what can be seen from there. Exit code 0: nothing is wrong; 1: something is.`,
  examples: ['isthmus doctor', 'isthmus doctor --data /var/lib/isthmus --json'],
  async run({ options }) {
    const findings = await waiting(examine(options), 'looking')
    const healthy = findings.every(({ verdict }) => verdict !== 'bad')
    print(options.json, { healthy, findings }, findings.map(describe).join('\n'))
    return healthy ? EXIT.done : EXIT.failed
  },
})

type Given = Readonly<Record<string, unknown>>

async function examine(options: Given): Promise<readonly Finding[]> {
  const [{ lookAtConfiguration }, { lookAtService }, { lookAtStore }, { lookAtDataPlane }] =
    await Promise.all([
      import('../doctor/configuration.ts'),
      import('../doctor/service.ts'),
      import('../doctor/store.ts'),
      import('../doctor/data-plane.ts'),
    ])
  const serveArguments = Object.keys(SERVE_OPTIONS).flatMap((name) => {
    const given = options[name]
    return typeof given === 'string' ? [`--${name}`, given] : []
  })
  const { findings, serve, connection } = lookAtConfiguration(
    serveArguments,
    options as Readonly<Record<string, string>>,
  )
  return [
    ...findings,
    ...(connection ? await lookAtService(connection) : []),
    ...(serve ? await lookAtStore(serve) : []),
    ...(serve ? await lookAtDataPlane(serve) : []),
  ]
}

const MARKS: Readonly<Record<Finding['verdict'], readonly [mark: string, colour: Colour]>> = {
  good: ['✓', 'green'],
  warning: ['!', 'yellow'],
  bad: ['✗', 'red'],
  skipped: ['-', 'grey'],
}

function describe({ area, verdict, says, todo }: Finding): string {
  const [mark, colour] = MARKS[verdict]
  const line = `${paint(colour, mark)} ${area.padEnd(13)}  ${plain(says)}`
  return todo === null ? line : `${line}\n${' '.repeat(17)}to do: ${plain(todo)}`
}
