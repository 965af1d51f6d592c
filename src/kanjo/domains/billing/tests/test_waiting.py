"""Why a line is not billed: a reason for every state, in both languages, whatever the others are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.billing.facts import HoldCondition
from kanjo.domains.billing.rules.waiting import (
    DaysAway,
    Moved,
    OnHoldBy,
    Standing,
    Why,
    Withdrawn,
    reasons,
)
from kanjo.foundation.ids import AmendmentId, HoldId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text

pytestmark = pytest.mark.row("BIL-10")

TODAY = date(2026, 4, 10)
NOTHING = Money(0, "JPY")
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
PLAIN = Standing(
    on=TODAY,
    service=YEAR,
    awaits_acceptance=False,
    billed_until=date(2026, 5, 1),
    next_on=date(2026, 5, 1),
    to_come=Money(10_000, "JPY"),
    due=NOTHING,
    waiting=NOTHING,
)
HELD = OnHoldBy(HoldId(7), HoldCondition.PO_NUMBER, "注文書待ち", "経理 花子", date(2026, 4, 2), date(2026, 4, 21))
CASES: dict[str, tuple[dict[str, Any], Why, tuple[str, ...]]] = {
    "the payer could not be invoiced": ({"failed": Text(en="no rate", ja="税率なし")}, Why.FAILED, ("no rate",)),
    "on hold": ({"holds": (HELD,)}, Why.HELD, ("注文書待ち", "経理 花子", "2026-04-02", "2026-04-20")),
    "on hold without an end": ({"holds": (replace(HELD, expires_on=None),)}, Why.HELD, ("until released",)),
    "waits for acceptance": (
        {"awaits_acceptance": True, "waiting": Money(9, "JPY")},
        Why.ACCEPTANCE,
        ("once the customer has accepted",),
    ),
    "its billing day was moved": (
        {"moved": (Moved(date(2026, 5, 1), date(2026, 5, 20), "顧客の依頼"),)},
        Why.MOVED,
        ("2026-05-01", "2026-05-20", "顧客の依頼"),
    ),
    "suspended": (
        {"away": (DaysAway(date(2026, 4, 5), date(2026, 4, 21), for_good=False),)},
        Why.SUSPENDED,
        ("2026-04-05", "2026-04-20"),
    ),
    "suspended until resumed": (
        {"away": (DaysAway(date(2026, 4, 5), None, for_good=False),)},
        Why.SUSPENDED,
        ("2026-04-05", "until it is resumed"),
    ),
    "ended for good": (
        {"away": (DaysAway(date(2026, 4, 5), None, for_good=True),)},
        Why.ENDED,
        ("2026-04-04",),
    ),
    "its service is over": (
        {"service": Period(date(2025, 4, 1), date(2026, 4, 1)), "next_on": None},
        Why.ENDED,
        ("2026-03-31",),
    ),
    "its amendment was withdrawn": (
        {"withdrawn": (Withdrawn(AmendmentId(3), "AM-3", "AM-4"),)},
        Why.WITHDRAWN,
        ("AM-3", "AM-4"),
    ),
    "due": ({"next_on": TODAY, "due": Money(5, "JPY")}, Why.DUE, ("next run",)),
    "not due yet": ({}, Why.NOT_DUE, ("2026-05-01",)),
    "billed already": ({"next_on": None}, Why.BILLED, ("2026-04-30",)),
    "nothing to bill": ({"next_on": None, "billed_until": None}, Why.NOTHING, ("Nothing",)),
}
OVER: dict[str, tuple[dict[str, Any], Why]] = {
    "a pause that is over": ({"away": (DaysAway(date(2026, 4, 2), TODAY, for_good=False),)}, Why.SUSPENDED),
    "a pause of no days": ({"away": (DaysAway(date(2026, 4, 20), date(2026, 4, 20), for_good=False),)}, Why.SUSPENDED),
    "a move to today": ({"moved": (Moved(date(2026, 5, 1), TODAY, "x"),)}, Why.MOVED),
    "accepted": ({"awaits_acceptance": False}, Why.ACCEPTANCE),
    "due but on hold": ({"next_on": TODAY, "holds": (HELD,)}, Why.DUE),
    "due but refused": ({"next_on": TODAY, "failed": Text(en="x", ja="x")}, Why.DUE),
    "a service that ends tomorrow": ({"service": Period(YEAR.start, TODAY + timedelta(days=1))}, Why.ENDED),
}


@pytest.mark.parametrize("name", CASES)
def test_each_state_has_its_reason(name: str) -> None:
    """A line that is {name} says so, with the facts of it."""
    changed, why, facts = CASES[name]
    (found,) = [one for one in reasons(replace(PLAIN, **changed)) if one.why is why]
    assert all(fact in found.says.en for fact in facts)
    assert found.says.ja
    assert why.shown.ja


@pytest.mark.parametrize("name", OVER)
def test_what_is_over_is_no_reason(name: str) -> None:
    """What keeps nothing back any more, or what something stronger keeps back, is not told."""
    changed, why = OVER[name]
    assert why not in {one.why for one in reasons(replace(PLAIN, **changed))}


def test_a_hold_tells_its_money_and_leads_to_itself() -> None:
    """How much waits stands with the hold that keeps it back, and which hold it is."""
    (held, *_) = reasons(replace(PLAIN, holds=(HELD,), next_on=TODAY, due=Money(10_000, "JPY")))
    assert (held.why, held.amount, held.hold_id) == (Why.HELD, Money(10_000, "JPY"), HoldId(7))


@given(st.lists(st.sampled_from(sorted(CASES)), unique=True))
def test_states_together_are_all_told(names: list[str]) -> None:
    """Any states at once: there is a reason, and each state that its facts still say has one of its own."""
    changed = {field: value for name in names for field, value in CASES[name][0].items()}
    line = replace(PLAIN, **changed)
    told = [one.why for one in reasons(line)]
    assert told
    assert (Why.HELD in told) == bool(line.holds)
    assert (Why.WITHDRAWN in told) == bool(line.withdrawn)
    assert (Why.FAILED in told) == (line.failed is not None)
    assert (Why.BILLED in told) == (line.billed_until is not None)
