"""One row that fails at night: it waits on the queue of those who mend it, and all others are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Night:
    """A job, what it is done to, and where that waits when it fails."""

    job: Callable[[int], int]
    made: Callable[[CompanyId], int]
    number: Callable[[int], str]
    table: str
    state: str
    kind: str
    role: str


NIGHTS = {
    "expire": Night(
        tasks.expire_quotes,
        a_quote,
        lambda key: get_quote(house(), QuoteId(key)).row.number,
        "quotes_quote",
        "expired",
        "quotes.expire.failed",
        "sales_operations",
    ),
    "end": Night(
        tasks.end_contracts,
        a_term,
        lambda key: get_contract(house(), ContractId(key)).number,
        "contracts_contract",
        "ended",
        "contracts.end.failed",
        "deal_management",
    ),
}


@pytest.mark.parametrize("name", NIGHTS)
def test_one_that_fails_does_not_stop_the_others(fresh_database: FreshDatabase, name: str) -> None:
    """It is put on the queue once, tried every night, and off the queue when it is done at last."""
    company, night = a_company(), NIGHTS[name]
    bad, good = (night.made(company) for _ in range(2))
    sound = f"id <> {bad} OR state <> '{night.state}'"
    alter(fresh_database, f"{night.table} ADD CONSTRAINT spoilt CHECK ({sound})")
    assert [night.job(early(A_YEAR.until)) for _ in range(2)] == [1, 0]
    assert rows(f"SELECT id FROM {night.table} WHERE state = '{night.state}'") == [(good,)]
    [waiting] = put(night.kind)
    assert waiting[:3] == (bad, night.role, "open")
    assert night.number(bad) in waiting[3]
    alter(fresh_database, f"{night.table} DROP CONSTRAINT spoilt")
    assert night.job(early(A_YEAR.until)) == 1
    [mended] = put(night.kind)
    assert mended[2] == "done"
