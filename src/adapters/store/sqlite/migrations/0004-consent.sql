-- What a tenant has said beforehand about requests of others, as JSON with its version; null where nothing was said. Beside
-- the body, which others replace as a whole.
ALTER TABLE tenants ADD COLUMN consent TEXT;

-- Why, as far as whoever caused the event said.
ALTER TABLE events ADD COLUMN reason TEXT;

-- How many requests of one tenant wait for another.
INSERT INTO counters (key, used)
SELECT requester_tenant || ':waiting:' || accepter_tenant, count(*)
FROM peerings WHERE state = 'pending-acceptance'
GROUP BY requester_tenant, accepter_tenant;
