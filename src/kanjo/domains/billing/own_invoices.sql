-- A run writes invoices of its own. What it loaded is refused when it names one from outside its block of ids, and an empty
-- table of the run is checked like a full one: the block is the run's, not that of the rows. Supersedes the functions of
-- `one_company.sql` and `guards.sql`.

CREATE FUNCTION billing_refuse_others(loaded regclass, ids bulk_block) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE format('SELECT invoice_id FROM %s WHERE invoice_id < %s OR invoice_id >= %s LIMIT 1',
                   loaded, ids.first, ids.until) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % is not of this run: it takes no row of %', wrong, loaded USING ERRCODE = 'KJ023';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION billing_invoiceline_settle_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    ids bulk_block := bulk_block_of(loaded);
    wrong bigint;
BEGIN
    PERFORM billing_refuse_others(loaded, ids);
    EXECUTE format(
        'SELECT n.id FROM billing_invoice n JOIN %3$s l ON l.invoice_id = n.id JOIN billing_plan p ON p.id = l.plan_id'
        ' JOIN orders_order o ON o.id = n.order_id'
        ' LEFT JOIN billing_invoice w ON w.id = n.original_id LEFT JOIN runs_run r ON r.id = n.run_id'
        ' WHERE n.id >= %1$s AND n.id < %2$s AND ((n.company_id, n.currency) <> (p.company_id, p.currency)'
        ' OR (n.company_id, n.currency) <> (o.company_id, o.currency)'
        ' OR (n.company_id, n.currency) <> (w.company_id, w.currency) OR n.company_id <> r.company_id) LIMIT 1',
        ids.first, ids.until, loaded) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % joins what differs in company or currency', wrong USING ERRCODE = 'KJ022';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION billing_invoicetax_settle_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    ids bulk_block := bulk_block_of(loaded);
    wrong bigint;
BEGIN
    PERFORM billing_refuse_others(loaded, ids);
    -- One pass over what the run loaded, and over nothing else: its ids are a block in every table.
    EXECUTE format(
        'SELECT id FROM ('
        ' SELECT id, net_minor AS by_line, net_minor AS by_rate, tax_minor AS tax FROM billing_invoice'
        '   WHERE id >= %1$s AND id < %2$s'
        ' UNION ALL SELECT invoice_id, -net_minor, 0, 0 FROM billing_invoiceline WHERE id >= %1$s AND id < %2$s'
        ' UNION ALL SELECT invoice_id, 0, -net_minor, -tax_minor FROM %3$s) parts'
        ' GROUP BY id HAVING sum(by_line) <> 0 OR sum(by_rate) <> 0 OR sum(tax) <> 0 LIMIT 1',
        ids.first, ids.until, loaded) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines and taxes', wrong USING ERRCODE = 'KJ020';
    END IF;
END $$;
