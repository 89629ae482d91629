-- Times are milliseconds since the epoch. Ids are the resource's own (a UUID, the Huawei dialect's id) unless
-- the column says which dialect's they are.

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  domain_name TEXT NOT NULL UNIQUE,
  alibaba_uid TEXT NOT NULL UNIQUE,
  tencent_uin TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  region TEXT NOT NULL,
  UNIQUE (tenant, region)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_keys (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  sealed_secret BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX access_keys_by_tenant ON access_keys (tenant);

CREATE TABLE vpcs (
  id TEXT PRIMARY KEY,
  alibaba_id TEXT NOT NULL UNIQUE,
  tencent_id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  cidrs TEXT NOT NULL,
  tags TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER,
  version INTEGER NOT NULL
) STRICT;

CREATE INDEX vpcs_by_tenant ON vpcs (tenant, id) WHERE deleted_at_ms IS NULL;

CREATE TABLE peerings (
  id TEXT PRIMARY KEY,
  alibaba_id TEXT NOT NULL UNIQUE,
  tencent_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  requester_tenant TEXT NOT NULL REFERENCES tenants (id),
  requester_region TEXT NOT NULL,
  requester_vpc TEXT NOT NULL REFERENCES vpcs (id),
  accepter_tenant TEXT NOT NULL REFERENCES tenants (id),
  accepter_region TEXT NOT NULL,
  accepter_vpc TEXT NOT NULL REFERENCES vpcs (id),
  state TEXT NOT NULL CHECK (state IN ('pending-acceptance', 'active', 'rejected', 'expired', 'deleted')),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  version INTEGER NOT NULL,
  -- What only some clouds know of a peering, as JSON; null where nothing was said.
  attributes TEXT,
  CHECK (requester_vpc <> accepter_vpc)
) STRICT;

-- One live peering per pair of VPCs, whichever way round it was asked for.
CREATE UNIQUE INDEX peerings_live_pair
  ON peerings (min(requester_vpc, accepter_vpc), max(requester_vpc, accepter_vpc))
  WHERE state IN ('pending-acceptance', 'active');

CREATE INDEX peerings_by_requester ON peerings (requester_tenant, id) WHERE state <> 'deleted';
CREATE INDEX peerings_by_accepter ON peerings (accepter_tenant, id) WHERE state <> 'deleted';
CREATE INDEX peerings_by_requester_vpc ON peerings (requester_vpc, id) WHERE state <> 'deleted';
CREATE INDEX peerings_by_accepter_vpc ON peerings (accepter_vpc, id) WHERE state <> 'deleted';
CREATE INDEX peerings_by_deadline ON peerings (expires_at_ms) WHERE state = 'pending-acceptance';

CREATE TABLE counters (
  key TEXT PRIMARY KEY,
  used INTEGER NOT NULL CHECK (used >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  type TEXT NOT NULL,
  peering TEXT NOT NULL REFERENCES peerings (id),
  from_state TEXT,
  to_state TEXT NOT NULL,
  requester TEXT NOT NULL,
  accepter TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_tenant TEXT,
  dialect TEXT,
  request_id TEXT,
  remote_address TEXT
) STRICT;

CREATE INDEX events_by_requester ON events (requester, sequence);
CREATE INDEX events_by_accepter ON events (accepter, sequence);

CREATE TABLE claims (
  key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  result TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_by_expiry ON claims (expires_at_ms);
