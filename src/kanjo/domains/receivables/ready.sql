-- A balance is of its item, also where a run has loaded both: checked before they are attached (platform/bulk).
-- Supersedes the check of `one_company.sql`.

CREATE FUNCTION receivables_itembalance_ready_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE format('SELECT n.id FROM %s n JOIN %s i ON i.id = n.id'
        ' WHERE (n.company_id, n.amount_minor) <> (i.company_id, i.amount_minor) LIMIT 1',
        loaded, bulk_beside(loaded, 'receivables_openitem')) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the balance of item % differs from it in company or amount', wrong USING ERRCODE = 'KJ022';
    END IF;
END $$;

DROP FUNCTION receivables_itembalance_settle_check(regclass);
