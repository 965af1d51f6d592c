"""No row joins two companies or two currencies (M9): every pair of tables is tried, and the database itself refuses.

The pairs come from the models: each foreign key between tables that know their company or their currency. Three worlds
are filled with one row of each table; a row of the first is then written anew, pointing into another world.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as part
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.utils import CursorWrapper

from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.tables import CompanyRow
from tests.plumbing import FreshDatabase

Model = type[models.Model]
Row = dict[str, Any]

APART = {
    ("quotes_quote", "opportunity_id"): "winning the deal refuses a value in another currency than was forecast",
    ("renewals_renewal", "quote_id"): "a contract may be renewed in another currency",
    ("renewals_outcome", "renewed_contract_id"): "the same",
    ("billing_hold", "contract_id"): "a hold is of one of these alone, and of no amount",
    ("billing_hold", "order_id"): "the same",
    ("billing_hold", "plan_id"): "the same",
}
"""Where two currencies may meet, and why."""
LAST = {"billing_invoiceline": ("billing_invoice", "invoice_id")}
"""What is written before the row it belongs to, so that it is checked with it."""
LOADED = {
    "billing_invoice": ("billing_invoice", "billing_invoiceline"),
    "billing_invoiceline": ("billing_invoice", "billing_invoiceline"),
    "receivables_itembalance": ("receivables_openitem", "receivables_itembalance"),
    "ledger_posting": ("ledger_entry", "ledger_posting"),
}
"""What runs load into tables of their own, with the document above it: there no trigger looks at a row."""
LINKED = {"billing_invoiceline": "invoice_id", "receivables_itembalance": "id", "ledger_posting": "entry_id"}
BLOCK = 1 << 45
_ids = count(20_000)


@dataclass
class World:
    """A company and a currency, and the row of each table that was made in it."""

    company: Row
    currency: str
    rows: dict[str, Row] = part(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """A foreign key whose two ends must agree, in "company" or "currency"."""

    table: str
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} {self.what}"


def ours() -> list[Model]:
    return [one for one in apps.get_models() if one.__module__.startswith("kanjo.") and one._meta.managed]


def knows(model: Model, what: str) -> bool:
    return any(field.name == what for field in model._meta.concrete_fields)


def references(model: Model) -> list[models.ForeignKey[Any, Any]]:
    return [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]


def all_pairs() -> Iterator[Pair]:
    """A row that knows its company agrees with all it points at; one that does not joins two that agree."""
    for model in ours():
        table = model._meta.db_table
        for what in ("company", "currency"):
            ends = [one for one in references(model) if knows(one.related_model, what) and one.name != "company"]
            ends = [one for one in ends if what == "company" or (table, one.column) not in APART]
            if knows(model, what) or len(ends) > 1:
                yield from (Pair(table, str(one.column), what) for one in ends)


PAIRS = list(all_pairs())


def value_of(field: models.Field[Any, Any], world: World) -> Any:
    """Return a value that the column takes: nothing where that is allowed, the first choice, zero, a day of April."""
    if field.name == "currency":
        return world.currency
    if field.null and not isinstance(field, models.ForeignKey):
        return None
    if field.choices:
        return next(iter(field.flatchoices))[0]
    kind = field.get_internal_type()
    plain: dict[str, Any] = {
        "DateField": date(2026, 4, 1), "DateTimeField": datetime(2026, 4, 1, tzinfo=UTC), "BooleanField": False,
        "JSONField": json.dumps({}), "BinaryField": b"x", "DecimalField": 0, "TimeField": "06:00",
    }  # fmt: skip
    return plain.get(kind, 0 if "Integer" in kind else "x")


def make(owner: CursorWrapper, model: Model, world: World) -> Row:
    """Write a row of *model* in *world*, after all it must point at, and return it."""
    table = model._meta.db_table
    if table in world.rows:
        return world.rows[table]
    world.rows[table] = row = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.CompositePrimaryKey | models.GeneratedField):
            continue
        if field.name == "company":
            row[str(field.column)] = world.company["id"]
        elif isinstance(field, models.ForeignKey):
            itself = field.related_model is model
            row[str(field.column)] = None if itself else make(owner, field.related_model, world)["id"]
        elif field.primary_key:
            row[str(field.column)] = next(_ids)
        else:
            row[str(field.column)] = value_of(field, world)
    for field in references(model):
        if field.related_model is model and not field.null:
            row[str(field.column)] = row["id"]
    write(owner, table, row)
    return row


def write(cursor: CursorWrapper, table: str, row: Row) -> None:
    columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
    cursor.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(row.values()))


def only_keys_are_left(owner: CursorWrapper) -> None:
    """Take away every check and every unique key that no foreign key needs: nothing else shall refuse."""
    owner.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint JOIN pg_class r ON r.oid = conrelid"
        " WHERE contype IN ('c', 'u') AND conparentid = 0 AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
        " AND conindid NOT IN (SELECT conindid FROM pg_constraint WHERE contype = 'f')"
    )
    for table, name in owner.fetchall():
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    owner.execute(
        "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class r ON r.oid = indexrelid"
        " WHERE indisunique AND NOT relispartition AND relnamespace = 'public'::regnamespace"
        " AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
    )
    for (name,) in owner.fetchall():
        owner.execute(f"DROP INDEX {name}")


@pytest.fixture(scope="module")
def worlds(shared_database: FreshDatabase) -> tuple[World, World, World]:
    """Two companies in one currency, and the first one in another currency."""
    tables = [one._meta.db_table for one in ours()]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as owner:
        only_keys_are_left(owner)
        for table in tables:
            owner.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        one, two = (make(owner, SellingCompany, World({}, "JPY")) for _ in range(2))
        made = World(one, "JPY"), World(two, "JPY"), World(one, "USD")
        for world in made:
            world.rows[SellingCompany._meta.db_table] = world.company
            for model in ours():
                make(owner, model, world)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            owner.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    return made


def told(pair: Pair, home: World, abroad: World) -> str:
    """Write the row of the pair's table anew, pointing abroad, and return what the database says to it."""
    model = next(one for one in ours() if one._meta.db_table == pair.table)
    field = next(one for one in references(model) if one.column == pair.column)
    target = abroad.rows[field.related_model._meta.db_table]
    row = {**home.rows[pair.table], pair.column: target["id"]}
    if "id" in row and pair.column != "id":
        row["id"] = next(_ids)
    later, of = LAST.get(pair.table, ("", ""))
    if later:
        row[of] = next(_ids)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        if pair.column == "id":  # it is the row's own name, too: make room for it
            for words in (
                "ALTER TABLE {} DISABLE TRIGGER USER",
                "DELETE FROM {}",
                "ALTER TABLE {} ENABLE TRIGGER USER",
            ):
                cursor.execute(words.format(pair.table))
        try:
            with transaction.atomic(using="owner"):
                write(cursor, pair.table, row)
                if later:
                    write(cursor, later, {**(abroad if pair.column == of else home).rows[later], "id": row[of]})
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except DatabaseError as refusal:
            return str(refusal)
        finally:
            transaction.set_rollback(True, using="owner")
    return "written"


def told_when_settled(pair: Pair, home: World, abroad: World) -> str:
    """Load the row of the pair's table as a run does, pointing abroad, and return what is said when it is settled."""
    above, below = LOADED[pair.table]
    target = next(one for one in ours() if one._meta.db_table == pair.table)
    related = next(one for one in references(target) if one.column == pair.column).related_model._meta.db_table
    rows = {above: {**(abroad if related == above else home).rows[above], "id": BLOCK}}
    rows[below] = {**home.rows[below], "id": BLOCK, LINKED[below]: BLOCK}
    if related != above or pair.table == above:
        rows[pair.table] = {**rows[pair.table], pair.column: abroad.rows[related]["id"]}
    run = home.rows["runs_run"]["id"]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        try:
            with transaction.atomic(using="owner"):
                cursor.execute(
                    "UPDATE ledger_period SET until = '2026-05-01'"
                    " WHERE id IN (SELECT min(id) FROM ledger_period GROUP BY company_id)"
                )
                cursor.execute(
                    "UPDATE bulk_block SET first = %s, until = %s WHERE run_id = %s", [BLOCK, BLOCK + 9, run]
                )
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for table, row in rows.items():
                    cursor.execute("SELECT bulk_stage(%s, %s)", [table, run])
                    write(cursor, f"stage_{run}_{table}", row)
                cursor.execute("SELECT bulk_close_stage(%s)", [run])
                for act in ("bulk_ready", "bulk_settle"):
                    for table in rows:
                        cursor.execute(f"SELECT {act}(%s, %s)", [table, run])
        except DatabaseError as refusal:
            return str(refusal)
        finally:
            transaction.set_rollback(True, using="owner")
    return "settled"


def names(what: str, words: str) -> bool:
    """Whether the database refused because of the company, or of the currency."""
    return ("_company_id" in words or "in company" in words) if what == "company" else "currency" in words


class TestOneCompany:
    @pytest.mark.row("M9")
    @pytest.mark.parametrize("pair", PAIRS, ids=str)
    def test_the_database_refuses_a_row_that_joins_two(self, worlds: tuple[World, World, World], pair: Pair) -> None:
        """The same row pointing home is not refused for that, so it is the pair that is refused and nothing else."""
        home, elsewhere, other_money = worlds
        assert not names(pair.what, told(pair, home, home)), "nothing is wrong at home"
        words = told(pair, home, elsewhere if pair.what == "company" else other_money)
        assert names(pair.what, words), f"Add `Together` or a guard for {pair}: {words}"

    @pytest.mark.row("M9")
    @pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.table in LOADED], ids=str)
    def test_what_a_run_has_loaded_is_refused_when_it_is_settled(
        self, worlds: tuple[World, World, World], pair: Pair
    ) -> None:
        """The same for rows that come by attaching a table."""
        home, elsewhere, other_money = worlds
        assert told_when_settled(pair, home, home) == "settled"
        words = told_when_settled(pair, home, elsewhere if pair.what == "company" else other_money)
        assert names(pair.what, words), words

    @pytest.mark.row("M9")
    def test_every_table_that_runs_load_is_looked_at(self, worlds: object) -> None:
        """A partitioned table with a pair is one of those tried above."""
        with connections["owner"].cursor() as owner:
            owner.execute("SELECT relname FROM pg_class WHERE relkind = 'p'")
            assert {name for (name,) in owner.fetchall()} & {pair.table for pair in PAIRS} == LOADED.keys()

    @pytest.mark.row("M9")
    def test_all_pairs_of_the_models_were_tried(self) -> None:
        """None is left out by mistake; an exception that no longer exists goes too."""
        assert len([one for one in PAIRS if one.what == "company"]) >= 57
        assert len([one for one in PAIRS if one.what == "currency"]) >= 14
        assert {one._meta.db_table for one in ours() if issubclass(one, CompanyRow)} >= {one.table for one in PAIRS} - {
            "billing_invoiceline", "billing_sending", "runs_failure",
        }  # fmt: skip
        columns = {(one._meta.db_table, field.column) for one in ours() for field in references(one)}
        assert APART.keys() <= columns
