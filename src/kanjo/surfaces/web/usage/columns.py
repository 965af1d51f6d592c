"""How usage stands in tables."""

from __future__ import annotations

from kanjo.domains.billing.facts import PricedStep, UsageGiven, UsageRefused, UsageStep
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.reports.usage import (
    MeteredRow,
    RatingRow,
    UsageDeliveryRow,
    UsageEventRow,
    UsagePeriodRow,
)
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Link

USED_ON = Text(en="Used on", ja="利用日")
EVENT = Text(en="Event", ja="イベントID")
LINE = Text(en="Order line", ja="注文明細")
ACCEPTED = Text(en="Taken", ja="登録")
KNOWN = Text(en="Known before", ja="登録済み")
REFUSED = Text(en="Refused", ja="不備")
BILL_ON = Text(en="Due for billing", ja="請求可能日")
STEP = Text(en="Step", ja="内訳")
AFTER = Text(en="After", ja="超過開始数量")
PRICE = Text(en="Price", ja="単価")
ONCE = Text(en="Once", ja="定額")
MODEL = Text(en="Priced", ja="単価方式")
UNIT = Text(en="Unit", ja="単位")
INCLUDED = Text(en="Included per period", ja="期間ごとの無料数量")
MINIMUM = Text(en="Minimum per period", ja="期間ごとの最低利用額")
COMMITMENT = Text(en="Commitment of the term", ja="契約期間の最低利用額")
PREPAID_UNITS = Text(en="Prepaid units", ja="前払い数量")
PREPAID = Text(en="Prepaid money", ja="前払い金")
SENT_BY = Text(en="Came by", ja="経路")
CORRECTED_BY = Text(en="Corrected by", ja="訂正後のイベント")
CORRECTS = Text(en="Corrects", ja="訂正対象")
_PER = Text(en="{price} per {units}", ja="{units} あたり {price}")

DELIVERIES: tuple[Column[UsageDeliveryRow], ...] = (
    Column(labels.RECORDED, lambda row: Link(row.recorded_at, "usage-delivery", row.id), order="recorded", leads=True),
    Column(SENT_BY, lambda row: row.source.shown),
    Column(labels.FILE, lambda row: row.name, extra=True),
    amount(ACCEPTED, lambda row: row.accepted, "accepted"),
    Column(KNOWN, lambda row: row.known, number=True, extra=True),
    Column(REFUSED, lambda row: len(row.refused), number=True, extra=True),
    Column(labels.BY, lambda row: row.made_by, extra=True),
)

METERED: tuple[Column[MeteredRow], ...] = (
    Column(LINE, lambda row: Link(row.number, "metered-line", row.id)),
    Column(labels.TITLE, lambda row: row.description),
    Column(labels.SERVICE, lambda row: row.service),
)

REFUSALS: tuple[Column[UsageRefused], ...] = (
    Column(Text(en="Place", ja="位置"), lambda row: row.place),
    Column(EVENT, lambda row: row.event_id),
    Column(Text(en="Why", ja="理由と対処"), lambda row: row.sentence),
    Column(Text(en="Rule", ja="規則"), lambda row: row.rule),
)

FRESH: tuple[Column[UsageGiven], ...] = (
    Column(Text(en="Place", ja="位置"), lambda row: row.place),
    Column(EVENT, lambda row: row.event_id),
    Column(USED_ON, lambda row: row.used_on),
    amount(labels.QUANTITY, lambda row: row.quantity),
    Column(CORRECTS, lambda row: row.corrects),
)

PERIODS: tuple[Column[UsagePeriodRow], ...] = (
    Column(labels.SERVICE, lambda row: row.service),
    Column(BILL_ON, lambda row: row.bill_on),
    amount(labels.QUANTITY, lambda row: row.quantity),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
)

STEPS: tuple[Column[PricedStep], ...] = (
    Column(STEP, lambda row: row.kind.shown),
    amount(labels.QUANTITY, lambda row: row.units or None),
    amount(AFTER, lambda row: row.from_units if row.kind is UsageStep.TIER else None),
    Column(PRICE, lambda row: price(row.price, row.per_units) if row.kind is UsageStep.TIER else None, number=True),
    amount(ONCE, lambda row: row.flat or None),
    amount(labels.AMOUNT, lambda row: row.amount),
)

EVENTS: tuple[Column[UsageEventRow], ...] = (
    Column(EVENT, lambda row: row.event_id),
    Column(USED_ON, lambda row: row.used_on),
    amount(labels.QUANTITY, lambda row: row.quantity),
    Column(CORRECTS, lambda row: row.corrects),
    Column(CORRECTED_BY, lambda row: row.corrected_by),
    Column(labels.RECORDED, lambda row: Link(row.recorded_at, "usage-delivery", row.delivery_id)),
)


def ratings(currency: str) -> tuple[Column[RatingRow], ...]:
    """Return the columns of how usage is priced."""
    return (
        Column(labels.FROM_DAY, lambda row: row.effective_on),
        Column(MODEL, lambda row: row.terms.model.shown),
        Column(Text(en="Tiers", ja="段階"), lambda row: tiers(row, currency)),
        amount(INCLUDED, lambda row: row.terms.included_units or None),
        amount(MINIMUM, lambda row: _money(row.terms.minimum_minor, currency)),
    )


def price(of: Money, per_units: int) -> Text:
    """Return a price for so many units."""
    if per_units == 1:
        return told(of)
    return _PER.filled(price=told(of), units=f"{per_units:,}")


def tiers(row: RatingRow, currency: str) -> Text:
    """Return the tiers in one sentence, such as 0: ¥10; 100: ¥8."""
    said = [
        (tier, price(Money(tier.price_minor, currency), tier.per_units), told(Money(tier.flat_minor, currency)))
        for tier in row.terms.tiers
    ]
    en, ja = (
        " / ".join(
            f"{tier.from_units:,}〜 {shown.said_in(language)}"
            + (f" + {once.said_in(language)}" if tier.flat_minor else "")
            for tier, shown, once in said
        )
        for language in ("en", "ja")
    )
    return Text(en=en.replace("〜", "+"), ja=ja)


def _money(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if minor else None
