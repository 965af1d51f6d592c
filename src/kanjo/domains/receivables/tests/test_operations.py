from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from kanjo.domains.receivables import operations, queries
from kanjo.domains.receivables.facts import Doubt, MatchRule
from kanjo.domains.receivables.rules import guards
from kanjo.domains.receivables.tests.desk import DAY, Desk
from kanjo.foundation.actors import Role
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.operations import PeriodLocked
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.models import WorkItem
from tests.builders import NOW, a_company


class TestImportBankFile:
    def test_what_arrived_stands_in_suspense_until_it_is_matched(self, desk: Desk) -> None:
        desk.take([desk.line(300, "Acme"), desk.line(200, "Beta", day=date(2026, 4, 29))])
        assert [(row.amount_minor, row.left_minor) for row in queries.list_receipts(desk.by)] == [
            (300, 300),
            (200, 200),
        ]
        assert desk.books() == {"BANK": 500, "UNAPPLIED_RECEIPTS": -500, "RECEIVABLE": 0, "BANK_FEES": 0}

    def test_the_same_file_twice_changes_nothing(self, desk: Desk) -> None:
        lines = [desk.line(300, "Acme")]
        first = desk.take(lines)
        before = desk.everything()
        assert desk.take(lines, name="copy of april.csv") == first
        assert desk.everything() == before

    def test_an_overlapping_statement_brings_only_what_is_new(self, desk: Desk) -> None:
        known, new = desk.line(300, "Acme"), desk.line(200, "Beta")
        desk.take([known])
        second = desk.take([known, new])
        assert queries.get_bank_file(desk.by, second).receipts == 1
        assert desk.books()["BANK"] == 500

    def test_a_statement_that_tells_a_movement_twice_is_refused_whole(self, desk: Desk) -> None:
        before = desk.everything()
        twice = desk.line(300, "Acme")
        with pytest.raises(guards.ReferenceTwice):
            desk.take([desk.line(50), twice, twice])
        assert desk.everything() == before

    def test_a_company_one_is_not_assigned_to_takes_no_file(self, desk: Desk) -> None:
        desk.company_id = a_company("other")
        with pytest.raises(NotFound):
            desk.take([desk.line(300)])

    def test_nothing_arrives_in_locked_books(self, desk: Desk) -> None:
        Period.objects.filter(company_id=desk.company_id, start=date(2026, 4, 1)).update(state="locked")
        before = desk.everything()
        with pytest.raises(PeriodLocked):
            desk.take([desk.line(300, day=date(2026, 5, 1)), desk.line(200)])
        assert desk.everything() == before

    def test_text_of_a_bank_is_kept_as_it_came(self, desk: Desk) -> None:
        desk.take([desk.line(300, 'A "quoted", name', "two\nlines, 株式会社")])
        [row] = queries.list_receipts(desk.by)
        assert (row.payer_name.whole, row.text.whole) == ('A "quoted", name', "two\nlines, 株式会社")


@pytest.mark.row("SCL-4")
class TestMatchReceipts:
    def test_settles_by_rule_and_leaves_the_doubtful_to_a_person_with_the_cause(self, desk: Desk) -> None:
        acme, beta = desk.customer("Acme Corporation"), desk.customer("株式会社ベータ", "カブシキガイシャベータ")
        desk.invoices((1, acme, 110_000), (2, beta, 55_000), (3, beta, 55_000))
        desk.take([desk.line(110_000, "x", "INV-2026-000001"), desk.line(55_000, "ｶ)ﾍﾞ-ﾀ"), desk.line(7, "ﾀﾞﾚｶ")])
        report = desk.match()
        assert (report.receipts, report.settled, report.doubtful) == (3, 1, 2)
        assert report.by_rule == {MatchRule.NUMBER: 1}
        assert report.by_doubt == {Doubt.PAYER_UNKNOWN: 1, Doubt.SEVERAL_ITEMS: 1}
        assert report.allocated_minor == {"JPY": 110_000}
        items = WorkItem.objects.order_by("id").values_list("owner_role", "why_ja")
        assert list(items) == [
            (Role.RECEIVABLES, "ｶ)ﾍﾞ-ﾀ には同じ金額の未回収の請求書が複数あり、請求書番号の記載がありません。"),
            (Role.RECEIVABLES, "振込依頼人名 ﾀﾞﾚｶ に該当する未回収のある顧客がなく、請求書番号の記載もありません。"),
        ]

    @pytest.mark.row("AR-4")
    def test_each_allocation_tells_its_rule_and_how_sure_it_is(self, desk: Desk) -> None:
        acme = desk.customer("Acme Corporation")
        desk.invoices((1, acme, 110_000))
        with transaction.atomic():
            operations.note_fee(company_id=desk.company_id, currency="JPY", amount_minor=660, by=desk.by, at=NOW)
        desk.receive(109_340, "ACME CORP")
        desk.match()
        told = [
            (a.kind, a.amount_minor, a.received_minor, a.rule, a.confidence) for a in queries.list_allocations(desk.by)
        ]
        assert told == [
            ("payment", 109_340, 109_340, "fee_deducted", "high"),
            ("fee", 660, 0, "fee_deducted", "high"),
        ]
        assert desk.open(1) == 0
        assert desk.books() == {"BANK": 109_340, "UNAPPLIED_RECEIPTS": 0, "RECEIVABLE": -110_000, "BANK_FEES": 660}

    def test_tells_what_was_paid_and_what_of_the_invoice_is_still_open(self, desk: Desk) -> None:
        acme = desk.customer("Acme Corporation")
        desk.invoices((1, acme, 100))
        first = desk.receive(60, "", "INV-2026-000001")
        second = desk.receive(30, "", "INV-2026-000001")
        desk.match()
        facts = (
            FactRow.objects.filter(kind="receivables.payment-allocated")
            .order_by("id")
            .values_list("payload", flat=True)
        )
        assert [(f["invoice_id"], f["receipt_id"], f["amount_minor"], f["open_minor"]) for f in facts] == [
            (1, first, 60, 40),
            (1, second, 30, 10),
        ]

    def test_a_second_matching_finds_nothing_and_changes_nothing(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        desk.take([desk.line(100, "Acme"), desk.line(33, "Acme")])
        desk.match()
        before = desk.everything()
        assert (desk.match().settled, WorkItem.objects.count()) == (0, 1)
        assert desk.everything() == before

    def test_what_was_doubtful_is_done_when_a_later_invoice_explains_it(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 50))
        desk.receive(100, "Acme")
        desk.match()
        desk.invoices((2, acme, 100))
        assert desk.match().settled == 1
        assert list(WorkItem.objects.values_list("state", flat=True)) == ["done"]

    def test_money_that_arrives_after_the_day_waits(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        desk.receive(100, "Acme", day=date(2026, 5, 1))
        assert desk.match(on=DAY).receipts == 0
        assert desk.match(on=date(2026, 5, 1)).settled == 1

    def test_nothing_is_matched_into_locked_books(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        desk.invoices((1, acme, 100))
        desk.receive(100, "Acme")
        Period.objects.filter(company_id=desk.company_id, start=date(2026, 4, 1)).update(state="locked")
        before = desk.everything()
        with pytest.raises(PeriodLocked), transaction.atomic():
            desk.match()
        assert desk.everything() == before

    def test_other_companies_money_and_debts_stay_out(self, desk: Desk) -> None:
        acme = desk.customer("Acme")
        other = Desk(a_company("other"))
        other.invoices((1, acme, 100))
        desk.receive(100, "Acme")
        assert desk.match().by_doubt == {Doubt.PAYER_UNKNOWN: 1}
        with pytest.raises(NotFound):
            desk.open(1)

    @pytest.mark.parametrize("receipts", [10, 200])
    def test_takes_as_many_statements_for_ten_receipts_as_for_two_hundred(
        self, desk: Desk, receipts: int, django_assert_max_num_queries: object
    ) -> None:
        acme = desk.customer("Acme")
        desk.invoices(*((key, acme, key) for key in range(1, receipts + 1)))
        desk.take([desk.line(key, "", f"INV-2026-{key:06d}") for key in range(1, receipts + 1)])
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            assert desk.match().settled == receipts
