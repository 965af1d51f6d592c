"""What a house has come to, in words of the business: no ids, no moments, every row in a settled order."""

from __future__ import annotations

from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]
State = dict[str, Rows]


def end_state() -> State:
    """Return everything that was sold, billed, paid and earned, what waits, and what the books say."""
    return {name: sorted(rows(query), key=repr) for name, query in READS.items()}


def rows(query: str) -> Rows:
    """Return what the query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


_OF_DEAL = """
    JOIN orders_order o ON o.id = {order} JOIN contracts_contract c ON c.id = o.contract_id
    JOIN quotes_quote q ON q.id = c.quote_id JOIN opportunities_opportunity p ON p.id = q.opportunity_id"""

READS = {
    "people": "SELECT email, name, team FROM identity_person",
    "customers": "SELECT external_key, name, country FROM customers_customer",
    "waiting rows": "SELECT entity, key, state FROM imports_quarantinedrow",
    "deals": "SELECT external_key, stage, expected_close_on, expected_minor, closed_on, value_minor"
    " FROM opportunities_opportunity",
    "quotes": "SELECT p.external_key, q.number, q.state, q.version, v.total_minor, v.list_total_minor, v.digest"
    " FROM quotes_quote q JOIN quotes_quoteversion v ON v.quote_id = q.id"
    " JOIN opportunities_opportunity p ON p.id = q.opportunity_id",
    "approvals": "SELECT q.number, r.state, i.item, i.state, d.outcome FROM approvals_approvalrequest r"
    " JOIN quotes_quote q ON q.id = r.subject_id LEFT JOIN approvals_approvalitem i ON i.request_id = r.id"
    " LEFT JOIN approvals_approvaldecision d ON d.item_id = i.id",
    "contracts": "SELECT p.external_key, c.number, c.state, c.total_minor, c.starts_on, o.number, o.total_minor,"
    f" o.po_number, c.signed_digest FROM orders_order one {_OF_DEAL.format(order='one.id')}",
    "order lines": "SELECT p.external_key, l.position, l.code, l.quantity, l.list_minor, l.net_minor, l.total_minor,"
    " a.effective_on, b.net_minor, x.accepted_on FROM orders_orderline l"
    " LEFT JOIN orders_acceptance a ON a.order_line_id = l.id LEFT JOIN billing_plan b ON b.order_line_id = l.id"
    f" LEFT JOIN billing_acceptance x ON x.plan_id = b.id {_OF_DEAL.format(order='l.order_id')}",
    "licenses": "SELECT p.external_key, g.metric, g.quantity, g.effective_on FROM licenses_grant g"
    f" JOIN orders_orderline l ON l.id = g.order_line_id {_OF_DEAL.format(order='l.order_id')}",
    "invoices": "SELECT p.external_key, i.number, i.payer_name, i.issued_on, i.due_on, i.net_minor, i.tax_minor,"
    " i.total_minor, l.position, l.net_minor, h.amount_minor, b.open_minor"
    " FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id"
    " LEFT JOIN billing_charge h ON h.invoice_line_id = l.id LEFT JOIN receivables_itembalance b ON b.id = i.id"
    + _OF_DEAL.format(order="i.order_id"),
    "bank files": "SELECT name, digest, receipts_count, total_minor FROM receivables_bankfile",
    "receipts": "SELECT r.reference, r.value_on, r.amount_minor, r.payer_name, r.text, b.left_minor"
    " FROM receivables_receipt r LEFT JOIN receivables_receiptbalance b ON b.id = r.id",
    "allocations": "SELECT i.number, r.reference, a.kind, a.amount_minor, a.received_minor, a.rule, a.confidence,"
    " a.effective_on FROM receivables_allocation a LEFT JOIN receivables_openitem i ON i.id = a.item_id"
    " LEFT JOIN receivables_receipt r ON r.id = a.receipt_id",
    "revenue": "SELECT p.external_key, b.price_minor, d.delivered_on, s.month, s.amount_minor, s.effective_on"
    " FROM revenue_obligation b LEFT JOIN revenue_delivery d ON d.obligation_id = b.id"
    f" LEFT JOIN revenue_slice s ON s.obligation_id = b.id {_OF_DEAL.format(order='b.order_id')}",
    "ledger": "SELECT a.code, e.source, e.effective_on, p.currency, count(*), sum(p.amount_minor)"
    " FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id"
    " GROUP BY 1, 2, 3, 4",
    "facts": "SELECT kind, effective_on, count(*) FROM outbox_fact GROUP BY 1, 2",
    "deliveries": "SELECT f.kind, d.reaction, d.state, count(*)"
    " FROM outbox_delivery d JOIN outbox_fact f ON f.id = d.fact_id GROUP BY 1, 2, 3",
    "work": "SELECT kind, owner_role, state, why_en, due_on FROM worklist_workitem",
    "runs": "SELECT kind, target_on, state, count(*) FROM runs_run GROUP BY 1, 2, 3",
}
