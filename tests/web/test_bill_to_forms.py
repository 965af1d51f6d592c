"""To whom within a payer invoices go, and by what way: chosen on forms, told by pages, papers and programs."""

from __future__ import annotations

import pytest

from kanjo.domains.billing.models import BillTo, Sending
from kanjo.foundation.actors import Role
from tests.api.programs import program_of
from tests.builders import TODAY
from tests.web.office import Office, billed, ordered
from tests.web.story import contract_of
from tests.web.test_electronic_invoice import fetched, reach

pytestmark = pytest.mark.row("AR-1", "AR-3")

CHOSEN = {
    "department_ja": "購買部",
    "department_en": "Purchasing",
    "attention": "佐藤 花子",
    "channel": "mail",
    "recipient": "keiri@example.jp",
    "on": TODAY.isoformat(),
    "because": "先方の依頼による",
}


class TestForms:
    def test_a_payer_is_invoiced_as_chosen(self, office: Office) -> None:
        """The form is on the customer and shows what holds; page, paper, XML and the form to send say the same."""
        desk, customer = office.desk(Role.RECEIVABLES), office.customer_id
        assert f'href="/customers/{customer}/bill-to"' in desk.see("customer", customer)
        desk.do("bill-to-account", customer, **CHOSEN)
        form = desk.see("bill-to-account", customer)
        assert all(word in form for word in CHOSEN.values())
        order = billed(office).order
        coming = desk.see("what-next", contract_of(desk, order))
        assert ("購買部" in coming, "佐藤 花子" in coming) == (True, True)
        invoice = desk.key("invoice", "order", order)
        page = desk.see("invoice", invoice)
        assert ("購買部" in page, "佐藤 花子" in page) == (True, True)
        reach(office)
        buyer = fetched(desk, invoice).buyer
        assert buyer
        assert buyer.contact == "購買部, 佐藤 花子"
        assert 'value="keiri@example.jp"' in desk.see("send-invoice", invoice)
        desk.do("send-invoice", invoice, on="2026-05-01")
        assert Sending.objects.values_list("channel", "recipient").get() == ("mail", "keiri@example.jp")

    def test_a_contract_has_its_own(self, office: Office) -> None:
        """Deal Management chooses it on the contract; it is told beside that of the payer, and is ended there."""
        desk = office.desk(Role.DEAL_MANAGEMENT)
        contract = contract_of(desk, ordered(office).order)
        assert f'href="/contracts/{contract}/bill-to"' in desk.see("contract", contract)
        desk.do("bill-to-account", office.customer_id, **CHOSEN)
        desk.do("bill-to-contract", contract, **{**CHOSEN, "department_ja": "情報システム部"})
        form = desk.see("bill-to-contract", contract)
        assert all(word in form for word in ("情報システム部", "購買部", "この契約", "請求先全体"))
        desk.do("bill-to-contract", contract, **{**CHOSEN, "channel": ""})
        assert BillTo.objects.values_list("contract_id", "channel", "attention").latest("id") == (contract, "", "")


class TestPrograms:
    def test_a_program_chooses_and_sends_as_chosen(self, office: Office) -> None:
        """Of a payer and of a contract; an invoice sent without a channel goes by the way chosen."""
        clerk, order = program_of(office, Role.RECEIVABLES), billed(office).order
        desk = office.desk(Role.RECEIVABLES)
        contract, invoice = contract_of(desk, order), desk.key("invoice", "order", order)
        company = f"companies/{int(office.company_id)}/bill-to"
        clerk.does(company, **CHOSEN, payer_id=int(office.customer_id))
        clerk.does(f"contracts/{contract}/bill-to", **{**CHOSEN, "recipient": "jouhou@example.jp"})
        clerk.does(f"invoices/{invoice}/send", on="2026-05-01")
        assert Sending.objects.values_list("channel", "recipient").get() == ("mail", "jouhou@example.jp")
        told = clerk.refused(company, 422, **{**CHOSEN, "recipient": ""}, payer_id=int(office.customer_id))
        assert (told["rule"], told["at"]) == ("billing.no-recipient", "recipient")
