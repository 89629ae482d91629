-- The peerings of a VPC are those inside its region and those that leave it: that sum is not kept as well. And the counts of
-- a VPC lie beside those of its tenant, so that a request is counted in one place on disk.
DELETE FROM counters WHERE key LIKE '%:peerings-per-vpc';
INSERT INTO counters (key, used)
SELECT tenant || ':' || key, used FROM counters JOIN vpcs ON vpcs.id = substr(key, 1, 36)
WHERE key LIKE '%-region-peerings-per-vpc';
DELETE FROM counters WHERE key LIKE '%-region-peerings-per-vpc' AND substr(key, 1, 36) IN (SELECT id FROM vpcs);
