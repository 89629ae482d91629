import { command } from '../command.ts'
import { profileNamed, readProfiles, writeProfiles } from '../profiles.ts'
import { plain } from '../text.ts'

/** `isthmus profile use`. */
export const profileUse = command({
  about: 'use a profile from now on, where no other is named',
  operands: { name: { about: 'which' } },
  examples: ['isthmus profile use alice'],
  async run({ operands: { name } }) {
    const known = readProfiles()
    const { endpoint } = profileNamed(name, known)
    writeProfiles({ ...known, current: name })
    process.stdout.write(`${plain(name)} is in use: ${endpoint}\n`)
    return 0
  },
})
