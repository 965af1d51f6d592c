"""What makes an offer sound."""

from __future__ import annotations

from datetime import date

from kanjo.domains.catalog.facts import ChargeKind
from kanjo.domains.catalog.rules.usage import MOST_UNITS
from kanjo.domains.quotes.facts import Offer, OfferLine
from kanjo.domains.quotes.rules.pricing import list_total_minor, whole_intervals
from kanjo.foundation.money import Money, currency
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text


class NoLines(Refusal):
    """An offer of nothing."""

    rule = "quotes.no-lines"
    says = Text(en="The quote has no line.", ja="見積に明細がありません。")
    remedy = Text(en="Add at least one product.", ja="製品を1つ以上追加してください。")


class TermReversed(Refusal):
    """A term that ends before it has a day."""

    rule = "quotes.term-reversed"
    says = Text(
        en="The term from {starts_on} until {until} has no day.",
        ja="契約期間（{starts_on}から{until}まで）に1日もありません。",
    )
    remedy = Text(
        en="Give an end after the start, or none for a single delivery.",
        ja="終了日を開始日より後にするか、一度きりの販売の場合は空けてください。",
    )


class ValidityPast(Refusal):
    """An offer that no longer stands when it is made."""

    rule = "quotes.validity-past"
    says = Text(
        en="The quote would be valid until {valid_until}, which has passed.",
        ja="見積有効期限（{valid_until}）を過ぎています。",
    )
    remedy = Text(en="Give a day after {on}.", ja="{on}より後の日を指定してください。")


class QuantityNotPositive(Refusal):
    """A line of no or fewer than no units."""

    rule = "quotes.quantity"
    says = Text(en="Line {line} has the quantity {quantity}.", ja="明細{line}行目の数量が{quantity}です。")
    remedy = Text(en="Give a whole number from 1.", ja="1以上の整数を指定してください。")


class AmountNotWhole(Refusal):
    """An amount that is not counted in the smallest units of its currency, or is below zero."""

    rule = "quotes.amount"
    says = Text(
        en="Line {line} has the {what} {amount}, which {currency} does not have.",
        ja="明細{line}行目の{what}（{amount}）は、{currency}の金額として扱えません。",
    )
    remedy = Text(
        en="Give zero or more, with the decimals of the currency and no more.",
        ja="0以上の金額を、その通貨の小数桁数の範囲で指定してください。",
    )


class TotalNotOfTerm(Refusal):
    """A total that the price per interval does not add up to: free or extra time would hide in it."""

    rule = "quotes.total-of-term"
    says = Text(
        en="Line {line} costs {net} each time but {total} in all, which its service period does not add up to.",
        ja="明細{line}行目は1回あたり{net}に対して合計が{total}となっており、サービス期間と一致しません。",
    )
    remedy = Text(en="Compute the total from the billing preview.", ja="請求予定の合計を使用してください。")


class ServiceMissing(Refusal):
    """A recurring line without the days it is for."""

    rule = "quotes.service-missing"
    says = Text(
        en="Line {line} recurs but has no service period.",
        ja="明細{line}行目は継続課金ですが、サービス期間がありません。",
    )
    remedy = Text(en="Give its first day and its end.", ja="サービスの開始日と終了日を指定してください。")


class ServiceOutsideTerm(Refusal):
    """A line served on days outside the term."""

    rule = "quotes.service-outside-term"
    says = Text(
        en="Line {line} is served from {start} until {until}, outside the term.",
        ja="明細{line}行目のサービス期間（{start}から{until}まで）が契約期間に収まっていません。",
    )
    remedy = Text(
        en="Keep it within the term, or change the term.", ja="契約期間内に収めるか、契約期間を変更してください。"
    )


class ExpectedUnfit(Refusal):
    """An expected quantity below zero, beyond what is computed exactly, or of what has no price of usage."""

    rule = "quotes.expected-usage"
    says = Text(
        en="Line {line} expects a usage of {units} per period.", ja="明細{line}行目の想定利用数量が{units}です。"
    )
    remedy = Text(
        en="Give 0 to {most} where the product has a usage price, and nothing elsewhere.",
        ja="従量単価のある製品には0〜{most}を指定し、それ以外は空欄にしてください。",
    )


_AMOUNTS = {
    "list_minor": Text(en="list price", ja="標準価格"),
    "net_minor": Text(en="price", ja="金額"),
    "total_minor": Text(en="total", ja="合計"),
}


def refuse_unsound(offer: Offer, *, on: date) -> None:
    """Refuse an offer that cannot be kept or read, naming the line; *on* is the day it is made."""
    known = currency(offer.currency, at="currency")
    payment_terms(offer.payment_terms, at="payment_terms")
    if not offer.lines:
        raise NoLines(at="lines")
    if offer.until is not None and offer.until <= offer.starts_on:
        raise TermReversed(starts_on=offer.starts_on, until=offer.until, at="until")
    refuse_past(offer.valid_until, on=on)
    for number, line in enumerate(offer.lines, start=1):
        _refuse_amounts(line, number, known.code)
        _refuse_service(line, number, offer)
        _refuse_total(line, number, breaks=1 if offer.billing.anchor_on else 0)
    # Both totals have to fit the column they are kept in: Money refuses what does not.
    for total in (sum(line.total_minor for line in offer.lines), list_total_minor(offer.lines)):
        Money(total, known.code)


def refuse_past(valid_until: date, *, on: date) -> None:
    """Refuse `ValidityPast` when the offer no longer stands on a day."""
    if valid_until <= on:
        raise ValidityPast(valid_until=valid_until, on=on, at="valid_until")


def _refuse_amounts(line: OfferLine, number: int, code: str) -> None:
    if type(line.quantity) is not int or line.quantity < 1:
        raise QuantityNotPositive(line=number, quantity=line.quantity, at=f"lines[{number}].quantity")
    for name, what in _AMOUNTS.items():
        amount = getattr(line, name)
        if type(amount) is not int or amount < 0:
            raise AmountNotWhole(line=number, what=what, amount=amount, currency=code, at=f"lines[{number}].{name}")
    most = MOST_UNITS if line.usage else 0
    if type(line.expected_units) is not int or not 0 <= line.expected_units <= most:
        raise ExpectedUnfit(
            line=number, units=line.expected_units, most=f"{MOST_UNITS:,}", at=f"lines[{number}].expected_units"
        )


def _refuse_service(line: OfferLine, number: int, offer: Offer) -> None:
    if line.service is None or not line.service:
        if line.terms.charge is ChargeKind.RECURRING or line.service is not None:
            raise ServiceMissing(line=number, at=f"lines[{number}].service")
        return
    after = offer.until or line.service.until
    if not (offer.starts_on <= line.service.start and line.service.until <= after):
        start, until = line.service.start, line.service.until
        raise ServiceOutsideTerm(line=number, start=start, until=until, at=f"lines[{number}].service")


def _refuse_total(line: OfferLine, number: int, *, breaks: int) -> None:
    """Refuse a total outside what the whole intervals below and above the service period come to.

    Between them lies every way of prorating a broken interval; of whole intervals only the exact total is taken. Where
    a common anchor *breaks* an interval at either end, it may come to one more or less.
    """
    fewest, most = whole_intervals(line)
    low, high = line.net_minor * max(fewest - breaks, 0), line.net_minor * (most + breaks)
    if not low <= line.total_minor <= high or (line.total_minor == 0) != (line.net_minor == 0):
        raise TotalNotOfTerm(line=number, net=line.net_minor, total=line.total_minor, at=f"lines[{number}].total_minor")
