"""Answers, ends and late payments are told to whom they concern, once however often they are delivered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from kanjo.domains.approvals.facts import Decision
from kanjo.domains.quotes.operations import withdraw_quote
from kanjo.foundation.ids import ApprovalItemId
from kanjo.platform.identity.queries import house
from kanjo.platform.notices.models import Notice
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.outbox.operations import deliver
from kanjo.processes.ask_approval import decide_item
from tests.builders import a_customer
from tests.harness.office import APRIL, Office, an_office, morning

pytestmark = pytest.mark.django_db

SOON = morning(APRIL) + timedelta(hours=1)


@pytest.fixture
def office() -> Office:
    return an_office()


@transaction.atomic
def answered(office: Office, *, days_later: int = 0) -> None:
    """Let the rep draft, the founder submit and the CxO approve; tell it on."""
    request_id = office.submit(office.quote(a_customer(), [office.users(10, 9_000)]), by=office.founder)
    [item_id] = office.open_items(request_id)
    decide_item(item_id=ApprovalItemId(item_id), decision=Decision.APPROVE, on=APRIL, by=office.cxo, at=morning(APRIL))
    deliver(by=house(), at=SOON + timedelta(days=days_later))


def told() -> list[tuple[int, str, str]]:
    return list(Notice.objects.order_by("id").values_list("person_id", "kind", "says_en"))


class TestAnAnswer:
    def test_is_told_to_who_submitted(self, office: Office) -> None:
        """The drafter has it on its queue; who submitted it is told; delivered again it is told to nobody."""
        answered(office)
        expected = [(office.founder.id, "answer", "Quote Q-2026-000001 for 株式会社青葉商事 is: Approved.")]
        assert told() == expected
        Delivery.objects.filter(reaction__contains="tell_people").update(state="waiting")
        assert deliver(by=house(), at=SOON) > 0
        assert told() == expected

    def test_told_too_late_is_no_news(self, office: Office) -> None:
        """A history that is played again, or a deal taken over from elsewhere, fills nobody's notices."""
        answered(office, days_later=20)
        assert told() == []


class TestAnEnd:
    def test_is_told_to_who_carries_the_deal(self, office: Office) -> None:
        """A quote that somebody else withdrew is told to the rep; its own withdrawal is not."""
        quotes = [office.quote(a_customer(), [office.users(10)]) for _ in range(2)]
        for quote_id, by in zip(quotes, (office.founder, office.rep), strict=True):
            with transaction.atomic():
                withdraw_quote(quote_id=quote_id, because="見送り", on=APRIL, by=by, at=morning(APRIL))
        deliver(by=house(), at=SOON)
        assert [(person, kind) for person, kind, _ in told()] == [(office.rep.id, "deal")]
