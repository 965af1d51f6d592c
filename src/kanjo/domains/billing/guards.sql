-- An invoice is the sum of its lines and of its tax rows; a charge stands on a line of an invoice.
-- Checks are set-based. Lines are written before their invoice, so that its number is taken last.

CREATE FUNCTION billing_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
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

CREATE TRIGGER billing_invoice_adds_up AFTER INSERT ON billing_invoice
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_invoice_guard();

CREATE FUNCTION billing_charge_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT n.plan_id INTO wrong FROM new_rows n LEFT JOIN billing_plan p ON p.id = n.plan_id
    WHERE p.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a charge names plan %, which is not there', wrong USING ERRCODE = 'KJ021';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER billing_charge_of_plan AFTER INSERT ON billing_charge
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_charge_guard();

-- The same for rows that come by attaching a loaded table (platform/bulk): taxes come last, then all is there.
CREATE FUNCTION billing_invoicetax_settle_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    until bigint;
    wrong bigint;
BEGIN
    EXECUTE format('SELECT b.first, b.until FROM bulk_block b JOIN (SELECT min(id) AS id FROM %s) t'
        ' ON t.id >= b.first AND t.id < b.until', loaded) INTO first, until;
    -- One pass over what the run loaded, and over nothing else: its ids are a block in every table.
    EXECUTE format(
        'SELECT id FROM ('
        ' SELECT id, net_minor AS by_line, net_minor AS by_rate, tax_minor AS tax FROM billing_invoice'
        '   WHERE id >= %1$s AND id < %2$s'
        ' UNION ALL SELECT invoice_id, -net_minor, 0, 0 FROM billing_invoiceline WHERE id >= %1$s AND id < %2$s'
        ' UNION ALL SELECT invoice_id, 0, -net_minor, -tax_minor FROM %3$s) parts'
        ' GROUP BY id HAVING sum(by_line) <> 0 OR sum(by_rate) <> 0 OR sum(tax) <> 0 LIMIT 1',
        coalesce(first, 0), coalesce(until, 0), loaded) INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines and taxes', wrong USING ERRCODE = 'KJ020';
    END IF;
END $$;
