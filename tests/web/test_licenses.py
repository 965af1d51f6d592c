"""Licenses: whose they are, and what of."""

from __future__ import annotations

import pytest

from kanjo.domains.licenses.queries import list_grants
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from tests.web.story import Told


@pytest.mark.parametrize("language", list(Language))
def test_the_list_says_whose_and_what(story: Told, language: Language) -> None:
    """Every row names the customer and the product, on the page and in the file."""
    desk = story.office.desk(Role.LICENSE_MANAGEMENT, language)
    rows = list_grants(desk.actor)
    assert rows
    page = desk.see("grants")
    file = desk.client.get(story.address("grants"), {"as": "csv"}).content.decode("utf-8-sig")
    for row in rows:
        for said in (row.customer, row.product_ja if language is Language.JAPANESE else row.product_en):
            assert said in page and said in file
