"""A selling company comes into being."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.money import UnknownCurrency
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import get_actor, house
from kanjo.processes.found_company import Charter, found_company
from tests.builders import NOW, an_actor
from tests.processes.end_state import rows

pytestmark = pytest.mark.django_db

CHARTER = Charter(
    code="kanjo-us",
    name="Kanjo Inc.",
    name_en="Kanjo Inc.",
    currency="USD",
    language=Language.ENGLISH,
    books=Period(date(2026, 1, 1), date(2027, 1, 1)),
    fiscal_first_month=1,
    time_zone="America/Chicago",
)


@transaction.atomic
def founded(charter: Charter = CHARTER, *, by: Actor | None = None) -> CompanyId:
    return found_company(charter=charter, by=by or house(), at=NOW)


def counts() -> list[tuple[int, ...]]:
    return rows(
        "SELECT (SELECT count(*) FROM companies_sellingcompany), (SELECT count(*) FROM ledger_account),"
        " (SELECT count(*) FROM ledger_period), (SELECT count(*) FROM identity_assignment)"
    )


class TestFound:
    def test_it_has_a_chart_of_accounts_and_a_period_for_each_month(self) -> None:
        """Its books are open from the first day to the last that the charter names."""
        company_id = founded()
        months = "SELECT start, until, state FROM ledger_period WHERE company_id = {} ORDER BY start"
        found = rows(months.format(company_id))
        assert (len(found), found[0], found[-1][1]) == (
            12,
            (date(2026, 1, 1), date(2026, 2, 1), "open"),
            date(2027, 1, 1),
        )
        codes = rows(f"SELECT code FROM ledger_account WHERE company_id = {company_id} ORDER BY code")
        assert {"1110", "1310", "2310", "2320", "2410", "4110", "6110"} <= {code for (code,) in codes}

    def test_its_founder_sees_it(self) -> None:
        """The administrator who founds it may work in it at once; the house sees every company anyway."""
        founder = an_actor(Role.ADMINISTRATOR)
        company_id = founded(by=founder)
        assert get_actor(founder.id).sees(company_id)

    def test_a_code_that_is_known_returns_that_company(self) -> None:
        """Founded again, also under another name, it stays what it was."""
        first = founded()
        before = counts()
        assert founded(replace(CHARTER, name="Somebody else")) == first
        assert counts() == before
        assert rows("SELECT name FROM companies_sellingcompany") == [("Kanjo Inc.",)]


class TestRefused:
    def test_by_nobody_but_an_administrator(self) -> None:
        """A CFO does not found companies; nothing is left of the try."""
        cfo, before = an_actor(Role.CFO), counts()
        with pytest.raises(NotYourRole):
            founded(by=cfo)
        assert counts() == before

    def test_with_a_currency_nobody_knows(self) -> None:
        """A company without money it can count in is not founded."""
        before = counts()
        with pytest.raises(UnknownCurrency):
            founded(replace(CHARTER, currency="XXA"))
        assert counts() == before
