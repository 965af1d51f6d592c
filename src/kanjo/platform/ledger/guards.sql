-- A ledger that the database keeps. Checks are set-based: one query per statement, not one per row.

CREATE FUNCTION ledger_refuse_closed(target bigint, first date, last date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    open_days bigint;
BEGIN
    -- FOR SHARE waits for a lock in progress and keeps a new one out until this transaction ends. What is locked is
    -- asked afterwards: who has waited is told so.
    SELECT coalesce(sum(least(until, last + 1) - greatest(start, first)), 0) INTO open_days FROM (
        SELECT start, until FROM ledger_period
        WHERE company_id = target AND start <= last AND until > first AND state = 'open' FOR SHARE) covering;
    PERFORM 1 FROM ledger_period WHERE company_id = target AND start <= last AND until > first AND state = 'locked';
    IF FOUND THEN
        RAISE EXCEPTION 'days % to % reach into a locked accounting period', first, last USING ERRCODE = 'KJ010';
    END IF;
    IF open_days <> last + 1 - first THEN
        RAISE EXCEPTION 'no open accounting period holds all days % to %', first, last USING ERRCODE = 'KJ011';
    END IF;
END $$;

CREATE FUNCTION ledger_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_refuse_closed(company_id, effective_on, effective_on)
    FROM (SELECT DISTINCT company_id, effective_on FROM new_rows) days;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_open AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_guard();

CREATE FUNCTION ledger_posting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT entry_id INTO wrong FROM new_rows GROUP BY entry_id HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not sum to zero', wrong USING ERRCODE = 'KJ012';
    END IF;
    SELECT p.entry_id INTO wrong FROM new_rows p
    JOIN ledger_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id
    WHERE (p.company_id, p.currency, p.effective_on, a.company_id)
        IS DISTINCT FROM (e.company_id, e.currency, e.effective_on, e.company_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a posting of entry % differs from it in company, currency or day', wrong
            USING ERRCODE = 'KJ013';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_guard();

-- The same two checks for rows that come by attaching a loaded table (see platform/bulk).
CREATE FUNCTION ledger_entry_settle_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    days record;
BEGIN
    FOR days IN EXECUTE format('SELECT DISTINCT company_id, effective_on FROM %s', loaded) LOOP
        PERFORM ledger_refuse_closed(days.company_id, days.effective_on, days.effective_on);
    END LOOP;
END $$;

CREATE FUNCTION ledger_posting_settle_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    until bigint;
    wrong bigint;
    total numeric;
BEGIN
    EXECUTE format('SELECT b.first, b.until FROM bulk_block b JOIN (SELECT min(id) AS id FROM %s) t'
        ' ON t.id >= b.first AND t.id < b.until', loaded) INTO first, until;
    -- One pass over what the run loaded, and over nothing else: its ids are a block in every table.
    EXECUTE format(
        'SELECT s.entry_id, s.total FROM ('
        ' SELECT entry_id, sum(amount_minor) AS total, min(company_id) AS company_id, max(company_id) AS company_to,'
        '   min(effective_on) AS effective_on, max(effective_on) AS effective_to,'
        '   min(currency) AS currency, max(currency) AS currency_to FROM %3$s GROUP BY entry_id) s'
        ' LEFT JOIN ledger_entry e ON e.id = s.entry_id AND e.id >= %1$s AND e.id < %2$s'
        ' WHERE s.total <> 0 OR (s.company_id, s.company_to) IS DISTINCT FROM (e.company_id, e.company_id)'
        ' OR (s.effective_on, s.effective_to) IS DISTINCT FROM (e.effective_on, e.effective_on)'
        ' OR (s.currency, s.currency_to) IS DISTINCT FROM (e.currency, e.currency) LIMIT 1',
        coalesce(first, 0), coalesce(until, 0), loaded) INTO wrong, total;
    IF total <> 0 THEN
        RAISE EXCEPTION 'entry % does not sum to zero', wrong USING ERRCODE = 'KJ012';
    END IF;
    IF wrong IS NULL THEN
        EXECUTE format('SELECT d.entry_id FROM (SELECT company_id, account_id, min(entry_id) AS entry_id FROM %s'
            ' GROUP BY 1, 2) d JOIN ledger_account a ON a.id = d.account_id'
            ' WHERE a.company_id <> d.company_id LIMIT 1', loaded) INTO wrong;
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'a posting of entry % differs from it in company, currency or day', wrong
            USING ERRCODE = 'KJ013';
    END IF;
END $$;
