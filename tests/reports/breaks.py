"""One break per identity: what somebody with the keys of the database could do, with the guards switched off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """Statements as the owner, the tables whose guards they switch off, and which other identities must notice too."""

    statements: tuple[str, ...]
    also: frozenset[str] = frozenset()


def broken(*statements: str, also: tuple[str, ...] = ()) -> Break:
    """Return a break."""
    return Break(statements, frozenset(also))


ONE_UP_ONE_DOWN = """
    UPDATE {table} t SET {column} = {column} + CASE WHEN t.id = o.up THEN 1 ELSE -1 END
    FROM (SELECT min(id) AS up, max(id) AS down FROM {rows}) o WHERE t.id IN (o.up, o.down)"""
"""A yen moved from one row to another: every sum stays as it was."""

BREAKS: dict[str, Break] = {
    "won-count": broken(
        "UPDATE opportunities_opportunity SET won_elsewhere = false WHERE external_key = 'D1'", also=("won-value",)
    ),
    "won-value": broken(
        "UPDATE opportunities_opportunity SET expected_minor = expected_minor + 1 WHERE external_key = 'D1'",
        also=("won-here",),
    ),
    "won-here": broken(
        ONE_UP_ONE_DOWN.format(
            table="opportunities_opportunity",
            column="expected_minor",
            rows="opportunities_opportunity WHERE won_elsewhere",
        )
    ),
    "won-booked": broken(
        "UPDATE opportunities_opportunity SET value_minor = value_minor + 1"
        " WHERE stage = 'won' AND expected_minor IS NULL"
    ),
    "quoted-contracted": broken("UPDATE quotes_quoteversion SET total_minor = total_minor + 1"),
    "contracted-booked": broken(
        "UPDATE contracts_contract SET total_minor = total_minor + 1",
        "UPDATE quotes_quoteversion SET total_minor = total_minor + 1",
    ),
    "amended-booked": broken(
        "UPDATE orders_orderline SET product_id = (SELECT max(id) FROM catalog_product) WHERE changes_id IS NOT NULL"
    ),
    "quote-lines-order-lines": broken("UPDATE quotes_quoteline SET total_minor = total_minor + 1"),
    "booked-billed": broken("UPDATE billing_plan SET net_minor = net_minor + 1 WHERE charge = 'recurring'"),
    "charges-invoice-lines": broken(
        "UPDATE billing_charge SET invoice_line_id = invoice_line_id + 1000000 WHERE sequence = 1"
    ),
    "charges-prices": broken("UPDATE billing_invoiceline SET price_minor = price_minor + 1000 WHERE price_minor > 0"),
    "invoice-sums": broken(
        ONE_UP_ONE_DOWN.format(table="billing_invoicetax", column="tax_minor", rows="billing_invoicetax")
    ),
    "invoiced-paid-open": broken(
        ONE_UP_ONE_DOWN.format(
            table="receivables_itembalance",
            column="open_minor",
            rows="receivables_itembalance WHERE open_minor BETWEEN 1 AND amount_minor - 1",
        )
    ),
    "received-applied-left": broken(
        ONE_UP_ONE_DOWN.format(
            table="receivables_receiptbalance", column="left_minor", rows="receivables_receiptbalance"
        )
    ),
    "obligations": broken("UPDATE revenue_obligation SET price_minor = price_minor + 1"),
    "revenue-deferred": broken(
        "UPDATE billing_invoice SET net_minor = net_minor + 1, tax_minor = tax_minor - 1 WHERE original_id IS NULL",
        also=("ledger-deferred",),
    ),
    "ledger-zero": broken(
        ONE_UP_ONE_DOWN.format(
            table="ledger_posting",
            column="amount_minor",
            rows="ledger_posting WHERE account_id = (SELECT id FROM ledger_account WHERE code = '1110')",
        )
    ),
    "ledger-receivable": broken(
        "INSERT INTO receivables_openitem"
        " (id, company_id, customer_id, number, currency, amount_minor, issued_on, due_on)"
        " SELECT 999999, company_id, customer_id, 'X', currency, 1, issued_on, due_on"
        " FROM receivables_openitem LIMIT 1",
        "INSERT INTO receivables_itembalance (id, company_id, amount_minor, open_minor)"
        " SELECT id, company_id, 1, 1 FROM receivables_openitem WHERE id = 999999",
    ),
    "ledger-bank": broken(
        "UPDATE ledger_posting SET account_id = (SELECT id FROM ledger_account WHERE code = '6110')"
        " WHERE account_id = (SELECT id FROM ledger_account WHERE code = '1110')",
        also=("ledger-fees",),
    ),
    "ledger-unapplied": broken(
        "UPDATE receivables_receiptbalance SET left_minor = left_minor - 1 WHERE left_minor > 0",
        also=("received-applied-left",),
    ),
    "ledger-fees": broken(
        "UPDATE receivables_allocation SET amount_minor = amount_minor - 1 WHERE kind = 'fee'",
        "UPDATE receivables_itembalance SET open_minor = open_minor + 1"
        " WHERE id = (SELECT item_id FROM receivables_allocation WHERE kind = 'fee')",
        also=("ledger-receivable",),
    ),
    "ledger-tax": broken("UPDATE billing_invoicetax SET tax_minor = tax_minor + 1", also=("invoice-sums",)),
    "ledger-revenue": broken("UPDATE revenue_slice SET amount_minor = amount_minor + 1", also=("ledger-deferred",)),
    "ledger-deferred": broken(
        "UPDATE ledger_posting SET account_id = (SELECT id FROM ledger_account WHERE code = '4110')"
        " WHERE account_id = (SELECT id FROM ledger_account WHERE code = '2310')"
        " AND entry_id = (SELECT min(id) FROM ledger_entry WHERE source = 'runs_run')",
        also=("ledger-revenue",),
    ),
    "traced": broken("UPDATE approvals_approvalrequest SET digest = repeat('0', 64)"),
    "signed": broken("UPDATE contracts_contract SET signed_digest = repeat('0', 64)"),
    "numbers": broken(
        "DELETE FROM numbering_issued WHERE number = 2"
        " AND series_id = (SELECT id FROM numbering_series WHERE kind = 'contract')"
    ),
    "invoice-numbers": broken(
        "UPDATE numbering_issued SET subject_id = subject_id + 1000000 WHERE number = 2"
        " AND series_id = (SELECT id FROM numbering_series WHERE kind = 'invoice')"
    ),
    "locked-periods": broken("UPDATE ledger_entry SET recorded_at = now() + '1 day' WHERE effective_on < '2026-05-01'"),
    "facts-delivered": broken(
        "UPDATE outbox_delivery SET state = 'dead' WHERE id = (SELECT min(id) FROM outbox_delivery)"
    ),
    "audit-chain": broken("UPDATE audit_change SET because = '…' WHERE id = (SELECT max(id) - 3 FROM audit_change)"),
}

SHARED_BY_ANOTHER = (
    """INSERT INTO billing_sharing (company_id, contract_id, effective_on, because)
    SELECT company_id, {contract}(contract_id), '2026-04-01', 'part' FROM billing_plan GROUP BY company_id""",
    """INSERT INTO billing_payershare (company_id, sharing_id, account_id, position, weight)
    SELECT s.company_id, s.id, (SELECT max(id) FROM billing_account), 1, 1 FROM billing_sharing s""",
    """UPDATE billing_invoiceline SET share_from = 0, share_until = 1, share_of = 1
    WHERE plan_id IN (SELECT id FROM billing_plan WHERE contract_id = (SELECT min(contract_id) FROM billing_plan))""",
    """UPDATE billing_invoice SET payer_id = (
        SELECT payer_id FROM billing_account WHERE id = (SELECT max(id) FROM billing_account))
    WHERE id IN (SELECT l.invoice_id FROM billing_invoiceline l JOIN billing_plan p ON p.id = l.plan_id
        WHERE p.contract_id = (SELECT min(contract_id) FROM billing_plan))""",
)
"""Lines of the first contract are a payer's who shares the contract named: `min` is that one, `max` another."""
