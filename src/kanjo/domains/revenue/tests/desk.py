"""The Rev/Rec desk of one company, with everyday defaults."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.db import connection, transaction

from kanjo.domains.catalog.facts import Recognition
from kanjo.domains.customers.operations import register_customer
from kanjo.domains.revenue import operations
from kanjo.domains.revenue.facts import LineToRecognise
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId, ContractId, OrderId, OrderLineId, RunId
from kanjo.foundation.periods import Period
from kanjo.foundation.times import AsKnown
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.queries import balance_of
from kanjo.platform.runs.operations import approve_run
from tests.builders import NOW, an_actor

APRIL = date(2026, 4, 1)
LATER = date(2030, 3, 31)


class Desk:
    """Promises, delivers, recognises and looks."""

    def __init__(self, company_id: CompanyId) -> None:
        self.company_id = company_id
        self.by = an_actor(Role.REV_REC, companies=[company_id])
        self.second = an_actor(Role.REV_REC, companies=[company_id], name="鈴木 一郎")
        with transaction.atomic():
            self.customer = register_customer(name="Acme", country="JP", by=house(), at=NOW)
        self._orders = count(1)

    @transaction.atomic
    def promise(self, *lines: LineToRecognise, order: int | None = None, on: date = APRIL) -> tuple[int, ...]:
        number = order or next(self._orders)
        return operations.open_obligations(
            company_id=self.company_id,
            contract_id=ContractId(number),
            order_id=OrderId(number),
            customer_id=self.customer,
            currency="JPY",
            lines=lines,
            on=on,
            by=self.by,
            at=NOW,
        )

    @transaction.atomic
    def deliver(self, line: int, on: date) -> None:
        operations.note_delivery(order_line_id=OrderLineId(line), delivered_on=on, by=self.by, at=NOW)

    def preview(self, until: date) -> RunId | None:
        with transaction.atomic():
            return operations.preview_recognition(company_id=self.company_id, until=until, by=self.by, at=NOW)

    def recognise(self, until: date) -> RunId | None:
        """Preview, let a second person approve, execute; None when there is nothing to post."""
        run_id = self.preview(until)
        if run_id is not None:
            with transaction.atomic():
                approve_run(run_id=run_id, by=self.second, at=NOW)
            operations.execute_recognition(run_id=run_id, by=self.by, at=NOW)
        return run_id

    def earned(self) -> int:
        """What stands on the revenue account, as a positive amount."""
        return -balance_of(self.company_id, AccountCode.REVENUE, AsKnown(LATER))

    def slices(self) -> list[tuple[date, int, date]]:
        """All slices as (month, amount, day in the books), in the order they were posted."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT month, amount_minor, effective_on FROM revenue_slice ORDER BY month, id")
            return list(cursor.fetchall())


def licence(line: int, price: int) -> LineToRecognise:
    return LineToRecognise(OrderLineId(line), Recognition.AT_A_POINT, price, None)


def service(line: int, price: int, start: date, until: date) -> LineToRecognise:
    return LineToRecognise(OrderLineId(line), Recognition.OVER_TIME, price, Period(start, until))
