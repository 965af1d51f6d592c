"""A selling company with people at their desks, and what they do there through the pages."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.domains.approvals.operations import activate_matrix, draft_matrix
from kanjo.domains.approvals.queries import STANDARD_ROWS
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.catalog.operations import set_tax_rate
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, ProductId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import house
from tests.builders import BOOKS, NOW, TODAY, a_box, a_company, a_customer, a_product, an_actor
from tests.worker import let_work

SIGNED = b"%PDF-1.7 signed by both sides"
PAYER = "カ）アオバショウジ"
APPROVAL = {"decision": "approve", "conditions-count": "0"}
CONDITION = {
    "decision": "condition",
    "conditions-count": "1",
    "conditions-0-kind": "evidence",
    "conditions-0-text": "発注書の写し",
}


@dataclass(frozen=True)
class Office:
    """What the tests start from."""

    company_id: CompanyId
    customer_id: CustomerId
    cloud: ProductId
    box: ProductId
    people: Mapping[Role, Actor]

    def desk(self, role: Role, language: Language = Language.JAPANESE) -> Desk:
        """Seat the person of a role."""
        return Desk.of(self.people[role], language)


@dataclass(frozen=True)
class Desk:
    """A person at work in a browser without scripts."""

    client: Client
    actor: Actor

    @classmethod
    def of(cls, actor: Actor, language: Language = Language.JAPANESE) -> Desk:
        """Sign the person in."""
        Person.objects.filter(pk=actor.id).update(language=language)
        client = Client()
        client.force_login(Person.objects.get(pk=actor.id))
        session = client.session  # as one that was signed in just now
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(actor.id)
        session.save()
        return cls(client, actor)

    def see(self, name: str, /, *keys: object, status: int = 200, **asked: str) -> str:
        """Return the page of that name as text."""
        response = self.client.get(reverse(name, args=keys), asked)
        assert response.status_code == status, response.content.decode()
        return response.content.decode()

    def key(self, wanted: str, /, page: str, *keys: object) -> int:
        """Return the key of the first thing that a page leads to by the route *wanted*."""
        address = reverse(wanted, args=[0]).replace("/0", r"/(\d+)")
        found = re.search(rf'href="{address}"', self.see(page, *keys))
        assert found, f"{page} {keys} leads to no {wanted}"
        return int(found[1])

    def do(self, name: str, /, *keys: object, **typed: object) -> int:
        """Send the form of that name; return the key of the page it leads to, 0 where that has none."""
        response = self.client.post(reverse(name, args=keys), typed)
        assert response.status_code == 302, faults(response.content.decode())
        return int(resolve(response.headers["Location"].partition("?")[0]).kwargs.get("key", 0))

    def refused(self, name: str, /, *keys: object, **typed: object) -> tuple[int, str]:
        """Send a form that is refused; return the status and the page."""
        response = self.client.post(reverse(name, args=keys), typed)
        assert response.status_code != 302
        return response.status_code, response.content.decode()


def faults(page: str) -> str:
    """Return the refusals that a page tells, or the page where it tells none."""
    return "\n".join(re.findall(r'class="fault".*?</p>', page, re.DOTALL)) or page


@transaction.atomic
def an_office(company_id: CompanyId | None = None, customer_id: CustomerId | None = None) -> Office:
    """Found the company and let its people in; the matrix is made and put in force by two others."""
    company_id = company_id or a_company()
    maker = an_actor(Role.APPROVER, companies=[company_id], name="起案 一郎")
    activator = an_actor(Role.CXO, companies=[company_id], name="施行 次郎")
    matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
    activate_matrix(matrix_id=matrix_id, effective_from=BOOKS.start, on=BOOKS.start, by=activator, at=NOW)
    for tax_class, rate in ((TaxClass.STANDARD, "10%"), (TaxClass.REDUCED, "8%")):
        set_tax_rate(tax_class=tax_class, rate=rate, effective_on=date(2019, 10, 1), by=house(), at=NOW)
    return Office(
        company_id=company_id,
        customer_id=customer_id or a_customer(),
        cloud=a_product(company_id),
        box=a_box(company_id),
        people={role: an_actor(role, companies=[company_id], name=f"{role.value} 太郎") for role in Role},
    )


@dataclass
class Deal:
    """The keys of one deal, as far as it went."""

    opportunity: int = 0
    quote: int = 0
    request: int = 0
    order: int = 0
    billing_run: int = 0
    bank_file: int = 0
    revenue_run: int = 0


def quoted(office: Office, *, net: str = "") -> Deal:
    """Open an opportunity and draft a quote: a year of cloud for ten users, and one appliance."""
    rep, deal = office.desk(Role.SALES_REP), Deal()
    deal.opportunity = rep.do("open-opportunity", office.customer_id, **opened(office))
    deal.quote = rep.do("draft-quote", deal.opportunity, **offer_of(office, net=net))
    return deal


def opened(office: Office, *, engaged_on: str = TODAY.isoformat()) -> dict[str, str]:
    """Return an opportunity as it is typed."""
    return {"name": "クラウド導入", "product": str(office.cloud), "currency": "JPY", "engaged_on": engaged_on}


def offer_of(office: Office, *, net: str = "") -> dict[str, str]:
    """Return the offer as it is typed; without *net* the cloud is sold at list (10,000 yen a month)."""
    return {
        "lines-count": "2",
        "lines-0-product": str(office.cloud),
        "lines-0-quantity": "１０",
        "lines-0-net": net,
        "lines-0-first_on": "2026-04-01",
        "lines-0-last_on": "R9.3.31",
        "lines-1-product": str(office.box),
        "lines-1-quantity": "1",
        "payment_terms": "close:31:1:31:none",
        "starts_on": "2026-04-01",
        "last_on": "2027-03-31",
        "valid_on": "2026-04-30",
        "on": TODAY.isoformat(),
    }


def ordered(office: Office) -> Deal:
    """Take a deal with ten percent off the cloud through approval, sending and acceptance to its order."""
    deal = quoted(office, net="9,000")
    rep = office.desk(Role.SALES_REP)
    deal.request = rep.do("submit-quote", deal.quote, on=TODAY.isoformat())
    cxo = office.desk(Role.CXO)
    cxo.do("decide-item", cxo.key("decide-item", "approval", deal.request), on=TODAY.isoformat(), **APPROVAL)
    rep.do("send-quote", deal.quote, on=TODAY.isoformat())
    deal.order = office.desk(Role.DEAL_MANAGEMENT).do(
        "accept-quote",
        deal.quote,
        signed=SimpleUploadedFile("契約書.pdf", SIGNED, "application/pdf"),
        po_number="PO-1",
        on=TODAY.isoformat(),
    )
    return deal


def billed(office: Office) -> Deal:
    """Deliver the appliance on 10 April and execute the billing run of 30 April."""
    deal = ordered(office)
    management = office.desk(Role.DEAL_MANAGEMENT)
    page = management.see("accept-delivery", deal.order)
    boxes = re.findall(r'<option value="(\d+)"[^>]*>専用機器', page)
    management.do("accept-delivery", deal.order, line=boxes[0], on="2026-04-10", evidence="検収書")
    deal.billing_run = office.desk(Role.RECEIVABLES).do("preview-billing", because="月次請求", on="2026-04-30")
    office.desk(Role.SALES_OPERATIONS).do("approve-run", deal.billing_run)
    office.desk(Role.RECEIVABLES).do("execute-run", deal.billing_run)
    let_work()
    return deal


def paid(office: Office) -> Deal:
    """Take in a bank file in which the customer pays, and match; then recognise the revenue of April."""
    deal = billed(office)
    desk = office.desk(Role.RECEIVABLES)
    page = desk.see("open-items")
    number = re.findall(r"INV[-\w]+", page)[0]
    total = int(re.findall(r"¥([\d,]+)", page)[0].replace(",", ""))
    deal.bank_file = desk.do("take-bank-file", statement=a_bank_file(number, total), on="2026-05-29")
    desk.do("match-receipts", on="2026-05-29")
    deal.revenue_run = office.desk(Role.REV_REC).do("recognise", last_on="2026-04-30")
    office.desk(Role.RECEIVABLES).do("approve-run", deal.revenue_run)
    office.desk(Role.REV_REC).do("execute-run", deal.revenue_run)
    let_work()
    return deal


PRICED = {
    "effective_on": "2026-04-01",
    "model": "graduated",
    "unit_ja": "呼出し",
    "unit_en": "calls",
    "tiers-count": "2",
    "tiers-0-price": "10",
    "tiers-1-from_units": "100",
    "tiers-1-price": "8",
    "because": "注文書どおり",
}
"""What usage costs, as it is typed: ten yen a call, eight after a hundred."""


def a_usage_file(number: str, quantity: object = 150, event_id: str = "m-0001") -> SimpleUploadedFile:
    """Return a file of what was used of an order line in April."""
    content = f"event_id,order_line,used_on,quantity\n{event_id},{number},2026-04-20,{quantity}\n"
    return SimpleUploadedFile("usage.csv", content.encode(), "text/csv")


def priced(office: Office, order: int) -> int:
    """Agree the price of usage on the cloud of an order; return the order line."""
    desk = office.desk(Role.SALES_OPERATIONS)
    lines = re.findall(r'<option value="(\d+)"', desk.see("rate-usage", order).partition('name="line"')[2])
    return desk.do("rate-usage", order, line=lines[0], **PRICED)


def a_bank_file(number: str, total: int, name: str = "bank.csv") -> SimpleUploadedFile:
    """Return a statement in which the customer pays an invoice on 29 May."""
    return SimpleUploadedFile(name, statement_of(number, total))


def statement_of(number: str, total: int, currency: str = "JPY") -> bytes:
    """Return the bytes of such a statement."""
    paid_on = date(2026, 5, 29)
    line = BankLine(
        line=0,
        bank_reference="000001",
        booked_on=paid_on,
        value_on=paid_on,
        amount=Money(total, currency),
        payer_name=PAYER,
        text=number,
        cancels=False,
    )
    statement = BankStatement(
        account="0001-123-1-1234567",
        holder="カ）カンジョウ",
        currency=currency,
        from_on=paid_on,
        to_on=paid_on,
        lines=(line,),
    )
    return BytesIO(write_statement(statement)).getvalue()
