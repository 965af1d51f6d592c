"""The company's seal (角印): on papers issued from its day on, and on no other."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kanjo.domains.billing.queries import get_invoice
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import InvoiceId
from kanjo.platform.companies.models import Seal
from kanjo.platform.companies.seals import seal_on, set_seal
from kanjo.platform.identity.queries import house
from tests.api.programs import program_of
from tests.builders import TODAY
from tests.web.office import Desk, Office, an_office, billed, faults, paid


def a_png(side: int = 200) -> bytes:
    """Return a red square with a see-through ground."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    rows = b"".join(b"\0" + b"\xc0\x20\x20\xa0" * side for _ in range(side))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pictures(paper: bytes) -> int:
    """Return how many pictures a paper has."""
    return sum(len(page.images) for page in PdfReader(BytesIO(paper)).pages)


@pytest.fixture
def office(db: None) -> Office:
    """A company with an issued invoice to come."""
    return an_office()


@pytest.fixture
def administrator(office: Office) -> Desk:
    """The administrator at her desk."""
    return office.desk(Role.ADMINISTRATOR)


def sealed(desk: Desk, content: bytes, name: str = "seal.png") -> tuple[int, str]:
    """Set the seal by the form; return the status and the page."""
    given = {"content": SimpleUploadedFile(name, content), "because": "角印の登録"}
    response = desk.client.post("/company/seal", {**given, "on": timezone.localdate().isoformat()})
    return response.status_code, response.content.decode()


class TestSeal:
    def test_is_on_papers_of_its_day_and_later(self, office: Office, administrator: Desk) -> None:
        """An invoice issued before keeps its bytes; one of the day bears the picture, until none is printed."""
        clerk = office.desk(Role.RECEIVABLES)
        invoice = InvoiceId(clerk.key("invoice", "order", billed(office).order))
        before = clerk.client.get(f"/invoices/{invoice}/invoice.pdf").content
        issued = get_invoice(invoice, house()).row.issued_on
        assert sealed(administrator, a_png())[0] == 302
        assert issued < timezone.localdate()
        assert clerk.client.get(f"/invoices/{invoice}/invoice.pdf").content == before
        assert pictures(before) == 0
        with transaction.atomic():
            Seal.objects.create(company_id=office.company_id, file=Seal.objects.get().file, effective_on=issued)
        assert pictures(clerk.client.get(f"/invoices/{invoice}/invoice.pdf").content) == 1
        with transaction.atomic():
            Seal.objects.create(company_id=office.company_id, file=None, effective_on=issued)
        assert clerk.client.get(f"/invoices/{invoice}/invoice.pdf").content == before

    def test_is_on_every_paper(self, office: Office, administrator: Desk) -> None:
        """Credit note, acknowledgement of a receipt and statement of a month bear it, too, once."""
        assert sealed(administrator, a_png())[0] == 302
        with transaction.atomic():
            Seal.objects.create(company_id=office.company_id, file=Seal.objects.get().file, effective_on=TODAY)
        deal, clerk = paid(office), office.desk(Role.RECEIVABLES)
        received = clerk.key("receipt", "bank-file", deal.bank_file)
        receipt = clerk.do("acknowledge", received, on="2026-06-01")
        statement = clerk.do("state-month", office.customer_id, month="2026-04-10", on="2026-05-31")
        note = clerk.do("credit-invoice", clerk.key("invoice", "order", deal.order), because="誤り", on="2026-06-01")
        papers = {
            "credit note": f"/invoices/{note}/invoice.pdf",
            "receipt": reverse("file", args=[clerk.key("file", "acknowledgement", receipt)]),
            "statement": reverse("file", args=[clerk.key("file", "statement", statement)]),
        }
        found = {name: pictures(clerk.client.get(address).content) for name, address in papers.items()}
        assert found == dict.fromkeys(papers, 1)

    def test_shows_on_the_page_and_ends(self, office: Office, administrator: Desk) -> None:
        """The page leads to the picture; from a later day on papers bear none."""
        assert sealed(administrator, a_png())[0] == 302
        assert "/files/" in administrator.see("company")
        later = timezone.localdate() + timedelta(days=3)
        administrator.do("drop-seal", on=later.isoformat(), because="廃止")
        assert f"{later} から印字なし" in administrator.see("company")
        assert [seal_on(office.company_id, later - timedelta(days=one)) for one in (1, 0)] == [a_png(), b""]

    def test_is_set_by_the_api(self, office: Office) -> None:
        """A program gives the picture in Base64."""
        program = program_of(office, Role.ADMINISTRATOR)
        today, content = timezone.localdate(), b64encode(a_png()).decode()
        program.does(f"companies/{office.company_id}/seal", content=content, on=today.isoformat(), because="登録")
        assert seal_on(office.company_id, today) == a_png()

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>', "seal.png"),
            (b"\xff\xd8\xff\xe0 JFIF" + bytes(300), "seal.png"),
            (a_png()[:100], "seal.png"),
            (a_png(99), "seal.png"),
            (a_png(1201), "seal.png"),
            (a_png() + bytes(300_000), "seal.png"),
            (b"\x89PNG\r\n\x1a\n", "seal.png"),
        ],
        ids=["svg", "jpeg", "cut off", "too small", "too wide", "too large", "head alone"],
    )
    def test_takes_a_png_of_a_seal_only(self, administrator: Desk, content: bytes, name: str) -> None:
        """Whatever the name says: it is told by what it holds, and nothing is kept of what is refused."""
        status, page = sealed(administrator, content, name)
        assert (status, "documents.not-a-seal" in faults(page)) == (400, True)
        assert Seal.objects.count() == 0

    def test_holds_for_no_day_that_is_over(self, office: Office, administrator: Desk) -> None:
        """Papers of the past stay as they are; and nobody but an administrator sets it."""
        yesterday = (timezone.localdate() - timedelta(days=2)).isoformat()
        status, page = administrator.refused("drop-seal", on=yesterday, because="誤り")
        assert (status, "companies.seal-in-the-past" in faults(page)) == (400, True)
        for role in (Role.RECEIVABLES, Role.CFO, Role.AUDITOR):
            assert sealed(office.desk(role), a_png())[0] in {302, 403}
        assert Seal.objects.count() == 0


def test_the_verb_says_it_itself(office: Office) -> None:
    """Called by whoever it is: a seal is checked in the verb."""
    with transaction.atomic(), pytest.raises(Exception, match="PNG"):
        set_seal(
            company_id=office.company_id,
            content=b"GIF89a",
            on=timezone.localdate(),
            because="",
            by=house(),
            at=timezone.now(),
        )
