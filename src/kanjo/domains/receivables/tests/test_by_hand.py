from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from kanjo.domains.receivables import operations, queries
from kanjo.domains.receivables.facts import Doubt, MatchRule
from kanjo.domains.receivables.rules import guards
from kanjo.domains.receivables.tests.desk import DAY, Desk
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import InvoiceId
from kanjo.platform.acts import NotYourRole
from kanjo.platform.worklist.models import WorkItem
from tests.builders import NOW, an_actor


class TestAllocate:
    def test_settles_a_part_and_leaves_the_rest_open_on_both_sides(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        receipt = desk.receive(70, "Somebody")
        desk.allocate(receipt, 1, 60)
        assert (desk.open(1), desk.left(receipt)) == (40, 10)
        assert desk.books() == {"BANK": 70, "UNAPPLIED_RECEIPTS": -10, "RECEIVABLE": -60, "BANK_FEES": 0}

    def test_the_payers_name_is_known_from_then_on(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100), (2, acme, 200))
        desk.allocate(desk.receive(100, "ﾐﾄﾞﾘ ﾍﾟｲﾒﾝﾄ"), 1, 100)
        desk.receive(200, "ﾐﾄﾞﾘ ﾍﾟｲﾒﾝﾄ")
        assert desk.match().by_rule == {MatchRule.PAYER_AND_AMOUNT: 1}

    @pytest.mark.parametrize(
        ("amount", "on", "refusal"),
        [
            (71, DAY, guards.AboveReceipt),
            (0, DAY, guards.NothingToAllocate),
            (-5, DAY, guards.NothingToAllocate),
            (10, date(2026, 4, 29), guards.BeforeItHappened),
        ],
    )
    def test_refuses_what_cannot_be(self, desk: Desk, amount: int, on: date, refusal: type[Exception]) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        receipt = desk.receive(70)
        before = desk.everything()
        with pytest.raises(refusal):
            desk.allocate(receipt, 1, amount, on)
        assert desk.everything() == before

    def test_refuses_more_than_the_invoice_is_open_for(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        with pytest.raises(guards.AboveItem, match="INV-2026-000001 only 100"):
            desk.allocate(desk.receive(170), 1, 101)

    def test_refuses_another_currency(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        desk.currency = "USD"
        receipt = desk.receive(100)
        with pytest.raises(guards.CurrenciesDiffer):
            desk.allocate(receipt, 1, 100)

    def test_a_sales_rep_allocates_nothing(self, desk: Desk) -> None:
        desk.by = an_actor(Role.SALES_REP, companies=[desk.company_id])
        with pytest.raises(NotYourRole):
            desk.allocate(1, 1, 1)  # type: ignore[arg-type]


class TestReverseAllocation:
    @transaction.atomic
    def reverse(self, desk: Desk, allocation: int, on: date = DAY) -> int:
        return operations.reverse_allocation(allocation_id=allocation, on=on, because="wrong payer", by=desk.by, at=NOW)

    def test_doing_and_undoing_leaves_all_balances_as_they_were(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        receipt = desk.receive(70)
        before = desk.books()
        self.reverse(desk, desk.allocate(receipt, 1, 60))
        assert (desk.open(1), desk.left(receipt), desk.books()) == (100, 70, before)

    def test_is_done_once(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        allocation = desk.allocate(desk.receive(70), 1, 60)
        reversal = self.reverse(desk, allocation)
        before = desk.everything()
        with pytest.raises(guards.ReversedAlready):
            self.reverse(desk, allocation)
        with pytest.raises(guards.NotReversible):
            self.reverse(desk, reversal)
        assert desk.everything() == before

    def test_rules_never_repeat_what_a_person_took_back(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        desk.receive(100, "Acme")
        desk.match()
        self.reverse(desk, queries.list_allocations(desk.by)[0].id)
        assert desk.match().receipts == 0

    @pytest.mark.row("AR-4")
    def test_a_receipt_that_is_free_again_is_work_for_a_person_until_it_is_allocated(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        receipt = desk.receive(100, "Acme")
        desk.match()
        self.reverse(desk, queries.list_allocations(desk.by)[0].id)
        work = WorkItem.objects.get(subject="receivables_receipt", subject_id=receipt)
        assert (work.state, work.owner_role) == ("open", Role.RECEIVABLES)
        assert "Acme" in work.why_en
        desk.allocate(receipt, 1, 100)
        work.refresh_from_db()
        assert work.state == "done"

    def test_a_fee_taken_back_frees_no_receipt(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        with transaction.atomic():
            fee = operations.write_off_fee(
                item_id=InvoiceId(1), amount_minor=5, on=DAY, because="fee", by=desk.by, at=NOW
            )
        self.reverse(desk, fee)
        assert not WorkItem.objects.exists()

    def test_the_reversal_names_its_person_and_reason(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        self.reverse(desk, desk.allocate(desk.receive(70), 1, 60))
        last = queries.list_allocations(desk.by, item_id=InvoiceId(1))[-1]
        assert (last.made_by, last.because, last.amount_minor) == (desk.by.name, "wrong payer", -60)


class TestSetOff:
    def test_a_credit_note_settles_an_invoice_without_moving_the_books(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100), (2, acme, -30))
        before = desk.books()
        with transaction.atomic():
            operations.set_off(
                credit_id=InvoiceId(2), item_id=InvoiceId(1), amount_minor=30, on=DAY, because="CN", by=desk.by, at=NOW
            )
        assert (desk.open(1), desk.open(2), desk.books()) == (70, 0, before)

    @pytest.mark.parametrize("amount", [31, 101, 0])
    def test_never_more_than_the_credit(self, desk: Desk, amount: int) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100), (2, acme, -30))
        before = desk.everything()
        with pytest.raises((guards.AboveItem, guards.NothingToAllocate)), transaction.atomic():
            operations.set_off(
                credit_id=InvoiceId(2),
                item_id=InvoiceId(1),
                amount_minor=amount,
                on=DAY,
                because="",
                by=desk.by,
                at=NOW,
            )
        assert desk.everything() == before


class TestReturnTransfer:
    def test_a_transfer_that_the_bank_took_back_waits_no_more(self, desk: Desk) -> None:
        transfer, returned = desk.receive(70, "Acme"), desk.receive(-70, "Acme")
        assert desk.match().by_doubt == {Doubt.PAYER_UNKNOWN: 1, Doubt.TAKEN_BACK: 1}
        with transaction.atomic():
            operations.return_transfer(receipt_id=transfer, return_id=returned, on=DAY, by=desk.by, at=NOW)
        assert (desk.left(transfer), desk.left(returned)) == (0, 0)
        assert desk.match().receipts == 0
        assert set(WorkItem.objects.values_list("state", flat=True)) == {"done"}

    def test_what_the_transfer_settled_is_taken_back_first(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        transfer, returned = desk.receive(70), desk.receive(-70)
        desk.allocate(transfer, 1, 10)
        with pytest.raises(guards.AboveReceipt), transaction.atomic():
            operations.return_transfer(receipt_id=transfer, return_id=returned, on=DAY, by=desk.by, at=NOW)
