"""Products, their list prices and the tax rates. Prices and rates are never changed: a later row supersedes."""

from __future__ import annotations

from django.db import models

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.platform.tables import CompanyRow, append_only, audited, kept, recorded_at

TAXED = (TaxClass.STANDARD.value, TaxClass.REDUCED.value)


class Product(CompanyRow):
    """Something a selling company sells, with the terms that quotes and orders copy. `sold_until` is exclusive."""

    code = models.CharField(max_length=64)
    name_en = models.CharField(max_length=200)
    name_ja = models.CharField(max_length=200)
    family = models.CharField(max_length=80, blank=True)
    charge = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ChargeKind])
    timing = models.CharField(max_length=16, choices=[(one.value, one.value) for one in BillingTiming])
    interval_months = models.PositiveSmallIntegerField(default=0)
    interval_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    recognition = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Recognition])
    tax_class = models.CharField(max_length=16, choices=[(one.value, one.value) for one in TaxClass])
    license_metric = models.CharField(max_length=32, blank=True)
    sold_until = models.DateField(null=True)
    external_key = models.CharField(max_length=255, blank=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "product"
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="product_code"),
            models.UniqueConstraint(
                fields=["company", "external_key"], condition=~models.Q(external_key=""), name="product_external_key"
            ),
            models.CheckConstraint(
                name="product_interval",
                condition=models.Q(charge=ChargeKind.ONE_TIME.value, interval_months=0, interval_days=0)
                | models.Q(charge=ChargeKind.RECURRING.value, interval_months__range=(1, 120), interval_days=0)
                | models.Q(charge=ChargeKind.RECURRING.value, interval_months=0, interval_days__range=(1, 3660)),
            ),
            models.CheckConstraint(
                name="product_acceptance_is_one_time",
                condition=~models.Q(charge=ChargeKind.RECURRING.value, timing=BillingTiming.ON_ACCEPTANCE.value),
            ),
        ]
        triggers = [*audited(), kept()]

    def __str__(self) -> str:
        return self.code


class Price(models.Model):
    """The list price of one unit from a day on: for a one-time charge once, for a recurring one per billing interval.

    In force on a day is the latest `effective_on` not after it; of several for one day the last recorded.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "list price"
        constraints = [models.CheckConstraint(name="price_not_negative", condition=models.Q(amount_minor__gte=0))]
        indexes = [models.Index(fields=["product", "currency", "-effective_on", "-id"], name="price_in_force")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.currency} {self.amount_minor} ({self.effective_on})"


class UsagePrice(models.Model):
    """How the usage of a product is priced from a day on, beside its list price; `terms` as `UsageTerms.as_json`.

    In force on a day is the latest `effective_on` not after it; of several for one day the last recorded.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="usage_prices", db_index=False)
    currency = models.CharField(max_length=3)
    terms = models.JSONField()
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "usage price"
        indexes = [models.Index(fields=["product", "currency", "-effective_on", "-id"], name="usage_price_in_force")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.currency} ({self.effective_on})"


class TaxRate(models.Model):
    """The consumption tax rate of a class from a day on, national and local tax together."""

    tax_class = models.CharField(max_length=16, choices=[(one.value, one.value) for one in TaxClass])
    rate = models.DecimalField(max_digits=7, decimal_places=6)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "tax rate"
        constraints = [
            models.CheckConstraint(name="tax_rate_is_a_share", condition=models.Q(rate__gte=0, rate__lt=1)),
            models.CheckConstraint(name="tax_rate_of_taxed_class", condition=models.Q(tax_class__in=TAXED)),
        ]
        indexes = [models.Index(fields=["tax_class", "-effective_on", "-id"], name="tax_rate_in_force")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.tax_class} {self.rate} ({self.effective_on})"
