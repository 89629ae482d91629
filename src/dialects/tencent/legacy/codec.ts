import type { App } from '../../../app/index.ts'
import type { RegionName } from '../../../domain/identity.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { PeeringView } from '../../../ports/store.ts'
import type { Fields } from '../../fields.ts'
import { decodeWord, encodeTime, PEERING_NAME } from '../codec.ts'
import { shortCode } from '../regions.ts'
import { STATE } from './errors.ts'

/**
 * A peering in the vendor's words. `vpcId` and `peerVpcId` were numbered ids of an older kind; every action takes
 * either kind, and here both members hold the newer one. The account numbers are numbers although documented as
 * text: no client in use decodes anything else.
 * Source: legacy page "Querying VPC Peering Connections"; two independent clients.
 */
export function encodePeering(app: App, { peering, requester, accepter }: PeeringView) {
  return {
    peeringConnectionId: peering.ids.tencent,
    peeringConnectionName: peering.name,
    vpcId: requester.vpc.ids.tencent,
    unVpcId: requester.vpc.ids.tencent,
    uniqVpcId: requester.vpc.ids.tencent,
    peerVpcId: accepter.vpc.ids.tencent,
    unPeerVpcId: accepter.vpc.ids.tencent,
    uniqPeerVpcId: accepter.vpc.ids.tencent,
    appId: requester.tenant.tencent.appId,
    state: STATE[peering.state],
    uin: Number(requester.tenant.tencent.uin),
    peerUin: Number(accepter.tenant.tencent.uin),
    region: encodeRegion(app, requester.vpc.region),
    peerRegion: encodeRegion(app, accepter.vpc.region),
    createTime: encodeTime(peering.createdAtMs),
  }
}

/** Never empty, even where the vendor has no such region: a client takes that for "the same region". */
function encodeRegion({ context: { regions } }: App, name: RegionName): string {
  return shortCode(regions, name) ?? name
}

/** What there is of a VPC to count. */
export interface VpcCounts {
  readonly peerings: number
  readonly subnets: number
  readonly routeTables: number
}

/**
 * A VPC in the vendor's words. Of the other things it counts there are none here.
 * Source: legacy page "Querying VPCs" (DescribeVpcEx).
 */
export function encodeVpc(vpc: Vpc, { peerings, subnets, routeTables }: VpcCounts) {
  return {
    vpcId: vpc.ids.tencent,
    unVpcId: vpc.ids.tencent,
    vpcName: vpc.name,
    cidrBlock: vpc.cidrs[0] ?? '',
    subnetNum: subnets,
    routeTableNum: routeTables,
    vpnGwNum: 0,
    vpcPeerNum: peerings,
    sflowNum: 0,
    vpcDeviceNum: 0,
    classicLinkNum: 0,
    vpgNum: 0,
    natNum: 0,
    createTime: encodeTime(vpc.createdAtMs),
    isDefault: false,
  }
}

/** The peering that an action is about. What does not look like an id is one that does not exist. */
export function decodePeeringId(fields: Fields): { id: string } {
  return { id: fields.text('peeringConnectionId') }
}

/** Source: legacy page "Querying VPC Peering Connections", offset and limit. */
export function decodeWindow(fields: Fields): { offset: number; limit: number } {
  return {
    offset: fields.optionalInteger('offset', { min: 0 }) ?? 0,
    limit: fields.optionalInteger('limit', { min: 1, max: 50 }) ?? 20,
  }
}

/** Newest first unless it is said. Source: as above, orderDirection. */
export function decodeDescending(fields: Fields): boolean {
  return decodeWord(fields, 'orderDirection', { desc: true, asc: false }) ?? true
}

/** What both forms of Create are told. Source: legacy page "Creating a VPC Peering Connection". */
export function decodeEnds(fields: Fields) {
  return {
    requesterVpc: fields.text('vpcId'),
    accepterVpc: fields.text('peerVpcId'),
    accepter: { tencentUin: fields.text('peerUin') },
    name: fields.text('peeringConnectionName', PEERING_NAME),
    description: '',
  }
}
