"""What is told of plans after they were made: changes, moved days, grouping, holds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kanjo.domains.billing.facts import (
    HoldCondition,
    PlanCharge,
)
from kanjo.domains.billing.models.columns import DAYS, IN_BOUNDS, choice, one_of
from kanjo.domains.billing.models.plans import Account, Plan
from kanjo.platform.tables import CompanyRow, append_only, recorded_at


class Change(CompanyRow):
    """From a day on, a plan costs `net_minor` an interval and counts `quantity` units more, or less.

    With an anchor its periods are counted from there on. What is `parted` went to another line, or came from one. Rows
    of an amendment count until it is withdrawn; those of none are instalments that take the place of their line, and
    say why.
    """

    amendment = models.ForeignKey("contracts.Amendment", null=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    net_minor = models.BigIntegerField()
    quantity = models.BigIntegerField()
    anchor_on = models.DateField(null=True)
    parted = models.BooleanField(db_default=False, default=False)
    because = models.TextField(blank=True, db_default="")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "change of a plan"
        constraints = [
            models.CheckConstraint(
                name="change_in_bounds",
                condition=Q(net_minor__range=IN_BOUNDS, effective_on__range=DAYS, anchor_on__range=DAYS),
            ),
        ]
        triggers = append_only()


class Away(CompanyRow):
    """Days of a plan without service: suspended (without `until` until further notice), or ended for good.

    Told of a line itself, it is true of its instalments, too.
    """

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
                condition=Q(start__range=DAYS, until__range=DAYS)
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
                condition=Q(bill_on__range=DAYS, moved_to__range=DAYS) & ~Q(moved_to=F("bill_on")),
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
    """That a payer, a contract, an order or one line is not invoiced for the time being; with *charge* only that kind.

    It ends by its release, or by itself on `expires_on`; one that waits for an approval ends with it.
    What is due meanwhile is due still.
    """

    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", null=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", null=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+")
    charge = models.CharField(
        max_length=20, blank=True, db_default="", choices=[(one.value, one.value) for one in PlanCharge]
    )
    condition = choice(HoldCondition)
    because = models.TextField()
    approval_request = models.ForeignKey(
        "approvals.ApprovalRequest", null=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    expires_on = models.DateField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "billing hold"
        constraints = [
            models.CheckConstraint(
                name="hold_of_one_thing",
                condition=one_of("account", "contract", "order", "plan"),
            ),
            models.CheckConstraint(
                name="hold_names_request",
                condition=Q(approval_request__isnull=True) | Q(condition=HoldCondition.APPROVAL),
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
