"""A sent invoice leaves by mail or into the drop folder, once; sent again it names its first sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import timezone

from kanjo.connectors.peppol.checks import check_xml
from kanjo.domains.billing.facts import Outcome
from kanjo.domains.billing.models import Sending
from kanjo.domains.billing.queries import list_sendings
from kanjo.domains.customers.operations import amend_customer
from kanjo.domains.customers.queries import details_of
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import InvoiceId
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver, deliver_again
from kanjo.platform.outbox.queries import list_given_up
from tests.api.programs import program_of
from tests.builders import NOW
from tests.web.office import Desk, Office, an_office, billed, faults

TO = "keiri@aoba.example"


@pytest.fixture
def office(db: None) -> Office:
    """A company with an issued invoice to come."""
    return an_office()


@pytest.fixture
def clerk(office: Office) -> Desk:
    """Accounts Receivable at her desk."""
    return office.desk(Role.RECEIVABLES)


@pytest.fixture
def invoice(office: Office, clerk: Desk) -> InvoiceId:
    """An invoice, and nothing that waits to leave."""
    key = clerk.key("invoice", "order", billed(office).order)
    served()
    return InvoiceId(key)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The drop folder of a home of its own."""
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, home=tmp_path))
    return tmp_path / "outgoing" / "kanjo-jp"


def served() -> None:
    """Let the reactions of the house answer what happened."""
    deliver(by=house(), at=timezone.now())


class TestMail:
    @pytest.mark.row("AR-3")
    def test_carries_the_paper_that_was_kept(self, office: Office, clerk: Desk, invoice: InvoiceId) -> None:
        """The payer's address gets one message in its language with the PDF that was kept; the record says to whom."""
        clerk.do("send-invoice", invoice, channel="mail", recipient=TO, on="2026-05-01")
        served()
        served()
        (message,) = mail.outbox
        assert message.to == [TO]
        assert message.subject == "【株式会社カンジョウ】請求書 INV-2026-000001 のご送付"
        ((name, content, media_type),) = message.attachments
        assert (name, media_type) == ("INV-2026-000001.pdf", "application/pdf")
        row = Sending.objects.get()
        assert (row.channel, row.recipient, row.first_id) == ("mail", TO, None)
        kept = clerk.client.get(f"/files/{row.file_id}").content
        assert content == kept
        page = clerk.see("invoice", invoice)
        assert TO in page
        assert TO not in office.desk(Role.AUDITOR).see("invoice", invoice)

    def test_carries_the_electronic_invoice_where_there_is_one(
        self, office: Office, clerk: Desk, invoice: InvoiceId
    ) -> None:
        """A payer with a corporate number gets the XML as well, and it keeps every rule."""
        with transaction.atomic():
            given = replace(details_of(office.customer_id), corporate_number="7000012050002")
            amend_customer(customer_id=office.customer_id, given=given, because="確認", by=house(), at=NOW)
        clerk.do("send-invoice", invoice, channel="mail", recipient=TO, on="2026-05-01")
        served()
        names = [(name, media_type) for name, _, media_type in mail.outbox[0].attachments]
        assert names == [("INV-2026-000001.pdf", "application/pdf"), ("INV-2026-000001.xml", "application/xml")]
        xml = mail.outbox[0].attachments[1][1]
        assert check_xml(xml.encode() if isinstance(xml, str) else xml) == ()

    @pytest.mark.row("AR-3")
    def test_what_never_arrived_is_not_told_as_sent(
        self, office: Office, clerk: Desk, invoice: InvoiceId, settings: Any
    ) -> None:
        """A mail server that answers nobody: under way, then given up, and delivered once it is tried anew."""
        working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        clerk.do("send-invoice", invoice, channel="mail", recipient=TO, on="2026-05-01")
        seen = []
        for attempt in range(6):
            seen.append([row.outcome for row in list_sendings(invoice, clerk.actor)])
            deliver(by=house(), at=timezone.now() + timedelta(hours=attempt))
        assert seen == [[Outcome.UNDER_WAY]] * 5 + [[Outcome.GIVEN_UP]]
        assert "送付できませんでした" in clerk.see("invoice", invoice)
        settings.EMAIL_BACKEND = working
        (given_up,) = list_given_up(clerk.actor)
        with transaction.atomic():
            deliver_again(delivery_id=given_up.id, by=office.desk(Role.ADMINISTRATOR).actor, at=timezone.now())
        served()
        assert ([row.outcome for row in list_sendings(invoice, clerk.actor)], len(mail.outbox)) == ([Outcome.SENT], 1)

    @pytest.mark.parametrize("recipient", ["", "keiri", "a@b.example, c@d.example"])
    def test_needs_one_address(self, clerk: Desk, invoice: InvoiceId, recipient: str) -> None:
        """Without exactly one address nothing is kept and nothing leaves."""
        status, page = clerk.refused("send-invoice", invoice, channel="mail", recipient=recipient, on="2026-05-01")
        assert (status, "billing.no-recipient" in faults(page)) == (400, True)
        served()
        assert (mail.outbox, Sending.objects.count()) == ([], 0)


class TestFolder:
    def test_holds_the_paper_under_its_number(self, clerk: Desk, invoice: InvoiceId, folder: Path) -> None:
        """The file stands whole in the folder of the company, and served twice it is the same one."""
        clerk.do("send-invoice", invoice, channel="folder", recipient="", on="2026-05-01")
        served()
        served()
        assert [one.name for one in folder.iterdir()] == ["INV-2026-000001.pdf"]
        kept = clerk.client.get(f"/files/{Sending.objects.get().file_id}").content
        assert (folder / "INV-2026-000001.pdf").read_bytes() == kept
        assert mail.outbox == []


class TestAgain:
    @pytest.mark.row("AR-3")
    def test_names_the_first(self, office: Office, clerk: Desk, invoice: InvoiceId) -> None:
        """Each later sending points to the first, by whatever way; the same on the same day is one."""
        clerk.do("send-invoice", invoice, on="2026-05-01")
        clerk.do("send-invoice", invoice, on="2026-05-01")
        clerk.do("send-invoice", invoice, channel="mail", recipient=TO, on="2026-05-01")
        program = program_of(office, Role.RECEIVABLES)
        program.does(f"invoices/{invoice}/send", on="2026-05-08", channel="download", recipient=TO)
        latest, mailed, first = list_sendings(invoice, clerk.actor)
        assert (first.first_id, first.channel.value, first.sent_by) == (None, "by_hand", "receivables 太郎")
        assert [(one.first_id, one.first_on) for one in (mailed, latest)] == [(first.id, first.sent_on)] * 2
        told = program.asks(f"invoices/{invoice}")["sendings"]
        assert [one["channel"] for one in told] == ["download", "mail", "by_hand"]
