"""One deal from the opportunity to the revenue, through the forms that people use."""

from __future__ import annotations

import re

import pytest

from kanjo.foundation.actors import Role
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
