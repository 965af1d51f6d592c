"""What an import leaves on record, and the rows that wait until a later one takes them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.imports.operations import note_import
from kanjo.platform.imports.queries import (
    count_imports,
    count_quarantine,
    count_waiting,
    find_import,
    list_imports,
    list_quarantine,
)
from kanjo.platform.imports.rows import HeldFault, HeldRow, Kept
from tests.builders import NOW, TODAY, a_company, an_actor

pytestmark = pytest.mark.django_db

BLANK = HeldFault("crm.required-missing", "account", "", Text(en="account is blank", ja="accountが空欄です"))
ROW = HeldRow("opportunities", "K1", "deals.csv", 17, {"id": "K1", "account": ""}, (BLANK,))


@pytest.fixture
def company() -> CompanyId:
    return a_company()


@pytest.fixture
def clerk(company: CompanyId) -> Actor:
    return an_actor(Role.SALES_OPERATIONS, companies=[company])


def notes(company: CompanyId, by: Actor, digest: str, *held: HeldRow, taken: tuple[str, ...] = ()) -> Kept:
    return note_import(
        company_id=company,
        source="crm",
        digest=digest,
        counts={"read": 3},
        held=held,
        taken={("opportunities", key) for key in taken},
        on=TODAY,
        by=by,
        at=NOW,
    )


def test_a_row_that_goes_on_waiting_is_one_row_with_its_newest_place_and_fault(
    company: CompanyId, clerk: Actor
) -> None:
    """The next export brings the same deal on another line: it still waits once."""
    notes(company, clerk, "a", ROW)
    other = replace(BLANK, rule="crm.bad-date", field="closed")
    kept = notes(company, clerk, "b", replace(ROW, line=25, faults=(other,)))
    assert (kept.added, kept.mended, count_waiting(company, "crm")) == (0, 0, 1)
    [shown] = list_quarantine(clerk)
    assert (shown.row.line, [fault.rule for fault in shown.row.faults]) == (25, ["crm.bad-date"])
    assert count_quarantine(clerk, rule="crm.required-missing") == 0


def test_a_row_is_mended_by_the_import_that_takes_it(company: CompanyId, clerk: Actor) -> None:
    """Taken under its key it waits no more; one that comes back broken waits anew, and both stay on record."""
    first = notes(company, clerk, "a", ROW)
    second = notes(company, clerk, "b", taken=("K1", "K2"))
    assert second.mended == 1
    [shown] = list_quarantine(clerk, mended=True)
    assert (shown.found_in, shown.mended_in, shown.row) == (first.import_id, second.import_id, ROW)
    assert notes(company, clerk, "c", ROW).added == 1
    assert (count_quarantine(clerk), count_quarantine(clerk, mended=True)) == (1, 1)


def test_the_same_digest_is_noted_once(company: CompanyId, clerk: Actor) -> None:
    """Even past every guard the table refuses a second import of the same."""
    notes(company, clerk, "a", ROW)
    with pytest.raises(DatabaseError, match="imported_once"), transaction.atomic():
        notes(company, clerk, "a", ROW)
    found = find_import(company, "crm", "a")
    assert found is not None
    assert (found.made_by, found.counts, count_imports(clerk)) == (clerk.name, {"read": 3}, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE imports_import SET counts = '{}'",
        "DELETE FROM imports_import",
        "DELETE FROM imports_quarantinedrow",
        "UPDATE imports_quarantinedrow SET state = 'mended'",
    ],
)
def test_no_statement_makes_a_waiting_row_or_its_import_disappear(
    company: CompanyId, clerk: Actor, statement: str
) -> None:
    """The quarantine loses nothing: rows stay, and are mended only by an import that is named."""
    notes(company, clerk, "a", ROW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (count_imports(clerk), count_quarantine(clerk)) == (1, 1)


def test_only_sales_operations_and_administrators_import(company: CompanyId) -> None:
    """A rep takes no export in, and a stranger sees none."""
    with pytest.raises(NotYourRole):
        notes(company, an_actor(Role.SALES_REP, companies=[company]), "a", ROW)
    stranger = an_actor(Role.SALES_OPERATIONS, companies=[a_company("other")])
    assert (list_imports(stranger), list_quarantine(stranger)) == ([], [])


@pytest.mark.parametrize("count", [10, 1_000])
def test_the_quarantine_is_listed_in_one_query(
    company: CompanyId, clerk: Actor, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Ten rows or a thousand: one query, in the order of the file."""
    notes(company, clerk, "a", *(replace(ROW, key=f"K{n}", line=count - n) for n in range(count)))
    with django_assert_num_queries(1):
        rows = list_quarantine(clerk, limit=count)
    assert [shown.row.line for shown in rows] == list(range(1, count + 1))
