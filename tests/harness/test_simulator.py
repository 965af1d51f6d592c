"""Stories of a company, told at random: whatever its people do in whatever order, the promises hold after every step.

One seed tells the same stories again; the one that stands here is one under which a few stories hold every act. A
failing story is printed step by step. `KANJO_STORIES`, `KANJO_STEPS` and `KANJO_SEED` change how many there are, how
long, and which (nightly 2,000 of 200 steps); `KANJO_SHRINK=1` looks for the shortest story that fails, for minutes.
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

STORIES = int(os.environ.get("KANJO_STORIES", "16"))
STEPS = int(os.environ.get("KANJO_STEPS", "25"))
SEED = int(os.environ.get("KANJO_SEED", "3"))
LEAST = max(1, STORIES * STEPS // 4_000)
MUST_HAPPEN = {
    *("sell", "draft", "submit", "decide", "meet", "recall", "revise", "withdraw", "send", "accept", "deliver"),
    *("preview", "approve a run", "execute billing", "execute billing.reversal", "bill", "issue by hand"),
    *("send an invoice", "credit", "preview a reversal", "deliver facts", "bank file", "bank file again", "match"),
    *("allocate", "reverse an allocation", "set off", "return a transfer", "bear a fee"),
    *("days pass", "recognise", "reverse recognition", "lock a month", "refused", "again"),
}
"""A simulator that is refused everything proves nothing: each of these is done at least `LEAST` times in all."""


class TestStories:
    @pytest.mark.row("BIL-3", "DM-9", "SFA-2")
    def test_the_promises_hold_after_every_step(self, fresh_database: FreshDatabase) -> None:
        office, customers = an_office_at_work()
        told: Counter[tuple[str, str]] = Counter()

        @seed(SEED)
        class Company(Selling, Collecting, Closing):
            """Everybody of the office, all at their desks."""

            def __init__(self) -> None:
                super().__init__(fresh_database, office, customers, told)

        run_state_machine_as_test(Company, settings=_SETTINGS)
        done: Counter[str] = Counter()
        for (verb, end), count in told.items():
            done[verb.split(":")[0]] += count if end == "done" else 0
        assert {verb: done[verb] for verb in MUST_HAPPEN if done[verb] < LEAST} == {}, sorted(told.items())


_SETTINGS = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if os.environ.get("KANJO_SHRINK") else [])],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
