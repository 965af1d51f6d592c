-- What a run's invoices join is looked at one thing after the other: most have no original, and none is looked for then.
-- That lines and taxes are of invoices of the run, their keys say. Supersedes the checks of `ready.sql`.

CREATE OR REPLACE FUNCTION billing_invoice_ready_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE format(
        '(SELECT n.id FROM %1$s n JOIN orders_order o ON o.id = n.order_id'
        ' WHERE (n.company_id, n.currency) <> (o.company_id, o.currency) LIMIT 1)'
        ' UNION ALL (SELECT n.id FROM %1$s n JOIN billing_invoice w ON w.id = n.original_id'
        ' WHERE (n.company_id, n.currency) <> (w.company_id, w.currency) LIMIT 1)'
        ' UNION ALL (SELECT n.id FROM %1$s n JOIN runs_run r ON r.id = n.run_id'
        ' WHERE n.company_id <> r.company_id LIMIT 1) LIMIT 1',
        loaded) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % joins what differs in company or currency', wrong USING ERRCODE = 'KJ022';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION billing_invoiceline_ready_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE format(
        'SELECT n.id FROM %s l JOIN %s n ON n.id = l.invoice_id JOIN billing_plan p ON p.id = l.plan_id'
        ' WHERE (n.company_id, n.currency) <> (p.company_id, p.currency) LIMIT 1',
        loaded, bulk_beside(loaded, 'billing_invoice')) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % joins what differs in company or currency', wrong USING ERRCODE = 'KJ022';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION billing_invoicetax_ready_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    EXECUTE format(
        'SELECT id FROM ('
        ' SELECT id, net_minor AS by_line, net_minor AS by_rate, tax_minor AS tax FROM %s'
        ' UNION ALL SELECT invoice_id, -net_minor, 0, 0 FROM %s'
        ' UNION ALL SELECT invoice_id, 0, -net_minor, -tax_minor FROM %s) parts'
        ' GROUP BY id HAVING sum(by_line) <> 0 OR sum(by_rate) <> 0 OR sum(tax) <> 0 LIMIT 1',
        bulk_beside(loaded, 'billing_invoice'), bulk_beside(loaded, 'billing_invoiceline'), loaded) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines and taxes', wrong USING ERRCODE = 'KJ020';
    END IF;
END $$;

DROP FUNCTION billing_refuse_others(regclass, bulk_block);
