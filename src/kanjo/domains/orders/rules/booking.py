"""What makes an order sound, and when a delivery may be accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kanjo.domains.catalog.facts import ChargeKind
from kanjo.domains.orders.facts import LineToBook
from kanjo.foundation.money import currency
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text


class NoLines(Refusal):
    """An order of nothing."""

    rule = "orders.no-lines"
    says = Text(en="The order has no line.", ja="注文に明細がありません。")
    remedy = Text(en="Give at least one line.", ja="明細を1行以上入力してください。")


class QuantityNotPositive(Refusal):
    """A line of nothing."""

    rule = "orders.quantity"
    says = Text(en="The quantity of {code} is {quantity}.", ja="{code}の数量が{quantity}になっています。")
    remedy = Text(en="Give 1 or more.", ja="1以上で指定してください。")


class NoServicePeriod(Refusal):
    """Something that is charged again and again, without saying from when until when."""

    rule = "orders.service-missing"
    says = Text(
        en="{code} is charged {interval}, but has no service period.",
        ja="{code}は{interval}請求する製品ですが、提供期間がありません。",
    )
    remedy = Text(en="Give its first and last day.", ja="提供期間の初日と最終日を指定してください。")


class EmptyServicePeriod(Refusal):
    """A service period without a day."""

    rule = "orders.service-empty"
    says = Text(en="The service period of {code} has no day.", ja="{code}の提供期間に1日もありません。")
    remedy = Text(en="Give a period of at least one day.", ja="1日以上の期間を指定してください。")


class TotalDiffers(Refusal):
    """A line whose total is not what its charges come to."""

    rule = "orders.total-differs"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{code} comes to {expected} over its term, but its total says {total}.",
        ja="{code}の期間全体の金額は{expected}ですが、合計には{total}と記載されています。",
    )
    remedy = Text(
        en="Take the lines of the accepted quote as they are.", ja="承諾された見積の明細をそのまま使用してください。"
    )


class OtherwiseBooked(Refusal):
    """The agreed version already became an order with other contents."""

    rule = "orders.otherwise-booked"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="This version of the quote was already booked as order {number}, with other contents.",
        ja="この見積の版はすでに注文{number}として登録済みで、内容が異なります。",
    )
    remedy = Text(
        en="Open {number}; a change of it needs a new version of the quote.",
        ja="注文{number}を確認してください。変更するには見積の新しい版が必要です。",
    )


class OtherwiseAccepted(Refusal):
    """The delivery was accepted on another day."""

    rule = "orders.otherwise-accepted"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Line {position} of order {number} was already accepted on {accepted_on}.",
        ja="注文{number}の明細{position}は、すでに{accepted_on}に検収済みです。",
    )
    remedy = Text(
        en="If that day is wrong, tell Rev/Rec: revenue may rest on it.",
        ja="日付が誤っている場合は、売上計上に影響するため収益認識担当に連絡してください。",
    )


class AcceptedBeforeOrder(Refusal):
    """An acceptance of what was not yet ordered."""

    rule = "orders.accepted-before-order"
    says = Text(
        en="Order {number} was placed on {ordered_on}; {accepted_on} is before that.",
        ja="注文{number}の注文日は{ordered_on}です。検収日{accepted_on}はそれより前です。",
    )
    remedy = Text(en="Give the day on the certificate of acceptance.", ja="検収書に記載された日付を指定してください。")


class AcceptedInFuture(Refusal):
    """An acceptance that has not happened yet."""

    rule = "orders.accepted-in-future"
    says = Text(en="{accepted_on} has not come yet.", ja="検収日{accepted_on}はまだ到来していません。")
    remedy = Text(en="Note the acceptance when the customer has given it.", ja="顧客が検収してから登録してください。")


class AcceptedAfterEnd(Refusal):
    """An acceptance of what the contract provides no more."""

    rule = "orders.accepted-after-end"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Line {position} of order {number} ended on {ended_on}: nothing of it is accepted from then on.",
        ja="注文{number}の明細{position}は{ended_on}に終了しているため、同日以降の検収は登録できません。",
    )
    remedy = Text(
        en="Give the day before that on which the customer accepted it, or withdraw the amendment.",
        ja="終了日より前の検収日を指定するか、契約変更を取り消してください。",
    )


class AnothersDeal(Refusal):
    """An order of a deal that somebody else carries."""

    rule = "orders.anothers-deal"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="Order {number} belongs to somebody else's deal.", ja="注文 {number} はほかの担当者の商談によるものです。"
    )
    remedy = Text(
        en="Its owner, Deal Management, Sales Operations or Accounts Receivable do it.",
        ja="商談の担当者、ディールマネジメント、セールスオペレーションまたは売掛金管理が登録できます。",
    )


class NoPoNumber(Refusal):
    """A customer's order number of blanks."""

    rule = "orders.po-number-blank"
    says = Text(en="The customer's order number is blank.", ja="顧客注文番号が入力されていません。")
    remedy = Text(en="Give it as it stands on the purchase order.", ja="注文書に記載された番号を入力してください。")


class SamePoNumber(Refusal):
    """The order has that number already."""

    rule = "orders.same-po-number"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Order {number} has the customer's number {po_number} already.",
        ja="注文{number}の顧客注文番号は、すでに{po_number}です。",
    )
    remedy = Text(en="Nothing is left to note.", ja="登録の必要はありません。")


def refuse_unsound(currency_code: str, terms_code: str, lines: Sequence[LineToBook], *, prorated: bool = False) -> None:
    """Refuse an order without lines, in an unknown currency, or with a line that does not stand.

    Every refusal of a line names its position: `lines[2]`. Of *prorated* lines billing knows what they come to.
    """
    currency(currency_code, at="currency")
    payment_terms(terms_code, at="payment_terms")
    if not lines:
        raise NoLines(at="lines")
    for position, line in enumerate(lines, start=1):
        refuse_unsound_line(line, at=f"lines[{position}]", prorated=prorated)


def refuse_unsound_line(line: LineToBook, *, at: str, prorated: bool = False) -> None:
    """Refuse a line without quantity or without its service period, and `TotalDiffers`.

    A *prorated* line joins others in the middle of an interval: what it comes to over time, billing knows.
    """
    code = line.terms.code
    if line.quantity <= 0:
        raise QuantityNotPositive(code=code, quantity=line.quantity, at=at)
    if line.terms.charge is ChargeKind.RECURRING and line.service is None:
        raise NoServicePeriod(code=code, interval=line.terms.interval.shown, at=at)
    if line.service is not None and not line.service:
        raise EmptyServicePeriod(code=code, at=at)
    expected = None if prorated and line.terms.charge is ChargeKind.RECURRING else expected_total(line)
    if expected is not None and expected != line.total_minor:
        raise TotalDiffers(code=code, expected=expected, total=line.total_minor, at=at)


def expected_total(line: LineToBook) -> int | None:
    """Return what the line comes to over its term, or None where a part of an interval is prorated by billing."""
    if line.terms.charge is ChargeKind.ONE_TIME:
        return line.net_minor
    if line.service is None:
        return None
    whole, begun = line.terms.interval.counted_in(line.service)
    return line.net_minor * whole if whole == begun else None


def refuse_po_number(number: str, before: str, po_number: str) -> None:
    """Refuse `NoPoNumber` and `SamePoNumber`."""
    if not po_number.strip():
        raise NoPoNumber(at="po_number")
    if po_number == before:
        raise SamePoNumber(number=number, po_number=po_number, at="po_number")


def refuse_acceptance(number: str, *, ordered_on: date, accepted_on: date, today: date) -> None:
    """Refuse `AcceptedBeforeOrder` and `AcceptedInFuture`."""
    if accepted_on < ordered_on:
        raise AcceptedBeforeOrder(number=number, ordered_on=ordered_on, accepted_on=accepted_on, at="accepted_on")
    if accepted_on > today:
        raise AcceptedInFuture(accepted_on=accepted_on, at="accepted_on")
