"""An issued invoice leaves as JP PINT: what it says is what was issued, and what breaks a rule does not leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from kanjo.connectors.peppol.checks import check, check_xml
from kanjo.connectors.peppol.documents import Kind, PintInvoice
from kanjo.connectors.peppol.reading import read
from kanjo.connectors.peppol.ubl import Identifier
from kanjo.domains.billing.models import Invoice
from kanjo.domains.billing.queries import InvoiceView, get_invoice
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.customers.operations import amend_customer
from kanjo.domains.customers.queries import details_of, get_customer
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.processes.electronic_invoice import NotInYen, as_pint
from tests.api.programs import program_of
from tests.builders import NOW, a_company, an_actor
from tests.web.office import Desk, Office, billed

BUYER = "7000012050002"
LETTERHEAD = {
    "name": "株式会社カンジョウ", "name_en": "Kanjo K.K.", "address": "東京都千代田区丸の内1-1-1",
    "bank_account": "みずほ銀行 東京営業部 普通 1234567", "calendar": "western", "because": "法人番号公表サイト",
}  # fmt: skip


@pytest.fixture
def invoice(office: Office) -> InvoiceId:
    """An invoice to a customer whose corporate number is known."""
    reach(office)
    return InvoiceId(office.desk(Role.RECEIVABLES).key("invoice", "order", billed(office).order))


@transaction.atomic
def reach(office: Office, number: str = BUYER) -> None:
    given = replace(details_of(office.customer_id), corporate_number=number)
    amend_customer(customer_id=office.customer_id, given=given, because="確認", by=house(), at=NOW)


def everybody(office: Office) -> Actor:
    return an_actor(*Role, companies=[office.company_id], name="万能 花子")


def fetched(desk: Desk, key: int) -> PintInvoice:
    """Return the document as somebody at a desk downloads it, checked again as a stranger would."""
    answer = desk.client.get(reverse("invoice-xml", args=[key]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
    assert check_xml(answer.content) == ()
    return read(answer.content).invoice


class TestInvoices:
    @pytest.mark.row("AR-2")
    def test_say_what_was_issued(self, office: Office, invoice: InvoiceId) -> None:
        """Number, days, both parties, lines, the tax of the rate and the total are those of the invoice."""
        clerk = office.desk(Role.RECEIVABLES)
        assert clerk.key("invoice-xml", "invoice", invoice) == invoice
        told = fetched(clerk, invoice)
        row = Invoice.objects.get(pk=invoice)
        assert (told.kind, told.type_code, told.number) == (Kind.STANDARD, "380", row.number)
        assert (told.issued_on, told.due_on) == (row.issued_on, row.due_on)
        assert told.seller
        assert told.buyer
        assert [one.number for one in told.seller.taxes] == ["T1234567890123"]
        assert (told.seller.endpoint, told.seller.registered) == (Identifier("T1234567890123", "0221"), None)
        assert told.buyer.endpoint == Identifier(BUYER, "0188")
        assert [(str(line.net and line.net.value), line.name) for line in told.lines] == [
            ("9000", "クラウド利用料（月額）"),
            ("50000", "専用機器"),
        ]
        (total,) = told.taxes
        assert [(one.taxable and one.taxable.value, one.tax and one.tax.value) for one in total.subtotals] == [
            (Decimal(59_000), Decimal(5_900))
        ]
        assert told.totals
        assert told.totals.payable
        assert told.totals.payable.value == row.total_minor
        assert [one.account for one in told.payments] == ["みずほ銀行:東京営業部:普通:1234567"]

    def test_are_given_back_with_negative_quantities(self, office: Office, invoice: InvoiceId) -> None:
        """A credit note is a 380 that names its original and its day, with negative quantities at positive prices."""
        clerk = office.desk(Role.RECEIVABLES)
        note = clerk.do("credit-invoice", invoice, because="誤請求", on="2026-05-02")
        told = fetched(clerk, note)
        original = Invoice.objects.get(pk=invoice)
        assert [(one.number, one.issued_on) for one in told.preceding] == [(original.number, original.issued_on)]
        assert (told.type_code, told.payments, told.due_on) == ("380", (), None)
        assert told.span
        assert told.span.start == told.span.end == date(2026, 5, 2)
        assert all(line.quantity and line.quantity.value < 0 for line in told.lines)
        assert all(line.price and line.price.value > 0 for line in told.lines)
        assert [line.note for line in told.lines] == [
            f"{original.number} 2026-04-01/2026-04-30",
            f"{original.number} 2026-04-10/2026-04-10",
        ]
        assert told.totals
        assert told.totals.payable
        assert told.totals.payable.value == -original.total_minor

    def test_are_the_same_bytes_through_the_api(self, office: Office, invoice: InvoiceId) -> None:
        """A program gets the XML that the page gives."""
        page = office.desk(Role.RECEIVABLES).client.get(reverse("invoice-xml", args=[invoice]))
        told = program_of(office, Role.RECEIVABLES).asks(f"invoices/{invoice}/jp-pint")
        assert told["xml"].encode() == page.content
        assert told["specification"] == Kind.STANDARD.specification

    def test_go_to_nobody_else(self, office: Office, invoice: InvoiceId) -> None:
        """Another company finds nothing; who needs no addresses gives a reason first, and has no way by a program."""
        stranger = Desk.of(an_actor(*Role, companies=[a_company("kanjo-us")], name="他社 太郎"))
        assert stranger.client.get(reverse("invoice-xml", args=[invoice])).status_code == 404
        auditor = office.desk(Role.AUDITOR)
        assert auditor.client.get(reverse("invoice-xml", args=[invoice])).status_code == 302
        auditor.do("reveal", f"invoice-xml.{invoice}", because="監査手続")
        assert fetched(auditor, invoice).number
        program_of(office, Role.AUDITOR).asks(f"invoices/{invoice}/jp-pint", status=403)


class TestRefusals:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (Language.JAPANESE, "顧客の法人番号を登録してください"),
            (Language.ENGLISH, "Enter the customer&#x27;s corporate number"),
        ],
    )
    def test_of_an_unreachable_buyer_say_what_to_enter(
        self, office: Office, invoice: InvoiceId, language: Language, words: str
    ) -> None:
        """A buyer without a number is refused by the official rule, with its place and the way out."""
        reach(office, "")
        page = office.desk(Role.RECEIVABLES, language).see("invoice-xml", invoice, status=400)
        assert "ibr-080" in page
        assert "/Invoice/cac:AccountingCustomerParty/cac:Party/cbc:EndpointID" in page
        assert words in page

    @pytest.mark.row("AR-2")
    def test_of_an_unregistered_number_say_the_way_out(self, office: Office, invoice: InvoiceId) -> None:
        """A seller without a registration number may charge no tax; one with a number of another shape is refused."""
        view = get_invoice(invoice, everybody(office))
        rules = rules_of(replace(view, registration_number=""))
        assert rules == {"aligned-ibr-jp-07-ntr", "aligned-ibrp-o-09"}
        assert rules_of(replace(view, registration_number="T123")) == {"aligned-ibr-jp-01"}

    def test_of_a_seller_without_a_number_end_where_no_tax_is(self, office: Office, invoice: InvoiceId) -> None:
        """Without registration number and without tax it is the document of a seller that has none."""
        view = untaxed(get_invoice(invoice, everybody(office)))
        assert rules_of(view) == set()
        told = as_pint(view, BUYER, get_customer(view.row.payer_id))
        assert (told.kind, told.type_code) == (Kind.NON_TAX, "480")
        assert {line.category and line.category.code for line in told.lines} == {"O"}

    def test_of_another_currency_name_it(self, office: Office, invoice: InvoiceId) -> None:
        """An invoice in dollars states no tax in yen, and goes as PDF."""
        view = get_invoice(invoice, everybody(office))
        dollars = replace(view, row=replace(view.row, total=Money(view.row.total.minor, "USD")))
        with pytest.raises(NotInYen, match="Send its PDF"):
            as_pint(dollars, BUYER, get_customer(view.row.payer_id))


def rules_of(view: InvoiceView) -> set[str]:
    return {fault.rule for fault in check(as_pint(view, BUYER, get_customer(view.row.payer_id)))}


def untaxed(view: InvoiceView) -> InvoiceView:
    row = replace(view.row, tax=Money.zero("JPY"), total=view.row.net)
    taxes = tuple(replace(one, tax_class=TaxClass.OUT_OF_SCOPE, tax=Money.zero("JPY")) for one in view.taxes)
    return replace(view, row=row, taxes=taxes, registration_number="")


class TestLetterhead:
    def test_reaches_the_next_electronic_invoice(self, office: Office, invoice: InvoiceId) -> None:
        """The corporate number of the company is entered by the administrator and becomes its electronic address."""
        office.desk(Role.ADMINISTRATOR).do(
            "amend-company", **LETTERHEAD, registration_number="Ｔ1234567890123", corporate_number="5010-4010-67252"
        )
        told = fetched(office.desk(Role.RECEIVABLES), invoice)
        assert told.seller
        assert told.seller.endpoint == Identifier("5010401067252", "0188")
        assert "5010401067252" in office.desk(Role.RECEIVABLES).see("company")

    @pytest.mark.parametrize(
        ("field", "typed", "rule"),
        [
            ("registration_number", "T123", "companies.registration-number"),
            ("corporate_number", "0123456789012", "companies.corporate-number"),
        ],
    )
    def test_takes_no_number_of_another_shape(self, office: Office, field: str, typed: str, rule: str) -> None:
        """A wrong number is refused beside its field, by the page and by the API, and nothing is written."""
        administrator = office.desk(Role.ADMINISTRATOR)
        status, page = administrator.refused("amend-company", **LETTERHEAD | {field: typed})
        assert (status, rule in page) == (400, True)
        given = {**LETTERHEAD, field: typed}
        problem = program_of(office, Role.ADMINISTRATOR).refused(f"companies/{office.company_id}/amend", 422, **given)
        assert problem["rule"] == rule
        assert "T1234567890123" in administrator.see("company")

    def test_is_amended_by_a_program(self, office: Office) -> None:
        """The API writes it, too; papers then write the years of the era."""
        program = program_of(office, Role.ADMINISTRATOR)
        program.does(f"companies/{office.company_id}/amend", **LETTERHEAD | {"calendar": "eras"})
        told = program.asks(f"companies/{office.company_id}")
        assert (told["calendar"], told["registration_number"]) == ("eras", "")
