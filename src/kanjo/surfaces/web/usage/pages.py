"""Usage: what came together, and what was used of an order line with what each period of it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.http import HttpResponse

from kanjo.foundation.ids import OrderLineId, UsageDeliveryId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.reports.usage import (
    MeteredLineView,
    MeteredRow,
    UsageDeliveryRow,
    UsagePeriodRow,
    count_deliveries,
    get_delivery,
    get_metered,
    list_deliveries,
    list_usage,
)
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.shown import Link, day_shown
from kanjo.surfaces.web.usage import columns

TITLE = Text(en="Usage", ja="利用実績")
DELIVERY = Text(en="Delivery of usage", ja="利用実績")
UPLOAD = Text(en="Take in a usage file", ja="利用実績ファイルを取込")
CORRECT = Text(en="Correct usage", ja="利用実績を訂正")
RATE = Text(en="Price usage", ja="従量単価を登録")
METERED = Text(en="Order line with usage", ja="従量課金の明細")
PERIODS = Text(en="Periods of the term", ja="期間別の利用と料金")
RATINGS = Text(en="What usage costs", ja="従量単価")
EVENTS = Text(en="What was used", ja="利用の記録")
LATEST = Text(en="The latest {count}.", ja="新しい順に{count}件まで表示しています。")
STEPS_OF = Text(en="How {first} to {last} comes about", ja="{first} から {last} の計算内訳")
BY_NOW = Text(
    en="By what is known now. Each period is invoiced after its end; what comes late or is corrected is invoiced anew.",
    ja="現時点の記録による金額です。期間終了後に請求し、後から届いた利用や訂正は差額を請求または返還します。",
)
MOST_SHOWN = 50

DELIVERIES = ListPage[UsageDeliveryRow](
    title=TITLE,
    columns=columns.DELIVERIES,
    rows=lambda asked: list_deliveries(asked.desk.actor, order=asked.order, limit=asked.limit, at=asked.at),
    count=lambda asked: count_deliveries(asked.desk.actor),
    acts=lambda _desk: (Act(UPLOAD, Link("", "take-usage"), "billing.record-usage", main=True),),
    empty=Text(
        en="What was used comes by API or by file, for order lines whose usage has a price.",
        ja="従量単価を登録した注文明細の利用実績を、APIまたはファイルで取り込みます。",
    ),
)


@door(SIGNED_IN)
def delivery(request: DeskRequest, key: int) -> HttpResponse:
    """Show what came together and what became of it."""
    row = get_delivery(request.desk.actor, UsageDeliveryId(key))
    detail = Detail(
        kind=DELIVERY,
        title=row.name or f"#{row.id}",
        back=Link(TITLE, "usage"),
        facts=(
            (columns.SENT_BY, row.source.shown),
            (columns.ACCEPTED, row.accepted),
            (columns.KNOWN, row.known),
            (columns.REFUSED, len(row.refused)),
            (labels.REASON, row.because),
            (labels.ON, row.effective_on),
            (labels.BY, row.made_by),
            (labels.RECORDED, row.recorded_at),
        ),
        sections=(Section(columns.REFUSED, Table.of(columns.REFUSALS, row.refused)),) if row.refused else (),
        trail=(("billing_usagedelivery", key),),
    )
    return show(request, detail)


@door(SIGNED_IN)
def metered(request: DeskRequest, key: int) -> HttpResponse:
    """Show what was used of an order line by period, what it costs and how that comes about."""
    actor = request.desk.actor
    view = get_metered(actor, OrderLineId(key))
    row, events = view.row, list_usage(actor, OrderLineId(key), limit=MOST_SHOWN)
    last = view.ratings[-1].terms
    detail = Detail(
        kind=METERED,
        title=row.number,
        back=Link(row.order_number, "order", row.order_id),
        facts=(
            (labels.TITLE, row.description),
            (labels.CUSTOMER, row.customer),
            (labels.CONTRACT, Link(row.contract_number, "contract", row.contract_id)),
            (labels.SERVICE, row.service),
            (columns.UNIT, view.unit),
            (columns.COMMITMENT, _money(last.commitment_minor, row.currency)),
            (columns.PREPAID_UNITS, last.prepaid_units or None),
            (columns.PREPAID, _money(last.prepaid_minor, row.currency)),
        ),
        sections=(
            Section(PERIODS, Table.of(columns.PERIODS, view.periods), BY_NOW),
            *_steps(view, request.desk.today),
            Section(RATINGS, Table.of(columns.ratings(row.currency), view.ratings)),
            Section(
                EVENTS,
                Table.of(columns.EVENTS, events),
                LATEST.filled(count=MOST_SHOWN) if events.after else None,
            ),
        ),
        acts=(
            Act(UPLOAD, Link("", "take-usage"), "billing.record-usage", main=True),
            Act(CORRECT, Link("", "correct-usage", key), "billing.correct-usage"),
            Act(RATE, Link("", "rate-usage", row.order_id), "billing.rate-usage"),
        ),
        trail=(("orders_orderline", key),),
    )
    return show(request, detail)


def usage_of(lines: Sequence[MeteredRow]) -> Iterable[Section]:
    """Return the section of lines whose usage has a price, on the page of what they belong to, where there are any."""
    if lines:
        yield Section(TITLE, Table.of(columns.METERED, lines))


def _steps(view: MeteredLineView, today: date) -> Iterable[Section]:
    """Return how each period comes about that has begun, the latest first."""
    for period in reversed(view.periods):
        if period.steps and period.service.start <= today:
            yield Section(_title(period), Table.of(columns.STEPS, period.steps, _sums(period)))


def _sums(period: UsagePeriodRow) -> tuple[object, ...]:
    return (labels.TOTAL, "", "", "", "", period.net)


def _title(period: UsagePeriodRow) -> Text:
    return STEPS_OF.filled(first=day_shown(period.service.start), last=day_shown(period.service.last_on))


def _money(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if minor else None
