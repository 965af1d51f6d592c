"""A link that is withdrawn while it is used: the download was before, or it is refused; it is never counted after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Channel
from kanjo.domains.billing.models import Download, Invoice, LinkWithdrawal, Sending
from kanjo.domains.billing.queries import find_secret
from kanjo.domains.billing.rules.guards import LinkLost, LinkOver, Unexplained
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import InvoiceId
from kanjo.processes.paper_by_link import fetch_paper
from tests.builders import TODAY, an_actor
from tests.plumbing import FreshDatabase
from tests.processes.test_bill import a_house_with_orders
from tests.races import until_somebody_waits

pytestmark = pytest.mark.row("AR-3")


@dataclass
class Linked:
    """An invoice that was sent by link."""

    invoice: InvoiceId
    clerk: Actor
    secret: str

    def withdraw(self, because: str = "送付先の誤り") -> None:
        """Take the link back."""
        billing.withdraw_link(
            invoice_id=self.invoice,
            sending_id=Sending.objects.get().pk,
            because=because,
            by=self.clerk,
            at=timezone.now(),
        )

    def download(self) -> bytes:
        """Press the button of the page of the link."""
        return fetch_paper(secret=self.secret, part="pdf", at=timezone.now()).content


def linked() -> Linked:
    company, _ = a_house_with_orders()
    clerk = an_actor(Role.RECEIVABLES, companies=[company])
    invoice = InvoiceId(Invoice.objects.order_by("id")[0].pk)
    with transaction.atomic():
        billing.send_invoice(
            invoice_id=invoice, on=TODAY, channel=Channel.DOWNLOAD, recipient="keiri@aoba.example", by=clerk,
            at=timezone.now(),
        )  # fmt: skip
    found = find_secret(Sending.objects.get().pk, timezone.now())
    assert found is not None
    return Linked(invoice, clerk, found[0])


def close() -> None:
    """Close the connection of the thread that does this."""
    connection.close()


@pytest.fixture
def hand() -> Iterator[ThreadPoolExecutor]:
    """Somebody else, on a connection of its own."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(close).result()


def whole(act: Callable[[], Any]) -> Any:
    """Do it in a transaction of its own."""
    with transaction.atomic():
        return act()


class TestAtOnce:
    def test_the_download_came_first(self, fresh_database: FreshDatabase, hand: ThreadPoolExecutor) -> None:
        """Who withdraws waits for the paper that is being handed out; it is counted before the link ends."""
        link = linked()
        with transaction.atomic():
            assert link.download().startswith(b"%PDF")
            withdrawn = hand.submit(whole, link.withdraw)
            until_somebody_waits()
        withdrawn.result()
        assert Download.objects.get().recorded_at < LinkWithdrawal.objects.get().recorded_at

    def test_the_withdrawal_came_first(self, fresh_database: FreshDatabase, hand: ThreadPoolExecutor) -> None:
        """Who presses the button meanwhile gets no paper, and nothing is counted."""
        link = linked()
        with transaction.atomic():
            link.withdraw()
            pressed = hand.submit(whole, link.download)
            until_somebody_waits()
        with pytest.raises(LinkOver, match="株式会社カンジョウ"):
            pressed.result()
        assert not Download.objects.exists()


@pytest.mark.django_db
class TestLink:
    @pytest.mark.parametrize("because", ["", " 　\n"])
    def test_is_withdrawn_with_a_reason(self, because: str) -> None:
        """The verb asks for it, whichever door it is; the link stays good."""
        link = linked()
        with pytest.raises(Unexplained):
            link.withdraw(because)
        assert (LinkWithdrawal.objects.exists(), bool(link.download())) == (False, True)

    def test_under_another_key_is_lost(self) -> None:
        """Its secret cannot be made again: no letter with a link that opens nothing; withdrawn, it can be sent anew."""
        link, sending = linked(), Sending.objects.get().pk
        with override_settings(SECRET_KEY="another key of the house"):
            with pytest.raises(LinkLost):
                find_secret(sending, timezone.now())
            link.withdraw("鍵の変更")
            assert find_secret(sending, timezone.now()) is None
