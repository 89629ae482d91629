import { readFileSync } from 'node:fs'
import { Value } from 'typebox/value'
import type { Bootstrap } from '../app/bootstrap.ts'
import { BootstrapFile } from '../dialects/native/schemas.ts'
import { regionName } from '../domain/identity.ts'
import { UsageError } from './options.ts'

/** What a bootstrap file says. Throws UsageError, naming the member that is wrong. */
export function readBootstrapFile(path: string): Bootstrap {
  const fail = (reason: string) => new UsageError(`--bootstrap ${path}: ${reason}`)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw fail((error as Error).message)
  }
  if (!Value.Check(BootstrapFile, content)) {
    const first = Value.Errors(BootstrapFile, content)[0]
    throw fail(`${first?.instancePath || '/'}: ${first?.message ?? 'is not valid'}`)
  }
  const { regions, tenants, vpcs } = content
  return {
    ...(regions && {
      regions: regions.map(({ name, huawei = [], alibaba = [], tencent = [] }) => ({
        name: regionName(name),
        huawei,
        alibaba,
        tencent,
      })),
    }),
    ...(tenants && { tenants: tenants as NonNullable<Bootstrap['tenants']> }),
    ...(vpcs && { vpcs: vpcs as NonNullable<Bootstrap['vpcs']> }),
  }
}
