"""Contracts that live for months, billed every month: what stands is what the facts say, and the books hold."""

from __future__ import annotations

import logging
import os
from datetime import date
from random import Random

import pytest

from kanjo.domains.billing.models import Charge, Split
from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.foundation.periods import add_months
from tests.harness.lives.acts import ACTS
from tests.harness.lives.holding import KINDS, settle
from tests.harness.lives.living import TERM, Lives
from tests.harness.lives.looking import Kept, Look, broken, left_out
from tests.harness.lives.oracle import Oracle
from tests.harness.lives.waiting import ends
from tests.harness.office import APRIL, an_office

pytestmark = pytest.mark.once

_LOG = logging.getLogger(__name__)
CONTRACTS = int(os.environ.get("KANJO_LIVES", "12"))
MONTHS = int(os.environ.get("KANJO_LIVED_MONTHS", "9"))
"""All of it is 500 contracts over 36 months."""
FIRST = int(os.environ.get("KANJO_LIFE_SEED", "29"))
WHOLE = 29
"""The seed with which everything happens, few contracts as there are."""


@pytest.mark.row("BIL-7", "BIL-10", "SCL-6")
@pytest.mark.parametrize("seed", range(FIRST, FIRST + int(os.environ.get("KANJO_LIFE_SEEDS", "1"))))
def test_lives_are_billed_as_they_were_lived(db: None, seed: int) -> None:
    """Amended, paused, held, accepted, cut, shared, credited, taken back: each month equals the oracle and verifies."""
    lives, oracle, kept = Lives(an_office(), Random(seed), ACTS), Oracle(), Kept()
    lives.begin(CONTRACTS)
    for on in [add_months(APRIL, month) + DAY * lives.chance.randrange(28) for month in range(MONTHS)]:
        lives.live(on, acts=max(CONTRACTS * 5 // 6, 4))
        assert left_out(lives.office, on) == [], on
        _bill(lives, oracle, kept, on)
    after = TERM.until + 60 * DAY
    ended = ends(lives.waits, after)
    settle(lives, after)
    _bill(lives, oracle, kept, after)
    _LOG.info("done %s, refused %s, kept back and billed %s, ended %s", lives.done, lives.refused, kept.billed, ended)
    if seed == WHOLE:
        assert {act.__name__ for act in ACTS} == set(lives.done), lives.refused
        assert (set(KINDS), {"day", "fact", "hand"}) == (set(kept.billed), set(ended))
        assert Split.objects.exists()
        given_back = Charge.objects.filter(credited_line_id__isnull=False, beside=False)
        assert given_back.filter(shared_line_id__isnull=False).exists()


def _bill(lives: Lives, oracle: Oracle, kept: Kept, on: date) -> None:
    """Bill a day twice: all that is due and not held, at once, and no more."""
    before = Look(lives, oracle, on)
    assert before.unlike_the_house() == [], on
    lives.office.bill(on)
    posted = Charge.objects.count()
    assert lives.office.bill(on)["failed"] == 0
    assert Charge.objects.count() == posted
    after = Look(lives, oracle, on)
    assert (after.unbilled(), after.misbilled(), after.billed_on_hold(before)) == ([], [], []), on
    assert broken(lives.office) == [], on
    kept.run(before, after)
