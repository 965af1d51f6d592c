"""What did not follow by itself is in sight, says why, and is tried again."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.outbox.operations import deliver
from tests.web.office import Office, faults, ordered
from tests.web.story import given_up


@pytest.fixture
def dead(office: Office) -> int:
    """The key of a step after a booked order that was tried until it was given up."""
    ordered(office)
    return given_up()


class TestGivenUp:
    def test_the_queue_leads_to_it(self, office: Office, dead: int) -> None:
        """An administrator finds it on the queue, and on its page the cause, the fact and what it is about."""
        desk = office.desk(Role.ADMINISTRATOR)
        assert desk.key("delivery", "home") == dead
        page = desk.see("delivery", dead)
        assert "ask_once" in page
        assert "注文の登録" in page
        assert desk.key("order", "delivery", dead) > 0
        assert desk.key("delivery", "failed-deliveries") == dead
        assert "An order was booked" in office.desk(Role.ADMINISTRATOR, Language.ENGLISH).see("delivery", dead)

    def test_the_company_leads_to_the_list(self, office: Office) -> None:
        """The page of the selling company leads an administrator to the list, and tells others whose it is."""
        link = f'href="{reverse("failed-deliveries")}"'
        assert link in office.desk(Role.ADMINISTRATOR).see("company")
        assert link not in office.desk(Role.SALES_REP).see("company")

    def test_mended_it_follows(self, office: Office, dead: int) -> None:
        """Tried again after the cause is gone it is done; list and queue are empty, and the trail tells who asked."""
        desk = office.desk(Role.ADMINISTRATOR)
        Delivery.objects.filter(pk=dead).update(reaction="tests.web.test_given_up.follow")
        desk.do("deliver-again", dead)
        assert "実行待ち" in desk.see("delivery", dead)
        assert deliver(by=house(), at=timezone.now()) == 1
        page = desk.see("delivery", dead)
        assert "完了" in page
        assert "自動処理の再実行を指示" in page
        assert desk.actor.name in page
        assert f'href="/automatic-steps/{dead}' not in desk.see("failed-deliveries") + desk.see("home")

    def test_once(self, office: Office, dead: int) -> None:
        """A second press finds nothing to do, and no button leads there any more."""
        desk = office.desk(Role.ADMINISTRATOR)
        desk.do("deliver-again", dead)
        status, page = desk.refused("deliver-again", dead)
        assert status == 409
        assert "outbox.not-given-up" in faults(page)
        assert reverse("deliver-again", args=[dead]) not in desk.see("delivery", dead)


def follow(*_: object) -> None:
    """Answer by nothing: the reaction that is there again."""
