from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjo.domains.receivables.facts import Confidence, Doubt, MatchRule, Statement, StatementLine
from kanjo.domains.receivables.rules import guards
from kanjo.domains.receivables.rules.ageing import BUCKETS, aged
from kanjo.domains.receivables.rules.matching import FEES, ITEMS, NAMES, RECEIPTS, match
from kanjo.domains.receivables.tests.oracle import Owed, Paid, matched

DAY = date(2026, 4, 30)
ACME, BETA, NIPPON = 1, 2, 3
KNOWN = {ACME: {"Acme Corporation"}, BETA: {"Betasoloin"}, NIPPON: {"株式会社日本商事", "ニッポンショウジ"}}


def paid(receipt_id: int, amount: int, payer: str = "", text: str = "", day: date = DAY) -> Paid:
    return Paid(receipt_id, amount, payer, text, day)


def owed(item_id: int, customer_id: int, amount: int) -> Owed:
    return Owed(item_id, customer_id, f"INV-2026-{item_id:06d}", amount)


def run(
    receipts: list[Paid], items: list[Owed], fees: tuple[int, ...] = (), names: dict[int, set[str]] | None = None
) -> tuple[set[tuple[object, ...]], dict[int, str]]:
    """Return the proposals as rows and the doubts by receipt."""
    proposals, doubts = match(
        pl.DataFrame(
            [(r.receipt_id, "JPY", r.left_minor, r.payer_name, r.text, r.value_on) for r in receipts],
            RECEIPTS,
            orient="row",
        ),
        pl.DataFrame([(i.item_id, i.customer_id, "JPY", i.number, i.open_minor) for i in items], ITEMS, orient="row"),
        pl.DataFrame([(c, n) for c, spelled in (names or KNOWN).items() for n in sorted(spelled)], NAMES, orient="row"),
        pl.DataFrame([("JPY", fee) for fee in fees], FEES, orient="row"),
    )
    return set(proposals.iter_rows()), dict(doubts.iter_rows())


class TestRulesInOrder:
    def test_the_number_and_the_exact_amount_settle_an_invoice_whoever_pays(self) -> None:
        found, doubts = run([paid(1, 110_000, "ﾀﾞﾚｶ", "INV-2026-000007")], [owed(7, ACME, 110_000)])
        assert found == {(1, 7, 110_000, 0, MatchRule.NUMBER, Confidence.CERTAIN)}
        assert doubts == {}

    @pytest.mark.parametrize(
        "text", ["inv2026000007", "ＩＮＶ－２０２６－０００００７", "PAYMENT INV 2026 000007 THANKS"]
    )
    def test_a_number_is_read_however_the_bank_writes_it(self, text: str) -> None:
        found, _ = run([paid(1, 500, "", text)], [owed(7, ACME, 500)])
        assert found == {(1, 7, 500, 0, MatchRule.NUMBER, Confidence.CERTAIN)}

    def test_several_numbers_settle_their_invoices_together(self) -> None:
        found, _ = run([paid(1, 700, "", "INV-2026-000007 INV-2026-000008")], [owed(7, ACME, 500), owed(8, ACME, 200)])
        assert {row[1:3] for row in found} == {(7, 500), (8, 200)}

    @pytest.mark.parametrize("payer", ["ACME CORP.", "Acme", "ＡＣＭＥ　ＣＯＲＰＯＲＡＴＩＯＮ"])
    def test_the_payers_only_invoice_of_the_amount_is_settled(self, payer: str) -> None:
        found, _ = run([paid(1, 300, payer)], [owed(7, ACME, 300), owed(8, ACME, 400), owed(9, BETA, 300)])
        assert found == {(1, 7, 300, 0, MatchRule.PAYER_AND_AMOUNT, Confidence.HIGH)}

    def test_bank_kana_finds_the_customer_by_its_reading(self) -> None:
        found, _ = run([paid(1, 300, "ｶ)ﾆﾂﾎﾟﾝｼﾖｳｼﾞ")], [owed(7, NIPPON, 300)])
        assert found == {(1, 7, 300, 0, MatchRule.PAYER_AND_AMOUNT, Confidence.HIGH)}

    def test_a_name_that_the_bank_cut_is_a_fair_match_only(self) -> None:
        found, _ = run([paid(1, 300, "ｶ)ﾆﾂﾎﾟﾝｼﾖｳ")], [owed(7, NIPPON, 300)])
        assert found == {(1, 7, 300, 0, MatchRule.PAYER_AND_AMOUNT, Confidence.FAIR)}

    def test_one_transfer_for_all_that_is_owed_settles_every_invoice(self) -> None:
        found, _ = run([paid(1, 600, "Acme")], [owed(7, ACME, 100), owed(8, ACME, 200), owed(9, ACME, 300)])
        assert found == {(1, key, key * 100 - 600, 0, MatchRule.PAYER_TOTAL, Confidence.HIGH) for key in (7, 8, 9)}

    def test_a_deducted_bank_fee_is_told_apart_from_the_payment(self) -> None:
        found, _ = run([paid(1, 109_340, "Acme")], [owed(7, ACME, 110_000)], fees=(440, 660))
        assert found == {(1, 7, 109_340, 660, MatchRule.FEE_DEDUCTED, Confidence.HIGH)}

    def test_a_fee_on_several_named_invoices_is_borne_by_the_last(self) -> None:
        found, _ = run(
            [paid(1, 260, "", "INV-2026-000007 INV-2026-000008")], [owed(7, ACME, 100), owed(8, ACME, 200)], fees=(40,)
        )
        assert {row[1:4] for row in found} == {(7, 100, 0), (8, 160, 40)}

    def test_an_amount_short_by_no_known_fee_is_a_part_payment(self) -> None:
        found, _ = run([paid(1, 60_000, "", "INV-2026-000007")], [owed(7, ACME, 110_000)], fees=(440,))
        assert found == {(1, 7, 60_000, 0, MatchRule.PART_PAYMENT, Confidence.CERTAIN)}

    def test_the_rest_of_a_part_payment_settles_the_invoice(self) -> None:
        receipts = [paid(1, 60, "", "INV-2026-000007"), paid(2, 50, "", "INV-2026-000007", date(2026, 5, 1))]
        found, doubts = run(receipts, [owed(7, ACME, 110)])
        assert {(row[0], row[2], row[4]) for row in found} == {
            (1, 60, MatchRule.PART_PAYMENT),
            (2, 50, MatchRule.NUMBER),
        }
        assert doubts == {}


class TestDoubts:
    """What could be two things waits for a person, with the cause."""

    @pytest.mark.parametrize(
        ("receipt", "items", "doubt"),
        [
            (paid(1, 100, "Nobody"), [owed(7, ACME, 100)], Doubt.PAYER_UNKNOWN),
            (paid(1, 100, "Acme"), [owed(7, ACME, 100), owed(8, ACME, 100)], Doubt.SEVERAL_ITEMS),
            (paid(1, 99, "Acme"), [owed(7, ACME, 100)], Doubt.AMOUNT_UNLIKE),
            (paid(1, 101, "Acme", "INV-2026-000007"), [owed(7, ACME, 100)], Doubt.MORE_THAN_OWED),
            (paid(1, -100, "Acme"), [owed(7, ACME, 100)], Doubt.TAKEN_BACK),
        ],
    )
    def test_tells_why_no_rule_decides(self, receipt: Paid, items: list[Owed], doubt: Doubt) -> None:
        assert run([receipt], items) == (set(), {1: doubt})

    def test_a_name_that_two_customers_bear_decides_nothing(self) -> None:
        names = {ACME: {"Acme Corp"}, BETA: {"ACME Ltd."}}
        found, doubts = run([paid(1, 100, "Acme")], [owed(7, ACME, 100), owed(8, BETA, 200)], names=names)
        assert (found, doubts) == (set(), {1: Doubt.PAYER_NOT_UNIQUE})

    def test_the_same_amount_never_settles_another_customers_invoice(self) -> None:
        assert run([paid(1, 100, "Betasoloin")], [owed(7, ACME, 100)])[0] == set()

    def test_a_second_payment_of_a_paid_invoice_waits(self) -> None:
        receipts = [paid(2, 100, "Acme", "INV-2026-000007"), paid(1, 100, "Acme", "INV-2026-000007")]
        found, doubts = run(receipts, [owed(7, ACME, 100)])
        assert {row[0] for row in found} == {1}
        assert doubts == {2: Doubt.AMOUNT_UNLIKE}


SPELLED = ["Acme", "ACME CORP", "Betasoloin", "ｶ)ﾆﾂﾎﾟﾝｼﾖｳｼﾞ", "ﾆﾂﾎﾟﾝｼﾖｳ", "Nobody", ""]
AMOUNTS = st.sampled_from([50, 60, 100, 110, 150, 160, 210, 260])
STORIES = st.tuples(
    st.lists(
        st.tuples(AMOUNTS, st.sampled_from(SPELLED), st.sets(st.integers(1, 6), max_size=2), st.integers(1, 3)),
        max_size=6,
    ),
    st.lists(st.tuples(st.integers(1, 3), AMOUNTS), max_size=6),
    st.sets(st.sampled_from([10, 40, 50]), max_size=2),
)


class TestColumns:
    @settings(max_examples=300, deadline=None)
    @given(STORIES)
    def test_equal_the_rules_asked_one_receipt_at_a_time(self, story: tuple[list, list, set[int]]) -> None:  # type: ignore[type-arg]
        told, debts, fees = story
        items = [owed(number, customer, amount) for number, (customer, amount) in enumerate(debts, 1)]
        receipts = [
            paid(key, amount, payer, " ".join(f"INV-2026-{n:06d}" for n in sorted(numbers)), date(2026, 4, day))
            for key, (amount, payer, numbers, day) in enumerate(told, 1)
        ]
        names = {customer: KNOWN[customer] for customer in {item.customer_id for item in items}} or {9: {"None"}}
        expected = matched(receipts, items, names, fees)
        found, doubts = run(receipts, items, tuple(fees), names)
        assert found == expected

        shuffled = random.Random(0).sample(receipts, len(receipts))
        assert run(shuffled, items[::-1], tuple(fees), names) == (found, doubts), "the order of rows changes nothing"
        self.check_amounts(receipts, items, found, doubts)

    def check_amounts(
        self, receipts: list[Paid], items: list[Owed], found: set[tuple[object, ...]], doubts: dict[int, str]
    ) -> None:
        settled = {row[0] for row in found}
        assert settled | doubts.keys() == {one.receipt_id for one in receipts}, "every receipt is settled or doubted"
        assert not settled & doubts.keys()
        for one in receipts:
            used = sum(int(str(row[2])) for row in found if row[0] == one.receipt_id)
            assert used in (0, one.left_minor)
        for item in items:
            taken = sum(int(str(row[2])) + int(str(row[3])) for row in found if row[1] == item.item_id)
            assert taken <= item.open_minor


class TestAgeing:
    @pytest.mark.parametrize(
        ("due_on", "bucket", "days"),
        [
            (date(2026, 5, 1), "not_due", 0),
            (date(2026, 4, 30), "not_due", 0),
            (date(2026, 4, 29), "days_1_30", 1),
            (date(2026, 3, 31), "days_1_30", 30),
            (date(2026, 3, 30), "days_31_60", 31),
            (date(2026, 3, 1), "days_31_60", 60),
            (date(2026, 2, 28), "days_61_90", 61),
            (date(2026, 1, 30), "days_61_90", 90),
            (date(2026, 1, 29), "days_over_90", 91),
        ],
    )
    def test_a_debt_stands_in_one_bucket_by_its_days_past_due(self, due_on: date, bucket: str, days: int) -> None:
        [row] = aged(pl.DataFrame({"due_on": [due_on], "open_minor": [500]}), DAY).to_dicts()
        assert row.pop("days_late") == days
        assert {name: value for name, value in row.items() if value == 500} == {bucket: 500, "open_minor": 500}

    @given(st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(-1_000, 1_000)), min_size=1))
    def test_buckets_and_credits_are_what_is_open(self, items: list[tuple[date, int]]) -> None:
        """A debt is in one bucket, what a customer has to get in none of them; together they are the open amount."""
        frame = pl.DataFrame(items, schema={"due_on": pl.Date, "open_minor": pl.Int64}, orient="row")
        for row in aged(frame, DAY).to_dicts():
            parts = [row[name] for name in BUCKETS]
            assert sum(parts) + row["credits"] == row["open_minor"]
            assert sum(part != 0 for part in parts) == (row["open_minor"] > 0)
            assert min(parts) >= 0 >= row["credits"]


class TestStatementLines:
    def told(self, *lines: tuple[str, int]) -> Statement:
        return Statement("1234567", "JPY", tuple(StatementLine(key, DAY, DAY, amount, "", "") for key, amount in lines))

    def test_a_line_has_the_same_name_in_every_statement_that_tells_it(self) -> None:
        first = guards.identified(self.told(("A1", 100)), name="april.csv")
        second = guards.identified(self.told(("A0", 5), ("A1", 100)), name="may.csv")
        assert first.keys() < second.keys()

    def test_equal_lines_without_a_reference_are_two_receipts(self) -> None:
        assert len(guards.identified(self.told(("", 100), ("", 100)), name="april.csv")) == 2

    def test_a_reference_with_another_amount_is_another_movement(self) -> None:
        assert len(guards.identified(self.told(("A1", 100), ("A1", -100)), name="april.csv")) == 2

    def test_the_same_movement_twice_refuses_the_statement(self) -> None:
        with pytest.raises(guards.ReferenceTwice, match=r"april.csv: The movement A1 stands twice"):
            guards.identified(self.told(("A1", 100), ("A1", 100)), name="april.csv")

    def test_a_movement_of_zero_is_refused(self) -> None:
        with pytest.raises(guards.ZeroMovement):
            guards.identified(self.told(("A2", 0)), name="april.csv")
