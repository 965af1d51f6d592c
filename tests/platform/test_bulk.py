"""What is loaded in bulk is under every constraint at the end, by either way of loading."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from kanjo.foundation.ids import RunId
from kanjo.foundation.times import AsKnown
from kanjo.platform.bulk.loading import BLOCK, HAND_UNTIL, Live, Loading, Staged, make_ready, prepare_stage, settle
from kanjo.platform.bulk.reading import read_columns
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.models import Entry, Posting
from kanjo.platform.ledger.operations import account_ids
from kanjo.platform.ledger.queries import balance_of
from kanjo.platform.runs.models import Run
from tests.platform.conftest import AT, make_actor, make_company
from tests.plumbing import FreshDatabase

TABLES = ("ledger_entry", "ledger_posting")
DAY = date(2026, 4, 10)


class Setting:
    """A company and an approved run to load under."""

    def __init__(self, shards: int = 2) -> None:
        self.company_id = make_company()
        clerk = make_actor(self.company_id)
        run = Run.objects.create(
            company_id=self.company_id, kind="test", key="bulk", target_on=DAY, known_at=AT, made_by_id=clerk.id
        )
        self.run_id = RunId(run.pk)
        with transaction.atomic():
            prepare_stage(run_id=self.run_id, shards=shards, tables=TABLES)

    def load(self, loading: Loading, count: int, *, credit: int = -100, day: date = DAY, account: int = 0) -> None:
        accounts = account_ids(self.company_id, ())
        entries = pl.DataFrame({"id": loading.ids("ledger_entry", count)}).with_columns(
            company_id=pl.lit(self.company_id),
            effective_on=pl.lit(day),
            source=pl.lit("test"),
            source_id=pl.lit(1),
            currency=pl.lit("JPY"),
        )
        sides = pl.DataFrame(
            {
                "account_id": [accounts[AccountCode.BANK], account or accounts[AccountCode.REVENUE]],
                "amount_minor": [100, credit],
            }
        )
        postings = entries.select(pl.col("id").alias("entry_id"), "company_id", "effective_on", "currency").join(
            sides, how="cross"
        )
        postings = postings.with_columns(id=loading.ids("ledger_posting", postings.height))
        loading.load("ledger_entry", entries)
        loading.load("ledger_posting", postings)


@pytest.fixture
def setting(fresh_database: FreshDatabase) -> Setting:
    return Setting()


def bank(setting: Setting) -> int:
    return balance_of(setting.company_id, AccountCode.BANK, AsKnown(DAY))


class TestLive:
    def test_rows_are_there_at_once(self, setting: Setting) -> None:
        with transaction.atomic():
            setting.load(Live(), 10)
        assert bank(setting) == 1000
        assert Entry.objects.order_by("-id").values_list("pk", flat=True)[0] < HAND_UNTIL

    def test_an_unbalanced_entry_is_refused(self, setting: Setting) -> None:
        with pytest.raises(DatabaseError, match="does not sum to zero"), transaction.atomic():
            setting.load(Live(), 10, credit=-99)
        assert not Entry.objects.exists()


class TestReadColumns:
    @pytest.mark.parametrize("count", [0, 1, 200_000])
    def test_every_row_comes_once(self, setting: Setting, count: int) -> None:
        query = "SELECT n, 'No ' || n, NULLIF(n %% 7, 0) FROM generate_series(1, %(count)s) AS n"
        frame = read_columns(query, {"count": count}, {"n": pl.Int64, "name": pl.String, "left": pl.Int64})
        assert frame["n"].to_list() == list(range(1, count + 1))
        assert frame.filter(pl.col("name") != "No " + pl.col("n").cast(pl.String)).is_empty()
        assert frame["left"].null_count() == count // 7

    def test_a_query_that_fails_on_the_way_says_so_and_the_connection_goes_on(self, setting: Setting) -> None:
        with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic():
            read_columns("SELECT 1 / (n - 150000) FROM generate_series(1, 200000) AS n", {}, {"n": pl.Int64})
        assert read_columns("SELECT 1", {}, {"n": pl.Int64})["n"].to_list() == [1]

    @pytest.mark.parametrize("count", [1, 20_000])
    @pytest.mark.parametrize("name", [r"\N", "NULL", "", '"', "a,b", "a\r\nb", "a\rb", r"\.", " x "])
    def test_no_text_is_taken_for_something_else(self, db: None, name: str, count: int) -> None:
        """A customer may be called what other systems write for NULL: it comes back as it was; NULL is null."""
        told: dict[str, type[pl.DataType]] = {"name": pl.String, "none": pl.String, "day": pl.Date, "nowhen": pl.Date}
        columns = "%(name)s::text, NULL::text, DATE '2026-04-30', NULL::date"
        query = f"SELECT {columns} FROM generate_series(1, %(count)s)"
        read = read_columns(query, {"name": name, "count": count}, told)
        assert read.schema == told
        assert read.height == count
        assert read.unique().rows() == [(name, None, date(2026, 4, 30), None)]

    @pytest.mark.parametrize("count", [1, 20_000])
    def test_an_empty_text_alone_is_a_row(self, db: None, count: int) -> None:
        query = "SELECT ''::text FROM generate_series(1, %(count)s)"
        assert read_columns(query, {"count": count}, {"name": pl.String})["name"].to_list() == [""] * count


class TestStaged:
    def load_and_settle(self, setting: Setting, **faults: object) -> None:
        for shard in range(2):
            with transaction.atomic():
                setting.load(Staged(setting.run_id, shard), 10, **faults)  # type: ignore[arg-type] # faults of a test
        settle(run_id=setting.run_id, tables=TABLES)

    def test_rows_appear_when_they_are_settled(self, setting: Setting) -> None:
        with transaction.atomic():
            setting.load(Staged(setting.run_id, 0), 10)
        assert bank(setting) == 0
        with transaction.atomic():
            setting.load(Staged(setting.run_id, 1), 10)
        assert settle(run_id=setting.run_id, tables=TABLES) == list(TABLES)
        assert (Entry.objects.count(), Posting.objects.count()) == (20, 40)
        assert bank(setting) == 2000

    def test_each_shard_uses_its_own_ids(self, setting: Setting) -> None:
        self.load_and_settle(setting)
        ids = list(Entry.objects.order_by("id").values_list("pk", flat=True))
        assert ids == [*range(HAND_UNTIL, HAND_UNTIL + 10), *range(HAND_UNTIL + BLOCK, HAND_UNTIL + BLOCK + 10)]

    def test_what_was_made_ready_is_taken_as_it_is(self, setting: Setting) -> None:
        """Every index of the live table is built before, once, and becomes the part's own when it is attached."""
        with transaction.atomic():
            setting.load(Staged(setting.run_id, 0), 10)
        for _ in range(2):
            make_ready(run_id=setting.run_id, tables=TABLES, workers=2)
        ready = {table: _indexes(f"stage_{setting.run_id}_{table}") for table in TABLES}
        assert {table: len(found) for table, found in ready.items()} == {
            table: len(_indexes(table)) for table in TABLES
        }
        settle(run_id=setting.run_id, tables=TABLES)
        assert {table: _indexes(f"{table}_run_{setting.run_id}") for table in TABLES} == ready
        make_ready(run_id=setting.run_id, tables=TABLES, workers=2)
        assert bank(setting) == 1_000

    @pytest.mark.row("T4")
    def test_nothing_is_loaded_any_more_into_what_was_made_ready(self, setting: Setting) -> None:
        """What was checked is what is attached: a late row is refused, by the table and not by its checks."""
        with transaction.atomic():
            setting.load(Staged(setting.run_id, 0), 10)
        make_ready(run_id=setting.run_id, tables=TABLES, workers=2)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            setting.load(Staged(setting.run_id, 1), 10)
        settle(run_id=setting.run_id, tables=TABLES)
        assert bank(setting) == 1_000

    def test_closing_waits_for_whoever_still_loads(self, setting: Setting) -> None:
        """A row that is loaded but not yet committed is not passed over: closing has it checked with the others."""
        with transaction.atomic():
            setting.load(Staged(setting.run_id, 0), 10, credit=-99)
            with pytest.raises(DatabaseError, match="lock timeout"), connections["owner"].cursor() as owner:
                owner.execute("SET lock_timeout = 200")
                owner.callproc("bulk_close_stage", [setting.run_id])
        connections["owner"].close()
        with pytest.raises(DatabaseError, match="does not sum to zero"):
            settle(run_id=setting.run_id, tables=TABLES)

    @pytest.mark.row("T4")
    def test_what_was_not_made_ready_is_not_attached(self, setting: Setting) -> None:
        """Whoever calls the functions in another order hears what is missing."""
        for function, missing in (("bulk_ready", "is not closed"), ("bulk_settle", "is not ready")):
            with pytest.raises(DatabaseError, match=missing), transaction.atomic(), connection.cursor() as cursor:
                cursor.callproc(function, [TABLES[0], setting.run_id])

    def test_settling_twice_changes_nothing(self, setting: Setting) -> None:
        self.load_and_settle(setting)
        assert settle(run_id=setting.run_id, tables=TABLES) == []
        assert bank(setting) == 2000

    @pytest.mark.parametrize(
        ("fault", "message"),
        [
            ({"credit": -99}, "does not sum to zero"),
            ({"day": date(2030, 1, 1)}, "no open accounting period"),
            ({"account": 999_999}, "violates foreign key"),
        ],
    )
    @pytest.mark.row("T4")
    def test_what_breaks_a_rule_is_never_settled(
        self, setting: Setting, fault: dict[str, object], message: str
    ) -> None:
        with pytest.raises(DatabaseError, match=message):
            self.load_and_settle(setting, **fault)
        assert not Entry.objects.exists() and not Posting.objects.exists()

    def test_settled_rows_are_append_only_like_the_others(self, setting: Setting) -> None:
        self.load_and_settle(setting)
        own = f"ledger_posting_run_{setting.run_id}"
        for table in ("ledger_posting", own):
            for alias in ("default", "owner"):
                with pytest.raises(DatabaseError), connections[alias].cursor() as cursor:
                    cursor.execute(f"UPDATE {table} SET amount_minor = 1")

    @pytest.mark.row("T4")
    def test_a_part_of_a_table_is_written_through_the_table_only(self, setting: Setting) -> None:
        """Checks of a whole statement belong to the table: nobody gets past them by naming one of its parts."""
        self.load_and_settle(setting)
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1")
            parts = [name for (name,) in cursor.fetchall()]
            assert {"ledger_posting_hand", f"ledger_posting_run_{setting.run_id}"} < set(parts)
            for part in parts:
                cursor.execute("SELECT has_table_privilege(%s, 'INSERT, UPDATE, DELETE, TRUNCATE')", [part])
                assert (part, cursor.fetchone()) == (part, (False,))
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute("INSERT INTO ledger_posting_hand SELECT * FROM ledger_posting LIMIT 1")

    @pytest.mark.row("T4")
    @pytest.mark.parametrize("of_before", ["", "closed", "ready"])
    def test_a_posting_is_of_an_entry_of_its_own_run(self, setting: Setting, of_before: str) -> None:
        """Also where the run's tables were closed, or made ready, before there was a key between the parts.

        Each part has its key to the part beside it, so that what a run attaches is not looked for in all there is.
        """
        with transaction.atomic():
            setting.load(Staged(setting.run_id, 0), 1)
        if of_before == "ready":
            make_ready(run_id=setting.run_id, tables=TABLES, workers=2)
        elif of_before:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.callproc("bulk_close_stage", [setting.run_id])
        if of_before:
            with connections["owner"].cursor() as owner:
                owner.execute(
                    f"ALTER TABLE stage_{setting.run_id}_ledger_posting DROP CONSTRAINT ledger_posting_beside"
                )
        settle(run_id=setting.run_id, tables=TABLES)
        with transaction.atomic():
            setting.load(Live(), 1)
        with connections["owner"].cursor() as owner:
            owner.execute(
                "SELECT conrelid::regclass::text, confrelid::regclass::text, convalidated FROM pg_constraint"
                " WHERE contype = 'f' AND conrelid IN (SELECT inhrelid FROM pg_inherits"
                " WHERE inhparent = 'ledger_posting'::regclass) AND confrelid::regclass::text LIKE 'ledger_entry%%'"
                " ORDER BY 1"
            )
            parts = [(f"ledger_posting_{one}", f"ledger_entry_{one}") for one in ("hand", f"run_{setting.run_id}")]
            assert owner.fetchall() == [(*pair, True) for pair in parts]
            owner.execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
            for order in ("ASC", "DESC"):
                with pytest.raises(IntegrityError, match="ledger_posting_beside"), transaction.atomic("owner"):
                    owner.execute(
                        "INSERT INTO ledger_posting SELECT (jsonb_populate_record(p, jsonb_build_object("
                        "'id', p.id + 1000, 'entry_id', e.id))).* FROM ledger_posting p, ledger_entry e"
                        f" WHERE (p.id < 1::bigint << 40) <> (e.id < 1::bigint << 40) ORDER BY p.id {order} LIMIT 1"
                    )
                    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_settled_tables_have_every_key_of_the_live_ones(self, setting: Setting) -> None:
        self.load_and_settle(setting)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT contype, count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'f')"
                " GROUP BY 1 ORDER BY 1",
                [f"ledger_posting_run_{setting.run_id}"],
            )
            assert cursor.fetchall() == [("f", 3), ("p", 1)]
            cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid = 'ledger_posting_hand'::regclass")
            by_hand = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass", [f"ledger_posting_run_{setting.run_id}"]
            )
            assert cursor.fetchone() == by_hand


def _indexes(table: str) -> set[str]:
    """Return the indexes of a table by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass", [table])
        return {name for (name,) in cursor.fetchall()}
