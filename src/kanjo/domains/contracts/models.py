"""Contracts and how they end."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kanjo.domains.contracts.facts import AmendmentKind, ContractState
from kanjo.platform.tables import CompanyRow, append_only, audited, frozen, kept, recorded_at, steps

TERMS = [
    "company_id",
    "number",
    "customer_id",
    "quote_id",
    "quote_version_id",
    "approval_request_id",
    "currency",
    "total_minor",
    "payment_terms",
    "starts_on",
    "until",
    "notice_days",
    "signed_file_id",
    "signed_digest",
    "effective_on",
    "recorded_at",
]
"""What nobody changes once it is signed."""

WITHDRAWING = (AmendmentKind.WITHDRAWAL.value, AmendmentKind.RESUMPTION.value)
"""The kinds that name the amendment they take back."""


class Contract(CompanyRow):
    """What a customer and a selling company signed: one per approved version of a quote.

    `until` is the first day after the term; without it the contract runs on. `effective_on` is the day of signature.
    """

    number = models.CharField(max_length=32)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey("quotes.Quote", on_delete=models.PROTECT, related_name="+")
    quote_version = models.ForeignKey("quotes.QuoteVersion", on_delete=models.PROTECT, related_name="+")
    approval_request = models.ForeignKey("approvals.ApprovalRequest", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    payment_terms = models.CharField(max_length=40)
    starts_on = models.DateField()
    until = models.DateField(null=True)
    notice_days = models.PositiveSmallIntegerField()
    notice_opens_on = models.GeneratedField(
        expression=F("until") - F("notice_days"), output_field=models.DateField(null=True), db_persist=True
    )
    signed_file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    signed_digest = models.CharField(max_length=64)
    owner = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in ContractState], default=ContractState.CONCLUDED.value
    )

    class Meta:
        verbose_name = "contract"
        constraints = [
            models.UniqueConstraint(fields=["quote_version"], name="one_contract_per_version"),
            models.UniqueConstraint(fields=["company", "number"], name="one_contract_per_number"),
            models.CheckConstraint(
                name="contract_forward", condition=Q(until__isnull=True) | Q(until__gt=F("starts_on"))
            ),
            models.CheckConstraint(name="contract_not_negative", condition=Q(total_minor__gte=0)),
        ]
        indexes = [
            models.Index(fields=["customer", "starts_on"], name="contract_of_customer"),
            models.Index(
                fields=["company", "notice_opens_on"], name="contract_in_notice", condition=Q(state="concluded")
            ),
        ]
        triggers = [
            *audited(),
            kept(),
            steps("state", [("concluded", "ended"), ("concluded", "terminated")]),
            frozen(TERMS, once="TRUE"),
        ]


class Ending(CompanyRow):
    """That a contract stopped: at the end of its term, or before it. `effective_on` is its first day without effect."""

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="ending")
    kind = models.CharField(max_length=16, choices=[("ended", "ended"), ("terminated", "terminated")])
    because = models.TextField(blank=True)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "ending"
        constraints = [
            models.CheckConstraint(name="termination_has_cause", condition=~Q(kind="terminated", because="")),
        ]
        triggers = append_only()


class Amendment(CompanyRow):
    """What both sides agreed to change in a contract, from `effective_on` on; agreed on `concluded_on`.

    `total_minor` is what the value of the contract changes by over its whole term. An amendment is withdrawn by
    another one, as if it had never been agreed; a resumption so replaces the suspension that had no end. `until` is
    the first day after a suspension, where it was agreed.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="amendments")
    number = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in AmendmentKind])
    because = models.TextField()
    total_minor = models.BigIntegerField()
    withdraws = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="withdrawn_by")
    concluded_on = models.DateField()
    effective_on = models.DateField()
    until = models.DateField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "amendment"
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_amendment_per_number"),
            models.CheckConstraint(name="amendment_has_cause", condition=Q(because__regex=r"\S")),
            models.CheckConstraint(
                name="amendment_until",
                condition=Q(until__isnull=True) | Q(kind="suspension", until__gt=F("effective_on")),
            ),
            models.CheckConstraint(
                name="amendment_withdraws",
                condition=Q(kind__in=WITHDRAWING, withdraws__isnull=False)
                | (~Q(kind__in=WITHDRAWING) & Q(withdraws__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["contract", "effective_on"], name="amendment_of_contract")]
        triggers = append_only()
