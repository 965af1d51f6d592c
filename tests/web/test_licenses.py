"""Licenses: whose they are, and what of."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.licenses.queries import list_grants
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from tests.api.programs import program_of
from tests.builders import a_customer, a_product
from tests.web.licensed import a_right
from tests.web.office import Desk, Office
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


def number_of(contract_id: ContractId) -> str:
    return get_contract(house(), contract_id).number


def seen(desk: Desk, **asked: str) -> str:
    """Return the list as it is asked for."""
    return desk.client.get(reverse("grants"), asked).content.decode()


class TestFinding:
    @pytest.fixture
    def two(self, office: Office) -> tuple[ContractId, ContractId]:
        """Ten users that end in ten days, and five perpetual ones of another customer under a terminated contract."""
        today = timezone.localdate()
        soon = Period(today - timedelta(days=300), today + timedelta(days=10))
        other = a_customer("株式会社緑川製作所")
        ending = a_right(office, office.customer_id, office.cloud, term=soon, valid=soon)
        perpetual = a_right(office, other, a_product(office.company_id, "DESK-P"), term=soon, valid=None)
        office.desk(Role.LEGAL).do("terminate-contract", perpetual, stops_on=today.isoformat(), because="解約")
        return ending, perpetual

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"q": "緑川"}, "second"),
            ({"q": "desk-p"}, "second"),
            ({"q": "青葉"}, "first"),
            ({"q": "C-{first}"}, "first"),
            ({"runs": "soon_over"}, "first"),
            ({"runs": "perpetual"}, "second"),
            ({"runs": "over"}, ""),
            ({"contract": "terminated"}, "second"),
            ({"contract": "concluded", "runs": "soon_over"}, "first"),
            ({"q": "無い"}, ""),
        ],
    )
    def test_by_product_customer_contract_and_how_long(
        self, office: Office, two: tuple[ContractId, ContractId], asked: dict[str, str], found: str
    ) -> None:
        """Each finds the one it means and no other; so does the file."""
        numbers = dict(zip(("first", "second"), (number_of(one) for one in two), strict=True))
        given = {name: value.replace("C-{first}", numbers["first"]) for name, value in asked.items()}
        desk = office.desk(Role.LICENSE_MANAGEMENT)
        page, file = (seen(desk, **given, **{"as": kind}) for kind in ("", "csv"))
        assert {name for name, number in numbers.items() if f">{number}</a>" in page} == ({found} - {""})
        assert {name for name, number in numbers.items() if number in file} == ({found} - {""})

    def test_a_program_finds_them_too(self, office: Office, two: tuple[ContractId, ContractId]) -> None:
        """By search and by the state of the contract."""
        program = program_of(office, Role.LICENSE_MANAGEMENT)
        for asked in ({"search": "緑川"}, {"contract_state": "terminated"}):
            assert [one["contract_id"] for one in program.asks(f"grants?{urlencode(asked)}")["items"]] == [two[1]]

    @pytest.mark.parametrize(("language", "unit"), [(Language.JAPANESE, "ユーザー"), (Language.ENGLISH, "User")])
    def test_the_unit_is_a_word(
        self, office: Office, two: tuple[ContractId, ContractId], language: Language, unit: str
    ) -> None:
        """What is counted is said in the language of its reader, on every page that says it."""
        desk = office.desk(Role.LICENSE_MANAGEMENT, language)
        for name, key in (("grants", ()), ("license-position", (office.customer_id,)), ("product", (office.cloud,))):
            page = desk.see(name, *key)
            assert unit in page and not re.search(r"<(td|dd)[^>]*>user<", page)

    def test_a_phone_names_the_product(self, office: Office, two: tuple[ContractId, ContractId]) -> None:
        """The card of a grant has the name of the product and its last day below, each with its heading."""
        page = office.desk(Role.LICENSE_MANAGEMENT).see("grants")
        cells = re.findall(r'class="[^"]*\bk5\b[^"]*"[^>]*data-label="([^"]+)"', page)
        assert {"製品名", "終了日"} <= set(cells)
