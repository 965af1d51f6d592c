"""Accounts, periods, entries and postings."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import CompanyRow, append_only, audited, kept, recorded_at


class Account(CompanyRow):
    """An account of a company's chart."""

    code = models.CharField(max_length=16)
    name_en = models.CharField(max_length=120)
    name_ja = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="one_account_per_code")]
        triggers = [*audited(), kept()]


class Period(CompanyRow):
    """An accounting period: days from `start` up to but not including `until`. Locked, it takes no entry."""

    class State(models.TextChoices):
        OPEN = "open"
        LOCKED = "locked"

    start = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)

    class Meta:
        verbose_name = "accounting period"
        constraints = [
            models.UniqueConstraint(fields=["company", "start"], name="one_period_per_start"),
            models.CheckConstraint(name="period_forward", condition=models.Q(until__gt=models.F("start"))),
        ]
        triggers = [*audited(), kept()]


class Entry(CompanyRow):
    """A journal entry: what happened (`source`), when it is true and when we knew. Partitioned by id."""

    effective_on = models.DateField()
    recorded_at = recorded_at()
    source = models.CharField(max_length=63)
    source_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        indexes = [models.Index(fields=["source", "source_id"], name="entry_of_source")]
        triggers = append_only()


class Posting(CompanyRow):
    """One side of an entry on one account, signed; `party_id` is the customer where there is one."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings", db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    effective_on = models.DateField()
    recorded_at = recorded_at()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    party_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "effective_on"], name="posting_of_account")]
        triggers = append_only()
