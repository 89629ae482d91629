-- Times are milliseconds since the epoch. Ids are the resource's own (a UUID, the Huawei dialect's id) unless
-- the column says which dialect's they are. What is compared or sorted collates by bytes, as everywhere else.

CREATE TABLE settings (
  name text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE tenants (
  id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  domain_name text COLLATE "C" NOT NULL UNIQUE,
  alibaba_uid text COLLATE "C" NOT NULL UNIQUE,
  tencent_uin text COLLATE "C" NOT NULL UNIQUE,
  body jsonb NOT NULL
);

CREATE TABLE projects (
  id text COLLATE "C" PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL REFERENCES tenants (id),
  region text COLLATE "C" NOT NULL,
  UNIQUE (tenant, region)
);

CREATE TABLE access_keys (
  id text COLLATE "C" PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL REFERENCES tenants (id),
  sealed_secret bytea NOT NULL,
  created_at_ms bigint NOT NULL
);

CREATE INDEX access_keys_by_tenant ON access_keys (tenant);

CREATE TABLE vpcs (
  id text COLLATE "C" PRIMARY KEY,
  alibaba_id text COLLATE "C" NOT NULL UNIQUE,
  tencent_id text COLLATE "C" NOT NULL UNIQUE,
  tenant text COLLATE "C" NOT NULL REFERENCES tenants (id),
  region text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text NOT NULL,
  cidrs jsonb NOT NULL,
  tags jsonb NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  deleted_at_ms bigint,
  version bigint NOT NULL,
  -- What only some clouds know of a VPC; null where nothing was said.
  attributes jsonb,
  UNIQUE (id, tenant)
);

CREATE INDEX vpcs_by_tenant ON vpcs (tenant, id) WHERE deleted_at_ms IS NULL;
CREATE INDEX vpcs_by_name ON vpcs (tenant, name) WHERE deleted_at_ms IS NULL;

CREATE TABLE peerings (
  id text COLLATE "C" PRIMARY KEY,
  alibaba_id text COLLATE "C" NOT NULL UNIQUE,
  tencent_id text COLLATE "C" NOT NULL UNIQUE,
  name text COLLATE "C" NOT NULL,
  description text NOT NULL,
  requester_tenant text COLLATE "C" NOT NULL,
  requester_region text COLLATE "C" NOT NULL,
  requester_vpc text COLLATE "C" NOT NULL,
  accepter_tenant text COLLATE "C" NOT NULL,
  accepter_region text COLLATE "C" NOT NULL,
  accepter_vpc text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL
    CHECK (state IN ('pending-acceptance', 'active', 'rejected', 'expired', 'deleted')),
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  expires_at_ms bigint,
  version bigint NOT NULL,
  -- What only some clouds know of a peering; null where nothing was said.
  attributes jsonb,
  CHECK (requester_vpc <> accepter_vpc),
  -- Each end is a VPC of that tenant.
  FOREIGN KEY (requester_vpc, requester_tenant) REFERENCES vpcs (id, tenant),
  FOREIGN KEY (accepter_vpc, accepter_tenant) REFERENCES vpcs (id, tenant)
);

-- Both ends of a pair in two indexes, by their ids. The first also keeps live peerings to one for each pair of VPCs,
-- whichever way round it was asked for, and dead ones apart by their own ids.
CREATE UNIQUE INDEX peerings_by_first_vpc ON peerings (
  least(requester_vpc, accepter_vpc),
  greatest(requester_vpc, accepter_vpc),
  (CASE WHEN state IN ('pending-acceptance', 'active') THEN '' ELSE id END)
) WHERE state <> 'deleted';
CREATE INDEX peerings_by_second_vpc ON peerings (greatest(requester_vpc, accepter_vpc)) WHERE state <> 'deleted';

CREATE INDEX peerings_by_requester ON peerings (requester_tenant, id) WHERE state <> 'deleted';
CREATE INDEX peerings_by_accepter ON peerings (accepter_tenant, id) WHERE state <> 'deleted';
CREATE INDEX peerings_by_deadline ON peerings (expires_at_ms) WHERE state = 'pending-acceptance';

-- Parts of VPCs: subnets, route tables, routes. What is asked for by has a column; the whole of it is in the body.
CREATE TABLE parts (
  id text COLLATE "C" PRIMARY KEY,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('subnet', 'route-table', 'route', 'port')),
  alibaba_id text COLLATE "C" NOT NULL UNIQUE,
  tencent_id text COLLATE "C" NOT NULL UNIQUE,
  tenant text COLLATE "C" NOT NULL REFERENCES tenants (id),
  region text COLLATE "C" NOT NULL,
  vpc text COLLATE "C" NOT NULL REFERENCES vpcs (id),
  name text COLLATE "C" NOT NULL,
  -- A route's table; the table that a subnet goes by, null for the default one.
  route_table text COLLATE "C",
  -- The peering that a route leads through, and where to.
  peering text COLLATE "C" REFERENCES peerings (id),
  destination text COLLATE "C",
  is_default boolean NOT NULL,
  body jsonb NOT NULL
);

CREATE INDEX parts_by_vpc ON parts (vpc, kind, id);
CREATE INDEX parts_by_tenant ON parts (tenant, kind, id);
CREATE INDEX parts_by_peering ON parts (peering) WHERE peering IS NOT NULL;
-- No two routes of a table for one destination; one default table for a VPC.
CREATE UNIQUE INDEX parts_by_route_table ON parts (route_table, destination) WHERE kind = 'route';
CREATE UNIQUE INDEX parts_default_table ON parts (vpc) WHERE is_default;

-- How far the network has come with a peering or a VPC; no row: nothing of it is there.
CREATE TABLE realizations (
  id text COLLATE "C" PRIMARY KEY,
  realized bigint NOT NULL,
  proven_at_ms bigint,
  reason text
);

-- Small numbers for names, never given twice.
CREATE TABLE allocations (
  name text COLLATE "C" PRIMARY KEY,
  number bigint NOT NULL UNIQUE
);

CREATE TABLE counters (
  key text COLLATE "C" PRIMARY KEY,
  used bigint NOT NULL CHECK (used >= 0)
);

-- The number of the newest event, in its one row. Whoever writes locks that row first, so batches of changes follow
-- one another, whichever replica they come from, and numbers have no gap.
CREATE TABLE event_sequence (
  singleton boolean PRIMARY KEY CHECK (singleton),
  last bigint NOT NULL CHECK (last >= 0)
);

INSERT INTO event_sequence (singleton, last) VALUES (true, 0);

CREATE TABLE events (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  at_ms bigint NOT NULL,
  type text NOT NULL,
  peering text COLLATE "C" NOT NULL REFERENCES peerings (id),
  from_state text,
  to_state text NOT NULL,
  requester text COLLATE "C" NOT NULL,
  accepter text COLLATE "C" NOT NULL,
  actor_kind text NOT NULL,
  actor_tenant text COLLATE "C",
  dialect text,
  request_id text,
  remote_address text
);

CREATE INDEX events_by_requester ON events (requester, sequence);
CREATE INDEX events_by_accepter ON events (accepter, sequence);

CREATE TABLE claims (
  key text COLLATE "C" PRIMARY KEY,
  fingerprint text NOT NULL,
  result text NOT NULL,
  made_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL
);

CREATE INDEX claims_by_expiry ON claims (expires_at_ms);

-- What came of each batch of changes, so that whoever lost the connection on which it was committed can find out.
CREATE TABLE batches (
  id uuid PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT now(),
  outcomes jsonb NOT NULL
);

CREATE INDEX batches_by_time ON batches (made_at);

-- Fails the statement that calls it, and so the transaction, where it did not find just the rows it was to change.
CREATE FUNCTION expect_rows(changed bigint, expected integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changed <> expected THEN
    RAISE EXCEPTION 'changed % rows where % were to change', changed, expected USING ERRCODE = 'triggered_data_change_violation';
  END IF;
END
$$;
