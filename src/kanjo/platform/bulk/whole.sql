-- A key to a partitioned table stands once more for each of its partitions among the constraints, on PostgreSQL 15 as one not
-- checked: no row is in all of them. Only the whole key is checked. Supersedes the functions of `siblings.sql`.

CREATE FUNCTION bulk_unchecked(staged regclass) RETURNS SETOF name LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT conname FROM pg_constraint WHERE conrelid = staged AND NOT convalidated AND conparentid = 0
    ORDER BY conname = 'in_block', conname;
END;

CREATE OR REPLACE FUNCTION bulk_is_ready(staged regclass) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM pg_constraint WHERE conrelid = staged AND conname = 'in_block')
    AND NOT EXISTS (SELECT FROM bulk_unchecked(staged));

CREATE OR REPLACE FUNCTION bulk_ready(parent text, run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET default_statistics_target = 10 SET work_mem = '128MB' AS $$
DECLARE
    staged regclass := to_regclass(format('stage_%s_%s', run, parent));
    rule name;
BEGIN
    PERFORM FROM bulk_block WHERE run_id = run FOR SHARE;
    PERFORM pg_advisory_xact_lock(hashtextextended('bulk_ready', staged::oid::bigint));
    staged := to_regclass(format('stage_%s_%s', run, parent));
    IF staged IS NULL OR bulk_is_ready(staged) THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = staged AND conname = 'in_block') THEN
        RAISE EXCEPTION '% is not closed', staged USING ERRCODE = 'KJ024';
    END IF;
    EXECUTE format('ANALYZE %s', staged);
    PERFORM bulk_index(staged, indexrelid) FROM pg_index WHERE indrelid = parent::regclass ORDER BY indexrelid;
    IF to_regproc(parent || '_ready_check') IS NOT NULL THEN
        EXECUTE format('SELECT %I(%L::regclass)', parent || '_ready_check', staged);
    END IF;
    FOR rule IN SELECT bulk_unchecked(staged) LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', staged, rule);
    END LOOP;
END $$;
