"""Accounts, plans, acceptances, charges and invoices. Nothing here is edited but an account's lock."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kanjo.domains.billing.facts import (
    Anchor,
    Billed,
    ChangeDay,
    Channel,
    Decrease,
    HoldCondition,
    Restart,
    Stub,
    UsageModel,
    UsageSource,
)
from kanjo.domains.billing.rules.guards import LARGEST_MINOR, LONGEST_INTERVAL
from kanjo.domains.billing.rules.usage_guards import LONGEST_ID, MOST_UNITS
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, TaxClass
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.personal import Kind
from kanjo.platform.tables import CompanyRow, append_only, audited, kept, no_truncate, recorded_at

STANDARD = 1
"""The policy that is there from the start."""

_IN_BOUNDS = (-LARGEST_MINOR, LARGEST_MINOR)
_DAYS = (date.min, date.max)
"""The days that can be computed with: PostgreSQL also knows infinity, which stops whoever reads it."""


def _one_of(*names: str) -> Q:
    """Return the condition that exactly one of the foreign keys is given."""
    return reduce(or_, [Q(**{f"{name}__isnull": name != given for name in names}) for given in names])


def _choice(values: type[StrEnum]) -> models.CharField[str, str]:
    return models.CharField(max_length=20, choices=[(one.value, one.value) for one in values])


class Policy(models.Model):
    """One version of the choices a contract is billed by (`BillingPolicy`), shared by all selling companies.

    Its id is the number that every invoice line names. Version 1 of "standard" is there from the start.
    """

    id = models.SmallAutoField(primary_key=True)
    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=120)
    name_ja = models.CharField(max_length=120)
    day_count = _choice(DayCount)
    month_days = models.PositiveSmallIntegerField()
    first_stub = _choice(Stub)
    last_stub = _choice(Stub)
    first_billed = _choice(Billed)
    changes_billed = _choice(Billed)
    change_day = _choice(ChangeDay)
    restart = _choice(Restart)
    decrease = _choice(Decrease)
    anchor = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in Anchor], db_default=Anchor.SERVICE_START.value
    )
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
            models.CheckConstraint(name="policy_chosen_from_a_day", condition=Q(effective_on__range=_DAYS)),
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
    `due_from` is the first day anything of it may be billed; `effective_on` the day it was planned.
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
    charge = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ChargeKind])
    timing = models.CharField(max_length=16, choices=[(timing.value, timing.value) for timing in BillingTiming])
    interval_months = models.PositiveSmallIntegerField()
    anchor_on = models.DateField()
    quantity = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_class = models.CharField(max_length=16, choices=[(tax.value, tax.value) for tax in TaxClass])
    service_start = models.DateField(null=True)
    service_until = models.DateField(null=True)
    due_from = models.DateField()
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+", db_default=STANDARD, db_index=False)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "billing plan"
        constraints = [
            models.UniqueConstraint(fields=["order_line", "part"], name="one_plan_per_part"),
            models.CheckConstraint(name="plan_net_in_bounds", condition=Q(net_minor__range=_IN_BOUNDS)),
            models.CheckConstraint(
                name="plan_service",
                condition=Q(service_start__isnull=True, service_until__isnull=True)
                | Q(service_until__gt=F("service_start")),
            ),
            models.CheckConstraint(
                name="plan_days_exist",
                condition=Q(
                    anchor_on__range=_DAYS,
                    due_from__range=_DAYS,
                    service_start__range=_DAYS,
                    service_until__range=_DAYS,
                ),
            ),
            models.CheckConstraint(
                name="plan_recurs",
                condition=Q(charge=ChargeKind.ONE_TIME, interval_months=0)
                | Q(
                    charge=ChargeKind.RECURRING,
                    interval_months__range=(1, LONGEST_INTERVAL),
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
            models.CheckConstraint(name="acceptance_day_exists", condition=Q(accepted_on__range=_DAYS)),
        ]
        triggers = append_only()


class Change(CompanyRow):
    """From a day on, a plan costs `net_minor` an interval and counts `quantity` units more, or less.

    With an anchor its periods are counted from there on. Rows of an amendment count until it is withdrawn; those of
    none are instalments that take the place of their line.
    """

    amendment = models.ForeignKey("contracts.Amendment", null=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    net_minor = models.BigIntegerField()
    quantity = models.BigIntegerField()
    anchor_on = models.DateField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "change of a plan"
        constraints = [
            models.CheckConstraint(
                name="change_in_bounds",
                condition=Q(net_minor__range=_IN_BOUNDS, effective_on__range=_DAYS, anchor_on__range=_DAYS),
            ),
        ]
        triggers = append_only()


class Away(CompanyRow):
    """Days of a plan without service: suspended (without `until` until further notice), or ended for good."""

    amendment = models.ForeignKey("contracts.Amendment", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    until = models.DateField(null=True)
    for_good = models.BooleanField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "days without service"
        constraints = [
            models.CheckConstraint(
                name="away_days",
                condition=Q(start__range=_DAYS, until__range=_DAYS)
                & (Q(until__isnull=True) | Q(until__gte=F("start"), for_good=False)),
            ),
        ]
        triggers = append_only()


class MovedDay(CompanyRow):
    """That the charges of a contract due on one day are billed on another, once; amounts and services stay."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    bill_on = models.DateField()
    moved_to = models.DateField()
    because = models.TextField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "moved billing day"
        constraints = [
            models.UniqueConstraint(fields=["contract", "bill_on"], name="one_move_per_day"),
            models.CheckConstraint(name="move_has_cause", condition=Q(because__regex=r"\S")),
            models.CheckConstraint(
                name="move_moves",
                condition=Q(bill_on__range=_DAYS, moved_to__range=_DAYS) & ~Q(moved_to=F("bill_on")),
            ),
        ]
        triggers = append_only()


class Grouping(CompanyRow):
    """By which keys the lines of a payer, or of all payers, are put on invoices from a day on; the latest word counts.

    `keys` are `GroupKey`s apart by spaces, in their order; none puts all that can be together on one invoice.
    """

    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    keys = models.CharField(max_length=60, blank=True)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "grouping of invoices"
        triggers = append_only()


class Tag(CompanyRow):
    """A word on a contract by which its lines may be grouped; the latest word counts."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    tag = models.CharField(max_length=40, blank=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "billing tag"
        triggers = append_only()


class Hold(CompanyRow):
    """That a payer, a contract, an order or one line is not invoiced for the time being.

    It ends by its release, or by itself on `expires_on`. What is due meanwhile is due still.
    """

    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", null=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", null=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+")
    condition = _choice(HoldCondition)
    because = models.TextField()
    owner = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    expires_on = models.DateField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "billing hold"
        constraints = [
            models.CheckConstraint(
                name="hold_of_one_thing",
                condition=_one_of("account", "contract", "order", "plan"),
            ),
            models.CheckConstraint(name="hold_has_cause", condition=Q(because__regex=r"\S")),
            models.CheckConstraint(
                name="hold_forward", condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("effective_on"))
            ),
        ]
        triggers = append_only()


class Release(CompanyRow):
    """That a hold ended on a day, and why."""

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="release")
    because = models.TextField()
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "release of a billing hold"
        constraints = [models.CheckConstraint(name="release_has_cause", condition=Q(because__regex=r"\S"))]
        triggers = append_only()


class Invoice(CompanyRow):
    """An issued invoice, or with `original` the credit note of one (amounts negative). Partitioned by id.

    Names, address, registration number and rounding are copies of the day of issue. Whether it is paid or credited
    is derived, never stored here.
    """

    PERSONAL: ClassVar = {"payer_address": Kind.ADDRESS}

    number = models.CharField(max_length=40)
    payer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="credit_notes", db_index=False
    )
    run = models.ForeignKey("runs.Run", null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    payment_terms = models.CharField(max_length=40)
    issued_on = models.DateField()
    due_on = models.DateField()
    supplied_from = models.DateField()
    supplied_until = models.DateField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    tax_rounding = models.CharField(max_length=16)
    payer_name = models.CharField(max_length=200)
    payer_address = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    issuer_name = models.CharField(max_length=200)
    issuer_address = models.TextField(blank=True)
    registration_number = models.CharField(max_length=14, blank=True)
    bank_account = models.CharField(max_length=200, blank=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "invoice"
        constraints = [
            models.CheckConstraint(name="invoice_total", condition=Q(total_minor=F("net_minor") + F("tax_minor"))),
        ]
        indexes = [
            models.Index(fields=["company", "-issued_on", "-id"], name="invoice_newest"),
            models.Index(fields=["number"], name="invoice_by_number"),
            models.Index(fields=["total_minor"], name="invoice_by_amount"),
            models.Index(fields=["original"], name="invoice_given_back", condition=Q(original__isnull=False)),
        ]
        triggers = append_only()


class InvoiceLine(models.Model):
    """One charge as invoiced. Its amount is what `period_days` give up to `day_until` less up to `day_from`.

    Both are rounded once by `policy`; the rate is exact: numerator over denominator. Partitioned by id.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    description = models.CharField(max_length=200)
    quantity = models.BigIntegerField()
    service_start = models.DateField()
    service_until = models.DateField()
    price_minor = models.BigIntegerField()
    day_from = models.PositiveIntegerField()
    day_until = models.PositiveIntegerField()
    period_days = models.PositiveIntegerField()
    net_minor = models.BigIntegerField()
    tax_class = models.CharField(max_length=16)
    rate_numerator = models.BigIntegerField()
    rate_denominator = models.BigIntegerField()
    policy = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "invoice line"
        triggers = append_only()


class InvoiceTax(models.Model):
    """The total of one tax class and rate on an invoice, its tax rounded once. Partitioned by id."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes")
    tax_class = models.CharField(max_length=16)
    rate_numerator = models.BigIntegerField()
    rate_denominator = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        verbose_name = "invoice tax"
        triggers = append_only()


class Charge(models.Model):
    """Days of a plan as posted, charged or given back: the guard against billing them twice.

    `whole_start`, `whole_until` and `price_minor` are the whole period and its price that the days are a share of.
    Sequence counts what begins on one day; a credit names the line it gives back and has its price negated. No day of
    a line is given back twice, and never more than the line charged (`given_back.sql`). The lines are not foreign
    keys: a large run attaches them when it ends, and a charge must be seen at once.
    """

    pk = models.CompositePrimaryKey("plan_id", "service_start", "sequence")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="charges", db_index=False, db_constraint=False
    )
    service_start = models.DateField()
    sequence = models.PositiveSmallIntegerField()
    service_until = models.DateField()
    whole_start = models.DateField()
    whole_until = models.DateField()
    price_minor = models.BigIntegerField()
    quantity = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    invoice_line_id = models.BigIntegerField()
    credited_line_id = models.BigIntegerField(null=True)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "charge"
        indexes = [
            models.Index(
                fields=["credited_line_id"], condition=Q(credited_line_id__isnull=False), name="charge_given_back"
            )
        ]
        triggers = append_only()


class Sending(models.Model):
    """An invoice as it was sent: the file, the day, by what way and to whom. One sent again points to its first."""

    PERSONAL: ClassVar = {"recipient": Kind.ADDRESS}

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="sendings")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField()
    channel = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Channel], default=Channel.BY_HAND
    )
    recipient = models.CharField(max_length=254, blank=True)
    first = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="again")
    sent_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "sending"
        constraints = [
            models.CheckConstraint(name="mail_has_recipient", condition=~Q(channel=Channel.MAIL) | ~Q(recipient="")),
        ]
        triggers = append_only()


_UNITS = (0, MOST_UNITS)


class UsageRating(CompanyRow):
    """How the usage of a plan is priced from a day on, in the periods that begin on it or later.

    `commitment_minor`, `prepaid_units` and `prepaid_minor` are of the whole term and the same in every version.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="ratings")
    effective_on = models.DateField()
    model = models.CharField(max_length=16, choices=[(one.value, one.value) for one in UsageModel])
    unit_en = models.CharField(max_length=80)
    unit_ja = models.CharField(max_length=80)
    included_units = models.BigIntegerField()
    minimum_minor = models.BigIntegerField()
    commitment_minor = models.BigIntegerField()
    prepaid_units = models.BigIntegerField()
    prepaid_minor = models.BigIntegerField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "price of usage"
        constraints = [
            models.UniqueConstraint(fields=["plan", "effective_on"], name="one_rating_per_day"),
            models.CheckConstraint(
                name="rating_in_bounds",
                condition=Q(
                    effective_on__range=_DAYS,
                    included_units__range=_UNITS,
                    minimum_minor__range=_UNITS,
                    commitment_minor__range=_UNITS,
                    prepaid_units__range=_UNITS,
                    prepaid_minor__range=_UNITS,
                ),
            ),
        ]
        triggers = append_only()


class UsageTier(models.Model):
    """The units of a rating after `from_units`: `price_minor` for `per_units`, and `flat_minor` once."""

    rating = models.ForeignKey(UsageRating, on_delete=models.PROTECT, related_name="tiers", db_index=False)
    from_units = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    per_units = models.BigIntegerField()
    flat_minor = models.BigIntegerField()

    class Meta:
        verbose_name = "tier of usage"
        constraints = [
            models.UniqueConstraint(fields=["rating", "from_units"], name="one_tier_per_start"),
            models.CheckConstraint(
                name="tier_in_bounds",
                condition=Q(
                    from_units__range=_UNITS,
                    price_minor__range=_UNITS,
                    per_units__range=(1, MOST_UNITS),
                    flat_minor__range=_UNITS,
                ),
            ),
        ]
        triggers = append_only()


class UsageDelivery(CompanyRow):
    """Events as they were sent together, and what became of them: taken, known before, or refused with the rule."""

    source = models.CharField(max_length=8, choices=[(one.value, one.value) for one in UsageSource])
    name = models.CharField(max_length=200, blank=True)
    because = models.TextField(blank=True)
    accepted = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    refused = models.JSONField()
    effective_on = models.DateField()
    made_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "delivery of usage"
        constraints = [
            models.CheckConstraint(name="usage_delivery_day_exists", condition=Q(effective_on__range=_DAYS)),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="usage_delivery_newest")]
        triggers = append_only()


class UsageEvent(CompanyRow):
    """What was used of a plan on a day, under the sender's id. One that another `corrects` counts no longer."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(UsageDelivery, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=LONGEST_ID)
    used_on = models.DateField()
    quantity = models.BigIntegerField()
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "usage"
        constraints = [
            models.UniqueConstraint(fields=["company", "event_id"], name="usage_event_once"),
            models.CheckConstraint(
                name="usage_event_in_bounds", condition=Q(used_on__range=_DAYS, quantity__range=_UNITS)
            ),
            models.CheckConstraint(name="usage_event_has_id", condition=Q(event_id__regex=r"\S")),
        ]
        indexes = [models.Index(fields=["plan", "-used_on", "-id"], name="usage_event_of_plan")]
        triggers = append_only()
