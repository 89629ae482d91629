import { createInterface } from 'node:readline/promises'
import { UsageError } from '../../server/options.ts'
import { command } from '../command.ts'
import { parseEndpoint } from '../connection.ts'
import { profilesFile, readProfiles, writeProfiles } from '../profiles.ts'

/** `isthmus profile set`: keeps where a service is, and the token that it is called with. */
export const profileSet = command({
  about: 'keep the address of a service and a token under a name',
  operands: { name: { about: 'what the profile is called; the first that is made is the one in use' } },
  options: {
    endpoint: { value: 'URL', about: 'where the service is, e.g. http://127.0.0.1:4750' },
    token: {
      value: 'TOKEN',
      about: 'a token, or - to read it from standard input, where nobody sees it in a list of processes',
    },
  },
  details: `What is not given stays as it is. The file, ~/.config/isthmus/profiles.json or below XDG_CONFIG_HOME, is readable by its owner only.
A token is sent to the profile's own address and to no other, and no command prints it.`,
  examples: [
    'isthmus profile set alice --endpoint http://127.0.0.1:4750 --token AKALICE.SKALICE',
    'printenv TOKEN | isthmus profile set alice --endpoint http://127.0.0.1:4750 --token -',
  ],
  async run({ operands: { name }, options }) {
    const known = readProfiles()
    const before = Object.hasOwn(known.profiles, name) ? known.profiles[name] : undefined
    const endpoint = options.endpoint ?? before?.endpoint
    if (endpoint === undefined) throw new UsageError('--endpoint is missing; see --help')
    const token = options.token === '-' ? await readLine() : (options.token ?? before?.token ?? null)
    const profile = { endpoint: parseEndpoint(endpoint, '--endpoint'), token }
    writeProfiles({ current: known.current ?? name, profiles: { ...known.profiles, [name]: profile } })
    process.stdout.write(`${profilesFile()}: profile kept\n`)
    return 0
  },
})

async function readLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') return line.trim()
  }
  throw new UsageError('--token -: there was nothing on standard input')
}
