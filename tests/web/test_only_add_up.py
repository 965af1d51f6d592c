"""Rights only add up: who loses a role or a company sees and does nothing that it did not before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.personal import Kind, needs
from kanjo.platform.acts import VERBS
from kanjo.platform.deputies.rules import in_place_of
from kanjo.platform.notices.kinds import kinds_for
from kanjo.platform.worklist.models import WorkItem
from kanjo.platform.worklist.queries import waiting_for
from kanjo.surfaces.access import lines
from kanjo.surfaces.web.doors import opens
from kanjo.surfaces.web.menu import MENU
from tests.web.story import Told

pytestmark = pytest.mark.row("A9")

ROLES = st.frozensets(st.sampled_from(list(Role)))
COMPANIES = st.frozensets(st.integers(1, 4).map(CompanyId))
LINES = lines()


def somebody(roles: frozenset[Role], companies: frozenset[CompanyId]) -> Actor:
    return Actor(id=PersonId(1), name="誰か", roles=roles, companies=companies)


def rights(one: Actor) -> set[object]:
    """Return everything that roles and companies alone decide, as a set."""
    doors = {(line.method, line.path) for line in LINES if not line.door.roles or one.holds(*line.door.roles)}
    verbs = {verb.name for verb in VERBS.values() if one.holds(*verb.roles)}
    menu = {name for _heading, entries in MENU for name, _icon, _label in entries if opens(name, one)}
    return {*doors, *verbs, *menu, *one.companies, *(kind for kind in Kind if needs(one, kind)), *kinds_for(one)}


@given(roles=ROLES, more_roles=ROLES, companies=COMPANIES, more_companies=COMPANIES)
def test_less_is_never_more(
    roles: frozenset[Role],
    more_roles: frozenset[Role],
    companies: frozenset[CompanyId],
    more_companies: frozenset[CompanyId],
) -> None:
    """Doors, acts, menu, personal data, notices and companies of fewer rights are among those of more."""
    assert rights(somebody(roles, companies)) <= rights(somebody(roles | more_roles, companies | more_companies))


@given(roles=ROLES, held=ROLES, named=ROLES, more=ROLES)
def test_nor_is_it_for_a_deputy(
    roles: frozenset[Role], held: frozenset[Role], named: frozenset[Role], more: frozenset[Role]
) -> None:
    """A deputy of whom either side loses a role holds no role more."""
    companies = frozenset({CompanyId(1)})
    few, many = (
        in_place_of(somebody(one, companies), somebody(other, companies), roles=named, companies=frozenset())
        for one, other in ((roles, held), (roles | more, held | more))
    )
    assert (few.roles if few else frozenset()) <= (many.roles if many else frozenset())


def test_a_queue_only_grows(story: Told) -> None:
    """What waits for a person with one role waits for it with any other beside it; in no company nothing does."""
    company = frozenset({story.office.company_id})
    assert WorkItem.objects.filter(state=WorkItem.State.OPEN).exists()
    for role in Role:
        own = _queue(somebody(frozenset({role}), company))
        assert own <= min((_queue(somebody(frozenset({role, other}), company)) for other in Role), key=len)
        assert _queue(somebody(frozenset({role}), frozenset())) == set()


def _queue(actor: Actor) -> set[int]:
    return set(waiting_for(actor).values_list("pk", flat=True))
