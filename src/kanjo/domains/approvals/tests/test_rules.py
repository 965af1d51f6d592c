"""Decision tables: what a cell accepts, what is wrong with a matrix, and the path it gives a deal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.approvals.facts import ItemState, PathStep, RequestState, RowDraft
from kanjo.domains.approvals.rules.cells import CellUnreadable, Kind, ValueOfWrongKind, read_cell
from kanjo.domains.approvals.rules.checks import findings
from kanjo.domains.approvals.rules.inputs import UnknownInput
from kanjo.domains.approvals.rules.outcome import outcome_of
from kanjo.domains.approvals.rules.path import (
    DiscountWithoutCxo,
    NoRowAnswers,
    SeveralRowsAnswer,
    facts_written,
    path_of,
    path_read,
    path_written,
)
from kanjo.domains.approvals.rules.standard import STANDARD_ROWS
from kanjo.domains.approvals.rules.tables import RoleDoesNotApprove, Row, RowIncomplete, read_row
from kanjo.domains.approvals.tests.asking import PLAIN, a_row
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text

TODAY = date(2026, 4, 1)
Cell = dict[str, object]


def rows(*drafts: RowDraft) -> list[Row]:
    return [read_row(draft, number, row_id=number) for number, draft in enumerate(drafts, start=1)]


def rules_broken(*drafts: RowDraft) -> list[str]:
    return [found.rule for found in findings(rows(*drafts))]


def roles(path: tuple[PathStep, ...]) -> list[Role]:
    return [step.role for step in path if step.role is not None]


class TestCell:
    @pytest.mark.parametrize(
        ("written", "kind", "accepted", "not_accepted"),
        [
            ({"from": 5, "until": 8}, Kind.INTEGER, [5, 7], [4, 8]),
            ({"above": 5, "up_to": 8}, Kind.INTEGER, [6, 8], [5, 9]),
            ({"up_to": "10%"}, Kind.SHARE, [Fraction(1, 10), Fraction(-1)], [Fraction(1001, 10000)]),
            ({"above": "0%"}, Kind.SHARE, [Fraction(1, 10**12), Fraction(1)], [Fraction(0), Fraction(-1, 10)]),
            ({"from": "2026-04-01"}, Kind.DATE, [date(2026, 4, 1)], [date(2026, 3, 31)]),
            ({"in": ["JPY", "USD"]}, Kind.CHOICE, ["JPY"], ["EUR"]),
            ({"not_in": ["JPY"]}, Kind.CHOICE, ["EUR"], ["JPY"]),
        ],
    )
    def test_accepts_what_it_says(
        self, written: dict[str, object], kind: Kind, accepted: list[Fraction], not_accepted: list[Fraction]
    ) -> None:
        """A cell takes its lower bound with "from" and not with "above", its upper with "up to" and not "until"."""
        cell = read_cell(written, kind, at="row 1")
        assert [cell.accepts(value) for value in accepted] == [True] * len(accepted)
        assert [cell.accepts(value) for value in not_accepted] == [False] * len(not_accepted)

    @pytest.mark.parametrize(
        ("written", "kind"),
        [
            ({}, Kind.INTEGER),
            ({"from": 1, "above": 1}, Kind.INTEGER),
            ({"form": 1}, Kind.INTEGER),
            ({"in": []}, Kind.CHOICE),
            ({"in": "JPY"}, Kind.CHOICE),
            ({"from": "JPY"}, Kind.CHOICE),
        ],
    )
    def test_unreadable_cells_are_refused(self, written: dict[str, object], kind: Kind) -> None:
        """A misspelled or doubled bound is refused when the row is saved, never skipped when a deal is judged."""
        with pytest.raises(CellUnreadable) as refused:
            read_cell(written, kind, at="row 7, discount")
        assert refused.value.at == "row 7, discount"

    @pytest.mark.parametrize(
        ("written", "kind"),
        [({"from": "5"}, Kind.INTEGER), ({"from": True}, Kind.INTEGER), ({"from": 0.1}, Kind.SHARE)],
    )
    def test_values_of_another_kind_are_refused(self, written: dict[str, object], kind: Kind) -> None:
        """A text is no number, a yes is no number, and a float is no share."""
        with pytest.raises(ValueOfWrongKind):
            read_cell(written, kind, at="row 1")


class TestRow:
    def test_an_unknown_input_is_refused(self) -> None:
        """A row can look only at what a deal states."""
        with pytest.raises(UnknownInput, match="row 3"):
            read_row(a_row(None, {"weather": {"from": 1}}), 3)

    def test_a_role_that_does_not_approve_is_refused(self) -> None:
        """A matrix cannot hand the decision to the seller."""
        with pytest.raises(RoleDoesNotApprove):
            read_row(a_row(Role.SALES_REP), 1)

    def test_both_languages_are_needed(self) -> None:
        """A reason the approver cannot read is no reason."""
        with pytest.raises(RowIncomplete):
            read_row(replace(a_row(None), reason=Text(en="Because.", ja=" ")), 1)


class TestFindings:
    def test_the_standard_matrix_is_sound(self) -> None:
        """The matrix a new company starts from can be activated."""
        assert findings(rows(*STANDARD_ROWS)) == []

    def test_an_empty_matrix_answers_for_nobody(self) -> None:
        """No rule does not mean free: an empty matrix cannot be activated."""
        assert rules_broken() == ["approvals.matrix-empty"]

    @pytest.mark.row("APR-2")
    def test_a_gap_is_found_and_named(self) -> None:
        """Between "up to 10 %" and "from 20 %" nobody answers, and the finding says where."""
        drafts = [
            a_row(None, {"discount": {"up_to": "0%"}}),
            a_row(Role.CXO, {"discount": {"above": "0%", "up_to": "10%"}}),
            a_row(Role.CXO, {"discount": {"from": "20%"}}),
        ]
        found = findings(rows(*drafts))
        assert [one.rule for one in found] == ["approvals.gap", "approvals.discount-without-cxo"]
        assert found[0].sentence.en == "discount, stage 1: no row answers for Discount 10% < x < 20%."
        assert found[0].sentence.ja == "discount（第1段階）: 値引率 10% < x < 20% に該当する行がありません。"

    @pytest.mark.row("APR-2")
    def test_an_overlap_is_found(self) -> None:
        """Two rows that both take exactly 10 % contradict each other."""
        drafts = [
            a_row(None, {"discount": {"up_to": "0%"}}),
            a_row(Role.CXO, {"discount": {"above": "0%", "up_to": "10%"}}),
            a_row(Role.CFO, {"discount": {"from": "10%"}}),
        ]
        assert rules_broken(*drafts) == ["approvals.overlap"]

    def test_neighbouring_whole_numbers_leave_no_gap(self) -> None:
        """Between "up to 62 days" and "from 63 days" there is no day; and no currency outside a list and its rest."""
        drafts = [
            a_row(Role.CXO),
            a_row(None, {"payment_days": {"up_to": 62}, "currency": {"in": ["JPY"]}}, item="payment"),
            a_row(None, {"payment_days": {"up_to": 62}, "currency": {"not_in": ["JPY"]}}, item="payment"),
            a_row(Role.CFO, {"payment_days": {"from": 63}}, item="payment"),
        ]
        assert rules_broken(*drafts) == []

    @pytest.mark.parametrize(
        "cell",
        [{"discount": {"from": "20%", "until": "10%"}}, {"discount": {"above": "100%"}}, {"term_months": {"until": 0}}],
    )
    def test_a_row_that_no_deal_can_meet_is_found(self, cell: dict[str, dict[str, object]]) -> None:
        """A row backwards, above a discount of 100 % or below a term of zero months is never used."""
        assert rules_broken(a_row(Role.CXO), a_row(Role.CFO, cell)) == ["approvals.unreachable"]

    @pytest.mark.row("APR-I1")
    @pytest.mark.parametrize(
        ("when", "region"),
        [
            ({"discount": {"above": "0.1%"}}, "Discount 0% < x ≤ 0.1%"),
            ({"discount": {"above": "0%"}, "net_total_minor": {"from": 1_000_000}}, "Net total 0 ≤ x < 1000000"),
        ],
    )
    def test_any_discount_needs_a_cxo(self, when: dict[str, dict[str, object]], region: str) -> None:
        """A matrix in which a small discount, or a small deal, would get by without a CxO cannot be activated."""
        approver = a_row(Role.APPROVER, item="amount")
        found = findings([*rows(approver), *(replace(row, number=2) for row in rows(a_row(Role.CXO, when)))])
        without = [one.sentence.en for one in found if one.rule == "approvals.discount-without-cxo"]
        assert len(without) == 1
        assert region in without[0]

    def test_cxos_of_several_tables_cover_together(self) -> None:
        """A CFO for large deals in one table and a CxO for small ones in another leave no discount unasked."""
        drafts = [
            a_row(Role.CFO, {"net_total_minor": {"from": 100}}, item="large"),
            a_row(None, {"net_total_minor": {"until": 100}}, item="large"),
            a_row(Role.CXO, {"net_total_minor": {"until": 100}}, item="small"),
            a_row(None, {"net_total_minor": {"from": 100}}, item="small"),
        ]
        assert rules_broken(*drafts) == []

    def test_two_hundred_rows_are_checked(self) -> None:
        """A matrix of 200 rows over amount, discount, term and currency is found sound."""
        step = 10**6
        amounts: list[Cell] = [{"until": step}, {"from": 4 * step}]
        amounts += [{"from": n * step, "until": (n + 1) * step} for n in range(1, 4)]
        shares: list[Cell] = [{"up_to": "0%"}, {"above": "80%"}]
        shares += [{"above": f"{n}0%", "up_to": f"{n + 1}0%"} for n in range(8)]
        terms: list[Cell] = [{"up_to": 12}, {"above": 12}]
        currencies: list[Cell] = [{"in": ["JPY"]}, {"not_in": ["JPY"]}]
        cells = [
            {"net_total_minor": amount, "discount": share, "term_months": term, "currency": currency}
            for amount, share, term, currency in product(amounts, shares, terms, currencies)
        ]
        drafts = [a_row(Role.CXO, cell) for cell in cells]
        assert len(drafts) == 200
        assert rules_broken(*drafts) == []


BOUNDS = st.lists(st.integers(-2, 6), min_size=0, max_size=5, unique=True).map(sorted)


class TestPath:
    @pytest.mark.row("APR-I1")
    def test_a_tenth_of_a_percent_needs_a_cxo(self) -> None:
        """A discount of 0.1 % has a CxO on its path, with the reason and the figure it rests on."""
        path = path_of(replace(PLAIN, discount=Fraction(1, 1000)), rows(*STANDARD_ROWS), on=TODAY)
        assert roles(path) == [Role.CXO]
        step = path[0]
        assert (step.item, step.row, step.seen) == ("discount", 2, (("discount", "0.1%"),))
        assert step.reason.ja == "値引きには、率にかかわらずCxOの承認が必要です。"

    def test_a_deal_at_list_needs_nobody(self) -> None:
        """That nobody is asked is an answer of every table, not the lack of one."""
        path = path_of(PLAIN, rows(*STANDARD_ROWS), on=TODAY)
        assert roles(path) == []
        assert [step.row for step in path] == [1, 3, 5]

    def test_each_item_asks_its_own_approver(self) -> None:
        """A long term, late payment and a discount ask the CLO, the CFO and a CxO."""
        facts = replace(PLAIN, discount=Fraction(1, 5), term_months=60, payment_days=92)
        assert roles(path_of(facts, rows(*STANDARD_ROWS), on=TODAY)) == [Role.CXO, Role.CFO, Role.CLO]

    def test_an_uplift_needs_nobody(self) -> None:
        """A price above list is no discount."""
        assert roles(path_of(replace(PLAIN, discount=Fraction(-1, 5)), rows(*STANDARD_ROWS), on=TODAY)) == []

    @pytest.mark.parametrize("wrong", [None, "10%", 0.1, 0])
    def test_nothing_falls_through(self, wrong: object) -> None:
        """A missing discount, or one that is a text, a float or a whole number, is refused."""
        with pytest.raises(ValueOfWrongKind):
            path_of(replace(PLAIN, discount=wrong), rows(*STANDARD_ROWS), on=TODAY)  # type: ignore[arg-type]  # the test

    def test_a_deal_no_row_answers_for_is_refused(self) -> None:
        """Were a table with a gap in force, the deal in the gap would be refused, not passed."""
        with pytest.raises(NoRowAnswers):
            path_of(PLAIN, rows(a_row(Role.CXO, {"discount": {"above": "0%"}})), on=TODAY)

    def test_a_deal_two_rows_answer_for_is_refused(self) -> None:
        """Were a table with an overlap in force, the deal in it would be refused."""
        with pytest.raises(SeveralRowsAnswer, match="1, 2"):
            path_of(PLAIN, rows(a_row(Role.CXO), a_row(Role.CFO)), on=TODAY)

    @pytest.mark.row("APR-I1")
    def test_a_discount_without_a_cxo_is_refused_even_then(self) -> None:
        """Were a matrix without a CxO in force, a discount would still not pass."""
        with pytest.raises(DiscountWithoutCxo):
            path_of(replace(PLAIN, discount=Fraction(1, 1000)), rows(a_row(Role.APPROVER)), on=TODAY)

    def test_the_path_survives_being_written_down(self) -> None:
        """The path and facts stored with a request are those that were computed."""
        facts = replace(PLAIN, discount=Fraction(1, 3))
        path = path_of(facts, rows(*STANDARD_ROWS), on=TODAY)
        assert path_read(path_written(path)) == path
        assert facts_written(facts)["discount"] == "1/3"

    @given(low=BOUNDS, high=BOUNDS, months=st.integers(0, 8), days=st.integers(0, 8))
    def test_findings_are_those_of_trying_every_deal(
        self, low: list[int], high: list[int], months: int, days: int
    ) -> None:
        """Gaps and overlaps are found exactly when some deal, tried one by one, has no row or several."""
        drafts = [a_row(Role.CXO, item="all")]
        for lower, upper in zip(low, high, strict=False):
            drafts.append(
                a_row(None, {"term_months": {"from": lower, "up_to": upper}, "payment_days": {"up_to": upper}})
            )
        drafts.append(a_row(None, {"term_months": {"above": months}}))
        drafts.append(a_row(None, {"term_months": {"up_to": months}, "payment_days": {"from": days}}))
        table = rows(*drafts)
        met = [
            sum(row.item == "discount" and row.accepts({"term_months": term, "payment_days": wait}) for row in table)
            for term, wait in product(range(12), range(12))
        ]
        broken = {found.rule for found in findings(table)}
        assert ("approvals.gap" in broken) == (0 in met)
        assert ("approvals.overlap" in broken) == any(count > 1 for count in met)


class TestOutcome:
    @pytest.mark.row("APR-7")
    @pytest.mark.parametrize(
        ("items", "left", "outcome"),
        [
            ([], 0, RequestState.APPROVED),
            ([ItemState.APPROVED, ItemState.OPEN], 0, RequestState.OPEN),
            ([ItemState.APPROVED, ItemState.WAITING], 0, RequestState.OPEN),
            ([ItemState.REJECTED, ItemState.OPEN], 0, RequestState.REJECTED),
            ([ItemState.APPROVED, ItemState.CONDITIONAL], 1, RequestState.CONDITIONAL),
            ([ItemState.APPROVED, ItemState.CONDITIONAL], 0, RequestState.APPROVED),
            ([ItemState.REJECTED, ItemState.CONDITIONAL], 1, RequestState.REJECTED),
        ],
    )
    def test_one_result_of_all_answers(self, items: list[ItemState], left: int, outcome: RequestState) -> None:
        """One no is a no at once; otherwise all have to answer, and conditions have to be met."""
        assert outcome_of(items, conditions_left=left) is outcome
