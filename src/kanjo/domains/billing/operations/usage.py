"""Usage: what it costs is agreed for a line, and what was used is taken in, every event once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from kanjo.domains.billing.facts import PlanCharge, UsageGiven, UsageRefused, UsageSource, UsageTerms
from kanjo.domains.billing.models import Plan, UsageDelivery, UsageEvent, UsageRating
from kanjo.domains.billing.operations.locking import lock_accounts
from kanjo.domains.billing.operations.rating import AGREED, OF_TERM, OF_TIER, agree_usage
from kanjo.domains.billing.queries.due import known_now
from kanjo.domains.billing.queries.usage import days_away, read_usage
from kanjo.domains.billing.rules.guards import PlanMissing, explained
from kanjo.domains.billing.rules.usage import EVENTS, cost_alone, priced_from
from kanjo.domains.billing.rules.usage_guards import (
    CorrectsNothing,
    KnownEvent,
    MeteredLine,
    RatedOtherwise,
    SortedOut,
    TermAgreed,
    sort_out,
)
from kanjo.domains.catalog.rules.usage import MOST_UNITS, NotByPeriod, refuse_terms
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, OrderLineId, PlanId, UsageDeliveryId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live, copy_in
from kanjo.platform.tables import alone, refuse_unseen

RECORDERS = (Role.RECEIVABLES, Role.SALES_OPERATIONS)


@verb("billing.rate-usage", Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)
def rate_usage(
    *, order_line_id: OrderLineId, terms: UsageTerms, effective_on: date, because: str, by: Actor, at: datetime
) -> None:
    """Price the usage of a recurring order line from a day on, in the periods that begin on it or later.

    The first price holds for the whole period that its day is in; what was used before that has none.

    The same terms from the same day change nothing, others are refused. What is agreed for the whole term stays. From
    the first terms on, the usage is charged beside the line. Refuses `Unexplained` without a reason.
    """
    explained(because)
    plan = Plan.objects.visible_to(by).filter(order_line_id=order_line_id, part=0).first()
    if plan is None:
        raise PlanMissing(key=order_line_id)
    if plan.charge != PlanCharge.RECURRING:
        raise NotByPeriod(description=Text(en=plan.description_en, ja=plan.description_ja))
    refuse_terms(terms)
    lock_accounts(CompanyId(plan.company_id), (plan.account_id, plan.account_id))
    for rating in UsageRating.objects.filter(plan=plan).prefetch_related("tiers"):
        if rating.effective_on == effective_on:
            if not _is_same(rating, terms):
                raise RatedOtherwise(at="effective_on", day=effective_on)
            return
        if any(getattr(rating, name) != getattr(terms, name) for name in OF_TERM):
            raise TermAgreed(at="commitment_minor")
    agree_usage(plan, terms, effective_on)


def _is_same(rating: UsageRating, terms: UsageTerms) -> bool:
    tiers = sorted(tuple(getattr(tier, name) for name in OF_TIER) for tier in rating.tiers.all())
    return (
        all(getattr(rating, name) == getattr(terms, name) for name in AGREED)
        and tiers == [tuple(getattr(tier, name) for name in OF_TIER) for tier in terms.tiers]
        and (rating.unit_en, rating.unit_ja) == (terms.unit.en, terms.unit.ja)
    )


@verb("billing.record-usage", *RECORDERS)
def record_usage(
    *,
    company_id: CompanyId,
    events: Sequence[UsageGiven],
    source: UsageSource,
    name: str = "",
    whole: bool = False,
    on: date,
    by: Actor,
    at: datetime,
) -> UsageDeliveryId:
    """Take in what was used by *on*, each event once, and keep with it what was known before and what was refused.

    With *whole* nothing is taken where anything is refused: the first refusal is raised.
    """
    refuse_unseen(company_id, by)
    alone("billing.record-usage", company_id)
    sorted_out = check_usage(company_id=company_id, events=events, on=on)
    if whole and sorted_out.refused:
        raise sorted_out.refused[0][1]
    delivery = UsageDelivery.objects.create(
        company_id=company_id,
        source=source.value,
        name=name[:200],
        accepted=len(sorted_out.fresh),
        known=sorted_out.known,
        refused=[_as_json(one) for one in told_refused(sorted_out)],
        effective_on=on,
        made_by_id=by.id,
    )
    _load(sorted_out.fresh, delivery)
    return UsageDeliveryId(delivery.pk)


@verb("billing.correct-usage", *RECORDERS)
def correct_usage(
    *,
    company_id: CompanyId,
    corrects: str,
    event_id: str,
    used_on: date,
    quantity: int,
    because: str,
    on: date,
    by: Actor,
    at: datetime,
) -> UsageDeliveryId:
    """Let an event count in the place of another one of the same line; 0 takes the usage away. Refuses as recording."""
    refuse_unseen(company_id, by)
    explained(because)
    alone("billing.record-usage", company_id)
    was = _known(company_id, [corrects]).get(corrects)
    if was is None:
        raise CorrectsNothing(at="corrects", event=corrects)
    given = UsageGiven("", was.order_line_id, event_id, used_on, quantity, corrects)
    sorted_out = check_usage(company_id=company_id, events=[given], on=on)
    for _, refusal in sorted_out.refused:
        raise refusal
    delivery = UsageDelivery.objects.create(
        company_id=company_id,
        source=UsageSource.HAND.value,
        because=because,
        accepted=len(sorted_out.fresh),
        known=sorted_out.known,
        refused=[],
        effective_on=on,
        made_by_id=by.id,
    )
    _load(sorted_out.fresh, delivery)
    return UsageDeliveryId(delivery.pk)


def check_usage(*, company_id: CompanyId, events: Sequence[UsageGiven], on: date) -> SortedOut:
    """Return what of the events is new, known and refused, and change nothing."""
    lines = _lines(company_id, {event.order_line_id for event in events})
    known = _known(company_id, [key for event in events for key in (event.event_id, event.corrects) if key])
    return sort_out(events, lines, known, on, _costs(events, lines))


def _costs(events: Sequence[UsageGiven], lines: Mapping[OrderLineId, MeteredLine]) -> dict[UsageGiven, int]:
    """Return what each event that has a price would cost if there were no other."""
    fit = [one for one in events if one.order_line_id in lines and 0 <= one.quantity <= MOST_UNITS]
    rows = [(one.order_line_id, one.used_on, one.quantity) for one in fit]
    found = cost_alone(pl.DataFrame(rows, EVENTS, orient="row"), read_usage(list(lines), known_now(), events=False))
    return {fit[event]: cost for event, cost in found.select("event", "cost").iter_rows()}


def told_refused(sorted_out: SortedOut) -> list[UsageRefused]:
    """Return what was refused, each with its place and the rule in words."""
    return [
        UsageRefused(event.place, event.event_id, refusal.rule, refusal.sentence)
        for event, refusal in sorted_out.refused
    ]


def _lines(company_id: CompanyId, ids: Iterable[OrderLineId]) -> dict[OrderLineId, MeteredLine]:
    plans = Plan.objects.filter(company_id=company_id, order_line_id__in=ids, ratings__isnull=False).distinct()
    rows = list(plans.values_list("order_line_id", "pk", "service_start", "service_until"))
    away = days_away([plan_id for _, plan_id, _, _ in rows])
    begins = priced_from(read_usage([line_id for line_id, _, _, _ in rows], known_now(), events=False))
    return {
        OrderLineId(line_id): MeteredLine(
            PlanId(plan_id), begins.get(line_id, start), until, tuple(away.get(plan_id, ()))
        )
        for line_id, plan_id, start, until in rows
        if start is not None and until is not None
    }


def _known(company_id: CompanyId, ids: Sequence[str]) -> dict[str, KnownEvent]:
    rows = UsageEvent.objects.filter(company_id=company_id, event_id__in=ids).values_list(
        "event_id", "plan__order_line_id", "used_on", "quantity", "corrects__event_id", "corrected_by__event_id"
    )
    return {
        event_id: KnownEvent(OrderLineId(line_id), used_on, quantity, corrects or "", corrected_by or "")
        for event_id, line_id, used_on, quantity, corrects, corrected_by in rows
    }


def _load(fresh: Sequence[UsageGiven], delivery: UsageDelivery) -> None:
    """COPY new events: their ids are drawn first, so that one may correct another of the same delivery."""
    if not fresh:
        return
    lines = _lines(CompanyId(delivery.company_id), {event.order_line_id for event in fresh})
    table = UsageEvent._meta.db_table
    ids = dict(zip([event.event_id for event in fresh], Live().ids(table, len(fresh)), strict=True))
    corrected = _ids(CompanyId(delivery.company_id), [event.corrects for event in fresh if event.corrects]) | ids
    rows = [
        (
            ids[event.event_id],
            delivery.company_id,
            lines[event.order_line_id].plan_id,
            delivery.pk,
            event.event_id,
            event.used_on,
            event.quantity,
            corrected.get(event.corrects),
        )
        for event in fresh
    ]
    copy_in(table, pl.DataFrame(rows, schema=_COLUMNS, orient="row"))


def _ids(company_id: CompanyId, event_ids: Sequence[str]) -> dict[str, int]:
    return dict(UsageEvent.objects.filter(company_id=company_id, event_id__in=event_ids).values_list("event_id", "pk"))


_COLUMNS: Mapping[str, type[pl.DataType]] = {
    "id": pl.Int64,
    "company_id": pl.Int64,
    "plan_id": pl.Int64,
    "delivery_id": pl.Int64,
    "event_id": pl.String,
    "used_on": pl.Date,
    "quantity": pl.Int64,
    "corrects_id": pl.Int64,
}


def _as_json(refused: UsageRefused) -> dict[str, Any]:
    sentence = {"en": refused.sentence.en, "ja": refused.sentence.ja}
    return {"place": refused.place, "event_id": refused.event_id, "rule": refused.rule, **sentence}
