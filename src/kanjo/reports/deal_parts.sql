-- Every part of the deal that one row belongs to: (phase, table, id, number, state, on, done, whole, currency, waiting).
WITH deal AS (
    SELECT * FROM opportunities_opportunity WHERE company_id = ANY(%(companies)s) AND id = coalesce(
        (SELECT opportunity_id FROM quotes_quote WHERE id = coalesce(
            (SELECT quote_id FROM contracts_contract WHERE id = coalesce(
                (SELECT contract_id FROM orders_order WHERE id = coalesce(
                    (SELECT order_id FROM billing_invoice WHERE id = %(billing_invoice)s),
                    %(orders_order)s)),
                %(contracts_contract)s)),
            %(quotes_quote)s)),
        %(opportunities_opportunity)s)
), quote AS (
    SELECT q.*, v.total_minor, v.id AS version_id FROM quotes_quote q
    JOIN deal ON deal.id = q.opportunity_id
    JOIN quotes_quoteversion v ON v.quote_id = q.id AND v.number = q.version
), request AS (
    SELECT r.*, q.version_id = r.version_id AS current FROM approvals_approvalrequest r
    JOIN quote q ON r.subject = 'quotes_quote' AND r.subject_id = q.id
), item AS (
    SELECT i.* FROM approvals_approvalitem i JOIN request r ON r.id = i.request_id
), condition AS (
    SELECT c.*, i.request_id FROM approvals_approvalcondition c JOIN item i ON i.id = c.item_id
), contract AS (
    SELECT c.* FROM contracts_contract c JOIN quote q ON q.id = c.quote_id
), ordered AS (
    SELECT o.* FROM orders_order o JOIN contract c ON c.id = o.contract_id
), invoice AS (
    SELECT i.* FROM billing_invoice i JOIN ordered o ON o.id = i.order_id
), part AS (
    SELECT 'opportunity' AS phase, 'opportunities_opportunity' AS tbl, id, name AS number, stage AS state,
        coalesce(closed_on, engaged_on) AS on_day, NULL::bigint AS done, value_minor AS whole, currency, 0 AS waiting
    FROM deal
    UNION ALL SELECT 'quote', 'quotes_quote', id, number, state, state_on, NULL, total_minor, currency, 0 FROM quote
    UNION ALL SELECT 'approval', 'approvals_approvalrequest', r.id, '', CASE WHEN current THEN state ELSE 'recalled' END,
        coalesce(concluded_on, opened_on), NULL, NULL, '',
        (SELECT count(*) FROM item i WHERE i.request_id = r.id AND i.state IN ('open', 'waiting'))
        + (SELECT count(*) FROM condition c WHERE c.request_id = r.id AND c.met_on IS NULL) FROM request r
    UNION ALL SELECT 'approval', 'approvals_approvalitem', id, '', state, NULL, NULL, NULL, '', 0 FROM item
    UNION ALL SELECT 'approval', 'approvals_approvalcondition', id, '', '', met_on, NULL, NULL, '', 0 FROM condition
    UNION ALL SELECT 'contract', 'contracts_contract', id, number, state, effective_on, NULL, total_minor, currency, 0
    FROM contract
    UNION ALL SELECT 'order', 'orders_order', id, number, '', effective_on, NULL, total_minor, currency,
        (SELECT count(*) FROM orders_orderline l WHERE l.order_id = o.id AND l.timing = 'on_acceptance'
            AND NOT EXISTS (SELECT FROM orders_acceptance a WHERE a.order_line_id = l.id)) FROM ordered o
    UNION ALL SELECT 'invoice', 'billing_invoice', id, number, '', issued_on, net_minor - coalesce((
        SELECT sum(l.net_minor) FROM billing_invoiceline l JOIN billing_plan p ON p.id = l.plan_id
        WHERE l.invoice_id = invoice.id AND p.charge = 'usage'), 0)::bigint, total_minor, currency, 0
    FROM invoice
    UNION ALL SELECT 'payment', 'receivables_openitem', i.id, i.number, '', i.due_on, b.amount_minor - b.open_minor,
        b.amount_minor, i.currency, 0
    FROM receivables_openitem i JOIN receivables_itembalance b ON b.id = i.id WHERE i.id IN (SELECT id FROM invoice)
    UNION ALL SELECT 'revenue', 'revenue_obligation', o.id, n.number || '-' || l.position, '', max(s.effective_on),
        coalesce(sum(s.amount_minor), 0)::bigint, o.price_minor + coalesce((
            SELECT sum(c.amount_minor) FROM billing_plan p JOIN billing_charge c ON c.plan_id = p.id
            WHERE p.order_line_id = o.order_line_id AND p.charge = 'usage'), 0)::bigint, o.currency, 0
    FROM revenue_obligation o JOIN ordered n ON n.id = o.order_id JOIN orders_orderline l ON l.id = o.order_line_id
    LEFT JOIN revenue_slice s ON s.obligation_id = o.id GROUP BY o.id, n.number, l.position
    UNION ALL SELECT 'license', 'licenses_grant', id, '', '', effective_on, NULL, NULL, '', 0
    FROM licenses_grant WHERE contract_id IN (SELECT id FROM contract)
    UNION ALL SELECT 'renewal', 'renewals_renewal', id, '', state, effective_on, NULL, proposed_minor, currency, 0
    FROM renewals_renewal WHERE contract_id IN (SELECT id FROM contract)
)
SELECT * FROM part ORDER BY phase, tbl, id
