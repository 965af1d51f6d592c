"""Eight approvers answer one item at the same moment (M1). `KANJO_TRIALS` says for how many items (by default 10)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from threading import Barrier

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from kanjo.domains.approvals.facts import Decision, ItemState, RequestState
from kanjo.domains.approvals.models import ApprovalDecision, ApprovalItem, ApprovalRequest
from kanjo.domains.approvals.operations import decide_item
from kanjo.domains.approvals.rules.outcome import ItemNotOpen
from kanjo.domains.approvals.tests.asking import a_request, an_active_matrix, items_of
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalItemId
from kanjo.platform.outbox.models import FactRow
from tests.builders import NOW, TODAY, a_company, an_actor
from tests.plumbing import FreshDatabase

CROWD, TRIALS = 8, int(os.environ.get("KANJO_TRIALS", "10"))
Answer = Callable[[ApprovalItemId, Actor, Barrier], None]


def guarded(item_id: ApprovalItemId, by: Actor, together: Barrier) -> None:
    """The verb, called by everybody at once."""
    together.wait()
    decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=by, at=NOW)


def unguarded(item_id: ApprovalItemId, by: Actor, together: Barrier) -> None:
    """The same act without the lock: the state is looked at first and believed afterwards."""
    item = ApprovalItem.objects.get(pk=item_id)
    together.wait()
    if item.state != ItemState.OPEN:
        raise ItemNotOpen(state=ItemState(item.state).shown)
    ApprovalDecision.objects.create(
        company_id=item.company_id,
        item=item,
        outcome=Decision.APPROVE,
        decided_by_id=by.id,
        effective_on=TODAY,
    )
    item.state = ItemState.APPROVED
    item.save(update_fields=["state"])


def all_answer(answer: Answer, trials: int = 1) -> Counter[str]:
    """Open so many items, let eight CxOs answer each at once, and return what became of their answers."""
    company_id = a_company()
    an_active_matrix(company_id)
    rep = an_actor(Role.SALES_REP, companies=[company_id])
    crowd = [an_actor(Role.CXO, companies=[company_id]) for _ in range(CROWD)]
    asked = [a_request(company_id, rep, version_id=1 + n, discount=Fraction(1, 10)) for n in range(trials)]
    items = [items_of(request)[0] for request in asked]
    together = Barrier(CROWD, timeout=30)

    def alone(by: Actor) -> list[str]:
        try:
            return [one(item_id, by) for item_id in items]
        finally:
            connection.close()

    def one(item_id: ApprovalItemId, by: Actor) -> str:
        try:
            with transaction.atomic():
                answer(item_id, by, together)
        except (ItemNotOpen, IntegrityError) as refused:
            return type(refused).__name__
        else:
            return "decided"

    with ThreadPoolExecutor(CROWD) as threads:
        return Counter(answer for answers in threads.map(alone, crowd) for answer in answers)


@pytest.mark.row("M1")
class TestEightApproversAtOnce:
    def test_one_decides_and_seven_are_refused(self, fresh_database: FreshDatabase) -> None:
        """However close they come, one answer stands, seven hear that it was given, and it is told once."""
        assert all_answer(guarded, TRIALS) == {"decided": TRIALS, "ItemNotOpen": 7 * TRIALS}
        assert ApprovalDecision.objects.values("item").distinct().count() == ApprovalDecision.objects.count() == TRIALS
        assert {request.state for request in ApprovalRequest.objects.all()} == {RequestState.APPROVED}
        assert FactRow.objects.filter(kind="approvals.concluded").count() == TRIALS

    def test_without_the_lock_the_table_still_takes_one(self, fresh_database: FreshDatabase) -> None:
        """Should a verb ever forget the lock, one decision per item is all the table takes."""
        assert all_answer(unguarded) == {"decided": 1, "IntegrityError": 7}

    def test_without_lock_and_constraint_it_would_go_wrong(self, fresh_database: FreshDatabase) -> None:
        """The race is real: with both guards taken away, one item gets more than one decision."""
        with psycopg.connect(fresh_database.owner.conninfo()) as owner:
            owner.execute(
                "ALTER TABLE approvals_approvaldecision DROP CONSTRAINT approvals_approvaldecision_item_id_key"
            )
        assert all_answer(unguarded)["decided"] == CROWD
        assert ApprovalDecision.objects.count() == CROWD
