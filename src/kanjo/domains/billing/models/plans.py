"""Policies, accounts, plans and acceptances."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kanjo.domains.billing.facts import (
    Anchor,
    Billed,
    ChangeDay,
    Decrease,
    PlanCharge,
    Remainder,
    Restart,
    Stub,
    TaxRounding,
)
from kanjo.domains.billing.models.columns import DAYS, IN_BOUNDS, STANDARD, choice
from kanjo.domains.catalog.facts import BillingTiming, TaxClass
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.intervals import LONGEST_DAYS, LONGEST_MONTHS
from kanjo.platform.tables import CompanyRow, append_only, audited, kept, no_truncate, recorded_at


class Policy(models.Model):
    """One version of the choices a contract is billed by (`BillingPolicy`), shared by all selling companies.

    Its id is the number that every invoice line names. Version 1 of "standard" is there from the start.
    """

    id = models.SmallAutoField(primary_key=True)
    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=120)
    name_ja = models.CharField(max_length=120)
    day_count = choice(DayCount)
    month_days = models.PositiveSmallIntegerField()
    first_stub = choice(Stub)
    last_stub = choice(Stub)
    first_billed = choice(Billed)
    changes_billed = choice(Billed)
    change_day = choice(ChangeDay)
    restart = choice(Restart)
    decrease = choice(Decrease)
    anchor = choice(Anchor, db_default=Anchor.SERVICE_START.value)
    tax_rounding = choice(TaxRounding, db_default=TaxRounding.AS_CHOSEN.value)
    remainder = choice(Remainder, db_default=Remainder.LAST.value)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "billing policy"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_policy_per_version"),
            models.CheckConstraint(name="policy_month_has_days", condition=Q(month_days__range=(1, 31))),
        ]
        # Duties are read from the trail: who defined a policy does not choose it.
        triggers = [*append_only(), audited()[0]]


class PolicyChoice(CompanyRow):
    """From a day on a company bills new contracts by a policy, of all customers or of one. The latest choice counts."""

    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "choice of a billing policy"
        constraints = [
            models.CheckConstraint(name="policy_chosen_from_a_day", condition=Q(effective_on__range=DAYS)),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "-effective_on", "-id"], name="policy_chosen_last"),
        ]
        triggers = [*append_only(), audited()[0]]


class Account(CompanyRow):
    """Who pays. Whoever bills locks it first, so two workers never bill the same plans at once."""

    payer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "billing account"
        constraints = [models.UniqueConstraint(fields=["company", "payer"], name="one_account_per_payer")]
        triggers = [kept(), no_truncate()]


class Plan(CompanyRow):
    """How one order line is charged. `net_minor` is the price of one interval, or of the whole one-time charge.

    `part` 0 is the line itself, the instalments of a one-time line are counted from 1 and are charged in its place.
    Part 1 of a recurring line is its usage, charged beside it: its `net_minor` and quantity are 0.
    `due_from` is the first day anything of it may be billed; `effective_on` the day it was planned. `swapped` says that
    it takes the place of a line that ended with it: its first part is billed with what that one gives back. A line that
    was parted from another costs nothing until then, and afterwards what stands above `above_minor` of the price that
    both had together.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="plans")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.PositiveSmallIntegerField(db_default=0, default=0)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    payment_terms = models.CharField(max_length=40)
    description_en = models.CharField(max_length=200)
    description_ja = models.CharField(max_length=200)
    charge = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in PlanCharge])
    timing = models.CharField(max_length=16, choices=[(timing.value, timing.value) for timing in BillingTiming])
    interval_months = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    anchor_on = models.DateField()
    quantity = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_class = models.CharField(max_length=16, choices=[(tax.value, tax.value) for tax in TaxClass])
    service_start = models.DateField(null=True)
    service_until = models.DateField(null=True)
    due_from = models.DateField()
    swapped = models.BooleanField(db_default=False, default=False)
    above_minor = models.BigIntegerField(db_default=0, default=0)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+", db_default=STANDARD, db_index=False)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "billing plan"
        constraints = [
            models.UniqueConstraint(fields=["order_line", "part"], name="one_plan_per_part"),
            models.CheckConstraint(name="plan_net_in_bounds", condition=Q(net_minor__range=IN_BOUNDS)),
            models.CheckConstraint(name="plan_above_in_bounds", condition=Q(above_minor__range=IN_BOUNDS)),
            models.CheckConstraint(
                name="plan_service",
                condition=Q(service_start__isnull=True, service_until__isnull=True)
                | Q(service_until__gt=F("service_start")),
            ),
            models.CheckConstraint(
                name="plan_days_exist",
                condition=Q(
                    anchor_on__range=DAYS,
                    due_from__range=DAYS,
                    service_start__range=DAYS,
                    service_until__range=DAYS,
                ),
            ),
            models.CheckConstraint(
                name="plan_recurs",
                condition=Q(charge=PlanCharge.ONE_TIME, interval_months=0, interval_days=0)
                | Q(
                    Q(interval_months__range=(1, LONGEST_MONTHS), interval_days=0)
                    | Q(interval_months=0, interval_days__range=(1, LONGEST_DAYS)),
                    charge__in=(PlanCharge.RECURRING, PlanCharge.USAGE),
                    service_start__isnull=False,
                ),
            ),
        ]
        triggers = append_only()


class Acceptance(models.Model):
    """The day from which a plan that waits for acceptance (検収) may be billed."""

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="acceptance")
    accepted_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "billing acceptance"
        constraints = [
            models.CheckConstraint(name="acceptance_day_exists", condition=Q(accepted_on__range=DAYS)),
        ]
        triggers = append_only()
