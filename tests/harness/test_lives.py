"""Contracts that live for months, billed every month: what stands is what the facts say, and the books hold."""

from __future__ import annotations

import os
from random import Random

import pytest

from kanjo.domains.billing.models import Charge, Split
from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.foundation.periods import add_months
from tests.harness.lives.acts import ACTS
from tests.harness.lives.holding import settle
from tests.harness.lives.living import TERM, Lives
from tests.harness.lives.oracle import broken, left_out, unlike_its_usage, unlike_the_oracle
from tests.harness.office import APRIL, an_office

CONTRACTS = int(os.environ.get("KANJO_LIVES", "12"))
MONTHS = int(os.environ.get("KANJO_LIVED_MONTHS", "9"))
"""All of it is 500 contracts over 36 months."""


@pytest.mark.row("BIL-7", "SCL-6")
@pytest.mark.parametrize("seed", range(4, 4 + int(os.environ.get("KANJO_LIFE_SEEDS", "1"))))
def test_lives_are_billed_as_they_were_lived(db: None, seed: int) -> None:
    """Amended, paused, held, moved, shared, split, credited, taken back: every month equals the oracle and verifies."""
    lives = Lives(an_office(), Random(seed), ACTS)
    lives.begin(CONTRACTS)
    for month in range(MONTHS):
        on = add_months(APRIL, month) + DAY * lives.chance.randrange(28)
        lives.live(on, acts=max(CONTRACTS // 2, 4))
        assert left_out(lives.office, on) == [], on
        lives.office.bill(on)
        assert lives.office.bill(on)["failed"] == 0
        assert (unlike_the_oracle(lives.office, on), broken(lives.office)) == ([], []), on
        assert unlike_its_usage(lives.office, on) == [], on
    after = TERM.until + 60 * DAY
    settle(lives, after)
    lives.office.bill(after)
    posted = Charge.objects.count()
    lives.office.bill(after)
    assert Charge.objects.count() == posted
    assert (unlike_the_oracle(lives.office, after), broken(lives.office)) == ([], [])
    assert unlike_its_usage(lives.office, after) == []
    assert {act.__name__ for act in ACTS} == set(lives.done), lives.refused
    assert Split.objects.exists()
    assert Charge.objects.filter(shared_line_id__isnull=False, credited_line_id__isnull=False, beside=False).exists()
