"""The ageing of receivables (売掛金年齢表), as known on a day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from kanjo.domains.receivables.queries import ageing
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Name, Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import BALANCE, Chart, told
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Section, Table, amount
from kanjo.surfaces.web.doors import BOOKS, door
from kanjo.surfaces.web.known import asked_known
from kanjo.surfaces.web.reports import report
from kanjo.surfaces.web.shown import Link, said

TITLE = Text(en="Ageing of receivables", ja="売掛金年齢表")
FINDING = Text(en="Of {owed} owed, {late} is past its due day.", ja="未回収{owed}のうち、期日超過は{late}。")
WITH_CREDITS = Text(
    en="Of {owed} owed, {late} is past its due day; credits of {credits} are not used yet.",
    ja="未回収{owed}のうち、期日超過は{late}。ほかに未相殺の返還額が{credits}。",
)
CREDITS = ("credits", Text(en="Unapplied credits", ja="未相殺の返還額"))
_BUCKETS = (
    ("not_due", Text(en="Not due", ja="期日前")),
    ("days_1_30", Text(en="1 to 30 days", ja="1〜30日")),
    ("days_31_60", Text(en="31 to 60 days", ja="31〜60日")),
    ("days_61_90", Text(en="61 to 90 days", ja="61〜90日")),
    ("days_over_90", Text(en="Over 90 days", ja="91日以上")),
)


def _bucket(name: str, label: Text) -> Column[dict[str, Any]]:
    return amount(label, lambda row: Money(row[name], row["currency"]))


_COLUMNS: tuple[Column[dict[str, Any]], ...] = (
    Column(
        labels.CUSTOMER, lambda row: Link(Name(row["customer"], row["customer_en"]), "customer", row["customer_id"])
    ),
    _bucket("open_minor", labels.OPEN_AMOUNT),
    *(_bucket(name, label) for name, label in (*_BUCKETS, CREDITS)),
)


def _bars(net: Money, not_due: Money, *late: Money, credits_: Money) -> Chart:
    owed, finding = net - credits_, WITH_CREDITS if credits_.minor else FINDING
    return Chart(
        finding=finding.filled(late=told(owed - not_due), owed=told(owed), credits=told(-credits_)),
        names=[said(label) for _name, label in _BUCKETS],
        series=[(labels.OPEN_AMOUNT, BALANCE, [not_due, *late])],
    )


@door(BOOKS)
def ageing_report(request: DeskRequest) -> HttpResponse:
    """Show what was owed on a day, by how late it was, one table per currency."""
    known = asked_known(request)
    frame = ageing(request.desk.company_id, known)
    sections = []
    for currency in sorted(frame["currency"].unique()):
        rows = [row for row in frame.iter_rows(named=True) if row["currency"] == currency]
        sums = [Money(sum(row[name] for row in rows), currency) for name in ("open_minor", *dict((*_BUCKETS, CREDITS)))]
        table = Table.of(_COLUMNS, rows, (labels.TOTAL, *sums))
        sections.append(Section(Text(en=currency, ja=currency), table, chart=_bars(*sums[:-1], credits_=sums[-1])))
    if not sections:
        sections = [Section(labels.OPEN_AMOUNT, Table.of(_COLUMNS, ()))]
    return report(request, TITLE, known, sections, file=(_COLUMNS, frame.rows(named=True)))
