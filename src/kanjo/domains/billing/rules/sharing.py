"""What is refused of shares of payers, and of invoices that are to be split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import gcd

from kanjo.domains.billing.facts import LARGEST_SHARE, MOST_PAYERS, ShareOfPayer
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class ShareUnfit(Refusal):
    """A share that is no whole number, or too large a one."""

    rule = "billing.share-unfit"
    says = Text(en="A share is {weight}.", ja="負担割合が {weight} になっています。")
    remedy = Text(
        en="Give whole numbers from 1 to {most:,}, such as 30 and 70.",
        ja="30 と 70 のように、1〜{most:,} の整数で指定してください。",
    )


class SharesUnexplained(Refusal):
    """Shares, or a split, without a reason."""

    rule = "billing.shares-unexplained"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write what was agreed with the payers.", ja="請求先との合意内容を記入してください。")


class PayerTwice(Refusal):
    """A payer that stands twice among those who share."""

    rule = "billing.payer-twice"
    says = Text(en="A payer stands twice among the shares.", ja="同じ請求先が2回指定されています。")
    remedy = Text(en="Give each payer once, with all of its share.", ja="請求先ごとに1行で、割合を合算してください。")


class TooManyPayers(Refusal):
    """More payers than one charge is shared by."""

    rule = "billing.too-many-payers"
    says = Text(en="{count} payers would share.", ja="請求先が {count} 件あります。")
    remedy = Text(en="Share among at most {most}.", ja="{most} 件以内にしてください。")


class NobodyPays(Refusal):
    """An invoice that would be split to nobody."""

    rule = "billing.nobody-pays"
    says = Text(en="No payer is named.", ja="請求先が指定されていません。")
    remedy = Text(en="Name at least one payer and its share.", ja="請求先と割合を1件以上指定してください。")


class SplitIsNone(Refusal):
    """A split to the one payer that the invoice has already."""

    rule = "billing.split-is-none"
    kind = RefusalKind.CONFLICT
    says = Text(en="Invoice {number} is that payer's already.", ja="請求書 {number} はすでにその請求先宛です。")
    remedy = Text(
        en="Name another payer, or several with their shares.",
        ja="別の請求先、または複数の請求先と割合を指定してください。",
    )


class SplitTooFine(Refusal):
    """A part of a part that is not known exactly any more."""

    rule = "billing.split-too-fine"
    says = Text(en="Invoice {number} was split too often.", ja="請求書 {number} は分割が細かすぎます。")
    remedy = Text(
        en="Give smaller whole numbers, such as 3 and 7 for 30 and 70.",
        ja="30 と 70 を 3 と 7 にするなど、小さい整数で指定してください。",
    )


class AlreadySplit(Refusal):
    """An invoice that was split before."""

    rule = "billing.already-split"
    kind = RefusalKind.CONFLICT
    says = Text(en="Invoice {number} was split into {parts}.", ja="請求書 {number} は {parts} に分割済みです。")
    remedy = Text(en="Split one of those, if need be.", ja="必要であれば、分割後の請求書を分割してください。")


class NotSplittable(Refusal):
    """A document that gives something back, or of which something was given back."""

    rule = "billing.not-splittable"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Something was given back of invoice {number}, or by it: it cannot be split.",
        ja="請求書 {number} には返還（返還請求書の発行または返還明細）があるため、分割できません。",
    )
    remedy = Text(
        en="Agree on shares for its contract: what is billed from then on, and billed anew, is shared.",
        ja="契約に請求先の負担割合を登録してください。以後の請求・再請求が按分されます。",
    )


def refuse_unshareable(shares: Sequence[ShareOfPayer], because: str) -> None:
    """Refuse shares that nothing could be cut by, or without a reason; none at all are fine."""
    if not because.strip():
        raise SharesUnexplained(at="because")
    if len(shares) > MOST_PAYERS:
        raise TooManyPayers(count=len(shares), most=MOST_PAYERS, at="shares")
    for place, share in enumerate(shares, start=1):
        if not 1 <= share.weight <= LARGEST_SHARE:
            raise ShareUnfit(weight=share.weight, most=LARGEST_SHARE, at=f"shares[{place}]")
    if any(count > 1 for count in Counter(share.payer_id for share in shares).values()):
        raise PayerTwice(at="shares")


def lowest_terms(shares: Sequence[ShareOfPayer]) -> list[int]:
    """Return the weights in lowest terms: 30 and 70 are 3 and 7."""
    weights = [share.weight for share in shares]
    by = gcd(*weights) or 1
    return [weight // by for weight in weights]
