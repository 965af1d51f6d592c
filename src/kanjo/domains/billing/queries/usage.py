"""On which days a line is served: usage of other days is refused, and costs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kanjo.domains.billing.models import Away


def days_away(plan_ids: Iterable[int]) -> dict[int, list[tuple[date, date | None]]]:
    """Return per plan the days without service that stand: from when, and before when, None for good or until told."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    rows = Away.objects.filter(plan_id__in=plan_ids, amendment__withdrawn_by__isnull=True).order_by("start", "id")
    for plan_id, start, until in rows.values_list("plan_id", "start", "until"):
        found.setdefault(plan_id, []).append((start, until))
    return found


def ended_on(plan_ids: Iterable[int]) -> dict[int, date]:
    """Return the first day without service of each plan that ended for good."""
    ends: dict[int, date] = {}
    rows = Away.objects.filter(plan_id__in=plan_ids, for_good=True, amendment__withdrawn_by__isnull=True)
    for plan_id, start in rows.values_list("plan_id", "start"):
        ends[plan_id] = min(start, ends.get(plan_id, start))
    return ends
