-- Balances move in the statement that writes the allocations, for one row or for ten thousand. The CHECKs on the
-- balance rows refuse what goes above a receipt or an item, whoever writes.

-- A function of its own, by arrays: where a transition table is in sight PostgreSQL plans badly and often.
CREATE FUNCTION receivables_lower_balances(receipts bigint[], received bigint[], items bigint[], settled bigint[])
RETURNS void LANGUAGE sql SET search_path = public AS $$
    UPDATE receivables_receiptbalance SET left_minor = left_minor - moved.amount
    FROM unnest(receipts, received) AS moved (key, amount) WHERE id = moved.key;
    UPDATE receivables_itembalance SET open_minor = open_minor - moved.amount
    FROM unnest(items, settled) AS moved (key, amount) WHERE id = moved.key;
$$;

CREATE FUNCTION receivables_move_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM receivables_lower_balances(r.ids, r.amounts, i.ids, i.amounts)
    FROM (SELECT array_agg(id ORDER BY id) AS ids, array_agg(amount ORDER BY id) AS amounts
          FROM (SELECT receipt_id AS id, sum(received_minor)::bigint AS amount FROM new_rows
                WHERE received_minor <> 0 GROUP BY receipt_id) moved) r,
         (SELECT array_agg(id ORDER BY id) AS ids, array_agg(amount ORDER BY id) AS amounts
          FROM (SELECT item_id AS id, sum(amount_minor)::bigint AS amount FROM new_rows
                WHERE amount_minor <> 0 GROUP BY item_id) moved) i;
    RETURN NULL;
END $$;

CREATE TRIGGER receivables_balances_follow AFTER INSERT ON receivables_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION receivables_move_balances();

-- What no single row can state: an allocation joins one company, one currency, and neither comes before the other is.
CREATE FUNCTION receivables_allocation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows a
        JOIN receivables_matching m ON m.id = a.matching_id
        LEFT JOIN receivables_openitem i ON i.id = a.item_id
        LEFT JOIN receivables_receipt r ON r.id = a.receipt_id
        WHERE a.company_id <> m.company_id
            OR a.company_id <> coalesce(i.company_id, a.company_id) OR a.company_id <> coalesce(r.company_id, a.company_id)
            OR i.currency <> r.currency
            OR a.effective_on < greatest(i.issued_on, r.value_on)
    ) THEN
        RAISE EXCEPTION 'an allocation joins what differs in company or currency, or comes before it'
            USING ERRCODE = 'KJ020';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER receivables_allocation_guarded AFTER INSERT ON receivables_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION receivables_allocation_guard();
