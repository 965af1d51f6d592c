"""One-time charges in instalments and at milestones: together they are the charge."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import BillingPolicy, ContractChange, Instalment, LineAway, Remainder
from kanjo.domains.billing.models import Charge, InvoiceLine, Plan
from kanjo.domains.billing.queries import (
    charges_of_order,
    equal_instalments,
    list_instalments,
    list_uncut,
    preview_changes,
    still_to_bill,
)
from kanjo.domains.billing.rules.guards import AlreadyAccepted, PlanMissing
from kanjo.domains.billing.rules.instalments import (
    AnothersDeal,
    BilledAlready,
    CutAwaitsAcceptance,
    CutUnexplained,
    InstalmentsCount,
    InstalmentsDoNotAddUp,
    InstalmentUnplaced,
    LineEnds,
    NotInstalments,
    equal_amounts,
)
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_policies import choose, define
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, OrderLineId, PersonId, PlanId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from tests.builders import NOW, TODAY, a_line, a_product, an_actor
from tests.deals import AmendmentKind, an_amendment

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
GO_LIVE = Text(en="Go-live", ja="本稼働")


class TestEqualAmounts:
    @given(st.integers(-(10**12), 10**12), st.integers(1, 120), st.sampled_from(Remainder))
    def test_they_add_up_and_are_equal(self, net: int, count: int, remainder: Remainder) -> None:
        """Whoever takes the remainder: the sum is the charge, and all others are the same; spread, none is far off."""
        parts = equal_amounts(net, count, remainder)
        others = {Remainder.FIRST: parts[1:], Remainder.LAST: parts[:-1], Remainder.SPREAD: []}[remainder]
        assert (sum(parts), len(parts), len(set(others)) <= 1) == (net, count, True)
        if remainder is Remainder.SPREAD:
            assert max(parts) - min(parts) <= 1

    @pytest.mark.parametrize(
        ("remainder", "parts"),
        [
            (Remainder.FIRST, [33_334, 33_333, 33_333]),
            (Remainder.LAST, [33_333, 33_333, 33_334]),
            (Remainder.SPREAD, [33_333, 33_333, 33_334]),
        ],
    )
    def test_a_hundred_thousand_in_three(self, remainder: Remainder, parts: list[int]) -> None:
        """The yen that is left over goes where it was agreed to go."""
        assert equal_amounts(100_000, 3, remainder) == parts


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    return once(company, customer)


def once(company: CompanyId, customer: CustomerId) -> Planned:
    """Order a service for ¥100,000 once."""
    setup = a_product(
        company,
        "SETUP",
        charge=ChargeKind.ONE_TIME,
        timing=BillingTiming.IN_ADVANCE,
        interval_months=0,
        recognition=Recognition.AT_A_POINT,
        license_metric="",
        list_minor=100_000,
    )
    return an_order(company, customer, [replace(a_line(setup, quantity=1, unit_minor=100_000), service=None)])


def cut(
    planned: Planned,
    *instalments: Instalment,
    because: str = "分割払いの合意",
    by: Actor | None = None,
    owner_id: PersonId | None = None,
) -> tuple[PlanId, ...]:
    return billing.plan_instalments(
        order_line_id=planned.lines[0],
        instalments=instalments,
        because=because,
        on=TODAY,
        owner_id=owner_id,
        by=by or house(),
        at=NOW,
    )


def reach(planned: Planned, part: int, on: date, by: Actor | None = None, owner_id: PersonId | None = None) -> None:
    billing.reach_milestone(
        order_line_id=planned.lines[0], part=part, reached_on=on, owner_id=owner_id, by=by or house(), at=NOW
    )


HALF_NOW, REST = Instalment(40_000, bill_on=MAY), Instalment(60_000, milestone=GO_LIVE)
LATER = Instalment(60_000, bill_on=JUNE)


def told(planned: Planned, change: ContractChange) -> Mapping[OrderLineId, int]:
    """Let billing know what was agreed, and return the difference it makes."""
    amendment_id = an_amendment(planned.contract_id, AmendmentKind.END_OF_LINES, effective_on=change.away[0].start)
    return billing.change_plans(
        contract_id=planned.contract_id, amendment_id=amendment_id, change=change, on=TODAY, by=house(), at=NOW
    )


@pytest.mark.django_db
class TestPlanInstalments:
    def test_each_is_billed_on_its_day_or_at_its_milestone(self, planned: Planned, company: CompanyId) -> None:
        """Forty now on 1 May, sixty when the customer goes live on 20 May; nothing before, nothing twice."""
        cut(planned, HALF_NOW, REST)
        run_billing(company, TODAY)
        assert not Charge.objects.exists()
        run_billing(company, JUNE)
        assert [*Charge.objects.values_list("amount_minor", flat=True)] == [40_000]
        reach(planned, 2, date(2026, 5, 20))
        reach(planned, 2, date(2026, 5, 20))
        run_billing(company, JUNE)
        run_billing(company, JUNE)
        lines = InvoiceLine.objects.order_by("id").values_list("net_minor", "description")
        assert [*lines] == [(40_000, "クラウド利用料（月額）（1/2回）"), (60_000, "クラウド利用料（月額）（本稼働）")]

    def test_what_is_to_come_is_the_charge(self, planned: Planned, company: CompanyId) -> None:
        """Cut in three, the order still comes to ¥100,000; part of it billed, the rest to come."""
        cut(
            planned,
            *(
                Instalment(net, bill_on=day)
                for net, day in zip(equal_amounts(100_000, 3), (TODAY, MAY, JUNE), strict=True)
            ),
        )
        assert sum(charge.net_minor for charge in charges_of_order(planned.order_id)) == 100_000
        run_billing(company, MAY)
        assert still_to_bill(company).rows() == [(planned.lines[0], 33_334)]
        assert sum(Charge.objects.values_list("amount_minor", flat=True)) == 66_666

    def test_the_policy_says_where_the_rest_goes(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """A third of 100,000 three times: the first is a yen more where the policy says so, unless told otherwise."""
        first = define(an_actor(Role.ADMINISTRATOR), BillingPolicy(remainder=Remainder.FIRST))
        choose(company, first, accountant, customer_id=customer)
        (line,) = list_uncut(house(), once(company, customer).order_id)
        for remainder, nets in ((None, [33_334, 33_333, 33_333]), (Remainder.LAST, [33_333, 33_333, 33_334])):
            parts = equal_instalments(line, count=3, first_on=MAY, months=1, remainder=remainder)
            assert [one.net_minor for one in parts] == nets

    @pytest.mark.parametrize(
        ("instalments", "refusal"),
        [
            ((), InstalmentsCount),
            ((Instalment(99_999, bill_on=MAY),), InstalmentsDoNotAddUp),
            ((Instalment(100_000),), InstalmentUnplaced),
            ((Instalment(100_000, bill_on=MAY, milestone=GO_LIVE),), InstalmentUnplaced),
            ((HALF_NOW, REST, Instalment(0, bill_on=MAY)), InstalmentUnplaced),
        ],
    )
    def test_unsound_ones_are_refused(
        self, planned: Planned, instalments: tuple[Instalment, ...], refusal: type[Refusal]
    ) -> None:
        """None, another sum, nowhere to stand, or nothing to pay; and nothing is written."""
        with pytest.raises(refusal):
            cut(planned, *instalments)
        assert Plan.objects.count() == 1

    def test_only_once_and_only_before_it_is_billed(
        self, planned: Planned, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Cut before, billed before, recurring, unknown: each is refused by its rule."""
        cut(planned, HALF_NOW, REST)
        with pytest.raises(BilledAlready):
            cut(planned, HALF_NOW, REST)
        monthly = an_order(company, customer, [a_line(a_product(company))])
        with pytest.raises(NotInstalments):
            cut(monthly, HALF_NOW, REST)
        with pytest.raises(PlanMissing):
            billing.plan_instalments(
                order_line_id=OrderLineId(0), instalments=[], because="x", on=TODAY, by=house(), at=NOW
            )

    def test_they_end_with_their_line(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Forty billed in May, the line ends on 15 May: the rest is neither shown nor billed."""
        cut(planned, HALF_NOW, LATER)
        run_billing(company, MAY)
        ended = ContractChange(away=(LineAway(planned.lines[0], date(2026, 5, 15), None, for_good=True),))
        shown = preview_changes(planned.contract_id, ended, accountant)
        assert (dict(shown.totals), shown.invoices) == ({planned.lines[0]: -60_000}, ())
        assert dict(told(planned, ended)) == {planned.lines[0]: -60_000}
        assert charges_of_order(planned.order_id) == []
        run_billing(company, JUNE)
        assert [*Charge.objects.values_list("amount_minor", flat=True)] == [40_000]

    def test_what_ends_is_cut_no_more(self, planned: Planned) -> None:
        """The end said what it takes away: no instalment after it may be gone without a word."""
        told(planned, ContractChange(away=(LineAway(planned.lines[0], date(2026, 5, 15), None, for_good=True),)))
        with pytest.raises(LineEnds):
            cut(planned, HALF_NOW, LATER)
        assert Plan.objects.count() == 1

    @pytest.mark.parametrize("first_on", [MAY, date(2026, 3, 1)])
    def test_of_a_line_that_never_was_all_are_given_back(
        self, planned: Planned, company: CompanyId, accountant: Actor, first_on: date
    ) -> None:
        """Ended from its own day on, an instalment that was billed comes back, even one paid ahead of that day."""
        cut(planned, Instalment(40_000, bill_on=first_on), LATER)
        run_billing(company, MAY)
        ended = ContractChange(away=(LineAway(planned.lines[0], TODAY, None, for_good=True),))
        shown = preview_changes(planned.contract_id, ended, accountant)
        assert (shown.net.minor, shown.credit.minor) == (-100_000, -40_000)
        assert dict(told(planned, ended)) == {planned.lines[0]: -100_000}
        for _ in range(2):
            run_billing(company, JUNE)
        assert [*Charge.objects.order_by("invoice_line_id").values_list("amount_minor", flat=True)] == [40_000, -40_000]

    def test_the_reason_is_kept_and_shown(self, planned: Planned) -> None:
        """Without one nothing is cut; it stands with every instalment, beside its day or its milestone."""
        with pytest.raises(CutUnexplained):
            cut(planned, HALF_NOW, REST, because=" ")
        assert Plan.objects.count() == 1
        cut(planned, HALF_NOW, REST, because="四半期ごとの支払い")
        shown = [(one.part, one.bill_on, one.because) for one in list_instalments(house(), planned.order_id)]
        assert shown == [(1, MAY, "四半期ごとの支払い"), (2, None, "四半期ごとの支払い")]

    @pytest.mark.parametrize("role", [Role.SALES_REP, Role.RENEWAL_REP])
    def test_a_seller_cuts_lines_of_the_own_deals_alone(self, planned: Planned, company: CompanyId, role: Role) -> None:
        """Another seller is refused and nothing changes, neither for the cut nor for a milestone."""
        seller, clerk = (an_actor(one, companies=[company]) for one in (role, Role.RECEIVABLES))
        with pytest.raises(AnothersDeal):
            cut(planned, HALF_NOW, REST, by=seller, owner_id=clerk.id)
        with pytest.raises(AnothersDeal):
            cut(planned, HALF_NOW, REST, by=seller)
        assert Plan.objects.count() == 1
        cut(planned, HALF_NOW, REST, by=seller, owner_id=seller.id)
        with pytest.raises(AnothersDeal):
            reach(planned, 2, MAY, by=seller, owner_id=clerk.id)
        reach(planned, 2, MAY, by=clerk, owner_id=seller.id)

    @pytest.mark.parametrize("accepted", [False, True])
    @pytest.mark.parametrize(
        ("role", "may"),
        [
            (Role.SALES_REP, False),
            (Role.RECEIVABLES, False),
            (Role.DEAL_MANAGEMENT, True),
            (Role.SALES_OPERATIONS, True),
        ],
    )
    def test_what_waits_for_acceptance_keeps_waiting(
        self, company: CompanyId, customer: CustomerId, accepted: bool, role: Role, may: bool
    ) -> None:
        """Nobody but Deal Management and Sales Operations lets it be billed before; once accepted anybody cuts it."""
        box = a_product(
            company, "BOX", charge=ChargeKind.ONE_TIME, timing=BillingTiming.ON_ACCEPTANCE, interval_months=0
        )
        planned = an_order(company, customer, [replace(a_line(box, quantity=1, unit_minor=100_000), service=None)])
        if accepted:
            billing.note_acceptance(order_line_id=planned.lines[0], accepted_on=TODAY, by=house(), at=NOW)
        by = an_actor(role, companies=[company])
        with nullcontext() if may or accepted else pytest.raises(CutAwaitsAcceptance):
            cut(planned, HALF_NOW, LATER, by=by, owner_id=by.id)
        run_billing(company, MAY)
        billed = [*Charge.objects.values_list("amount_minor", flat=True)]
        assert billed == ([40_000] if may or accepted else [])

    def test_a_milestone_is_reached_once(self, planned: Planned) -> None:
        """Another day is a contradiction; what waits for no milestone reaches none."""
        cut(planned, HALF_NOW, REST)
        reach(planned, 2, MAY)
        with pytest.raises(AlreadyAccepted):
            reach(planned, 2, JUNE)
        for part in (0, 1, 3):
            with pytest.raises(PlanMissing):
                reach(planned, part, MAY)
