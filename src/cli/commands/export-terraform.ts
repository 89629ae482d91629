import { writeFileSync } from 'node:fs'
import { UsageError } from '../../server/options.ts'
import { apiCommand } from '../api-command.ts'
import type { Vendor } from '../terraform/vendor.ts'

/** By the names that `--dialect` takes. */
const VENDORS: Readonly<Record<string, () => Promise<Vendor>>> = {
  huawei: async () => (await import('../terraform/huaweicloud.ts')).huaweicloud,
  opentelekomcloud: async () => (await import('../terraform/opentelekomcloud.ts')).opentelekomcloud,
  alibaba: async () => (await import('../terraform/alicloud.ts')).alicloud,
  tencent: async () => (await import('../terraform/tencentcloud.ts')).tencentcloud,
}

/** `isthmus export terraform`: what exists, as configuration for a vendor's provider. */
export const exportTerraform = apiCommand({
  about: "write what exists as Terraform configuration for a vendor's provider",
  options: {
    dialect: { value: 'DIALECT', about: 'whose provider', required: true, choices: Object.keys(VENDORS) },
    tenant: { value: 'TENANT', about: 'only what is this tenant’s, by id or name' },
    output: {
      value: 'FILE',
      about: 'a file that is not there yet, instead of standard output',
      complete: 'file',
    },
  },
  details: `VPCs, subnets, peerings that wait or are active, their acceptances, and routes; with provider blocks that point at the service and
an import block for each resource, so that terraform plan (1.5 or newer) finds nothing to do but to import. Keys are variables, and
are not written. With a tenant's token it is that tenant's part; with the admin token everybody's, each with a provider of its own.`,
  examples: [
    'isthmus export terraform --dialect huawei',
    'isthmus export terraform --dialect tencent --tenant alice --output alice.tf',
  ],
  async run({ client, options: { dialect, tenant, output, json } }) {
    if (json) throw new UsageError('--json: what this writes is Terraform’s own language')
    const [{ takeInventory }, { configurationOf }, vendor] = await Promise.all([
      import('../terraform/inventory.ts'),
      import('../terraform/configuration.ts'),
      VENDORS[dialect]?.(),
    ])
    if (!vendor) throw new UsageError(`--dialect: there is no '${dialect}'`)
    const text = configurationOf(await takeInventory(client, tenant), vendor)
    if (output === undefined) process.stdout.write(text)
    else write(output, text)
    return 0
  },
})

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(
      `--output ${file}: ${code === 'EEXIST' ? 'it is there already; name another file' : message}`,
    )
  }
}
