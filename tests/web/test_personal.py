"""Personal data: masked for who does not need it, everywhere, and whoever sees it is written down."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.apps import apps
from django.db import DatabaseError, connections, models, transaction
from django.urls import reverse
from openpyxl import load_workbook

from kanjo.foundation.actors import Role
from kanjo.foundation.personal import HIDDEN, NEEDED_BY, Kind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import VERBS
from kanjo.platform.identity.models import Person
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.privacy.models import Look
from kanjo.platform.privacy.queries import personal_columns
from kanjo.platform.privacy.ways import Way
from kanjo.platform.webhooks.offer import OFFER
from kanjo.platform.webhooks.rules import message_of
from kanjo.platform.worklist.models import WorkItem
from kanjo.platform.worklist.operations import put
from kanjo.surfaces.api.addresses import RESOURCES
from kanjo.surfaces.web.privacy.columns import REVEALED
from tests.api.programs import program_of
from tests.processes.end_state import rows
from tests.web.office import PAYER, Desk
from tests.web.story import KEYED, ROUTES, Told
from tests.web.test_doors import DOORS

ACCOUNT = "0001-123-1-1234567"
ADDRESS = "神奈川県横浜市西区みなとみらい2-3-1"
EMAIL = "saiyo.tantou@suginamiki.example"
SECRETS = {Kind.EMAIL: EMAIL, Kind.ADDRESS: ADDRESS, Kind.PAYER: PAYER, Kind.ACCOUNT: ACCOUNT}
MASKED = [
    Role.SALES_REP,
    Role.SALES_OPERATIONS,
    Role.RECEIVABLES,
    Role.CFO,
    Role.HR,
    Role.MANAGEMENT,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
]
"""One role at least for each set of kinds that is masked together, inside the books and outside."""
GUESSED = re.compile(r"mail|phone|tel\b|address|account|payer|holder|contact|birth|bank_|first_name|last_name|fax")
NOT_PERSONAL = {
    ("companies_sellingcompany", "address"): "the house itself, printed on every paper",
    ("companies_sellingcompany", "bank_account"): "where customers pay to, printed on every invoice",
    ("billing_invoice", "issuer_address"): "a copy of the house's own",
    ("billing_invoice", "bank_account"): "a copy of the house's own",
    ("identity_session", "address"): "of the network, shown to its person and to those who shut people out",
    ("billing_invoice", "payer_name"): "the name of the company that pays, which every role works with",
    ("receivables_acknowledgement", "addressee"): "the name of the company that paid",
    ("receivables_acknowledgement", "issuer_address"): "a copy of the house's own",
    ("receivables_monthlystatement", "addressee"): "the name of the company that pays",
    ("receivables_monthlystatement", "issuer_address"): "a copy of the house's own",
}
"""Columns that are called like personal data and hold none, each with the reason."""


class TestColumns:
    @pytest.mark.row("SFQ-4")
    def test_none_is_forgotten(self) -> None:
        """A column of text that is called like personal data is declared as such, or says why it is none."""
        texts = (models.CharField, models.TextField, models.JSONField)
        called = {
            (model._meta.db_table, field.attname)
            for model in apps.get_models()
            if model.__module__.startswith("kanjo.")
            for field in model._meta.concrete_fields
            if isinstance(field, texts) and GUESSED.search(field.attname)
        }
        assert {one for one in called if one not in personal_columns() and one not in NOT_PERSONAL} == set()
        assert set(NOT_PERSONAL) <= called
        columns = {(model._meta.db_table, field.attname) for model in apps.get_models() for field in model._meta.fields}
        assert set(personal_columns()) <= columns

    def test_each_set_of_kinds_is_tried(self) -> None:
        """The roles that the pages are tried with have every combination of masked kinds that there is."""

        def hidden(role: Role) -> frozenset[Kind]:
            return frozenset(kind for kind in SECRETS if role not in NEEDED_BY[kind])

        assert {hidden(role) for role in MASKED} == {hidden(role) for role in Role} - {frozenset()}

    def test_who_writes_a_field_may_read_it(self) -> None:
        """Nobody amends what is masked for it."""
        assert set(VERBS["customers.amend"].roles) <= NEEDED_BY[Kind.ADDRESS]
        assert set(VERBS["receivables.allocate"].roles) <= NEEDED_BY[Kind.PAYER]


@pytest.fixture
def email(story: Told) -> None:
    """The person whose page is looked at has an address that stands nowhere else, and work that names a payer."""
    person = story.office.people[Role.HR]
    Person.objects.filter(pk=person.id).update(email=EMAIL)
    why = Text(en=f"Ask {PAYER}.", ja=f"{PAYER} に確認")
    if not WorkItem.objects.filter(kind="asked").exists():
        put(
            kind="asked",
            subject=("receivables_receipt", int(str(story.keys["receipt"]))),
            company_id=story.office.company_id,
            role=Role.HR,
            owner_id=person.id,
            why=why,
        )


@pytest.mark.row("SFQ-4")
@pytest.mark.row("A2")
@pytest.mark.row("A8")
class TestMasks:
    @pytest.mark.parametrize("role", MASKED)
    @pytest.mark.usefixtures("email")
    def test_nothing_personal_reaches_a_role_that_does_not_need_it(self, story: Told, role: Role) -> None:
        """Pages, panels, exports, search and API give a role no byte of the kinds it does not need."""
        desk, hidden = story.office.desk(role), {text for kind, text in SECRETS.items() if role not in NEEDED_BY[kind]}
        answers = {**_pages(desk, story), **_exports(desk, story), **_calls(story, role)}
        assert {
            name: found for name, text in answers.items() if (found := {one for one in hidden if one in text})
        } == {}
        assert len(answers) > 90

    @pytest.mark.usefixtures("email")
    def test_who_invites_reads_addresses_and_the_auditor_says_why(self, story: Told) -> None:
        """The list and the page of a person; who may not read an address neither finds nor sorts people by it."""
        key, auditor = story.keys["person"], story.office.desk(Role.AUDITOR)
        for role in (Role.ADMINISTRATOR, Role.HR):
            desk = story.office.desk(role)
            assert all(EMAIL in page for page in (desk.see("people"), desk.see("person", key)))
            assert f"/people/{key}" in desk.see("people", q=EMAIL)
        look = Look.objects.latest("id")
        assert (look.page, look.kinds) == ("people", "email")
        assert f"/people/{key}" not in auditor.see("people", q=EMAIL)
        turned = [re.findall(r"/people/(\d+)", auditor.see("people", order=order)) for order in ("email", "-email", "")]
        assert turned[0] == turned[1] == turned[2] != []
        assert EMAIL not in auditor.see("person", key)
        auditor.do("reveal", f"person.{key}", because="監査手続 13")
        assert EMAIL in auditor.see("person", key)

    @pytest.mark.usefixtures("email")
    def test_nothing_personal_is_told_to_programs_outside(self, story: Told) -> None:
        """No value of a column of personal data, and no reason that somebody wrote, is in a message of any fact."""
        written = set()
        for table, column in personal_columns():
            written |= {str(text) for (text,) in rows(f"SELECT DISTINCT {column} FROM {table}") if len(str(text)) > 3}
        written |= {text for (text,) in rows("SELECT DISTINCT because FROM audit_change") if "." not in text}
        written -= {"", *(number for (number,) in rows("SELECT number FROM billing_invoice"))}
        told = [
            message_of("msg_1", kind=one.kind, recorded_at=one.recorded_at, fact=one.payload, told=OFFER.fields)
            for one in FactRow.objects.all()
        ]
        assert {EMAIL, ADDRESS, ACCOUNT, PAYER} <= written
        assert len({one.body for one in told}) > 20
        assert {secret for secret in written for one in told if secret in one.body.decode()} == set()

    def test_who_needs_it_reads_it(self, story: Told) -> None:
        """The same pages show it whole to who works with it, and mask it visibly for who does not."""
        clerk, auditor = story.office.desk(Role.RECEIVABLES), story.office.desk(Role.AUDITOR)
        for page, secrets in {
            "receipt": (PAYER, ACCOUNT),
            "bank-file": (ACCOUNT,),
            "customer": (ADDRESS,),
            "invoice": (ADDRESS,),
        }.items():
            whole, masked = clerk.see(page, story.keys[page]), auditor.see(page, story.keys[page])
            assert [one for one in secrets if one not in whole] == []
            assert HIDDEN in masked
            assert "個人情報を表示" in masked

    def test_what_is_masked_is_not_found(self, story: Told) -> None:
        """A list does not answer whether a guessed name is in it."""
        found = re.findall(r'href="/receipts/\d+"', story.office.desk(Role.AUDITOR).see("receipts", q="アオバ"))
        known = re.findall(r'href="/receipts/\d+"', story.office.desk(Role.RECEIVABLES).see("receipts", q="アオバ"))
        assert found == []
        assert known != []

    def test_papers_ask_why(self, story: Told) -> None:
        """A paper cannot be masked: it asks for a reason first, or is not for the role at all."""
        papers = [name for name in ROUTES if DOORS[name].holds]
        assert sorted(papers) == ["bank-file-original", "file", "invoice-pdf", "invoice-xml", "quote-draft-pdf"]
        for name in papers:
            answer = story.office.desk(Role.AUDITOR).client.get(story.address(name))
            assert answer.headers["Location"] == reverse("reveal", args=[f"{name}.{story.keys[name]}"])
            assert story.office.desk(Role.HR).client.get(story.address(name)).status_code == 403

    def test_a_history_masks_too(self, story: Told) -> None:
        """What the trail recorded of a column is masked like the column."""
        clerk = story.office.desk(Role.SALES_REP)
        given = {"name": "株式会社青葉商事", "country": "JP", "language": "ja", "payment_terms": "net:30:none"}
        clerk.do("amend-customer", story.office.customer_id, **given, address=ADDRESS + " 新館", because="移転")
        assert "新館" in clerk.see("customer", story.office.customer_id)
        assert "新館" not in story.office.desk(Role.AUDITOR).see("customer", story.office.customer_id)
        clerk.do("amend-customer", story.office.customer_id, **given, address=ADDRESS, because="訂正")


@pytest.mark.row("SFQ-4")
class TestReveal:
    @pytest.mark.parametrize("page", ["customer", "receipt", "invoice-pdf"])
    def test_a_reason_opens_one_page_to_one_person(self, story: Told, page: str) -> None:
        """After a reason the page shows what it masked, to that person and on that page alone."""
        auditor, other = story.office.desk(Role.AUDITOR), story.office.desk(Role.MANAGEMENT)
        key = story.keys[page]
        before = auditor.client.get(story.address(page))
        auditor.do("reveal", f"{page}.{key}", because="監査手続 12")
        after = auditor.client.get(story.address(page))
        assert after.status_code == 200
        if page != "invoice-pdf":
            assert HIDDEN in before.content.decode()
            assert HIDDEN not in re.sub(r"<section.*", "", after.content.decode(), flags=re.DOTALL)
            assert HIDDEN in other.see(page, key)
        else:
            assert other.client.get(story.address(page)).status_code == 302
        last = Look.objects.filter(person_id=auditor.actor.id).latest("id")
        assert (last.page, last.key) == (page, key)
        given = Look.objects.filter(way=Way.REVEAL, page=page).latest("id")
        assert (given.because, given.subject, given.subject_id) == ("監査手続 12", REVEALED[page], key)

    def test_without_a_reason_nothing_opens(self, story: Told) -> None:
        """A blank reason is refused at its field, and the page stays masked."""
        auditor, key = story.office.desk(Role.AUDITOR), story.keys["bank-file"]
        status, page = auditor.refused("reveal", f"bank-file.{key}", because=" ")
        assert (status, "form.missing" in page) == (400, True)
        assert ACCOUNT not in auditor.see("bank-file", key)

    def test_it_closes_after_a_while(self, story: Told) -> None:
        """Sixteen minutes later the reason does not count any more."""
        auditor, key = story.office.desk(Role.CFO), story.keys["bank-file"]
        auditor.do("reveal", f"bank-file.{key}", because="照合")
        assert ACCOUNT in auditor.see("bank-file", key)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE privacy_look DISABLE TRIGGER USER")
            cursor.execute("UPDATE privacy_look SET recorded_at = recorded_at - interval '16 minutes'")
            cursor.execute("ALTER TABLE privacy_look ENABLE TRIGGER USER")
        assert ACCOUNT not in auditor.see("bank-file", key)

    @pytest.mark.parametrize("of", ["quote.1", "customer.0", "customer.x", "customer", "customer.99999999999999999999"])
    def test_there_is_nothing_else_to_reveal(self, story: Told, of: str) -> None:
        """Only pages that mask something are opened, and only those that there are."""
        assert story.office.desk(Role.AUDITOR).client.get(reverse("reveal", args=[of])).status_code == 404


@pytest.mark.row("SFQ-4")
class TestLog:
    def test_a_page_is_written_down_with_whose(self, story: Told) -> None:
        """Who opens a customer's page and sees its address is in the log, with the page and the company."""
        rep, key = story.office.desk(Role.SALES_REP), story.office.customer_id
        rep.see("customer", key)
        look = Look.objects.latest("id")
        assert (look.person_id, look.company_id, look.way, look.page) == (
            rep.actor.id,
            story.office.company_id,
            Way.PAGE,
            "customer",
        )
        assert (look.subject, look.subject_id, look.kinds) == ("customers_customer", key, "address")

    def test_who_sees_only_masks_is_not(self, story: Told) -> None:
        """A page that showed nothing personal leaves nothing in the log."""
        before = Look.objects.count()
        story.office.desk(Role.HR).see("customer", story.office.customer_id)
        assert Look.objects.count() == before

    def test_an_export_and_a_call_say_what_was_asked(self, story: Told) -> None:
        """An export is one look with the conditions of the list; a program's call is one too."""
        clerk = story.office.desk(Role.RECEIVABLES)
        clerk.client.get(reverse("receipts"), {"as": "csv", "left": "left"})
        look = Look.objects.latest("id")
        assert (look.way, look.page, "left=left" in look.query) == (Way.EXPORT, "receipts", True)
        program_of(story.office, Role.RECEIVABLES).asks("receipts", limit=5)
        look = Look.objects.latest("id")
        assert (look.way, look.page, look.query) == (Way.API, "GET /api/v1/receipts", "limit=5")

    def test_hundreds_are_counted(self, story: Told) -> None:
        """A list of many people is one row with their number."""
        from kanjo.platform.privacy.operations import Seen, note_looks

        by, before = story.office.people[Role.RECEIVABLES], Look.objects.count()
        seen = [Seen(("receivables_receipt", number), 3) for number in range(500)]
        assert note_looks(seen, kinds="payer", way=Way.EXPORT, page="receipts", key=None, query="", by=by) == 1
        assert Look.objects.count() == before + 1
        look = Look.objects.latest("id")
        assert (look.subject, look.subject_id, look.count) == ("receivables_receipt", None, 500)

    def test_the_auditor_reads_it_and_a_customer_says_who(self, story: Told) -> None:
        """The log is a list with its filters, for auditor and administrator; so is the part on a customer's page."""
        story.office.desk(Role.SALES_REP).see("customer", story.office.customer_id)
        auditor = story.office.desk(Role.AUDITOR)
        name = story.office.people[Role.SALES_REP].name
        assert name in auditor.see("looks", q=name, of="customers_customer", way="page")
        assert name not in re.sub(r"<form.*?</form>", "", auditor.see("looks", q="誰でもない"), flags=re.DOTALL)
        page = auditor.see("customer", story.office.customer_id)
        assert "個人情報の閲覧者" in page
        assert "個人情報の閲覧者" not in story.office.desk(Role.SALES_REP).see("customer", story.office.customer_id)
        assert auditor.client.get(reverse("looks"), {"as": "csv"}).status_code == 200

    @pytest.mark.parametrize("change", ["UPDATE privacy_look SET person_id = NULL", "DELETE FROM privacy_look"])
    @pytest.mark.parametrize("login", ["default", "owner"])
    def test_nobody_changes_it(self, story: Told, change: str, login: str) -> None:
        """Neither the application nor the owner of the tables changes or removes a look."""
        story.office.desk(Role.SALES_REP).see("customer", story.office.customer_id)
        with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic(using=login):
            connections[login].cursor().execute(change)

    def test_old_ones_are_forgotten_and_young_ones_never(self, story: Told) -> None:
        """What is older than the installation keeps goes; asked to forget sooner, a year is kept all the same."""
        from django.utils import timezone

        from kanjo.platform.privacy.operations import forget_looks

        story.office.desk(Role.SALES_REP).see("customer", story.office.customer_id)
        young = Look.objects.count()
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT max(id) FROM privacy_look")
            [last] = cursor.fetchone()
            cursor.execute("ALTER TABLE privacy_look DISABLE TRIGGER USER")
            cursor.execute("UPDATE privacy_look SET recorded_at = now() - interval '400 days' WHERE id = %s", [last])
            cursor.execute("ALTER TABLE privacy_look ENABLE TRIGGER USER")
        assert forget_looks(kept_days=500, at=timezone.now()) == 0
        assert forget_looks(kept_days=1, at=timezone.now()) == 1
        assert Look.objects.count() == young - 1

    def test_each_company_has_its_own(self, story: Told) -> None:
        """The log of one company holds nothing of what people did in another."""
        assert {look.company_id for look in Look.objects.all()} == {story.office.company_id}


def _pages(desk: Desk, story: Told) -> dict[str, str]:
    """Return every page and panel that a role may open."""
    looked = {}
    for name in ROUTES:
        if DOORS[name].public or name in {"choose-company", "look"}:
            continue
        answer = desk.client.get(story.address(name))
        looked[name] = answer.content.decode(errors="replace")
        if name in KEYED and answer.status_code == 200:
            looked[f"{name} panel"] = desk.client.get(
                story.address(name), headers={"HX-Request": "true"}
            ).content.decode(errors="replace")
    for piece in ("アオバ", "横浜", "1-1234567", "不明", "saiyo"):
        looked[f"search {piece}"] = desk.client.get(reverse("search"), {"q": piece}).content.decode()
    return looked


def _exports(desk: Desk, story: Told) -> dict[str, str]:
    found = {}
    for name in ("receipts", "bank-files", "customers", "invoices", "people"):
        for kind in ("csv", "xlsx"):
            answer = desk.client.get(reverse(name), {"as": kind})
            if answer.status_code == 200:
                found[f"{name}.{kind}"] = _cells(answer.content, kind)
    return found


def _cells(content: bytes, kind: str) -> str:
    if kind == "csv":
        return content.decode("utf-8-sig")
    rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    return "\n".join(str(cell) for row in rows for cell in row)


def _calls(story: Told, role: Role) -> dict[str, str]:
    program, found = program_of(story.office, role), {}
    for name, resource in RESOURCES.items():
        answer = program.client.get(f"/api/v1/{name}", headers=program.headers)
        found[f"API {name}"] = answer.content.decode()
        if resource.one is not None and answer.status_code == 200 and answer.json()["items"]:
            key = answer.json()["items"][0]["id"]
            one = program.client.get(f"/api/v1/{name}/{key}", headers=program.headers)
            found[f"API {name} one"] = one.content.decode()
    return found
