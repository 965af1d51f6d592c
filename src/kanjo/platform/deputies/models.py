"""Deputations."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import audited, frozen, kept, recorded_at

_AGREED = ("absent_id", "deputy_id", "company_id", "roles", "starts_at", "until", "because", "named_by_id")


class Deputation(models.Model):
    """`deputy` acts for `absent` from one moment until another; without a company in all that both belong to.

    Without `roles` in all that both hold and that may be deputised. It is never changed, only ended before its time.
    """

    absent = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey("companies.SellingCompany", null=True, on_delete=models.PROTECT, related_name="+")
    roles = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    because = models.TextField()
    named_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "deputation"
        constraints = [
            models.CheckConstraint(name="deputy_is_another", condition=~models.Q(absent=models.F("deputy"))),
            models.CheckConstraint(name="deputation_ends", condition=models.Q(until__gt=models.F("starts_at"))),
        ]
        triggers = [
            *audited(),
            kept(),
            frozen(_AGREED, once="TRUE"),
            frozen(["ended_at", "ended_by_id"], once="OLD.ended_at IS NOT NULL", name="ended_for_good"),
        ]
