"""Stories of a company, told at random: whatever its people do in whatever order, the promises hold after every step.

One seed tells the same stories again, as long as the code is the same. A failing story is printed step by step.
`KANJO_STORIES`, `KANJO_STEPS` and `KANJO_SEED` change how many there are, how long, and which (nightly 2,000 of 200
steps: then each act is done a hundred times); `KANJO_SHRINK=1` looks for the shortest story that fails, for minutes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from kanjo.domains.approvals.facts import Decision
from tests.harness.beginning import an_office_at_work
from tests.harness.closing import Closing
from tests.harness.collecting import Collecting
from tests.harness.permuter import Act
from tests.harness.selling import Selling, Wish
from tests.plumbing import FreshDatabase

STORIES = int(os.environ.get("KANJO_STORIES", "16"))
STEPS = int(os.environ.get("KANJO_STEPS", "25"))
SEED = int(os.environ.get("KANJO_SEED", "3"))
MUST_HAPPEN = {
    *("sell", "draft", "submit", "decide", "meet", "recall", "revise", "withdraw", "send", "accept", "deliver"),
    *("preview", "approve a run", "execute billing", "execute billing.reversal", "bill", "issue by hand"),
    *("send an invoice", "credit", "preview a reversal", "deliver facts", "bank file", "bank file again", "match"),
    *("allocate", "reverse an allocation", "set off", "return a transfer", "bear a fee"),
    *("days pass", "recognise", "reverse recognition", "lock a month", "refused", "again"),
}
LEAST = STORIES * STEPS // 4_000


class Company(Selling, Collecting, Closing):
    """Everybody of the office, all at their desks."""


class TestStories:
    """A simulator that is refused everything proves nothing: so each act is counted when it is done."""

    def test_every_act_can_be_done_and_every_promise_holds_after_it(self, fresh_database: FreshDatabase) -> None:
        told: Counter[tuple[str, str]] = Counter()
        story = Company(fresh_database, *an_office_at_work(), told)
        try:
            for act in everything_once(story):
                act()
                story.everything_holds()
        finally:
            story.teardown()
        assert MUST_HAPPEN - set(_done(told)) == set(), sorted(told.items())

    @pytest.mark.row("BIL-3", "DM-9", "SFA-2", "E4")
    def test_the_promises_hold_after_every_step(self, fresh_database: FreshDatabase) -> None:
        office, customers = an_office_at_work()
        told: Counter[tuple[str, str]] = Counter()

        @seed(SEED)
        class Told(Company):
            def __init__(self) -> None:
                super().__init__(fresh_database, office, customers, told)

        run_state_machine_as_test(Told, settings=_SETTINGS)
        done = _done(told)
        assert len(MUST_HAPPEN & set(done)) > 0.6 * len(MUST_HAPPEN), sorted(told.items())
        assert {verb: done[verb] for verb in MUST_HAPPEN if done[verb] < LEAST} == {}, sorted(told.items())


def everything_once(story: Company) -> Iterator[Act]:
    """Tell a story in which every act is done, and everything is tried that must be refused."""
    wish = Wish(users=8, boxes=1, months=6, percent=110)
    yield partial(story.decide_on_own, pick=0, answer=Decision.APPROVE)
    yield partial(story.decide_without_right, pick=0, answer=Decision.REJECT, stranger=True)
    yield partial(story.decide, pick=0, answer=Decision.APPROVE, founder=False)
    yield partial(story.meet, pick=0)
    yield partial(story.accept, pick=0)
    yield partial(story.accept_twice, pick=0)
    yield partial(story.send, pick=0)
    yield partial(story.recall, pick=0)
    yield partial(story.revise, pick=0, wish=wish)
    yield partial(story.submit, pick=0, founder=False)
    yield partial(story.draft, pick=1, wish=wish, asks=True)
    yield partial(story.withdraw, pick=0)
    yield partial(story.sell, pick=1, wish=wish)
    yield partial(story.deliver, pick=0)
    yield partial(story.deliver_facts)
    yield partial(story.approve_own_run, pick=0)
    yield partial(story.allocate_too_much, receipt=0, invoice=0, above=1)
    yield partial(story.allocate, receipt=0, invoice=0, share=2)
    yield partial(story.reverse, pick=0)
    yield partial(story.match)
    yield partial(story.return_transfer, pick=0)
    yield partial(story.execute, pick=0)
    yield partial(story.set_off, pick=0)
    yield partial(story.approve_run, pick=0)
    yield partial(story.execute, pick=0)
    yield partial(story.execute_again, pick=0)
    yield partial(story.issue, pick=1)
    yield partial(story.preview)
    yield partial(story.bill)
    yield partial(story.send_invoice, pick=0)
    for paid in ("part", "less the fee", "too much", "unknown payer", "taken back", "full"):
        yield partial(story.money_arrives, pick=0, paid=paid, named=True, also=True)
    yield partial(story.same_file_again, pick=0)
    yield partial(story.bear_fee, pick=0, fee=1)
    yield partial(story.credit, pick=0)
    yield partial(story.credit_twice, pick=0)
    yield partial(story.preview_reversal, pick=0)
    yield partial(story.days_pass, days=20)
    yield partial(story.recognise, whole_month=True)
    yield partial(story.take_back, pick=0)
    yield partial(story.lock)
    yield partial(story.lock_without_right)
    yield partial(story.post_into_locked_books, pick=0)
    yield partial(story.credit_into_locked_books, pick=0, invoice=0)
    yield partial(story.issue_into_locked_books, pick=0, order=0)


def _done(told: Counter[tuple[str, str]]) -> Counter[str]:
    done: Counter[str] = Counter()
    for (verb, end), count in told.items():
        if end == "done":
            done[verb.split(":")[0]] += count
    return done


_SETTINGS = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if os.environ.get("KANJO_SHRINK") else [])],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
