"""The two sides of each identity, per place, as SQL. `%(company)s` is the selling company."""

WON_COUNT = """
    SELECT 'all imports', '', sum((i.counts -> 'won' ->> 'deals')::bigint)::bigint, (
        SELECT count(*) FROM opportunities_opportunity o WHERE o.company_id = %(company)s AND o.won_elsewhere)
    FROM imports_import i WHERE i.company_id = %(company)s AND i.source = 'crm' HAVING count(*) > 0"""

WON_VALUE = """
    SELECT 'all imports', coalesce(e.currency, o.currency), coalesce(e.minor, 0)::bigint, coalesce(o.minor, 0)::bigint
    FROM (
        SELECT v.key AS currency, sum(v.value::bigint) AS minor
        FROM imports_import i, jsonb_each_text(i.counts -> 'won' -> 'value_minor') v
        WHERE i.company_id = %(company)s AND i.source = 'crm' GROUP BY v.key) e
    FULL JOIN (
        SELECT currency, sum(expected_minor) AS minor FROM opportunities_opportunity
        WHERE company_id = %(company)s AND won_elsewhere GROUP BY currency) o ON o.currency = e.currency"""

WON_HERE = """
    SELECT o.external_key, o.currency, o.expected_minor, o.value_minor
    FROM opportunities_opportunity o
    WHERE o.company_id = %(company)s AND o.stage = 'won' AND o.won_elsewhere"""

QUOTED = """
    SELECT c.number, c.currency, v.total_minor, c.total_minor
    FROM contracts_contract c JOIN quotes_quoteversion v ON v.id = c.quote_version_id
    WHERE c.company_id = %(company)s"""

BOOKED = """
    SELECT c.number, c.currency,
        (c.total_minor + coalesce((SELECT sum(total_minor) FROM contracts_amendment a WHERE a.contract_id = c.id), 0)
            )::bigint,
        coalesce((SELECT sum(total_minor) FROM orders_order o WHERE o.contract_id = c.id), 0)::bigint
    FROM contracts_contract c WHERE c.company_id = %(company)s"""

AMENDED = """
    SELECT a.number, c.currency, a.total_minor, CASE WHEN bool_and(
        l.changes_id IS NULL OR (r.changes_id IS NULL AND r.product_id = l.product_id AND b.contract_id = c.id)
        ) THEN sum(l.total_minor)::bigint END
    FROM contracts_amendment a JOIN contracts_contract c ON c.id = a.contract_id
    LEFT JOIN orders_order o ON o.amendment_id = a.id AND o.contract_id = c.id
    LEFT JOIN orders_orderline l ON l.order_id = o.id
    LEFT JOIN orders_orderline r ON r.id = l.changes_id LEFT JOIN orders_order b ON b.id = r.order_id
    WHERE a.company_id = %(company)s GROUP BY a.id, c.currency"""

WON_BOOKED = """
    SELECT p.id, p.currency, p.value_minor, coalesce(sum(o.total_minor), 0)::bigint
    FROM opportunities_opportunity p
    LEFT JOIN quotes_quote q ON q.opportunity_id = p.id LEFT JOIN contracts_contract c ON c.quote_id = q.id
    LEFT JOIN orders_order o ON o.contract_id = c.id AND o.quote_version_id IS NOT NULL
    WHERE p.company_id = %(company)s AND p.stage = 'won' GROUP BY p.id"""

ORDER_LINES = """
    SELECT o.number || '/' || l.position, o.currency, q.total_minor, l.total_minor
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id AND o.amendment_id IS NULL
    LEFT JOIN quotes_quoteline q ON q.version_id = o.quote_version_id AND q.position = l.position
        AND (q.product_id, q.quantity, q.net_minor) = (l.product_id, l.quantity, l.net_minor)
    WHERE o.company_id = %(company)s"""

OBLIGATIONS = """
    SELECT o.number || '/' || l.position, o.currency, l.total_minor, b.price_minor
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    LEFT JOIN revenue_obligation b ON b.order_line_id = l.id
    WHERE o.company_id = %(company)s"""

CHARGED = """
    SELECT i.number || '/' || l.position, i.currency, c.amount_minor, l.net_minor
    FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id
    LEFT JOIN billing_charge c ON c.invoice_line_id = l.id AND c.plan_id = l.plan_id
    WHERE i.company_id = %(company)s"""

# What the days of a line cost at a price: through the last less through the day before the first, each rounded half up.
_DAYS_AT = """(sign({price}) * (
        div(2 * abs({price}) * h.day_until + h.period_days, 2 * h.period_days)
        - div(2 * abs({price}) * h.day_from + h.period_days, 2 * h.period_days)))"""
# Of a charge that was handed on by a split, what was given back for that is counted too: the parts stand for it.
PRICED = f"""
    SELECT i.number || '/' || h.position, i.currency, (
        {_DAYS_AT.format(price="(p.above_minor::numeric + h.price_minor)")}
        - {_DAYS_AT.format(price="p.above_minor::numeric")})::bigint, b.minor
    FROM (
        SELECT coalesce(c.shared_line_id, c.invoice_line_id) AS head, sum(c.amount_minor)::bigint AS minor
        FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id
        WHERE p.company_id = %(company)s AND (c.credited_line_id IS NULL OR EXISTS (
            SELECT FROM billing_invoiceline l JOIN billing_split s ON s.invoice_id = l.invoice_id
            WHERE l.id = c.credited_line_id))
        GROUP BY 1) b
    JOIN billing_invoiceline h ON h.id = b.head JOIN billing_invoice i ON i.id = h.invoice_id
    JOIN billing_plan p ON p.id = h.plan_id"""  # noqa: S608 our own text

INVOICE_SUMS = """
    SELECT i.number, i.currency, i.total_minor, (
        coalesce((SELECT sum(l.net_minor) FROM billing_invoiceline l WHERE l.invoice_id = i.id), 0)
        + coalesce((SELECT sum(t.tax_minor) FROM billing_invoicetax t WHERE t.invoice_id = i.id), 0))::bigint
    FROM billing_invoice i WHERE i.company_id = %(company)s"""

RECEIVABLE = """
    SELECT i.number, i.currency, i.total_minor, (b.open_minor + coalesce(a.settled, 0))::bigint
    FROM billing_invoice i
    LEFT JOIN receivables_itembalance b ON b.id = i.id
    LEFT JOIN (SELECT item_id, sum(amount_minor) AS settled FROM receivables_allocation
               WHERE company_id = %(company)s GROUP BY item_id) a ON a.item_id = i.id
    WHERE i.company_id = %(company)s"""

RECEIPTS = """
    SELECT r.reference, r.currency, r.amount_minor, (b.left_minor + coalesce(a.used, 0))::bigint
    FROM receivables_receipt r
    LEFT JOIN receivables_receiptbalance b ON b.id = r.id
    LEFT JOIN (SELECT receipt_id, sum(received_minor) AS used FROM receivables_allocation
               WHERE company_id = %(company)s GROUP BY receipt_id) a ON a.receipt_id = r.id
    WHERE r.company_id = %(company)s"""

LEDGER_ZERO = """
    SELECT 'entry ' || p.entry_id, p.currency, 0::bigint, sum(p.amount_minor)::bigint
    FROM ledger_posting p WHERE p.company_id = %(company)s GROUP BY p.entry_id, p.currency"""


def subledger(code: str, rows: str) -> str:
    """Return the comparison of an account (debit positive) with *rows* of (currency, amount) of its sub-ledger."""
    return f"""
    SELECT 'account {code}', coalesce(s.currency, g.currency), coalesce(s.amount, 0)::bigint,
           coalesce(g.amount, 0)::bigint
    FROM (SELECT currency, sum(amount) AS amount FROM ({rows}) r (currency, amount) GROUP BY currency) s
    FULL JOIN (
        SELECT p.currency, sum(p.amount_minor) AS amount
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.company_id = %(company)s AND a.code = '{code}' GROUP BY p.currency) g ON g.currency = s.currency"""  # noqa: S608 - constants of this file


OPEN_ITEMS = """SELECT i.currency, b.open_minor FROM receivables_itembalance b
    JOIN receivables_openitem i ON i.id = b.id WHERE i.company_id = %(company)s"""
UNAPPLIED = """SELECT r.currency, -b.left_minor FROM receivables_receiptbalance b
    JOIN receivables_receipt r ON r.id = b.id WHERE r.company_id = %(company)s"""
BANK = "SELECT currency, amount_minor FROM receivables_receipt WHERE company_id = %(company)s"
FEES = """SELECT i.currency, a.amount_minor - a.received_minor FROM receivables_allocation a
    JOIN receivables_openitem i ON i.id = a.item_id WHERE a.company_id = %(company)s"""
TAX = """SELECT i.currency, -t.tax_minor FROM billing_invoicetax t
    JOIN billing_invoice i ON i.id = t.invoice_id WHERE i.company_id = %(company)s"""
REVENUE = """SELECT b.currency, -s.amount_minor FROM revenue_slice s
    JOIN revenue_obligation b ON b.id = s.obligation_id WHERE s.company_id = %(company)s"""
DEFERRED = """SELECT currency, -net_minor FROM billing_invoice WHERE company_id = %(company)s
    UNION ALL SELECT b.currency, s.amount_minor FROM revenue_slice s
    JOIN revenue_obligation b ON b.id = s.obligation_id WHERE s.company_id = %(company)s"""

REVENUE_AND_DEFERRED = """
    SELECT 'all', i.currency, sum(i.net_minor)::bigint, (
        SELECT -coalesce(sum(p.amount_minor), 0) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.company_id = %(company)s AND p.currency = i.currency AND a.code IN ('2310', '4110'))::bigint
    FROM billing_invoice i WHERE i.company_id = %(company)s GROUP BY i.currency"""

# Who pays beside the payer of the order: who was charged what is given back; else who shares the contract or account,
# or has a part of the invoice that the line was split from.
TRACED = """
    SELECT i.number || '/' || l.position, '', 1::bigint, (
        p.id IS NOT NULL AND ol.id IS NOT NULL AND (o.company_id, o.currency) = (i.company_id, i.currency)
        AND (o.payer_id = i.payer_id OR EXISTS (
            SELECT FROM billing_charge g JOIN billing_invoiceline w ON w.id = g.credited_line_id
            JOIN billing_invoice x ON x.id = w.invoice_id
            WHERE g.plan_id = l.plan_id AND g.invoice_line_id = l.id AND x.payer_id = i.payer_id
            ) OR (l.share_of IS NOT NULL AND (EXISTS (
                SELECT FROM billing_sharing h JOIN billing_payershare s ON s.sharing_id = h.id
                JOIN billing_account b ON b.id = s.account_id
                WHERE (h.contract_id = p.contract_id OR h.account_id = p.account_id)
                    AND h.effective_on <= i.issued_on AND b.payer_id = i.payer_id
            ) OR EXISTS (
                SELECT FROM billing_splitpart s JOIN billing_split h ON h.id = s.split_id
                JOIN billing_invoiceline w ON w.invoice_id = h.invoice_id
                WHERE s.invoice_id = i.id AND w.plan_id = l.plan_id))))
        AND o.id = p.order_id AND c.id IS NOT NULL AND r.id IS NOT NULL
        AND r.state = 'approved' AND v.id IS NOT NULL AND r.version_id = v.id AND r.digest = v.digest
        AND v.quote_id = c.quote_id AND CASE WHEN o.amendment_id IS NULL
            THEN o.quote_version_id = v.id AND ql.id IS NOT NULL
            ELSE a.contract_id = c.id AND ol.changes_id IS NULL END)::int::bigint
    FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id
    LEFT JOIN billing_plan p ON p.id = l.plan_id
    LEFT JOIN orders_orderline ol ON ol.id = p.order_line_id LEFT JOIN orders_order o ON o.id = ol.order_id
    LEFT JOIN contracts_contract c ON c.id = o.contract_id LEFT JOIN contracts_amendment a ON a.id = o.amendment_id
    LEFT JOIN approvals_approvalrequest r ON r.id = c.approval_request_id
    LEFT JOIN quotes_quoteversion v ON v.id = c.quote_version_id
    LEFT JOIN quotes_quoteline ql ON ql.version_id = v.id AND ql.position = ol.position
    WHERE i.company_id = %(company)s"""

SIGNED = """
    SELECT c.number, '', 1::bigint, (f.digest = c.signed_digest)::int::bigint
    FROM contracts_contract c LEFT JOIN files_storedfile f ON f.id = c.signed_file_id
    WHERE c.company_id = %(company)s"""

NUMBERS = """
    SELECT s.kind || ' ' || s.year, '', s.next_number - 1, (
        SELECT CASE WHEN count(*) = 0 OR (min(n.number) = 1 AND max(n.number) = count(*)) THEN count(*) END
        FROM numbering_issued n WHERE n.series_id = s.id)
    FROM numbering_series s WHERE s.company_id = %(company)s"""

INVOICE_NUMBERS = """
    SELECT i.number, '', 1::bigint, count(n.subject_id)
    FROM billing_invoice i
    LEFT JOIN (numbering_issued n JOIN numbering_series s ON s.id = n.series_id AND s.company_id = %(company)s)
        ON n.subject_id = i.id AND s.prefix || '-' || s.year || '-' || lpad(n.number::text, 6, '0') = i.number
    WHERE i.company_id = %(company)s GROUP BY i.id, i.number"""

LOCKED = """
    SELECT 'period ' || p.start, '', 0::bigint, (
        SELECT count(*) FROM ledger_entry e
        WHERE e.company_id = p.company_id AND e.effective_on >= p.start AND e.effective_on < p.until
            AND e.recorded_at > (
                SELECT max(c.recorded_at) FROM audit_change c
                WHERE c.subject = 'ledger_period' AND c.subject_id = p.id AND c.after ->> 'state' = 'locked'))
    FROM ledger_period p WHERE p.company_id = %(company)s AND p.state = 'locked'"""

DELIVERED = """
    SELECT f.kind, '', 0::bigint, count(*) FILTER (WHERE d.state = 'dead')
    FROM outbox_delivery d JOIN outbox_fact f ON f.id = d.fact_id
    WHERE f.company_id = %(company)s GROUP BY f.kind"""
