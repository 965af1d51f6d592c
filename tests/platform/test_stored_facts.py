"""What was written down once can be read for good: a field added later has a default."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

import kanjo.domains
from kanjo.foundation.facts import Fact
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.outbox.operations import Wiring, written

STORED: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("stored_facts.json").read_text())
"""One payload of each kind, as an earlier version left it in the table. Add to it; change nothing."""


def kinds(of: type[Fact] = Fact) -> Iterator[type[Fact]]:
    """Return every kind of fact that the domains tell."""
    for kind in of.__subclasses__():
        yield from kinds(kind)
        if "kind" in vars(kind) and kind.__module__.startswith("kanjo."):
            yield kind


for stage in iter_modules(kanjo.domains.__path__, "kanjo.domains."):
    if find_spec(f"{stage.name}.facts"):
        import_module(f"{stage.name}.facts")

KINDS = {kind.kind: kind for kind in kinds()}


def test_each_kind_has_a_stored_one() -> None:
    """A new kind of fact adds its line here, and none is taken away."""
    assert set(STORED) == set(KINDS)


@pytest.mark.parametrize("name", STORED)
def test_what_was_stored_can_be_read(name: str) -> None:
    """Each is read as its kind, with all that was stored in it."""
    wiring = Wiring()
    wiring.connect({KINDS[name]: ()})
    fact = wiring.fact(FactRow(kind=name, payload=STORED[name]))
    assert type(fact) is KINDS[name]
    assert STORED[name].items() <= written(fact).items()
