"""Who bears what by which share: agreed from a day on, or of an invoice that was split after it was issued."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kanjo.domains.billing.facts import LARGEST_SHARE
from kanjo.domains.billing.models.columns import DAYS, one_of
from kanjo.domains.billing.models.invoices import Invoice
from kanjo.domains.billing.models.plans import Account
from kanjo.platform.tables import CompanyRow, append_only, recorded_at


class Sharing(CompanyRow):
    """That the lines of a contract, or all of an account, are billed to several payers from a day on; the last counts.

    That of a contract goes before that of its account. One without payers ends it.
    """

    contract = models.ForeignKey("contracts.Contract", null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    because = models.TextField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "sharing of invoices"
        constraints = [
            models.CheckConstraint(name="sharing_of_one_thing", condition=one_of("contract", "account")),
            models.CheckConstraint(name="sharing_from_a_day", condition=Q(effective_on__range=DAYS)),
            models.CheckConstraint(name="sharing_has_cause", condition=Q(because__regex=r"\S")),
        ]
        triggers = append_only()


class PayerShare(CompanyRow):
    """How much one of several payers bears, as a whole number beside those of the others."""

    sharing = models.ForeignKey(Sharing, on_delete=models.PROTECT, related_name="payers")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    weight = models.PositiveIntegerField()

    class Meta:
        verbose_name = "share of a payer"
        constraints = [
            models.UniqueConstraint(fields=["sharing", "position"], name="one_share_per_position"),
            models.UniqueConstraint(fields=["sharing", "account"], name="one_share_per_payer"),
            models.CheckConstraint(name="share_of_something", condition=Q(weight__range=(1, LARGEST_SHARE))),
        ]
        triggers = append_only()


class Split(CompanyRow):
    """That an issued invoice was given back in full by its credit note and issued anew in parts, once."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="split")
    effective_on = models.DateField()
    because = models.TextField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "split of an invoice"
        constraints = [models.CheckConstraint(name="split_has_cause", condition=Q(because__regex=r"\S"))]
        triggers = append_only()


class SplitPart(CompanyRow):
    """An invoice that took the place of a part of one that was split."""

    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="part_of")
    weight = models.PositiveIntegerField()

    class Meta:
        verbose_name = "part of a split invoice"
        constraints = [
            models.UniqueConstraint(fields=["split", "position"], name="one_part_per_position"),
            models.CheckConstraint(name="part_of_something", condition=Q(weight__range=(1, LARGEST_SHARE))),
        ]
        triggers = append_only()
