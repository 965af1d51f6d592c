"""A resource: what can be listed and looked at, by whom, under which filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kanjo.foundation.texts import Text
from kanjo.platform.paging import Page
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.doors import SIGNED_IN, Door


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Something that can be read.

    `rows` gets the caller, `limit`, `at` and the filters by name, and returns rows of the type `row`; `one` gets
    the caller and an id and returns `whole`, or refuses `NotFound` for what is not there and what is not theirs alike.
    `table` names the rows that an act on one of them locks, so that `If-Match` can be kept. What is `shared` belongs to
    no single company.
    """

    name: str
    title: Text
    row: type
    rows: Callable[..., Page[Any]]
    filters: Mapping[str, Any] = field(default_factory=dict)
    whole: type | None = None
    one: Callable[[Caller, int], Any] | None = None
    table: str = ""
    door: Door = SIGNED_IN
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a company asks its books: `make` gets the caller, the company and the filters and returns `whole`."""

    name: str
    title: Text
    whole: type
    make: Callable[..., Any]
    filters: Mapping[str, Any] = field(default_factory=dict)
    door: Door = SIGNED_IN
    of: str = "companies"
