"""Every operation of the API with an address that leads to something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kanjo.foundation.actors import Role
from kanjo.surfaces.api.addresses import ACTS, REPORTS, RESOURCES, openapi
from kanjo.surfaces.doors import Door, doing
from tests.api.programs import Program

ROOT = "/api/v1/"


@dataclass(frozen=True)
class Operation:
    """One operation as the description names it, and who may do it."""

    method: str
    path: str
    door: Door
    described: Mapping[str, Any]

    def at(self, ids: Mapping[str, int]) -> str:
        """Return the address for the thing that *ids* has for it."""
        return self.path.removeprefix(ROOT).replace("{key}", str(ids[self.of]))

    @property
    def keyed(self) -> bool:
        """Whether the address holds an id."""
        return "{key}" in self.path

    @property
    def of(self) -> str:
        """What the id in the address is of; empty without one."""
        return self.path.removeprefix(ROOT).partition("/{key}")[0] if self.keyed else ""

    @property
    def body(self) -> Mapping[str, Any]:
        """The schema of the body."""
        schema = self.described["requestBody"]["content"]["application/json"]["schema"]
        found: Mapping[str, Any] = openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found


def _door(method: str, path: str) -> Door:
    bare = path.removeprefix(ROOT).replace("{key}", "{int:key}")
    if method == "post":
        return next(doing(act.verbs[0]) for act in ACTS if act.path == bare)
    reports = {f"{one.of}/{{int:key}}/{one.name}": one.door for one in REPORTS}
    return reports.get(bare) or RESOURCES[bare.partition("/")[0]].door


def _operations() -> Iterator[Operation]:
    for path, methods in openapi()["paths"].items():
        for method, described in methods.items():
            yield Operation(method, path, _door(method, path), described)


OPERATIONS = tuple(_operations())
READS = tuple(one for one in OPERATIONS if one.method == "get")
DEEDS = tuple(one for one in OPERATIONS if one.method == "post")


def named(operation: Operation) -> str:
    """Return the operation as a test names it."""
    return re.sub(r"\W+", "-", operation.described["operationId"])


def ids_of(program: Program) -> dict[str, int]:
    """Return the id of one thing of every kind that an address may hold."""
    ids = {
        name: program.asks(name)["items"][0]["id"] for name, resource in RESOURCES.items() if resource.one is not None
    }
    requests = [program.asks(f"approvals/{one['id']}") for one in program.asks("approvals")["items"]]
    items = [item for request in requests for item in request["items"]]
    ids["approvals/items"] = items[0]["id"]
    ids["approvals/conditions"] = next(one["id"] for item in items for one in item["conditions"])
    ids["order-lines"] = program.asks(f"orders/{ids['orders']}")["lines"][0]["line"]["order_line_id"]
    ids["invoice-lines"] = program.asks(f"invoices/{ids['invoices']}")["lines"][0]["id"]
    settled = [program.asks(f"receipts/{one['id']}")["settled"] for one in program.asks("receipts")["items"]]
    ids["allocations"] = next(one["id"] for some in settled for one in some)
    return ids


EVERYBODY = tuple(Role)
