-- What always holds, I1 to I14 of the promises: each query returns the rows that break it, and nothing when it holds.
-- Written from the promises alone, never from the product's own identities or verbs: a second oracle.

-- name: I1 every entry sums to zero per currency and company
SELECT p.entry_id, p.company_id, p.currency, sum(p.amount_minor)
FROM ledger_posting p GROUP BY p.entry_id, p.company_id, p.currency HAVING sum(p.amount_minor) <> 0
UNION ALL
SELECT e.id, e.company_id, e.currency, p.amount_minor FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
WHERE (p.company_id, p.currency, p.effective_on) <> (e.company_id, e.currency, e.effective_on);

-- name: I2 every account says what its documents say, per customer and day
SELECT company_id, code, currency, party, day, sum(amount) FROM (
    SELECT p.company_id, a.code, p.currency, p.party_id AS party, p.effective_on AS day, p.amount_minor AS amount
    FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
    UNION ALL SELECT i.company_id, v.code, i.currency, v.party, i.issued_on, -v.amount
    FROM billing_invoice i, LATERAL (VALUES
        ('1310', i.payer_id, i.total_minor), ('2310', i.customer_id, -i.net_minor), ('2410', NULL, -i.tax_minor)
    ) v (code, party, amount)
    UNION ALL SELECT r.company_id, v.code, r.currency, NULL, r.value_on, -v.amount
    FROM receivables_receipt r, LATERAL (VALUES ('1110', r.amount_minor), ('2320', -r.amount_minor)) v (code, amount)
    UNION ALL SELECT a.company_id, v.code, coalesce(i.currency, r.currency), v.party, a.effective_on, -v.amount
    FROM receivables_allocation a
    LEFT JOIN receivables_openitem i ON i.id = a.item_id LEFT JOIN receivables_receipt r ON r.id = a.receipt_id,
    LATERAL (VALUES
        ('1310', i.customer_id, -a.amount_minor), ('2320', NULL, a.received_minor),
        ('6110', NULL, a.amount_minor - a.received_minor)
    ) v (code, party, amount) WHERE a.kind <> 'set_off'
    UNION ALL SELECT s.company_id, v.code, o.currency, v.party, s.effective_on, -v.amount
    FROM revenue_slice s JOIN revenue_obligation o ON o.id = s.obligation_id,
    LATERAL (VALUES ('2310', o.customer_id, s.amount_minor), ('4110', NULL, -s.amount_minor)) v (code, party, amount)
) both_sides GROUP BY company_id, code, currency, party, day HAVING sum(amount) <> 0;

-- name: I3 document numbers have no gap and no double
WITH numbered AS (
    SELECT company_id, split_part(number, '-', 1) AS prefix, split_part(number, '-', 2)::int AS year,
           split_part(number, '-', 3)::bigint AS n
    FROM (SELECT company_id, number FROM quotes_quote UNION ALL SELECT company_id, number FROM contracts_contract
          UNION ALL SELECT company_id, number FROM orders_order
          UNION ALL SELECT company_id, number FROM billing_invoice) documents),
counted AS (SELECT company_id, prefix, year, min(n) AS first, max(n) AS last, count(*) AS documents,
                   count(DISTINCT n) AS numbers FROM numbered GROUP BY company_id, prefix, year)
SELECT coalesce(c.company_id, s.company_id), coalesce(c.prefix, s.prefix), c.first, c.last, c.documents, c.numbers
FROM counted c FULL JOIN numbering_series s
    ON s.company_id = c.company_id AND s.prefix = c.prefix AND s.year = c.year
WHERE (c.first, c.last, c.numbers, s.next_number - 1) IS DISTINCT FROM (1, c.documents, c.documents, c.documents);

-- name: I4 allocations are never above the receipt
SELECT * FROM (
    SELECT a.id, r.amount_minor, sum(a.received_minor) OVER (PARTITION BY r.id ORDER BY a.id) AS used
    FROM receivables_allocation a JOIN receivables_receipt r ON r.id = a.receipt_id) told
WHERE used NOT BETWEEN least(0, amount_minor) AND greatest(0, amount_minor);

-- name: I4 allocations are never above the invoice
SELECT * FROM (
    SELECT a.id, i.amount_minor, sum(a.amount_minor) OVER (PARTITION BY i.id ORDER BY a.id) AS settled
    FROM receivables_allocation a JOIN receivables_openitem i ON i.id = a.item_id) told
WHERE settled NOT BETWEEN least(0, amount_minor) AND greatest(0, amount_minor);

-- name: I4 what is left and open is what was not allocated
SELECT r.reference, b.left_minor, r.amount_minor - coalesce(a.used, 0)
FROM receivables_receipt r LEFT JOIN receivables_receiptbalance b ON b.id = r.id
LEFT JOIN (SELECT receipt_id, sum(received_minor) AS used FROM receivables_allocation GROUP BY receipt_id) a
    ON a.receipt_id = r.id
WHERE b.left_minor IS DISTINCT FROM r.amount_minor - coalesce(a.used, 0)
UNION ALL
SELECT i.number, b.open_minor, v.total_minor - coalesce(a.settled, 0)
FROM billing_invoice v LEFT JOIN receivables_openitem i ON i.id = v.id
LEFT JOIN receivables_itembalance b ON b.id = v.id
LEFT JOIN (SELECT item_id, sum(amount_minor) AS settled FROM receivables_allocation GROUP BY item_id) a
    ON a.item_id = v.id
WHERE b.open_minor IS DISTINCT FROM v.total_minor - coalesce(a.settled, 0);

-- name: I5 quote, contract, order and plans are worth the same
SELECT c.number, v.total_minor, c.total_minor, o.total_minor, l.total_minor, p.plans, l.lines
FROM contracts_contract c JOIN quotes_quoteversion v ON v.id = c.quote_version_id
LEFT JOIN orders_order o ON o.contract_id = c.id AND o.amendment_id IS NULL
LEFT JOIN (SELECT order_id, sum(total_minor) AS total_minor, count(*) AS lines FROM orders_orderline GROUP BY 1) l
    ON l.order_id = o.id
LEFT JOIN (SELECT order_id, count(DISTINCT order_line_id) AS plans FROM billing_plan GROUP BY 1) p ON p.order_id = o.id
WHERE (v.total_minor, o.total_minor, l.total_minor, p.plans) IS DISTINCT FROM
      (c.total_minor, c.total_minor, c.total_minor::numeric, l.lines)
UNION ALL
SELECT a.number, a.total_minor, o.total_minor, l.total_minor, NULL, NULL, NULL
FROM contracts_amendment a LEFT JOIN orders_order o ON o.amendment_id = a.id
LEFT JOIN (SELECT order_id, sum(total_minor) AS total_minor FROM orders_orderline GROUP BY 1) l ON l.order_id = o.id
WHERE (o.total_minor, l.total_minor) IS DISTINCT FROM (a.total_minor, a.total_minor::numeric);

-- name: I5 invoiced and to be invoiced are the contract value, whenever one looks
WITH whole AS (
    SELECT p.id AS plan_id, p.order_line_id, p.net_minor, k.start, k.until,
           greatest(k.start, p.service_start) AS part_start, least(k.until, p.service_until) AS part_until
    FROM billing_plan p, LATERAL (
        SELECT (p.anchor_on + n * make_interval(months => p.interval_months))::date,
               (p.anchor_on + (n + 1) * make_interval(months => p.interval_months))::date
        FROM generate_series(0, 600) n) k (start, until)
    WHERE p.charge = 'recurring' AND k.start < p.service_until AND k.until > p.service_start),
scheduled AS (
    SELECT plan_id, order_line_id, part_start,
           round(net_minor::numeric * (part_until - start) / (until - start))
           - round(net_minor::numeric * (part_start - start) / (until - start)) AS amount
    FROM whole
    UNION ALL SELECT id, order_line_id, NULL, net_minor FROM billing_plan WHERE charge = 'one_time'),
invoiced AS (
    SELECT c.plan_id, c.sequence, CASE p.charge WHEN 'recurring' THEN c.service_start END AS part_start,
           sum(c.amount_minor) OVER (PARTITION BY c.plan_id, CASE p.charge WHEN 'recurring' THEN c.service_start END
                                     ORDER BY c.sequence) AS amount
    FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id)
SELECT i.plan_id, i.part_start, i.amount, s.amount FROM invoiced i LEFT JOIN scheduled s
    ON s.plan_id = i.plan_id AND s.part_start IS NOT DISTINCT FROM i.part_start
WHERE s.amount IS NULL OR i.amount NOT IN (0, s.amount)
UNION ALL
SELECT s.plan_id, NULL, l.total_minor, sum(s.amount) FROM scheduled s JOIN orders_orderline l ON l.id = s.order_line_id
GROUP BY s.plan_id, l.total_minor HAVING sum(s.amount) <> l.total_minor;

-- name: I5 an invoice is its lines and their tax
SELECT i.number, i.net_minor, l.net, i.tax_minor, t.tax FROM billing_invoice i
LEFT JOIN (SELECT invoice_id, sum(net_minor) AS net FROM billing_invoiceline GROUP BY invoice_id) l
    ON l.invoice_id = i.id
LEFT JOIN (SELECT invoice_id, sum(net_minor) AS net, sum(tax_minor) AS tax,
                  count(*) FILTER (WHERE abs(tax_minor - net_minor::numeric * rate_numerator / rate_denominator) >= 1) AS off
           FROM billing_invoicetax GROUP BY invoice_id) t ON t.invoice_id = i.id
WHERE (l.net, t.net, t.tax, t.off) IS DISTINCT FROM (i.net_minor::numeric, i.net_minor, i.tax_minor, 0);

-- name: I6 recognised and deferred are the price, month by month
WITH earned AS (
    SELECT o.id, o.price_minor, m.month::date AS month, share.before, share.through
    FROM revenue_obligation o,
    generate_series(date_trunc('month', o.service_start), o.service_until - interval '1 day', interval '1 month') m (month),
    LATERAL (SELECT greatest(m.month::date, o.service_start) - o.service_start,
                    least((m.month + interval '1 month')::date, o.service_until) - o.service_start,
                    o.service_until - o.service_start) d (a, b, days),
    LATERAL (SELECT sign(o.price_minor)::bigint, abs(o.price_minor) / d.days, abs(o.price_minor) % d.days) p (s, each, rest),
    LATERAL (SELECT p.s * (d.a * p.each + least(d.a, p.rest)),
                    p.s * (d.b * p.each + least(d.b, p.rest))) share (before, through)
    WHERE o.method = 'over_time'
    UNION ALL
    SELECT o.id, o.price_minor, date_trunc('month', d.delivered_on)::date, 0, o.price_minor
    FROM revenue_obligation o JOIN revenue_delivery d ON d.obligation_id = o.id WHERE o.method <> 'over_time'),
posted AS (
    SELECT obligation_id, month, amount_minor,
           sum(amount_minor) OVER (PARTITION BY obligation_id, month ORDER BY id) AS recognised FROM revenue_slice)
SELECT p.obligation_id, p.month, p.recognised, e.through - e.before FROM posted p
LEFT JOIN earned e ON e.id = p.obligation_id AND e.month = p.month
WHERE e.id IS NULL OR p.recognised NOT BETWEEN SYMMETRIC 0 AND e.through - e.before
UNION ALL
SELECT e.id, NULL, sum(e.through - e.before), min(e.price_minor) FROM earned e
GROUP BY e.id HAVING sum(e.through - e.before) <> min(e.price_minor)
UNION ALL
SELECT l.id, NULL, o.price_minor, l.total_minor FROM orders_orderline l
LEFT JOIN revenue_obligation o ON o.order_line_id = l.id WHERE o.price_minor IS DISTINCT FROM l.total_minor;

-- name: I7 at most one live charge per line and day
WITH live AS (
    SELECT * FROM billing_charge c WHERE c.credited_line_id IS NULL AND NOT EXISTS (
        SELECT FROM billing_charge back WHERE back.credited_line_id = c.invoice_line_id))
SELECT a.plan_id, a.invoice_line_id, b.invoice_line_id FROM live a JOIN live b
    ON b.plan_id = a.plan_id AND b.invoice_line_id > a.invoice_line_id
    AND b.service_start < a.service_until AND a.service_start < b.service_until;

-- name: I8 nothing is posted into locked books
SELECT e.id, e.effective_on, e.recorded_at, locked.moment FROM ledger_period p JOIN (
    SELECT subject_id, min(recorded_at) AS moment FROM audit_change
    WHERE subject = 'ledger_period' AND after ->> 'state' = 'locked' GROUP BY subject_id) locked ON locked.subject_id = p.id
JOIN ledger_entry e ON e.company_id = p.company_id AND e.effective_on >= p.start AND e.effective_on < p.until
WHERE e.recorded_at > locked.moment;

-- name: I9 what was signed, sent and taken in is what is stored
SELECT 'contract', c.id, c.signed_digest, f.digest FROM contracts_contract c
LEFT JOIN files_storedfile f ON f.id = c.signed_file_id WHERE f.digest IS DISTINCT FROM c.signed_digest
UNION ALL
SELECT 'bank file', b.id, b.digest, f.digest FROM receivables_bankfile b
LEFT JOIN files_storedfile f ON f.id = b.file_id WHERE f.digest IS DISTINCT FROM b.digest
UNION ALL
SELECT 'approved terms', c.id, r.digest, v.digest FROM contracts_contract c
JOIN approvals_approvalrequest r ON r.id = c.approval_request_id JOIN quotes_quoteversion v ON v.id = c.quote_version_id
WHERE (r.digest, r.version_id, r.state) IS DISTINCT FROM (v.digest, v.id, 'approved')
UNION ALL
SELECT 'quotation', q.id, NULL, NULL FROM quotes_quote q JOIN quotes_quoteversion v
    ON v.quote_id = q.id AND v.number = q.version
LEFT JOIN quotes_sending s ON s.version_id = v.id WHERE q.state IN ('sent', 'accepted') AND s.id IS NULL;

-- name: I10 the trail tells every row as it stands
WITH told AS (
    SELECT subject, subject_id, jsonb_object_agg(key, value) AS whole FROM (
        SELECT DISTINCT ON (c.subject, c.subject_id, field.key) c.subject, c.subject_id, field.key, field.value
        FROM audit_change c, jsonb_each(c.after) field
        ORDER BY c.subject, c.subject_id, field.key, c.id DESC) last
    GROUP BY subject, subject_id),
standing AS (
    SELECT 'opportunities_opportunity' AS subject, id, to_jsonb(t) AS whole FROM opportunities_opportunity t
    UNION ALL SELECT 'quotes_quote', id, to_jsonb(t) FROM quotes_quote t
    UNION ALL SELECT 'approvals_approvalrequest', id, to_jsonb(t) FROM approvals_approvalrequest t
    UNION ALL SELECT 'approvals_approvalitem', id, to_jsonb(t) FROM approvals_approvalitem t
    UNION ALL SELECT 'approvals_approvalcondition', id, to_jsonb(t) FROM approvals_approvalcondition t
    UNION ALL SELECT 'contracts_contract', id, to_jsonb(t) FROM contracts_contract t
    UNION ALL SELECT 'orders_order', id, to_jsonb(t) FROM orders_order t
    UNION ALL SELECT 'runs_run', id, to_jsonb(t) FROM runs_run t
    UNION ALL SELECT 'ledger_period', id, to_jsonb(t) FROM ledger_period t
    UNION ALL SELECT 'receivables_bankfile', id, to_jsonb(t) FROM receivables_bankfile t
    UNION ALL SELECT 'receivables_matching', id, to_jsonb(t) FROM receivables_matching t
    UNION ALL SELECT 'identity_rolegrant', id, to_jsonb(t) FROM identity_rolegrant t
    UNION ALL SELECT 'worklist_workitem', id, to_jsonb(t) FROM worklist_workitem t)
SELECT s.subject, s.id FROM standing s LEFT JOIN told t ON t.subject = s.subject AND t.subject_id = s.id
WHERE t.whole IS DISTINCT FROM s.whole;

-- name: I10 every change is an act of somebody
SELECT id, subject, subject_id FROM audit_change
WHERE verb = 'database' AND subject NOT IN ('identity_person', 'companies_sellingcompany');

-- name: I10 the audit chain is whole
WITH walked AS (
    SELECT l.position, l.digest, lag(l.digest, 1, sha256('kanjo')) OVER w AS before, lag(l.position, 1, 0::bigint) OVER w AS place,
           convert_to(jsonb_build_array(
               l.position, c.id, extract(epoch FROM c.recorded_at)::text, c.actor_id, c.actor, c.verb, c.because,
               c.subject, c.subject_id, c.company_id, c.before, c.after)::text, 'UTF8') AS content
    FROM audit_link l LEFT JOIN audit_change c ON c.id = l.change_id WINDOW w AS (ORDER BY l.position))
SELECT position, 'link' AS broken FROM walked WHERE digest <> sha256(before || content) OR place <> position - 1
UNION ALL SELECT c.id, 'not in the chain' FROM audit_change c LEFT JOIN audit_link l ON l.change_id = c.id
WHERE l.position IS NULL
UNION ALL SELECT h.position, 'head' FROM audit_head h
WHERE h.position <> (SELECT count(*) FROM audit_link);

-- name: I11 nobody decides on what they made or gain from, nor outside their role and the matrix in force
SELECT d.id, 'maker' AS why FROM approvals_approvaldecision d JOIN approvals_approvalitem i ON i.id = d.item_id
JOIN approvals_approvalrequest r ON r.id = i.request_id JOIN quotes_quoteversion v ON v.id = r.version_id
JOIN quotes_quote q ON q.id = v.quote_id WHERE d.decided_by_id IN (v.made_by_id, q.drafted_by_id, r.opened_by_id)
UNION ALL
SELECT d.id, 'beneficiary' FROM approvals_approvaldecision d JOIN approvals_approvalitem i ON i.id = d.item_id
JOIN approvals_approvalrequest r ON r.id = i.request_id WHERE r.beneficiaries @> to_jsonb(d.decided_by_id)
UNION ALL
SELECT d.id, 'role' FROM approvals_approvaldecision d JOIN approvals_approvalitem i ON i.id = d.item_id
WHERE NOT EXISTS (SELECT FROM identity_rolegrant g WHERE g.person_id = d.decided_by_id AND g.role = i.role)
UNION ALL
SELECT d.id, 'day' FROM approvals_approvaldecision d JOIN approvals_approvalitem i ON i.id = d.item_id
JOIN approvals_approvalrequest r ON r.id = i.request_id
WHERE d.effective_on < r.opened_on OR d.effective_on > r.concluded_on
UNION ALL
SELECT r.id, 'matrix' FROM approvals_approvalrequest r JOIN approvals_matrix m ON m.id = r.matrix_id
WHERE r.opened_on < m.effective_from OR r.opened_on >= m.until OR m.activated_by_id = m.made_by_id
UNION ALL
SELECT r.id, 'run' FROM runs_run r JOIN identity_person p ON p.id = r.approved_by_id
WHERE r.approved_by_id = r.made_by_id AND NOT p.is_system;

-- name: I11 an item has one answer and a request follows its items
SELECT r.id, r.state, i.states FROM approvals_approvalrequest r LEFT JOIN (
    SELECT i.request_id, array_agg(i.state::text) AS states, bool_and(
        (i.state IN ('approved', 'conditional', 'rejected')) = (d.id IS NOT NULL)) AS answered,
        count(*) FILTER (WHERE c.left_open) AS waiting
    FROM approvals_approvalitem i LEFT JOIN approvals_approvaldecision d ON d.item_id = i.id
    LEFT JOIN (SELECT item_id, bool_or(met_on IS NULL) AS left_open FROM approvals_approvalcondition GROUP BY item_id) c
        ON c.item_id = i.id
    GROUP BY i.request_id) i ON i.request_id = r.id
WHERE NOT coalesce(i.answered, true) OR r.state NOT IN ('recalled', CASE
    WHEN 'rejected' = ANY(i.states) THEN 'rejected'
    WHEN 'open' = ANY(i.states) OR 'waiting' = ANY(i.states) THEN 'open'
    WHEN i.waiting > 0 THEN 'conditional' ELSE 'approved' END);

-- name: I12 each fact is told once and has one effect per reaction
-- An acceptance asks anew: what was asked is closed and put again with the day it may now be billed.
SELECT 'asked twice' AS why, subject_id FROM worklist_workitem w WHERE kind = 'billing.invoice-asked'
GROUP BY subject_id HAVING count(*) > 1 + (
    SELECT count(*) FROM orders_acceptance a JOIN orders_orderline l ON l.id = a.order_line_id
    WHERE l.order_id = w.subject_id)
UNION ALL
SELECT 'delivered without effect', f.subject_id FROM outbox_fact f JOIN outbox_delivery d ON d.fact_id = f.id
WHERE f.kind = 'orders.booked' AND d.state = 'delivered'
    AND NOT EXISTS (SELECT FROM worklist_workitem w WHERE w.kind = 'billing.invoice-asked' AND w.subject_id = f.subject_id)
    AND NOT EXISTS (SELECT FROM billing_invoice i WHERE i.order_id = f.subject_id)
    AND (f.payload ->> 'total_minor')::bigint > 0
UNION ALL
SELECT 'not one delivery per reaction', f.id FROM outbox_fact f LEFT JOIN outbox_delivery d ON d.fact_id = f.id
WHERE f.kind = 'orders.booked' GROUP BY f.id HAVING count(d.id) = 0 OR count(d.id) <> count(DISTINCT d.reaction)
UNION ALL
SELECT 'not told once: ' || kind, id FROM (
    SELECT 'contracts.concluded' AS kind, id FROM contracts_contract
    UNION ALL SELECT 'orders.booked', id FROM orders_order UNION ALL SELECT 'billing.invoice-issued', id FROM billing_invoice
    UNION ALL SELECT 'receivables.bank-file-taken', id FROM receivables_bankfile) done
WHERE (SELECT count(*) FROM outbox_fact f WHERE f.kind = done.kind AND f.subject_id = done.id) <> 1;

-- name: I13 everything is done, waits for its time, or is work with a cause
SELECT 'delivery', d.id FROM outbox_delivery d
WHERE d.state = 'waiting' AND d.due_at IS NULL OR d.state = 'delivered' AND d.delivered_at IS NULL
    OR d.state = 'dead' AND NOT EXISTS (SELECT FROM worklist_workitem w
        WHERE w.subject = 'outbox_delivery' AND w.subject_id = d.id AND w.why_en <> '')
UNION ALL
SELECT 'receipt', b.id FROM receivables_receiptbalance b WHERE b.left_minor <> 0 AND NOT EXISTS (
    SELECT FROM worklist_workitem w WHERE w.kind = 'receivables.unmatched-receipt' AND w.subject_id = b.id
        AND w.state = 'open' AND w.why_en <> '')
UNION ALL
SELECT 'failure', f.id FROM runs_failure f WHERE NOT EXISTS (
    SELECT FROM worklist_workitem w WHERE (w.subject, w.subject_id) = (f.subject, f.subject_id) AND w.why_en <> '')
UNION ALL
SELECT 'executed run', s.run_id FROM runs_shard s JOIN runs_run r ON r.id = s.run_id
WHERE r.state IN ('executed', 'reversed') AND NOT s.done
UNION ALL
SELECT 'approval item', i.id FROM approvals_approvalitem i WHERE i.state = 'open' AND NOT EXISTS (
    SELECT FROM worklist_workitem w WHERE w.kind = 'approvals.decide' AND w.subject_id = i.id AND w.state = 'open');

-- name: I14 a run made what it reported and nothing more
SELECT r.id, r.kind, r.report, made.documents FROM runs_run r, LATERAL (
    SELECT (SELECT count(*) FROM billing_invoice i WHERE i.run_id = r.id)
         + (SELECT count(*) FROM revenue_slice s WHERE s.run_id = r.id AND s.reverses_id IS NULL) AS documents,
           (SELECT count(*) FROM revenue_slice s WHERE s.run_id = r.id AND s.reverses_id IS NOT NULL) AS taken_back) made
WHERE r.state IN ('executed', 'reversed')
        AND coalesce((r.report ->> 'invoices')::bigint, (r.report ->> 'slices')::bigint, 0) <> made.documents
    OR r.state NOT IN ('executed', 'reversed', 'approved') AND made.documents > 0
    OR r.kind = 'revenue' AND made.taken_back <> CASE r.state WHEN 'reversed' THEN made.documents ELSE 0 END;
