-- Where tenants are told of what happens to their peerings.
CREATE TABLE webhooks (
  id text COLLATE "C" PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL REFERENCES tenants (id),
  url text NOT NULL,
  description text NOT NULL,
  -- Null: all of them.
  event_types jsonb,
  enabled boolean NOT NULL,
  sealed_secrets bytea NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  version bigint NOT NULL
);

CREATE INDEX webhooks_by_tenant ON webhooks (tenant, id);

-- How far each has come in the event log. Apart from the webhook, which its owner may change meanwhile.
CREATE TABLE webhook_positions (
  webhook text COLLATE "C" PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
  position bigint NOT NULL
);

-- What each has not taken: to be tried again, or (null) dead.
CREATE TABLE deliveries (
  webhook text COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  sequence bigint NOT NULL,
  attempts bigint NOT NULL,
  attempted_at_ms bigint NOT NULL,
  next_attempt_at_ms bigint,
  reason text NOT NULL,
  PRIMARY KEY (webhook, sequence)
);

CREATE INDEX deliveries_dead ON deliveries (webhook, sequence) WHERE next_attempt_at_ms IS NULL;
