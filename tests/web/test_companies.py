"""Two selling companies in one house: nobody sees, changes or counts what belongs to the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest

from kanjo.foundation.actors import Role
from kanjo.surfaces.access import ENTRANCE
from tests.builders import a_company, an_actor
from tests.web.office import Desk, an_office, faults
from tests.web.story import KEYED, PEOPLE, Told, told

MISSING = 2**40
SHARED = frozenset(
    {
        *("customer", "amend-customer", "place-under", "add-department", "open-opportunity", "license-position"),
        *(
            "postings",
            "choose-grouping",
            "choose-tax-rounding",
            "share-account",
            "bill-to-account",
            "state-month",
            *PEOPLE,
        ),
    }
)
"""Routes whose key names what no single company owns: customers, people, and the numbers of accounts."""
OWNED = sorted(KEYED - SHARED - ENTRANCE)
PASSING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|<(span|p) class="kj-(asof|printed).*?</\1>', re.DOTALL)
"""What differs from one look at a page to the next: the token of its forms, and the clock on it and on paper."""
LOOKED_AT = (
    "home",
    "customers",
    "customer",
    "license-position",
    "products",
    "opportunities",
    "quotes",
    "approvals",
    "contracts",
    "orders",
    "invoices",
    "open-items",
    "receipts",
    "bank-files",
    "ageing",
    "obligations",
    "waterfall",
    "grants",
    "renewals",
    "runs",
    "trial-balance",
    "postings",
    "periods",
    "company",
)


@dataclass(frozen=True)
class Neighbours:
    """Two companies with a story each, and what the auditor of the first saw before the second began."""

    own: Told
    other: Told
    before: Mapping[str, str]


@pytest.fixture(scope="module")
def neighbours(story: Told) -> Neighbours:
    """Tell the story in one company, look at all its pages, and tell it again next door with the same customer."""
    before = _seen(story)
    company_id = a_company("kanjo-next", name="隣の株式会社", name_en="Next Door K.K.")
    return Neighbours(story, told(an_office(company_id, story.office.customer_id)), before)


class TestAnotherCompany:
    @pytest.mark.parametrize("name", LOOKED_AT)
    @pytest.mark.row("A8")
    def test_its_deals_change_nothing_here(self, neighbours: Neighbours, name: str) -> None:
        """Lists, sums and the pages of shared customers stay as they are while another company does its deals."""
        assert _seen(neighbours.own, [name]) == {name: neighbours.before[name]}

    @pytest.mark.parametrize("name", OWNED)
    @pytest.mark.row("A1")
    def test_what_it_owns_is_not_there(self, neighbours: Neighbours, name: str) -> None:
        """A thing of another company answers like one that does not exist, to a look and to an act alike."""
        everybody = Desk.of(an_actor(*Role, companies=[neighbours.own.office.company_id]))
        foreign = neighbours.other.keys[name]
        assert neighbours.own.keys[name] != foreign
        for ask in (everybody.client.get, everybody.client.post):
            of_other, of_nobody = ask(neighbours.other.address(name)), ask(neighbours.own.address(name, MISSING))
            assert (of_other.status_code, of_nobody.status_code) == (404, 404)
            assert _told(of_other.content.decode(), foreign) == _told(of_nobody.content.decode(), MISSING)

    @pytest.mark.row("A1")
    def test_who_belongs_to_both_works_in_one_at_a_time(self, neighbours: Neighbours) -> None:
        """A person of both companies sees one, changes to the other, and then sees only that one."""
        both = an_actor(Role.AUDITOR, companies=[neighbours.own.office.company_id, neighbours.other.office.company_id])
        desk = Desk.of(both)
        assert desk.client.get(neighbours.other.address("quote")).status_code == 404
        desk.do("choose-company", company=neighbours.other.office.company_id)
        assert desk.client.get(neighbours.other.address("quote")).status_code == 200
        assert desk.client.get(neighbours.own.address("quote")).status_code == 404

    def test_nobody_chooses_a_company_it_does_not_belong_to(self, neighbours: Neighbours) -> None:
        """Asking for a company one is not assigned to changes nothing."""
        desk = neighbours.own.office.desk(Role.AUDITOR)
        desk.do("choose-company", company=neighbours.other.office.company_id)
        assert "株式会社カンジョウ" in desk.see("company")


def _seen(own: Told, names: Iterable[str] = LOOKED_AT) -> dict[str, str]:
    auditor = own.office.desk(Role.AUDITOR)
    pages = {name: auditor.client.get(own.address(name)).content.decode() for name in names}
    return {name: PASSING.sub("", page) for name, page in pages.items()}


def _told(page: str, key: object) -> str:
    """Return the refusal on a page, without the key that it names."""
    return re.sub(rf"\b{key}\b", "KEY", faults(page))
