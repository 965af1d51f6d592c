"""How the customers of the replay pay: in the shares the module names, decided by the reference alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.reading import read_bank_file
from kanjo.foundation.calendars import JAPAN
from kanjo.foundation.money import Money
from kanjo.foundation.periods import month_of
from kanjo.processes.replay.paying import BANK_FEE_MINOR, Payment, payments, statements
from kanjo.reports.replaying import Owed

DUE = date(2017, 6, 30)

owed = st.builds(
    Owed,
    number=st.integers(1, 999_999).map(lambda number: f"INV-2017-{number:06}"),
    reference=st.text("ABCDEFGHJKLMNP0123456789", min_size=8, max_size=8),
    payer=st.sampled_from(["Acme Corporation", "Bluth", "Zoomit"]),
    total=st.integers(0, 10**9).map(lambda minor: Money(minor, "USD")),
    due_on=st.dates(date(2017, 1, 1), date(2018, 12, 31)),
)
invoices = st.lists(owed, max_size=40, unique_by=lambda one: one.reference)


def many(count: int, total: int = 236_091) -> list[Owed]:
    return [Owed(f"INV-2017-{n:06}", f"REF{n:05}", "Acme", Money(total, "USD"), DUE) for n in range(count)]


def manner_of(payment: Payment) -> str:
    """Tell from outside how an invoice was paid."""
    short = payment.invoice.total.minor - payment.amount.minor
    if short == BANK_FEE_MINOR:
        return "fee"
    if short:
        return "in part"
    return "late" if payment.value_on > DUE + timedelta(days=7) else "in full"


def paid(given: Sequence[Owed]) -> dict[str, Payment]:
    return {payment.invoice.reference: payment for payment in payments(given)}


@pytest.fixture(scope="module")
def found() -> list[Payment]:
    """What arrives for 20,000 invoices of one amount."""
    return payments(many(20_000))


class TestShares:
    def test_customers_pay_in_the_shares_they_are_known_for(self, found: list[Payment]) -> None:
        """Of 100 invoices 86 in full, 6 late, 3 in part, 3 less a fee, 2 never; each within half of one percent."""
        counted = Counter(map(manner_of, found)) + Counter({"never": 20_000 - len(found)})
        for manner, share in {"in full": 86, "late": 6, "in part": 3, "fee": 3, "never": 2}.items():
            assert abs(counted[manner] / 200 - share) < 0.5, manner

    def test_four_payments_in_five_name_their_invoice(self, found: list[Payment]) -> None:
        """The others name nothing but their payer."""
        named = sum(payment.text == f"INVOICE {payment.invoice.number}" for payment in found)
        assert abs(named / len(found) - 0.8) < 0.01
        assert sum(payment.text == "" for payment in found) == len(found) - named

    def test_late_is_late_and_in_part_is_a_part(self, found: list[Payment]) -> None:
        """Late by 10 to 75 days; 40 to 90 percent; the others within ten days before and two after the due day."""
        days = {manner: [p.value_on - DUE for p in found if manner_of(p) == manner] for manner in ("late", "in full")}
        assert timedelta(days=10) <= min(days["late"]) < max(days["late"]) <= timedelta(days=75 + 5)
        assert timedelta(days=-10) <= min(days["in full"]) < max(days["in full"]) <= timedelta(days=2 + 5)
        parts = [
            payment.amount.minor / payment.invoice.total.minor for payment in found if manner_of(payment) == "in part"
        ]
        assert 0.39 < min(parts) < max(parts) <= 0.9


class TestPayments:
    @given(invoices, st.randoms())
    def test_who_pays_what_depends_on_the_reference_alone(self, given: list[Owed], chance: random.Random) -> None:
        """In another order, or with others left out, each invoice is paid the same."""
        shuffled = chance.sample(given, len(given))
        assert paid(shuffled) == paid(given)
        half = given[::2]
        assert paid(half) == {ref: one for ref, one in paid(given).items() if ref in {owed.reference for owed in half}}

    @given(invoices)
    def test_nobody_pays_nothing_or_too_much_and_banks_work_on_working_days(self, given: list[Owed]) -> None:
        """Whatever the amount: more than nothing, at most what is owed, in its currency, on a day banks are open."""
        for payment in payments(given):
            assert 0 < payment.amount.minor <= payment.invoice.total.minor
            assert payment.amount.currency == payment.invoice.total.currency
            assert JAPAN.is_business_day(payment.value_on)

    @given(invoices)
    def test_every_payment_stands_in_the_statement_of_its_month_and_is_read_back(self, given: list[Owed]) -> None:
        """One file per month, nothing lost, nothing twice, as the reader of bank files reads it."""
        arrived = payments(given)
        written = statements(arrived, account="MAVEN-USD-001", holder="Maven Hardware", currency="USD")
        assert [one.from_on for one in written] == sorted({month_of(p.value_on).start for p in arrived})
        read = [
            line
            for one in written
            for line in read_bank_file(write_statement(one), "x.csv", received_on=one.to_on).lines
        ]
        assert [(line.value_on, line.amount, line.text) for line in read] == [
            (p.value_on, p.amount, p.text) for p in sorted(arrived, key=lambda p: (p.value_on, p.invoice.reference))
        ]
