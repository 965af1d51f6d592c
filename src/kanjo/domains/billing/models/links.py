"""Links by which papers are fetched, which of them were taken back, and each download."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kanjo.domains.billing.facts import LinkPart
from kanjo.domains.billing.models.invoices import Sending
from kanjo.platform.tables import append_only, audited, recorded_at


class PaperLink(models.Model):
    """The link of a sending, good until a moment. Its secret is made from `salt` by the key of the house: none is here.

    Total, due day and the electronic invoice are copies of what was sent.
    """

    sending = models.OneToOneField(Sending, on_delete=models.PROTECT, related_name="link")
    digest = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=64)
    until = models.DateTimeField()
    total_minor = models.BigIntegerField()
    due_on = models.DateField(null=True)
    electronic = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "download link"
        triggers = append_only()


class LinkWithdrawal(models.Model):
    """That a link was taken back, by whom and why."""

    link = models.OneToOneField(PaperLink, on_delete=models.PROTECT, related_name="withdrawal")
    because = models.TextField()
    withdrawn_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "withdrawal of a link"
        constraints = [models.CheckConstraint(name="link_withdrawn_with_cause", condition=Q(because__regex=r"\S"))]
        triggers = [*append_only(), audited()[0]]


class Download(models.Model):
    """That a paper was downloaded by its link, and when. From where is not kept: it would tell of a person."""

    link = models.ForeignKey(PaperLink, on_delete=models.PROTECT, related_name="downloads")
    part = models.CharField(max_length=3, choices=[(one.value, one.value) for one in LinkPart])
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "download"
        triggers = append_only()
