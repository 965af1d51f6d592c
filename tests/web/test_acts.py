"""Acts through the pages: done once, by whom they belong to, and never by the auditor or by the maker alone."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from kanjo.domains.contracts.queries import count_contracts
from kanjo.domains.customers.queries import count_customers
from kanjo.domains.opportunities.queries import count_opportunities
from kanjo.domains.receivables.queries import list_allocations
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.models import Period
from tests.builders import TODAY, an_actor
from tests.plumbing import FreshDatabase
from tests.web.office import (
    APPROVAL,
    CONDITION,
    Deal,
    Desk,
    Office,
    a_bank_file,
    an_office,
    billed,
    faults,
    offer_of,
    opened,
    ordered,
    quoted,
)
from tests.web.story import Told
from tests.web.test_doors import ACTS, OWN
from tests.web.test_every_page import look_at, story_data
from tests.web.test_forms import CUSTOMER, everything

ON = {"on": TODAY.isoformat()}


class TestTheAuditor:
    @pytest.mark.parametrize("name", [name for name in ACTS if name not in OWN])
    def test_does_nothing(self, story: Told, name: str) -> None:
        """Whatever the auditor sends, it is refused by whose act it is, and nothing changes."""
        auditor, before = story.office.desk(Role.AUDITOR), everything()
        answer = auditor.client.post(story.address(name), {**ON, "because": "試し"})
        assert answer.status_code == 403
        assert "access.not-your-page" in faults(answer.content.decode())
        assert everything() == before


class TestTheMaker:
    """Who made a request does not answer it, whatever other roles it holds."""

    @pytest.mark.parametrize("language", list(Language))
    def test_does_not_decide_its_own_request(self, office: Office, language: Language) -> None:
        """A rep who is a CxO, too, is refused on its own quote, is told why, and the item stays open."""
        both = self._someone(office, Role.SALES_REP, Role.CXO, language=language)
        deal = self._asked(both, office)
        item = both.key("decide-item", "approval", deal.request)
        answer = both.client.post(reverse("decide-item", args=[item]), {**ON, **APPROVAL})
        assert answer.status_code == 403
        look_at(answer, language, story_data())
        assert "duties.apart" in faults(answer.content.decode())
        assert both.key("decide-item", "approval", deal.request) == item

    def test_does_not_decide_where_it_revised(self, office: Office) -> None:
        """Having written one version of a quote is having made it."""
        rep, both = office.desk(Role.SALES_REP), self._someone(office, Role.SALES_REP, Role.CXO)
        deal = quoted(office, net="9,500")
        both.do("revise-quote", deal.quote, **offer_of(office, net="9,000"))
        request = rep.do("submit-quote", deal.quote, **ON)
        status, _ = both.refused("decide-item", both.key("decide-item", "approval", request), **ON, **APPROVAL)
        assert status == 403

    def test_does_not_approve_its_own_run(self, office: Office) -> None:
        """Who previewed a run does not approve it."""
        ordered(office)
        clerk = office.desk(Role.RECEIVABLES)
        run = clerk.do("preview-billing", because="月次請求", on="2026-04-30")
        status, page = clerk.refused("approve-run", run)
        assert status == 403
        assert "duties.apart" in page
        assert "承認待ち" in clerk.see("run", run)

    @staticmethod
    def _someone(office: Office, *roles: Role, language: Language = Language.JAPANESE) -> Desk:
        return Desk.of(an_actor(*roles, companies=[office.company_id], name="兼任 一郎"), language)

    @staticmethod
    def _asked(desk: Desk, office: Office) -> Deal:
        deal = Deal(opportunity=desk.do("open-opportunity", office.customer_id, **opened(office)))
        deal.quote = desk.do("draft-quote", deal.opportunity, **offer_of(office, net="9,000"))
        deal.request = desk.do("submit-quote", deal.quote, **ON)
        return deal


class TestTwice:
    """A second press of a button whose page is out of date."""

    def test_send(self, office: Office) -> None:
        """A quote is sent once; the second press says that it was."""
        rep, deal = office.desk(Role.SALES_REP), _approved(office)
        rep.do("send-quote", deal.quote, **ON)
        self._refused(rep, "send-quote", deal.quote, "quotes.wrong-state", **ON)

    def test_submit(self, office: Office) -> None:
        """A quote is handed in once."""
        rep, deal = office.desk(Role.SALES_REP), quoted(office, net="9,000")
        rep.do("submit-quote", deal.quote, **ON)
        self._refused(rep, "submit-quote", deal.quote, "quotes.wrong-state", **ON)

    def test_decide(self, office: Office) -> None:
        """An item is answered once."""
        rep, cxo, deal = office.desk(Role.SALES_REP), office.desk(Role.CXO), quoted(office, net="9,000")
        request = rep.do("submit-quote", deal.quote, **ON)
        item = cxo.key("decide-item", "approval", request)
        cxo.do("decide-item", item, **ON, **APPROVAL)
        self._refused(cxo, "decide-item", item, "approvals.item-not-open", **ON, **APPROVAL)

    def test_accept(self, office: Office) -> None:
        """A quote becomes one contract; the second press makes no other and keeps no second paper."""
        management, deal = office.desk(Role.DEAL_MANAGEMENT), ordered(office)
        assert count_contracts(house()) == 1
        paper = SimpleUploadedFile("契約書.pdf", b"another paper")
        self._refused(management, "accept-quote", deal.quote, "quotes.wrong-state", signed=paper, **ON)
        assert count_contracts(house()) == 1

    def test_meet_and_recall(self, office: Office) -> None:
        """A condition is met once; the request it closes cannot be recalled any more."""
        rep, cxo, deal = office.desk(Role.SALES_REP), office.desk(Role.CXO), quoted(office, net="9,000")
        request = rep.do("submit-quote", deal.quote, **ON)
        cxo.do("decide-item", cxo.key("decide-item", "approval", request), **ON, **CONDITION)
        condition = cxo.key("meet-condition", "approval", request)
        management = office.desk(Role.DEAL_MANAGEMENT)
        management.do("meet-condition", condition, proof="注文書 PO-7", **ON)
        self._refused(management, "meet-condition", condition, "approvals.", proof="注文書 PO-7", **ON)
        self._refused(rep, "recall-request", request, "approvals.request-concluded", because="価格の変更", **ON)

    def test_recalled_the_quote_is_revised_and_asked_anew(self, office: Office) -> None:
        """A request taken back lets its quote be revised and handed in again."""
        rep, deal = office.desk(Role.SALES_REP), quoted(office, net="9,000")
        request = rep.do("submit-quote", deal.quote, **ON)
        self._refused(rep, "revise-quote", deal.quote, "quotes.request-open", **offer_of(office, net="9,500"))
        rep.do("recall-request", request, because="値引率の変更", **ON)
        rep.do("revise-quote", deal.quote, **offer_of(office, net="9,500"))
        assert rep.do("submit-quote", deal.quote, **ON) != request

    def test_runs_and_money(self, office: Office) -> None:
        """A run is approved, executed and reversed once; an acceptance, a credit note and a bank file stand once."""
        deal, clerk, second = billed(office), office.desk(Role.RECEIVABLES), office.desk(Role.SALES_OPERATIONS)
        self._refused(second, "approve-run", deal.billing_run, "runs.")
        invoice = clerk.key("invoice", "order", deal.order)
        why = {**ON, "on": "2026-04-30", "because": "誤請求"}
        clerk.do("credit-invoice", invoice, **why)
        self._refused(clerk, "credit-invoice", invoice, "billing.", **why)
        management = office.desk(Role.DEAL_MANAGEMENT)
        line = re.findall(r'<option value="(\d+)"', management.see("accept-delivery", deal.order))[0]
        management.do("accept-delivery", deal.order, line=line, **ON)
        self._refused(management, "accept-delivery", deal.order, "orders.all-accepted", line=line, **ON)
        first = clerk.do("take-bank-file", statement=a_bank_file("X", 5), on="2026-05-29")
        assert clerk.do("take-bank-file", statement=a_bank_file("X", 5), on="2026-05-29") == first
        period = Period.objects.filter(company_id=office.company_id).earliest("start").pk
        cfo = office.desk(Role.CFO)
        cfo.do("lock-period", period)
        self._refused(cfo, "lock-period", period, "ledger.period-locked")

    @staticmethod
    def _refused(desk: Desk, name: str, key: int, rule: str, **typed: object) -> None:
        before = everything()
        status, page = desk.refused(name, key, **typed)
        assert status == 409, faults(page)
        assert f"<code>{rule}" in faults(page)
        assert "。" in faults(page)
        assert everything() == before


@pytest.mark.row("M7")
class TestTheSameForm:
    """The same form sent again, by a double click or by going back: done once, and both lead to what was done."""

    def test_what_has_no_state_is_made_once(self, office: Office) -> None:
        """A customer, an opportunity and a quote are not made twice by a second press."""
        rep = office.desk(Role.SALES_REP)
        once = {"once": "a" * 22}
        customer = rep.do("register-customer", **CUSTOMER, **once)
        assert rep.do("register-customer", **CUSTOMER, **once) == customer
        assert count_customers(house(), search="若葉") == 1
        deal = rep.do("open-opportunity", customer, **opened(office), once="b" * 22)
        assert rep.do("open-opportunity", customer, **opened(office), once="b" * 22) == deal
        assert count_opportunities(rep.actor) == 1
        quote = rep.do("draft-quote", deal, **offer_of(office), once="c" * 22)
        assert rep.do("draft-quote", deal, **offer_of(office), once="c" * 22) == quote

    def test_money_is_allocated_once(self, office: Office) -> None:
        """Half of a receipt allocated by a double click stays half."""
        deal, clerk = billed(office), office.desk(Role.RECEIVABLES)
        number = re.findall(r"INV-\d+-\d+", clerk.see("open-items"))[0]
        bank_file = clerk.do("take-bank-file", statement=a_bank_file("不明", 1_000), on="2026-05-29")
        receipt = clerk.key("receipt", "bank-file", bank_file)
        typed = {"number": number, "amount": "400", "on": "2026-05-29", "once": "d" * 22}
        assert clerk.do("allocate", receipt, **typed) == clerk.do("allocate", receipt, **typed) == receipt
        item = InvoiceId(clerk.key("invoice", "order", deal.order))
        assert [row.amount_minor for row in list_allocations(house(), item_id=item)] == [400]

    def test_every_form_has_its_own_token(self, office: Office) -> None:
        """Two forms opened one after the other are two; a refused one keeps its token."""
        rep = office.desk(Role.SALES_REP)
        tokens = [_token(rep.see("register-customer")) for _ in range(2)]
        assert tokens[0] != tokens[1]
        _, page = rep.refused("register-customer", name="", once=tokens[0])
        assert _token(page) == tokens[0]

    def test_a_token_is_of_one_person(self, office: Office) -> None:
        """Somebody else with the same token does the act itself."""
        rep, colleague = office.desk(Role.SALES_REP), office.desk(Role.SALES_MANAGER)
        deals = [
            desk.do("open-opportunity", office.customer_id, **opened(office), once="e" * 22)
            for desk in (rep, colleague)
        ]
        assert deals[0] != deals[1]

    def test_eight_at_once(self, fresh_database: FreshDatabase) -> None:
        """Eight presses that arrive together make one opportunity, and all lead to it."""
        office = an_office()
        desk, together = office.desk(Role.SALES_REP), Barrier(8)
        address, typed = reverse("open-opportunity", args=[office.customer_id]), {**opened(office), "once": "f" * 22}

        def press(_: int) -> str:
            client = Client()
            client.cookies = desk.client.cookies
            together.wait(timeout=30)
            try:
                return str(client.post(address, typed).headers["Location"])
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as presses:
            assert len(set(presses.map(press, range(8)))) == 1
        assert count_opportunities(house()) == 1


def _approved(office: Office) -> Deal:
    """Bring a quote at list price through its approval, which nobody needs to give."""
    deal = quoted(office)
    office.desk(Role.SALES_REP).do("submit-quote", deal.quote, **ON)
    return deal


def _token(page: str) -> str:
    return str(re.findall(r'name="once" value="(\w+)"', page)[0])
