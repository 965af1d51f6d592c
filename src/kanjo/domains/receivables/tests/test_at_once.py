"""Eight people allocate the same receipt at the same moment (M2): what is settled never passes what arrived.

`KANJO_TRIALS` says how many receipts (by default 100).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import Sum

from kanjo.domains.receivables import operations
from kanjo.domains.receivables.facts import AllocationKind, Confidence, MatchRule
from kanjo.domains.receivables.models import Allocation, ItemBalance, Matching, ReceiptBalance
from kanjo.domains.receivables.rules import guards
from kanjo.domains.receivables.tests.desk import DAY, Desk
from kanjo.foundation.ids import InvoiceId, ReceiptId
from kanjo.foundation.refusals import Refusal
from tests.builders import NOW, a_company
from tests.plumbing import FreshDatabase

THREADS, TRIALS = 8, int(os.environ.get("KANJO_TRIALS", "100"))

Act = Callable[[Desk, ReceiptId, int], None]


def allocate(desk: Desk, receipt: ReceiptId, item: int) -> None:
    """The verb: 60 of a receipt of 100 to an invoice of its own."""
    with transaction.atomic():
        operations.allocate(receipt_id=receipt, item_id=InvoiceId(item), amount_minor=60, on=DAY, by=desk.by, at=NOW)


def allocate_unguarded(desk: Desk, receipt: ReceiptId, item: int) -> None:
    """The twin: reads what is left, thinks, then writes, without a lock."""
    with transaction.atomic():
        left = ReceiptBalance.objects.get(pk=receipt).left_minor
        if left < 60:
            raise guards.AboveReceipt(reference="", left=left, amount=60)
        matching = Matching.objects.create(
            company_id=desk.company_id, by_rule=False, effective_on=DAY, made_by_id=desk.by.id
        )
        Allocation.objects.create(
            company_id=desk.company_id,
            matching=matching,
            item_id=item,
            receipt_id=receipt,
            kind=AllocationKind.PAYMENT,
            amount_minor=60,
            received_minor=60,
            rule=MatchRule.BY_HAND,
            confidence=Confidence.CERTAIN,
            effective_on=DAY,
        )


def at_once(act: Act, desk: Desk, trials: int) -> tuple[int, int]:
    """Let eight threads do *act* on each of so many receipts; return how many receipts were overdrawn, and refusals."""
    customer = desk.customer("Acme")
    desk.invoices(*((key, customer, 60) for key in range(1, trials * THREADS + 1)))
    receipts = [desk.receive(100) for _ in range(trials)]
    gate = Barrier(THREADS)

    def worker(number: int) -> int:
        refused = 0
        for trial, receipt in enumerate(receipts):
            gate.wait()
            try:
                act(desk, receipt, trial * THREADS + number + 1)
            except Refusal:
                refused += 1
        connection.close()
        return refused

    with ThreadPoolExecutor(THREADS) as threads:
        refused = sum(threads.map(worker, range(THREADS)))
    used = Allocation.objects.values("receipt_id").annotate(used=Sum("received_minor"))
    return sum(row["used"] > 100 for row in used), refused


@pytest.mark.row("M2")
class TestAllocateAtOnce:
    def test_one_of_eight_settles_and_seven_are_refused(self, fresh_database: FreshDatabase) -> None:
        overdrawn, refused = at_once(allocate, Desk(a_company("kanjo-jp")), TRIALS)
        assert (overdrawn, refused) == (0, TRIALS * (THREADS - 1))
        assert Allocation.objects.count() == TRIALS

    def test_without_the_lock_and_the_check_receipts_are_overdrawn(self, fresh_database: FreshDatabase) -> None:
        """The harness sees what it is there to see."""
        with psycopg.connect(fresh_database.url, autocommit=True) as owner:
            owner.execute("ALTER TABLE receivables_receiptbalance DROP CONSTRAINT left_within_receipt")
        overdrawn, _ = at_once(allocate_unguarded, Desk(a_company("kanjo-jp")), 10)
        assert overdrawn > 0


@pytest.mark.row("M2")
class TestMatchAtOnce:
    @pytest.mark.parametrize("lines", [30])
    def test_two_matchings_at_once_settle_each_receipt_once(self, fresh_database: FreshDatabase, lines: int) -> None:
        desk = Desk(a_company("kanjo-jp"))
        customer = desk.customer("Acme")
        desk.invoices(*((key, customer, key) for key in range(1, lines + 1)))
        desk.take([desk.line(key, "", f"INV-2026-{key:06d}") for key in range(1, lines + 1)])
        gate = Barrier(2)

        def match(_: int) -> int:
            gate.wait()
            settled = desk.match().settled
            connection.close()
            return settled

        with ThreadPoolExecutor(2) as threads:
            settled = list(threads.map(match, range(2)))
        assert sum(settled) == lines
        assert not ItemBalance.objects.exclude(open_minor=0).exists()

    def test_a_matching_and_a_person_never_settle_an_invoice_twice(self, fresh_database: FreshDatabase) -> None:
        desk = Desk(a_company("kanjo-jp"))
        customer = desk.customer("Acme")
        for key in range(1, 21):
            desk.invoices((key, customer, 100 + key))
            desk.receive(100 + key, "", f"INV-2026-{key:06d}")
            other = desk.receive(500)
            gate = Barrier(2)

            def by_hand(key: int = key, other: ReceiptId = other, gate: Barrier = gate) -> None:
                gate.wait()
                with suppress(guards.AboveItem):
                    desk.allocate(other, key, 100 + key)
                connection.close()

            def by_rule(gate: Barrier = gate) -> None:
                gate.wait()
                desk.match()
                connection.close()

            with ThreadPoolExecutor(2) as threads:
                for future in [threads.submit(by_hand), threads.submit(by_rule)]:
                    future.result()
            assert desk.open(key) == 0
            assert Allocation.objects.filter(item_id=key).count() == 1
