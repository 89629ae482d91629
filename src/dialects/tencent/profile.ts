import { PEERING_STATES } from '../../domain/peering.ts'
import type { Profile } from '../../domain/profile.ts'

/**
 * What Tencent Cloud allows, in both of its APIs.
 * Source: Peering Connection product documentation, "Use Limits" (overlaps, ten per VPC); legacy page
 * "Deleting a VPC Peering Connection" (routes go with it); API 3.0 error lists; VPC product documentation, route
 * tables, "Quota Limits" (document 215/35501: 50 routes a table).
 * Assumed: how many blocks a VPC may be given. The quota has a name (`vpc-max-assistant_cidrs`), and no page its number.
 */
export const profile: Profile = {
  overlap: 'refuse',
  overlapElsewhere: 'refuse',
  crossRegion: 'allow',
  bandwidth: { sameRegion: 'allow', limitMbps: null },
  linkTypeInSameRegion: 'allow',
  updatable: PEERING_STATES.filter((state) => state !== 'deleted'),
  concurrentChange: 'retry',
  routes: { peeringStates: ['pending-acceptance', 'active'], refuseInside: 'vpc', onlyInsidePeer: true },
  extraCidrs: 10,
  routesOnDelete: 'remove',
  vpcNames: 'free',
  quotas: {
    'peerings-per-tenant-region': null,
    'same-region-peerings-per-vpc': null,
    'cross-region-peerings-per-vpc': null,
    'routes-per-route-table': 50,
    'peerings-per-vpc': 10,
  },
}
