-- What an invoice joins is of its company and currency: its order, its original, its run, the plans of its lines.
-- Set-based like `guards.sql`, whose function this supersedes; the lines are written before their invoice.

CREATE OR REPLACE FUNCTION billing_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT n.id INTO wrong FROM new_rows n
    JOIN orders_order o ON o.id = n.order_id
    LEFT JOIN billing_invoice w ON w.id = n.original_id
    LEFT JOIN runs_run r ON r.id = n.run_id
    WHERE (n.company_id, n.currency) <> (o.company_id, o.currency)
        OR (n.company_id, n.currency) <> (w.company_id, w.currency) OR n.company_id <> r.company_id LIMIT 1;
    IF NOT FOUND THEN
        SELECT n.id INTO wrong FROM new_rows n
        JOIN billing_invoiceline l ON l.invoice_id = n.id JOIN billing_plan p ON p.id = l.plan_id
        WHERE (n.company_id, n.currency) <> (p.company_id, p.currency) LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % joins what differs in company or currency', wrong USING ERRCODE = 'KJ022';
    END IF;
    SELECT n.id INTO wrong FROM new_rows n
    LEFT JOIN (SELECT invoice_id, sum(net_minor) AS net FROM billing_invoiceline
               WHERE invoice_id IN (SELECT id FROM new_rows) GROUP BY 1) l ON l.invoice_id = n.id
    LEFT JOIN (SELECT invoice_id, sum(net_minor) AS net, sum(tax_minor) AS tax FROM billing_invoicetax
               WHERE invoice_id IN (SELECT id FROM new_rows) GROUP BY 1) t ON t.invoice_id = n.id
    WHERE (n.net_minor, n.net_minor, n.tax_minor) IS DISTINCT FROM (l.net, t.net, t.tax) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines and taxes', wrong USING ERRCODE = 'KJ020';
    END IF;
    RETURN NULL;
END $$;

-- The same for what a run has loaded, in one pass over its block of ids.
CREATE FUNCTION billing_invoiceline_settle_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    until bigint;
    wrong bigint;
BEGIN
    EXECUTE format('SELECT b.first, b.until FROM bulk_block b JOIN (SELECT min(id) AS id FROM %s) t'
        ' ON t.id >= b.first AND t.id < b.until', loaded) INTO first, until;
    EXECUTE format(
        'SELECT n.id FROM billing_invoice n JOIN %3$s l ON l.invoice_id = n.id JOIN billing_plan p ON p.id = l.plan_id'
        ' JOIN orders_order o ON o.id = n.order_id'
        ' LEFT JOIN billing_invoice w ON w.id = n.original_id LEFT JOIN runs_run r ON r.id = n.run_id'
        ' WHERE n.id >= %1$s AND n.id < %2$s AND ((n.company_id, n.currency) <> (p.company_id, p.currency)'
        ' OR (n.company_id, n.currency) <> (o.company_id, o.currency)'
        ' OR (n.company_id, n.currency) <> (w.company_id, w.currency) OR n.company_id <> r.company_id) LIMIT 1',
        coalesce(first, 0), coalesce(until, 0), loaded) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % joins what differs in company or currency', wrong USING ERRCODE = 'KJ022';
    END IF;
END $$;

CREATE FUNCTION billing_sending_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN billing_invoice i ON i.id = n.invoice_id JOIN files_storedfile f ON f.id = n.file_id
        WHERE i.company_id <> f.company_id
    ) THEN
        RAISE EXCEPTION 'the file of a sending differs from its invoice in company' USING ERRCODE = 'KJ022';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER billing_sending_of_one_company AFTER INSERT ON billing_sending
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_sending_guard();
