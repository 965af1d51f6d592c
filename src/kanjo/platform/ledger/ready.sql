-- The postings that a run has loaded are checked before they are attached (platform/bulk); that their days are open is
-- asked when they are. Supersedes the check of `guards.sql`.

CREATE FUNCTION ledger_posting_ready_check(loaded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
    total numeric;
BEGIN
    EXECUTE format(
        'SELECT s.entry_id, s.total FROM ('
        ' SELECT entry_id, sum(amount_minor) AS total, min(company_id) AS company_id, max(company_id) AS company_to,'
        '   min(effective_on) AS effective_on, max(effective_on) AS effective_to,'
        '   min(currency) AS currency, max(currency) AS currency_to FROM %s GROUP BY entry_id) s'
        ' LEFT JOIN %s e ON e.id = s.entry_id'
        ' WHERE s.total <> 0 OR (s.company_id, s.company_to) IS DISTINCT FROM (e.company_id, e.company_id)'
        ' OR (s.effective_on, s.effective_to) IS DISTINCT FROM (e.effective_on, e.effective_on)'
        ' OR (s.currency, s.currency_to) IS DISTINCT FROM (e.currency, e.currency) LIMIT 1',
        loaded, bulk_beside(loaded, 'ledger_entry')) INTO wrong, total;
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

DROP FUNCTION ledger_posting_settle_check(regclass);
