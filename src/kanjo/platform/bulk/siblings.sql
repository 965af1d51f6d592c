-- What a row refers to in another table that runs load into is of the same run: each part has a foreign key of its own to
-- the part beside it. A key between the whole tables would be looked at against all that was ever loaded, each time a run
-- is attached. Supersedes the functions of `close.sql`.

CREATE FUNCTION bulk_beside_rule() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %s (id) DEFERRABLE INITIALLY DEFERRED NOT VALID';

-- Put such keys between the parts that are there, in place of the one between the tables. They are checked by `bulk_check_siblings`, in a transaction of its own;
-- what is written from now on is under them.
CREATE FUNCTION bulk_siblings(child text, keyed text, parent text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT inhrelid::regclass AS part, substring(inhrelid::regclass::text FROM length(child) + 1) AS of_run
        FROM pg_inherits WHERE inhparent = child::regclass
    LOOP
        EXECUTE format(bulk_beside_rule(), one.part, child || '_beside', keyed, (parent || one.of_run)::regclass);
    END LOOP;
    FOR one IN SELECT conname FROM pg_constraint
        WHERE conrelid = child::regclass AND confrelid = parent::regclass AND contype = 'f' AND conparentid = 0
    LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', child, one.conname);
    END LOOP;
END $$;

CREATE FUNCTION bulk_check_siblings(child text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT conrelid::regclass AS part, conname FROM pg_constraint
        WHERE conname = child || '_beside' AND NOT convalidated
    LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', one.part, one.conname);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION bulk_is_ready(staged regclass) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM pg_constraint WHERE conrelid = staged AND conname = 'in_block')
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = staged AND NOT convalidated);

CREATE FUNCTION bulk_index(staged regclass, index regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    own text := format('ready_%s_%s', staged::oid, index::oid);
BEGIN
    IF to_regclass(own) IS NULL THEN
        EXECUTE regexp_replace(pg_get_indexdef(index), '^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?\S+ ',
                               format('CREATE \1INDEX %I ON %s ', own, staged));
    END IF;
END $$;

CREATE OR REPLACE FUNCTION bulk_close_stage(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    ids bulk_block;
    own text[];
    beside regclass;
    one record;
    key record;
BEGIN
    SELECT * INTO STRICT ids FROM bulk_block WHERE run_id = run FOR UPDATE;
    FOR one IN
        SELECT oid::regclass AS staged, substring(relname FROM '^stage_\d+_(.*)$')::regclass AS parent
        FROM pg_class WHERE relname ~ format('^stage_%s_', run) AND relkind = 'r' ORDER BY relname
    LOOP
        own := ARRAY(SELECT conname FROM pg_constraint WHERE conrelid = one.staged);
        IF 'in_block' <> ALL (own) THEN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kanjo_app') THEN
                EXECUTE format('REVOKE INSERT ON %s FROM kanjo_app', one.staged);
            END IF;
            -- Waits for whoever still loads.
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT in_block CHECK (id >= %s AND id < %s) NOT VALID',
                           one.staged, ids.first, ids.until);
        END IF;
        FOR key IN
            SELECT conname, pg_get_constraintdef(oid) AS rule FROM pg_constraint
            WHERE conrelid = one.parent AND contype = 'f' AND conparentid = 0 AND conname <> ALL (own)
                AND (confrelid = conrelid OR to_regclass(format('stage_%s_%s', run, confrelid::regclass)) IS NULL)
            ORDER BY confrelid
        LOOP
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', one.staged, key.conname, key.rule);
        END LOOP;
        FOR key IN
            SELECT conname, attname AS keyed, regexp_replace(confrelid::regclass::text, '_hand$', '')::regclass AS parent
            FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
            WHERE conrelid = format('%s_hand', one.parent)::regclass AND conname = one.parent || '_beside'
                AND conname <> ALL (own)
        LOOP
            beside := format('stage_%s_%s', run, key.parent)::regclass;
            PERFORM bulk_index(beside, indexrelid) FROM pg_index WHERE indrelid = key.parent AND indisprimary;
            EXECUTE format(bulk_beside_rule(), one.staged, key.conname, key.keyed, beside);
        END LOOP;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION bulk_ready(parent text, run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET default_statistics_target = 10 SET work_mem = '128MB' AS $$
DECLARE
    staged regclass := to_regclass(format('stage_%s_%s', run, parent));
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
    PERFORM bulk_index(staged, indexrelid) FROM pg_index WHERE indrelid = parent::regclass ORDER BY indexrelid;
    IF to_regproc(parent || '_ready_check') IS NOT NULL THEN
        EXECUTE format('SELECT %I(%L::regclass)', parent || '_ready_check', staged);
    END IF;
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = staged AND NOT convalidated
        ORDER BY conname = 'in_block', conname
    LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', staged, one.conname);
    END LOOP;
END $$;

-- Runs write beside their own tables into live ones: whoever reads them next should know what is in them.
CREATE FUNCTION bulk_sample(live text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET default_statistics_target = 10 AS $$
BEGIN
    EXECUTE format('ANALYZE %I', live);
END $$;

-- A run that was stopped before its tables got a column has it when it goes on: what it loaded knows nothing of it.
CREATE FUNCTION bulk_widen(parent text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    staged regclass;
    lacking record;
BEGIN
    FOR staged IN SELECT oid::regclass FROM pg_class WHERE relname ~ format('^stage_\d+_%s$', parent) AND relkind = 'r' LOOP
        FOR lacking IN
            SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
            WHERE attrelid = parent::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN (
                SELECT attname FROM pg_attribute WHERE attrelid = staged AND attnum > 0 AND NOT attisdropped)
        LOOP
            EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', staged, lacking.attname, lacking.type);
        END LOOP;
    END LOOP;
END $$;
