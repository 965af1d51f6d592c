-- A run's tables are closed, made ready side by side, then attached one after the other. Supersedes the functions of
-- `ready.sql` and `stage.sql`.
--
-- Closed: nobody loads any more, so what is looked at is what is attached. Ready: indexed, under its checks and foreign
-- keys, and its `in_block` valid; only the owner can write that down. What a table of the run refers to inside the run
-- is looked at by its own check (`TABLE_ready_check`) and, when attached, by the foreign key.

CREATE FUNCTION bulk_close_stage(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    ids bulk_block;
    one record;
    key record;
BEGIN
    SELECT * INTO STRICT ids FROM bulk_block WHERE run_id = run FOR UPDATE;
    FOR one IN
        SELECT oid::regclass AS staged, substring(relname FROM '^stage_\d+_(.*)$')::regclass AS parent
        FROM pg_class WHERE relname ~ format('^stage_%s_', run) AND relkind = 'r' ORDER BY relname
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_constraint WHERE conrelid = one.staged AND conname = 'in_block');
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kanjo_app') THEN
            EXECUTE format('REVOKE INSERT ON %s FROM kanjo_app', one.staged);
        END IF;
        -- Waits for whoever still loads.
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT in_block CHECK (id >= %s AND id < %s) NOT VALID',
                       one.staged, ids.first, ids.until);
        FOR key IN
            SELECT conname, pg_get_constraintdef(oid) AS rule FROM pg_constraint
            WHERE conrelid = one.parent AND contype = 'f' AND conparentid = 0
                AND to_regclass(format('stage_%s_%s', run, confrelid::regclass)) IS NULL
            ORDER BY confrelid
        LOOP
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', one.staged, key.conname, key.rule);
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION bulk_is_ready(staged regclass) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM pg_constraint WHERE conrelid = staged AND conname = 'in_block' AND convalidated);

-- A sample of 3,000 rows tells the planner enough. The checks add up whole runs: in memory, for the length of the call.
-- No lock taken here is in the way of another table's check, which reads this one.
CREATE OR REPLACE FUNCTION bulk_ready(parent text, run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET default_statistics_target = 10 SET work_mem = '128MB' AS $$
DECLARE
    staged regclass := to_regclass(format('stage_%s_%s', run, parent));
    own text;
    one record;
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
    FOR one IN SELECT indexrelid AS id, pg_get_indexdef(indexrelid) AS index FROM pg_index
        WHERE indrelid = parent::regclass ORDER BY indexrelid
    LOOP
        own := format('ready_%s_%s', staged::oid, one.id);
        CONTINUE WHEN to_regclass(own) IS NOT NULL;
        EXECUTE regexp_replace(one.index, '^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?\S+ ',
                               format('CREATE \1INDEX %I ON %s ', own, staged));
    END LOOP;
    IF to_regproc(parent || '_ready_check') IS NOT NULL THEN
        EXECUTE format('SELECT %I(%L::regclass)', parent || '_ready_check', staged);
    END IF;
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = staged AND NOT convalidated
        ORDER BY conname = 'in_block', conname
    LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', staged, one.conname);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION bulk_settle(parent text, run bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    staged regclass := to_regclass(format('stage_%s_%s', run, parent));
    own text := format('%s_run_%s', parent, run);
    ids bulk_block;
    one record;
BEGIN
    SELECT * INTO STRICT ids FROM bulk_block WHERE run_id = run FOR UPDATE;
    staged := to_regclass(format('stage_%s_%s', run, parent));
    IF staged IS NULL THEN
        RETURN false;
    END IF;
    IF NOT bulk_is_ready(staged) THEN
        RAISE EXCEPTION '% is not ready', staged USING ERRCODE = 'KJ024';
    END IF;
    IF to_regproc(parent || '_settle_check') IS NOT NULL THEN
        EXECUTE format('SELECT %I(%L::regclass)', parent || '_settle_check', staged);
    END IF;
    FOR one IN
        SELECT format('ready_%s_%s', staged::oid, conindid) AS index,
            CASE contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END AS kind
        FROM pg_constraint WHERE conrelid = parent::regclass AND contype IN ('p', 'u')
    LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %2$I', staged, one.index, one.kind);
    END LOOP;
    EXECUTE format('ALTER TABLE %s RENAME TO %I', staged, own);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                   parent, own, ids.first, ids.until);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kanjo_app') THEN
        EXECUTE format('REVOKE ALL ON %I FROM kanjo_app', own);
    END IF;
    RETURN true;
END $$;

-- The table in which the run that loaded *loaded* has its rows of *parent*.
CREATE FUNCTION bulk_beside(loaded regclass, parent text) RETURNS regclass LANGUAGE sql STABLE
RETURN format('stage_%s_%s', substring(loaded::text FROM '^stage_(\d+)_'), parent)::regclass;
