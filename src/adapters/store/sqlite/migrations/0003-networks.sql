-- Parts of VPCs: subnets, route tables, routes. What is asked for by has a column; the rest is in the body, as JSON.
CREATE TABLE parts (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('subnet', 'route-table', 'route', 'port')),
  alibaba_id TEXT NOT NULL UNIQUE,
  tencent_id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  region TEXT NOT NULL,
  vpc TEXT NOT NULL REFERENCES vpcs (id),
  name TEXT NOT NULL,
  -- A route's table; the table that a subnet goes by, null for the default one.
  route_table TEXT,
  -- The peering that a route leads through, and where to.
  peering TEXT REFERENCES peerings (id),
  destination TEXT,
  is_default INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE INDEX parts_by_vpc ON parts (vpc, kind, id);
CREATE INDEX parts_by_tenant ON parts (tenant, kind, id);
CREATE INDEX parts_by_peering ON parts (peering) WHERE peering IS NOT NULL;
-- No two routes of a table for one destination; one default table for a VPC.
CREATE UNIQUE INDEX parts_by_route_table ON parts (route_table, destination) WHERE kind = 'route';
CREATE UNIQUE INDEX parts_default_table ON parts (vpc) WHERE is_default = 1;

-- How far the network has come with a peering or a VPC; no row: nothing of it is there.
CREATE TABLE realizations (
  id TEXT PRIMARY KEY,
  realized INTEGER NOT NULL,
  proven_at_ms INTEGER,
  reason TEXT
) STRICT, WITHOUT ROWID;

-- Small numbers for names, never given twice.
CREATE TABLE allocations (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

-- What only some clouds know of a VPC, as JSON; null where nothing was said.
ALTER TABLE vpcs ADD COLUMN attributes TEXT;

-- VPCs from before get the default table that new ones are made with.
WITH made AS MATERIALIZED (
  SELECT *,
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
      || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS part,
    'vtb-bp1' || lower(hex(randomblob(9))) AS alibaba_part,
    'rtb-' || lower(hex(randomblob(4))) AS tencent_part
  FROM vpcs WHERE deleted_at_ms IS NULL
)
INSERT INTO parts (id, kind, alibaba_id, tencent_id, tenant, region, vpc, name, is_default, body)
SELECT part, 'route-table', alibaba_part, tencent_part, tenant, region, id, '', 1, json_object(
  'kind', 'route-table', 'id', part,
  'ids', json_object('huawei', part, 'alibaba', alibaba_part, 'tencent', tencent_part),
  'tenant', tenant, 'region', region, 'vpc', id, 'name', '', 'description', '', 'tags', json_array(),
  'createdAtMs', created_at_ms, 'updatedAtMs', created_at_ms, 'isDefault', json('true'))
FROM made;
