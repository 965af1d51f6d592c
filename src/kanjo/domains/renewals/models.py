"""Renewals and their outcomes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kanjo.domains.renewals.facts import PricePolicy, RenewalState
from kanjo.platform.tables import CompanyRow, append_only, audited, frozen, kept, recorded_at, steps

FIRST_SEEN = [
    "company_id",
    "contract_id",
    "customer_id",
    "term_until",
    "old_terms",
    "currency",
    "proposed_minor",
    "price_policy",
    "effective_on",
    "recorded_at",
]
"""How it stood when the contract came up: what is agreed instead stands on the new quote."""


class Renewal(CompanyRow):
    """A contract whose term ends: who takes care of it, on which old terms, at which proposed price.

    `term_until` is the first day after the old term; `effective_on` is the day the renewal appeared.
    """

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    term_until = models.DateField()
    old_terms = models.JSONField()
    currency = models.CharField(max_length=3)
    proposed_minor = models.BigIntegerField()
    price_policy = models.CharField(max_length=32, choices=[(policy.value, policy.value) for policy in PricePolicy])
    quote = models.ForeignKey("quotes.Quote", null=True, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in RenewalState], default=RenewalState.APPEARED.value
    )

    class Meta:
        verbose_name = "renewal"
        constraints = [
            models.UniqueConstraint(fields=["contract", "term_until"], name="one_renewal_per_term"),
            models.CheckConstraint(name="quoted_has_quote", condition=~Q(state="quoted", quote__isnull=True)),
        ]
        indexes = [models.Index(fields=["company", "state", "term_until"], name="renewal_queue")]
        triggers = [
            *audited(),
            kept(),
            steps(
                "state",
                [("appeared", "quoted"), ("appeared", "lapsed"), ("quoted", "renewed"), ("quoted", "lapsed")],
            ),
            frozen(FIRST_SEEN, once="TRUE"),
        ]


class Outcome(CompanyRow):
    """What became of a renewal: a new contract, or nothing, and then why. Once per renewal."""

    renewal = models.OneToOneField(Renewal, on_delete=models.PROTECT, related_name="outcome")
    kind = models.CharField(max_length=16, choices=[("renewed", "renewed"), ("lapsed", "lapsed")])
    renewed_contract = models.ForeignKey("contracts.Contract", null=True, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "outcome"
        constraints = [
            models.UniqueConstraint(
                fields=["renewed_contract"],
                name="one_renewal_per_new_contract",
                condition=Q(renewed_contract__isnull=False),
            ),
            models.CheckConstraint(
                name="outcome_is_told",
                condition=Q(kind="renewed", renewed_contract__isnull=False)
                | (Q(kind="lapsed", renewed_contract__isnull=True) & ~Q(because="")),
            ),
        ]
        triggers = append_only()
