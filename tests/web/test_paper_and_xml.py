"""The PDF of an invoice is PDF/A-3 and carries its JP PINT XML: one file for people and for machines."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from kanjo.connectors.peppol.checks import check_xml
from kanjo.connectors.peppol.reading import read
from kanjo.domains.billing.models import Sending
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.texts import Language
from tests.web.office import Desk, Office, billed
from tests.web.test_electronic_invoice import reach
from tests.worker import let_work


@pytest.fixture
def invoice(office: Office) -> InvoiceId:
    """An invoice to a customer whose corporate number is not known."""
    return InvoiceId(office.desk(Role.RECEIVABLES).key("invoice", "order", billed(office).order))


def opened(desk: Desk, key: int) -> PdfReader:
    """Return the paper as somebody downloads it."""
    answer = desk.client.get(reverse("invoice-pdf", args=[key]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.content))


def embedded(pdf: PdfReader) -> list[tuple[str, bytes]]:
    return [(name, content) for name, contents in pdf.attachments.items() for content in contents]


def specification(pdf: PdfReader) -> Any:
    root: Any = pdf.trailer["/Root"]
    (file,) = root["/AF"]
    return file.get_object() if isinstance(file, IndirectObject) else file


def programs(font: Any) -> list[Any]:
    """Return the programs of a font and of those it stands on; None is one that lies not in the file."""
    below = [one.get_object() for one in font.get("/DescendantFonts", [])] or [font]
    described = [one["/FontDescriptor"].get_object() for one in below]
    return [one.get("/FontFile2") or one.get("/FontFile3") or one.get("/FontFile") for one in described]


class TestPaperAndXml:
    @pytest.mark.row("AR-2", "SFS-5")
    def test_the_paper_carries_the_xml_that_is_downloaded(self, office: Office, invoice: InvoiceId) -> None:
        """The file inside is the JP PINT XML byte for byte, keeps every rule, and is named as saying the same."""
        reach(office)
        clerk = office.desk(Role.RECEIVABLES)
        pdf = opened(clerk, invoice)
        ((name, content),) = embedded(pdf)
        assert name == "INV-2026-000001.xml"
        assert content == clerk.client.get(reverse("invoice-xml", args=[invoice])).content
        assert check_xml(content) == ()
        assert (specification(pdf)["/AFRelationship"], specification(pdf)["/UF"]) == ("/Alternative", name)
        assert specification(pdf)["/EF"]["/F"]["/Subtype"] == "/application/xml"

    @pytest.mark.row("AR-3", "SFS-5")
    def test_what_is_sent_carries_it_too(self, office: Office, invoice: InvoiceId) -> None:
        """The paper that is kept as sent, and that of a credit note, hold their own XML."""
        reach(office)
        clerk = office.desk(Role.RECEIVABLES)
        clerk.do("send-invoice", invoice, on="2026-05-01")
        kept = clerk.client.get(f"/files/{Sending.objects.get().file_id}").content
        ((name, content),) = embedded(PdfReader(io.BytesIO(kept)))
        assert (name, read(content).invoice.number) == ("INV-2026-000001.xml", "INV-2026-000001")
        note = clerk.do("credit-invoice", invoice, because="誤請求", on="2026-05-02")
        ((name, content),) = embedded(opened(clerk, note))
        (original,) = read(content).invoice.preceding
        assert (name, original.number) == ("CN-2026-000001.xml", "INV-2026-000001")

    @pytest.mark.row("AR-2")
    def test_without_xml_it_is_a_paper_alone(self, office: Office, invoice: InvoiceId) -> None:
        """A buyer whose number is unknown gets the PDF; the page of the XML says what is missing."""
        clerk = office.desk(Role.RECEIVABLES)
        assert embedded(opened(clerk, invoice)) == []
        assert "ibr-080" in clerk.see("invoice-xml", invoice, status=400)

    @pytest.mark.parametrize("language", Language)
    def test_it_is_made_to_be_kept(self, office: Office, invoice: InvoiceId, language: Language) -> None:
        """It says that it is PDF/A-3b, its colours have a profile, and every font lies in the file."""
        reach(office)
        pdf = opened(office.desk(Role.RECEIVABLES, language), invoice)
        root: Any = pdf.trailer["/Root"]
        metadata = root["/Metadata"].get_object().get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
        (intent,) = (one.get_object() for one in root["/OutputIntents"])
        assert (intent["/S"], "/DestOutputProfile" in intent) == ("/GTS_PDFA1", True)
        resources: list[Any] = [page["/Resources"] for page in pdf.pages]
        fonts = [font.get_object() for one in resources for font in one["/Font"].values()]
        assert fonts
        assert all(program is not None for font in fonts for program in programs(font))


class TestCorrectedInvoice:
    @pytest.mark.row("AR-2", "SFS-5")
    def test_is_there_once_it_is_charged_anew(self, office: Office, invoice: InvoiceId) -> None:
        """Given back, there is none yet and the refusal says so; charged anew, the invoice's page leads to it."""
        clerk = office.desk(Role.RECEIVABLES)
        clerk.do("credit-invoice", invoice, because="誤請求", on="2026-05-02")
        address = f"{reverse('invoice-pdf', args=[invoice])}?as=corrected"
        assert address not in clerk.see("invoice", invoice)
        assert "billing.nothing-corrected" in clerk.see("invoice-pdf", invoice, status=409, **{"as": "corrected"})
        run = clerk.do("preview-billing", because="再請求", on="2026-05-02")
        office.desk(Role.SALES_OPERATIONS).do("approve-run", run)
        clerk.do("execute-run", run)
        let_work()
        assert address in clerk.see("invoice", invoice)
        answer = clerk.client.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        shown = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
        text = "".join("".join(shown).split())
        assert [one for one in ("INV-2026-000001", "CN-2026-000001", "INV-2026-000002") if one not in text] == [], text


class TestTerms:
    @pytest.mark.row("AR-2")
    def test_of_payment_stand_in_the_xml(self, office: Office, invoice: InvoiceId) -> None:
        """The XML says when, by what and to where it is paid: terms, due date, and the company's account."""
        reach(office)
        clerk = office.desk(Role.RECEIVABLES)
        told = read(clerk.client.get(reverse("invoice-xml", args=[invoice])).content).invoice
        assert told.terms == "月末締め翌月末払い"
        assert told.due_on == date(2026, 5, 31)
        assert [(one.code, one.account) for one in told.payments] == [("30", "みずほ銀行:東京営業部:普通:1234567")]
