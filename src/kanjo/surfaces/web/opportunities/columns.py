"""The columns of opportunities."""

from __future__ import annotations

from kanjo.domains.opportunities.facts import OpportunityRow
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.reports.deals import Part, Phase
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.subjects import page_of

STAGE = Text(en="Stage", ja="段階")
EXPECTED = Text(en="Expected", ja="受注見込額")
VALUE = Text(en="Won at", ja="受注額")
ENGAGED_ON = Text(en="Engaged on", ja="商談開始日")
CLOSED_ON = Text(en="Closed on", ja="完了日")


def expected(row: OpportunityRow) -> Money | None:
    """Return what the deal should bring."""
    return None if row.expected_minor is None else Money(row.expected_minor, row.currency)


def value(row: OpportunityRow) -> Money | None:
    """Return what the deal was won at."""
    return None if row.value_minor is None else Money(row.value_minor, row.currency)


OPPORTUNITIES: tuple[Column[OpportunityRow], ...] = (
    Column(labels.NAME, lambda row: Link(row.name, "opportunity", row.id), order="name"),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id), order="customer"),
    Column(labels.PRODUCT, lambda row: row.product, order="product"),
    Column(labels.OWNER, lambda row: row.owner, order="owner"),
    Column(ENGAGED_ON, lambda row: row.engaged_on, order="engaged_on"),
    Column(CLOSED_ON, lambda row: row.closed_on, order="closed_on"),
    amount(EXPECTED, expected, "expected"),
    amount(VALUE, value, "value"),
    Column(STAGE, lambda row: row.stage, order="stage"),
)

PARTS: tuple[Column[Part], ...] = (
    Column(Text(en="Function", ja="区分"), lambda part: part.phase.shown),
    Column(labels.NUMBER, lambda part: page_of(part.table, part.id, part.number or part.phase.shown)),
    Column(Text(en="Day", ja="日付"), lambda part: part.on),
    amount(labels.AMOUNT, lambda part: part.whole),
    amount(
        Text(en="Paid or recognised", ja="入金・認識済み"),
        lambda part: part.done if part.phase in {Phase.PAYMENT, Phase.REVENUE} else None,
    ),
)
