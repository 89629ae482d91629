import { PEERING_STATES } from '../../domain/peering.ts'
import type { Profile } from '../../domain/profile.ts'

/** Our own API allows whatever the network can carry, and sets no quotas but an operator's. */
export const profile: Profile = {
  overlap: 'allow',
  overlapElsewhere: 'allow',
  crossRegion: 'allow',
  bandwidth: { sameRegion: 'allow', limitMbps: null },
  linkTypeInSameRegion: 'allow',
  updatable: PEERING_STATES.filter((state) => state !== 'deleted'),
  concurrentChange: 'retry',
  routes: { peeringStates: ['pending-acceptance', 'active'], refuseInside: 'subnets', onlyInsidePeer: true },
  extraCidrs: null,
  routesOnDelete: 'remove',
  vpcNames: 'free',
  quotas: {
    'peerings-per-tenant-region': null,
    'same-region-peerings-per-vpc': null,
    'cross-region-peerings-per-vpc': null,
    'routes-per-route-table': null,
    'peerings-per-vpc': null,
  },
}
