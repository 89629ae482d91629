-- A batch may be written before its number is known. What it came to counts from the number of the last event before it;
-- what older batches came to, from nothing.
ALTER TABLE batches ADD COLUMN sequence_before bigint NOT NULL DEFAULT 0;
