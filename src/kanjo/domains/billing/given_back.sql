-- What is given back of a line: no day of it twice, each within its days, never more than it charged.

ALTER TABLE billing_charge ADD CONSTRAINT billing_day_given_back_once EXCLUDE USING gist (
    int8range(credited_line_id, credited_line_id, '[]') WITH &&, daterange(service_start, service_until) WITH &&
) WHERE (credited_line_id IS NOT NULL);

-- Its charge stands in the same table under its line, found by the plan, or in the same statement.
CREATE FUNCTION billing_given_back_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE credited_line_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    SELECT n.credited_line_id INTO wrong
    FROM (SELECT DISTINCT plan_id, credited_line_id FROM new_rows WHERE credited_line_id IS NOT NULL) n
    LEFT JOIN billing_charge c ON c.plan_id = n.plan_id AND c.invoice_line_id = n.credited_line_id
        AND c.credited_line_id IS NULL
    CROSS JOIN LATERAL (
        SELECT sum(b.amount_minor) AS amount, min(b.service_start) AS first, max(b.service_until) AS until,
               bool_or(sign(b.amount_minor) = sign(c.amount_minor)) AS charged_again
        FROM billing_charge b WHERE b.credited_line_id = n.credited_line_id) b
    WHERE c.plan_id IS NULL OR b.first < c.service_start OR b.until > c.service_until OR b.charged_again
        OR abs(b.amount) > abs(c.amount_minor)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'more would be given back of invoice line % than it charged', wrong USING ERRCODE = 'KJ024';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER billing_given_back_of_line AFTER INSERT ON billing_charge
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_given_back_guard();
