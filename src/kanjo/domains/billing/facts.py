"""Values of billing that cross its border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, TaxClass
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import (
    AmendmentId,
    ContractId,
    CustomerId,
    FileId,
    HoldId,
    InvoiceId,
    OrderId,
    OrderLineId,
    PlanId,
)
from kanjo.foundation.money import Money, Rounding, divide
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True)
class LineToBill:
    """An order line as billing needs it.

    `net_minor` is the price of one interval of a recurring charge, or the whole of a one-time one, for the quantity.
    `due_from` is the first day anything may be billed. `order_line_id` may be any number where nothing is stored
    (a preview on a quote). Periods are counted from `anchor_on`, by default the service start: a line that joins
    others takes their anchor, and its first period is prorated.
    """

    order_line_id: OrderLineId
    description: Text
    charge: ChargeKind
    timing: BillingTiming
    interval_months: int
    net_minor: int
    tax_class: TaxClass
    service: Period | None
    quantity: int
    due_from: date
    anchor_on: date | None = None


class ChangeDay(StrEnum):
    """Whose terms the day of a change is billed at."""

    NEW = "new"
    OLD = "old"

    @property
    def shown(self) -> Text:
        """Whose terms, as people read it."""
        return _CHANGE_DAYS[self]


_CHANGE_DAYS = {
    ChangeDay.NEW: Text(en="At the new price", ja="変更後の金額"),
    ChangeDay.OLD: Text(en="At the old price", ja="変更前の金額"),
}


class Restart(StrEnum):
    """Whether the periods after a change of price are counted as before, or anew from the change."""

    KEEP = "keep"
    ANEW = "anew"

    @property
    def shown(self) -> Text:
        """How periods go on, as people read it."""
        return _RESTARTS[self]


_RESTARTS = {
    Restart.KEEP: Text(en="Counted as before", ja="従来どおり数える"),
    Restart.ANEW: Text(en="Counted anew from the change", ja="変更日から数え直す"),
}


class Stub(StrEnum):
    """What a first or last period that is not whole is measured by."""

    ANCHORED = "anchored"
    """The whole period as counted from the anchor."""
    OWN = "own"
    """The period of the same length that begins with a first stub, or ends with a last one."""

    @property
    def shown(self) -> Text:
        """The measure as people read it."""
        return _STUBS[self]


_STUBS = {
    Stub.ANCHORED: Text(en="By the period counted from the anchor", ja="起算日から数えた期間"),
    Stub.OWN: Text(en="By a period of its own", ja="端数期間を起点とする期間"),
}


class Billed(StrEnum):
    """With what a part of a period is billed."""

    AT_ONCE = "at_once"
    WITH_NEXT = "with_next"
    """With the period that follows, so that several changes come on one invoice."""

    @property
    def shown(self) -> Text:
        """When, as people read it."""
        return _BILLED[self]


_BILLED = {
    Billed.AT_ONCE: Text(en="At once", ja="都度"),
    Billed.WITH_NEXT: Text(en="With the next period", ja="次の期間とまとめて"),
}


class Decrease(StrEnum):
    """What a lower price does to days that the higher one was agreed for."""

    NOW = "now"
    """They cost less from that day on."""
    NEXT_PERIOD = "next_period"
    """The period stays at its highest; the next costs less."""
    AT_RENEWAL = "at_renewal"
    """The whole term stays at its highest."""

    @property
    def shown(self) -> Text:
        """From when a lower price counts, as people read it."""
        return _DECREASES[self]


_DECREASES = {
    Decrease.NOW: Text(en="From the day of the change", ja="変更日から"),
    Decrease.NEXT_PERIOD: Text(en="From the next period", ja="次の期間から"),
    Decrease.AT_RENEWAL: Text(en="From the renewal", ja="契約更新から"),
}


class Anchor(StrEnum):
    """From which day the periods of a line are counted, both ways."""

    SERVICE_START = "service_start"
    """The first day of its own service."""
    CALENDAR = "calendar"
    """1 January: months, quarters, half-years and years of the calendar."""
    ACCOUNT = "account"
    """The anchor of what the payer was first billed for in the company."""
    CONTRACT = "contract"
    """The first day of the contract's term: the earliest service of its lines."""

    @property
    def shown(self) -> Text:
        """The anchor as people read it."""
        return _ANCHORS[self]


_ANCHORS = {
    Anchor.SERVICE_START: Text(en="Start of the line's service", ja="明細ごとの利用開始日"),
    Anchor.CALENDAR: Text(en="Calendar (1 January)", ja="暦（1月1日）"),
    Anchor.ACCOUNT: Text(en="First plan of the payer", ja="請求先の最初の請求計画"),
    Anchor.CONTRACT: Text(en="First day of the contract", ja="契約の開始日"),
}


@dataclass(frozen=True, slots=True)
class BillingPolicy:
    """The choices on which two honest schedules of the same contract differ; the defaults are version 1.

    `month_days` is what every month is taken to have under FIXED_MONTH. Worked tables: docs/algorithms/owed.md.
    """

    day_count: DayCount = DayCount.ACTUAL
    month_days: int = 30
    first_stub: Stub = Stub.ANCHORED
    last_stub: Stub = Stub.ANCHORED
    first_billed: Billed = Billed.AT_ONCE
    changes_billed: Billed = Billed.AT_ONCE
    change_day: ChangeDay = ChangeDay.NEW
    restart: Restart = Restart.KEEP
    decrease: Decrease = Decrease.NOW
    anchor: Anchor = Anchor.SERVICE_START


class GroupKey(StrEnum):
    """What keeps lines of one payer on different invoices.

    Payer, ordering customer, currency and payment terms always do.
    """

    CONTRACT = "contract"
    ORDER = "order"
    PO_NUMBER = "po_number"
    TAG = "tag"
    """A word of the house's own on the contract."""
    LINE = "line"

    @property
    def shown(self) -> Text:
        """The key as people read it."""
        return _GROUP_KEYS[self]


_GROUP_KEYS = {
    GroupKey.CONTRACT: Text(en="Per contract", ja="契約ごと"),
    GroupKey.ORDER: Text(en="Per order", ja="注文ごと"),
    GroupKey.PO_NUMBER: Text(en="Per purchase order number", ja="注文番号ごと"),
    GroupKey.TAG: Text(en="Per tag", ja="タグごと"),
    GroupKey.LINE: Text(en="Per line", ja="明細ごと"),
}


class Remainder(StrEnum):
    """Which of equal instalments takes what does not divide."""

    FIRST = "first"
    LAST = "last"
    SPREAD = "spread"

    @property
    def shown(self) -> Text:
        """The choice as people read it."""
        return _REMAINDERS[self]


_REMAINDERS = {
    Remainder.FIRST: Text(en="The first", ja="初回で調整"),
    Remainder.LAST: Text(en="The last", ja="最終回で調整"),
    Remainder.SPREAD: Text(en="Spread evenly", ja="均等に配分"),
}


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a one-time charge: billed on its day, or when its *milestone* is reached; exactly one of the two."""

    net_minor: int
    bill_on: date | None = None
    milestone: Text | None = None


class HoldCondition(StrEnum):
    """What a hold waits for."""

    PO_NUMBER = "po_number"
    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"
    REVENUE = "revenue"
    """Revenue accounting has to decide first."""
    OTHER = "other"

    @property
    def shown(self) -> Text:
        """The condition as people read it."""
        return _CONDITIONS[self]


_CONDITIONS = {
    HoldCondition.PO_NUMBER: Text(en="Purchase order number missing", ja="注文番号待ち"),
    HoldCondition.ACCEPTANCE: Text(en="Acceptance by the customer", ja="顧客の検収待ち"),
    HoldCondition.APPROVAL: Text(en="Approval", ja="承認待ち"),
    HoldCondition.REVENUE: Text(en="Decision of revenue accounting", ja="収益認識の判断待ち"),
    HoldCondition.OTHER: Text(en="Other", ja="その他"),
}


@dataclass(frozen=True, slots=True)
class LineChange:
    """From *effective_on* on, a line costs *net_minor* an interval and counts *quantity* units more, or less.

    With an anchor its periods are counted from there on that day on.
    """

    order_line_id: OrderLineId
    effective_on: date
    net_minor: int
    quantity: int
    anchor_on: date | None = None


@dataclass(frozen=True, slots=True)
class LineAway:
    """Days of a line without service: a suspension, open without *until*, or the end *for_good*."""

    order_line_id: OrderLineId
    start: date
    until: date | None
    for_good: bool


@dataclass(frozen=True, slots=True)
class ContractChange:
    """What becomes different in a contract: facts about its lines, and amendments that are taken back."""

    changes: tuple[LineChange, ...] = ()
    away: tuple[LineAway, ...] = ()
    withdraws: tuple[AmendmentId, ...] = ()

    @property
    def lines(self) -> tuple[OrderLineId, ...]:
        """The lines that anything is told of, each once."""
        changed = [one.order_line_id for one in self.changes]
        return tuple(dict.fromkeys([*changed, *(one.order_line_id for one in self.away)]))


@dataclass(frozen=True, slots=True)
class Held:
    """What is not invoiced for the time being: exactly one of a payer, a contract, an order or a line of one."""

    payer_id: CustomerId | None = None
    contract_id: ContractId | None = None
    order_id: OrderId | None = None
    order_line_id: OrderLineId | None = None


@dataclass(frozen=True, slots=True)
class InvoiceToCome:
    """An invoice as it will be issued: its day, its charges and what it comes to, negative for a credit note."""

    issued_on: date
    due_on: date
    charges: tuple[ChargeToCome, ...]
    net: Money
    tax: Money

    @property
    def total(self) -> Money:
        """What the payer will owe."""
        return Money(self.net.minor + self.tax.minor, self.net.currency)


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change would do: per line over the whole term, the credit, the charge, and every invoice to come.

    *credit* is given back of what was billed (negative), *charge* the rest of the difference; together *net*.
    """

    totals: Mapping[OrderLineId, int]
    credit: Money
    charge: Money
    invoices: tuple[InvoiceToCome, ...]

    @property
    def net(self) -> Money:
        """What the contract's value changes by."""
        return Money(self.credit.minor + self.charge.minor, self.credit.currency)


@dataclass(frozen=True, slots=True)
class Derivation:
    """How an amount came about: days *day_from* to *day_until* of *period_days*, of *price*, rounded half up.

    The amount is the price through `day_until` less the price through `day_from`, each rounded once; so the parts of
    a period always add up to its price. `holds` says whether the amount follows from the facts. Days are those of the
    *day_count*; where months come first they are parts of the period.
    """

    price: Money
    day_from: int
    day_until: int
    period_days: int
    amount: Money
    day_count: DayCount = DayCount.ACTUAL

    @property
    def fraction(self) -> Fraction:
        """The share of the whole period, exact."""
        return Fraction(self.day_until - self.day_from, self.period_days)

    @property
    def through(self) -> tuple[Money, Money]:
        """The price through the day before the first and through the last day, each rounded once."""
        first, last = (
            Money(divide(self.price.minor * days, self.period_days, Rounding.HALF_UP), self.price.currency)
            for days in (self.day_from, self.day_until)
        )
        return first, last

    @property
    def recomputed(self) -> Money:
        """What follows from the price and the days."""
        first, last = self.through
        return Money(last.minor - first.minor, self.price.currency)

    @property
    def holds(self) -> bool:
        """Whether the amount follows from the price and the days."""
        return self.amount == self.recomputed

    @property
    def steps(self) -> tuple[tuple[Text, object], ...]:
        """The calculation line by line: the price, the share of it, the rounding by name, the amount."""
        days, period = self.day_until - self.day_from, self.period_days
        whole = days == period
        first, last = self.through
        steps: list[tuple[Text, object]] = [(_PRICE, self.price), (self._share, f"{days:,} ÷ {period:,}")]
        if self.day_from and not whole:
            through, less = (_THROUGH_PART, _LESS_PART) if self._in_parts else (_THROUGH, _LESS)
            steps += [(through.filled(days=self.day_until), last), (less.filled(days=self.day_from), first)]
        elif not whole:
            steps += [(_ROUNDED.filled(rounding=Rounding.HALF_UP.shown), _unrounded(self.price, self.fraction))]
        return (*steps, (_AMOUNT, self.recomputed))

    @property
    def sentence(self) -> Text:
        """The derivation in words."""
        if self.day_until - self.day_from == self.period_days:
            return Text(en="The price of one whole period.", ja="1期間分の金額です。")
        says = _IN_PARTS if self._in_parts else _IN_DAYS if self.day_count is DayCount.ACTUAL else _COUNTED_OTHERWISE
        return says.filled(
            counting=_COUNTING[self.day_count],
            days=self.day_until - self.day_from,
            period=self.period_days,
            price=_shown(self.price),
            amount=_shown(self.amount),
        )

    @property
    def _in_parts(self) -> bool:
        return self.day_count is DayCount.MONTHS_THEN_DAYS

    @property
    def _share(self) -> Text:
        if self.day_count is DayCount.ACTUAL:
            return _SHARE
        return (_SHARE_OF_PARTS if self._in_parts else _SHARE_COUNTED).filled(counting=_COUNTING[self.day_count])


_IN_DAYS = Text(
    en="{days} of {period} days of {price}, rounded half up: {amount}.",
    ja="{price} を期間 {period} 日のうち {days} 日分で日割り（四捨五入）し、{amount} としました。",
)
_COUNTED_OTHERWISE = Text(
    en="{days} of {period} days ({counting}) of {price}, rounded half up: {amount}.",
    ja="{price} を期間 {period} 日のうち {days} 日分（{counting}）で日割り（四捨五入）し、{amount} としました。",
)
_IN_PARTS = Text(
    en="{days} of {period} parts ({counting}) of {price}, rounded half up: {amount}.",
    ja="{price} を期間の {period} 分の {days}（{counting}）で按分（四捨五入）し、{amount} としました。",
)
_COUNTING = {
    DayCount.ACTUAL: Text(en="actual days", ja="実日数"),
    DayCount.ACTUAL_30: Text(en="30-day months", ja="1か月30日"),
    DayCount.THIRTY_360: Text(en="30/360", ja="30/360"),
    DayCount.FIXED_MONTH: Text(en="months of fixed days", ja="1か月の日数を固定"),
    DayCount.MONTHS_THEN_DAYS: Text(en="months, then days of the month", ja="月割り、端数は当月の日割り"),
}
_SHARE_COUNTED = Text(en="× days billed ÷ days of the period ({counting})", ja="× 請求日数 ÷ 期間の日数（{counting}）")
_SHARE_OF_PARTS = Text(en="× parts billed ÷ parts of the period ({counting})", ja="× 請求分 ÷ 期間全体（{counting}）")
_THROUGH_PART = Text(en="Through part {days}, rounded half up", ja="{days}単位目までの累計（四捨五入）")
_LESS_PART = Text(en="− through part {days}, rounded half up", ja="− {days}単位目までの累計（四捨五入）")
_PRICE = Text(en="Price of one period", ja="1期間の金額")
_SHARE = Text(en="× days billed ÷ days of the period", ja="× 請求日数 ÷ 期間の日数")
_THROUGH = Text(en="Through day {days}, rounded half up", ja="{days}日目までの累計（四捨五入）")
_LESS = Text(en="− through day {days}, rounded half up", ja="− {days}日目までの累計（四捨五入）")
_ROUNDED = Text(en="Unrounded; {rounding}", ja="端数処理前（{rounding}）")
_AMOUNT = Text(en="Result", ja="計算結果")


def _unrounded(price: Money, share: Fraction) -> str:
    """Return a share of a price with three more decimals than its currency has, cut, for the eye."""
    unit = Money(1, price.currency).as_decimal()
    thousandths = abs(price.minor) * share * 1000
    more = "…" if thousandths.denominator != 1 else ""
    cut = thousandths.numerator // thousandths.denominator * unit / 1000
    return f"{'−' if price.minor < 0 else ''}{cut:,f}{more}"


def _shown(money: Money) -> Text:
    return Text(en=money.shown("en"), ja=money.shown("ja"))


@dataclass(frozen=True, slots=True)
class ChargeToCome:
    """A charge as it will be billed: when, for which days, how much before tax."""

    order_line_id: OrderLineId
    bill_on: date
    service: Period
    net_minor: int
    day_from: int
    day_until: int
    period_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlanned(Fact):
    """The lines of an order will be billed from now on."""

    kind: ClassVar[str] = "billing.order-planned"

    order_id: OrderId
    contract_id: ContractId
    customer_id: CustomerId
    payer_id: CustomerId
    plan_ids: tuple[PlanId, ...]

    @property
    def subject_id(self) -> int:
        """The order."""
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansChanged(Fact):
    """Lines of a contract are billed otherwise from now on, by an amendment; *effective_on* is its first day."""

    kind: ClassVar[str] = "billing.plans-changed"

    contract_id: ContractId
    amendment_id: AmendmentId
    order_line_ids: tuple[OrderLineId, ...]

    @property
    def subject_id(self) -> int:
        """The contract."""
        return self.contract_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingHeld(Fact):
    """Something is not invoiced for the time being."""

    kind: ClassVar[str] = "billing.held"

    hold_id: HoldId

    @property
    def subject_id(self) -> int:
        """The hold."""
        return self.hold_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingReleased(Fact):
    """A hold ended; what was due meanwhile is billed by the next run."""

    kind: ClassVar[str] = "billing.released"

    hold_id: HoldId

    @property
    def subject_id(self) -> int:
        """The hold."""
        return self.hold_id


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Fact):
    """An invoice, or with negative amounts a credit note, was issued; of one invoice where it has an `original_id`."""

    kind: ClassVar[str] = "billing.invoice-issued"

    invoice_id: InvoiceId
    number: str
    customer_id: CustomerId
    payer_id: CustomerId
    order_id: OrderId
    original_id: InvoiceId | None
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    issued_on: date
    due_on: date

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id


class Channel(StrEnum):
    """The way by which an invoice reaches its payer."""

    BY_HAND = "by_hand"
    """By post, in person or over a portal of the payer: noted, not done by the house."""
    DOWNLOAD = "download"
    """The payer was given the file to fetch: noted, not done by the house."""
    MAIL = "mail"
    FOLDER = "folder"
    """Into the folder from which another program of ours takes it."""

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _CHANNELS[self]


_CHANNELS = {
    Channel.BY_HAND: Text(en="Post, in person or portal (noted)", ja="郵送・手渡し・先方ポータル（記録のみ）"),
    Channel.DOWNLOAD: Text(en="Download by the payer (noted)", ja="ダウンロード（記録のみ）"),
    Channel.MAIL: Text(en="E-mail", ja="メール"),
    Channel.FOLDER: Text(en="File drop folder", ja="ファイル連携フォルダー"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSent(Fact):
    """The paper of an invoice was sent to its payer."""

    kind: ClassVar[str] = "billing.invoice-sent"

    invoice_id: InvoiceId
    file_id: FileId

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id


class UsageModel(StrEnum):
    """How the units used in a period are priced."""

    PER_UNIT = "per_unit"
    """Every unit at one price."""
    GRADUATED = "graduated"
    """Each unit at the price of the tier it falls in."""
    VOLUME = "volume"
    """All units at the price of the tier that the last of them reaches."""
    PACKAGE = "package"
    """By packages; one that is begun costs what a full one does."""

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _USAGE_NAMES[self]


class UsageStep(StrEnum):
    """What a step of the calculation of usage stands for."""

    INCLUDED = "included"
    """Units of the period that cost nothing."""
    PREPAID = "prepaid"
    """Units taken from those paid for in advance for the term."""
    TIER = "tier"
    """Units at the price of a tier, with what the tier costs once."""
    MINIMUM = "minimum"
    """What is missing to the least a period costs."""
    COMMITMENT = "commitment"
    """What is missing to the least the term costs, in its last period."""
    DRAWN = "drawn"
    """What is taken, negative, from money paid in advance for the term."""

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _USAGE_NAMES[self]


class UsageSource(StrEnum):
    """By which way usage came."""

    API = "api"
    CSV = "csv"
    HAND = "hand"

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _USAGE_NAMES[self]


_USAGE_NAMES: dict[StrEnum, Text] = {
    UsageModel.PER_UNIT: Text(en="per unit", ja="単一単価"),
    UsageModel.GRADUATED: Text(en="graduated tiers", ja="段階別単価（超過分ごと）"),
    UsageModel.VOLUME: Text(en="by volume", ja="スラブ単価（全量一律）"),
    UsageModel.PACKAGE: Text(en="by package", ja="パッケージ単位"),
    UsageStep.INCLUDED: Text(en="included", ja="無料分"),
    UsageStep.PREPAID: Text(en="prepaid units", ja="前払い数量から充当"),
    UsageStep.TIER: Text(en="priced", ja="従量料金"),
    UsageStep.MINIMUM: Text(en="up to the minimum", ja="最低利用額との差額"),
    UsageStep.COMMITMENT: Text(en="up to the commitment", ja="期間最低利用額との差額"),
    UsageStep.DRAWN: Text(en="from prepaid money", ja="前払い金から充当"),
    UsageSource.API: Text(en="API", ja="API"),
    UsageSource.CSV: Text(en="CSV file", ja="CSVファイル"),
    UsageSource.HAND: Text(en="by hand", ja="画面から"),
}


@dataclass(frozen=True, slots=True)
class UsageTier:
    """The units after *from_units*, up to the next tier's: a price for so many units, and what the tier costs once."""

    from_units: int
    price_minor: int
    per_units: int = 1
    flat_minor: int = 0


@dataclass(frozen=True, slots=True)
class UsageTerms:
    """How the usage of an order line is priced, and what it is called; of its term, what holds for all of it.

    `commitment_minor`, `prepaid_units` and `prepaid_minor` are of the whole term, the others of each period.
    """

    model: UsageModel
    unit: Text
    tiers: tuple[UsageTier, ...]
    included_units: int = 0
    minimum_minor: int = 0
    commitment_minor: int = 0
    prepaid_units: int = 0
    prepaid_minor: int = 0


@dataclass(frozen=True, slots=True)
class UsageGiven:
    """What was used of an order line on a day, under an id of the sender; *place* is where it stands in what was sent.

    With *corrects* it stands for the event of that id, which counts no longer.
    """

    place: str
    order_line_id: OrderLineId
    event_id: str
    used_on: date
    quantity: int
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class UsageRefused:
    """An event that was not taken: where it stood, and the rule in words."""

    place: str
    event_id: str
    rule: str
    sentence: Text
