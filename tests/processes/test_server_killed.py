"""The server is killed, with all its processes, in the middle of work: what it said yes to is there, once and whole.

`KANJO_SERVER_KILLS` says how often in each test (by default 6 times), `KANJO_SEED` at which moments.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, InterfaceError, connection, connections, transaction

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.periods import add_months
from kanjo.platform.ledger.entries import AccountCode, JournalEntry, Side
from kanjo.platform.ledger.operations import post
from kanjo.surfaces.console.main import REFUSED
from tests.blows import kill
from tests.builders import TODAY, a_company
from tests.mortals import Fate, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import rows
from tests.processes.test_bill import MAY, a_house_with_orders, documents, prepared, small_shards, undisturbed
from tests.servers import OwnServer, moved, own_server

__all__ = ["own_server", "small_shards"]

KILLS = int(os.environ.get("KANJO_SERVER_KILLS", "6"))
SEED = os.environ.get("KANJO_SEED", "3")
WRITERS = 4


@pytest.mark.row("R1")
@pytest.mark.usefixtures("small_shards")
def test_a_run_goes_on_where_the_killed_server_left_it(fresh_database: FreshDatabase, own_server: OwnServer) -> None:
    """Every month the server is killed under the run until it comes through: the documents of an undisturbed run."""
    company, _ = a_house_with_orders()
    chance, kills, on = random.Random(SEED), 0, MAY
    with moved(fresh_database, own_server), forge(own_server.environment) as kanjo:
        while kills < KILLS or on == MAY:
            expected = undisturbed(company, on)
            prepared(company, on)
            while True:
                fate = Fate(
                    chance.randint(1, 26), after="billing.execute", server=own_server.pid, later=chance.random() * 4
                )
                told = kanjo.types("bill", "--company", "kanjo-jp", "--on", str(on), fate=fate, KANJO_LANGUAGE="en")
                if not told.code and own_server.server.answers():
                    break
                assert told.code in (0, REFUSED), told
                kills += 1
                again(own_server)
            assert documents(company) == expected
            on = add_months(on, 1, 1)
        assert rows("SELECT DISTINCT state FROM runs_run") == [("executed",)]


@pytest.mark.row("R1")
def test_no_acknowledged_entry_is_lost_with_the_server(fresh_database: FreshDatabase, own_server: OwnServer) -> None:
    """Four write entries without pause while the server is killed: each acknowledged one is there, once, balanced."""
    company = a_company()
    with moved(fresh_database, own_server):
        acknowledged, tried, there = set[int](), 0, list[int]()
        for enough in random.Random(SEED).choices(range(1, 120), k=KILLS):
            written, tried = _written_until_killed(company, own_server, first=tried, enough=enough)
            acknowledged |= written
            again(own_server)
            there = [key for (key,) in rows("SELECT source_id FROM ledger_entry WHERE source = 'test'")]
            assert len(there) == len(set(there))
            assert acknowledged <= set(there) <= set(range(tried))
            assert rows(_UNBALANCED) == []
        assert rows("SELECT count(DISTINCT entry_id) FROM ledger_posting") == [(len(there),)]
        assert len(acknowledged) >= KILLS


_UNBALANCED = "SELECT 1 FROM ledger_posting GROUP BY entry_id HAVING sum(amount_minor) <> 0 OR count(*) <> 2"


def again(own: OwnServer) -> None:
    """Start the killed server again; connections to the dead one are thrown away."""
    for alias in ("default", "owner"):
        connections[alias].close()
    own.server.start()


def _written_until_killed(company: CompanyId, own: OwnServer, *, first: int, enough: int) -> tuple[set[int], int]:
    """Let the writers go from the key *first* and kill the server after *enough* answers.

    Return the keys that were acknowledged, and the first that nobody tried.
    """
    written: list[int] = []
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(_post, company, first + place, written.append) for place in range(WRITERS)]
        while len(written) < enough and not any(writer.done() for writer in writers):
            time.sleep(0.001)
        kill(own.pid)
    return set(written), max(writer.result() for writer in writers) + 1


def _post(company: CompanyId, key: int, acknowledge: Callable[[int], None]) -> int:
    """Post one entry after the other, each in a transaction, until nobody answers; return the last key tried."""
    try:
        while True:
            entry = JournalEntry(
                company_id=company, effective_on=TODAY, currency="JPY", source="test", source_id=key,
                sides=(Side(AccountCode.BANK, key + 1), Side(AccountCode.REVENUE, -key - 1)),
            )  # fmt: skip
            with transaction.atomic():
                post([entry])
            acknowledge(key)
            key += WRITERS
    except (DatabaseError, InterfaceError):
        return key
    finally:
        connection.close()
