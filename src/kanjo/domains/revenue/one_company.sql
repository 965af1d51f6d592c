-- A slice of revenue joins one company and one currency: its obligation, its run, its entry, the slice it takes back.

CREATE FUNCTION revenue_slice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT n.id INTO wrong FROM new_rows n
    JOIN revenue_obligation o ON o.id = n.obligation_id
    JOIN runs_run r ON r.id = n.run_id
    JOIN ledger_entry e ON e.id = n.entry_id
    LEFT JOIN revenue_slice w ON w.id = n.reverses_id
    WHERE (n.company_id, o.currency) <> (e.company_id, e.currency)
        OR n.company_id <> o.company_id OR n.company_id <> r.company_id
        OR (n.company_id, n.obligation_id) <> (w.company_id, w.obligation_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'slice % joins what differs in company or currency', wrong USING ERRCODE = 'KJ022';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER revenue_slice_of_one_company AFTER INSERT ON revenue_slice
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION revenue_slice_guard();
