"""An invoice by link: whoever has the link sees what it is and downloads it, while the link is good; it is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from kanjo.domains.billing.facts import Outcome
from kanjo.domains.billing.models import Download, PaperLink, Sending
from kanjo.domains.billing.queries import list_sendings
from kanjo.domains.customers.operations import amend_customer
from kanjo.domains.customers.queries import details_of
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.texts import Language
from kanjo.platform.identity.attempts import SharedAttempts
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.outbox.operations import deliver
from tests.api.programs import program_of
from tests.builders import NOW
from tests.web.office import Desk, Office, an_office, billed, faults

TO = "keiri@aoba.example"
SAFE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


@pytest.fixture
def office(db: None) -> Iterator[Office]:
    """A company with an issued invoice to come."""
    yield an_office()
    SharedAttempts("", {}).clear()


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


def served() -> None:
    """Let the reactions of the house answer what happened."""
    deliver(by=house(), at=timezone.now())


def linked(clerk: Desk, invoice: InvoiceId, *, to: str = TO, on: str = "2026-05-01") -> str:
    """Send the invoice by link; return the path of the link as the mail has it."""
    clerk.do("send-invoice", invoice, channel="download", recipient=to, on=on)
    served()
    return path_in(str(mail.outbox[-1].body))


def path_in(body: str) -> str:
    """Return the path of the link in a letter."""
    address = re.escape(settings.ENVIRONMENT.public_url)
    found = re.search(rf"{address}(/papers/\S+)", body)
    assert found, body
    return found[1]


@pytest.mark.row("AR-3")
class TestLink:
    def test_is_mailed_without_the_paper(self, clerk: Desk, invoice: InvoiceId) -> None:
        """One letter in the payer's language, with a link and no file, however often it is served."""
        path = linked(clerk, invoice)
        served()
        (message,) = mail.outbox
        assert (message.to, message.attachments) == ([TO], [])
        assert message.subject == "【株式会社カンジョウ】請求書 INV-2026-000001 のご送付"
        assert [row.outcome for row in list_sendings(invoice, clerk.actor)] == [Outcome.SENT]
        secret = path.rpartition("/")[2]
        assert len(secret) == 43
        row = PaperLink.objects.get()
        assert secret not in f"{row.digest} {row.salt}"

    def test_shows_the_paper_to_whoever_has_it(self, clerk: Desk, invoice: InvoiceId) -> None:
        """Number, issuer, amount, due day and a button; no payer, no address, and nothing for caches or searches."""
        answer = Client().get(linked(clerk, invoice))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert {name: answer.headers[name] for name in SAFE} == SAFE
        for told in ("INV-2026-000001", "株式会社カンジョウ", "¥64,900", "2026-05-31"):
            assert told in page, told
        assert ("青葉商事" in page, TO in page) == (False, False)
        assert "/invoices" not in page

    def test_gives_the_paper_that_was_kept(self, clerk: Desk, invoice: InvoiceId) -> None:
        """The button downloads the bytes of the sending; only that counts, not the look of a mail scanner."""
        path, anybody = linked(clerk, invoice), Client(enforce_csrf_checks=True)
        anybody.get(path)
        anybody.head(path)
        assert Download.objects.count() == 0
        assert "まだダウンロードされていません" in clerk.see("invoice", invoice)
        answer = anybody.post(path, {"file": "pdf"}, headers={"Origin": "null"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="INV-2026-000001.pdf"'
        assert {name: answer.headers[name] for name in SAFE} == SAFE
        assert answer.content == clerk.client.get(f"/files/{Sending.objects.get().file_id}").content
        anybody.post(path, {"file": "pdf"})
        page = clerk.see("invoice", invoice)
        assert re.search(r"初回ダウンロード [^、]+、計2回", page)

    def test_gives_a_credit_note(self, clerk: Desk, invoice: InvoiceId) -> None:
        """It says what it is and how much is given back; no day to pay, and its own bytes."""
        note = InvoiceId(clerk.do("credit-invoice", invoice, because="誤り", on="2026-05-01"))
        served()
        path = linked(clerk, note)
        page = Client().get(path).content.decode()
        for told in ("返還請求書", "CN-2026-000001", ">¥64,900<"):
            assert told in page, told
        assert "支払期日" not in page
        assert str(mail.outbox[-1].subject).endswith("返還請求書 CN-2026-000001 のご送付")
        answer = Client().post(path, {"file": "pdf"})
        assert answer.headers["Content-Disposition"] == 'attachment; filename="CN-2026-000001.pdf"'
        assert answer.content == clerk.client.get(f"/invoices/{note}/invoice.pdf").content

    def test_under_another_key_no_letter_leaves(
        self, clerk: Desk, invoice: InvoiceId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The key of the house changed before the letter left: its link would open nothing, and it says so."""
        clerk.do("send-invoice", invoice, channel="download", recipient=TO, on="2026-05-01")
        monkeypatch.setattr(settings, "SECRET_KEY", "another key of the house")
        served()
        assert mail.outbox == []
        failed = Delivery.objects.exclude(state="delivered").get()
        assert "another key of the house" in failed.error

    def test_is_told_by_the_api(self, office: Office, clerk: Desk, invoice: InvoiceId) -> None:
        """How long the link is good, when the paper was downloaded first, and how often."""
        path = linked(clerk, invoice)
        for _ in range(2):
            Client().post(path, {"file": "pdf"})
        (told,) = program_of(office, Role.RECEIVABLES).asks(f"invoices/{invoice}")["sendings"]
        assert (told["link"]["downloads"], told["link"]["withdrawn_at"]) == (2, None)
        assert told["link"]["first_at"] is not None
        assert path.rpartition("/")[2] not in str(told)

    def test_gives_the_electronic_invoice_that_was_sent(self, office: Office, clerk: Desk, invoice: InvoiceId) -> None:
        """Where the sending carried JP PINT the page offers it as well; where it did not, there is none."""
        without = linked(clerk, invoice)
        with transaction.atomic():
            given = replace(details_of(office.customer_id), corporate_number="7000012050002")
            amend_customer(customer_id=office.customer_id, given=given, because="確認", by=house(), at=NOW)
        path = linked(clerk, invoice, on="2026-05-08")
        assert "JP PINT" in Client().get(path).content.decode()
        answer = Client().post(path, {"file": "xml"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
        assert b"INV-2026-000001" in answer.content
        assert "JP PINT" not in Client().get(without).content.decode()
        assert Client().post(without, {"file": "xml"}).status_code == 404
        assert list(Download.objects.values_list("part", flat=True)) == ["xml"]

    def test_speaks_the_language_of_the_invoice_or_the_other(self, clerk: Desk, invoice: InvoiceId) -> None:
        """Japanese as the invoice is; the switch leads to the same in English, and back."""
        path = linked(clerk, invoice)
        page = Client().get(path).content.decode()
        assert ('lang="ja"' in page, f'href="{path}?language=en"' in page) == (True, True)
        page = Client().get(f"{path}?language=en").content.decode()
        assert ('<html lang="en"' in page, "Download the PDF" in page) == (True, True)
        assert f'href="{path}?language=ja"' in page

    def test_stays_good_beside_a_later_one(self, clerk: Desk, invoice: InvoiceId) -> None:
        """An invoice sent again has a link of its own; the one before goes on giving its own paper."""
        first, second = linked(clerk, invoice), linked(clerk, invoice, on="2026-05-08")
        assert first != second
        for path in (first, second):
            assert Client().post(path, {"file": "pdf"}).status_code == 200
        assert [row.link.downloads for row in list_sendings(invoice, clerk.actor) if row.link] == [1, 1]
        assert [row.first_id is None for row in list_sendings(invoice, clerk.actor)] == [False, True]

    @pytest.mark.parametrize("recipient", ["", "青葉商事 経理部"])
    def test_needs_one_address(self, clerk: Desk, invoice: InvoiceId, recipient: str) -> None:
        """Without exactly one address there is nobody to tell the link to."""
        status, page = clerk.refused("send-invoice", invoice, channel="download", recipient=recipient, on="2026-05-01")
        assert (status, "billing.no-recipient" in faults(page)) == (400, True)
        assert (Sending.objects.count(), PaperLink.objects.count()) == (0, 0)


@pytest.mark.row("AR-3")
class TestOver:
    @pytest.mark.parametrize("secret", ["x", "A" * 43, "A" * 5000, "%00", "あ"])
    def test_what_never_was_leads_nowhere(self, clerk: Desk, invoice: InvoiceId, secret: str) -> None:
        """Whoever guesses is told in words that there is nothing, and whom to ask."""
        linked(clerk, invoice)
        for language, told in (("ja", "送信元"), ("en", "whoever sent it")):
            answer = Client().get(f"/papers/{secret}?language={language}")
            assert (answer.status_code, told in answer.content.decode()) == (404, True)
            assert {name: answer.headers[name] for name in SAFE} == SAFE
        assert Client().post(f"/papers/{secret}", {"file": "pdf"}).status_code == 404
        assert Download.objects.count() == 0

    def test_after_its_days_it_is_gone(self, clerk: Desk, invoice: InvoiceId, monkeypatch: pytest.MonkeyPatch) -> None:
        """Thirty days after the sending; the page names the issuer to ask."""
        path = linked(clerk, invoice)
        until = PaperLink.objects.get().until
        assert timedelta(days=29, hours=23) < until - timezone.now() < timedelta(days=30)
        for at, status in ((until - timedelta(seconds=1), 200), (until, 410)):
            monkeypatch.setattr("django.utils.timezone.now", lambda at=at: at)
            assert Client().get(path).status_code == status
        answer = Client().post(path, {"file": "pdf"})
        assert (answer.status_code, "株式会社カンジョウ" in answer.content.decode()) == (410, True)
        assert "INV-2026" not in answer.content.decode()
        assert Download.objects.count() == 0

    def test_withdrawn_it_is_gone(self, office: Office, clerk: Desk, invoice: InvoiceId) -> None:
        """Taken back with a reason: this link alone, at once; the reason stands on the invoice."""
        path, other = linked(clerk, invoice), linked(clerk, invoice, to="other@aoba.example")
        kept, wrong = list_sendings(invoice, clerk.actor)
        clerk.do("withdraw-link", invoice, sending=wrong.id, because="送付先の誤り")
        assert [Client().get(one).status_code for one in (path, other)] == [410, 200]
        assert Client().post(path, {"file": "pdf"}).status_code == 410
        assert "送付先の誤り" in clerk.see("invoice", invoice)
        status, _ = clerk.refused("withdraw-link", invoice, sending=wrong.id, because="再度")
        assert status == 400
        program = program_of(office, Role.RECEIVABLES)
        program.does(f"invoices/{invoice}/withdraw-link", sending_id=kept.id, because="誤送付")
        assert Client().get(other).status_code == 410

    def test_sent_again_after_it_is_a_link_of_its_own(self, clerk: Desk, invoice: InvoiceId) -> None:
        """To the same recipient on the same day: what was withdrawn does not stand for the new one."""
        path = linked(clerk, invoice)
        clerk.do("withdraw-link", invoice, sending=Sending.objects.get().pk, because="確認のため")
        again = linked(clerk, invoice)
        assert [Client().get(one).status_code for one in (path, again)] == [410, 200]

    def test_withdrawn_before_it_left_it_never_leaves(self, clerk: Desk, invoice: InvoiceId) -> None:
        """No letter tells a link that is good for nothing."""
        clerk.do("send-invoice", invoice, channel="download", recipient=TO, on="2026-05-01")
        clerk.do("withdraw-link", invoice, sending=Sending.objects.get().pk, because="誤り")
        served()
        assert mail.outbox == []

    def test_is_withdrawn_by_who_sends(self, office: Office, clerk: Desk, invoice: InvoiceId) -> None:
        """Nobody else, no link of another invoice, and none that never was."""
        linked(clerk, invoice)
        sending = Sending.objects.get().pk
        for role in (Role.AUDITOR, Role.SALES_REP):
            status, _ = office.desk(role).refused("withdraw-link", invoice, sending=sending, because="誤り")
            assert status == 403
        program = program_of(office, Role.RECEIVABLES)
        for key, sent in ((invoice, sending + 1), (invoice + 1, sending)):
            program.refused(f"invoices/{key}/withdraw-link", 404, sending_id=sent, because="誤り")
        assert Client().get(path_in(str(mail.outbox[-1].body))).status_code == 200


class TestPublicDoor:
    def test_is_not_asked_too_often(self, clerk: Desk, invoice: InvoiceId) -> None:
        """From one address sixty times a minute; more are told to come again later."""
        path = linked(clerk, invoice)
        seen = [Client().get(path).status_code for _ in range(61)]
        assert (seen[:60], seen[60]) == ([200] * 60, 429)

    def test_takes_looks_and_the_button_only(self, clerk: Desk, invoice: InvoiceId) -> None:
        """Other methods and other files are not there."""
        path = linked(clerk, invoice)
        assert Client().put(path).status_code == 405
        for wanted in ({}, {"file": "zip"}):
            assert Client().post(path, wanted).status_code == 404

    def test_what_was_written_stays(self, clerk: Desk, invoice: InvoiceId) -> None:
        """Links and downloads are proof: nobody changes or removes them."""
        Client().post(linked(clerk, invoice), {"file": "pdf"})
        for rows in (Download.objects, PaperLink.objects):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                rows.update(recorded_at=NOW)


def test_english_invoices_are_linked_in_english(clerk: Desk, invoice: InvoiceId) -> None:
    """The page asked in English says all it says in Japanese."""
    page = Client().get(f"{linked(clerk, invoice)}?language={Language.ENGLISH}").content.decode()
    assert not re.search(r"[ぁ-ん]", page)
