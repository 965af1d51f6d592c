"""The page of an invoice tells when it was sent and gives the paper that was kept."""

from __future__ import annotations

import re

from django.urls import reverse

from kanjo.domains.billing.models import Invoice
from kanjo.foundation.actors import Role
from tests.web.office import Office, billed


class TestSendings:
    def test_each_day_and_its_paper(self, office: Office) -> None:
        """An invoice that was not sent says so; sent on two days, both stand there with the file of that day."""
        deal, clerk = billed(office), office.desk(Role.RECEIVABLES)
        invoice = clerk.key("invoice", "order", deal.order)
        assert "まだ送付されていません。" in clerk.see("invoice", invoice)
        for day in ("2026-05-01", "2026-05-08", "2026-05-08"):
            clerk.do("send-invoice", invoice, on=day)
        page = clerk.see("invoice", invoice)
        assert "まだ送付されていません。" not in page
        sendings = page[page.index("送付履歴") :]
        rows = re.findall(r"<tr>.*?(2026-05-0\d).*?href=\"(/files/\d+)\".*?</tr>", sendings, re.DOTALL)
        assert [day for day, _ in rows] == ["2026-05-08", "2026-05-01"]
        assert len({href for _, href in rows}) == 2
        paper = clerk.client.get(rows[0][1]).content
        assert paper.startswith(b"%PDF")
        assert paper == clerk.client.get(reverse("invoice-pdf", args=[invoice])).content


class TestGivenBack:
    def test_a_credit_note_says_line_by_line_what_it_gives_back(self, office: Office) -> None:
        """Each line of it names the invoice that charged it."""
        deal, clerk = billed(office), office.desk(Role.RECEIVABLES)
        invoice = clerk.key("invoice", "order", deal.order)
        note = clerk.do("credit-invoice", invoice, on="2026-05-08", because="誤請求")
        number = Invoice.objects.values_list("number", flat=True).get(pk=invoice)
        assert clerk.see("invoice", note).count(f"{number} の返還") == 2
