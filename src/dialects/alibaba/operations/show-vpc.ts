import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { RegionName } from '../../../domain/identity.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion } from '../codec.ts'
import { encodeVpc, networksOf } from '../networks.ts'

/** DescribeVpcAttribute: one VPC of the account's, in the region named. Source: "DescribeVpcAttribute". */
export const showVpc = operation({
  name: '2016-04-28 DescribeVpcAttribute',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = parameters.text('RegionId')
    const id = parameters.text('VpcId')
    return { region: decodeRegion(app, region), id }
  },
  run: show,
  encode: (network, _call, app, caller) => encodeVpc(network, app, caller),
})

async function show(app: App, caller: Caller, { region, id }: { region: RegionName; id: string }) {
  const vpc = await app.showVpc({ ...caller, region }, { id })
  const [network] = await networksOf(app, caller, [vpc])
  if (!network) throw new DomainError('vpc.not-found', { id })
  return network
}
