-- Whether a peering is deleted, in a column of its own that its indexes are cut by. By its state all four were written anew
-- whenever that changed, although in three of them nothing did.
ALTER TABLE peerings ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
UPDATE peerings SET deleted = 1 WHERE state = 'deleted';
DROP INDEX peerings_by_first_vpc;
DROP INDEX peerings_by_second_vpc;
DROP INDEX peerings_by_requester;
DROP INDEX peerings_by_accepter;
CREATE UNIQUE INDEX peerings_by_first_vpc ON peerings (
  min(requester_vpc, accepter_vpc),
  max(requester_vpc, accepter_vpc),
  iif(state IN ('pending-acceptance', 'active'), '', id)
) WHERE deleted = 0;
CREATE INDEX peerings_by_second_vpc ON peerings (max(requester_vpc, accepter_vpc)) WHERE deleted = 0;
CREATE INDEX peerings_by_requester ON peerings (requester_tenant, id) WHERE deleted = 0;
CREATE INDEX peerings_by_accepter ON peerings (accepter_tenant, id) WHERE deleted = 0;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
  'deleted INTEGER NOT NULL DEFAULT 0',
  'deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted = (state = ''deleted''))')
WHERE type = 'table' AND name = 'peerings';
PRAGMA writable_schema = RESET;
