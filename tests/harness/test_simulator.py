"""Stories of a company, told at random: whatever its people do in whatever order, the promises hold after every step.

One seed tells the same stories again. A failing story is printed as the steps that lead to it, the shortest that was
found. `KANJO_STORIES`, `KANJO_STEPS` and `KANJO_SEED` change how many there are, how long, and which.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.harness.beginning import an_office_at_work
from tests.harness.closing import Closing
from tests.harness.collecting import Collecting
from tests.harness.selling import Selling
from tests.plumbing import FreshDatabase

STORIES = int(os.environ.get("KANJO_STORIES", "12"))
STEPS = int(os.environ.get("KANJO_STEPS", "25"))
SEED = int(os.environ.get("KANJO_SEED", "1"))
MUST_HAPPEN = {
    *("sell", "draft", "submit", "decide", "meet", "recall", "revise", "withdraw", "send", "accept", "deliver"),
    *("preview", "approve a run", "execute billing", "execute billing.reversal", "bill", "issue by hand"),
    *("send an invoice", "credit", "preview a reversal", "deliver facts", "bank file", "bank file again", "match"),
    *("allocate", "reverse an allocation", "set off", "return a transfer", "bear a fee"),
    *("days pass", "recognise", "reverse recognition", "lock a month", "refused", "again"),
}
"""A simulator that is refused everything proves nothing: each of these is done in at least one story."""


class TestStories:
    @pytest.mark.row("MO-1")
    def test_the_promises_hold_after_every_step(self, fresh_database: FreshDatabase) -> None:
        office, customers = an_office_at_work()
        told: Counter[tuple[str, str]] = Counter()

        @seed(SEED)
        class Company(Selling, Collecting, Closing):
            """Everybody of the office, all at their desks."""

            def __init__(self) -> None:
                super().__init__(fresh_database, office, customers, told)

        run_state_machine_as_test(Company, settings=_SETTINGS)
        never = MUST_HAPPEN - {verb.split(":")[0] for (verb, end) in told if end == "done"}
        assert not never, f"In no story did anybody {never}; told were {sorted(told.items())}"


_SETTINGS = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if os.environ.get("KANJO_SHRINK") else [])],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
