"""Numbers run without gap and without double, whoever takes them and whoever rolls back.

`KANJO_NUMBERS` says how many are asked for by eight at once (by default 400).
"""

from __future__ import annotations

import os
import random
import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.foundation.ids import CompanyId
from kanjo.platform.numbering.models import Issued
from kanjo.platform.numbering.operations import take_block, take_number
from tests.platform.conftest import make_company
from tests.plumbing import FreshDatabase

DAY = date(2026, 4, 10)
TURNS = int(os.environ.get("KANJO_NUMBERS", "400")) // 8


def take(company_id: CompanyId, subject_id: int, day: date = DAY) -> str:
    return take_number(company_id=company_id, kind="invoice", prefix="INV", on=day, subject_id=subject_id)


@pytest.mark.row("M4")
class TestTake:
    def test_a_number_is_of_a_series_that_is_there(self, company_id: CompanyId) -> None:
        take(company_id, 1)
        series = Issued.objects.get().series_id
        with pytest.raises(DatabaseError, match="which is not there"), transaction.atomic():
            Issued.objects.create(series_id=series + 1, number=1, subject_id=1)
        for change, tail in (("DELETE FROM", ""), ("UPDATE", " SET id = id + 1")):
            with (
                pytest.raises(DatabaseError, match="stays as it is"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"{change} numbering_series{tail}")

    def test_numbers_count_up_per_year(self, company_id: CompanyId) -> None:
        assert [take(company_id, n) for n in (1, 2)] == ["INV-2026-000001", "INV-2026-000002"]
        assert take(company_id, 3, date(2027, 1, 1)) == "INV-2027-000001"

    def test_companies_count_apart(self, company_id: CompanyId) -> None:
        take(company_id, 1)
        assert take(make_company("other"), 2) == "INV-2026-000001"

    def test_a_block_is_taken_at_once(self, company_id: CompanyId) -> None:
        block = take_block(company_id=company_id, kind="invoice", prefix="INV", on=DAY, count=1000)
        assert (block.first, block.until) == (1, 1001)
        assert take(company_id, 1) == "INV-2026-001001"

    def test_a_number_given_is_never_taken_back(self, company_id: CompanyId) -> None:
        take(company_id, 1)
        with pytest.raises(DatabaseError), transaction.atomic():
            Issued.objects.all().delete()


@pytest.mark.row("M4")
def test_eight_takers_of_whom_some_roll_back_leave_no_gap(fresh_database: FreshDatabase) -> None:
    """8 connections, one in ten rolled back: 1 to n exactly."""
    company_id = make_company()
    barrier = threading.Barrier(8)

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            barrier.wait()
            for turn in range(TURNS):
                with transaction.atomic():
                    take(company_id, seed * TURNS + turn)
                    if chance.random() < 0.1:
                        transaction.set_rollback(True)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(Issued.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert 6 * TURNS < len(numbers) < 8 * TURNS
