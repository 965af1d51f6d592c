"""The page of a deal: where it stands, what it misses, and everything that happened to any part of it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.reports.deals import OPPORTUNITY, find_deal
from tests.builders import TODAY, a_company
from tests.web.crowd import crowd
from tests.web.office import CONDITION, Deal, Desk, Office, an_office, ordered, paid, quoted
from tests.web.story import Told

STEP = re.compile(r'<li class="(\w+)"(?: aria-current="step")?>(?:(?!</li>).)*</li>', re.DOTALL)
NOW = re.compile(r'aria-current="step">(.*?)</li>', re.DOTALL)
MISSES = re.compile(r'<small class="misses">(.*?)</small>')
MOST_QUERIES = 14
WHAT = re.compile(r'<span class="what">(.*?)</span>')


class TestStages:
    def test_of_a_draft(self, office: Office) -> None:
        """A drafted quote is where the deal stands; it misses its submission, and all behind it is to come."""
        page = office.desk(Role.SALES_REP).see("opportunity", quoted(office).opportunity)
        assert _standings(page) == ["done", "current", *["ahead"] * 6]
        assert _missed(page) == ["承認の申請が必要"]

    def test_of_a_deal_under_approval(self, office: Office) -> None:
        """While the approvers look, the approval is current and counts what it waits for; then conditions count."""
        deal = _submitted(office)
        rep, cxo = office.desk(Role.SALES_REP), office.desk(Role.CXO)
        page = rep.see("opportunity", deal.opportunity)
        assert _standings(page)[:4] == ["done", "done", "current", "ahead"]
        assert _missed(page) == ["承認待ち 1件"]
        cxo.do("decide-item", cxo.key("decide-item", "approval", deal.request), on=TODAY, **CONDITION)
        assert _missed(rep.see("opportunity", deal.opportunity)) == ["条件の充足待ち 1件"]

    def test_of_a_lost_deal(self, office: Office) -> None:
        """A lost deal stopped, and nothing behind it is current."""
        deal, rep = quoted(office), office.desk(Role.SALES_REP)
        rep.do("lose-opportunity", deal.opportunity, because="予算なし", on=TODAY)
        page = rep.see("opportunity", deal.opportunity)
        assert _standings(page)[0] == "stopped"
        assert 'aria-current="step"' not in page

    @pytest.mark.parametrize(("language", "missed"), [(Language.JAPANESE, "検収待ち"), (Language.ENGLISH, "Accept")])
    def test_of_an_order(self, office: Office, language: Language, missed: str) -> None:
        """A signed deal waits for the acceptance of the appliance, with the day each stage was reached and its link."""
        deal = ordered(office)
        page = office.desk(Role.SALES_REP, language).see("opportunity", deal.opportunity)
        assert _standings(page) == ["done", "done", "done", "done", "current", *["ahead"] * 3]
        assert missed in _missed(page)[0]
        assert f'<a href="/orders/{deal.order}">' in NOW.findall(page)[0]
        assert TODAY.isoformat() in NOW.findall(page)[0]

    def test_the_same_strip_on_every_part(self, office: Office) -> None:
        """Quote, contract, order and invoice show the stages of their deal exactly as its own page does."""
        deal, desk = paid(office), office.desk(Role.AUDITOR)
        strips = [
            _strip(desk.see(name, key))
            for name, key in (
                ("opportunity", deal.opportunity),
                ("quote", deal.quote),
                ("contract", desk.key("contract", "order", deal.order)),
                ("order", deal.order),
                ("invoice", desk.key("invoice", "order", deal.order)),
            )
        ]
        assert len(set(strips)) == 1
        # invoiced: April and the appliance, 59,000 of 158,000; recognised: 58,880
        assert MISSES.findall(strips[0]) == ["¥158,000 のうち ¥59,000", "¥158,000 のうち ¥58,880"]


class TestStory:
    @pytest.mark.row("SFA-2")
    def test_all_functions_in_one(self, office: Office) -> None:
        """From the revenue back to the opportunity: the acts of all functions in one timeline, latest first."""
        deal = paid(office)
        acts = WHAT.findall(office.desk(Role.AUDITOR).see("opportunity", deal.opportunity))
        told = ["収益を認識", "入金を自動消込", "請求書を発行", "検収を登録", "顧客の承諾を登録", "承認項目を決裁"]
        assert [act for act in acts if act in told][: len(told)] == told
        assert acts[-1] == "商談を登録"
        assert {"契約を締結", "注文を登録", "ライセンスを付与", "見積を提示", "受注を登録"} <= set(acts)

    def test_one_function(self, office: Office) -> None:
        """Filtered, the timeline holds the acts of that function alone, with amount, number and doer."""
        deal, desk = paid(office), office.desk(Role.AUDITOR)
        page = desk.see("opportunity", deal.opportunity, of="payment")
        assert WHAT.findall(page) == ["入金を自動消込"]
        assert '<span class="num">¥64,900</span>' in page
        assert "receivables 太郎" in page
        assert WHAT.findall(desk.see("opportunity", deal.opportunity, of="nonsense"))[-1] == "商談を登録"

    def test_of_the_own_company_alone(self, office: Office) -> None:
        """Nobody sees the deal of a company that is not theirs."""
        deal = quoted(office)
        other = an_office(a_company(code="OTHER"), office.customer_id)
        other.desk(Role.AUDITOR).see("opportunity", deal.opportunity, status=404)
        assert find_deal(other.people[Role.AUDITOR], OPPORTUNITY, deal.opportunity) is None


class TestMany:
    def test_a_long_deal_costs_no_more_questions(self, story: Told) -> None:
        """A deal with many rows of every kind asks the database as often as one with few."""
        desk, address = story.office.desk(Role.AUDITOR), story.address("opportunity")
        desk.see("home")  # the first request of a session notes that it is there
        few, quotes = _queries(desk, address), _quotes(desk, address)
        crowd(0, 50)
        assert _quotes(desk, address) == quotes + 50
        assert _queries(desk, address) == few
        assert few <= MOST_QUERIES


def _submitted(office: Office) -> Deal:
    deal = quoted(office, net="9,000")
    deal.request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY)
    return deal


def _strip(page: str) -> str:
    return page[page.index('<ol class="stp"') : page.index("</ol>")]


def _standings(page: str) -> list[str]:
    return STEP.findall(_strip(page))


def _missed(page: str) -> list[str]:
    return MISSES.findall(NOW.findall(page)[0])


def _quotes(desk: Desk, address: str) -> int:
    return len(set(re.findall(r'href="/quotes/(\d+)"', desk.client.get(address).content.decode())))


def _queries(desk: Desk, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert desk.client.get(address).status_code == 200
    return len(queries)
