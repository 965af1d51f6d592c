"""Policies as data: versions, who may define and choose them, whom they bill, and from which day they count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Anchor, Billed, BillingPolicy, Derivation, LineToBill
from kanjo.domains.billing.models import STANDARD, Plan, Policy, PolicyChoice
from kanjo.domains.billing.queries import (
    get_invoice,
    get_policy,
    list_choices,
    list_policies,
    offered_policy,
    policy_for,
)
from kanjo.domains.billing.rules.guards import AlreadyPlanned
from kanjo.domains.billing.rules.plans import common_anchor
from kanjo.domains.billing.rules.policies import (
    MonthDaysUnfit,
    PolicyCodeUnfit,
    PolicyMissing,
    PolicyNotYours,
    PolicyUnnamed,
)
from kanjo.domains.billing.tests.conftest import Planned, an_order
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, TaxClass
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.ids import CompanyId, CustomerId, PlanId, PolicyId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.duties import DutiesConflict
from kanjo.platform.identity.queries import house
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-11")]

MAY = date(2026, 5, 1)
NAME = Text(en="Thirty-day months", ja="30日計算")
THIRTY = BillingPolicy(day_count=DayCount.THIRTY_360, first_billed=Billed.WITH_NEXT)


@pytest.fixture
def operations() -> Actor:
    return an_actor(Role.SALES_OPERATIONS)


def define(by: Actor, choices: BillingPolicy = THIRTY, *, code: str = "thirty", name: Text = NAME) -> PolicyId:
    return billing.define_policy(code=code, name=name, choices=choices, by=by, at=NOW)


def choose(
    company: CompanyId, policy: PolicyId, by: Actor, *, on: date = TODAY, customer_id: CustomerId | None = None
) -> None:
    billing.choose_policy(company_id=company, policy_id=policy, customer_id=customer_id, effective_on=on, by=by, at=NOW)


class TestDefinePolicy:
    def test_other_choices_are_the_next_version(self, operations: Actor) -> None:
        """Version 2 stands beside version 1, which whoever is billed by it keeps."""
        first, second = define(operations), define(operations, replace(THIRTY, anchor=Anchor.CALENDAR))
        rows = {row.id: row for row in list_policies()}
        assert [(rows[key].code, rows[key].version) for key in (first, second)] == [("thirty", 1), ("thirty", 2)]
        assert (rows[first].choices, rows[second].choices.anchor) == (THIRTY, Anchor.CALENDAR)

    def test_the_same_again_is_the_version_that_is_there(self, operations: Actor) -> None:
        """Told twice, it is written once; another name is another version."""
        first = define(operations)
        assert (define(operations), Policy.objects.filter(code="thirty").count()) == (first, 1)
        assert define(operations, name=Text(en="Thirty", ja="三十")) != first

    def test_version_one_is_what_nobody_has_to_choose(self) -> None:
        """The standard policy has the defaults."""
        assert get_policy(PolicyId(STANDARD)).choices == BillingPolicy()

    @pytest.mark.parametrize(
        ("given", "refusal", "at"),
        [
            ({"code": "Thirty days"}, PolicyCodeUnfit, "code"),
            ({"code": "-"}, PolicyCodeUnfit, "code"),
            ({"name": Text(en="Thirty", ja=" ")}, PolicyUnnamed, "name_ja"),
            ({"name": Text(en="x" * 121, ja="三十")}, PolicyUnnamed, "name_en"),
            ({"choices": BillingPolicy(month_days=0)}, MonthDaysUnfit, "month_days"),
            ({"choices": BillingPolicy(month_days=32)}, MonthDaysUnfit, "month_days"),
        ],
    )
    def test_refusals_name_the_place(
        self, operations: Actor, given: dict[str, object], refusal: type[Refusal], at: str
    ) -> None:
        """A code, a name or a month that cannot stand, and somebody whose work it is not."""
        with pytest.raises(refusal) as told:
            define(operations, **given)  # type: ignore[arg-type]  # each names one of the arguments
        assert told.value.at == at
        with pytest.raises(NotYourRole):
            define(an_actor(Role.RECEIVABLES))
        assert Policy.objects.count() == 1

    def test_a_version_is_never_changed(self, operations: Actor) -> None:
        """The table itself refuses."""
        key = define(operations)
        with pytest.raises(DatabaseError), transaction.atomic():
            Policy.objects.filter(pk=key).update(month_days=28)


class TestChoosePolicy:
    def test_the_latest_choice_by_that_day_counts(
        self, company: CompanyId, customer: CustomerId, operations: Actor, accountant: Actor
    ) -> None:
        """The customer's own before the company's, whatever was chosen later for all; else the standard one."""
        thirty, calendar = define(operations), define(operations, BillingPolicy(anchor=Anchor.CALENDAR), code="cal")
        choose(company, thirty, accountant, on=MAY)
        assert [policy_for(company, customer, day) for day in (TODAY, MAY)] == [STANDARD, thirty]
        choose(company, calendar, accountant, on=MAY, customer_id=customer)
        choose(company, thirty, accountant, on=date(2026, 6, 1))
        assert policy_for(company, customer, date(2026, 7, 1)) == calendar
        assert policy_for(company, a_customer("別会社"), date(2026, 7, 1)) == thirty
        choose(company, PolicyId(STANDARD), accountant, on=MAY, customer_id=customer)
        assert policy_for(company, customer, MAY) == STANDARD
        assert [(row.customer_id, row.policy.id) for row in list_choices(company, accountant)] == [
            (None, thirty),
            (customer, STANDARD),
            (customer, calendar),
            (None, thirty),
        ]
        assert policy_for(a_company("OTHER"), customer, MAY) == STANDARD

    def test_the_same_again_adds_nothing(self, company: CompanyId, operations: Actor, accountant: Actor) -> None:
        """Told twice, it is chosen once."""
        thirty = define(operations)
        choose(company, thirty, accountant)
        choose(company, thirty, accountant)
        assert PolicyChoice.objects.count() == 1

    def test_who_defined_it_does_not_choose_it(self, company: CompanyId) -> None:
        """One person with both roles still needs another."""
        both = an_actor(Role.SALES_OPERATIONS, Role.RECEIVABLES, companies=[company])
        mine, other = define(both), define(an_actor(Role.ADMINISTRATOR), BillingPolicy(month_days=28), code="other")
        with pytest.raises(DutiesConflict):
            choose(company, mine, both)
        choose(company, other, both)
        assert list(PolicyChoice.objects.values_list("policy_id", flat=True)) == [other]

    def test_refusals_change_nothing(self, company: CompanyId, accountant: Actor) -> None:
        """A number nobody defined, a company of others, a role that does not choose."""
        with pytest.raises(PolicyMissing):
            choose(company, PolicyId(99), accountant)
        with pytest.raises(NotFound):
            choose(a_company("OTHER"), PolicyId(STANDARD), accountant)
        with pytest.raises(NotYourRole):
            choose(company, PolicyId(STANDARD), an_actor(Role.SALES_REP, companies=[company]))
        assert not PolicyChoice.objects.exists()

    def test_another_policy_is_offered_by_sales_operations_only(
        self, company: CompanyId, customer: CustomerId, operations: Actor
    ) -> None:
        """A rep offers by the customer's policy; Sales Operations by any that is there."""
        thirty, rep = define(operations), an_actor(Role.SALES_REP, companies=[company])

        def offered(wanted: PolicyId | None, by: Actor) -> PolicyId:
            return offered_policy(wanted, company_id=company, customer_id=customer, on=TODAY, actor=by)

        assert (offered(None, rep), offered(PolicyId(STANDARD), rep)) == (STANDARD, STANDARD)
        assert offered(thirty, operations) == thirty
        with pytest.raises(PolicyNotYours):
            offered(thirty, rep)
        with pytest.raises(PolicyMissing):
            offered(PolicyId(99), operations)


class TestPlansFollow:
    def test_a_new_contract_is_billed_by_the_customers_policy(
        self, company: CompanyId, customer: CustomerId, operations: Actor, accountant: Actor
    ) -> None:
        """What is planned after the choice follows it; what was planned before keeps its own."""
        before = an_order(company, customer, [a_line(a_product(company))])
        thirty = define(operations)
        choose(company, thirty, accountant, customer_id=customer)
        after = an_order(company, customer, [a_line(a_product(company, "X"))])
        policies = [Plan.objects.get(pk=planned.plans[0]).policy_id for planned in (before, after)]
        assert policies == [STANDARD, thirty]

    def test_the_same_lines_by_another_policy_are_refused(self, company: CompanyId, customer: CustomerId) -> None:
        """A plan keeps its policy."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        assert plan_again(planned, None) == plan_again(planned, PolicyId(STANDARD)) == planned.plans
        with pytest.raises(AlreadyPlanned):
            plan_again(planned, define(an_actor(Role.ADMINISTRATOR)))

    @pytest.mark.parametrize(
        ("anchor", "first", "second"),
        [
            (Anchor.SERVICE_START, [date(2026, 4, 16), date(2026, 5, 11)], date(2026, 7, 21)),
            (Anchor.CALENDAR, [date(2026, 1, 1)] * 2, date(2026, 1, 1)),
            (Anchor.CONTRACT, [date(2026, 4, 16)] * 2, date(2026, 7, 21)),
            (Anchor.ACCOUNT, [date(2026, 4, 16)] * 2, date(2026, 4, 16)),
        ],
    )
    def test_periods_are_counted_from_the_anchor(
        self, company: CompanyId, customer: CustomerId, anchor: Anchor, first: list[date], second: date
    ) -> None:
        """Two lines of a first contract, and one of a second of the same payer."""
        choose(
            company,
            define(an_actor(Role.ADMINISTRATOR), BillingPolicy(anchor=anchor), code="a"),
            an_actor(Role.CFO, companies=[company]),
        )
        cloud = a_product(company)
        one = an_order(
            company,
            customer,
            [a_line(cloud, service=Period(day, date(2027, 4, 1))) for day in (date(2026, 4, 16), date(2026, 5, 11))],
        )
        other = an_order(company, customer, [a_line(cloud, service=Period(date(2026, 7, 21), date(2027, 4, 1)))])
        assert [Plan.objects.get(pk=key).anchor_on for key in one.plans] == first
        assert Plan.objects.get(pk=other.plans[0]).anchor_on == second

    def test_without_a_service_nothing_is_counted(self) -> None:
        """What is billed once has no periods."""
        assert [common_anchor([], anchor) for anchor in Anchor] == [None] * 4


class TestDerivation:
    @pytest.mark.parametrize(
        ("day_count", "en", "ja"),
        [
            (DayCount.ACTUAL, "15 of 30 days of ", "期間 30 日のうち 15 日分で"),
            (DayCount.THIRTY_360, "15 of 30 days (30/360) of ", "期間 30 日のうち 15 日分（30/360）で"),
            (DayCount.ACTUAL_30, "15 of 30 days (30-day months) of ", "15 日分（1か月30日）で"),
            (DayCount.MONTHS_THEN_DAYS, "15 of 30 parts (months, then", "期間の 30 分の 15（月割り"),
        ],
    )
    def test_a_line_says_how_its_days_were_counted(self, day_count: DayCount, en: str, ja: str) -> None:
        """Days of thirty-day months are no days of the calendar, and parts of months are no days."""
        derived = Derivation(Money(10_000, "JPY"), 0, 15, 30, Money(5_000, "JPY"), day_count)
        assert (en in derived.sentence.en, ja in derived.sentence.ja, derived.holds) == (True, True, True)

    def test_an_invoice_knows_the_policy_of_its_lines(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Half of May by 30/360 says so on the invoice."""
        choose(company, define(an_actor(Role.ADMINISTRATOR), BillingPolicy(day_count=DayCount.THIRTY_360)), accountant)
        service = Period(TODAY, date(2026, 5, 16))
        planned = an_order(company, customer, [a_line(a_product(company), service=service)], term=service)
        (key,) = billing.issue_invoice(order_id=planned.order_id, on=MAY, because="個別発行", by=accountant, at=NOW)
        _, line = get_invoice(key, accountant).lines
        assert "15 of 30 days (30/360)" in line.derivation.sentence.en


def plan_again(planned: Planned, policy: PolicyId | None) -> tuple[PlanId, ...]:
    """Plan the only line of an order a second time."""
    (row,) = Plan.objects.filter(order_id=planned.order_id)
    assert row.service_start, "it recurs"
    assert row.service_until, "it recurs"
    line = LineToBill(
        order_line_id=planned.lines[0],
        description=Text(en=row.description_en, ja=row.description_ja),
        charge=ChargeKind(row.charge),
        timing=BillingTiming(row.timing),
        interval_months=row.interval_months,
        interval_days=row.interval_days,
        net_minor=row.net_minor,
        tax_class=TaxClass(row.tax_class),
        service=Period(row.service_start, row.service_until),
        quantity=row.quantity,
        due_from=row.due_from,
    )
    return billing.plan(
        company_id=CompanyId(row.company_id),
        customer_id=planned.customer_id,
        payer_id=planned.customer_id,
        order_id=planned.order_id,
        contract_id=planned.contract_id,
        currency=row.currency,
        payment_terms=row.payment_terms,
        lines=[line],
        policy=policy,
        by=house(),
        at=NOW,
        on=TODAY,
    )
