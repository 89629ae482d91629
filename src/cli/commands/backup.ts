import { existsSync } from 'node:fs'
import { backUp, FileExistsError } from '../../adapters/store/sqlite/backup.ts'
import { databaseIn } from '../../adapters/store/sqlite/directory.ts'
import { DamagedError } from '../../adapters/store/sqlite/verify.ts'
import { UsageError } from '../../server/options.ts'
import { command, JSON_OPTION } from '../command.ts'
import { DATA_OPTION, dataDirectory, KEY_FILES, MASTER_KEY, readKeys } from '../data-directory.ts'
import { print } from '../print.ts'
import { Progress, share } from '../progress.ts'

/** `isthmus backup`: one file from the embedded store, while it serves. */
export const backup = command({
  about: 'write the embedded store to one file, while it serves',
  operands: { file: { about: 'a file that is not there yet; only its owner may read it', complete: 'file' } },
  options: {
    ...DATA_OPTION,
    'with-keys': { about: `put ${KEY_FILES.join(' and ')} into the file` },
    ...JSON_OPTION,
  },
  details: `The file holds everything that was acknowledged before this began. It is verified, and has its name only once it is whole.
Secrets in it are sealed under ${MASTER_KEY}: keep that key with the backup, or give --with-keys, and then keep the backup as
safe as the key. PostgreSQL has its own tools for this, pg_basebackup and pg_dump among them.`,
  examples: [
    'isthmus backup /backup/isthmus-monday.db --data /var/lib/isthmus',
    'isthmus backup /backup/isthmus-tuesday.db --data /var/lib/isthmus --with-keys --json',
  ],

  async run({ operands: { file }, options: values }) {
    const directory = dataDirectory(values.data)
    if (!existsSync(databaseIn(directory)))
      throw new UsageError(`--data ${directory}: there is no store; name the directory that the service has`)
    const keys = values['with-keys'] ? readKeys(directory) : {}
    const progress = new Progress()
    try {
      const found = await backUp(directory, file, {
        keys,
        onProgress: (done, total) => progress.show(`backup: ${share(done, total)} of ${total} pages`),
      })
      progress.end()
      const keysIn = Object.keys(keys)
      const text = `${file}: ${found.peerings} peerings, ${found.vpcs} VPCs, ${found.tenants} tenants, ${found.events} events; verified
${keysIn.length > 0 ? `It holds ${keysIn.join(' and ')}: keep it as safe as these.` : `Keep ${directory}/${MASTER_KEY} with it: without that key its secrets cannot be read.`}`
      print(values.json, { file, keys: keysIn, ...found }, text)
      return 0
    } catch (error) {
      progress.end()
      throw toldOf(error, directory)
    }
  },
})

function toldOf(error: unknown, directory: string): unknown {
  if (error instanceof FileExistsError)
    return new UsageError(`${error.message} is there already; name another file`)
  if (error instanceof DamagedError)
    return new Error(`the store in ${directory} is damaged: ${error.message}; restore an earlier backup`)
  return error
}
