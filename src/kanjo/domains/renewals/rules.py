"""Which contracts come up for renewal, at which price, and what may become of a renewal."""

from __future__ import annotations

from datetime import date
from typing import Any

from kanjo.domains.renewals.facts import EndingContract, EndingLine, PricePolicy, RenewalState
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class OutsideNotice(Refusal):
    """A contract that does not end soon, or has ended."""

    rule = "renewals.outside-notice"
    says = Text(
        en="{on} is outside the notice window of contract {number}, {opens_on} until {until}.",
        ja="{on}は契約{number}の更新時期（{opens_on}から{until}の前日まで）に入っていません。",
    )
    remedy = Text(en="Wait until its window opens.", ja="更新時期に入ってから行ってください。")


class AlreadySettled(Refusal):
    """A renewal whose outcome is known."""

    rule = "renewals.settled"
    kind = RefusalKind.CONFLICT
    says = Text(en="This renewal is settled already: {state}.", ja="この更新はすでに完了しています（{state}）。")
    remedy = Text(
        en="Open a new opportunity if the customer comes back.",
        ja="顧客が再度希望する場合は、新しい商談を作成してください。",
    )


class OtherwiseQuoted(Refusal):
    """A renewal that was offered by another quote."""

    rule = "renewals.otherwise-quoted"
    kind = RefusalKind.CONFLICT
    says = Text(en="Another quote offers this renewal already.", ja="この更新にはすでに別の見積が紐付いています。")
    remedy = Text(en="Revise that quote.", ja="その見積を改訂してください。")


class NotQuoted(Refusal):
    """A contract for something that was never offered."""

    rule = "renewals.not-quoted"
    kind = RefusalKind.CONFLICT
    says = Text(en="This renewal was not quoted yet.", ja="この更新はまだ見積を提示していません。")
    remedy = Text(en="Quote it first.", ja="先に見積を作成してください。")


class NoCause(Refusal):
    """A lapse without a reason."""

    rule = "renewals.no-cause"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why the customer does not renew.", ja="更新しない理由を記入してください。")


SETTLED = (RenewalState.RENEWED, RenewalState.LAPSED)


def refuse_outside_notice(contract: EndingContract, *, on: date) -> None:
    """Refuse `OutsideNotice`: a renewal appears while the notice window is open, and not before or after."""
    if not contract.notice_opens_on <= on < contract.until:
        raise OutsideNotice(
            number=contract.number, on=on, opens_on=contract.notice_opens_on, until=contract.until, at="contracts"
        )


def refuse_settled(state: RenewalState) -> None:
    """Refuse `AlreadySettled`."""
    if state in SETTLED:
        raise AlreadySettled(state=state.shown)


def proposed_minor(contract: EndingContract, policy: PricePolicy) -> int:
    """Return the proposed price of the next term, in minor units of the contract's currency.

    `SAME_NET`: the old net of every line that runs until the end of the term; what was delivered once, or stopped
    running earlier, is not offered again.
    """
    assert policy is PricePolicy.SAME_NET
    return sum(line.total_minor for line in contract.lines if runs_until_the_end(line, contract.until))


def runs_until_the_end(line: EndingLine, until: date) -> bool:
    """Return whether the line is in service on the last day of the term."""
    return line.service is not None and line.service.until >= until


def old_terms(contract: EndingContract) -> dict[str, Any]:
    """Return the terms that end, as JSON data: ISO days, minor units, both names of every line."""
    return {
        "number": contract.number,
        "currency": contract.currency,
        "total_minor": contract.total_minor,
        "payment_terms": contract.payment_terms,
        "starts_on": contract.starts_on.isoformat(),
        "until": contract.until.isoformat(),
        "lines": [_line(line) for line in contract.lines],
    }


def why(contract: EndingContract, proposed: int, policy: PricePolicy) -> Text:
    """Return the sentence that a renewal rep reads on the queue."""
    price = Money(proposed, contract.currency)
    return Text(
        en="Contract {number} ends on {last_on}. Proposed for the next term: {price}, {policy}.",
        ja="契約{number}は{last_on}に満了します。次期の提案金額: {price}（{policy}）。",
    ).filled(
        number=contract.number,
        last_on=date.fromordinal(contract.until.toordinal() - 1),
        price=Text(en=price.shown("en"), ja=price.shown("ja")),
        policy=policy.shown,
    )


def _line(line: EndingLine) -> dict[str, Any]:
    return {
        "product_id": line.product_id,
        "code": line.code,
        "name_en": line.name.en,
        "name_ja": line.name.ja,
        "quantity": line.quantity,
        "net_minor": line.net_minor,
        "interval_months": line.interval_months,
        "interval_days": line.interval_days,
        "total_minor": line.total_minor,
        "service_start": line.service.start.isoformat() if line.service else None,
        "service_until": line.service.until.isoformat() if line.service else None,
    }
