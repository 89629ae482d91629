import type { Presumption } from './presumption.ts'
import { jsonText, prepare, type Statement } from './session.ts'
import {
  apart,
  CHANGE_PEERINGS,
  claimStatements,
  counterRow,
  EVENT_COLUMNS,
  eventRow,
  insertInto,
  peeringRow,
} from './writes.ts'

/**
 * All of a batch in one statement, for what a statement costs by itself would be most of it. Each part counts the rows that
 * it finds as they should be, never more of them than there should be: so all are if the sum is right. What is only read is
 * read as it was before. Any id may be asked for in any dialect, so a new one must be free in both of the columns.
 */
const WRITE = prepare(`WITH changed AS (
    ${CHANGE_PEERINGS} RETURNING 1
  ), added AS (
    ${insertInto('peerings', '$2')} RETURNING 1
  ), wanted AS (
    SELECT * FROM json_populate_recordset(null::counters, $3::json)
  ), moved AS (
    UPDATE counters SET used = counters.used + wanted.used FROM wanted WHERE counters.key = wanted.key
    RETURNING counters.key
  ), begun AS (
    INSERT INTO counters SELECT * FROM wanted WHERE key NOT IN (SELECT key FROM moved)
  ), numbered AS (
    UPDATE event_sequence SET last = last + $5 RETURNING last - $5 AS before
  ), logged AS (
    INSERT INTO events SELECT before + sequence, ${EVENT_COLUMNS}
    FROM numbered CROSS JOIN json_populate_recordset(null::events, $4::json) RETURNING 1
  ), remembered AS (
    INSERT INTO batches (id, outcomes, sequence_before) SELECT $6, $7::jsonb, before FROM numbered
  ) SELECT expect_rows((SELECT count(*) FROM changed) + (SELECT count(*) FROM added) + (SELECT count(*) FROM logged)
    + (SELECT count(*) FROM vpcs WHERE id = ANY($8::text[]) AND deleted_at_ms IS NULL)
    + (SELECT count(*) FROM unnest($9::text[], $10::bigint[]) AS read (id, version) JOIN vpcs USING (id, version))
    + (SELECT count(*) FROM unnest($11::text[], $12::bigint[]) AS read (id, version) JOIN peerings USING (id, version))
    + (SELECT count(*) FROM unnest($13::text[], $14::bigint[]) AS read (id, version) JOIN tenants USING (id)
        WHERE coalesce((consent->>'version')::bigint, 0) = read.version)
    + (SELECT count(*) FROM (
        SELECT place FROM unnest($15::integer[], $16::text[]) AS summed (place, key) LEFT JOIN counters USING (key)
        GROUP BY place HAVING coalesce(sum(used), 0) <= ($17::bigint[])[place + 1]) AS kept)
    - (SELECT count(*) FROM peerings WHERE alibaba_id = ANY($19::text[]))
    - (SELECT count(*) FROM peerings WHERE tencent_id = ANY($18::text[])),
    $20::integer)`)

/** The statements that write the batch under `id`, or fail where anything is not as presumed. `outcomes` is JSON. */
export function presumedStatements(
  { writes, read }: Presumption,
  id: string,
  outcomes: string,
): readonly Statement[] {
  const { peerings, counters, events } = writes
  const [added, changed] = apart(peerings, 'version_read', peeringRow)
  const moves = [...counters].map(([key, { to }]) => counterRow(to, key))
  const { vpcs, versions, sums } = read
  const readRows =
    vpcs.size + versions.vpcs.size + versions.peerings.size + versions.consents.size + sums.length
  const write = WRITE(
    ...[jsonText(changed), jsonText(added), jsonText(moves)],
    ...[jsonText(events.map((event) => eventRow(event, 0))), events.length],
    ...[id, outcomes],
    [...vpcs],
    ...[[...versions.vpcs.keys()], [...versions.vpcs.values()]],
    ...[[...versions.peerings.keys()], [...versions.peerings.values()]],
    ...[[...versions.consents.keys()], [...versions.consents.values()]],
    sums.flatMap(({ keys }, index) => keys.map(() => index)),
    sums.flatMap(({ keys }) => keys),
    sums.map(({ most }) => most),
    ...[added.map((row) => row.alibaba_id), added.map((row) => row.tencent_id)],
    changed.length + added.length + events.length + readRows,
  )
  return [...claimStatements(writes), write]
}
