-- As before, and a column that may not be null comes with its default: what was loaded before it came has that.
CREATE OR REPLACE FUNCTION bulk_widen(parent text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    staged regclass;
    lacking record;
BEGIN
    FOR staged IN SELECT oid::regclass FROM pg_class WHERE relname ~ format('^stage_\d+_%s$', parent) AND relkind = 'r' LOOP
        FOR lacking IN
            SELECT attname, format_type(atttypid, atttypmod)
                || coalesce(' DEFAULT ' || (
                    SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum), '')
                || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END AS type
            FROM pg_attribute
            WHERE attrelid = parent::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN (
                SELECT attname FROM pg_attribute WHERE attrelid = staged AND attnum > 0 AND NOT attisdropped)
        LOOP
            EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', staged, lacking.attname, lacking.type);
        END LOOP;
    END LOOP;
END $$;
