"""Holds stand on their owner's queue before they end; one until acceptance ends with the acceptance."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from kanjo.domains.billing.facts import Held, HoldCondition
from kanjo.domains.billing.operations import hold_billing, release_billing
from kanjo.domains.billing.queries import HoldState, get_hold, list_invoices
from kanjo.foundation.ids import HoldId, OrderLineId
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.worklist.queries import WorkRow, list_queue
from kanjo.processes.watch_holds import KIND, watch_holds
from tests.builders import a_customer
from tests.harness.office import APRIL, Office, an_office, morning

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-10")]

MID_APRIL, EXPIRES = date(2026, 4, 15), date(2026, 4, 20)


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def boxes(office: Office) -> OrderLineId:
    """Two boxes, ordered on the first of April and not yet accepted."""
    return office.sell(a_customer(), [office.boxes(2)]).lines[0].order_line_id


def hold(
    office: Office, line: OrderLineId, condition: HoldCondition = HoldCondition.OTHER, expires_on: date | None = EXPIRES
) -> HoldId:
    return hold_billing(
        company_id=office.company_id,
        held=Held(order_line_id=line),
        condition=condition,
        because="確認中",
        owner_id=office.receivables.id,
        on=APRIL,
        expires_on=expires_on,
        by=office.receivables,
        at=morning(APRIL),
    )


def watch(office: Office, on: date) -> tuple[HoldId, ...]:
    return watch_holds(company_id=office.company_id, on=on, by=house(), at=morning(on))


def queue(office: Office) -> list[WorkRow]:
    return [row for row in list_queue(office.receivables) if row.kind == KIND]


class TestWatchHolds:
    def test_a_week_before_it_ends_and_once(self, office: Office, boxes: OrderLineId) -> None:
        """Not eight days before; then with its day, its owner and why; a second morning adds nothing."""
        key = hold(office, boxes)
        hold(office, boxes, expires_on=None)
        assert watch(office, date(2026, 4, 13)) == ()
        assert watch(office, date(2026, 4, 14)) == watch(office, MID_APRIL) == (key,)
        (work,) = queue(office)
        assert (work.subject_id, work.due_on, work.owner) == (key, EXPIRES, office.receivables.name)
        assert "確認中" in work.why.ja
        assert "2026-04-20" in work.why.en

    def test_the_day_it_ended_it_says_so(self, office: Office, boxes: OrderLineId) -> None:
        """From its last day on the same work says that it is over, and that it is billed."""
        hold(office, boxes)
        watch(office, MID_APRIL)
        watch(office, EXPIRES)
        (work,) = queue(office)
        assert "自動解除されました" in work.why.ja

    def test_released_it_is_off_the_queue(self, office: Office, boxes: OrderLineId) -> None:
        """Who releases the hold has done the work, and the next morning it does not come back."""
        key = hold(office, boxes)
        watch(office, MID_APRIL)
        release_billing(hold_id=key, on=MID_APRIL, because="済", by=office.receivables, at=morning(MID_APRIL))
        assert (queue(office), watch(office, EXPIRES)) == ([], ())


class TestReleaseAccepted:
    def test_the_acceptance_releases_what_waited_for_it(self, office: Office, boxes: OrderLineId) -> None:
        """The hold until acceptance is released on that day, told twice or not; one for another reason stays."""
        waits = hold(office, boxes, HoldCondition.ACCEPTANCE, None)
        office.deliver(boxes, on=MID_APRIL)
        deliver(by=house(), at=timezone.now())
        deliver(by=house(), at=timezone.now())
        row = get_hold(office.receivables, waits, on=MID_APRIL)
        assert (row.state, row.released_on) == (HoldState.RELEASED, MID_APRIL)
        assert "検収" in row.released_because
        office.bill(MID_APRIL)
        assert len(list_invoices(office.receivables)) == 1

    def test_another_condition_stays(self, office: Office, boxes: OrderLineId) -> None:
        """What waits for a purchase order number goes on waiting."""
        stays = hold(office, boxes, HoldCondition.PO_NUMBER, None)
        office.deliver(boxes, on=MID_APRIL)
        deliver(by=house(), at=timezone.now())
        assert get_hold(office.receivables, stays, on=MID_APRIL).state is HoldState.OPEN
        office.bill(MID_APRIL)
        assert list_invoices(office.receivables) == []
