import { existsSync } from 'node:fs'
import { parseServeOptions, type ServeOptions } from '../../server/options.ts'
import { type Connection, type ConnectionOptions, resolveConnection } from '../connection.ts'
import { profilesFile } from '../profiles.ts'
import { type Finding, findingsOf } from './finding.ts'
import { lookAtPrivacy } from './private-file.ts'

const NODE_MAJOR = 24
const say = findingsOf('configuration')

export interface Configuration {
  readonly findings: readonly Finding[]
  /** Null: it cannot be read. */
  readonly serve: ServeOptions | null
  readonly connection: Connection | null
}

/** Which options hold here, of the service and of who calls it; where they come from, and whether they can be read. */
export function lookAtConfiguration(
  serveArguments: readonly string[],
  given: ConnectionOptions,
): Configuration {
  const serve = attempt(() => parseServeOptions(serveArguments, process.env))
  const connection = attempt(() => resolveConnection(given))
  const file = profilesFile()
  return {
    serve: serve.value,
    connection: connection.value,
    findings: [
      runtime(),
      serve.value === null
        ? say.bad(`isthmus serve would not start: ${serve.reason}`, 'mend that option or variable')
        : say.good('isthmus serve would understand its options and variables here'),
      ...(existsSync(file) ? [lookAtPrivacy(file, 0o600, say)] : []),
      connection.value === null
        ? say.bad(connection.reason, 'isthmus profile show tells what is chosen, and why')
        : describe(connection.value),
    ],
  }
}

function runtime(): Finding {
  const { node } = process.versions
  return Number.parseInt(node, 10) >= NODE_MAJOR
    ? say.good(`Node.js ${node}`)
    : say.bad(`Node.js ${node} is too old`, `install Node.js ${NODE_MAJOR} or newer`)
}

function describe({ endpoint, endpointFrom, token, tokenFrom }: Connection): Finding {
  const where = `${endpoint} (${endpointFrom})`
  if (token === null)
    return say.warning(
      `${where} is called without a token`,
      'keep one: isthmus profile set NAME --endpoint URL --token -',
    )
  const warned = endpoint.startsWith('http:') && !/\/\/(127\.|localhost|\[::1\])/.test(endpoint)
  return warned
    ? say.warning(
        `${where} is called in clear text, with the token from ${tokenFrom}`,
        'put something that speaks TLS before the service, and name it with https://',
      )
    : say.good(`${where} is called with the token from ${tokenFrom}`)
}

function attempt<T>(work: () => T): { readonly value: T | null; readonly reason: string } {
  try {
    return { value: work(), reason: '' }
  } catch (error) {
    return { value: null, reason: (error as Error).message }
  }
}
