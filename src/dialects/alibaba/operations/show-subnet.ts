import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { RegionName } from '../../../domain/identity.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion } from '../codec.ts'
import { encodeSubnet, withNetworks } from '../networks.ts'

/** DescribeVSwitchAttributes: one vSwitch of the account's. Source: "DescribeVSwitchAttributes". */
export const showSubnet = operation({
  name: '2016-04-28 DescribeVSwitchAttributes',
  decode: ({ parameters }: AlibabaCall, app) => ({
    id: parameters.text('VSwitchId'),
    region: decodeOptionalRegion(app, parameters),
  }),
  run: show,
  encode: ({ part, network }, _call, _app, caller) => ({
    ...encodeSubnet(part, network, caller),
    CloudResources: { CloudResourceSetType: [] },
  }),
})

async function show(app: App, caller: Caller, { id, region }: { id: string; region: RegionName | null }) {
  const here = { ...caller, region }
  const [found] = await withNetworks(app, here, [await app.showSubnet(here, { id })])
  if (!found) throw new DomainError('subnet.not-found', { id })
  return found
}
