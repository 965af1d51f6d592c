"""One deal from the opportunity to the revenue, through the forms that people use."""

from __future__ import annotations

from kanjo.foundation.actors import Role
from tests.web.office import Office, paid


class TestOneDeal:
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
