-- What was written once for a deal and never changes, the latest first; all of it by keys that the parts gave.
WITH occurred AS (
    SELECT 'order' AS phase, 'orders.accept-delivery' AS verb, a.recorded_at AS at, a.effective_on AS on_day,
        a.accepted_by_id AS person, 'orders_order' AS tbl, o.id, o.number, l.total_minor AS minor, o.currency
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN orders_acceptance a ON a.order_line_id = l.id
    WHERE l.order_id = ANY(%(orders)s)
    UNION ALL
    SELECT 'invoice', CASE WHEN i.total_minor >= 0 THEN 'billing.issue-invoice' ELSE 'billing.credit-invoice' END,
        i.recorded_at, i.issued_on, f.actor_id, 'billing_invoice', i.id, i.number, i.total_minor, i.currency
    FROM billing_invoice i
    LEFT JOIN outbox_fact f ON f.kind = 'billing.invoice-issued' AND f.subject_id = i.id
    WHERE i.id = ANY(%(invoices)s)
    UNION ALL
    SELECT 'invoice', 'billing.send-invoice', s.recorded_at, s.sent_on, (
            SELECT f.actor_id FROM outbox_fact f WHERE f.kind = 'billing.invoice-sent' AND f.subject_id = i.id
                AND f.recorded_at = s.recorded_at LIMIT 1),
        'billing_invoice', i.id, i.number, NULL, i.currency
    FROM billing_sending s JOIN billing_invoice i ON i.id = s.invoice_id WHERE s.invoice_id = ANY(%(invoices)s)
    UNION ALL
    SELECT 'payment', CASE a.kind
            WHEN 'fee' THEN 'receivables.write-off-fee' WHEN 'set_off' THEN 'receivables.set-off'
            WHEN 'reversal' THEN 'receivables.reverse-allocation'
            ELSE CASE WHEN m.by_rule THEN 'receivables.match-receipts' ELSE 'receivables.allocate' END END,
        a.recorded_at, a.effective_on, m.made_by_id, 'receivables_openitem', i.id, i.number, a.amount_minor, i.currency
    FROM receivables_allocation a JOIN receivables_matching m ON m.id = a.matching_id
    JOIN receivables_openitem i ON i.id = a.item_id WHERE a.item_id = ANY(%(invoices)s)
    UNION ALL
    SELECT 'revenue', CASE WHEN s.reverses_id IS NULL THEN 'revenue.recognise' ELSE 'revenue.reverse-recognition' END,
        max(s.recorded_at), s.effective_on, (
            SELECT c.actor_id FROM audit_change c WHERE c.subject = 'runs_run' AND c.subject_id = s.run_id
                AND c.after ->> 'state' IN ('executed', 'reversed') ORDER BY c.id DESC LIMIT 1),
        'runs_run', s.run_id, '#' || s.run_id, sum(s.amount_minor)::bigint, o.currency
    FROM revenue_slice s JOIN revenue_obligation o ON o.id = s.obligation_id
    WHERE s.obligation_id = ANY(%(obligations)s)
    GROUP BY s.run_id, s.reverses_id IS NULL, s.effective_on, o.currency
    UNION ALL
    SELECT 'license', 'licenses.write-grants', g.recorded_at, min(g.effective_on), (
            SELECT f.actor_id FROM outbox_fact f JOIN orders_orderline l ON l.order_id = f.subject_id
            WHERE f.kind = 'licenses.granted' AND l.id = min(g.order_line_id) LIMIT 1),
        'contracts_contract', c.id, c.number, NULL, ''
    FROM licenses_grant g JOIN contracts_contract c ON c.id = g.contract_id
    WHERE g.contract_id = ANY(%(contracts)s) GROUP BY c.id, g.recorded_at
    UNION ALL
    SELECT 'license', 'licenses.confirm-end-of-use', e.recorded_at, e.effective_on, e.confirmed_by_id,
        'contracts_contract', c.id, c.number, NULL, ''
    FROM licenses_endofuse e JOIN contracts_contract c ON c.id = e.contract_id WHERE e.contract_id = ANY(%(contracts)s)
)
SELECT o.phase, o.verb, o.at, o.on_day, coalesce(p.name, ''), coalesce(p.is_system, false), o.tbl, o.id, o.number,
    o.minor, o.currency
FROM occurred o LEFT JOIN identity_person p ON p.id = o.person
WHERE %(phase)s::text IS NULL OR o.phase = %(phase)s
ORDER BY o.at DESC, o.phase, o.id DESC LIMIT %(limit)s
