-- A part of a table is reached through the table only. Rights are asked of the table that a statement names, and so are
-- the triggers of whole statements: whoever could name a part would pass by the checks of the table.

CREATE FUNCTION bulk_close(part regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kanjo_app') THEN
        EXECUTE format('REVOKE ALL ON %s FROM kanjo_app', part);
    END IF;
END $$;

SELECT bulk_close(oid) FROM pg_class WHERE relispartition AND relkind = 'r' AND relnamespace = 'public'::regnamespace;

-- Supersedes the function of `partition.sql`: the first part is closed as it is made.
CREATE OR REPLACE FUNCTION bulk_partition(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    plain text := target::text;
    again text[] := '{}';
    statement text;
BEGIN
    -- What stands on the empty table is written down, the table is made anew as partitioned, and all is put back:
    -- keys, indexes, foreign keys out of it and into it, triggers.
    SELECT array_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                            pg_get_constraintdef(oid)) ORDER BY confrelid = target, contype DESC, conname)
    INTO again FROM pg_constraint
    WHERE conparentid = 0
        AND ((conrelid = target AND contype IN ('p', 'u', 'f')) OR (confrelid = target AND contype = 'f'));
    SELECT again || coalesce(array_agg(pg_get_indexdef(indexrelid)), '{}') INTO again FROM pg_index x
    WHERE indrelid = target
        AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.conrelid = target);
    SELECT again || coalesce(array_agg(pg_get_triggerdef(oid)), '{}') INTO again
    FROM pg_trigger WHERE tgrelid = target AND NOT tgisinternal AND tgparentid = 0;

    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (id)',
                   plain || '_parted', target);
    EXECUTE format('DROP TABLE %s CASCADE', target);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', plain || '_parted', plain);
    EXECUTE format('CREATE SEQUENCE %I OWNED BY %I.id', plain || '_id_seq', plain);
    EXECUTE format('ALTER TABLE %I ALTER COLUMN id SET DEFAULT nextval(%L)', plain, plain || '_id_seq');
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (MINVALUE) TO (%s)',
                   plain || '_hand', plain, 1::bigint << 40);
    PERFORM bulk_close((plain || '_hand')::regclass);
    FOREACH statement IN ARRAY again LOOP
        EXECUTE statement;
    END LOOP;
END $$;

-- The ids of the run whose staged table this is.
CREATE FUNCTION bulk_block_of(loaded regclass) RETURNS bulk_block LANGUAGE plpgsql STABLE AS $$
DECLARE
    ids bulk_block;
BEGIN
    SELECT * INTO STRICT ids FROM bulk_block WHERE run_id = substring(loaded::text FROM '^stage_(\d+)_')::bigint;
    RETURN ids;
END $$;
