"""Each invariant is broken on purpose, by the owner of the database with its triggers off, and is found by its name."""

from __future__ import annotations

import pytest
from django.db import connections, transaction

from tests.harness.beginning import an_office_at_work
from tests.harness.story import INVARIANTS, STORED, broken
from tests.plumbing import FreshDatabase

TWINS: dict[str, tuple[str, ...]] = {
    "I1 every entry sums to zero per currency and company": (
        "UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE id = (SELECT max(id) FROM ledger_posting)",
        "UPDATE ledger_posting SET currency = 'USD' WHERE id = (SELECT max(id) FROM ledger_posting)",
    ),
    "I2 every account says what its documents say, per customer and day": (
        "UPDATE ledger_posting SET party_id = party_id + 1 WHERE party_id IS NOT NULL",
        "UPDATE ledger_posting SET amount_minor = 2 * amount_minor WHERE entry_id = (SELECT max(id) FROM ledger_entry)",
        "DELETE FROM receivables_allocation",
    ),
    "I3 document numbers have no gap and no double": (
        "UPDATE orders_order SET number = 'O-2026-000002'",
        "UPDATE quotes_quote SET number = 'Q-2026-000009' WHERE id = (SELECT min(id) FROM quotes_quote)",
        "UPDATE numbering_series SET next_number = next_number + 1 WHERE kind = 'invoice'",
    ),
    "I4 allocations are never above the receipt": (
        "UPDATE receivables_allocation SET received_minor = 5001, amount_minor = 5001",
    ),
    "I4 allocations are never above the invoice": (
        "UPDATE receivables_allocation SET received_minor = 1000000, amount_minor = 1000000",
    ),
    "I4 what is left and open is what was not allocated": (
        "UPDATE receivables_itembalance SET open_minor = open_minor - 1",
        "UPDATE receivables_receiptbalance SET left_minor = 1 WHERE left_minor = 0",
    ),
    "I5 quote, contract, order and plans are worth the same": (
        "UPDATE contracts_contract SET total_minor = total_minor + 1",
        "DELETE FROM billing_plan WHERE charge = 'one_time'",
    ),
    "I5 invoiced and to be invoiced are the contract value, whenever one looks": (
        "UPDATE billing_charge SET amount_minor = amount_minor + 1",
        "UPDATE billing_plan SET net_minor = net_minor + 1",
        "UPDATE billing_charge SET service_start = service_start - 1",
    ),
    "I5 an invoice is its lines and their tax": (
        "UPDATE billing_invoicetax SET tax_minor = tax_minor + 1",
        "UPDATE billing_invoiceline SET net_minor = net_minor - 1",
    ),
    "I6 recognised and deferred are the price, month by month": (
        "UPDATE revenue_slice SET amount_minor = amount_minor + 1",
        "UPDATE revenue_slice SET month = month - interval '1 month'",
        "UPDATE revenue_obligation SET price_minor = price_minor + 1",
    ),
    "I7 at most one live charge per line and day": (
        (
            "INSERT INTO billing_charge (plan_id, service_start, sequence, service_until, amount_minor, invoice_id,"
            " invoice_line_id, effective_on, whole_start, whole_until, price_minor, quantity) SELECT plan_id,"
            " service_until - 1, 0, service_until + 30, amount_minor, invoice_id, invoice_line_id + 1, effective_on,"
            " whole_start, whole_until, price_minor, quantity FROM billing_charge"
        ),
    ),
    "I8 nothing is posted into locked books": (
        (
            "INSERT INTO audit_change (actor, verb, because, subject, subject_id, after, recorded_at) SELECT 'CFO',"
            " 'ledger.lock-period', '', 'ledger_period', id, '{\"state\": \"locked\"}', '2026-01-01' FROM ledger_period"
        ),
    ),
    "I9 what was signed, sent and taken in is what is stored": (
        "UPDATE contracts_contract SET signed_digest = repeat('0', 64)",
        "UPDATE approvals_approvalrequest SET digest = repeat('0', 64)",
        "DELETE FROM quotes_sending",
    ),
    STORED: ("UPDATE files_storedfile SET digest = repeat('f', 64)",),
    "I10 the trail tells every row as it stands": (
        "UPDATE quotes_quote SET state = 'approved'",
        "DELETE FROM audit_change WHERE subject = 'runs_run'",
    ),
    "I10 every change is an act of somebody": ("UPDATE audit_change SET verb = 'database'",),
    "I10 the audit chain is whole": (
        "UPDATE audit_change SET because = 'mended' WHERE id = (SELECT min(id) FROM audit_change)",
        "DELETE FROM audit_link WHERE position = (SELECT max(position) FROM audit_link)",
        "UPDATE audit_head SET position = position + 1",
    ),
    "I11 nobody decides on what they made or gain from, nor outside their role and the matrix in force": (
        "UPDATE approvals_approvaldecision SET decided_by_id = (SELECT min(drafted_by_id) FROM quotes_quote)",
        (
            "UPDATE approvals_approvalrequest r SET beneficiaries = jsonb_build_array(d.decided_by_id)"
            " FROM approvals_approvaldecision d"
        ),
        "UPDATE approvals_approvaldecision SET effective_on = '2026-03-31'",
        "UPDATE approvals_matrix SET effective_from = '2026-04-02'",
        "DELETE FROM identity_rolegrant WHERE role = 'cxo'",
        "UPDATE runs_run SET approved_by_id = made_by_id",
    ),
    "I11 an item has one answer and a request follows its items": (
        "DELETE FROM approvals_approvaldecision",
        "UPDATE approvals_approvalrequest SET state = 'approved', concluded_on = '2026-04-01' WHERE state = 'open'",
    ),
    "I12 each fact is told once and has one effect per reaction": (
        "DELETE FROM outbox_fact WHERE kind = 'orders.booked'",
        "DELETE FROM outbox_delivery",
        (
            "INSERT INTO outbox_fact (company_id, kind, subject_id, payload, effective_on, actor_id)"
            " SELECT company_id, kind, subject_id, payload, effective_on, actor_id FROM outbox_fact"
            " WHERE kind = 'billing.invoice-issued'"
        ),
        (
            "INSERT INTO worklist_workitem (company_id, kind, subject, subject_id, owner_role, why_en, why_ja, state)"
            " SELECT company_id, 'billing.invoice-asked', 'orders_order', id, 'receivables', 'bill', '請求', 'done'"
            " FROM orders_order, generate_series(1, 2)"
        ),
    ),
    "I13 everything is done, waits for its time, or is work with a cause": (
        "UPDATE worklist_workitem SET state = 'dropped' WHERE kind = 'receivables.unmatched-receipt'",
        "UPDATE outbox_delivery SET state = 'dead'",
        "UPDATE runs_shard SET done = false",
        "DELETE FROM worklist_workitem WHERE kind = 'approvals.decide'",
    ),
    "I14 a run made what it reported and nothing more": (
        "UPDATE runs_run SET report = '{\"invoices\": 2}' WHERE kind = 'billing' AND state = 'executed'",
        "UPDATE billing_invoice SET run_id = (SELECT max(id) FROM runs_run)",
        "UPDATE runs_run SET state = 'reversed' WHERE kind = 'revenue'",
    ),
}


@pytest.fixture(scope="module")
def office_at_work(shared_database: FreshDatabase) -> None:
    """An office at work whose tables no longer defend themselves; every test leaves it as it was."""
    an_office_at_work()
    with connections["owner"].cursor() as owner:
        owner.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0"
        )
        for (table,) in owner.fetchall():
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@pytest.mark.usefixtures("office_at_work")
@pytest.mark.row("E4")
class TestInvariants:
    def test_hold_in_an_office_at_work(self) -> None:
        assert broken(using="owner") == {}

    def test_each_is_broken_here(self) -> None:
        assert set(TWINS) == {*INVARIANTS, STORED}

    @pytest.mark.parametrize(("name", "damage"), [(name, damage) for name, all_ in TWINS.items() for damage in all_])
    def test_find_what_was_broken_on_purpose(self, name: str, damage: str) -> None:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as owner:
            owner.execute(damage)
            assert owner.rowcount > 0, "something was broken"
            found = broken(using="owner")
            transaction.set_rollback(True, using="owner")
        assert name in found
