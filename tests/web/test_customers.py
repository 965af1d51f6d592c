"""Where a customer stands, as its page and the list tell it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kanjo.domains.contracts.models import Contract
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language, Text
from kanjo.platform.worklist import operations as worklist
from tests.builders import a_customer, a_line
from tests.deals import a_deal
from tests.web.office import Office, billed, ordered


def contracted(office: Office) -> Contract:
    """Let the customer's contract have begun ten days ago."""
    began = timezone.localdate() - timedelta(days=10)
    term = Period(began, began + timedelta(days=365))
    a_deal(office.company_id, office.customer_id, [a_line(office.cloud, service=term)], term=term)
    return Contract.objects.get()


class TestStage:
    @pytest.mark.row("CIR-1")
    def test_a_new_customer(self, office: Office) -> None:
        """The page of a customer without a contract says that it is new, and why."""
        desk = office.desk(Role.SALES_REP)
        page = desk.see("customer", office.customer_id)
        assert "新規顧客" in page
        assert "有効な契約も過去の契約もありません。" in page
        assert "New customer" in office.desk(Role.SALES_REP, Language.ENGLISH).see("customer", office.customer_id)

    @pytest.mark.row("CIR-1", "CIR-2")
    def test_an_existing_customer(self, office: Office) -> None:
        """Once its contract is active the page says existing, since which day, and leads to the contract."""
        contract = contracted(office)
        desk = office.desk(Role.SALES_REP)
        page = desk.see("customer", office.customer_id)
        assert "既存顧客" in page
        assert f"契約{contract.number}が{contract.starts_on}に有効になりました。" in page
        facts = page[: page.index("<table")]
        assert re.search(rf'href="/contracts/{contract.pk}"[^>]*>{contract.number}<', facts)
        assert "新規顧客" not in facts

    @pytest.mark.row("CIR-2")
    def test_the_list(self, office: Office) -> None:
        """The list tells the stage of each customer and shows those of one stage, together with a search."""
        contracted(office)
        newcomer = a_customer(name="新芽商会")
        desk = office.desk(Role.SALES_REP)
        assert {"既存顧客", "新規顧客"} <= set(re.findall(r"[新既]\w顧客", desk.see("customers")))
        new, existing = desk.see("customers", stage="new"), desk.see("customers", stage="existing")
        here, there = f'href="/customers/{office.customer_id}"', f'href="/customers/{newcomer}"'
        assert (here in existing, there in existing) == (True, False)
        assert (here in new, there in new) == (False, True)
        assert there not in desk.see("customers", stage="new", q="見当たらない名前")
        assert there in desk.see("customers", stage="new", q="新芽")


REGISTERED, IN_ENGLISH = "株式会社湊商会", "Minato Trading"
LISTS = (
    *("customers", "opportunities", "quotes", "contracts", "orders"),
    *("invoices", "open-items", "obligations", "grants", "ageing"),
)


def of_a_named_customer(office: Office) -> CustomerId:
    """Let a customer with an English name go as far as its invoice."""
    customer = a_customer(REGISTERED, name_kana="ミナトショウカイ", name_en=IN_ENGLISH)
    billed(Office(office.company_id, customer, office.cloud, office.box, office.people))
    return customer


class TestItsName:
    def test_each_reads_it_in_its_language(self, office: Office) -> None:
        """Lists and search say the English name to an English reader, else the registered one; search finds both."""
        customer = of_a_named_customer(office)
        ways = ((Language.ENGLISH, IN_ENGLISH, REGISTERED), (Language.JAPANESE, REGISTERED, IN_ENGLISH))
        for language, read, unread in ways:
            desk = office.desk(Role.AUDITOR, language)
            pages = {name: desk.see(name) for name in LISTS}
            pages |= {text: desk.see("search", q=text) for text in ("湊商", "minato")}
            led = re.compile(f'href="/customers/{customer}[^>]*>{read}<')
            assert {name for name, page in pages.items() if not led.search(page)} == set()
            assert {name for name in LISTS if f">{unread}<" in pages[name]} == set()
            assert f"<h1>{read}" in desk.see("customer", customer)
            assert re.search(rf"<dd>{unread}\s*</dd>", desk.see("customer", customer))

    def test_what_waits_and_the_file_say_it_too(self, office: Office) -> None:
        """The queue and the file of a list speak the language of the page that they are of."""
        customer = a_customer(REGISTERED, name_en=IN_ENGLISH)
        own = Office(office.company_id, customer, office.cloud, office.box, office.people)
        deal, clerk = ordered(own), office.desk(Role.RECEIVABLES, Language.ENGLISH)
        worklist.put(
            kind="billing.invoice-asked",
            subject=("orders_order", deal.order),
            company_id=office.company_id,
            role=Role.RECEIVABLES,
            why=Text(en="It waits", ja="請求待ち"),
        )
        assert f'<span class="q-c">{IN_ENGLISH}</span>' in clerk.see("home")
        file = clerk.client.get("/orders", {"as": "csv"}).content.decode("utf-8-sig")
        assert (IN_ENGLISH in file, REGISTERED in file) == (True, False)

    def test_whoever_amends_it_types_the_registered_name(self, office: Office) -> None:
        """The form holds both names in their fields, in either language."""
        customer = a_customer(REGISTERED, name_en=IN_ENGLISH)
        page = office.desk(Role.SALES_REP, Language.ENGLISH).see("amend-customer", customer)
        typed = dict(re.findall(r'id="(name|name_en)" name="[^"]+" value="([^"]*)"', page))
        assert typed == {"name": REGISTERED, "name_en": IN_ENGLISH}
