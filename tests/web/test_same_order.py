"""Sales and finance look at one and the same order."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from tests.web.office import Office, billed

SALES = (Role.SALES_REP, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)
FINANCE = (Role.RECEIVABLES, Role.REV_REC, Role.CFO)


def told(page: str) -> list[str]:
    """Return what a page says of its subject: its title, facts and tables, without the acts each person has."""
    main = re.sub(r'<details class="pane who">.*?</details>', "", page[page.index("<main") : page.index("</main>")])
    parts = re.findall(r"<h1.*?</h1>|<dl.*?</dl>|<table.*?</table>", main, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", part).split()) for part in parts]


@pytest.mark.row("BIL-5")
@pytest.mark.parametrize("language", list(Language))
def test_both_see_the_same_order(office: Office, language: Language) -> None:
    """Title, terms, lines, what is billed, delivered and earned: word for word the same on each desk."""
    order = billed(office).order
    pages = {role: told(office.desk(role, language).see("order", order)) for role in (*SALES, *FINANCE)}
    first = pages[Role.SALES_REP]
    assert "9,000" in " ".join(first)
    assert all(page == first for page in pages.values()), {role.value: page for role, page in pages.items()}
    lists = {role: office.desk(role, language).client.get(reverse("orders")).content.decode() for role in pages}
    assert len({tuple(re.findall(r"[A-Z]+-[-\w]+|¥[\d,]+", told(page)[-1])) for page in lists.values()}) == 1
