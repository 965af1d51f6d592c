"""Grants, and that their use has ended."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kanjo.domains.licenses.facts import HowConfirmed
from kanjo.platform.tables import CompanyRow, append_only, recorded_at


class Grant(CompanyRow):
    """The right of a customer to use `quantity` of a product, counted by `metric`, in a period or for ever.

    `effective_on` is its first day, `until` the first day after it; without `until` it is perpetual. What an amendment
    takes away is a grant below zero.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    order_line = models.OneToOneField("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=40)
    quantity = models.BigIntegerField()
    effective_on = models.DateField()
    until = models.DateField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "grant"
        constraints = [
            models.CheckConstraint(name="grant_quantity", condition=~Q(quantity=0)),
            models.CheckConstraint(name="grant_metric", condition=~Q(metric="")),
            models.CheckConstraint(
                name="grant_forward", condition=Q(until__isnull=True) | Q(until__gt=F("effective_on"))
            ),
        ]
        indexes = [models.Index(fields=["customer", "product", "metric"], name="grant_of_customer")]
        triggers = append_only()


class EndOfUse(CompanyRow):
    """That a customer was seen to use no longer what a contract had granted. Once per contract; `effective_on` is when.

    `how` it was confirmed may be told in the note, and is where it was otherwise.
    """

    contract = models.OneToOneField("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=16, choices=[(way.value, way.value) for way in HowConfirmed])
    note = models.TextField(blank=True)
    confirmed_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "end of use"
        constraints = [
            models.CheckConstraint(name="end_of_use_otherwise_noted", condition=~Q(how="other", note="")),
        ]
        triggers = append_only()
