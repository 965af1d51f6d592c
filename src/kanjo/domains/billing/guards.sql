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
    wrong bigint;
BEGIN
    EXECUTE format(
        'WITH taxes AS (SELECT invoice_id, sum(net_minor) AS net, sum(tax_minor) AS tax FROM %s GROUP BY 1),'
        ' lines AS (SELECT l.invoice_id, sum(l.net_minor) AS net FROM billing_invoiceline l'
        '   JOIN taxes ON taxes.invoice_id = l.invoice_id GROUP BY 1)'
        ' SELECT t.invoice_id FROM taxes t LEFT JOIN lines l ON l.invoice_id = t.invoice_id'
        ' LEFT JOIN billing_invoice i ON i.id = t.invoice_id'
        ' WHERE (i.net_minor, i.net_minor, i.tax_minor) IS DISTINCT FROM (l.net, t.net, t.tax) LIMIT 1', loaded)
        INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines and taxes', wrong USING ERRCODE = 'KJ020';
    END IF;
END $$;
