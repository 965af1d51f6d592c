"""`kanjo user` as a person at a terminal meets it: who may sign in, and as what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from kanjo.foundation.actors import Role
from kanjo.platform.identity.factors import has_factor
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import find_actor
from tests.builders import a_company
from tests.mortals import Forge, forge
from tests.plumbing import FreshDatabase

AOKI = "aoki@example.com"
ADD = ("user", "add", AOKI, "--name", "青木 真理", "--company", "kanjo-jp", "--role")


@pytest.fixture
def kanjo(fresh_database: FreshDatabase) -> Iterator[Forge]:
    """A house with one company."""
    a_company("kanjo-jp")
    with forge({**fresh_database.environment, "COLUMNS": "200"}) as kanjo:
        yield kanjo


def told(kanjo: Forge, *words: str) -> Any:
    said = kanjo.types(*words, "--json")
    assert said.code == 0, said.err
    return json.loads(said.out)


def signs_in(password: str) -> bool:
    """Whether the password is the person's; the command hashes as the house does, the tests' own settings do not."""
    return PBKDF2PasswordHasher().verify(password, Person.objects.get(email=AOKI).password)


def roles() -> set[Role]:
    actor = find_actor(AOKI)
    assert actor is not None
    return set(actor.roles)


class TestUser:
    def test_a_person_is_let_in_with_a_password_that_is_told_once(self, kanjo: Forge) -> None:
        """The password that was printed is the one that signs in, and stands nowhere else."""
        drawn = told(kanjo, *ADD, "auditor")["password"]
        assert len(drawn) >= 16
        assert signs_in(drawn)
        assert drawn not in kanjo.types("user", "list").out
        assert told(kanjo, "user", "list") == [
            {"email": AOKI, "name": "青木 真理", "roles": ["auditor"], "companies": ["kanjo-jp"]}
        ]

    def test_roles_are_granted_and_withdrawn(self, kanjo: Forge) -> None:
        """Each act is told in a sentence; granted twice it is held once."""
        told(kanjo, *ADD, "sales_rep")
        for _ in range(2):
            given = kanjo.types("user", "grant", AOKI, "sales_manager", KANJO_LANGUAGE="ja")
            assert (given.code, "付与しました" in given.out) == (0, True)
        assert roles() == {Role.SALES_REP, Role.SALES_MANAGER}
        taken = kanjo.types("user", "withdraw", AOKI, "sales_rep")
        assert (taken.code, "no longer holds" in taken.out) == (0, True)
        assert roles() == {Role.SALES_MANAGER}

    def test_a_new_password_takes_the_place_of_the_old(self, kanjo: Forge) -> None:
        """The old one does not sign in any more."""
        old = told(kanjo, *ADD, "auditor")["password"]
        new = told(kanjo, "user", "password", AOKI)["password"]
        assert (signs_in(new), signs_in(old)) == (True, False)

    @pytest.mark.row("S2")
    def test_a_lost_second_factor_is_removed(self, kanjo: Forge) -> None:
        """Also that of the only administrator, by whoever has the machine; where there is none it is refused."""
        told(kanjo, *ADD, "administrator")
        person = find_actor(AOKI)
        assert person is not None
        TOTP.activate(Person.objects.get(pk=person.id), generate_totp_secret())
        said = kanjo.types("user", "lost-factor", AOKI, "--because", "phone lost")
        assert (said.code, "new second factor" in said.out, has_factor(person.id)) == (0, True, False)
        again = kanjo.types("user", "lost-factor", AOKI, "--because", "phone lost")
        assert (again.code, "has no second factor" in again.err) == (2, True)

    def test_an_address_that_is_taken_is_refused(self, kanjo: Forge) -> None:
        """Added again, nobody gets another's sign-in: the person, password and roles stay."""
        old = told(kanjo, *ADD, "auditor")["password"]
        for language in ("en", "ja"):
            again = kanjo.types(*ADD, "administrator", KANJO_LANGUAGE=language)
            assert (again.code, "Traceback" in again.err) == (2, False)
            assert AOKI in again.err
        assert roles() == {Role.AUDITOR}
        assert signs_in(old)

    def test_a_person_is_shut_out(self, kanjo: Forge) -> None:
        """Dismissed, it is listed no more, twice is once, and who is not there cannot be."""
        told(kanjo, *ADD, "auditor")
        for language, sentence in (("en", "can no longer sign in"), ("ja", "サインインできなくなりました")):
            gone = kanjo.types("user", "dismiss", AOKI, KANJO_LANGUAGE=language)
            assert (gone.code, sentence in gone.out) == (0, True)
        assert told(kanjo, "user", "list") == []
        assert kanjo.types("user", "dismiss", "nobody@example.com").code == 2

    def test_who_was_shut_out_comes_back(self, kanjo: Forge) -> None:
        """Readmitted with a new password, it has its roles again; the old password opens nothing; twice is refused."""
        old = told(kanjo, *ADD, "auditor")["password"]
        before = told(kanjo, "user", "list")
        kanjo.types("user", "dismiss", AOKI)
        new = told(kanjo, "user", "readmit", AOKI)["password"]
        assert told(kanjo, "user", "list") == before
        assert (signs_in(old), signs_in(new)) == (False, True)
        for language, sentence in (("en", "is not dismissed"), ("ja", "利用停止中ではありません")):
            again = kanjo.types("user", "readmit", AOKI, KANJO_LANGUAGE=language)
            assert (again.code, sentence in again.err) == (2, True)
        assert signs_in(new)

    def test_companies_are_assigned_and_taken_away(self, kanjo: Forge) -> None:
        """Each act is told in a sentence; a company that is not there is refused with what there is."""
        told(kanjo, *ADD, "auditor")
        taken = kanjo.types("user", "unassign", AOKI, "kanjo-jp")
        assert (taken.code, "no longer sees" in taken.out) == (0, True)
        assert told(kanjo, "user", "list")[0]["companies"] == []
        given = kanjo.types("user", "assign", AOKI, "kanjo-jp", KANJO_LANGUAGE="ja")
        assert (given.code, "割り当てました" in given.out) == (0, True)
        assert told(kanjo, "user", "list")[0]["companies"] == ["kanjo-jp"]
        assert kanjo.types("user", "unassign", AOKI, "nowhere").code == 2
