"""What was used, and how it is priced."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kanjo.domains.billing.facts import (
    UsageModel,
    UsageSource,
    UsageStep,
)
from kanjo.domains.billing.models.columns import DAYS
from kanjo.domains.billing.models.plans import Plan
from kanjo.domains.billing.rules.usage_guards import LONGEST_ID
from kanjo.domains.catalog.rules.usage import MOST_UNITS
from kanjo.platform.tables import CompanyRow, append_only, recorded_at

_UNITS = (0, MOST_UNITS)


class UsageRating(CompanyRow):
    """How the usage of a plan is priced from a day on, in the periods that begin on it or later; the first, in its own.

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
                    effective_on__range=DAYS,
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


class ChargeStep(models.Model):
    """A step of what the usage of a period cost when it was charged; the steps of a charge add up to its price."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    service_start = models.DateField()
    sequence = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in UsageStep])
    units = models.BigIntegerField()
    from_units = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    per_units = models.BigIntegerField()
    flat_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "step of charged usage"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "service_start", "sequence", "position"], name="one_charge_step_per_position"
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
            models.CheckConstraint(name="usage_delivery_day_exists", condition=Q(effective_on__range=DAYS)),
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
                name="usage_event_in_bounds", condition=Q(used_on__range=DAYS, quantity__range=_UNITS)
            ),
            models.CheckConstraint(name="usage_event_has_id", condition=Q(event_id__regex=r"\S")),
        ]
        indexes = [models.Index(fields=["plan", "-used_on", "-id"], name="usage_event_of_plan")]
        triggers = append_only()
