-- Where tenants are told of what happens to their peerings.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  -- A list as JSON; null: all of them.
  event_types TEXT,
  enabled INTEGER NOT NULL,
  sealed_secrets BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_by_tenant ON webhooks (tenant, id);

-- How far each has come in the event log. Apart from the webhook, which its owner may change meanwhile.
CREATE TABLE webhook_positions (
  webhook TEXT PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What each has not taken: to be tried again, or (null) dead.
CREATE TABLE deliveries (
  webhook TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  attempted_at_ms INTEGER NOT NULL,
  next_attempt_at_ms INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY (webhook, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_dead ON deliveries (webhook, sequence) WHERE next_attempt_at_ms IS NULL;
