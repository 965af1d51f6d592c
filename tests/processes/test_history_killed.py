"""A history that is killed anywhere, or played twice at the same moment, comes to what it comes to in peace."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kanjo.foundation.actors import Role
from kanjo.platform.identity.queries import find_actor
from kanjo.processes.demonstration import own_companies
from kanjo.surfaces.console.main import REFUSED
from tests.builders import a_company
from tests.mortals import KILLED, Fate, Forge, Order, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import Rows, State, end_state, rows
from tests.processes.exported import cut_export
from tests.processes.play import cut_script

ACTS = (
    "identity.admit-person", "approvals.activate-matrix", "quotes.draft", "approvals.decide-item", "contracts.conclude",
    "outbox.deliver", "orders.accept-delivery", "billing.execute", "receivables.import-bank-file", "revenue.execute",
    "ledger.lock-period",
)  # fmt: skip
"""Where a player dies: within the statements after such an act was named."""
MOST = 40


@dataclass(frozen=True)
class InPeace:
    """A history that nothing happened to."""

    environment: Mapping[str, str]
    folder: Path
    told: Any
    state: State


@pytest.fixture(scope="module")
def in_peace(shared_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> InPeace:
    """Play once."""
    folder = cut_script(tmp_path_factory.mktemp("script"))
    environment = {**shared_database.environment, "KANJO_HOME": str(tmp_path_factory.mktemp("home"))}
    with forge(environment) as kanjo:
        told = finished(kanjo, folder)
    return InPeace(environment, folder, told, end_state())


def finished(kanjo: Forge, folder: Path) -> Any:
    """Play to the end."""
    told = kanjo.types("replay", folder, "--json")
    assert told.code == 0, told.err
    return json.loads(told.out)


def differing(state: State, other: State) -> set[str]:
    """Return what the two did not come to alike; the digest of an offer covers ids, which a kill leaves gaps in."""
    return {name for name in state if _plain(name, state) != _plain(name, other)}


def _plain(name: str, state: State) -> Rows:
    return [row[:-1] if name == "quotes" else row for row in state[name]]


@pytest.mark.row("SCL-3")
def test_killed_again_and_again_it_comes_to_the_same(in_peace: InPeace, fresh_database: FreshDatabase) -> None:
    """Dead once after each kind of act, it goes on: the same numbers, amounts, days, files, entries and work."""
    chance = random.Random("killed")
    with forge(fresh_database.environment) as kanjo:
        for act in ACTS:
            told = kanjo.types("replay", in_peace.folder, fate=Fate(chance.randint(1, MOST), after=act))
            assert told.code == KILLED, (act, told)
        finished(kanjo, in_peace.folder)
        assert kanjo.types("verify").code == 0
    assert differing(end_state(), in_peace.state) == set()


def test_two_at_once_play_one_history(in_peace: InPeace, fresh_database: FreshDatabase) -> None:
    """Two terminals, an empty house: every day is played once, by one of them."""
    order = Order(["replay", str(in_peace.folder), "--json"], {})
    with forge(fresh_database.environment) as kanjo:
        told = kanjo.at_once(order, order)
        assert [one.code for one in told] == [0, 0], told
    played = [json.loads(one.out) for one in told]
    assert sum(one["days"] for one in played) == in_peace.told["days"]
    assert differing(end_state(), in_peace.state) == set()


def test_both_companies_stand_apart(in_peace: InPeace, fresh_database: FreshDatabase, tmp_path: Path) -> None:
    """Played at once in one house, each has its own deals, people and books, and both hold."""
    export = cut_export(tmp_path, stages={"Won": 6})
    orders = [Order(["replay", str(folder), "--json"], {}) for folder in (export, in_peace.folder)]
    with forge(fresh_database.environment) as kanjo:
        assert [one.code for one in kanjo.at_once(*orders)] == [0, 0]
        verified = json.loads(kanjo.types("verify", "--json").out)
    assert (verified["holds"], set(verified["companies"])) == (True, {"maven", "suginamiki"})
    assert own_companies() == []
    assert rows("SELECT code, s.currency, count(DISTINCT c.id) FROM companies_sellingcompany s"
                " JOIN contracts_contract c ON c.company_id = s.id GROUP BY 1, 2 ORDER BY 1") == [
        ("maven", "USD", 6),
        ("suginamiki", "JPY", len(in_peace.state["contracts"])),
    ]  # fmt: skip
    ours, theirs = find_actor("kurata@suginamiki.example"), find_actor("deal-management@maven.example")
    assert ours is not None
    assert theirs is not None
    assert ours.roles == theirs.roles == frozenset({Role.DEAL_MANAGEMENT})
    assert ours.companies.isdisjoint(theirs.companies)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_house_with_a_company_of_its_own(in_peace: InPeace, fresh_database: FreshDatabase, language: str) -> None:
    """Nobody made up is let in beside real books: refused with the way out."""
    a_company("kanjo-jp")
    house = "SELECT (SELECT count(*) FROM companies_sellingcompany), (SELECT count(*) FROM identity_person)"
    before = rows(house)
    with forge(fresh_database.environment) as kanjo:
        told = kanjo.types("replay", in_peace.folder, KANJO_LANGUAGE=language)
    assert (told.code, "kanjo-jp" in told.err, "KANJO_HOME=" in told.err) == (REFUSED, True, True), told
    assert rows(house) == before
