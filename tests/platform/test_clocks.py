"""Clocks that jump change no order (T2): what came later stands later, whatever the writers' clocks say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.platform.audit.models import Link
from kanjo.platform.audit.queries import broken_links, list_history
from kanjo.platform.ledger.entries import AccountCode, JournalEntry, Side
from kanjo.platform.ledger.models import Entry
from kanjo.platform.ledger.operations import post
from kanjo.platform.numbering.models import Issued
from tests.platform.conftest import AT, make_actor, make_company
from tests.platform.test_audit import rename
from tests.platform.test_numbering import take
from tests.plumbing import FreshDatabase

WRONG = (timedelta(hours=-2), timedelta(days=400))
TURNS = 10


def act(company_id: CompanyId, turn: int, *, by: Actor, at: datetime) -> None:
    """Rename the company, take a number and post, by a clock of one's own."""
    with closing(connection), transaction.atomic():
        rename(company_id=company_id, name=f"{turn:02}", by=by, at=at)
        take(company_id, turn)
        sides = Side(AccountCode.RECEIVABLE, 1 + turn), Side(AccountCode.CONTRACT_LIABILITY, -1 - turn)
        post([JournalEntry(company_id, AT.date(), "JPY", "test", turn, sides)])


@pytest.mark.row("T2")
def test_two_writers_with_wrong_clocks_make_one_order(fresh_database: FreshDatabase) -> None:
    """One is two hours behind and one 400 days ahead; they write in turn, and everything stands in that turn."""
    company_id = make_company()
    writers = [make_actor(company_id, Role.ADMINISTRATOR, email=f"w{number}@example.com") for number in range(2)]
    for turn in range(TURNS):
        with ThreadPoolExecutor(1) as thread:  # a connection of its own, as on two machines
            by, wrong = writers[turn % 2], WRONG[turn % 2]
            thread.submit(act, company_id, turn, by=by, at=AT + turn * wrong).result()
    written = [f"{turn:02}" for turn in range(TURNS)]
    told = [row.after for row in list_history([("companies_sellingcompany", company_id)])]
    assert [row["name"] for row in reversed(told[:TURNS]) if row] == written
    joined = (
        Link.objects.filter(change__verb="test.rename").order_by("position").values_list("change__after", flat=True)
    )
    assert [after["name"] for after in joined if after] == written
    assert list(Issued.objects.order_by("number").values_list("subject_id", flat=True)) == list(range(TURNS))
    moments = list(Entry.objects.order_by("id").values_list("recorded_at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] < timedelta(hours=1), "the database says when we knew, no writer"
    assert broken_links() == []
