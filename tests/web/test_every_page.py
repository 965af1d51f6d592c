"""What holds for every page: it is whole, it is in the reader's language, and nothing in it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from kanjo.domains.billing.models import Hold, InvoiceLine, Plan, Policy, UsageDelivery
from kanjo.domains.customers.models import Customer
from kanjo.domains.opportunities.models import Opportunity
from kanjo.domains.receivables.models import Receipt
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.audit.models import Change
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.files.models import StoredFile
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.operations import admit_person
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.webhooks.models import Endpoint
from kanjo.surfaces.web.middleware import POLICY
from tests.builders import NOW, an_actor
from tests.web.office import Desk
from tests.web.pages import Page
from tests.web.story import PERSONAL, ROUTES, Told

NO_PAGE = frozenset(
    {"health", "language", "look", "choose-company", "quote-draft-pdf", "invoice-pdf", "invoice-xml", "file"}
    | {"bank-file-original"}
)
LEADS_ON = frozenset(
    {
        "approval-condition",
        "approval-item",
        "bring-company-account",
        "connect-company-account",
        "run-progress",
        "working",
        *PERSONAL,
    }
)
PAGES = [name for name in ROUTES if name not in NO_PAGE | LEADS_ON]
PASSWORD = "correct horse battery"
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff01-\uff9f]+")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
# Words that Japanese pages write in Latin letters, and numbers of documents, digests and time zones.
LATIN = re.compile(
    r"\b(Kanjo|JP PINT|API|Webhook|URL|POST|https|msg_[0-9a-f]{32}|"
    r"PDF|PNG|QR|PIN|CSV|UTF-8|ASCII|ISO|SHA-256|CxO|CFO|CLO|JPY|USD|JP|ID|Asia/Tokyo|[A-Z]+-\d{4}-\d+|[0-9a-f]{64}|"
    r"T\d{13}|user|CLOUD-M|BOX|PO-1)\b",
    re.ASCII,
)


@pytest.fixture(scope="module", params=list(Language))
def desks(request: pytest.FixtureRequest, story: Told) -> tuple[Desk, Desk, str]:
    """The auditor, who reads, and a colleague with every role, who sees the forms, in one of the two languages."""
    everybody = an_actor(*Role, companies=[story.office.company_id], name="万能 花子")
    return story.office.desk(Role.AUDITOR, request.param), Desk.of(everybody, request.param), request.param


@pytest.mark.parametrize("name", PAGES)
def test_page(story: Told, desks: tuple[Desk, Desk, str], name: str) -> None:
    """A page stands in both languages: whole, labelled, in that language alone, with nothing inline."""
    auditor, everybody, language = desks
    for desk in (auditor, everybody):
        answer = desk.client.get(story.address(name))
        assert answer.status_code in {200, 403 if desk is auditor else 200}
        look_at(answer, language, story_data())


@pytest.mark.parametrize("language", list(Language))
class TestAccount:
    """The pages around the sign-in, most of which another package draws."""

    @pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
    def test_before_the_sign_in(self, story: Told, language: Language, name: str) -> None:
        """A stranger reads the pages in the language that this browser chose."""
        stranger = Client()
        stranger.post(reverse("language"), {"language": language})
        look_at(stranger.get(reverse(name)), language)

    def test_a_wrong_password_is_told(self, story: Told, language: Language) -> None:
        """Who types a wrong password is told so in its language, and not whether the address exists."""
        stranger = Client()
        stranger.post(reverse("language"), {"language": language})
        typed = {"login": "nobody@kanjo.example", "password": "wrong"}
        answer = stranger.post(reverse("account_login"), typed)
        look_at(answer, language, typed.values())
        assert 'class="fault"' in answer.content.decode()

    def test_my_account(self, story: Told, language: Language) -> None:
        """A person changes its password, sets up the second step and keeps its recovery codes, in its language."""
        client, data = _signed_in(story, language), story_data()
        for name in ("account_change_password", "account_logout", "mfa_index", "account_reauthenticate"):
            look_at(client.get(reverse(name)), language, data)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = look_at(client.get(reverse("mfa_activate_totp")), language, data)
        secret = next(field["value"] for field in page.fields if "readonly" in field)
        wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
        look_at(wrong, language, [*data, secret])
        code = hotp_value(secret, next(iter(yield_hotp_counters_from_time())))
        client.post(reverse("mfa_activate_totp"), {"code": format_hotp_value(code)})
        for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
            look_at(client.get(reverse(name)), language, data)


@pytest.mark.parametrize("language", list(Language))
class TestNoPage:
    """What is answered where there is no page to show."""

    def test_no_such_address(self, story: Told, language: Language) -> None:
        """An address that does not exist is told as such."""
        answer = story.office.desk(Role.AUDITOR, language).client.get("/nowhere")
        assert answer.status_code == 404
        look_at(answer, language)

    def test_a_form_without_its_token(self, story: Told, language: Language) -> None:
        """A form that was not sent from our page is refused, and says how to send it again."""
        desk = story.office.desk(Role.SALES_REP, language)
        client = Client(enforce_csrf_checks=True)
        client.cookies = desk.client.cookies
        answer = client.post(reverse("register-customer"), {"name": "無札商会"})
        assert answer.status_code == 403
        look_at(answer, language)

    def test_something_breaks(self, story: Told, language: Language, settings: Any) -> None:
        """When the house itself fails, the page says so in the reader's language and tells nothing of the inside."""
        client = story.office.desk(Role.SALES_REP, language).client
        client.raise_request_exception = False
        settings.MEDIA_ROOT = None
        answer = client.get(story.address("file"))
        assert answer.status_code == 500
        look_at(answer, language)

    def test_a_request_that_cannot_be_read(self, story: Told, language: Language, settings: Any) -> None:
        """A request beyond what the house reads is told to be one."""
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
        client = story.office.desk(Role.SALES_REP, language).client
        answer = client.post(reverse("register-customer"), {f"field-{number}": "" for number in range(5)})
        assert answer.status_code == 400
        look_at(answer, language)


def test_moments_stand_in_the_zone_of_the_company(story: Told) -> None:
    """The clock of a page is that of the company at hand, not of the machine; the next page starts anew."""
    desk, company = story.office.desk(Role.AUDITOR), SellingCompany.objects.get(pk=story.office.company_id)
    shown = re.compile(r'class="kj-asof.*?(\d{4}-\d\d-\d\d \d\d):', re.DOTALL)
    for zone in ("Pacific/Kiritimati", "America/Juneau", company.time_zone):
        SellingCompany.objects.filter(pk=company.pk).update(time_zone=zone)
        now = datetime.now(tz=ZoneInfo(zone)).strftime("%Y-%m-%d %H")
        found = shown.search(desk.see("home"))
        assert found is not None
        assert found[1] >= now


@pytest.mark.parametrize("name", ["language", "look", "choose-company", "stand-back"])
def test_an_act_without_a_page_leads_home(story: Told, name: str) -> None:
    """Who comes back from the sign-in to an act that has no page of its own lands on the queue."""
    answer = story.office.desk(Role.AUDITOR).client.get(reverse(name))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def _signed_in(story: Told, language: Language) -> Client:
    """Let a person with a password in through the sign-in form."""
    email = f"{language}@kanjo.example"
    with transaction.atomic():
        admit_person(
            email=email,
            name="鍵 守",
            roles=[Role.AUDITOR],
            companies=[story.office.company_id],
            language=language,
            password=PASSWORD,
            by=house(),
            at=NOW,
        )
    client = Client()
    answer = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    return client


def look_at(answer: HttpResponseBase, language: str, data: Iterable[str] = ()) -> Page:
    """Check all that holds for any page and return it."""
    page = Page(answer.getvalue().decode())
    assert page.faults == []
    assert (page.language, answer.headers["Content-Language"]) == (language, language)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert foreign(page, language, data) == []
    return page


def foreign(page: Page, language: str, data: Iterable[str]) -> list[str]:
    """Return what the page says in the other language, once the data in it is taken away."""
    said = "\n".join(page.said)
    for known in sorted(data, key=len, reverse=True):
        said = said.replace(known, " ")
    return JAPANESE.findall(said) if language == Language.ENGLISH else ENGLISH.findall(LATIN.sub(" ", said))


def story_data() -> set[str]:
    """Return what people typed and files brought: it stands on pages of both languages as it is."""
    rows = [
        *SellingCompany.objects.values_list("name", "name_en", "address", "bank_account", "code"),
        *Customer.objects.values_list("name", "name_kana", "name_en", "address", "sector"),
        *Receipt.objects.values_list("payer_name", "text", "account"),
        *Hold.objects.values_list("because"),
        *Change.objects.exclude(because="").values_list("because").distinct(),
        *InvoiceLine.objects.values_list("description"),
        *Plan.objects.values_list("description_ja"),
        *Person.objects.values_list("name", "email"),
        *Opportunity.objects.values_list("name"),
        *Delivery.objects.values_list("error"),
        *Endpoint.objects.values_list("name", "url"),
        *StoredFile.objects.values_list("name"),
        *UsageDelivery.objects.values_list("name"),
        *Policy.objects.values_list("code"),
    ]
    return {word for row in rows for word in row if word} | {"発注書の写し", "検収書"}
