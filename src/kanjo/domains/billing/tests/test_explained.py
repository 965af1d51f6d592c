"""A line of an invoice explains itself: terms, policy, days, changes, and what was given back of it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import BillingPolicy, ContractChange, LineAway, LineChange
from kanjo.domains.billing.models import InvoiceLine
from kanjo.domains.billing.queries import explain_line, in_words
from kanjo.domains.billing.rules.guards import LineMissing
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceLineId
from kanjo.foundation.intervals import Interval
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.platform.identity.queries import house
from tests.builders import NOW, TODAY, a_company, a_line, a_product, an_actor
from tests.deals import AmendmentKind, an_amendment

pytestmark = [pytest.mark.django_db, pytest.mark.row("AR-1"), pytest.mark.row("BIL-15")]

MAY = date(2026, 5, 1)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """Ten users at ¥1,000 a month for a year from 1 April."""
    return an_order(company, customer, [a_line(a_product(company))])


def amend(planned: Planned, change: ContractChange, kind: AmendmentKind = AmendmentKind.CHANGE) -> None:
    amendment_id = an_amendment(planned.contract_id, kind, effective_on=TODAY)
    billing.change_plans(
        contract_id=planned.contract_id, amendment_id=amendment_id, change=change, on=TODAY, by=house(), at=NOW
    )


def lines() -> list[InvoiceLineId]:
    return [InvoiceLineId(key) for key in InvoiceLine.objects.order_by("id").values_list("id", flat=True)]


class TestExplainLine:
    def test_a_whole_month(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """All of April: the price of one interval, thirty of thirty days, policy 1, nothing given back."""
        run_billing(company, TODAY)
        (line,) = lines()
        row = explain_line(line, accountant)
        assert (row.whole, row.fraction, row.left) == (Period(TODAY, MAY), Fraction(1), Money(10_000, "JPY"))
        assert (row.plan.price, row.plan.interval, row.plan.quantity) == (Money(10_000, "JPY"), Interval(1), 10)
        assert (row.policy.number, row.policy.version, row.policy.choices) == (1, 1, BillingPolicy())
        assert (row.changes, row.charged, row.given_back) == ((), None, ())
        assert row.days_hold
        assert row.line.derivation.holds

    def test_what_was_given_back_of_it_stands_on_both_sides(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Two credits of parts: each names the charge, the charge names both, and the same is left on all three."""
        run_billing(company, TODAY)
        for start, until in ((date(2026, 4, 11), date(2026, 4, 14)), (date(2026, 4, 21), date(2026, 4, 24))):
            away = ContractChange(away=(LineAway(planned.lines[0], start, until, for_good=False),))
            amend(planned, away, AmendmentKind.SUSPENSION)
            run_billing(company, start)
        charge, first, second = (explain_line(line, accountant) for line in lines())
        assert [one.net.minor for one in charge.given_back] == [-1_000, -1_000]
        assert [one.line_id for one in charge.given_back] == lines()[1:]
        assert first.charged is not None
        assert (first.charged.line_id, first.charged.net.minor) == (lines()[0], 10_000)
        assert first.fraction == second.fraction == Fraction(3, 30)
        assert [one.left.minor for one in (charge, first, second)] == [8_000] * 3
        assert all(one.days_hold for one in (charge, first, second))

    def test_the_amendments_that_a_price_follows_add_up_to_it(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """¥10,000 as ordered and ¥3,000 more from 21 April: the line of those days is of ¥13,000."""
        run_billing(company, TODAY)
        amend(planned, ContractChange(changes=(LineChange(planned.lines[0], date(2026, 4, 21), 3_000, 3),)))
        run_billing(company, date(2026, 4, 21))
        row = explain_line(lines()[-1], accountant)
        assert row.plan.price.minor + sum(one.net.minor for one in row.changes) == row.line.derivation.price.minor
        assert [(one.effective_on, one.quantity) for one in row.changes] == [(date(2026, 4, 21), 3)]
        assert row.whole == Period(TODAY, MAY)

    def test_what_is_agreed_later_is_no_part_of_what_was_billed(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """A change recorded after the invoice, from before its days, does not stand among what its price follows."""
        run_billing(company, TODAY)
        amend(planned, ContractChange(changes=(LineChange(planned.lines[0], TODAY, 3_000, 3),)))
        assert explain_line(lines()[0], accountant).changes == ()

    def test_a_stranger_sees_nothing(self, planned: Planned, company: CompanyId) -> None:
        """Whoever is not assigned to the company is told that there is no such line."""
        run_billing(company, TODAY)
        with pytest.raises(LineMissing):
            explain_line(lines()[0], an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")]))


@pytest.mark.parametrize("count", list(DayCount))
def test_a_policy_is_told_in_words(count: DayCount) -> None:
    """Every choice stands there in both languages; the days of a month only where months are taken as fixed."""
    told = in_words(BillingPolicy(day_count=count))
    assert len(told) == 11 + (count is DayCount.FIXED_MONTH)
    assert told[1][1] == count.shown
    assert all(one.en and one.ja for pair in told for one in pair)
