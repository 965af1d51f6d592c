-- An invoice that was split, and the invoices in its place, are of the company of the split.

CREATE FUNCTION billing_split_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN billing_invoice i ON i.id = n.invoice_id WHERE i.company_id <> n.company_id
    ) THEN
        RAISE EXCEPTION '% differs from its invoice in company', TG_TABLE_NAME USING ERRCODE = 'KJ022';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER billing_split_of_one_company AFTER INSERT ON billing_split
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_split_guard();

CREATE TRIGGER billing_splitpart_of_one_company AFTER INSERT ON billing_splitpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_split_guard();
