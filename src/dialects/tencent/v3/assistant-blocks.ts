import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { contains, parseCidr } from '../../../domain/cidr.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import { ALL, viewSubnets } from '../networks.ts'
import { encodeAssistantBlocks, encodeSubnet } from './network-codec.ts'

/** The blocks that were added to VPCs, in the vendor's words, with the subnets that lie in each. */
export async function viewAssistantBlocks(app: App, caller: Caller, vpcs: readonly Vpc[]) {
  const blocks = vpcs.flatMap((vpc) => encodeAssistantBlocks(vpc))
  if (blocks.length === 0) return []
  const { items } = await app.listSubnets(caller, { ...ALL, vpcs: vpcs.map(({ id }) => id) })
  const subnets = (await viewSubnets(app, caller, items)).map(encodeSubnet)
  return blocks.map((block) => ({
    ...block,
    SubnetSet: subnets.filter(
      ({ VpcId, CidrBlock }) => VpcId === block.VpcId && liesIn(block.CidrBlock, CidrBlock),
    ),
  }))
}

function liesIn(outer: string, inner: string): boolean {
  const [around, within] = [parseCidr(outer), parseCidr(inner)]
  return around !== null && within !== null && contains(around, within)
}
