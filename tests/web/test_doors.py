"""Who may come in where: every address is declared, and answers as declared."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver, reverse

from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.platform.acts import VERBS
from kanjo.surfaces.web.addresses import urlpatterns
from kanjo.surfaces.web.doors import CLOSED, PUBLIC, Door, door_of
from tests.builders import an_actor
from tests.web.office import Desk
from tests.web.pages import Page
from tests.web.story import PERSONAL, ROUTES, Told

DOORS: dict[str, Door] = {str(route.name): vars(route.callback)["door"] for route in urlpatterns}
LANGUAGES_OF_ALL = {"language", "look", "choose-company", *PERSONAL}
PAGES = [name for name in ROUTES if name not in LANGUAGES_OF_ALL]
LIMITED = [name for name in PAGES if DOORS[name].roles]
OPEN = [name for name in PAGES if not DOORS[name].roles]
ACTS = [name for name in ROUTES if DOORS[name].verb]
OWN = ["connect-company-account", "drop-view", "keep-view", "reveal"]
"""Acts by which everybody, the auditor too, arranges its own desk or says why it looks; they touch no business."""


def _routes(of: URLResolver) -> Iterator[URLPattern]:
    for one in of.url_patterns:
        if isinstance(one, URLResolver):
            yield from _routes(one)
        else:
            yield one


class TestDeclarations:
    def test_every_route_is_declared_or_closed(self) -> None:
        """A route says who may come in, or stands on the list of the closed ones; none is forgotten, none is both."""
        every = list(_routes(get_resolver()))
        bare = {route.name for route in every if door_of(ResolverMatch(route.callback, (), {}, route.name)) is None}
        assert bare == CLOSED

    def test_an_act_is_declared_by_its_verb(self) -> None:
        """The door of an act asks for the roles of the verb behind it; there is no second list."""
        assert {name: DOORS[name].roles for name in ACTS} == {name: VERBS[DOORS[name].verb].roles for name in ACTS}

    def test_no_act_is_for_the_auditor(self) -> None:
        """The auditor reads; no act is hers but to arrange her own desk."""
        assert sorted(name for name in ACTS if Role.AUDITOR in DOORS[name].roles) == OWN

    @pytest.mark.parametrize("name", sorted(CLOSED - {"account_confirm_email"}))
    def test_what_is_closed_is_not_there(self, client: Client, db: None, name: str) -> None:
        """A closed route answers like an address that does not exist."""
        assert client.get(reverse(name)).status_code == 404


class TestStrangers:
    def test_who_is_not_signed_in_is_led_to_the_sign_in(self, story: Told) -> None:
        """Whatever the address, a stranger is led to the sign-in and from there back to where it wanted to go."""
        stranger, addresses = Client(), {name: story.address(name) for name in ROUTES if DOORS[name] != PUBLIC}
        assert set(ROUTES) - set(addresses) == {"health", "language"}
        sign_in = {
            address: f"{reverse('account_login')}?{urlencode({'next': address})}" for address in addresses.values()
        }
        assert {address: stranger.get(address).headers.get("Location") for address in sign_in} == sign_in
        assert {address: stranger.post(address).headers.get("Location") for address in sign_in} == sign_in

    def test_who_left_is_a_stranger(self, story: Told) -> None:
        """A person who signed out sees nothing more."""
        desk = story.office.desk(Role.CXO)
        desk.client.post(reverse("account_logout"))
        assert desk.client.get(reverse("quotes")).status_code == 302


class TestRoles:
    @pytest.mark.parametrize("role", list(Role))
    def test_every_role_comes_in_where_it_is_declared(self, story: Told, role: Role) -> None:
        """Each route lets a role in or refuses it, exactly as declared; a page never breaks.

        Pages for everybody know no role: each is tried by some of them.
        """
        desk, turn = story.office.desk(role), list(Role).index(role) % 5
        tried = [*LIMITED, *OPEN[turn::5]]
        answers = {name: desk.client.get(story.address(name)).status_code for name in tried}
        shut = {name for name in LIMITED if role not in DOORS[name].roles}
        assert {name for name, status in answers.items() if status == 403} == shut
        assert {name: status for name, status in answers.items() if status not in {200, 302, 403}} == {}

    def test_a_refusal_names_the_roles_and_the_way_out(self, story: Told) -> None:
        """Who may not come in is told by which rule, whose page it is and whom to ask, in its language."""
        desk = story.office.desk(Role.HR)
        page = desk.see("trial-balance", status=403)
        assert "access.not-your-page" in page
        assert f"このページを利用できる役割: {ROLE_NAMES[Role.RECEIVABLES].ja}、" in page
        assert "システム管理者に役割の付与を依頼してください" in page

    def test_who_belongs_to_no_company_is_told_so(self, story: Told) -> None:
        """A person without a selling company sees empty lists, and where a company is needed whom to ask."""
        desk = Desk.of(an_actor(*Role, name="無所属"))
        answers = {name: desk.client.get(story.address(name)).status_code for name in PAGES}
        assert set(answers.values()) <= {200, 302, 403, 404}
        assert "システム管理者に割り当てを依頼してください" in desk.see("company", status=403)

    def test_who_holds_no_role_is_told_so(self, story: Told) -> None:
        """A person without a role does nothing, and no page breaks."""
        desk = Desk.of(an_actor(companies=[story.office.company_id], name="無役"))
        answers = {name: desk.client.get(story.address(name)).status_code for name in PAGES}
        assert {name for name, status in answers.items() if status == 403} == set(LIMITED)
        assert set(answers.values()) <= {200, 302, 403}

    @pytest.mark.parametrize("role", [Role.HR, Role.SALES_REP, Role.AUDITOR])
    def test_the_menu_leads_only_where_one_may_go(self, story: Told, role: Role) -> None:
        """Every link of the first page opens, for whoever sees it."""
        desk = story.office.desk(role)
        answers = {href: desk.client.get(href, follow=True).status_code for href in Page(desk.see("home")).hrefs}
        assert len(answers) > 15
        assert set(answers.values()) == {200}
