"""Reads of what stands together on invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Q

from kanjo.domains.billing.facts import GroupKey
from kanjo.domains.billing.models import Grouping
from kanjo.domains.billing.rules.invoicing import BY_CONTRACT
from kanjo.foundation.ids import CompanyId, CustomerId


def keys_of_payer(company_id: CompanyId, payer_id: CustomerId, on: date) -> list[GroupKey]:
    """Return what keeps the lines of a payer on different invoices on a day: its own choice before that for all."""
    chosen = Grouping.objects.filter(company_id=company_id, effective_on__lte=on)
    asked = chosen.filter(Q(account__payer_id=payer_id) | Q(account=None))
    latest = asked.order_by(F("account_id").desc(nulls_last=True), "-effective_on", "-id")
    keys = latest.values_list("keys", flat=True).first()
    return [GroupKey(key) for key in (BY_CONTRACT if keys is None else keys).split()]


def keys_between(company_id: CompanyId, payer_id: CustomerId, first: date, last: date) -> list[set[GroupKey]]:
    """Return what keeps the lines of a payer on different invoices on the first day, and after each change until last.

    As `keys_of_payer` says it of one day.
    """
    chosen = Grouping.objects.filter(Q(account__payer_id=payer_id) | Q(account=None), company_id=company_id)
    told = chosen.filter(effective_on__lte=last).order_by("effective_on", "id")
    rows = list(told.values_list("effective_on", "account_id", "keys"))
    days = sorted({first, *(day for day, _, _ in rows if day > first)})
    return [_keys_on(day, rows) for day in days]


def _keys_on(on: date, rows: Sequence[tuple[date, int | None, str]]) -> set[GroupKey]:
    known = [(account, keys) for day, account, keys in rows if day <= on]
    own, all_ = ([keys for account, keys in known if (account is None) is everybody] for everybody in (False, True))
    return {GroupKey(key) for key in (own or all_ or [BY_CONTRACT])[-1].split()}


def grouping_days(company_id: CompanyId) -> list[date]:
    """Return the days from which something was chosen."""
    chosen = Grouping.objects.filter(company_id=company_id)
    return list(chosen.order_by("effective_on").values_list("effective_on", flat=True).distinct())
