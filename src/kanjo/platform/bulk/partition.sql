-- Tables that runs load into are partitioned by id. Ids below 2^40 are drawn one by one from the table's sequence;
-- each staged run has a block of its own above.

CREATE FUNCTION bulk_partition(target regclass) RETURNS void LANGUAGE plpgsql AS $$
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
    FOREACH statement IN ARRAY again LOOP
        EXECUTE statement;
    END LOOP;
END $$;
