"""One row that fails at night: it waits on the queue of those who mend it, and all others are done."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.quotes.queries import get_quote
from kanjo.foundation.ids import CompanyId, ContractId, QuoteId
from kanjo.platform.identity.queries import house
from kanjo.surfaces.jobs import tasks
from tests.builders import A_YEAR, a_company, a_customer
from tests.deals import a_contract, an_approved_version
from tests.plumbing import FreshDatabase
from tests.processes.end_state import Rows, rows
from tests.surfaces.test_daily import early


def a_quote(company_id: CompanyId) -> int:
    return an_approved_version(company_id, a_customer()).quote_id


def a_term(company_id: CompanyId) -> int:
    return a_contract(an_approved_version(company_id, a_customer()))


def alter(database: FreshDatabase, statement: str) -> None:
    """Change a table as only its owner can."""
    with psycopg.connect(database.url) as owner:
        owner.execute(f"ALTER TABLE {statement}".encode())


def put(kind: str) -> Rows:
    """Return the work of a kind: id, queue, state and why in English."""
    return rows(f"SELECT subject_id, owner_role, state, why_en FROM worklist_workitem WHERE kind = '{kind}'")


@pytest.mark.parametrize(
    ("job", "made", "table", "state", "kind", "role", "number"),
    [
        (
            tasks.expire_quotes,
            a_quote,
            "quotes_quote",
            "expired",
            "quotes.expire.failed",
            "sales_operations",
            lambda key: get_quote(house(), QuoteId(key)).row.number,
        ),
        (
            tasks.end_contracts,
            a_term,
            "contracts_contract",
            "ended",
            "contracts.end.failed",
            "deal_management",
            lambda key: get_contract(house(), ContractId(key)).number,
        ),
    ],
)
def test_one_that_fails_does_not_stop_the_others(
    fresh_database: FreshDatabase,
    job: Callable[[int], int],
    made: Callable[[CompanyId], int],
    table: str,
    state: str,
    kind: str,
    role: str,
    number: Callable[[int], str],
) -> None:
    """It is put on the queue once, tried every night, and off the queue when it is done at last."""
    company = a_company()
    bad, good = (made(company) for _ in range(2))
    alter(fresh_database, f"{table} ADD CONSTRAINT spoilt CHECK (id <> {bad} OR state <> '{state}')")
    assert [job(early(A_YEAR.until)) for _ in range(2)] == [1, 0]
    assert rows(f"SELECT id FROM {table} WHERE state = '{state}'") == [(good,)]
    [waiting] = put(kind)
    assert waiting[:3] == (bad, role, "open")
    assert number(bad) in waiting[3]
    alter(fresh_database, f"{table} DROP CONSTRAINT spoilt")
    assert job(early(A_YEAR.until)) == 1
    [mended] = put(kind)
    assert mended[2] == "done"
