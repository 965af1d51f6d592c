"""Which contracts come up, and at which price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.renewals.facts import EndingContract, EndingLine, PricePolicy, RenewalState
from kanjo.domains.renewals.rules import (
    AlreadySettled,
    OutsideNotice,
    old_terms,
    proposed_minor,
    refuse_outside_notice,
    refuse_settled,
    why,
)
from kanjo.foundation.ids import ContractId, CustomerId, PersonId, ProductId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text

YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
RUNNING = EndingLine(ProductId(1), "CLOUD-M", Text(en="Cloud", ja="クラウド"), 10, 10_000, 1, 120_000, YEAR)
BOX = EndingLine(ProductId(2), "BOX", Text(en="Appliance", ja="専用機器"), 2, 100_000, 0, 100_000, None)
CONTRACT = EndingContract(
    contract_id=ContractId(1),
    number="C-2026-000001",
    customer_id=CustomerId(2),
    owner_id=PersonId(3),
    currency="JPY",
    total_minor=220_000,
    payment_terms="close:31:1:31:none",
    starts_on=YEAR.start,
    until=YEAR.until,
    notice_opens_on=date(2027, 1, 1),
    lines=(RUNNING, BOX),
)


class TestProposedPrice:
    def test_what_runs_is_offered_at_its_old_price(self) -> None:
        """The year of users is offered again for 120,000 yen; the appliance was bought once."""
        assert proposed_minor(CONTRACT, PricePolicy.SAME_NET) == 120_000

    def test_what_stopped_earlier_is_not_offered(self) -> None:
        """A service that was only ordered for the first half year is not renewed."""
        half = replace(RUNNING, service=Period(YEAR.start, date(2026, 10, 1)), total_minor=60_000)
        assert proposed_minor(replace(CONTRACT, lines=(RUNNING, half)), PricePolicy.SAME_NET) == 120_000

    @given(st.lists(st.tuples(st.integers(0, 10**15), st.booleans()), max_size=20))
    def test_it_is_the_sum_of_what_runs(self, amounts: list[tuple[int, bool]]) -> None:
        """Whatever was ordered, the proposal is the sum of the running lines and of nothing else."""
        lines = tuple(replace(RUNNING, total_minor=amount, service=YEAR if runs else None) for amount, runs in amounts)
        wanted = 0
        for amount, runs in amounts:
            wanted += amount if runs else 0
        assert proposed_minor(replace(CONTRACT, lines=lines), PricePolicy.SAME_NET) == wanted


class TestNoticeWindow:
    @pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 3, 31)])
    def test_first_and_last_day_are_inside(self, day: date) -> None:
        """A renewal may appear from the day the window opens to the last day of the term."""
        refuse_outside_notice(CONTRACT, on=day)

    @pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 4, 1)])
    def test_the_days_around_it_are_outside(self, day: date) -> None:
        """The day before and the day after the term are refused."""
        with pytest.raises(OutsideNotice):
            refuse_outside_notice(CONTRACT, on=day)


class TestSettled:
    @pytest.mark.parametrize("state", [RenewalState.RENEWED, RenewalState.LAPSED])
    def test_what_is_settled_stays(self, state: RenewalState) -> None:
        """Nothing more happens to a renewal that was won or lost, and the refusal says which."""
        with pytest.raises(AlreadySettled) as refusal:
            refuse_settled(state)
        assert state.shown.ja in refusal.value.said_in("ja")


class TestWords:
    def test_the_rep_reads_last_day_and_price(self) -> None:
        """The queue says until when the contract runs, inclusively, and what to offer."""
        said = why(CONTRACT, 120_000, PricePolicy.SAME_NET)
        assert said.en == (
            "Contract C-2026-000001 ends on 2027-03-31. Proposed for the next term: JPY 120,000, at the old net price."
        )
        assert said.ja == (
            "契約C-2026-000001は2027-03-31に満了します。次期の提案金額: ¥120,000（現行の契約金額を据え置き）。"
        )

    def test_old_terms_keep_every_line(self) -> None:
        """What was bought once stands among the old terms too."""
        kept = old_terms(CONTRACT)
        assert [line["code"] for line in kept["lines"]] == ["CLOUD-M", "BOX"]
        assert kept["until"] == "2027-04-01"
