from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from kanjo.domains.opportunities.facts import NewOpportunity, Stage
from kanjo.domains.opportunities.rules.stages import (
    ClosedBeforeEngaged,
    CurrencyDiffers,
    DayMissing,
    NameWrong,
    ValueNegative,
    WrongStage,
    checked,
    checked_name,
    refuse_unless_step,
    refuse_value,
)
from kanjo.foundation.ids import CustomerId, PersonId, ProductId
from kanjo.foundation.refusals import Refusal

LAWFUL = {("prospecting", "engaging"), ("prospecting", "lost"), ("engaging", "won"), ("engaging", "lost")}


def a_deal(stage: Stage, *, engaged_on: date | None = None, closed_on: date | None = None) -> NewOpportunity:
    return NewOpportunity(
        external_key="K1",
        name=" Acme: Box ",
        customer_id=CustomerId(1),
        product_id=ProductId(1),
        owner_id=PersonId(1),
        currency="USD",
        stage=stage,
        engaged_on=engaged_on,
        closed_on=closed_on,
    )


@pytest.mark.parametrize(("stage", "to"), list(product(Stage, Stage)))
def test_a_deal_moves_only_along_its_steps(stage: Stage, to: Stage) -> None:
    """Of sixteen steps four are lawful: engage, win, and lose before or after."""
    if (stage.value, to.value) in LAWFUL:
        refuse_unless_step("Acme: Box", stage, to)
    else:
        with pytest.raises(WrongStage):
            refuse_unless_step("Acme: Box", stage, to)


def test_a_value_has_the_currency_of_the_deal_and_is_not_negative() -> None:
    """A deal may be won for nothing, never for less, and never in another currency."""
    refuse_value(0, given="USD", expected="USD")
    with pytest.raises(ValueNegative):
        refuse_value(-1, given="USD", expected="USD")
    with pytest.raises(CurrencyDiffers):
        refuse_value(1, given="JPY", expected="USD")


def test_a_win_elsewhere_has_its_day_and_value() -> None:
    """Without both nobody could win it here."""
    won = replace(a_deal(Stage.ENGAGING, engaged_on=date(2026, 4, 1)), won_elsewhere=True, expected_minor=10)
    with pytest.raises(DayMissing):
        checked(won)
    assert checked(replace(won, expected_close_on=date(2026, 5, 1))).won_elsewhere


def test_a_name_has_one_to_two_hundred_characters() -> None:
    """Blanks around a name do not count."""
    assert checked_name("  " + "n" * 200 + " ") == "n" * 200
    for wrong in ("", "   ", "n" * 201):
        with pytest.raises(NameWrong):
            checked_name(wrong)


@pytest.mark.parametrize(
    ("deal", "refusal"),
    [
        (a_deal(Stage.ENGAGING), DayMissing),
        (a_deal(Stage.LOST), DayMissing),
        (a_deal(Stage.ENGAGING, engaged_on=date(2017, 1, 2), closed_on=date(2017, 1, 3)), DayMissing),
        (a_deal(Stage.LOST, engaged_on=date(2017, 1, 2), closed_on=date(2017, 1, 1)), ClosedBeforeEngaged),
    ],
)
def test_a_deal_of_another_system_brings_the_days_of_its_stage(deal: NewOpportunity, refusal: type[Refusal]) -> None:
    """Engaging needs its first day, lost its last, in this order."""
    with pytest.raises(refusal) as refused:
        checked(deal)
    assert refused.value.sentence.ja


def test_a_sound_deal_of_another_system_is_taken_as_it_is() -> None:
    """Only blanks around the name go."""
    deal = a_deal(Stage.LOST, engaged_on=date(2017, 1, 2), closed_on=date(2017, 1, 2))
    assert checked(deal).name == "Acme: Box"
    assert checked(a_deal(Stage.PROSPECTING)).engaged_on is None
