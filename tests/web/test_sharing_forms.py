"""Who bears what is billed: shares agreed on the contract and the customer, and an invoice split by its form."""

from __future__ import annotations

import re

import pytest

from kanjo.domains.billing.models import Invoice
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CustomerId
from tests.builders import TODAY, a_customer
from tests.web.office import Office, billed, faults, ordered
from tests.web.story import contract_of
from tests.web.test_forms import everything

pytestmark = pytest.mark.row("BIL-14")

ON = {"on": TODAY.isoformat(), "because": "部門ごとに負担"}
LATER = {**ON, "on": "2026-05-01"}
NORTH, SOUTH = "株式会社北部", "株式会社南部"


@pytest.fixture
def payers(office: Office) -> tuple[CustomerId, CustomerId]:
    return a_customer(NORTH), a_customer(SOUTH)


def shares(*of: tuple[str, str]) -> dict[str, str]:
    """Return payers and shares as they are typed."""
    rows = enumerate(of)
    typed = {
        f"shares-{at}-{name}": word
        for at, (payer, weight) in rows
        for name, word in (("payer", payer), ("weight", weight))
    }
    return {"shares-count": str(len(of)), **typed}


@pytest.fixture
def invoice(office: Office) -> int:
    """The first invoice of April."""
    return office.desk(Role.RECEIVABLES).key("invoice", "order", billed(office).order)


class TestSharing:
    def test_the_contract_says_who_shares_and_what_comes_next_shows_it(
        self, office: Office, payers: tuple[CustomerId, CustomerId]
    ) -> None:
        """The form is on the contract; it shows what holds, the page what was agreed, the next page each payer."""
        desk = office.desk(Role.RECEIVABLES)
        contract = contract_of(desk, ordered(office).order)
        assert f'href="/contracts/{contract}/shares"' in desk.see("contract", contract)
        desk.do("share-contract", contract, **ON, **shares((NORTH, "３０"), (SOUTH, "70")))
        assert f"{NORTH} 30, {SOUTH} 70" in desk.see("contract", contract)
        form = desk.see("share-contract", contract)
        assert re.findall(r'value="(\d+)"[^>]*name="shares-\d-weight"|name="shares-\d-weight"[^>]*value="(\d+)"', form)
        assert "部門ごとに負担" in form
        coming = desk.see("what-next", contract)
        assert NORTH in coming
        assert SOUTH in coming

    def test_a_share_that_does_not_fit_stands_beside_its_field(
        self, office: Office, payers: tuple[CustomerId, CustomerId]
    ) -> None:
        """Too large, twice, unknown: the field says the rule, and nothing is agreed."""
        desk = office.desk(Role.SALES_OPERATIONS)
        contract = contract_of(desk, ordered(office).order)
        before = everything()
        for typed, rule in (
            (shares((NORTH, "1"), (SOUTH, "10001")), "billing.share-unfit"),
            (shares((NORTH, "1"), (NORTH, "2")), "billing.payer-twice"),
            (shares(("株式会社不明", "1")), "customers.not-one"),
            (shares((NORTH, "半分")), "form.not-whole"),
        ):
            status, page = desk.refused("share-contract", contract, **ON, **typed)
            assert (status, rule in faults(page)) == (400, True), rule
        assert everything() == before

    def test_it_is_agreed_for_all_that_a_customer_pays(
        self, office: Office, payers: tuple[CustomerId, CustomerId]
    ) -> None:
        """The form is on the customer, for the company at hand."""
        desk, customer = office.desk(Role.RECEIVABLES), office.customer_id
        assert f'href="/customers/{customer}/shares"' in desk.see("customer", customer)
        desk.do("share-account", customer, **ON, **shares((NORTH, "1")))
        assert NORTH in desk.see("share-account", customer)
        assert NORTH in desk.see("what-next", contract_of(desk, ordered(office).order))


class TestSplit:
    def test_an_invoice_is_split_and_they_name_each_other(
        self, office: Office, payers: tuple[CustomerId, CustomerId], invoice: int
    ) -> None:
        """The form is on the invoice; the original is closed, the parts lead back, the credit form names the others."""
        desk = office.desk(Role.RECEIVABLES)
        assert f'href="/invoices/{invoice}/split"' in desk.see("invoice", invoice)
        part = desk.do("split-invoice", invoice, **LATER, **shares((NORTH, "30"), (SOUTH, "70")))
        page, original = desk.see("invoice", part), desk.see("invoice", invoice)
        other = Invoice.objects.get(payer_id=payers[1])
        assert f'href="/invoices/{invoice}"' in page
        assert f'href="/invoices/{part}"' in original
        assert f'href="/invoices/{other.pk}"' in original
        assert other.number in desk.see("credit-invoice", part)
        assert "請求先全体の金額" in page
        assert f'href="/invoices/{invoice}/split"' not in original
        status, again = desk.refused("split-invoice", invoice, **LATER, **shares((NORTH, "1")))
        assert (status, "billing.already-split" in faults(again)) == (409, True)

    def test_nobody_is_asked_for(self, office: Office, invoice: int) -> None:
        """A form without a payer says so at the first one."""
        status, page = office.desk(Role.RECEIVABLES).refused("split-invoice", invoice, **ON)
        assert (status, "billing.nobody-pays" in faults(page)) == (400, True)
