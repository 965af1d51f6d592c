"""What makes an order sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, ProductTerms, Recognition, TaxClass
from kanjo.domains.orders.facts import LineToBook
from kanjo.domains.orders.rules.booking import (
    AcceptedBeforeOrder,
    AcceptedInFuture,
    EmptyServicePeriod,
    NoLines,
    NoServicePeriod,
    QuantityNotPositive,
    TotalDiffers,
    expected_total,
    refuse_acceptance,
    refuse_unsound,
)
from kanjo.foundation.ids import ProductId
from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

MONTHLY = ProductTerms(
    product_id=ProductId(1),
    code="CLOUD-M",
    name=Text(en="Cloud, monthly", ja="クラウド利用料（月額）"),
    charge=ChargeKind.RECURRING,
    timing=BillingTiming.IN_ADVANCE,
    interval_months=1,
    recognition=Recognition.OVER_TIME,
    tax_class=TaxClass.STANDARD,
    license_metric="user",
)
ONCE = replace(MONTHLY, code="BOX", charge=ChargeKind.ONE_TIME, interval_months=0)
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
SUBSCRIPTION = LineToBook(MONTHLY, 10, 1_000, 10_000, 120_000, YEAR)
BOX = LineToBook(ONCE, 2, 50_000, 95_000, 95_000, None)


class TestSoundOrder:
    def test_an_everyday_order_stands(self) -> None:
        """A year of ten users and two boxes at a discount stand."""
        refuse_unsound("JPY", "net:30:none", [SUBSCRIPTION, BOX])

    @pytest.mark.parametrize(
        ("line", "refused"),
        [
            (replace(BOX, quantity=0), QuantityNotPositive),
            (replace(BOX, quantity=-1), QuantityNotPositive),
            (replace(BOX, total_minor=100_000), TotalDiffers),
            (replace(SUBSCRIPTION, service=None), NoServicePeriod),
            (replace(SUBSCRIPTION, service=Period(YEAR.start, YEAR.start)), EmptyServicePeriod),
            (replace(SUBSCRIPTION, total_minor=119_999), TotalDiffers),
        ],
    )
    def test_an_unsound_line_is_refused_by_its_position(self, line: LineToBook, refused: type[Refusal]) -> None:
        """The refusal says which line it is."""
        with pytest.raises(refused) as refusal:
            refuse_unsound("JPY", "net:30:none", [BOX, line])
        assert refusal.value.at == "lines[2]"

    def test_an_order_of_nothing_is_refused(self) -> None:
        """An order has at least one line."""
        with pytest.raises(NoLines):
            refuse_unsound("JPY", "net:30:none", [])

    def test_an_unknown_currency_is_refused(self) -> None:
        """Nobody orders in a currency that does not exist."""
        with pytest.raises(Refusal) as refusal:
            refuse_unsound("YEN", "net:30:none", [BOX])
        assert refusal.value.rule == "money.currency-unknown"


class TestExpectedTotal:
    @given(
        start=st.dates(date(2000, 1, 1), date(2050, 12, 28)),
        intervals=st.integers(1, 60),
        months=st.integers(1, 12),
        net=st.integers(0, 10**12),
    )
    def test_whole_intervals_come_to_their_sum(self, start: date, intervals: int, months: int, net: int) -> None:
        """A term of whole intervals costs the price of one interval as often as it holds one."""
        until = add_months(start, intervals * months)
        line = replace(
            SUBSCRIPTION,
            terms=replace(MONTHLY, interval_months=months),
            net_minor=net,
            service=Period(start, until),
        )
        assert expected_total(line) == sum(net for _ in range(intervals))

    def test_days_are_counted_as_days(self) -> None:
        """Four weeks of a weekly charge cost four of them; a day more is left to billing."""
        weekly = replace(SUBSCRIPTION, terms=replace(MONTHLY, interval_months=0, interval_days=7), net_minor=700)
        start = date(2026, 4, 1)
        found = [expected_total(replace(weekly, service=Period(start, date(2026, 4, day)))) for day in (29, 30)]
        assert found == [2_800, None]

    def test_a_part_of_an_interval_is_left_to_billing(self) -> None:
        """How a part of a month is charged is billing's to say, so the order takes the agreed total."""
        half_month = replace(SUBSCRIPTION, service=Period(date(2026, 4, 1), date(2026, 5, 16)), total_minor=15_000)
        quarter_and_a_month = replace(
            SUBSCRIPTION,
            terms=replace(MONTHLY, interval_months=3),
            service=Period(date(2026, 4, 1), date(2026, 8, 1)),
            total_minor=13_333,
        )
        for line in (half_month, quarter_and_a_month):
            assert expected_total(line) is None
            refuse_unsound("JPY", "net:30:none", [line])


class TestAcceptance:
    def test_it_may_be_on_the_day_of_the_order_and_today(self) -> None:
        """What is delivered at once may be accepted at once."""
        refuse_acceptance("O-1", ordered_on=YEAR.start, accepted_on=YEAR.start, today=YEAR.start)

    def test_it_does_not_come_before_the_order(self) -> None:
        """Nobody accepts what was not ordered."""
        with pytest.raises(AcceptedBeforeOrder):
            refuse_acceptance("O-1", ordered_on=YEAR.start, accepted_on=date(2026, 3, 31), today=YEAR.start)

    def test_it_does_not_lie_in_the_future(self) -> None:
        """An acceptance is noted when it has been given."""
        with pytest.raises(AcceptedInFuture):
            refuse_acceptance("O-1", ordered_on=YEAR.start, accepted_on=date(2026, 4, 2), today=YEAR.start)
