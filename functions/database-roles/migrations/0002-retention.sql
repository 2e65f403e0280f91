-- What functions/data-retention works with. It signs in as streamflix_retention, which may do what stands here and
-- nothing else: a table that it is to delete from grants it that in the migration that makes the table.

-- Rows that nobody may delete: all of one subject, or those of one table that have these values.
CREATE TABLE legal_holds (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  subject_id text,
  table_name text,
  row_values jsonb CHECK (jsonb_typeof(row_values) = 'object' AND row_values <> '{}'),
  reason text NOT NULL CHECK (char_length(reason) BETWEEN 10 AND 500),
  placed_at timestamptz NOT NULL DEFAULT now(),
  -- Absent: until somebody releases it.
  until timestamptz,
  CHECK (num_nonnulls(subject_id, table_name) = 1 AND num_nonnulls(subject_id, row_values) = 1)
);

-- Who has been erased, by a digest that tells nobody who it was. completed_at is absent while something has to stay.
CREATE TABLE erasures (
  digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
  reference text NOT NULL,
  requested_at timestamptz NOT NULL,
  completed_at timestamptz
);

-- To find what is past its time without reading everything else.
CREATE INDEX playback_positions_recorded_at ON playback_positions (recorded_at);

-- Only the owner of a partition can drop it. This does it for others, where its whole range has passed.
CREATE FUNCTION drop_expired_partition(parent regclass, part regclass, before timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' AS $$
DECLARE
  range_end timestamptz;
BEGIN
  SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM ' TO \(''([^'']+)''\)$') INTO range_end
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = parent AND i.inhrelid = part AND c.relkind = 'r';
  IF range_end IS NULL OR range_end > before OR before > now() THEN
    RAISE EXCEPTION '% is no partition of % that ended before %', part, parent, before;
  END IF;
  EXECUTE format('DROP TABLE %s', part);
END $$;

REVOKE EXECUTE ON FUNCTION drop_expired_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_expired_partition TO streamflix_retention;
GRANT SELECT, DELETE ON profiles, playback_positions, subject_keys TO streamflix_retention;
GRANT SELECT, INSERT, UPDATE ON legal_holds, erasures TO streamflix_retention;
