-- A run that was stopped halfway before sharing keeps its stand-alone tables, which are attached when it goes on: its
-- lines get the columns and the check that all lines got. They are of one payer, so nothing is to be filled in.

DO $$
DECLARE
    staged regclass;
    fits text := (
        SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint
        WHERE conrelid = 'billing_invoiceline'::regclass AND conname = 'line_share');
BEGIN
    FOR staged IN
        SELECT oid::regclass FROM pg_class WHERE relname ~ '^stage_\d+_billing_invoiceline$' AND relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS share_from bigint,
            ADD COLUMN IF NOT EXISTS share_until bigint, ADD COLUMN IF NOT EXISTS share_of bigint,
            DROP CONSTRAINT IF EXISTS line_share, ADD CONSTRAINT line_share CHECK (%s)', staged, fits);
    END LOOP;
END $$;
