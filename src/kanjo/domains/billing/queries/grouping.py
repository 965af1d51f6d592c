"""Reads of what stands together on invoices."""

from __future__ import annotations

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


def grouping_days(company_id: CompanyId) -> list[date]:
    """Return the days from which something was chosen."""
    chosen = Grouping.objects.filter(company_id=company_id)
    return list(chosen.order_by("effective_on").values_list("effective_on", flat=True).distinct())
