import { existsSync } from 'node:fs'
import { DirectoryInUseError } from '../../adapters/store/sqlite/directory.ts'
import { restore as restoreBackup } from '../../adapters/store/sqlite/restore.ts'
import { DamagedError } from '../../adapters/store/sqlite/verify.ts'
import { UsageError } from '../../server/options.ts'
import { command, JSON_OPTION } from '../command.ts'
import { DATA_OPTION, dataDirectory, KEY_FILES, MASTER_KEY, sealerOf } from '../data-directory.ts'
import { print } from '../print.ts'

/** `isthmus restore`: what `isthmus backup` wrote, into a data directory. */
export const restore = command({
  about: 'put a backup of the embedded store into a data directory',
  operands: { file: { about: 'what isthmus backup wrote', complete: 'file' } },
  options: {
    ...DATA_OPTION,
    force: { about: 'replace the store that the directory has, and its keys where the backup has some' },
    ...JSON_OPTION,
  },
  details: `The backup is verified first: every page, every reference, and that no event is missing. It then takes its place in one step.
A backup made without --with-keys needs its ${MASTER_KEY} in the directory beforehand. The service must be stopped.
What was acknowledged after the backup is gone, and the numbers of those events are given again: whoever follows the events
must begin anew.`,
  examples: [
    'isthmus restore /backup/isthmus-monday.db --data /var/lib/isthmus-new',
    'isthmus restore /backup/isthmus-monday.db --data /var/lib/isthmus --force',
  ],

  async run({ operands: { file }, options: values }) {
    if (!existsSync(file)) throw new UsageError(`there is no file ${file}`)
    const directory = dataDirectory(values.data)
    try {
      const found = await restoreBackup(file, directory, {
        force: values.force === true,
        masterKey: MASTER_KEY,
        expected: KEY_FILES,
        sealerOf,
      })
      const text = `${directory}: ${found.peerings} peerings, ${found.vpcs} VPCs, ${found.tenants} tenants, ${found.events} events; verified
Start it with: isthmus serve --data ${directory}`
      print(values.json, { directory, ...found }, text)
      return 0
    } catch (error) {
      if (error instanceof DirectoryInUseError) throw new Error(`${error.message}; stop it first`)
      if (error instanceof DamagedError)
        throw new Error(`${file} cannot be restored: ${error.message}; try another backup`)
      throw error
    }
  },
})
