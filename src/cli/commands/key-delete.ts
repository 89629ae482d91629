import { apiCommand, DRY_RUN_OPTION, YES_OPTION } from '../api-command.ts'
import { print } from '../print.ts'
import { confirmed } from '../terminal.ts'
import { plain } from '../text.ts'

/** `isthmus key delete`. */
export const keyDelete = apiCommand({
  about: 'take an access key away: what is signed with it is refused from now on',
  operands: { tenant: { about: 'by id or name' }, key: { about: "the key's id" } },
  options: { ...YES_OPTION, ...DRY_RUN_OPTION },
  examples: ['isthmus key delete alice AKALICE', 'isthmus key delete alice AKALICE --yes'],
  async run({ client, operands: { tenant, key }, options }) {
    const dryRun = options['dry-run']
    const consequence = async () =>
      `Every request of ${plain(tenant)} that is signed with key ${plain(key)}, in any dialect, is refused from now on.`
    if (!dryRun && !(await confirmed(consequence, options.yes))) return 1
    await client.delete(`/tenants/${encodeURIComponent(tenant)}/keys/${encodeURIComponent(key)}`, { dryRun })
    if (!options.json) print(false, null, `key ${plain(key)}: ${dryRun ? 'would be deleted' : 'deleted'}`)
    return 0
  },
})
