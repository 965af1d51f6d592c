"""The arithmetic of billing: columns equal the oracle, parts add up, nothing is due twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.billing.facts import Derivation, LineToBill
from kanjo.domains.billing.queries import preview_schedule
from kanjo.domains.billing.rules.guards import (
    AmountTooLarge,
    IntervalUnfit,
    NothingToPlan,
    ServiceMissing,
    refuse_unbillable,
)
from kanjo.domains.billing.rules.invoicing import drafted, rated, returned_in_full, rounded_by
from kanjo.domains.billing.rules.owed import POSTED, RETURNED, Known, should_be, still_due
from kanjo.domains.billing.rules.plans import as_plans
from kanjo.domains.billing.tests import oracle
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, TaxClass
from kanjo.foundation.ids import CustomerId, OrderLineId
from kanjo.foundation.money import Money, Rounding
from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from tests.foundation.tables import worked_rows


def a_line(**changes: object) -> LineToBill:
    line = LineToBill(
        order_line_id=OrderLineId(7),
        description=Text(en="Cloud", ja="クラウド"),
        charge=ChargeKind.RECURRING,
        timing=BillingTiming.IN_ADVANCE,
        interval_months=1,
        net_minor=31_000,
        tax_class=TaxClass.STANDARD,
        service=Period(date(2026, 4, 1), date(2027, 4, 1)),
        quantity=1,
        due_from=date(2026, 1, 1),
    )
    return replace(line, **changes)  # type: ignore[arg-type]  # tests name the fields they change


days = st.dates(date(2019, 1, 1), date(2031, 12, 31))


@st.composite
def lines(draw: st.DrawFn) -> LineToBill:
    start, length = draw(days), draw(st.integers(1, 1_200))
    recurring, by_days = draw(st.booleans()), draw(st.booleans())
    timings = [BillingTiming.IN_ADVANCE, BillingTiming.IN_ARREARS]
    return a_line(
        charge=ChargeKind.RECURRING if recurring else ChargeKind.ONE_TIME,
        timing=draw(st.sampled_from(timings if recurring else list(BillingTiming))),
        interval_months=draw(st.integers(1, 24)) if recurring and not by_days else 0,
        interval_days=draw(st.sampled_from([1, 5, 7, 28, 400])) if recurring and by_days else 0,
        net_minor=draw(st.integers(-(10**12), 10**12).filter(bool)),
        service=Period(start, start + timedelta(days=length)) if recurring or draw(st.booleans()) else None,
        due_from=start + timedelta(days=draw(st.integers(-40, 400))),
        anchor_on=draw(st.none() | days),
    )


class TestReturnedInFull:
    def test_what_none_of_the_invoices_charged_is_not_left_out(self) -> None:
        """Left out it would free days whose money somebody keeps: it stops instead."""
        nothing = pl.DataFrame(schema={"charge_id": pl.Int64, "original_id": pl.Int64})
        with pytest.raises(ValueError, match=r"not charged: lines \[7\]"):
            returned_in_full(nothing, nothing, pl.DataFrame({"charge_id": [7]}), date(2026, 4, 1))


class TestSchedule:
    @given(st.lists(lines(), min_size=1, max_size=5))
    def test_columns_equal_one_line_at_a_time(self, made: list[LineToBill]) -> None:
        """A million lines in columns give what one line by the calendar gives."""
        numbered = [replace(line, order_line_id=OrderLineId(place)) for place, line in enumerate(made)]
        expected = [charge for line in numbered for charge in oracle.schedule(line)]
        assert sorted(preview_schedule(numbered), key=repr) == sorted(expected, key=repr)

    @given(lines())
    def test_periods_fill_the_term(self, line: LineToBill) -> None:
        """No day of the service is billed twice and none is left out."""
        charges = preview_schedule([line])
        services = sorted(charge.service for charge in charges)
        assert all(one.until == other.start for one, other in pairwise(services))
        if line.service:
            assert (services[0].start, services[-1].until) == (line.service.start, line.service.until)

    def test_the_anchor_comes_back_after_short_months(self) -> None:
        """A service from 31 January turns over on 28 February and again on 31 March."""
        line = a_line(service=Period(date(2026, 1, 31), date(2026, 5, 1)))
        starts = [charge.service.start for charge in preview_schedule([line])]
        assert starts == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]

    def test_in_arrears_falls_due_on_the_last_day(self) -> None:
        """What is billed in arrears for April is due on 30 April."""
        line = a_line(timing=BillingTiming.IN_ARREARS, service=Period(date(2026, 4, 1), date(2026, 5, 1)))
        assert [charge.bill_on for charge in preview_schedule([line])] == [date(2026, 4, 30)]

    def test_nothing_is_due_before_acceptance(self) -> None:
        """A charge that waits for acceptance has no billing day until the customer accepts."""
        once = a_line(charge=ChargeKind.ONE_TIME, interval_months=0, timing=BillingTiming.ON_ACCEPTANCE, service=None)
        waiting = as_plans([once]).with_columns(accepted_on=pl.lit(None, dtype=pl.Date))
        assert should_be(waiting, None).is_empty()

    def test_what_is_accepted_early_is_due_once_it_may_be_billed(self) -> None:
        """Accepted on 10 April and not to be billed before May: it is of 10 April, and due on 1 May."""
        once = a_line(
            charge=ChargeKind.ONE_TIME,
            interval_months=0,
            timing=BillingTiming.ON_ACCEPTANCE,
            service=None,
            due_from=date(2026, 5, 1),
        )
        accepted = as_plans([once]).with_columns(accepted_on=pl.lit(date(2026, 4, 10)))
        (row,) = should_be(accepted, None).select("bill_on", "service_start", "service_until").rows()
        assert row == (date(2026, 5, 1), date(2026, 4, 10), date(2026, 4, 11))


class TestWorkedTable:
    @pytest.mark.parametrize("row", worked_rows("proration.md"), ids=lambda row: row["what"])
    def test_comes_out_as_printed(self, row: dict[str, str]) -> None:
        """Each row of docs/algorithms/proration.md, in columns and one line at a time."""
        line = _line_of(row)
        for charges in (preview_schedule([line]), oracle.schedule(line)):
            told = sorted(
                f"{one.bill_on}: {one.service.start} to {one.service.last_on} = {one.net_minor}" for one in charges
            )
            assert "; ".join(told) == row["charges"]


def _line_of(row: dict[str, str]) -> LineToBill:
    days = {name: date.fromisoformat(cell) for name, cell in row.items() if cell and name in _DAYS}
    return a_line(
        charge=ChargeKind.RECURRING if int(row["months"]) else ChargeKind.ONE_TIME,
        timing=BillingTiming(row["timing"]),
        interval_months=int(row["months"]),
        net_minor=int(row["price"]),
        service=Period(days["service from"], days["service until"]) if row["service from"] else None,
        due_from=days["due from"],
        anchor_on=days.get("anchor"),
    )


_DAYS = {"anchor", "service from", "service until", "due from"}


class TestProration:
    @given(st.integers(1, 10**12), days, st.integers(1, 24), st.data())
    def test_slices_of_a_period_add_up(self, price: int, start: date, months: int, data: st.DataObject) -> None:
        """However a period is cut into parts, the parts together cost what the whole costs."""
        whole = Period(start, add_months(start, months))
        cuts = data.draw(st.lists(st.dates(whole.start, whole.last_on), max_size=6))
        parts = [
            a_line(net_minor=price, interval_months=months, service=part, anchor_on=start)
            for part in whole.split_at(*cuts)
        ]
        assert sum(charge.net_minor for charge in preview_schedule(parts)) == price

    def test_a_line_that_joins_late_is_prorated_to_the_anchor(self) -> None:
        """Seats added on 16 April to a contract that turns over on the 1st cost 15 of 30 days, then whole months."""
        line = a_line(net_minor=10_001, service=Period(date(2026, 4, 16), date(2026, 6, 1)), anchor_on=date(2026, 4, 1))
        charges = [(charge.service.start, charge.net_minor) for charge in preview_schedule([line])]
        assert charges == [(date(2026, 4, 16), 5_000), (date(2026, 5, 1), 10_001)]

    def test_a_tie_is_rounded_half_up_once(self) -> None:
        """15 of 30 days of 1 yen are 1 yen, and the 15 days that follow cost nothing."""
        first = a_line(net_minor=1, service=Period(date(2026, 4, 1), date(2026, 4, 16)))
        rest = a_line(net_minor=1, service=Period(date(2026, 4, 16), date(2026, 5, 1)), anchor_on=date(2026, 4, 1))
        assert [charge.net_minor for charge in preview_schedule([first, rest])] == [1, 0]

    def test_a_derivation_recomputes_to_its_amount(self) -> None:
        """17 of 30 days of ¥10,000 are ¥5,667, and the derivation says so in both languages."""
        derived = Derivation(Money(10_000, "JPY"), 0, 17, 30, Money(5_667, "JPY"))
        assert derived.holds
        assert derived.sentence.ja == "¥10,000 を期間 30 日のうち 17 日分で日割り（四捨五入）し、¥5,667 としました。"
        assert not replace(derived, amount=Money(5_666, "JPY")).holds


class TestDueCharges:
    @given(st.lists(lines(), min_size=1, max_size=4), days, days)
    def test_a_second_run_is_empty(self, made: list[LineToBill], first: date, second: date) -> None:
        """What was posted is not due again, and two runs post what one would."""
        plans, early, late = as_plans(made), min(first, second), max(first, second)
        once = still_due(plans, early)
        posted = _billed(plans, once)
        assert still_due(posted, early).is_empty()
        later = still_due(posted, late)
        assert pl.concat([once, later]).sort(KEY).equals(still_due(plans, late).sort(KEY))

    @given(st.lists(lines(), max_size=5), days, days)
    def test_nothing_is_due_of_what_is_billed_beyond_the_day(
        self, made: list[LineToBill], billed_on: date, day: date
    ) -> None:
        """A plan of which nothing was told needs no look while it is billed beyond the day: it is not even read."""
        plans = as_plans(made)
        beyond = _billed(plans, still_due(plans, billed_on)).filter(pl.col("billed_until") > day)
        assert still_due(beyond, day).is_empty()

    @given(st.lists(lines(), min_size=2, max_size=6), days, st.randoms())
    def test_the_order_of_input_does_not_matter(self, made: list[LineToBill], day: date, chance: object) -> None:
        """Plans in any order give the same charges."""
        plans = as_plans(made)
        mixed = plans.sample(fraction=1, shuffle=True, seed=abs(hash(str(chance))) % 2**32)
        assert still_due(plans, day).equals(still_due(mixed, day))

    def test_what_was_given_back_is_due_again_under_the_next_sequence(self) -> None:
        """After a credit note the same period is charged again, as its third posting."""
        plans = as_plans([a_line()]).with_columns(billed_until=date(2026, 5, 1))
        april = {"start": date(2026, 4, 1), "until": date(2026, 5, 1)}
        whole = {"whole_start": date(2026, 4, 1), "whole_until": date(2026, 5, 1), "price_minor": 31_000}
        charged = {"charge_id": 9, "line_id": 0, "terms_id": 31_000, **april, **whole, "sequence": 0, "quantity": 1}
        known = Known(
            charged=pl.DataFrame([{**charged, "day_count": "actual", "month_days": 30}], schema=POSTED),
            given_back=pl.DataFrame([{"line_id": 0, "charge_id": 9, **april, "sequence": 1}], schema=RETURNED),
        )
        due = still_due(plans, date(2026, 4, 1), known)
        assert due.select("net_minor", "sequence").rows() == [(31_000, 2)]


KEY = ["plan_id", "service_start"]


def _billed(plans: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
    """The plans, billed as far as the charges reach."""
    ends = charges.group_by("plan_id").agg(billed_until=pl.max("service_until"))
    return plans.drop("billed_until").join(ends, on="plan_id", how="left")


RATES = pl.DataFrame(
    [
        ("standard", 1, 10, date(2019, 10, 1)),
        ("standard", 2, 25, date(2014, 4, 1)),
        ("reduced", 2, 25, date(2019, 10, 1)),
        ("out_of_scope", 0, 1, date(1989, 4, 1)),
    ],
    schema={"tax_class": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "effective_on": pl.Date},
    orient="row",
)


def some_charges(*rows: tuple[int, str, int], until: date = date(2026, 5, 1)) -> pl.DataFrame:
    """Charges as (account, tax class, net), all of one contract per account."""
    return pl.DataFrame(
        [
            {
                "plan_id": place,
                "account_id": account,
                "group": account,
                "addressee": 0,
                "department": "",
                "attention": "",
                "order_id": account,
                "customer_id": account,
                "payer_id": account,
                "currency": "JPY",
                "payment_terms": "close:31:1:31:none",
                "payer_name": "株式会社青葉商事",
                "payer_address": "",
                "language": "ja",
                "tax_class": tax_class,
                "service_start": date(2026, 4, 1),
                "service_until": until,
                "charged_until": None,
                "credited_line_id": None,
                "sequence": 0,
                "net_minor": net,
            }
            for place, (account, tax_class, net) in enumerate(rows)
        ],
        schema_overrides={"charged_until": pl.Date, "credited_line_id": pl.Int64},
    )


class TestInvoicing:
    def test_tax_is_rounded_once_per_rate_and_invoice(self) -> None:
        """Three lines of ¥105 at 10 % carry ¥31 of tax, not three times ¥10 (agency Q&A 57)."""
        charges = rated(some_charges((1, "standard", 105), (1, "standard", 105), (1, "standard", 105)), RATES)
        draft = drafted(rounded_by(charges, {}, Rounding.FLOOR), issued_on=date(2026, 4, 30))
        assert draft.invoices.select("net_minor", "tax_minor", "total_minor", "lines").rows() == [(315, 31, 346, 3)]

    @pytest.mark.parametrize(("rounding", "tax"), [("floor", 31), ("ceiling", 32), ("half_up", 32)])
    def test_the_company_chooses_the_rounding(self, rounding: str, tax: int) -> None:
        """31.5 yen of tax become 31 or 32 by the company's rule."""
        charges = rated(some_charges((1, "standard", 315)), RATES)
        draft = drafted(rounded_by(charges, {}, Rounding(rounding)), issued_on=date(2026, 4, 30))
        assert draft.invoices["tax_minor"].to_list() == [tax]

    def test_a_payer_may_be_rounded_otherwise(self) -> None:
        """31.5 yen of tax of three payers: as the company does, up for one and half to even for another."""
        charges = rated(some_charges((1, "standard", 315), (2, "standard", 315), (3, "standard", 305)), RATES)
        chosen = {CustomerId(2): Rounding.CEILING, CustomerId(3): Rounding.HALF_EVEN}
        draft = drafted(rounded_by(charges, chosen, Rounding.FLOOR), issued_on=date(2026, 4, 30))
        assert draft.invoices.select("tax_rounding", "tax_minor").rows() == [
            ("floor", 31),
            ("ceiling", 32),
            ("half_even", 30),
        ]
        assert draft.taxes["tax_minor"].to_list() == [31, 32, 30]

    def test_each_rate_has_its_own_total(self) -> None:
        """10 % and 8 % stand apart, what is out of scope carries no tax."""
        rows = [(1, "standard", 1_000), (1, "reduced", 1_000), (1, "out_of_scope", 1_000)]
        draft = drafted(rounded_by(rated(some_charges(*rows), RATES), {}, Rounding.FLOOR), issued_on=date(2026, 4, 30))
        taxes = {row[0]: row[1:] for row in draft.taxes.select("tax_class", "net_minor", "tax_minor").rows()}
        assert taxes == {"standard": (1_000, 100), "reduced": (1_000, 80), "out_of_scope": (1_000, 0)}

    def test_the_rate_is_that_of_the_day_of_supply(self) -> None:
        """A service that ends on 30 September 2019 is taxed at 8 %, one that ends a day later at 10 %."""
        before = rated(some_charges((1, "standard", 1_000), until=date(2019, 10, 1)), RATES)
        after = rated(some_charges((1, "standard", 1_000), until=date(2019, 10, 2)), RATES)
        assert [before.row(0, named=True)[name] for name in ("rate_numerator", "rate_denominator")] == [2, 25]
        assert [after.row(0, named=True)[name] for name in ("rate_numerator", "rate_denominator")] == [1, 10]

    @given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["standard", "reduced"]), st.integers(1, 10**9))))
    def test_invoices_are_the_sum_of_their_lines(self, rows: list[tuple[int, str, int]]) -> None:
        """Every line is on exactly one invoice, and each invoice is the sum of its lines and of its rates."""
        if not rows:
            return
        draft = drafted(rounded_by(rated(some_charges(*rows), RATES), {}, Rounding.FLOOR), issued_on=date(2026, 4, 30))
        assert draft.invoices["net_minor"].sum() == sum(net for _, _, net in rows)
        assert draft.invoices["lines"].sum() == len(rows) == draft.lines.height
        by_rate = draft.taxes.group_by("draft").agg(pl.col("net_minor").sum()).sort("draft")
        assert by_rate["net_minor"].to_list() == draft.invoices["net_minor"].to_list()

    def test_terms_give_the_due_day(self) -> None:
        """月末締め翌月末払い: issued on 30 April, due on 31 May."""
        charges = rounded_by(rated(some_charges((1, "standard", 100)), RATES), {}, Rounding.FLOOR)
        draft = drafted(charges, issued_on=date(2026, 4, 30))
        assert draft.invoices["due_on"].to_list() == [date(2026, 5, 31)]


class TestGuards:
    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"service": None}, ServiceMissing),
            ({"interval_months": 0}, IntervalUnfit),
            ({"interval_months": 121}, IntervalUnfit),
            ({"interval_months": 0, "interval_days": 3_661}, IntervalUnfit),
            ({"interval_months": 1, "interval_days": 7}, IntervalUnfit),
            ({"charge": ChargeKind.ONE_TIME, "interval_months": 0, "interval_days": 7}, IntervalUnfit),
            ({"charge": ChargeKind.ONE_TIME}, IntervalUnfit),
            ({"net_minor": 10**15}, AmountTooLarge),
        ],
    )
    def test_a_line_without_a_schedule_is_refused(self, changes: dict[str, object], refusal: type[Refusal]) -> None:
        """The refusal names the line and speaks both languages."""
        with pytest.raises(refusal) as caught:
            refuse_unbillable([a_line(), a_line(**changes)])
        assert caught.value.at == "lines[2]"
        assert caught.value.sentence.ja
        assert "{" not in caught.value.sentence.en

    def test_an_order_without_lines_is_refused(self) -> None:
        """Nothing to bill is said, not passed over."""
        with pytest.raises(NothingToPlan):
            refuse_unbillable([])
