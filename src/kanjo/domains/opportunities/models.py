"""Opportunities."""

from __future__ import annotations

from django.db import models

from kanjo.domains.opportunities.facts import STEPS, Stage
from kanjo.platform.tables import CompanyRow, audited, frozen, kept, recorded_at, steps

CLOSED = (Stage.WON.value, Stage.LOST.value)


class Opportunity(CompanyRow):
    """A deal on its way: who might buy what, who works on it, what is expected and what became of it."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    external_key = models.CharField(max_length=255, blank=True)
    stage = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Stage])
    currency = models.CharField(max_length=3)
    engaged_on = models.DateField(null=True)
    expected_close_on = models.DateField(null=True)
    expected_minor = models.BigIntegerField(null=True)
    won_elsewhere = models.BooleanField(default=False, db_default=False)
    closed_on = models.DateField(null=True)
    value_minor = models.BigIntegerField(null=True)
    lost_because = models.TextField(blank=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "opportunity"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "external_key"],
                condition=~models.Q(external_key=""),
                name="opportunity_external_key",
            ),
            models.CheckConstraint(
                name="opportunity_closed",
                condition=models.Q(stage__in=CLOSED, closed_on__isnull=False)
                | (~models.Q(stage__in=CLOSED) & models.Q(closed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="opportunity_value",
                condition=models.Q(stage=Stage.WON.value, value_minor__gte=0)
                | (~models.Q(stage=Stage.WON.value) & models.Q(value_minor__isnull=True)),
            ),
            models.CheckConstraint(
                name="opportunity_engaged",
                condition=models.Q(stage__in=(Stage.PROSPECTING.value, Stage.LOST.value))
                | models.Q(engaged_on__isnull=False),
            ),
            models.CheckConstraint(
                name="opportunity_won_elsewhere",
                condition=models.Q(won_elsewhere=False)
                | models.Q(expected_close_on__isnull=False, expected_minor__isnull=False),
            ),
            models.CheckConstraint(
                name="opportunity_closed_after_engaged",
                condition=models.Q(closed_on__isnull=True)
                | models.Q(engaged_on__isnull=True)
                | models.Q(closed_on__gte=models.F("engaged_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["company", "stage", "id"], name="opportunities_by_stage"),
            models.Index(fields=["customer", "id"], name="opportunities_by_customer"),
        ]
        triggers = [
            *audited(),
            kept(),
            steps("stage", STEPS),
            frozen(["closed_on", "value_minor", "customer_id", "product_id"], once="OLD.stage IN ('won', 'lost')"),
        ]

    def __str__(self) -> str:
        return self.name
