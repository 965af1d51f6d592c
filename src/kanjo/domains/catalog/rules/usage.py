"""What is refused of a price of usage."""

from __future__ import annotations

from itertools import pairwise

from kanjo.domains.catalog.facts import UsageModel, UsageTerms
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

MOST_UNITS = 10**15
MOST_TIERS = 50


class NotByPeriod(Refusal):
    """A price of usage on a charge that has no periods."""

    rule = "usage.not-by-period"
    says = Text(
        en="{description} is charged once and has no periods.", ja="{description} は一時課金で、期間がありません。"
    )
    remedy = Text(en="Price the usage of a recurring line.", ja="継続課金の明細に登録してください。")


class TiersUnfit(Refusal):
    """Tiers that do not say a price for every unit."""

    rule = "usage.tiers"
    says = Text(en="The tiers do not give every unit one price.", ja="段階がすべての数量に一つの単価を定めていません。")
    remedy = Text(
        en="Let the first tier begin after 0 units and each after more than the one before; give 1 to {most}, and one"
        " where every unit costs the same.",
        ja="最初の段階は0、以降は前より大きい数量から始めてください（1〜{most}段階）。単一単価・パッケージは1段階です。",
    )


class AmountUnfit(Refusal):
    """A price, minimum or prepayment below zero, or beyond what is computed exactly."""

    rule = "usage.amount"
    says = Text(en="{amount} is not between 0 and {most}.", ja="{amount} は 0〜{most} の範囲にありません。")
    remedy = Text(
        en="Give an amount in it; a price is for 1 unit or more.", ja="範囲内で、1単位以上の単価にしてください。"
    )


def refuse_terms(terms: UsageTerms) -> None:
    """Refuse terms by which not every unit has a price, or that could not be computed exactly."""
    single = terms.model in {UsageModel.PER_UNIT, UsageModel.PACKAGE}
    starts = [tier.from_units for tier in terms.tiers]
    if (
        not 0 < len(starts) <= (1 if single else MOST_TIERS)
        or starts[0] != 0
        or any(a >= b for a, b in pairwise(starts))
    ):
        raise TiersUnfit(at="tiers", most=MOST_TIERS)
    for place, tier in enumerate(terms.tiers):
        at = f"tiers[{place + 1}]"
        _refuse_amount(at, tier.price_minor, tier.flat_minor, tier.from_units, tier.per_units)
        if tier.per_units < 1:
            raise AmountUnfit(at=at, amount=tier.per_units, most=f"{MOST_UNITS:,}")
    for name in ("included_units", "minimum_minor", "commitment_minor", "prepaid_units", "prepaid_minor"):
        _refuse_amount(name, getattr(terms, name))


def _refuse_amount(at: str, *amounts: int) -> None:
    for amount in amounts:
        if not 0 <= amount <= MOST_UNITS:
            raise AmountUnfit(at=at, amount=f"{amount:,}", most=f"{MOST_UNITS:,}")
