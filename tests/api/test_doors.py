"""Who may do what through the API: every operation, by every role, on what is theirs and on what is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from kanjo.foundation.actors import Role
from kanjo.platform.access.scopes import Scope
from kanjo.platform.identity.operations import assign_company
from kanjo.platform.identity.queries import house
from kanjo.surfaces.access import OF_ALL
from kanjo.surfaces.api.addresses import RESOURCES, openapi
from tests.api.programs import ON, Program, a_program, billed, offer_given, opened_given, program_of
from tests.api.world import DEEDS, OPERATIONS, READS, Operation, ids_of, named
from tests.builders import NOW, a_company, a_product, an_actor
from tests.web.office import Office, an_office
from tests.web.story import Told
from tests.web.test_forms import everything

NOTHING = 9_999_999
SHARED = {"customers"} | OF_ALL
FOREIGN = [one for one in OPERATIONS if one.keyed and one.of not in SHARED]
COMPANY_LISTS = [one for one in READS if not one.keyed and not RESOURCES[one.path.rpartition("/")[2]].shared]
FORMATS = {"clock": "06:00", "date": "2026-04-01", "date-time": "2026-04-01T00:00:00Z"}
WORDS = {"currency": "JPY", "payment_terms": "net:30:none", "rate": "10%", "country": "JP"}


@dataclass(frozen=True)
class Other:
    """Another company of the house, and somebody there with every role."""

    office: Office
    program: Program


@pytest.fixture(scope="module")
def ids(everybody: Program) -> Mapping[str, int]:
    """One thing of every kind in the company of the story."""
    return ids_of(everybody)


@pytest.fixture(scope="module")
def other(story: Told) -> Other:
    """A second company with the same customer."""
    office = an_office(a_company("kanjo-other"), story.office.customer_id)
    return Other(office, a_program(an_actor(*Role, companies=[office.company_id], name="他社 次郎")))


class TestRoles:
    @pytest.mark.parametrize("role", list(Role))
    @pytest.mark.row("A3")
    def test_every_role_comes_in_where_it_is_declared(self, story: Told, ids: Mapping[str, int], role: Role) -> None:
        """Each operation lets a role in or refuses it, exactly as its verb or its page declares."""
        program, before = program_of(story.office, role), everything()
        answers = {named(one): _tried(program, one, ids) for one in OPERATIONS}
        shut = {named(one) for one in OPERATIONS if one.door.roles and role not in one.door.roles}
        assert {name for name, status in answers.items() if status == 403} == shut
        assert {status for name, status in answers.items() if name not in shut} <= {200, 422}
        assert everything() == before

    @pytest.mark.row("A3")
    def test_a_reader_does_nothing(self, story: Told, ids: Mapping[str, int]) -> None:
        """A token that reads is refused at every act, and at no resource."""
        everybody = an_actor(*Role, companies=[story.office.company_id])
        reader = a_program(everybody, Scope.READ)
        assert {_tried(reader, one, ids) for one in DEEDS} == {403}
        assert {_tried(reader, one, ids) for one in READS} == {200, 422}

    def test_strangers_are_told_nothing(self, ids: Mapping[str, int]) -> None:
        """Without a token every operation is shut before anything is looked at."""
        assert {_tried(Program("nobody"), one, ids) for one in OPERATIONS} == {401}

    def test_who_belongs_to_no_company_sees_nothing(self, story: Told, ids: Mapping[str, int]) -> None:
        """A person without a selling company gets empty lists, and nothing by its id."""
        nobody = a_program(an_actor(*Role, name="無所属"))
        answers = {named(one): _tried(nobody, one, ids) for one in READS}
        assert {answers[named(one)] for one in READS if not one.keyed} == {200}
        assert {answers[named(one)] for one in READS if one.keyed and one.of not in OF_ALL} <= {404, 422}


class TestOtherCompanies:
    @pytest.mark.parametrize("operation", FOREIGN, ids=named)
    @pytest.mark.row("A1")
    def test_what_is_theirs_is_not_there(
        self, other: Other, everybody: Program, ids: Mapping[str, int], operation: Operation
    ) -> None:
        """What belongs to another company answers like what does not exist, word for word; nothing is changed."""
        before = everything() if operation.method == "post" else {}
        theirs = _sent(other.program, operation, ids)
        nowhere = _sent(everybody, operation, {**ids, operation.of: NOTHING})
        assert (theirs.status_code, nowhere.status_code) == (404, 404), (theirs.content, nowhere.content)
        shown = str(ids[operation.of])
        told = theirs.content.decode().replace(f" {shown} ", f" {NOTHING} ")
        assert json.loads(told) == json.loads(nowhere.content.decode())
        assert not before or everything() == before

    @pytest.mark.parametrize("operation", COMPANY_LISTS, ids=named)
    @pytest.mark.row("A1")
    def test_no_list_holds_anything_of_theirs(
        self, other: Other, story: Told, everybody: Program, operation: Operation
    ) -> None:
        """A list holds what is one's own, and no filter reaches further."""
        name = operation.path.rpartition("/")[2]
        theirs = {one["id"] for one in everybody.asks(name)["items"]}
        assert theirs
        assert {one["id"] for one in other.program.asks(name)["items"]} & theirs == set()
        other.program.asks(name, status=404, company_id=story.office.company_id)
        assert {one["id"] for one in everybody.asks(name, company_id=story.office.company_id)["items"]} == theirs

    @pytest.mark.row("A1")
    def test_nothing_of_theirs_goes_into_ones_own(self, other: Other, story: Told) -> None:
        """A product of another company is sold by nobody else, by its id in a body."""
        theirs = story.office.cloud
        told = other.program.refused("opportunities", 404, **opened_given(other.office, product_id=theirs))
        assert told["rule"] == "access.not-found"
        deal = other.program.does("opportunities", **opened_given(other.office))
        offer = {**offer_given(other.office), "lines": [{"product_id": theirs, "quantity": 1}]}
        other.program.refused(f"opportunities/{deal}/quotes", 404, **offer)

    @pytest.mark.row("A1")
    def test_two_companies_do_not_meet(self, other: Other, story: Told) -> None:
        """Even who works in both lets no money of one settle a receivable of the other."""
        billed(other.office)
        item = other.program.asks("open-items")["items"][0]["id"]
        both = story.office.people[Role.RECEIVABLES]
        with transaction.atomic():
            assign_company(person_id=both.id, company_id=other.office.company_id, by=house(), at=NOW)
        clerk = a_program(both)
        receipt = clerk.asks("receipts", company_id=story.office.company_id, unmatched="true")["items"][0]
        given = {"item_id": item, "amount_minor": 1, "on": "2026-05-30"}
        clerk.refused(f"receipts/{receipt['id']}/allocate", 404, **given)

    def test_a_price_of_theirs_is_not_set(self, other: Other, story: Told) -> None:
        """A product of another company has its price from nobody else."""
        product = a_product(story.office.company_id, "OTHER")
        given = {"currency": "JPY", "amount_minor": 1, "effective_on": ON["on"]}
        other.program.refused(f"products/{product}/prices", 404, **given)


def _tried(program: Program, operation: Operation, ids: Mapping[str, int]) -> int:
    """Return the status of an operation; an act is tried with a field that no body takes, so that nothing happens."""
    path = operation.at(ids) if operation.keyed else operation.path.removeprefix("/api/v1/")
    if operation.method == "post":
        return int(program.sends(path, {"no such field": 1}).status_code)
    return int(program.client.get(f"/api/v1/{path}", headers=program.headers).status_code)


def _sent(program: Program, operation: Operation, ids: Mapping[str, int]) -> Any:
    """Return the answer to an operation with a body that the schema takes."""
    path = operation.at(ids)
    if operation.method == "post":
        return program.sends(path, _example(operation.body, ""))
    asked = {"code": "1310"} if path.endswith("postings") else {}
    return program.client.get(f"/api/v1/{path}", asked, headers=program.headers)


def _example(schema: Mapping[str, Any], name: str) -> Any:
    """Return the smallest value that a schema takes."""
    if "$ref" in schema:
        schema = openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], name)
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            return {one: _example(schema["properties"][one], one) for one in schema.get("required", ())}
        case "array":
            return [_example(schema["items"], name)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case _:
            return FORMATS.get(schema.get("format", ""), WORDS.get(name, "eHl6"))
