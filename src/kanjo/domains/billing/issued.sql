-- An issued invoice takes no more lines and no more taxes: they are written before it (`guards.sql` compares the sums).

CREATE FUNCTION billing_issued_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong FROM new_rows n JOIN billing_invoice i ON i.id = n.invoice_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is issued: it takes no row of %', wrong, TG_TABLE_NAME USING ERRCODE = 'KJ023';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER billing_line_before_issue AFTER INSERT ON billing_invoiceline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_issued_guard();

CREATE TRIGGER billing_tax_before_issue AFTER INSERT ON billing_invoicetax
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_issued_guard();
