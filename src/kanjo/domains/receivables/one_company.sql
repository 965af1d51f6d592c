-- A balance is of its item, and a reversal of what it takes back: the same company, the same amount, the same things.

CREATE FUNCTION receivables_itembalance_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN receivables_openitem i ON i.id = n.id
        WHERE (n.company_id, n.amount_minor) <> (i.company_id, i.amount_minor)
    ) THEN
        RAISE EXCEPTION 'a balance differs from its item in company or amount' USING ERRCODE = 'KJ022';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER receivables_itembalance_of_item AFTER INSERT ON receivables_itembalance
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION receivables_itembalance_guard();

-- The same for rows that come by attaching a loaded table (platform/bulk).
CREATE FUNCTION receivables_itembalance_settle_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE format('SELECT n.id FROM %s n JOIN receivables_openitem i ON i.id = n.id'
        ' WHERE (n.company_id, n.amount_minor) <> (i.company_id, i.amount_minor) LIMIT 1', loaded) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the balance of item % differs from it in company or amount', wrong USING ERRCODE = 'KJ022';
    END IF;
END $$;

CREATE FUNCTION receivables_reversal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN receivables_allocation a ON a.id = n.reverses_id
        WHERE (n.company_id, n.item_id, n.receipt_id, n.amount_minor, n.received_minor)
            IS DISTINCT FROM (a.company_id, a.item_id, a.receipt_id, -a.amount_minor, -a.received_minor)
    ) THEN
        RAISE EXCEPTION 'a reversal differs from what it takes back in company, item, receipt or amount' USING ERRCODE = 'KJ022';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER receivables_reversal_guarded AFTER INSERT ON receivables_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION receivables_reversal_guard();
