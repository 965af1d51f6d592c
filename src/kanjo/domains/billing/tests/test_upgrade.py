"""What an upgrade finds half done goes on after it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import kanjo.domains.billing
from kanjo.platform.bulk.loading import HAND_UNTIL
from tests.plumbing import FreshDatabase

SHARING_STAGED = (Path(kanjo.domains.billing.__file__).parent / "sharing_staged.sql").read_text("utf-8")
STAGED_BEFORE = """
    CREATE TABLE stage_7_billing_invoiceline (LIKE billing_invoiceline INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    ALTER TABLE stage_7_billing_invoiceline DROP COLUMN share_from, DROP COLUMN share_until, DROP COLUMN share_of"""
ATTACH = f"""
    ALTER TABLE billing_invoiceline ATTACH PARTITION stage_7_billing_invoiceline
    FOR VALUES FROM ({HAND_UNTIL}) TO ({HAND_UNTIL + 1})"""


@pytest.mark.row("SCL-3", "BIL-14")
@pytest.mark.parametrize("times", [1, 2])
def test_a_run_stopped_before_invoices_were_shared_is_settled(shared_database: FreshDatabase, times: int) -> None:
    """Its lines from before the upgrade get what is new, so that they are attached when it goes on."""
    with psycopg.connect(shared_database.owner.conninfo()) as owner:
        owner.execute(STAGED_BEFORE)
        for _ in range(times):
            owner.execute(SHARING_STAGED)
        owner.execute(ATTACH)
        owner.rollback()


@pytest.mark.row("SCL-3")
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(("table", "column"), [("billing_invoicetax", "own_minor"), ("billing_invoice", "department")])
def test_a_run_stopped_before_a_column_came_is_settled(
    shared_database: FreshDatabase, table: str, column: str, times: int
) -> None:
    """What it loaded gets the columns that its table has by now, null or not; its other tables stay as they are."""
    attach = ATTACH.replace("billing_invoiceline", table)
    with psycopg.connect(shared_database.owner.conninfo()) as owner:
        for name in ("billing_invoicetax", "billing_invoice"):
            owner.execute(f"CREATE TABLE stage_7_{name} (LIKE {name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        owner.execute(f"ALTER TABLE stage_7_{table} DROP COLUMN {column}")
        with pytest.raises(psycopg.errors.DatatypeMismatch), owner.transaction():
            owner.execute(attach)
        for _ in range(times):
            owner.execute("SELECT bulk_widen(%s)", [table])
        owner.execute(attach)
        owner.rollback()


@pytest.mark.row("BIL-14")
def test_rows_from_before_are_under_the_checks_too(shared_database: FreshDatabase) -> None:
    """What is checked of new rows first is true of all in the end."""
    with psycopg.connect(shared_database.owner.conninfo()) as owner:
        left = owner.execute("SELECT conrelid::regclass FROM pg_constraint WHERE contype = 'c' AND NOT convalidated")
        assert left.fetchall() == []
