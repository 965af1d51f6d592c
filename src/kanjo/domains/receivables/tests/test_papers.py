"""Papers about payments: rates are added up, and what cannot be said is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.receivables.facts import InvoiceCopy, RateShare
from kanjo.domains.receivables.rules import papers
from kanjo.foundation.refusals import Refusal

RATES = st.sampled_from([("10", False), ("8", True), ("", False)])
AMOUNTS = st.integers(-(10**9), 10**9)
SHARES = st.builds(lambda rate, net, tax: RateShare(rate[0], rate[1], net, tax), RATES, AMOUNTS, AMOUNTS)
COPIES = st.builds(
    lambda shares: InvoiceCopy("INV-1", date(2026, 4, 1), tuple(shares)), st.lists(SHARES, min_size=1, max_size=4)
)


class TestByRate:
    @given(st.lists(COPIES, max_size=6))
    def test_adds_up_and_never_computes(self, copies: list[InvoiceCopy]) -> None:
        """The totals of the rates are those of the invoices, tax and all, each rate once."""
        rates = papers.by_rate(copies)
        assert sum(rate.net_minor for rate in rates) == sum(copy.net_minor for copy in copies)
        assert sum(rate.tax_minor for rate in rates) == sum(copy.tax_minor for copy in copies)
        assert len({(rate.percent, rate.reduced) for rate in rates}) == len(rates)

    def test_keeps_what_each_invoice_rounded(self) -> None:
        """Three invoices of 105 yen at 10 % taxed 10 each carry 30 of tax; computed anew it would be 31."""
        copy = InvoiceCopy("INV-1", date(2026, 4, 1), (RateShare("10", False, 105, 10),))
        assert papers.by_rate([copy] * 3) == (RateShare("10", False, 315, 30),)


class TestAcknowledging:
    @pytest.mark.parametrize(
        ("amount", "left", "payers", "rule"),
        [
            (-100, 0, 0, "receivables.acknowledge-nothing"),
            (100, 0, 0, "receivables.acknowledge-nothing"),
            (100, 1, 1, "receivables.acknowledge-unallocated"),
            (100, 100, 0, "receivables.acknowledge-unallocated"),
            (100, 0, 2, "receivables.acknowledge-payers"),
        ],
    )
    def test_refuses_what_is_no_payment_of_one_customer(self, amount: int, left: int, payers: int, rule: str) -> None:
        """Money that went back, that pays nothing yet, or that several customers owe has no paper."""
        with pytest.raises(Refusal) as told:
            papers.refuse_acknowledging(reference="R-1", amount_minor=amount, left_minor=left, payers=payers)
        assert told.value.rule == rule

    def test_takes_a_payment(self) -> None:
        """What one customer paid for its invoices is acknowledged."""
        papers.refuse_acknowledging(reference="R-1", amount_minor=100, left_minor=0, payers=1)
