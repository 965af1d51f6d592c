"""The description of the API: whole, without a second meaning, and changed only on purpose."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from ninja.openapi.schema import OpenAPISchema

import kanjo
from kanjo.platform.acts import VERBS
from kanjo.surfaces.api.addresses import ACTS, API, REPORTS, RESOURCES, openapi
from kanjo.surfaces.api.verbs.left_out import LEFT_OUT, why_left_out
from kanjo.surfaces.web.addresses import urlpatterns as pages
from tests.api.world import OPERATIONS, ROOT

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"


class Strict(OpenAPISchema):
    """Refuses two schemas of one name."""

    def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
        """Add schemas; one that is there must be the same."""
        for name, schema in definitions.items():
            assert self.schemas.setdefault(name, schema) == schema, f"two schemas are called {name}"


class TestDescription:
    def test_every_verb_has_an_address_or_a_reason(self) -> None:
        """No verb of the house is forgotten by the API: it has an address, or it says why not; never both."""
        for module in walk_packages(kanjo.__path__, "kanjo."):
            if not {"config", "migrations", "tests"} & set(module.name.split(".")):
                import_module(module.name)
        done = {verb for act in ACTS for verb in act.verbs}
        ours = {name for name, verb in VERBS.items() if verb.function.__module__.startswith("kanjo.")}
        assert {verb for verb in ours - done if not why_left_out(verb)} == set()
        assert {verb for verb in done if verb not in ours or why_left_out(verb)} == set()
        assert {lead for lead in LEFT_OUT if not any(verb.startswith(lead) for verb in ours)} == set()

    def test_no_name_means_two_things(self) -> None:
        """A schema has one meaning, whoever refers to it."""
        assert Strict(API, ROOT)["openapi"] == "3.1.0"

    def test_no_operation_is_called_like_another(self) -> None:
        """Every operation has a name of its own."""
        names = [one.described["operationId"] for one in OPERATIONS]
        reads = sum(1 if one.one is None else 2 for one in RESOURCES.values())
        assert len(names) == len(set(names)) == reads + len(REPORTS) + len(ACTS)

    def test_bodies_take_what_they_name_and_nothing_else(self) -> None:
        """Every object that a program sends forbids fields that it does not name."""
        sent = {one.described["operationId"]: one.body for one in OPERATIONS if one.method == "post"}
        assert [name for name, body in sent.items() if body.get("additionalProperties") is not False] == []

    def test_it_says_who_may(self) -> None:
        """The roles of every operation are those of its door."""
        said = {one.described["operationId"]: one.described["x-roles"] for one in OPERATIONS}
        assert said == {one.described["operationId"]: list(one.door.roles) for one in OPERATIONS}

    @pytest.mark.row("E13")
    def test_it_changes_only_on_purpose(self) -> None:
        """The description is the one kept in docs/openapi.json: what changes it, changes the file (tools/openapi)."""
        assert json.loads(KEPT.read_text()) == openapi()

    def test_pages_and_api_have_one_door(self) -> None:
        """Who may read a resource is the same on its page and in the API."""
        doors = {str(route.name): vars(route.callback)["door"] for route in pages}
        declared = [*((one.name, one.door) for one in RESOURCES.values()), *((one.name, one.door) for one in REPORTS)]
        shared = {name: door for name, door in declared if name in doors}
        assert len(shared) > 15
        assert shared == {name: doors[name] for name in shared}
