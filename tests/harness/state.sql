-- The business rows in which two orders of acts may differ, without ids and moments: equal answers, equal ends.

-- name: quotes
SELECT number, state, state_on, version FROM quotes_quote;

-- name: requests
SELECT q.number, r.state, r.concluded_on FROM approvals_approvalrequest r JOIN quotes_quote q ON q.id = r.subject_id;

-- name: decisions
SELECT i.request_id, i.position, i.state, d.outcome, p.name FROM approvals_approvalitem i
LEFT JOIN approvals_approvaldecision d ON d.item_id = i.id LEFT JOIN identity_person p ON p.id = d.decided_by_id;

-- name: conditions
SELECT i.request_id, i.position, c.text_en, c.met_on FROM approvals_approvalcondition c
JOIN approvals_approvalitem i ON i.id = c.item_id;

-- name: deals
SELECT stage, value_minor, closed_on FROM opportunities_opportunity;

-- name: contracts and orders
SELECT c.number, c.state, c.total_minor, o.number, o.total_minor,
       (SELECT count(*) FROM orders_orderline l WHERE l.order_id = o.id),
       (SELECT count(*) FROM billing_plan p WHERE p.order_id = o.id),
       (SELECT count(*) FROM revenue_obligation b WHERE b.order_id = o.id),
       (SELECT count(*) FROM licenses_grant g WHERE g.contract_id = c.id)
FROM contracts_contract c LEFT JOIN orders_order o ON o.contract_id = c.id;

-- name: deliveries
SELECT a.order_line_id, a.effective_on, x.accepted_on, d.delivered_on FROM orders_acceptance a
LEFT JOIN billing_plan p ON p.order_line_id = a.order_line_id LEFT JOIN billing_acceptance x ON x.plan_id = p.id
LEFT JOIN revenue_obligation o ON o.order_line_id = a.order_line_id LEFT JOIN revenue_delivery d ON d.obligation_id = o.id;

-- name: charges
SELECT plan_id, service_start, service_until, sequence, amount_minor FROM billing_charge;

-- name: invoices
SELECT i.number, o.number, i.payer_id, i.order_id, i.issued_on, i.net_minor, i.tax_minor
FROM billing_invoice i LEFT JOIN billing_invoice o ON o.id = i.original_id;

-- name: open items
SELECT i.number, b.open_minor FROM receivables_itembalance b JOIN receivables_openitem i ON i.id = b.id;

-- name: receipts
SELECT r.payer_name, r.amount_minor, r.value_on, b.left_minor FROM receivables_receipt r
JOIN receivables_receiptbalance b ON b.id = r.id;

-- name: allocations
SELECT i.number, r.payer_name, a.kind, a.amount_minor, a.received_minor, a.rule, a.reverses_id IS NOT NULL
FROM receivables_allocation a LEFT JOIN receivables_openitem i ON i.id = a.item_id
LEFT JOIN receivables_receipt r ON r.id = a.receipt_id;

-- name: revenue
SELECT obligation_id, month, sum(amount_minor), count(*) FROM revenue_slice GROUP BY obligation_id, month;

-- name: ledger
SELECT a.code, p.effective_on, p.party_id, sum(p.amount_minor), count(*) FROM ledger_posting p
JOIN ledger_account a ON a.id = p.account_id GROUP BY 1, 2, 3;

-- name: locked months
SELECT start FROM ledger_period WHERE state = 'locked';

-- name: numbers
SELECT kind, year, next_number FROM numbering_series;

-- name: work
SELECT kind, owner_role, state, why_en FROM worklist_workitem;

-- name: facts
-- Not how many runs it took: who asks for one while another is under way gets that one, and else one of nothing.
SELECT kind, effective_on, count(*) FROM outbox_fact WHERE kind <> 'runs.executed' GROUP BY 1, 2;

-- name: roles
SELECT person_id, role, active FROM identity_rolegrant;
