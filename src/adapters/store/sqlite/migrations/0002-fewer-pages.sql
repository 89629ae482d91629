-- What one new peering touches on disk is what a commit costs once the indexes are larger than memory.

-- Both ends of a pair in two indexes, not three: the first also keeps live peerings to one for each pair of VPCs,
-- whichever way round it was asked for, and dead ones apart by their ids.
DROP INDEX peerings_live_pair;
DROP INDEX peerings_by_requester_vpc;
DROP INDEX peerings_by_accepter_vpc;
CREATE UNIQUE INDEX peerings_by_first_vpc ON peerings (
  min(requester_vpc, accepter_vpc),
  max(requester_vpc, accepter_vpc),
  iif(state IN ('pending-acceptance', 'active'), '', id)
) WHERE state <> 'deleted';
CREATE INDEX peerings_by_second_vpc ON peerings (
  max(requester_vpc, accepter_vpc)
) WHERE state <> 'deleted';

-- Events of a tenant, in segments of 512 events: new ones all go into the last segment, whoever's they are, and so
-- to a few pages. Who reads a tenant's events asks segment after segment.
DROP INDEX events_by_requester;
DROP INDEX events_by_accepter;
CREATE INDEX events_by_requester ON events (sequence / 512, requester);
CREATE INDEX events_by_accepter ON events (sequence / 512, accepter);
