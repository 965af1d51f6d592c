"""What papers about payments may say, and how the rates of several invoices are added up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kanjo.domains.receivables.facts import InvoiceCopy, RateShare
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class NotAllAllocated(Refusal):
    """A receipt of which it is not known what it pays."""

    rule = "receivables.acknowledge-unallocated"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Of receipt {reference} {left} (minor units) settles nothing yet.",
        ja="入金 {reference} に未消込残高 {left}（最小通貨単位）があります。",
    )
    remedy = Text(
        en="Allocate the whole of it, then acknowledge it.", ja="全額を消し込んでから領収書を発行してください。"
    )


class NothingReceived(Refusal):
    """Money that went back is not acknowledged."""

    rule = "receivables.acknowledge-nothing"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Receipt {reference} brought nothing: it was returned or is a return.",
        ja="入金 {reference} は組戻しのため、受領した金額がありません。",
    )
    remedy = Text(en="Acknowledge the transfer that pays.", ja="支払に当たる入金について発行してください。")


class SeveralPayers(Refusal):
    """A receipt that pays invoices of several customers has no one addressee."""

    rule = "receivables.acknowledge-payers"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Receipt {reference} pays invoices of {count} customers.",
        ja="入金 {reference} は {count} 件の請求先の請求書に充てられています。",
    )
    remedy = Text(
        en="Allocate it to invoices of one customer only, or write the acknowledgements by hand.",
        ja="1件の請求先の請求書だけに充てるか、個別に作成してください。",
    )


class AcknowledgedAlready(Refusal):
    """A receipt is acknowledged by one first paper."""

    rule = "receivables.acknowledged-already"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Receipt {reference} is acknowledged by {number}.", ja="入金 {reference} の領収書 {number} は発行済みです。"
    )
    remedy = Text(en="Issue that one again; it says so.", ja="その領収書を再発行してください（再発行と表示されます）。")


class MonthNotOver(Refusal):
    """A month is stated when nothing more can be invoiced in it."""

    rule = "receivables.statement-month"
    says = Text(en="The month until {last_on} is not over.", ja="{last_on} までの月がまだ締まっていません。")
    remedy = Text(en="State it from the day after on.", ja="翌日以降に発行してください。")


class StatedAlready(Refusal):
    """A month of a customer is stated once; what comes later stands on the next statement."""

    rule = "receivables.stated-already"
    kind = RefusalKind.CONFLICT
    says = Text(en="{number} already states the days up to {last_on}.", ja="{last_on} までは {number} で請求済みです。")
    remedy = Text(
        en="What changed since stands on the statement of the next month.",
        ja="以後の変更は翌月の請求書に記載されます。",
    )


class NothingToState(Refusal):
    """A customer that owes nothing and was invoiced nothing."""

    rule = "receivables.nothing-to-state"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{customer} was invoiced nothing in these days and owes nothing.",
        ja="{customer} にはこの期間の取引も未回収残高もありません。",
    )
    remedy = Text(en="Choose a month in which something was invoiced.", ja="取引のある月を指定してください。")


def refuse_acknowledging(*, reference: str, amount_minor: int, left_minor: int, payers: int) -> None:
    """Refuse to acknowledge what brought nothing, what is not wholly allocated, and what several customers paid."""
    if amount_minor <= 0 or (left_minor == 0 and payers == 0):
        raise NothingReceived(reference=reference)
    if left_minor:
        raise NotAllAllocated(reference=reference, left=left_minor)
    if payers > 1:
        raise SeveralPayers(reference=reference, count=payers)


def refuse_stating(*, last_on: date, on: date, stated: str, stated_until: date | None, until: date) -> None:
    """Refuse a month that is not over, and days that an earlier statement has."""
    if on <= last_on:
        raise MonthNotOver(at="month", last_on=last_on)
    if stated_until is not None and stated_until >= until:
        raise StatedAlready(at="month", number=stated, last_on=last_on)


def by_rate(copies: Iterable[InvoiceCopy]) -> tuple[RateShare, ...]:
    """Return the totals of each rate over several invoices: amounts and taxes are added up, never computed anew."""
    sums: dict[tuple[str, bool], list[int]] = {}
    for rate in (rate for copy in copies for rate in copy.rates):
        both = sums.setdefault((rate.percent, rate.reduced), [0, 0])
        both[0] += rate.net_minor
        both[1] += rate.tax_minor
    return tuple(RateShare(percent, reduced, *both) for (percent, reduced), both in sorted(sums.items(), reverse=True))
