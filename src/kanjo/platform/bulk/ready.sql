-- Attaching a table to a parent builds the indexes that it lacks, one after the other. Those it has already are taken
-- as they are: this builds them beforehand, so that several tables can be made ready at the same time. Whoever settles
-- waits for it, and it for whoever settles, by the run's block; afterwards there is nothing to make ready any more.

CREATE FUNCTION bulk_ready(parent text, run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    staged regclass;
    one record;
    own text;
BEGIN
    PERFORM FROM bulk_block WHERE run_id = run FOR SHARE;
    staged := to_regclass(format('stage_%s_%s', run, parent));
    IF staged IS NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('bulk_ready', staged::oid::bigint));
    FOR one IN
        SELECT pg_get_indexdef(i.indexrelid) AS index, pg_get_constraintdef(c.oid) AS rule, i.indexrelid AS id
        FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')
        WHERE i.indrelid = parent::regclass
    LOOP
        own := format('ready_%s_%s', staged::oid, one.id);
        CONTINUE WHEN to_regclass(own) IS NOT NULL;
        IF one.rule IS NULL THEN
            EXECUTE regexp_replace(one.index, '^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?\S+ ',
                                   format('CREATE \1INDEX %I ON %s ', own, staged));
        ELSE
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', staged, own, one.rule);
        END IF;
    END LOOP;
END $$;
