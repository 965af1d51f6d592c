"""Whoever comes first: two acts at once end as one after the other would have ended, in every order of their steps.

`KANJO_ORDERS` says how many orders are tried of each pair; 1,000 are all there are of most.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection

from tests.builders import a_customer
from tests.harness.office import an_office
from tests.harness.pairs import PAIRS, Desk, Pair, accept_and_accept, allocate_and_allocate, approve_and_approve
from tests.harness.permuter import DONE, Order, Played, every_order, play
from tests.harness.story import broken
from tests.harness.worlds import a_world_like, answers, named_queries
from tests.plumbing import FreshDatabase

ORDERS = int(os.environ.get("KANJO_ORDERS", "9"))
STATE = named_queries("state.sql")

State = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Ending:
    """How two acts met, the business rows after it, and the promises that are broken."""

    played: Played
    rows: State
    wrong: dict[str, list[str]]

    @property
    def end(self) -> tuple[tuple[str, ...], State]:
        """What must be the same as after some serial order."""
        return self.played.ends, self.rows


@pytest.fixture(scope="module")
def desk(shared_database: FreshDatabase) -> Desk:
    """An office in a database that is copied, and never used itself."""
    return Desk(an_office(), a_customer())


def endings(pair: Pair, desk: Desk, database: FreshDatabase, *, locks: bool = True) -> list[Ending]:
    """Return how the pair ends in every order that is tried, each in a world of its own."""
    found: list[Ending] = []
    with a_world_like(database) as world:
        acts = pair(desk)

        def trial(order: Order) -> Played:
            with a_world_like(world) as copy, _watching(copy) as watch:
                played = play(acts, order, watch, locks=locks)
                found.append(Ending(played, _rows(), broken()))
                return played

        list(every_order(trial, most=ORDERS))
    return found


@contextmanager
def _watching(world: FreshDatabase) -> Iterator[psycopg.Connection]:
    with psycopg.connect(world.owner.conninfo(), autocommit=True) as watch:
        yield watch


def _rows() -> State:
    rows = tuple((name, tuple(sorted(found))) for name, found in sorted(answers(STATE).items()))
    connection.close()
    return rows


def serial(found: list[Ending]) -> set[tuple[tuple[str, ...], State]]:
    """Return the ends of the two orders in which nobody was interrupted."""
    return {one.end for one in found if one.played.interruptions == 0}


class TestTwoAtOnce:
    @pytest.mark.row("SCL-3", "M1", "M2", "M3", "M10", "T4")
    @pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
    def test_end_as_one_after_the_other(self, pair: Pair, desk: Desk, shared_database: FreshDatabase) -> None:
        found = endings(pair, desk, shared_database)
        assert [one for one in found if one.wrong] == []
        odd = [one.played for one in found if one.end not in serial(found)]
        assert odd == []
        assert all(DONE in {one.played.ends[who] for one in found} for who in (0, 1)), "nobody is refused always"

    @pytest.mark.parametrize(
        "pair", [approve_and_approve, allocate_and_allocate, accept_and_accept], ids=lambda pair: pair.__name__
    )
    def test_without_their_locks_end_as_nothing_else_would(
        self, pair: Pair, desk: Desk, shared_database: FreshDatabase
    ) -> None:
        """The same pairs with every lock of a SELECT taken away: the permuter finds an end that no order explains."""
        found = endings(pair, desk, shared_database, locks=False)
        assert [one for one in found if one.end not in serial(found)]
