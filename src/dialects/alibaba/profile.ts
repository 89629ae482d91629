import type { Profile } from '../../domain/profile.ts'

/** What an inter-region peering has unless it is said, and what none may exceed. Source: quota table, as below. */
export const BANDWIDTH_DEFAULT_MBPS = 1024
const BANDWIDTH_LIMIT_MBPS = 1024

/**
 * What Alibaba Cloud allows.
 * Source: "VPC peering connection" of the VPC user guide (states, quota table); API reference of VpcPeer 2022-01-01,
 * read 2026-04. Which states can be changed: docs/differences/alibaba.md.
 */
export const profile: Profile = {
  overlap: 'allow',
  overlapElsewhere: 'allow',
  crossRegion: 'allow',
  bandwidth: { sameRegion: 'refuse', limitMbps: BANDWIDTH_LIMIT_MBPS },
  linkTypeInSameRegion: 'refuse',
  updatable: ['active'],
  concurrentChange: 'refuse',
  routes: { peeringStates: ['active'], refuseInside: 'subnets', onlyInsidePeer: false },
  extraCidrs: 5,
  routesOnDelete: 'block-unless-forced',
  vpcNames: 'free',
  quotas: {
    'peerings-per-tenant-region': 20,
    'same-region-peerings-per-vpc': 10,
    'cross-region-peerings-per-vpc': 20,
    'routes-per-route-table': 200,
    'peerings-per-vpc': null,
  },
}
