"""No room on the disk of the database: what is refused, what is said, and that all goes on when there is room again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from kanjo.platform.database.embedded import EmbeddedServer
from kanjo.platform.database.refusals import NoSpace
from kanjo.platform.identity.queries import house
from kanjo.processes import bill
from kanjo.surfaces.console.main import REFUSED
from tests.blows import kill
from tests.builders import NOW
from tests.mortals import Fate, Forge, Told, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state, rows
from tests.processes.test_bill import MAY, a_house_with_orders, documents, prepared, small_shards, undisturbed
from tests.servers import OwnServer, moved, own_server

__all__ = ["own_server", "small_shards"]

SAID = {
    "en": ("The disk of the database is full", "Free some space, then give the same command again."),
    "ja": ("データベースのディスクに空きがありません", "空きを増やしてから、同じコマンドを再度実行してください。"),
}


@pytest.mark.row("E7")
class TestDiskFull:
    @pytest.mark.parametrize("table", ["billing_charge", "receivables_itembalance"])
    def test_a_run_without_room_for_a_table_leaves_nothing_half(
        self, fresh_database: FreshDatabase, own_server: OwnServer, table: str
    ) -> None:
        """The table written in the middle, or at the end, cannot grow: a clear sentence, and nothing has changed.

        Its file is /dev/full, so the kernel itself answers each write with ENOSPC, for root as for everybody: the
        answer of a full disk, for this one file. With its own file back, the same command issues everything.
        """
        company, _ = a_house_with_orders(billed=False)
        expected = undisturbed(company, MAY)
        prepared(company, MAY)
        with moved(fresh_database, own_server), forge(own_server.environment) as kanjo:
            before = end_state()
            with full(own_server, table):
                for language, sentences in SAID.items():
                    told = billed(kanjo, KANJO_LANGUAGE=language)
                    assert (told.code, told.out) == (REFUSED, ""), told
                    assert all(sentence in told.err for sentence in sentences)
                assert end_state() == before
            assert billed(kanjo).code == 0
            assert documents(company) == expected

    @pytest.mark.usefixtures("small_shards")
    def test_a_run_without_room_for_the_log_goes_on_afterwards(
        self, fresh_database: FreshDatabase, own_server: OwnServer
    ) -> None:
        """In the middle of a run nothing can be written any more, not even PostgreSQL's own log: the server stops.

        A limit of zero bytes on the files of its processes stands for the disk here: every write fails at once, and
        where the log cannot be written PostgreSQL goes down. Started with room, it has all that it said yes to, and
        the run goes on.
        """
        company, _ = a_house_with_orders()
        expected, chance = undisturbed(company, MAY), random.Random("full")
        prepared(company, MAY)
        with moved(fresh_database, own_server), forge(own_server.environment) as kanjo:
            for _ in range(2):
                fate = Fate(chance.randint(2, 20), after="billing.execute", server=own_server.pid, filled=True)
                told = billed(kanjo, fate=fate, KANJO_LANGUAGE="en")
                assert told.code == REFUSED, told
                assert "Free some space" in told.err or "Start it: kanjo up" in told.err
                started_with_room(own_server, died=fate.server)
            assert billed(kanjo).code == 0
            assert documents(company) == expected


@pytest.mark.row("E7")
def test_no_run_goes_on_below_the_floor(fresh_database: FreshDatabase, settings: Settings, tmp_path: Path) -> None:
    """With less room than the floor a run is refused before it writes anything, and says how much it needs."""
    company, _ = a_house_with_orders()
    run_id, before = prepared(company, MAY), end_state()
    settings.EMBEDDED_SERVER = replace(settings.EMBEDDED_SERVER or EmbeddedServer(tmp_path), mb_needed=10**9)
    with pytest.raises(NoSpace, match=r"MB are free where .*; 1000000000 MB are needed") as refused:
        bill.execute(company_id=company, run_id=run_id, by=house(), at=NOW)
    assert "安全に続けるには 1000000000 MB 必要です" in refused.value.sentence.ja
    assert end_state() == before


def billed(kanjo: Forge, fate: Fate | None = None, **variables: str) -> Told:
    """Type the command of May's run."""
    return kanjo.types("bill", "--company", "kanjo-jp", "--on", str(MAY), fate=fate, **variables)


@contextmanager
def full(own: OwnServer, table: str) -> Iterator[None]:
    """Let every write into the (empty) table fail with ENOSPC for a while."""
    leaf = f"SELECT relid::regclass::text FROM pg_partition_tree('{table}') WHERE isleaf ORDER BY 1 LIMIT 1"
    name = str((*rows(leaf), (table,))[0][0])
    ((path, size),) = rows(f"SELECT pg_relation_filepath('{name}'), pg_relation_size('{name}')")
    assert size == 0
    file = own.server.data / str(path)
    aside = file.with_name(f"{file.name}.aside")
    with stopped(own):
        file.rename(aside)
        file.symlink_to("/dev/full")
    yield
    with stopped(own):
        aside.replace(file)


@contextmanager
def stopped(own: OwnServer) -> Iterator[None]:
    """Stop the server for a while."""
    for alias in ("default", "owner"):
        connections[alias].close()
    assert own.server.stop()
    yield
    own.server.start()


def started_with_room(own: OwnServer, *, died: int) -> None:
    """Start the server again; what is left of the one before goes. What is started anew has no limit."""
    for alias in ("default", "owner"):
        connections[alias].close()
    kill(died)
    own.server.start()
