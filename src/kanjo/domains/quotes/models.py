"""Quotes, their versions and lines, and what was sent to the customer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.domains.quotes.facts import STEPS, QuoteState
from kanjo.platform.tables import CompanyRow, append_only, audited, frozen, kept, recorded_at, steps


class Quote(CompanyRow):
    """An offer under negotiation. `version` is the number of its current version, `state_on` the day it got there."""

    number = models.CharField(max_length=32)
    opportunity = models.ForeignKey("opportunities.Opportunity", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in QuoteState])
    state_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    drafted_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    drafted_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "quote"
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="one_quote_per_number")]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="quotes_by_state"),
            models.Index(fields=["customer", "-id"], name="quotes_of_customer"),
        ]
        triggers = [
            *audited(),
            kept(),
            steps("state", STEPS),
            frozen(
                ["company_id", "number", "opportunity_id", "customer_id", "currency", "drafted_by_id", "drafted_on"],
                once="TRUE",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class QuoteVersion(CompanyRow):
    """The terms of a quote as they stood together; never changed.

    `until` is the first day after the term, `valid_until` the first day on which the offer no longer stands.
    `list_total_minor` is what the same would cost at list over the term. `billing_policy` is the number that billing
    knows its policy by; with `billing_anchor_on` its periods are counted from that day. The digest covers every term
    and line.
    """

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    payment_terms = models.CharField(max_length=40)
    starts_on = models.DateField()
    until = models.DateField(null=True)
    valid_until = models.DateField()
    list_total_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    billing_policy = models.PositiveSmallIntegerField(db_default=1)
    billing_anchor_on = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "quote version"
        constraints = [
            models.UniqueConstraint(fields=["quote", "number"], name="one_version_per_number"),
            models.CheckConstraint(name="quote_forward", condition=Q(until__isnull=True) | Q(until__gt=F("starts_on"))),
            models.CheckConstraint(name="quote_totals", condition=Q(total_minor__gte=0, list_total_minor__gte=0)),
        ]
        triggers = append_only()


class QuoteLine(CompanyRow):
    """One offered product, with its terms as they were in the catalog on that day."""

    version = models.ForeignKey(QuoteVersion, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    name_en = models.CharField(max_length=200)
    name_ja = models.CharField(max_length=200)
    charge = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ChargeKind])
    timing = models.CharField(max_length=16, choices=[(one.value, one.value) for one in BillingTiming])
    interval_months = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    recognition = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Recognition])
    tax_class = models.CharField(max_length=16, choices=[(one.value, one.value) for one in TaxClass])
    license_metric = models.CharField(max_length=32, blank=True)
    quantity = models.BigIntegerField()
    list_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    service_starts_on = models.DateField(null=True)
    service_until = models.DateField(null=True)
    usage = models.JSONField(null=True)
    expected_units = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "quote line"
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="one_quote_line_per_position"),
            models.CheckConstraint(
                name="quote_line_amounts",
                condition=Q(quantity__gt=0, list_minor__gte=0, net_minor__gte=0, total_minor__gte=0),
            ),
            models.CheckConstraint(
                name="quote_line_service",
                condition=Q(service_starts_on__isnull=True, service_until__isnull=True)
                | Q(service_until__gt=F("service_starts_on")),
            ),
        ]
        triggers = append_only()


class Sending(CompanyRow):
    """That a version went to the customer: to whom, on which day, as which file. Later edits make a new version."""

    version = models.OneToOneField(QuoteVersion, on_delete=models.PROTECT, related_name="sending")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=200)
    sent_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "sending"
        triggers = append_only()
