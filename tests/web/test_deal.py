"""One deal from the opportunity to the revenue, through the forms that people use."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from kanjo.domains.billing.operations import choose_grouping
from kanjo.foundation.actors import Role
from kanjo.platform.identity.queries import house
from tests.builders import BOOKS, NOW
from tests.web.office import Office, ordered, paid


class TestOneDeal:
    @pytest.mark.row("SFA-5")
    def test_the_whole_way(self, office: Office) -> None:
        """A deal quoted with 10 % off becomes an order, an invoice, a receipt and revenue; nothing is typed twice."""
        deal = paid(office)
        auditor = office.desk(Role.AUDITOR)
        # 9,000 a month for 12 months and an appliance of 50,000
        assert "¥158,000" in auditor.see("quote", deal.quote)
        assert "¥158,000" in auditor.see("order", deal.order)
        page = auditor.see("open-items", settled="all")
        # April in advance and the appliance: 59,000 and 10 % tax
        assert "¥64,900" in page
        assert "入金済み" in page
        # the appliance, and 30 of the 365 days of the cloud: 50,000 + 8,880
        assert "¥58,880" in auditor.see("waterfall", on="2026-04-30")

    @pytest.mark.row("BIL-13")
    def test_the_quote_shows_whole_invoices(self, office: Office) -> None:
        """Billing day, due day, payer, tax and total of each; where other contracts may stand on them it says so."""
        rep = office.desk(Role.SALES_REP)
        deal = ordered(office)
        page = rep.see("quote", deal.quote)
        first = re.search(r"請求予定（税込）.*?</table>", page, re.DOTALL)
        assert first is not None
        assert all(told in first[0] for told in ("2026-04-01", "2026-05-31", "¥5,900", "¥64,900", "¥173,800"))
        beside = "ほかの契約の明細が同じ請求書に載ることがあります"
        assert beside not in page
        with transaction.atomic():
            choose_grouping(company_id=office.company_id, payer_id=None, keys=[], on=BOOKS.start, by=house(), at=NOW)
        assert beside in rep.see("quote", deal.quote)

    @pytest.mark.row("SFA-2")
    def test_who_did_what_when(self, office: Office) -> None:
        """The page of a quote tells each act with its doer and moment, and which field went from what to what."""
        deal = ordered(office)
        page = office.desk(Role.AUDITOR).see("quote", deal.quote)
        acts = re.findall(r'<span class="what">(.+?)</span>(?: <span class="became">→ (.+?)</span>)?', page)
        doers = re.findall(r'<p class="sub"><time>\d{4}-\d\d-\d\d \d\d:\d\d</time> · (.+?)</p>', page)
        assert list(zip(acts, doers, strict=True)) == [
            (("顧客の承諾を登録", "承諾済み"), "deal_management 太郎"),
            (("見積を提示", "提示済み"), "sales_rep 太郎"),
            (("承認結果を反映", "承認済み"), "cxo 太郎"),
            (("見積の承認を申請", "承認申請中"), "sales_rep 太郎"),
            (("見積を作成", "作成中"), "sales_rep 太郎"),
        ]
        changed = re.search(r">状態</dt><dd>.*変更</span>\s*<del[^>]*>sent</del>\s*<ins[^>]*>accepted</ins>", page)
        assert changed is not None
