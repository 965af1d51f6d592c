"""A company chooses how its Japanese papers write days; it holds for all of them."""

from __future__ import annotations

import re
from io import BytesIO

from django.urls import reverse
from pypdf import PdfReader

from kanjo.foundation.actors import Role
from tests.web.office import Desk, Office, billed, quoted
from tests.web.test_electronic_invoice import LETTERHEAD

WESTERN = re.compile(r"20\d\d年")


def shown(desk: Desk, name: str, key: int) -> str:
    """Return the words of a paper without the spaces between them."""
    answer = desk.client.get(reverse(name, args=[key]))
    assert answer.status_code == 200
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages))


def test_every_paper_writes_what_was_chosen(office: Office) -> None:
    """Quotation, invoice and credit note write western years until the company chooses eras, and then only eras."""
    clerk, rep = office.desk(Role.RECEIVABLES), office.desk(Role.SALES_REP)
    invoice = clerk.key("invoice", "order", billed(office).order)
    note = clerk.do("credit-invoice", invoice, because="誤請求", on="2026-05-02")
    papers = [(rep, "quote-draft-pdf", quoted(office).quote), (clerk, "invoice-pdf", invoice)]
    papers.append((clerk, "invoice-pdf", note))
    assert all(WESTERN.search(shown(*paper)) for paper in papers)
    office.desk(Role.ADMINISTRATOR).do("amend-company", **LETTERHEAD | {"calendar": "eras"})
    told = [shown(*paper) for paper in papers]
    assert [bool(WESTERN.search(one)) for one in told] == [False, False, False]
    assert all("令和8年" in one for one in told)
    assert "返還年月日令和8年5月2日" in told[2]
    assert "元の取引年月日令和8年4月1日～令和8年4月30日" in told[2]
