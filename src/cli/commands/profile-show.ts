import { command, JSON_OPTION } from '../command.ts'
import { CONNECTION_OPTIONS, resolveConnection } from '../connection.ts'
import { print } from '../print.ts'
import { details } from '../table.ts'

/** `isthmus profile show`: which service would be called, as whom, and why that one. */
export const profileShow = command({
  about: 'show which service would be called, where the token comes from, and why',
  options: { ...JSON_OPTION, ...CONNECTION_OPTIONS },
  examples: ['isthmus profile show', 'isthmus profile show --profile alice'],
  async run({ options }) {
    const { endpoint, endpointFrom, token, tokenFrom } = resolveConnection(options)
    const text = details([
      ['endpoint', `${endpoint} (${endpointFrom})`],
      ['token', token === null ? 'none' : `from ${tokenFrom}`],
    ])
    const answer = { endpoint, endpointFrom, hasToken: token !== null, tokenFrom }
    print(options.json, answer, text)
    return 0
  },
})
