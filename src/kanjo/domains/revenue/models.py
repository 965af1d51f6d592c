"""Obligations, deliveries and recognised slices: all only appended."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kanjo.domains.catalog.facts import Recognition
from kanjo.platform.tables import CompanyRow, append_only, recorded_at


class Obligation(CompanyRow):
    """A performance obligation (履行義務): one order line, its transaction price and how revenue follows it."""

    contract_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    order_line_id = models.BigIntegerField(unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=16, choices=[(method.value, method.value) for method in Recognition])
    price_minor = models.BigIntegerField()
    service_start = models.DateField(null=True)
    service_until = models.DateField(null=True)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "obligation"
        constraints = [
            models.CheckConstraint(
                name="over_time_has_days",
                condition=~Q(method=Recognition.OVER_TIME)
                | Q(service_start__isnull=False, service_until__gt=F("service_start")),
            )
        ]
        triggers = append_only()


class Delivery(CompanyRow):
    """The day control passed to the customer, as told; the last word counts."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="deliveries")
    delivered_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "delivery"
        triggers = append_only()


class Slice(CompanyRow):
    """Revenue of one obligation for one month, posted by one run; `effective_on` is its day in the books.

    `month` is when it was earned. The two differ where the books of the month were already locked.
    """

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="slices")
    run = models.ForeignKey("runs.Run", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    amount_minor = models.BigIntegerField()
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "slice of revenue"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "obligation", "month"], condition=Q(reverses__isnull=True), name="one_slice_per_month"
            ),
            models.CheckConstraint(name="month_from_its_first", condition=Q(month__day=1)),
            models.CheckConstraint(name="slice_moves_money", condition=~Q(amount_minor=0)),
        ]
        indexes = [models.Index(fields=["company", "effective_on"], name="slice_by_day")]
        triggers = append_only()
