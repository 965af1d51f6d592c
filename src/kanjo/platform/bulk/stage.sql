-- A staged run loads into tables of its own, which are then constrained and attached. These functions run with the
-- rights of the owner: the application owns no table.

CREATE FUNCTION bulk_stage(parent text, run bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    staged text := format('stage_%s_%s', run, parent);
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', staged, parent);
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kanjo_app') THEN
        EXECUTE format('GRANT SELECT, INSERT ON %I TO kanjo_app', staged);
    END IF;
    RETURN staged;
END $$;

-- A sample of 3,000 rows tells the planner enough. The checks add up whole runs: in memory, for the length of the call.
CREATE FUNCTION bulk_settle(parent text, run bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET default_statistics_target = 10 SET work_mem = '128MB' AS $$
DECLARE
    staged text := format('stage_%s_%s', run, parent);
    own text := format('%s_run_%s', parent, run);
    ids bulk_block;
BEGIN
    SELECT * INTO STRICT ids FROM bulk_block WHERE run_id = run FOR UPDATE;
    IF to_regclass(staged) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('ANALYZE %I', staged);
    IF to_regproc(parent || '_settle_check') IS NOT NULL THEN
        EXECUTE format('SELECT %I(%L::regclass)', parent || '_settle_check', staged);
    END IF;
    EXECUTE format('ALTER TABLE %I ADD CHECK (id >= %s AND id < %s)', staged, ids.first, ids.until);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', staged, own);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                   parent, own, ids.first, ids.until);
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kanjo_app') THEN
        EXECUTE format('REVOKE ALL ON %I FROM kanjo_app', own);
    END IF;
    RETURN true;
END $$;
