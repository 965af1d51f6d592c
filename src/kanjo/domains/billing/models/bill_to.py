"""To whom within a payer its invoices go, and by what way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kanjo.domains.billing.facts import Channel
from kanjo.domains.billing.models.columns import DAYS
from kanjo.domains.billing.models.plans import Account
from kanjo.foundation.personal import Kind
from kanjo.platform.tables import CompanyRow, append_only, recorded_at


class BillTo(CompanyRow):
    """To which department and person of a payer invoices go from a day on, and by what way; the latest word counts.

    That of a contract goes before that of all the payer pays. One without a channel ends what was chosen before.
    """

    PERSONAL: ClassVar = {"attention": Kind.ADDRESS, "recipient": Kind.ADDRESS}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", null=True, on_delete=models.PROTECT, related_name="+")
    department_ja = models.CharField(max_length=200, blank=True)
    department_en = models.CharField(max_length=200, blank=True)
    attention = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in Channel])
    recipient = models.CharField(max_length=254, blank=True)
    effective_on = models.DateField()
    because = models.TextField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "addressee of invoices"
        constraints = [
            models.CheckConstraint(name="bill_to_from_a_day", condition=Q(effective_on__range=DAYS)),
            models.CheckConstraint(name="bill_to_has_cause", condition=Q(because__regex=r"\S")),
            models.CheckConstraint(name="bill_to_by_mail", condition=~Q(channel=Channel.MAIL) | ~Q(recipient="")),
            models.CheckConstraint(
                name="bill_to_ended",
                condition=~Q(channel="") | Q(department_ja="", department_en="", attention="", recipient=""),
            ),
        ]
        triggers = append_only()
