from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, NewProduct, Recognition, TaxClass
from kanjo.domains.catalog.rules.offering import (
    AcceptanceRecurring,
    CodeMissing,
    IntervalWrong,
    PriceNegative,
    RateOfUntaxed,
    TooLong,
    checked,
    checked_price,
    checked_rate,
)
from kanjo.foundation.currencies import UnknownCurrency
from kanjo.foundation.intervals import Interval
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

BOX = NewProduct(
    code="BOX",
    name=Text(en="Box", ja="箱"),
    family="Boxes",
    charge=ChargeKind.ONE_TIME,
    timing=BillingTiming.ON_ACCEPTANCE,
    interval_months=0,
    recognition=Recognition.AT_A_POINT,
    tax_class=TaxClass.STANDARD,
)
YEARLY: dict[str, Any] = {
    "charge": ChargeKind.RECURRING,
    "timing": BillingTiming.IN_ADVANCE,
    "interval_months": 12,
    "recognition": Recognition.OVER_TIME,
}


class TestChecked:
    def test_a_box_and_a_yearly_license_are_sound(self) -> None:
        """What is sold once has no interval, what recurs has one, in months or in days."""
        assert checked(replace(BOX, code=" BOX ")).code == "BOX"
        assert checked(replace(BOX, **YEARLY)).interval_months == 12
        weekly = {**YEARLY, "interval_months": 0, "interval_days": 7}
        assert checked(replace(BOX, **weekly)).interval == Interval(days=7)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"code": " "}, CodeMissing),
            ({"name": Text(en="Box", ja="")}, CodeMissing),
            ({"code": "B" * 65}, TooLong),
            ({"name": Text(en="B" * 201, ja="箱")}, TooLong),
            ({"interval_months": 1}, IntervalWrong),
            ({**YEARLY, "interval_months": 0}, IntervalWrong),
            ({**YEARLY, "interval_months": 121}, IntervalWrong),
            ({"interval_days": 7}, IntervalWrong),
            ({**YEARLY, "interval_days": 7}, IntervalWrong),
            ({**YEARLY, "interval_months": 0, "interval_days": 3_661}, IntervalWrong),
            ({**YEARLY, "timing": BillingTiming.ON_ACCEPTANCE}, AcceptanceRecurring),
        ],
    )
    def test_what_does_not_go_together_is_refused(self, changes: dict[str, Any], refusal: type[Refusal]) -> None:
        """Blank, overlong or contradictory terms never reach the catalog."""
        with pytest.raises(refusal) as refused:
            checked(replace(BOX, **changes))
        assert refused.value.sentence.en
        assert refused.value.sentence.ja


class TestPrices:
    def test_zero_is_a_price_and_less_is_none(self) -> None:
        """A product may be free; a negative list price is a discount and belongs elsewhere."""
        assert checked_price("USD", 0) == "USD"
        with pytest.raises(PriceNegative):
            checked_price("USD", -1)
        with pytest.raises(PriceNegative):
            checked_price("USD", 2**63)
        with pytest.raises(UnknownCurrency):
            checked_price("XXY", 1)


class TestRates:
    def test_a_rate_is_an_exact_share(self) -> None:
        """Ten percent is a tenth, however it is written."""
        assert checked_rate(TaxClass.STANDARD, "10%") == checked_rate(TaxClass.STANDARD, "0.1") == Decimal("0.1")
        assert checked_rate(TaxClass.REDUCED, "6.24%") == Decimal("0.0624")

    @pytest.mark.parametrize(
        ("tax_class", "rate"),
        [
            (TaxClass.EXPORT, "0%"),
            (TaxClass.EXEMPT, "10%"),
            (TaxClass.STANDARD, "100%"),
            (TaxClass.STANDARD, "-1%"),
            (TaxClass.STANDARD, "0.0000001"),
        ],
    )
    def test_no_other_share_is_a_rate(self, tax_class: TaxClass, rate: str) -> None:
        """Untaxed classes have no rate; a rate is from 0 to below 1 and is stored without rounding."""
        with pytest.raises(RateOfUntaxed):
            checked_rate(tax_class, rate)
