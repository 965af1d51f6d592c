"""Days pass, revenue is recognised and taken back, books are locked."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from kanjo.domains.revenue.operations import reverse_recognition
from kanjo.foundation.periods import month_of
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.operations import lock_period
from kanjo.processes import bill
from tests.harness.office import morning
from tests.harness.story import PICK, Story, waits, whole


class Closing(Story):
    """What Rev/Rec and the CFO do at the end of a month."""

    @rule(days=st.integers(1, 45))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.told["days pass", "done"] += 1

    @waits("orders")
    @rule(whole_month=st.booleans())
    def recognise(self, whole_month: bool) -> None:
        until = month_of(self.today).start if whole_month else self.today + timedelta(days=1)
        self.do("recognise", lambda: self.office.recognise(until))
        self.same_again("recognise", lambda: self.office.recognise(until))

    @waits("recognised runs")
    @rule(pick=PICK)
    def take_back(self, pick: int) -> None:
        given = {"run_id": self.one("recognised runs", pick), "because": "誤計上", "at": self.at}
        self.do("reverse recognition", whole(reverse_recognition, by=self.office.rev_rec, **given))

    @rule()
    def lock(self) -> None:
        """The CFO locks the oldest open month that is over."""
        period = Period.objects.get(pk=self.waiting("open months")[0])
        if period.until <= self.today:
            self.do("lock a month", whole(lock_period, period_id=period.pk, by=self.office.cfo, at=self.at))

    @waits("locked months")
    @rule()
    def lock_without_right(self) -> None:
        given = {"period_id": self.waiting("open months")[0], "by": self.office.rev_rec, "at": self.at}
        self.refuse("lock without right", whole(lock_period, **given))

    @waits("locked months", "orders")
    @rule(pick=PICK)
    def post_into_locked_books(self, pick: int) -> None:
        day = Period.objects.get(pk=self.one("locked months", pick)).start
        line = self.office.line(1_000, on=day, payer="オソイカイシャ")
        self.refuse("take money into locked books", lambda: self.office.bank([line], on=day))

    @waits("locked months", "invoices")
    @rule(pick=PICK, invoice=PICK)
    def credit_into_locked_books(self, pick: int, invoice: int) -> None:
        day = Period.objects.get(pk=self.one("locked months", pick)).start
        invoice_id = self.one("invoices", invoice)
        self.refuse("credit into locked books", lambda: self.office.credit(invoice_id, on=day))

    @waits("locked months", "orders")
    @rule(pick=PICK, order=PICK)
    def issue_into_locked_books(self, pick: int, order: int) -> None:
        day = Period.objects.get(pk=self.one("locked months", pick)).start
        given = {"order_id": self.one("orders", order), "on": day, "by": self.office.receivables, "at": morning(day)}
        by_hand = whole(bill.issue_invoice, company_id=self.office.company_id, because="至急", **given)
        self.refuse("issue into locked books", by_hand)
