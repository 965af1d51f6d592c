"""Instalments of a one-time charge: equal ones that add up, and what is refused of them."""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.domains.billing.facts import Instalment, Remainder
from kanjo.domains.catalog.facts import ChargeKind
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

MOST = 120


class CutUnexplained(Refusal):
    """Instalments without a reason."""

    rule = "billing.instalments-unexplained"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why the line is billed in instalments.", ja="分割して請求する理由を記入してください。")


class AnothersDeal(Refusal):
    """A line of a deal that somebody else carries."""

    rule = "billing.anothers-deal"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="Order line {line} belongs to somebody else's deal.",
        ja="注文明細 {line} はほかの担当者の商談によるものです。",
    )
    remedy = Text(
        en="Its owner, Deal Management, Sales Operations or Accounts Receivable do it.",
        ja="商談の担当者、ディールマネジメント、セールスオペレーションまたは売掛金管理が登録できます。",
    )


class CutAwaitsAcceptance(Refusal):
    """Instalments that would let a line be billed before the customer accepted it (検収)."""

    rule = "billing.instalments-before-acceptance"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="Order line {line} is not billed before the customer accepts it; instalments would be.",
        ja="注文明細 {line} は検収後に請求する契約です。分割すると検収前に請求されます。",
    )
    remedy = Text(
        en="Cut it after the acceptance, or let Deal Management or Sales Operations cut it.",
        ja="検収後に分割するか、ディールマネジメントまたはセールスオペレーションに依頼してください。",
    )


class NotInstalments(Refusal):
    """Instalments of something that recurs."""

    rule = "billing.instalments-recur"
    says = Text(en="Order line {line} is not charged once.", ja="注文明細 {line} は一時課金ではありません。")
    remedy = Text(en="Only a one-time charge is cut into instalments.", ja="分割できるのは一時課金だけです。")


class InstalmentsDoNotAddUp(Refusal):
    """Instalments that come to another amount than the charge."""

    rule = "billing.instalments-sum"
    says = Text(
        en="The instalments come to {sum}, the charge is {total}.",
        ja="分割金額の合計は {sum} ですが、請求額は {total} です。",
    )
    remedy = Text(en="Let them add up to the charge.", ja="合計を請求額に合わせてください。")


class InstalmentUnplaced(Refusal):
    """An instalment without a day and without a milestone, or with both; or one that costs nothing."""

    rule = "billing.instalment-unplaced"
    says = Text(
        en="Instalment {number} needs an amount, and either a day or a milestone.",
        ja="{number}回目には金額と、請求日またはマイルストーンのどちらか一方が必要です。",
    )
    remedy = Text(en="Give exactly one of them.", ja="どちらか一方を指定してください。")


class InstalmentsCount(Refusal):
    """No instalments, or more than anybody could follow."""

    rule = "billing.instalments-count"
    says = Text(en="{count} instalments are not possible.", ja="{count} 回に分割することはできません。")
    remedy = Text(en="Give 1 to {most}.", ja="1〜{most}回で指定してください。")


class LineEnds(Refusal):
    """Instalments of a line that was ended."""

    rule = "billing.instalments-of-ended"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Order line {line} was ended from {day} on.",
        ja="注文明細 {line} は {day} をもって終了する契約変更があります。",
    )
    remedy = Text(
        en="Withdraw the amendment that ends it, then cut the line.",
        ja="終了の契約変更を取り消してから、分割を設定してください。",
    )


class BilledAlready(Refusal):
    """A charge of which something was billed, or that was cut into instalments before."""

    rule = "billing.billed-already"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Order line {line} was billed, or cut into instalments, before.",
        ja="注文明細 {line} はすでに請求済み、または分割済みです。",
    )
    remedy = Text(
        en="Credit what was billed first; instalments are agreed once.",
        ja="請求済みの場合は先に返還請求書を発行してください。分割は一度だけ設定できます。",
    )


def equal_amounts(net_minor: int, count: int, remainder: Remainder = Remainder.LAST) -> list[int]:
    """Return an amount in so many equal parts that add up; what does not divide goes where *remainder* says.

    Refuses `InstalmentsCount`.
    """
    if not 1 <= count <= MOST:
        raise InstalmentsCount(count=count, most=MOST, at="count")
    sign, size = (1, net_minor) if net_minor >= 0 else (-1, -net_minor)
    each, rest = divmod(size, count)
    parts = {
        Remainder.FIRST: [each + rest, *[each] * (count - 1)],
        Remainder.LAST: [*[each] * (count - 1), each + rest],
        Remainder.SPREAD: [size * (place + 1) // count - size * place // count for place in range(count)],
    }
    return [sign * part for part in parts[remainder]]


def refuse_unsound(line: int, charge: ChargeKind, net_minor: int, instalments: Sequence[Instalment]) -> None:
    """Refuse instalments that cannot take the place of a line."""
    if charge is not ChargeKind.ONE_TIME:
        raise NotInstalments(line=line)
    if not 1 <= len(instalments) <= MOST:
        raise InstalmentsCount(count=len(instalments), most=MOST)
    for number, one in enumerate(instalments, start=1):
        if not one.net_minor or (one.bill_on is None) == (one.milestone is None):
            raise InstalmentUnplaced(number=number, at=f"instalments[{number}]")
    total = sum(one.net_minor for one in instalments)
    if total != net_minor:
        raise InstalmentsDoNotAddUp(sum=total, total=net_minor, at="instalments")
