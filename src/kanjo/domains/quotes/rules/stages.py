"""How far a quote may go, and that its terms are the ones agreed to."""

from __future__ import annotations

import hashlib
import json

from pydantic import TypeAdapter

from kanjo.domains.quotes.facts import STEPS, BillingTerms, Offer, QuoteState
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

_OFFER = TypeAdapter(Offer)


class WrongState(Refusal):
    """The quote does not stand where the act begins."""

    rule = "quotes.wrong-state"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Quote {number} is “{state}” and cannot become “{to}”.",
        ja="見積{number}は「{state}」のため、「{to}」にできません。",
    )
    remedy = Text(en="Possible from here: {ways}.", ja="次に可能な状態: {ways}。")


class ReasonMissing(Refusal):
    """A quote withdrawn without a word."""

    rule = "quotes.reason-missing"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why.", ja="理由を記入してください。")


class TermsDiffer(Refusal):
    """Terms that are not those of the digest they were agreed under."""

    rule = "quotes.terms-differ"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The terms of quote {number}, version {version}, are not those that were approved.",
        ja="見積{number}第{version}版の内容が、承認された内容と一致しません。",
    )
    remedy = Text(
        en="Make a new version and have it approved; tell an administrator.",
        ja="新しい版を作成して承認を受け、システム管理者に連絡してください。",
    )


class NotConcluded(Refusal):
    """An answer that the approvers did not give to these terms."""

    rule = "quotes.not-concluded"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The approvers have not answered “{outcome}” to this version of quote {number}.",
        ja="見積{number}のこの版に対する承認結果「{outcome}」はありません。",
    )
    remedy = Text(en="Open its approval request.", ja="承認申請を確認してください。")


class RequestOpen(Refusal):
    """A change under the eyes of the approvers."""

    rule = "quotes.request-open"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Quote {number} waits for approval (request {request}).",
        ja="見積{number}は承認申請中です（申請番号{request}）。",
    )
    remedy = Text(en="Recall the request first.", ja="先に申請を取り下げてください。")


class OfferExpired(Refusal):
    """An offer that no longer stands."""

    rule = "quotes.offer-expired"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Quote {number} was valid until {valid_until} only.",
        ja="見積{number}の有効期限（{valid_until}の前日まで）が過ぎています。",
    )
    remedy = Text(en="Make a new version with a later day.", ja="有効期限を延ばした新しい版を作成してください。")


def refuse_unless_step(number: str, state: QuoteState, to: QuoteState) -> None:
    """Refuse `WrongState` unless a quote may go from one state to the other."""
    if (state, to) in STEPS:
        return
    ways = [after.shown for before, after in STEPS if before is state]
    named = Text(en=", ".join(way.en for way in ways) or "none", ja="、".join(way.ja for way in ways) or "なし")
    raise WrongState(number=number, state=state.shown, to=to.shown, ways=named)


def digest_of(offer: Offer) -> str:
    """Return the SHA-256 over every term and line of an offer, as 64 hexadecimal digits."""
    data = _OFFER.dump_python(offer, mode="json")
    if offer.billing == BillingTerms():
        del data["billing"]  # Offers of before there was a choice keep their digest.
    for line in data["lines"]:
        if line["usage"] is None:
            del line["usage"]  # So do those of before usage was offered.
        if not line["expected_units"]:
            del line["expected_units"]
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
