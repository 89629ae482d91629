-- The same checks, said so that they compare: for a list of more than two, a table of its own is made for every row that is
-- written. What is stored does not change.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
  'CHECK (state IN (''pending-acceptance'', ''active'', ''rejected'', ''expired'', ''deleted''))',
  'CHECK (state = ''pending-acceptance'' OR state = ''active'' OR state = ''rejected'' OR state = ''expired'' OR state = ''deleted'')')
WHERE type = 'table' AND name = 'peerings';
UPDATE sqlite_schema SET sql = replace(sql,
  'CHECK (kind IN (''subnet'', ''route-table'', ''route'', ''port''))',
  'CHECK (kind = ''subnet'' OR kind = ''route-table'' OR kind = ''route'' OR kind = ''port'')')
WHERE type = 'table' AND name = 'parts';
PRAGMA writable_schema = RESET;
