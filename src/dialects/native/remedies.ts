import type { Remedy } from '../../domain/explain.ts'
import type { DialectName } from '../../domain/identity.ts'
import { routeNumber } from '../../domain/network.ts'

/** What to do, in words, and the call that does it in each dialect; null where a dialect has none. */
export interface RemedyText {
  readonly says: string
  readonly calls: Readonly<Record<DialectName, string | null>>
}

type Texts = { readonly [K in Remedy['kind']]: (remedy: Extract<Remedy, { kind: K }>) => RemedyText }

const NO_CALLS = { native: null, huawei: null, alibaba: null, tencent: null }
const body = (value: unknown) => JSON.stringify(value)

/** Source for the vendors' calls: the operations in `routes.ts` of each dialect. */
const TEXTS: Texts = {
  request: ({ requester, accepter }) => ({
    says: `ask for a peering of VPC ${requester.id} with VPC ${accepter.id}`,
    calls: {
      native: `POST /isthmus/v1/peerings ${body({ requesterVpc: requester.id, accepterVpc: accepter.id, name: 'NAME' })}`,
      huawei: `POST /v2.0/vpc/peerings ${body({
        peering: {
          name: 'NAME',
          request_vpc_info: { vpc_id: requester.ids.huawei },
          accept_vpc_info: { vpc_id: accepter.ids.huawei, tenant_id: 'PROJECT OF THE OTHER' },
        },
      })}`,
      alibaba: `CreateVpcPeerConnection VpcId=${requester.ids.alibaba} AcceptingVpcId=${accepter.ids.alibaba} AcceptingAliUid=UID AcceptingRegionId=REGION`,
      tencent: `CreateVpcPeeringConnection SourceVpcId=${requester.ids.tencent} DestinationVpcId=${accepter.ids.tencent} DestinationUin=UIN PeeringConnectionName=NAME`,
    },
  }),
  accept: ({ peering: { id, ids } }) => ({
    says: `accept peering ${id}`,
    calls: {
      native: `POST /isthmus/v1/peerings/${id}/accept`,
      huawei: `PUT /v2.0/vpc/peerings/${ids.huawei}/accept`,
      alibaba: `AcceptVpcPeerConnection InstanceId=${ids.alibaba}`,
      tencent: `AcceptVpcPeeringConnection PeeringConnectionId=${ids.tencent}`,
    },
  }),
  reopen: ({ peering: { id, ids } }) => ({
    says: `ask again: reopen peering ${id}, or delete it and make another`,
    calls: {
      native: `POST /isthmus/v1/peerings/${id}/reopen`,
      huawei: `DELETE /v2.0/vpc/peerings/${ids.huawei}, then create it anew`,
      alibaba: `DeleteVpcPeerConnection InstanceId=${ids.alibaba}, then create it anew`,
      tencent: `EnableVpcPeeringConnection peeringConnectionId=${ids.tencent}`,
    },
  }),
  'request-anew': ({ requester, accepter }) => TEXTS.request({ kind: 'request', requester, accepter }),
  'add-route': ({ vpc, destination, peering }) => ({
    says: `give VPC ${vpc.id} a route for ${destination} through peering ${peering.id}`,
    calls: {
      native: `POST /isthmus/v1/vpcs/${vpc.id}/routes ${body({ destination, peering: peering.id })}`,
      huawei: `POST /v2.0/vpc/routes ${body({
        route: { type: 'peering', nexthop: peering.ids.huawei, destination, vpc_id: vpc.ids.huawei },
      })}`,
      alibaba: `CreateRouteEntry RouteTableId=TABLE DestinationCidrBlock=${destination} NextHopType=VpcPeer NextHopId=${peering.ids.alibaba}`,
      tencent: `CreateRoutes RouteTableId=TABLE Routes.0.DestinationCidrBlock=${destination} Routes.0.GatewayType=PEERCONNECTION Routes.0.GatewayId=${peering.ids.tencent}`,
    },
  }),
  'enable-route': ({ vpc, route }) => ({
    says: `switch the route of VPC ${vpc.id} for ${route.destination} on`,
    calls: { ...NO_CALLS, tencent: `EnableRoutes RouteTableId=TABLE RouteIds.0=${routeNumber(route.id)}` },
  }),
  'delete-route': ({ vpc, route }) => ({
    says: `delete the route of VPC ${vpc.id} for ${route.destination}, which leads elsewhere, or add a longer one`,
    calls: {
      native: `DELETE /isthmus/v1/vpcs/${vpc.id}/routes/${route.id}`,
      huawei: `DELETE /v2.0/vpc/routes/${route.ids.huawei}`,
      alibaba: `DeleteRouteEntry RouteEntryId=${route.ids.alibaba}`,
      tencent: `DeleteRoutes RouteTableId=TABLE Routes.0.RouteId=${routeNumber(route.id)}`,
    },
  }),
  'add-subnet': ({ vpc, address }) => ({
    says: `make a subnet of VPC ${vpc.id} that holds ${address}`,
    calls: {
      native: `POST /isthmus/v1/vpcs/${vpc.id}/subnets ${body({ cidr: 'BLOCK', name: 'NAME' })}`,
      huawei: `POST /v1/PROJECT/subnets ${body({ subnet: { name: 'NAME', cidr: 'BLOCK', gateway_ip: 'ADDRESS', vpc_id: vpc.ids.huawei } })}`,
      alibaba: `CreateVSwitch VpcId=${vpc.ids.alibaba} CidrBlock=BLOCK ZoneId=ZONE`,
      tencent: `CreateSubnet VpcId=${vpc.ids.tencent} SubnetName=NAME CidrBlock=BLOCK Zone=ZONE`,
    },
  }),
  renumber: ({ vpc, subnet }) => ({
    says: `move one of the two: subnet ${subnet.id} of VPC ${vpc.id} has the same addresses`,
    calls: NO_CALLS,
  }),
  wait: ({ reason }) => ({ says: `wait, and see to this if it lasts: ${reason}`, calls: NO_CALLS }),
}

/** What to do about what stands in the way. */
export function describeRemedy(remedy: Remedy): RemedyText {
  return (TEXTS[remedy.kind] as (remedy: Remedy) => RemedyText)(remedy)
}
