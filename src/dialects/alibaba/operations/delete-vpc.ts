import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { RegionName } from '../../../domain/identity.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion } from '../codec.ts'

/** DeleteVpc: refused while a peering of the account's holds it, forced or not. Source: "DeleteVpc". */
export const deleteVpc = operation({
  name: '2016-04-28 DeleteVpc',
  decode: ({ parameters }: AlibabaCall, app) => {
    const id = parameters.text('VpcId')
    const region = parameters.optionalText('RegionId')
    // Forcing takes along what is inside the VPC; of that there is nothing yet.
    parameters.optionalBoolean('ForceDelete')
    return { id, region: region === undefined ? null : decodeRegion(app, region) }
  },
  run: remove,
  encode: () => ({}),
})

async function remove(
  app: App,
  caller: Caller,
  { id, region }: { id: string; region: RegionName | null },
): Promise<void> {
  try {
    await app.deleteVpc({ ...caller, region }, { id })
  } catch (error) {
    if (!(error instanceof DomainError) || !isInUse(error)) throw error
    // The message is to name what stands in the way as this vendor's clients know it.
    const view = await app.context.store.findPeering(error.details.peering)
    const peering = view?.peering.ids.alibaba ?? error.details.peering
    throw new DomainError('vpc.in-use', { id, peering })
  }
}

function isInUse(error: DomainError): error is DomainError<'vpc.in-use'> {
  return error.code === 'vpc.in-use'
}
