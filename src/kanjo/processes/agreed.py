"""What both sides agreed to change in a contract, and what that means to the stages that follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kanjo.domains.billing.facts import ContractChange, LineAway, LineChange, LineToBill, PartOf
from kanjo.domains.catalog.facts import ChargeKind, UsageTerms
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.contracts.queries import ContractRow, get_amendment
from kanjo.domains.orders.facts import BookedLine, LineNow, LineToBook, LineToChange
from kanjo.domains.orders.queries import lines_now, lines_of_amendment, lines_to_change
from kanjo.domains.quotes.facts import OfferLine
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import AmendmentId, OrderLineId
from kanjo.foundation.money import Rounding, divide
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.splitting import split
from kanjo.foundation.texts import Text
from kanjo.processes.draft_offer import LineWanted, price


@dataclass(frozen=True, slots=True)
class LineMore:
    """So many more of a line, or less, and so much more an interval."""

    order_line_id: OrderLineId
    quantity: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class PartWanted:
    """So many units of a line that become a line of their own, at their share of its price."""

    order_line_id: OrderLineId
    quantity: int


def set_to(now: LineNow, quantity: int, net_minor: int | None) -> LineMore:
    """Return what makes a line so many, at that price of an interval, or at the price of one that it has now."""
    price_now = divide(now.net_minor * quantity, now.quantity or 1, Rounding.HALF_UP)
    net = price_now if net_minor is None else net_minor
    return LineMore(now.line.order_line_id, quantity - now.quantity, net - now.net_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An amendment as it was agreed: true from `effective_on` on, which may be past or to come.

    `until` is the first day after a suspension, None while nobody knows it. Periods are counted from `anchor_on` after
    a change of the billing day. A withdrawal and a resumption name the amendment they take back.
    """

    kind: AmendmentKind
    effective_on: date
    concluded_on: date
    because: str
    more: tuple[LineMore, ...] = ()
    ends: tuple[OrderLineId, ...] = ()
    added: tuple[LineWanted, ...] = ()
    parts: tuple[PartWanted, ...] = ()
    until: date | None = None
    anchor_on: date | None = None
    withdraws: AmendmentId | None = None


class Misfit(Refusal):
    """An amendment that says too little for its kind, or what its kind does not change."""

    rule = "contracts.misfit"
    says = Text(en="“{kind}” takes {needed}, and nothing else.", ja="「{kind}」に指定できるのは{needed}だけです。")
    remedy = Text(
        en="Agree on anything else by an amendment of its own.", ja="ほかの変更は、別の契約変更として登録してください。"
    )


class NotToPart(Refusal):
    """Units that would leave nothing of their line, or are none."""

    rule = "contracts.not-to-part"
    says = Text(
        en="{quantity} of {code} × {has} cannot become a line of their own.",
        ja="{code} × {has} から {quantity} を別の明細に分割できません。",
    )
    remedy = Text(
        en="Give at least 1, and fewer than the line has on the day.",
        ja="1以上、かつ適用日の数量より少ない数を指定してください。",
    )


class PartedTwice(Refusal):
    """One line split more than once by one amendment."""

    rule = "contracts.parted-twice"
    says = Text(en="Order line {line} stands there twice.", ja="注文明細 {line} が2回指定されています。")
    remedy = Text(
        en="Split it once more by another amendment.", ja="2回目の分割は、別の契約変更として登録してください。"
    )


_NAMES: Mapping[str, Text] = {
    "more": Text(en="more or fewer units", ja="数量の増減"),
    "added": Text(en="added products", ja="追加する製品"),
    "parts": Text(en="units that become a line of their own", ja="別の明細に分ける数量"),
    "ends": Text(en="lines that end", ja="終了する明細"),
    "withdraws": Text(en="the amendment that is taken back", ja="取り消す契約変更"),
    "anchor_on": Text(en="the billing day", ja="請求の基準日"),
    "until": Text(en="its last day", ja="終了日"),
    "effective_on": Text(en="the day it is true from", ja="適用日"),
}


def _named(fields: Sequence[str]) -> Text:
    """Return what an amendment takes, as people call it."""
    names = [_NAMES[field] for field in fields]
    return Text(en=" and ".join(one.en for one in names), ja="と".join(one.ja for one in names))


_TAKES: Mapping[AmendmentKind, tuple[str, ...]] = {
    AmendmentKind.CHANGE: ("more",),
    AmendmentKind.ADD_ON: ("added",),
    AmendmentKind.SWAP: ("ends", "added"),
    AmendmentKind.SPLIT: ("parts",),
    AmendmentKind.END_OF_LINES: ("ends",),
    AmendmentKind.SUSPENSION: (),
    AmendmentKind.RESUMPTION: ("withdraws",),
    AmendmentKind.BILLING_DAY: ("anchor_on",),
    AmendmentKind.WITHDRAWAL: ("withdraws",),
    AmendmentKind.TERMINATION: (),
}
"""What each kind must say; a suspension may say until when."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What an amendment means: to the plans of billing, to lines booked before it, and the lines that are new.

    Totals are not known yet: billing computes them.
    """

    billing: ContractChange
    changes: tuple[LineToChange, ...] = ()
    new: tuple[LineToBook, ...] = ()
    usage: tuple[UsageTerms | None, ...] = ()
    """How usage is priced of each of the new lines."""


def meant(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """Return what the amendment means to the lines of the contract as they stand.

    Refuses `Misfit`, and lines that are not there.
    """
    told = tuple(name for name in ("more", "ends", "added", "parts", "anchor_on", "withdraws") if getattr(agreed, name))
    if told != _TAKES[agreed.kind] or (agreed.until and agreed.kind is not AmendmentKind.SUSPENSION):
        alone = "until" if agreed.kind is AmendmentKind.SUSPENSION else "effective_on"
        raise Misfit(kind=agreed.kind.shown, needed=_named(_TAKES[agreed.kind] or (alone,)), at="kind")
    return _MEANT[agreed.kind](agreed, contract, actor)


def _other_lines(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """More or less of lines, lines that end, and new ones."""
    named = [more.order_line_id for more in agreed.more]
    lines = lines_to_change(actor, contract.id, [*named, *agreed.ends], agreed.effective_on)
    rest = {key: _rest(now, agreed.effective_on) for key, now in lines.items()}
    offered = price(agreed.added, currency=contract.currency, on=agreed.effective_on) if agreed.added else []
    return Meant(
        ContractChange(
            changes=tuple(
                LineChange(more.order_line_id, agreed.effective_on, more.net_minor, more.quantity)
                for more in agreed.more
            ),
            away=tuple(LineAway(key, agreed.effective_on, None, for_good=True) for key in agreed.ends),
        ),
        (
            *(
                LineToChange(one.order_line_id, rest[one.order_line_id], 0, one.quantity, one.net_minor)
                for one in agreed.more
            ),
            *(LineToChange(key, rest[key], 0, ends=True) for key in agreed.ends),
        ),
        _new_lines(offered, agreed, contract),
        tuple(line.usage for line in offered),
    )


def _new_lines(offered: Sequence[OfferLine], agreed: Agreed, contract: ContractRow) -> tuple[LineToBook, ...]:
    """Return the lines that join the contract: what runs, to its end, unless other days were agreed (co-terming)."""
    to_end = Period(agreed.effective_on, contract.until) if contract.until else None
    return tuple(
        LineToBook(
            line.terms,
            line.quantity,
            line.list_minor,
            line.net_minor,
            line.total_minor,
            line.service or (to_end if line.terms.charge is ChargeKind.RECURRING else None),
        )
        for line in offered
    )


def _split(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """Let some units of lines become lines of their own, at their share of the price, for the days that are left."""
    named = [part.order_line_id for part in agreed.parts]
    for key in named:
        if named.count(key) > 1:
            raise PartedTwice(line=key, at="parts")
    lines = lines_to_change(actor, contract.id, named, agreed.effective_on)
    billed, changes, new = [], [], []
    for part in agreed.parts:
        now = lines[part.order_line_id]
        if not 0 < part.quantity < now.quantity:
            raise NotToPart(code=now.line.terms.code, has=now.quantity, quantity=part.quantity, at="quantity")
        _, net = split(now.net_minor, [now.quantity - part.quantity, part.quantity])
        rest = _rest(now, agreed.effective_on)
        billed.append(LineChange(part.order_line_id, agreed.effective_on, -net, -part.quantity, parted=True))
        changes.append(LineToChange(part.order_line_id, rest, 0, -part.quantity, -net))
        service = rest if now.line.service else None
        terms, list_minor = now.line.terms, now.line.list_minor
        new.append(LineToBook(terms, part.quantity, list_minor, net, 0, service, part_of=part.order_line_id))
    return Meant(ContractChange(changes=tuple(billed)), tuple(changes), tuple(new), (None,) * len(new))


def _suspended(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """No service from the day on: each line that runs is away, and what is not served is not owed."""
    lines = _running(contract, actor, agreed.effective_on)
    away = {key: Period(agreed.effective_on, agreed.until or rest.until) for key, rest in lines.items()}
    return Meant(
        ContractChange(away=tuple(LineAway(key, agreed.effective_on, agreed.until, for_good=False) for key in lines)),
        tuple(LineToChange(key, days, 0, away=days) for key, days in away.items()),
    )


def _resumed(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """Let the suspension end on the day: what it took from the days after is given back."""
    assert agreed.withdraws is not None, "a resumption names its suspension"
    suspension = get_amendment(actor, agreed.withdraws)
    away = Period(suspension.effective_on, max(agreed.effective_on, suspension.effective_on))
    until = dict[OrderLineId, date]()
    for line in lines_of_amendment(actor, agreed.withdraws):  # one line in several where later changes waited
        assert line.changes is not None, "a suspension only changes lines"
        assert line.service is not None, "that run"
        until[line.changes] = max(line.service.until, until.get(line.changes, line.service.until))
    again = [LineAway(key, away.start, away.until, for_good=False) for key in until if away]
    changes = []
    for key, last in until.items():
        days = Period(*sorted((last, away.until)))
        changes.append(LineToChange(key, days or Period(suspension.effective_on, last), 0, away=away or None))
    return Meant(ContractChange(away=tuple(again), withdraws=(agreed.withdraws,)), tuple(changes))


def _withdrawn(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """As if it had never been agreed: its changes are taken back, what it brought goes with it."""
    assert agreed.withdraws is not None, "a withdrawal names what it takes back"
    earlier = get_amendment(actor, agreed.withdraws)
    away, changes = [], dict[OrderLineId, LineToChange]()
    for line in lines_of_amendment(actor, agreed.withdraws):
        key = line.changes or line.order_line_id
        days = line.service or Period(earlier.effective_on, earlier.effective_on)
        if line.changes is None:
            away.append(LineAway(key, _first_day(line, days, contract), None, for_good=True))
        if earlier.kind is AmendmentKind.RESUMPTION and earlier.withdraws_id:
            days = Period(get_amendment(actor, earlier.withdraws_id).effective_on, earlier.effective_on)
        changes.setdefault(key, LineToChange(key, days, 0))
    return Meant(ContractChange(away=tuple(away), withdraws=(agreed.withdraws,)), tuple(changes.values()))


def _first_day(line: BookedLine, days: Period, contract: ContractRow) -> date:
    """Return a day before anything of a line is billed: a part of one that is charged once is due as that is."""
    return days.start if line.part_of is None else min(contract.starts_on, contract.concluded_on)


def _other_day(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """Every line that runs is billed in periods that are counted from another day."""
    lines = _running(contract, actor, agreed.effective_on)
    changes = (LineChange(key, agreed.effective_on, 0, 0, agreed.anchor_on) for key in lines)
    return Meant(
        ContractChange(changes=tuple(changes)), tuple(LineToChange(key, rest, 0) for key, rest in lines.items())
    )


def _terminated(agreed: Agreed, contract: ContractRow, actor: Actor) -> Meant:
    """Let every line that would still be served end, on the day or before its own first one."""
    ends = {
        now.line.order_line_id: Period(max(agreed.effective_on, now.served.start), now.served.until)
        for now in lines_now(actor, contract.id, agreed.effective_on)
        if now.served and now.served.until > agreed.effective_on
    }
    return Meant(
        ContractChange(away=tuple(LineAway(key, days.start, None, for_good=True) for key, days in ends.items())),
        tuple(LineToChange(key, days, 0, ends=True) for key, days in ends.items()),
    )


_MEANT: Mapping[AmendmentKind, Callable[[Agreed, ContractRow, Actor], Meant]] = {
    AmendmentKind.CHANGE: _other_lines,
    AmendmentKind.ADD_ON: _other_lines,
    AmendmentKind.SWAP: _other_lines,
    AmendmentKind.SPLIT: _split,
    AmendmentKind.END_OF_LINES: _other_lines,
    AmendmentKind.SUSPENSION: _suspended,
    AmendmentKind.RESUMPTION: _resumed,
    AmendmentKind.BILLING_DAY: _other_day,
    AmendmentKind.WITHDRAWAL: _withdrawn,
    AmendmentKind.TERMINATION: _terminated,
}


def to_bill(
    lines: Sequence[LineToBook],
    keys: Sequence[OrderLineId],
    usage: Sequence[UsageTerms | None],
    *,
    anchor_on: date | None,
    agreed: Agreed,
    amendment_id: AmendmentId | None = None,
) -> list[LineToBill]:
    """Return new lines as billing needs them: counted from the anchor of the others, billed with them."""
    return [
        LineToBill(
            order_line_id=key,
            description=line.terms.name,
            charge=line.terms.charge,
            timing=line.terms.timing,
            interval_months=line.terms.interval_months,
            interval_days=line.terms.interval_days,
            net_minor=line.net_minor,
            tax_class=line.terms.tax_class,
            service=line.service,
            quantity=line.quantity,
            due_from=line.service.start if line.service else agreed.effective_on,
            anchor_on=anchor_on if line.terms.charge is ChargeKind.RECURRING else None,
            usage=terms,
            swapped=agreed.kind is AmendmentKind.SWAP,
            part_of=PartOf(line.part_of, agreed.effective_on, amendment_id) if line.part_of else None,
        )
        for line, key, terms in zip(lines, keys, usage, strict=True)
    ]


def _running(contract: ContractRow, actor: Actor, on: date) -> dict[OrderLineId, Period]:
    """Return what is left from a day on of each line that is served and charged again and again."""
    return {
        now.line.order_line_id: _rest(now, on)
        for now in lines_now(actor, contract.id, on)
        if now.line.terms.charge is ChargeKind.RECURRING and now.served and now.served.contains(on)
    }


def _rest(now: LineNow, on: date) -> Period:
    return Period(on, max(on, now.served.until)) if now.served else Period(on, on)
