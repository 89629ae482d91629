import { command, JSON_OPTION } from '../command.ts'
import { print } from '../print.ts'
import { readProfiles } from '../profiles.ts'
import { table } from '../table.ts'

/** `isthmus profile list`. */
export const profileList = command({
  about: 'list the profiles; * marks the one in use',
  options: { ...JSON_OPTION },
  examples: ['isthmus profile list'],
  async run({ options }) {
    const { current, profiles } = readProfiles()
    const rows = Object.entries(profiles).map(([name, { endpoint, token }]) => ({
      name,
      endpoint,
      hasToken: token !== null,
      current: name === current,
    }))
    const text = table(rows, [
      { heading: ' ', text: (row) => (row.current ? '*' : ' ') },
      { heading: 'NAME', text: ({ name }) => name },
      { heading: 'ENDPOINT', text: ({ endpoint }) => endpoint },
      { heading: 'TOKEN', text: ({ hasToken }) => (hasToken ? 'kept' : 'none') },
    ])
    print(options.json, { profiles: rows }, text)
    return 0
  },
})
