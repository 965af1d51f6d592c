"""Whatever is typed into addresses and forms is text, and nothing more."""

from __future__ import annotations

import json
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjo.domains.customers.queries import list_customers
from kanjo.foundation.actors import Role
from kanjo.surfaces.web.addresses import urlpatterns
from kanjo.surfaces.web.lists import ListPage
from tests.api.programs import program_of
from tests.web.office import Desk
from tests.web.story import ROUTES, Told
from tests.web.test_doors import DOORS
from tests.web.test_forms import CUSTOMER, everything

pytestmark = pytest.mark.once

LISTS = {str(route.name): route.callback for route in urlpatterns if isinstance(route.callback, ListPage)}
FRAGMENTS = (
    "'",
    '"',
    "id; DROP TABLE quotes_quote",
    "id) UNION SELECT password FROM identity_person--",
    "1 OR 1=1",
    "-",
    "--id",
    "company__bank_account",
    "customer__address",
    "id desc nulls first",
    "(SELECT pg_sleep(5))",
    "%s",
    "{0.__class__}",
    "{{7*7}}",
    "\u202eid",
    "ｉｄ",
)
PARAMETERS = ("order", "q", "at", "state", "without", "as", "open")
UNSAFE = [name for name in ROUTES if DOORS[name].verb]
WIDTHS = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})


@pytest.fixture(scope="module")
def everybody(story: Told) -> Desk:
    """A desk of somebody who opens every list: the roles of the books and of the house."""
    return story.office.desk(Role.ADMINISTRATOR)


@pytest.mark.row("X6")
@pytest.mark.parametrize("name", LISTS)
def test_fragments_of_sql_and_templates_are_text(story: Told, everybody: Desk, name: str) -> None:
    """In every parameter of every list a fragment is looked for, or refused by its rule; nothing breaks or runs."""
    before = everything()
    desk = story.office.desk(Role.RECEIVABLES) if name == "gap-list" else everybody
    answers = {
        (parameter, given): desk.client.get(reverse(name), {parameter: given}).status_code
        for parameter, given in product(PARAMETERS, FRAGMENTS)
    }
    assert set(answers.values()) <= {200, 400}
    sorts = any(column.order for column in LISTS[name].columns)
    assert {answers["order", given] for given in FRAGMENTS} == {400 if sorts else 200}
    after = everything()
    assert {table: count for table, count in after.items() if count != before[table]}.keys() <= {"Look"}


@pytest.mark.row("X8")
@pytest.mark.parametrize("headers", [{}, {"origin": "https://elsewhere.example"}])
def test_no_press_comes_from_another_site(story: Told, headers: dict[str, str]) -> None:
    """Every act of every page without its token, or with the origin of another site, is refused and does nothing."""
    before = everything()
    client = Client(enforce_csrf_checks=True)
    client.cookies = story.office.desk(Role.SALES_REP).client.cookies
    answers = {name: client.post(story.address(name), headers=headers).status_code for name in UNSAFE}
    assert {name for name, status in answers.items() if status != 403} == set()
    assert len(UNSAFE) > 40
    assert everything() == before


@pytest.mark.row("X12")
class TestTooMuch:
    @pytest.mark.parametrize("given", ["-1", "0", "1001", "9" * 30, "1.5", "٣", "abc", ""])
    def test_a_limit_that_is_none(self, story: Told, given: str) -> None:
        """A negative, huge or strange limit is refused at its name."""
        program = program_of(story.office, Role.RECEIVABLES)
        answer = program.client.get("/api/v1/receipts", {"limit": given}, headers=program.headers)
        assert answer.status_code == 422, answer.content
        assert [one["at"] for one in answer.json()["errors"]] == ["limit"]

    def test_json_as_deep_as_a_well(self, story: Told) -> None:
        """A body of a hundred thousand brackets, or of one that never closes, is refused and stops nothing."""
        program = program_of(story.office, Role.SALES_REP)
        for body in ("[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 50_000, "1" * 5_000):
            answer = program.client.post(
                "/api/v1/customers",
                body,
                content_type="application/json",
                headers={**program.headers, "Idempotency-Key": f"deep-{len(body)}"},
            )
            assert 400 <= answer.status_code < 500

    def test_a_body_over_the_limit(self, story: Told) -> None:
        """More than the house takes is refused before it is read."""
        program = program_of(story.office, Role.SALES_REP)
        body = json.dumps({"name": "x" * (17 * 1024 * 1024)})
        answer = program.client.post(
            "/api/v1/customers",
            body,
            content_type="application/json",
            headers={**program.headers, "Idempotency-Key": "large"},
        )
        assert answer.status_code == 413

    def test_a_form_of_ten_thousand_fields(self, story: Told) -> None:
        """A form with more fields than any form has is refused."""
        desk = story.office.desk(Role.SALES_REP)
        answer = desk.client.post(reverse("register-customer"), {f"f{number}": "x" for number in range(10_000)})
        assert answer.status_code == 400


@pytest.mark.row("A2")
def test_a_form_takes_no_field_that_it_does_not_show(story: Told) -> None:
    """Columns that a form does not show are not taken by their names."""
    desk = story.office.desk(Role.SALES_REP)
    hidden = {"id": "777777", "external_key": "marked", "matching_key": "marked", "annual_revenue_minor": "1"}
    key = desk.do("register-customer", **{**CUSTOMER, "name": "大量代入株式会社", **hidden, "honorific": "sama"})
    [row] = list_customers(desk.actor, search="大量代入")
    assert (row.id, row.external_key, row.honorific) == (key, "", "onchu")
    assert key != 777777


@pytest.mark.row("X13")
class TestTheSameName:
    @given(st.text(alphabet="ABCdef0123 -.&", min_size=2, max_size=20).filter(lambda text: len(text.strip()) > 1))
    @settings(
        max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
    )
    def test_in_another_width_is_found(self, name: str) -> None:
        """Names that differ in their width only have one key, so that each finds the other."""
        from kanjo.foundation.names import matching_key

        assert matching_key(name) == matching_key(name.translate(WIDTHS))

    def test_in_another_width_finds_the_customer(self, story: Told) -> None:
        """A customer registered in full width is found in half width, and the other way round, and is told as alike."""
        desk = story.office.desk(Role.SALES_REP)
        desk.do("register-customer", **{**CUSTOMER, "name": "株式会社ＭＩＬＫＹ　ＷＡＹ２０", "name_kana": ""})
        for typed in ("MILKY WAY20", "ＭＩＬＫＹ", "milky", "(株)Milky Way20"):
            assert "ＭＩＬＫＹ" in desk.see("customers", q=typed)


@pytest.mark.row("X7")
@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff"])
def test_signs_that_turn_or_hide_text_do_not_make_a_new_name(story: Told, sign: str) -> None:
    """A name with a sign that nobody sees has the key of the name without it."""
    from kanjo.foundation.names import matching_key

    assert matching_key(f"青葉{sign}商事") == matching_key("青葉商事")
