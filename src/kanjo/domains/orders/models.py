"""Orders, their lines and the acceptances of what was delivered."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.platform.tables import CompanyRow, append_only, audited, frozen, kept, recorded_at

TERMS = [
    "company_id",
    "number",
    "contract_id",
    "customer_id",
    "payer_id",
    "quote_version_id",
    "amendment_id",
    "currency",
    "total_minor",
    "payment_terms",
    "effective_on",
    "recorded_at",
]
"""What nobody changes once it is booked: all but the customer's own number, which may come later."""


class Order(CompanyRow):
    """An order of a customer under a contract; `payer` pays it, `effective_on` is the day it was ordered.

    It was agreed by a version of a quote, or by an amendment of the contract: then it books the difference. `po_number`
    is the customer's number as told last; each `PoNumber` says when it changed.
    """

    number = models.CharField(max_length=32)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    quote_version = models.ForeignKey("quotes.QuoteVersion", null=True, on_delete=models.PROTECT, related_name="+")
    amendment = models.OneToOneField("contracts.Amendment", null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    payment_terms = models.CharField(max_length=40)
    po_number = models.CharField(max_length=80, blank=True)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "order"
        constraints = [
            models.UniqueConstraint(fields=["contract", "quote_version"], name="one_order_per_version"),
            models.UniqueConstraint(fields=["company", "number"], name="one_order_per_number"),
            models.CheckConstraint(
                name="order_agreed_once",
                condition=Q(quote_version__isnull=False, amendment__isnull=True)
                | Q(quote_version__isnull=True, amendment__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["customer", "effective_on"], name="order_of_customer")]
        triggers = [*audited(), kept(), frozen(TERMS, once="TRUE")]


class OrderLine(CompanyRow):
    """One product as ordered, with its terms and prices as they were agreed. Amounts are in the order's currency.

    A line that `changes` another, itself no change, says by how much it changes in the days of its own service:
    quantity and price of an interval more or less, and over the whole term; with `ends` the other is over then. A line
    that is `part_of` another was some of its units until an amendment split it.
    """

    changes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="changed_by")
    ends = models.BooleanField(default=False)
    part_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=80)
    name_en = models.CharField(max_length=200)
    name_ja = models.CharField(max_length=200)
    charge = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in ChargeKind])
    timing = models.CharField(max_length=16, choices=[(timing.value, timing.value) for timing in BillingTiming])
    interval_months = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    recognition = models.CharField(max_length=16, choices=[(way.value, way.value) for way in Recognition])
    tax_class = models.CharField(max_length=16, choices=[(tax.value, tax.value) for tax in TaxClass])
    license_metric = models.CharField(max_length=40, blank=True)
    quantity = models.BigIntegerField()
    list_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    service_start = models.DateField(null=True)
    service_until = models.DateField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "order line"
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_line_per_position"),
            models.CheckConstraint(name="order_line_quantity", condition=Q(quantity__gt=0) | Q(changes__isnull=False)),
            models.CheckConstraint(name="order_line_part", condition=Q(part_of__isnull=True) | Q(changes__isnull=True)),
            models.CheckConstraint(name="order_line_ends", condition=Q(ends=False) | Q(changes__isnull=False)),
            models.UniqueConstraint(
                fields=["order", "changes", "service_start"],
                condition=Q(changes__isnull=False),
                name="one_change_per_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="order_line_service",
                condition=Q(service_start__isnull=True, service_until__isnull=True)
                | Q(service_until__gt=F("service_start")),
            ),
            models.CheckConstraint(
                name="order_line_recurs",
                condition=Q(charge="one_time", interval_months=0, interval_days=0, total_minor=F("net_minor"))
                | Q(charge="one_time", interval_months=0, interval_days=0, changes__isnull=False)
                | Q(charge="recurring", interval_months__gt=0, interval_days=0, service_start__isnull=False)
                | Q(charge="recurring", interval_months=0, interval_days__gt=0, service_start__isnull=False),
            ),
        ]
        triggers = append_only()


class PoNumber(CompanyRow):
    """That the customer gave an order a number (注文番号), or another one than *before*."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=80, blank=True)
    po_number = models.CharField(max_length=80)
    noted_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "customer's order number"
        constraints = [
            models.CheckConstraint(
                name="po_number_changes", condition=Q(po_number__regex=r"\S") & ~Q(po_number=F("before"))
            ),
        ]
        triggers = append_only()


class Acceptance(CompanyRow):
    """That the customer accepted what a line delivered (検収): when, and by which evidence. Once per line."""

    order_line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="acceptance")
    evidence = models.TextField(blank=True)
    accepted_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "acceptance"
        indexes = [models.Index(fields=["company", "effective_on"], name="acceptance_by_day")]
        triggers = append_only()
