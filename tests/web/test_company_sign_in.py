"""Single sign-on against a real issuer: who is let in, and everything that is not believed."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPMessage
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from joserfc.jwk import RSAKey

from kanjo.config.environment import CompanySignIn
from kanjo.foundation.actors import Actor, Role
from kanjo.platform.identity.company_accounts import AccountTaken, OtherAccount, connect_account
from kanjo.platform.identity.models import CompanyAccount, Person
from kanjo.platform.identity.operations import dismiss_person
from kanjo.platform.identity.queries import house
from tests.builders import NOW
from tests.web.issuer import CLIENT, SECRET, Issuer, issuing
from tests.web.office import Office
from tests.web.signing_in import a_person, email_of, is_in, signs_in
from tests.web.test_factors import code_of, shows, with_an_app

BACK = "company-sign-in-back"


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    with issuing() as started:
        settings.COMPANY_SIGN_IN = CompanySignIn(started.address, CLIENT, SECRET, "Kanjo ID")
        yield started


@pytest.fixture
def cxo(office: Office, issuer: Issuer) -> Actor:
    """A person whose account is connected."""
    person = a_person(Role.CXO, companies=[office.company_id])
    issuer.email = email_of(person)
    connected(person, issuer.address, issuer.subject)
    return person


@transaction.atomic
def connected(person: Actor, issuer: str, subject: str) -> None:
    connect_account(issuer=issuer, subject=subject, by=person, at=NOW)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0917 - urllib's own shape
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def goes_there(address: str) -> str:
    """Go to the issuer as a browser does; return where it sends back to."""
    try:
        urllib.request.build_opener(_Stay).open(address)
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError("the issuer sends nobody back")


def comes_back(client: Client, where: str) -> Any:
    return client.get(reverse(BACK), {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()})


def round_trip(client: Client, asked: str = "") -> Any:
    """Sign in at the issuer; return the answer to the coming back."""
    started = client.get(reverse("company-sign-in"), {"next": asked})
    there = started.headers.get("Location")
    return comes_back(client, goes_there(there)) if there else started


@pytest.mark.row("S4")
class TestSignIn:
    def test_who_is_connected_is_let_in(self, cxo: Actor) -> None:
        """And is led where it wanted to go, but never out of the house."""
        client = Client()
        assert "Kanjo ID" in client.get(reverse("account_login")).content.decode()
        assert round_trip(client, "/quotes").headers["Location"] == "/quotes"
        assert is_in(client)
        assert round_trip(Client(), "https://evil.example/").headers["Location"] == "/"

    def test_the_second_factor_is_asked_for_all_the_same(self, cxo: Actor) -> None:
        """The issuer stands in for the password, and for nothing more."""
        secret, client = with_an_app(cxo), Client()
        assert round_trip(client).headers["Location"] == reverse("mfa_authenticate")
        assert not is_in(client)
        assert shows(client, code_of(secret))

    def test_another_address_is_the_same_person(self, cxo: Actor, issuer: Issuer, office: Office) -> None:
        """Who marries or borrows an address stays who it is: issuer and subject are the key."""
        other = a_person(Role.CFO, companies=[office.company_id])
        issuer.email = email_of(other)
        client = Client()
        round_trip(client)
        assert client.session["_auth_user_id"] == str(cxo.id)

    def test_who_proves_itself_anew(self, cxo: Actor, issuer: Issuer, office: Office) -> None:
        """A person without a password proves itself there; who comes back as somebody else does not."""
        Person.objects.filter(pk=cxo.id).update(password="!none")
        client = Client()
        round_trip(client)
        there = goes_there(client.get(reverse("company-sign-in"), {"next": "/quotes"}).headers["Location"])
        assert comes_back(client, there).headers["Location"] == "/quotes"
        issuer.claims = {"auth_time": 1}
        assert round_trip(client).status_code == 403
        issuer.claims, issuer.subject = {}, "sub-2"
        connected(a_person(Role.CFO, companies=[office.company_id]), issuer.address, "sub-2")
        assert round_trip(client).status_code == 403
        assert client.session["_auth_user_id"] == str(cxo.id)


def _lies(**claims: Any) -> Callable[[Issuer], None]:
    def lie(issuer: Issuer) -> None:
        issuer.claims = claims

    return lie


def _other_key(issuer: Issuer) -> None:
    issuer.key = RSAKey.generate_key(2048, {"kid": "1"})


def _unsigned(issuer: Issuer) -> None:
    issuer.algorithm = "none"


def _public_key_as_secret(issuer: Issuer) -> None:
    issuer.algorithm, issuer.key = "HS256", issuer.public_as_secret()


def _our_secret_as_key(issuer: Issuer) -> None:
    issuer.algorithm, issuer.key = "HS256", SECRET.encode()


def _other_subject(issuer: Issuer) -> None:
    issuer.subject = "sub-2"


def _describes_another(issuer: Issuer) -> None:
    issuer.described = {"issuer": "https://elsewhere.example"}


def _sends_us_away(issuer: Issuer) -> None:
    issuer.redirects = f"{issuer.address}/keys"


def _keys_in_the_clear(issuer: Issuer) -> None:
    issuer.described = {"jwks_uri": "http://elsewhere.example/keys"}


@pytest.mark.row("S4")
class TestNotBelieved:
    @pytest.mark.parametrize(
        "lie",
        [
            _other_subject,
            _lies(iss="https://elsewhere.example"),
            _lies(aud="another"),
            _lies(aud=[CLIENT, "another"]),
            _lies(azp="another"),
            _lies(nonce="an old one"),
            _lies(nonce=None),
            _lies(exp=1_700_000_000),
            _lies(iat=1_700_000_000),
            _lies(sub=None),
            _lies(sub=""),
            _other_key,
            _unsigned,
            _public_key_as_secret,
            _our_secret_as_key,
            _describes_another,
            _sends_us_away,
            _keys_in_the_clear,
        ],
    )
    def test_what_the_issuer_says(self, cxo: Actor, issuer: Issuer, lie: Callable[[Issuer], None]) -> None:
        """Whatever is wrong in the answer: nobody is signed in, and the page says how to begin anew."""
        round_trip(rightly := Client())
        assert is_in(rightly)
        lie(issuer)
        client = Client()
        answer = round_trip(client)
        assert answer.status_code in {403, 409}
        assert 'class="fault"' in answer.content.decode()
        assert not is_in(client)

    def test_an_answer_to_somebody_else(self, cxo: Actor, issuer: Issuer) -> None:
        """The answer to one browser signs no other in, nor is it good twice, nor with another state or issuer."""
        mine, other = Client(), Client()
        there = mine.get(reverse("company-sign-in")).headers["Location"]
        where = goes_there(there)
        assert comes_back(other, where).status_code == 403
        other.get(reverse("company-sign-in"))
        assert comes_back(other, where).status_code == 403
        assert comes_back(mine, where).status_code == 302
        mine.post(reverse("account_logout"))
        assert comes_back(mine, where).status_code == 403
        for changed in ({"state": "x"}, {"iss": "https://elsewhere.example"}, {"error": "access_denied"}):
            where = goes_there(mine.get(reverse("company-sign-in")).headers["Location"])
            query = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
            assert mine.get(reverse(BACK), query | changed).status_code == 403
        assert not is_in(mine)
        assert not is_in(other)

    def test_the_same_address_joins_nobody(self, office: Office, issuer: Issuer) -> None:
        """An account with the address of a person that never connected it is a stranger."""
        person = a_person(Role.CXO, companies=[office.company_id])
        issuer.email = email_of(person)
        client = Client()
        answer = round_trip(client)
        assert answer.status_code == 403
        assert "identity.account-not-connected" in answer.content.decode()
        assert not is_in(client)
        assert CompanyAccount.objects.count() == 0

    def test_who_was_dismissed(self, cxo: Actor) -> None:
        """The issuer still knows the person; the house does not let it in."""
        with transaction.atomic():
            dismiss_person(person_id=cxo.id, by=house(), at=NOW)
        client = Client()
        round_trip(client)
        assert not is_in(client)


@pytest.mark.row("S4")
class TestConnect:
    def test_a_person_connects_its_own(self, office: Office, issuer: Issuer) -> None:
        """After the form, by the link: then it signs in; and it is disconnected again."""
        person = a_person(Role.CXO, companies=[office.company_id])
        client = signs_in(person)
        assert client.get(reverse("bring-company-account")).headers["Location"] == reverse("company-account")
        client.post(reverse("connect-company-account"), {})
        page = client.get(reverse("bring-company-account")).content.decode()
        there = page.partition(f'href="{issuer.address}')[2].partition('"')[0].replace("&amp;", "&")
        assert comes_back(client, goes_there(issuer.address + there)).status_code == 302
        assert "接続済み" in client.get(reverse("company-account")).content.decode()
        assert round_trip(Client()).status_code == 302
        client.post(reverse("disconnect-company-account"), {})
        assert round_trip(Client()).status_code == 403

    def test_of_two_persons_only_one(self, office: Office, issuer: Issuer, cxo: Actor) -> None:
        """An account lets one person in, and a person comes by one account."""
        other = a_person(Role.CFO, companies=[office.company_id])
        with pytest.raises(AccountTaken):
            connected(other, issuer.address, issuer.subject)
        with pytest.raises(OtherAccount):
            connected(cxo, issuer.address, "sub-9")
        connected(cxo, issuer.address, issuer.subject)
        assert CompanyAccount.objects.count() == 1
