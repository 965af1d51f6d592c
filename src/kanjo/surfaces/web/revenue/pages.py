"""Revenue: obligations, what was recognised of them, and the waterfall of what is to come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse

from kanjo.domains.revenue.operations import preview_recognition
from kanjo.domains.revenue.queries import (
    ObligationRow,
    SliceRow,
    count_obligations,
    list_slices,
    waterfall_by_month,
)
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.reports.promised import PromisedRow, get_promised, list_promised
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import BALANCE, FORECAST, Chart, told
from kanjo.surfaces.web.days import day_after, last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import BOOKS, doing, door
from kanjo.surfaces.web.fields import day
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.known import asked_known
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.reports import report
from kanjo.surfaces.web.revenue.columns import OBLIGATIONS as COLUMNS
from kanjo.surfaces.web.revenue.columns import PRICE, PROMISED, RECOGNISED, TO_COME
from kanjo.surfaces.web.shown import Derived, Link

TITLE = Text(en="Performance obligations", ja="履行義務")
OBLIGATION = Text(en="Performance obligation", ja="履行義務")
WATERFALL = Text(en="Revenue waterfall", ja="収益認識の推移")
RECOGNISE = Text(en="Recognise revenue", ja="収益を認識")
MONTH = Text(en="Earned in", ja="収益の帰属月")
UNDATED = Text(en="After delivery", ja="引渡し後")


class NothingEarned(Refusal):
    """There is nothing to post for the days asked for."""

    rule = "revenue.nothing-earned"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Nothing earned through {day} waits to be posted.", ja="{day} までに認識すべき未計上の収益はありません。"
    )
    remedy = Text(
        en="Choose a later day, or note the deliveries first.", ja="後の日付を指定するか、先に検収を登録してください。"
    )


OBLIGATIONS = ListPage[PromisedRow](
    title=TITLE,
    door=BOOKS,
    columns=COLUMNS,
    rows=lambda asked: list_promised(asked.desk.actor, order=asked.order, limit=asked.limit, at=asked.at),
    count=lambda asked: count_obligations(asked.desk.actor),
    acts=lambda _desk: (Act(RECOGNISE, Link("", "recognise"), "revenue.preview-recognition", main=True),),
)


def _slices(currency: str) -> tuple[Column[SliceRow], ...]:
    return (
        Column(MONTH, lambda row: f"{row.month:%Y-%m}"),
        amount(RECOGNISED, lambda row: Money(row.amount_minor, currency)),
        Column(Text(en="In the books on", ja="計上日"), lambda row: row.effective_on),
        Column(Text(en="Run", ja="一括処理"), lambda row: Link(f"#{row.run_id}", "run", row.run_id)),
    )


@door(BOOKS)
def obligation(request: DeskRequest, key: int) -> HttpResponse:
    """Show an obligation and every month that was posted of it."""
    actor = request.desk.actor
    promised = get_promised(actor, key)
    row = promised.obligation
    slices = list_slices(actor, key)
    recognised, to_come = _recognised(row, slices)
    detail = Detail(
        kind=OBLIGATION,
        title=promised.number,
        back=Link(TITLE, "obligations"),
        facts=(
            (PROMISED, promised.name),
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (labels.CONTRACT, Link(Text(en="The contract", ja="契約を表示"), "contract", row.contract_id)),
            (labels.ORDER, Link(Text(en="The order", ja="注文を表示"), "order", row.order_id)),
            (labels.RECOGNITION, row.method.shown),
            (labels.STARTS_ON, row.service_start),
            (labels.UNTIL, last_day(row.service_until)),
            (PRICE, Money(row.price_minor, row.currency)),
            (USAGE, Money(row.usage_minor, row.currency) if row.usage_minor else None),
            (RECOGNISED, recognised),
            (TO_COME, to_come),
        ),
        sections=(
            Section(
                RECOGNISED,
                Table.of(
                    _slices(row.currency),
                    slices,
                    (labels.TOTAL, Money(row.recognised_minor, row.currency), "", ""),
                ),
            ),
        ),
        trail=(("revenue_obligation", key),),
    )
    return show(request, detail)


def _recognised(row: ObligationRow, slices: Sequence[SliceRow]) -> tuple[Derived, Derived]:
    """Return what is recognised, the sum of what was posted, and what is to come, the price less that."""
    price, recognised = Money(row.price_minor, row.currency), Money(row.recognised_minor, row.currency)
    months = [(f"{one.month:%Y-%m}", Money(one.amount_minor, row.currency)) for one in slices]
    left = Money(row.price_minor + row.usage_minor - row.recognised_minor, row.currency)
    usage = [(USAGE, Money(row.usage_minor, row.currency))] if row.usage_minor else []
    less = Money(-row.recognised_minor, row.currency)
    return (
        Derived.sum_of("recognised", recognised, RECOGNISED, months, row.method.shown),
        Derived(key="to-come", value=left, title=TO_COME, parts=[(PRICE, price), *usage, (RECOGNISED, less)]),
    )


USAGE = Text(en="Usage invoiced", ja="従量分の請求額")
FINDING = Text(
    en="{recognised} is recognised, {to_come} is to come.", ja="認識済み{recognised}、今後の認識予定{to_come}。"
)
_MONTHS: tuple[Column[dict[str, Any]], ...] = (
    Column(MONTH, lambda row: f"{row['month']:%Y-%m}" if row["month"] else UNDATED),
    amount(RECOGNISED, lambda row: Money(row["recognised_minor"], row["currency"])),
    amount(TO_COME, lambda row: Money(row["to_come_minor"], row["currency"])),
)


@door(BOOKS)
def waterfall(request: DeskRequest) -> HttpResponse:
    """Show month by month what was recognised and what is to come, one table per currency."""
    known = asked_known(request)
    frame = waterfall_by_month(request.desk.company_id, known)
    sections = []
    for currency in sorted(frame["currency"].unique()):
        rows = [row for row in frame.iter_rows(named=True) if row["currency"] == currency]
        sums = [Money(sum(row[name] for row in rows), currency) for name in ("recognised_minor", "to_come_minor")]
        table = Table.of(_MONTHS, rows, (labels.TOTAL, *sums))
        sections.append(Section(Text(en=currency, ja=currency), table, chart=_bars(rows, *sums)))
    sections = sections or [Section(RECOGNISED, Table.of(_MONTHS, ()))]
    return report(request, WATERFALL, known, sections, file=(_MONTHS, frame.rows(named=True)))


def _bars(rows: Sequence[dict[str, Any]], recognised: Money, to_come: Money) -> Chart:
    dated = [row for row in rows if row["month"]]
    return Chart(
        finding=FINDING.filled(recognised=told(recognised), to_come=told(to_come)),
        names=[f"{row['month']:%Y-%m}" for row in dated],
        series=[
            (RECOGNISED, BALANCE, [Money(row["recognised_minor"], row["currency"]) for row in dated]),
            (TO_COME, FORECAST, [Money(row["to_come_minor"], row["currency"]) for row in dated]),
        ],
    )


@door(doing("revenue.preview-recognition"))
def recognise(request: DeskRequest) -> HttpResponse:
    """Preview a run that posts what is earned through a day and was not posted yet."""
    desk = request.desk

    def do(given: Given) -> Link:
        until = day_after(given["last_on"])
        assert until is not None, "the field is needed"
        run_id = preview_recognition(company_id=desk.company_id, until=until, by=desk.actor, at=desk.now)
        if run_id is None:
            raise NothingEarned(at="last_on", day=given["last_on"])
        return Link("", "run", run_id)

    says = Text(
        en="What is earned through that day and not posted yet becomes a run. A second person approves it.",
        ja="指定日までに獲得した未計上の収益を一括処理にまとめます。計上には別の担当者の承認が必要です。",
    )
    fields = (day("last_on", Text(en="Earned through", ja="対象期間の末日"), desk.today, hint=labels.BUSINESS_DAY),)
    back = Link(TITLE, "obligations")
    return perform(
        request, Deed(tried=False, title=RECOGNISE, back=back, button=RECOGNISE, do=do, fields=fields, says=says)
    )
