"""The page of one line of an invoice: how its amount came about, from the terms to the yen."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from django.http import HttpResponse

from kanjo.domains.billing.facts import PlanCharge
from kanjo.domains.billing.queries import ExplainedLine, PostedLine, PriceChange, in_words
from kanjo.foundation.ids import InvoiceLineId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.reports.deals import INVOICE, find_deal
from kanjo.reports.explained_lines import LineOfDeal, explain_line_of_deal
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.columns import state_of
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.shown import Derived, Explained, Link, State
from kanjo.surfaces.web.stages import stages
from kanjo.surfaces.web.usage.columns import STEPS

LINE = Text(en="Invoice line", ja="請求明細")
EQUAL = State(Text(en="Recomputed: equal", ja="再計算して一致"), "ok")
DIFFERS = State(Text(en="Recomputed: it does not follow", ja="再計算と不一致"), "stop")
TERMS = Text(en="What was agreed", ja="契約条件")
WORKED = Text(en="How the amount came about", ja="金額の計算")
POLICY = Text(en="Billing policy", ja="請求ポリシー")
POLICY_OF = Text(en="{name}, version {version} (no. {number})", ja="{name} 第{version}版（番号 {number}）")
DATES = Text(en="Its four dates", ja="4つの日付")
DATES_SAY = Text(
    en="Holds, moved billing days and alignment change the billing date alone, never the service or the amount.",
    ja="請求の保留・請求日の変更・請求日の統一で変わるのは請求日だけで、利用期間と金額は変わりません。",
)
SINCE = Text(en="Given back of this line", ja="この明細の返還")
BACK = Text(en="What this line gives back", ja="返還の対象")
NONE_BACK = Text(en="Nothing was given back of it.", ja="返還はありません。")
USAGE = Text(en="How the price of the usage came about", ja="従量分の計算内訳")
USED = Text(en="What was used", ja="利用の記録")
ORDERED = Text(en="Price as ordered", ja="注文時の金額")
PARTED = Text(en="Split from another line, above", ja="分割元の明細に残る金額（これを超える部分）")
CHANGES = Text(en="Amendments that the price follows", ja="金額に反映された契約変更")
NO_CHANGE = Text(en="The price is that of the order.", ja="注文時の金額のままです。")
CHANGES_OF_CREDIT = Text(
    en="The price is the one that was charged: credits follow what was billed.",
    ja="金額は請求時のものです。返還は請求した金額に基づきます。",
)
LEFT = Text(en="Left of it", ja="返還後の残額")
CHARGED = Text(en="Charged", ja="請求額")
GIVEN_BACK = Text(en="Given back on {number}", ja="{number} で返還")
FRACTION = Text(en="{days} of {period} days = {share}", ja="期間{period}日のうち{days}日 = {share}")
ONE = Text(en="the whole period", ja="1期間すべて")
COUNTED = Text(en="Days {first} to {last} of {period}", ja="期間{period}日中、{first}日目から{last}日目まで")
PERIOD = Text(en="The whole period", ja="1期間")
PRICE = Text(en="Price of the whole period", ja="1期間の金額")
ONCE = Text(en="one-time", ja="一時")
AS_INVOICED = Text(en="as invoiced (IFRS 15.B16)", ja="請求額で認識（IFRS第15号B16項）")
AT_POINT = Text(en="when the customer has accepted it", ja="検収時に一括")
NO_PROMISE = Text(en="No revenue is planned for it.", ja="収益認識の予定はありません。")
NOT_DAYS = Text(
    en="The days do not follow from the policy and the period.", ja="日数が請求ポリシーと期間から導かれません。"
)

VALUE = Text(en="How it is", ja="値")

CHECK = Text(en="Check", ja="検算")
Fact = tuple[Text, object]
_TWO: tuple[Column[Fact], ...] = (Column(labels.TITLE, lambda row: row[0]), Column(VALUE, lambda row: row[1]))
_POSTED: tuple[Column[PostedLine], ...] = (
    Column(labels.INVOICE, lambda row: Link(row.number, "invoice-line", row.line_id)),
    Column(labels.ISSUED_ON, lambda row: row.issued_on),
    Column(labels.SERVICE, lambda row: row.service),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
)
_CHANGES: tuple[Column[PriceChange], ...] = (
    Column(labels.NUMBER, lambda row: row.number),
    Column(Text(en="From", ja="適用日"), lambda row: row.effective_on),
    amount(Text(en="Units more", ja="数量の増減"), lambda row: row.quantity),
    amount(Text(en="Price more", ja="金額の増減"), lambda row: row.net),
)


@door(SIGNED_IN)
def line(request: DeskRequest, key: int) -> HttpResponse:
    """Show one line of an invoice with all that its amount follows from."""
    actor = request.desk.actor
    deal = explain_line_of_deal(InvoiceLineId(key), actor)
    row = deal.row
    detail = Detail(
        kind=LINE,
        title=_title(row),
        state=state_of(row.invoice),
        back=Link(row.invoice.number, "invoice", row.invoice.id),
        facts=_facts(deal),
        sections=(
            Section(WORKED, Table.of(_TWO, _worked(row))),
            *_usage(row),
            Section(DATES, Table.of(_TWO, _dates(deal)), note=DATES_SAY),
            Section(TERMS, Table.of(_TWO, _terms(row))),
            *(() if row.plan.charge is PlanCharge.USAGE else (_changes(row),)),
            Section(POLICY, Table.of(_TWO, _policy(row))),
            *_given_back(row),
        ),
        steps=stages(find_deal(actor, INVOICE, row.invoice.id)),
    )
    return show(request, detail)


def _title(row: ExplainedLine) -> str:
    return f"{row.invoice.number}-{row.line.position}"


def _facts(deal: LineOfDeal) -> tuple[Fact, ...]:
    row = deal.row
    number = f"{deal.order_number}-{deal.order_position}"
    return (
        (labels.TITLE, row.line.description),
        (labels.INVOICE, Link(row.invoice.number, "invoice", row.invoice.id)),
        (labels.TOTAL_BEFORE_TAX, row.line.net),
        (labels.QUANTITY, row.line.quantity),
        (labels.TAX_RATE, Explained(row.line.rate, row.line.tax_class.shown)),
        (Text(en="Order line", ja="注文明細"), Link(number, "order", row.plan.order_id)),
        (labels.CONTRACT, Link(deal.contract_number, "contract", row.plan.contract_id)),
        (Text(en="Amendment", ja="契約変更"), deal.amendment or None),
        (labels.QUOTE, Link(Text(en="The accepted quote", ja="承諾された見積"), "quote", deal.quote_id)),
        (
            Text(en="Approval", ja="承認"),
            Link(Text(en="Its approval", ja="承認申請"), "approval", deal.approval_request_id),
        ),
    )


def _worked(row: ExplainedLine) -> Iterator[Fact]:
    """Yield the calculation line by line, and whether it comes out again."""
    by = row.line.derivation
    days = by.day_until - by.day_from
    share = ONE if row.fraction == 1 else Text(en=_exact(row.fraction), ja=_exact(row.fraction))
    yield PERIOD, row.whole
    yield PRICE, told(by.price)
    yield labels.SERVICE, row.line.service
    if row.plan.charge is PlanCharge.RECURRING:
        yield (
            Text(en="Counted", ja="日数の計算"),
            COUNTED.filled(first=by.day_from + 1, last=by.day_until, period=f"{by.period_days:,}"),
        )
        yield (
            Text(en="Exact share", ja="正確な割合"),
            FRACTION.filled(days=f"{days:,}", period=f"{by.period_days:,}", share=share),
        )
    yield from ((name, told(value) if isinstance(value, Money) else value) for name, value in by.steps[2:-1])
    yield labels.TOTAL_BEFORE_TAX, told(by.recomputed)
    yield CHECK, EQUAL if by.holds and row.days_hold else DIFFERS if row.days_hold else Explained(DIFFERS, NOT_DAYS)


def _usage(row: ExplainedLine) -> tuple[Section, ...]:
    """Return how the price of usage came about when it was charged."""
    if not row.steps:
        return ()
    sums = (labels.TOTAL, "", "", "", "", row.line.derivation.price)
    return (Section(USAGE, Table.of(STEPS, row.steps, sums)),)


def _exact(share: Fraction) -> str:
    return f"{share.numerator:,}/{share.denominator:,}"


def _dates(deal: LineOfDeal) -> Iterator[Fact]:
    row = deal.row
    yield labels.SERVICE, row.line.service
    yield Text(en="Billing date", ja="請求日"), row.invoice.issued_on
    yield labels.DUE_ON, row.invoice.due_on
    yield Text(en="Recognition period", ja="収益認識期間"), _recognised(deal)


def _recognised(deal: LineOfDeal) -> object:
    one = deal.recognised
    if one is None:
        return NO_PROMISE
    if deal.row.plan.charge is PlanCharge.USAGE:
        month = f"{deal.row.line.service.last_on:%Y-%m}"
        return Explained(Link(month, "obligation", one.obligation_id), AS_INVOICED)
    days: object = Period(one.start, one.until) if one.start and one.until else AT_POINT
    return Explained(Link(days, "obligation", one.obligation_id), one.method.shown)


def _terms(row: ExplainedLine) -> Iterator[Fact]:
    plan = row.plan
    once = plan.charge is PlanCharge.ONE_TIME
    yield labels.CHARGE, plan.charge.shown
    yield labels.BILLED, plan.timing.shown
    yield Text(en="Interval", ja="請求間隔"), ONCE if once else plan.interval.shown
    yield Text(en="Periods are counted from", ja="起算日"), plan.anchor_on
    yield labels.QUANTITY, f"{plan.quantity:,}"
    if plan.charge is PlanCharge.USAGE:
        yield ORDERED, Link(USED, "metered-line", plan.order_line_id)
    else:
        yield ORDERED, told(plan.price)
    yield Text(en="Service as ordered", ja="注文時の利用期間"), plan.service
    yield Text(en="May be billed from", ja="請求可能日"), plan.due_from
    if plan.above.minor:
        yield PARTED, told(plan.above)
    if plan.accepted_on:
        yield Text(en="Accepted on", ja="検収日"), plan.accepted_on


def _changes(row: ExplainedLine) -> Section:
    """Return what amendments added to the price as ordered, and what that makes."""
    if not row.changes:
        return Section(CHANGES, Table.of(_CHANGES, ()), empty=CHANGES_OF_CREDIT if row.charged else NO_CHANGE)
    units = row.plan.quantity + sum(one.quantity for one in row.changes)
    parts = [(ORDERED, row.plan.price), *((one.number, one.net) for one in row.changes)]
    net = Money(sum(one.minor for _, one in parts), row.plan.price.currency)
    price = Derived(key="price", value=net, title=PRICE, parts=parts)
    return Section(CHANGES, Table.of(_CHANGES, row.changes, (PRICE, "", units, price)))


def _policy(row: ExplainedLine) -> tuple[Fact, ...]:
    one = row.policy
    name = POLICY_OF.filled(name=one.name, version=one.version, number=one.number)
    return ((POLICY, name), *in_words(one.choices))


def _given_back(row: ExplainedLine) -> tuple[Section, ...]:
    charged = row.charged.net if row.charged else row.line.net
    backs = [(GIVEN_BACK.filled(number=one.number), one.net) for one in row.given_back]
    left = Derived.sum_of("left", row.left, LEFT, [(CHARGED, charged), *backs])
    sums = (LEFT, "", "", left)
    of_charge = Section(SINCE, Table.of(_POSTED, row.given_back, sums if row.given_back else ()), empty=NONE_BACK)
    if row.charged is None:
        return (of_charge,)
    charge = Section(BACK, Table.of(_POSTED, (row.charged,)))
    every = Section(
        Text(en="All that was given back of it", ja="対象明細の返還"), Table.of(_POSTED, row.given_back, sums)
    )
    return (charge, every)
