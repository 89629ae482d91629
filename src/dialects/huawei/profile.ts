import { PEERING_STATES } from '../../domain/peering.ts'
import type { Profile } from '../../domain/profile.ts'

/**
 * What Huawei Cloud and Open Telekom Cloud allow.
 * Source: Open Telekom Cloud VPC API reference and user guide (peering chapters, FAQ), read 2026-04; its
 * provider's acceptance tests, which peer two VPCs with the same blocks.
 */
export const profile: Profile = {
  overlap: 'allow',
  overlapElsewhere: 'allow',
  crossRegion: 'refuse',
  bandwidth: { sameRegion: 'allow', limitMbps: null },
  linkTypeInSameRegion: 'allow',
  updatable: PEERING_STATES.filter((state) => state !== 'deleted'),
  concurrentChange: 'retry',
  routes: { peeringStates: ['active'], refuseInside: null, onlyInsidePeer: false },
  extraCidrs: 5,
  routesOnDelete: 'remove',
  vpcNames: 'unique',
  quotas: {
    'peerings-per-tenant-region': 50,
    'same-region-peerings-per-vpc': null,
    'cross-region-peerings-per-vpc': null,
    'routes-per-route-table': 200,
    'peerings-per-vpc': null,
  },
}
