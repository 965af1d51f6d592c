-- What lies on the desks of the office: per query the ids of what somebody may take up now.

-- name: drafts
SELECT id FROM quotes_quote WHERE state = 'drafted';

-- name: open quotes
SELECT id FROM quotes_quote WHERE state NOT IN ('accepted', 'withdrawn', 'expired');

-- name: quotes to revise
SELECT q.id FROM quotes_quote q WHERE q.state NOT IN ('accepted', 'withdrawn', 'expired') AND NOT EXISTS (
    SELECT FROM approvals_approvalrequest r WHERE r.subject_id = q.id AND r.state IN ('open', 'conditional'));

-- name: approved quotes
SELECT id FROM quotes_quote WHERE state = 'approved';

-- name: sent quotes
SELECT id FROM quotes_quote WHERE state = 'sent';

-- name: accepted quotes
SELECT id FROM quotes_quote WHERE state = 'accepted';

-- name: open items
SELECT id FROM approvals_approvalitem WHERE state = 'open';

-- name: items of the founder
SELECT i.id FROM approvals_approvalitem i JOIN approvals_approvalrequest r ON r.id = i.request_id
JOIN identity_person p ON p.id = r.opened_by_id WHERE i.state = 'open' AND p.name = 'founder';

-- name: conditions
SELECT c.id FROM approvals_approvalcondition c JOIN approvals_approvalitem i ON i.id = c.item_id
JOIN approvals_approvalrequest r ON r.id = i.request_id
WHERE c.met_on IS NULL AND r.state IN ('open', 'conditional');

-- name: open requests
SELECT id FROM approvals_approvalrequest WHERE state IN ('open', 'conditional');

-- name: undelivered lines
SELECT l.id FROM orders_orderline l WHERE l.charge = 'one_time'
AND NOT EXISTS (SELECT FROM orders_acceptance a WHERE a.order_line_id = l.id);

-- name: orders
SELECT id FROM orders_order;

-- name: previewed runs
SELECT id FROM runs_run WHERE state = 'previewed' AND kind LIKE 'billing%';

-- name: approved runs
SELECT id FROM runs_run WHERE state = 'approved' AND kind LIKE 'billing%';

-- name: executed runs
SELECT id FROM runs_run WHERE state = 'executed' AND kind = 'billing';

-- name: billed runs
SELECT r.id FROM runs_run r WHERE r.kind = 'billing' AND r.state = 'executed'
AND EXISTS (SELECT FROM billing_invoice i WHERE i.run_id = r.id)
AND NOT EXISTS (SELECT FROM runs_run b WHERE b.kind = 'billing.reversal' AND b.key = r.id::text);

-- name: recognised runs
SELECT id FROM runs_run WHERE state = 'executed' AND kind = 'revenue';

-- name: invoices
SELECT i.id FROM billing_invoice i WHERE i.original_id IS NULL
AND NOT EXISTS (SELECT FROM billing_invoice c WHERE c.original_id = i.id);

-- name: credited invoices
SELECT original_id FROM billing_invoice WHERE original_id IS NOT NULL;

-- name: open invoices
SELECT id FROM receivables_itembalance WHERE open_minor > 0;

-- name: open credits
SELECT c.id FROM receivables_itembalance c JOIN receivables_openitem i ON i.id = c.id WHERE c.open_minor < 0
AND EXISTS (SELECT FROM receivables_openitem o JOIN receivables_itembalance b ON b.id = o.id
            WHERE o.customer_id = i.customer_id AND b.open_minor > 0);

-- name: receipts left
SELECT id FROM receivables_receiptbalance WHERE left_minor > 0;

-- name: returned transfers
SELECT id FROM receivables_receiptbalance WHERE left_minor < 0;

-- name: allocations
SELECT a.id FROM receivables_allocation a WHERE a.kind IN ('payment', 'fee')
AND NOT EXISTS (SELECT FROM receivables_allocation b WHERE b.reverses_id = a.id);

-- name: bank files
SELECT file_id FROM receivables_bankfile;

-- name: locked months
SELECT id FROM ledger_period WHERE state = 'locked';

-- name: open months
SELECT id FROM ledger_period WHERE state = 'open';

-- name: waiting facts
SELECT id FROM outbox_delivery WHERE state = 'waiting';
