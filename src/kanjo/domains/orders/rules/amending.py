"""By how much an amendment changes the lines booked before it: what should stand, less what stands.

What should stand on a day is the line as ordered and every change of it in force, nothing from the day it ends. What
stands are the line and all changes booked so far. The difference is booked, cut where it is not the same every day; so
it does not matter in which order changes, ends and their withdrawals were agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, pairwise

from kanjo.domains.orders.facts import BookedLine, LineToBook, LineToChange
from kanjo.foundation.money import Rounding, divide
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class NothingChanged(Refusal):
    """An amendment without a line."""

    rule = "orders.nothing-changed"
    says = Text(en="The amendment names no line.", ja="契約変更に明細がありません。")
    remedy = Text(
        en="Give a new line, or a line that changes.", ja="新しい明細、または変更する明細を指定してください。"
    )


class NoLineToChange(Refusal):
    """The line was not ordered under this contract, or only changes another."""

    rule = "orders.no-line-to-change"
    kind = RefusalKind.MISSING
    says = Text(
        en="Order line {line} is not a line of this contract that can be changed.",
        ja="注文明細{line}は、この契約で変更できる明細ではありません。",
    )
    remedy = Text(en="Name a line as it was first ordered.", ja="最初に注文された明細を指定してください。")


class ChangedOutsideService(Refusal):
    """A change on a day on which the line is not provided."""

    rule = "orders.changed-outside-service"
    says = Text(en="{code} is not provided on {day}.", ja="{code}は{day}には提供されていません。")
    remedy = Text(
        en="Give a day from {starts_on} and before its end.", ja="{starts_on}以降、終了日より前の日を指定してください。"
    )


class LessThanNothing(Refusal):
    """A change that takes away more than there is."""

    rule = "orders.less-than-nothing"
    says = Text(
        en="{code} would come to {quantity} on {day}, at {net_minor}.",
        ja="この変更により、{day}の{code}の数量が{quantity}、金額が{net_minor}になります。",
    )
    remedy = Text(
        en="Take away no more than there is, or end the line.", ja="現在の数量・金額を超えて減らさないでください。"
    )


class AmendmentBooked(Refusal):
    """The amendment has its order."""

    rule = "orders.amendment-booked"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The amendment was already booked as order {number}.", ja="この契約変更は注文{number}として登録済みです。"
    )
    remedy = Text(en="Agree on a new amendment.", ja="新しい契約変更を登録してください。")


@dataclass(frozen=True, slots=True)
class Change:
    """A change in force: from `start` on so much more or less, or the end of the line."""

    start: date
    quantity: int
    net_minor: int
    ends: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A line as first ordered, its changes in force, and all that was booked to change it.

    `away` are the days on which it is suspended. `withdrawn` says that the amendment which brought it was withdrawn.
    """

    line: BookedLine
    in_force: tuple[Change, ...]
    booked: tuple[LineToBook, ...]
    withdrawn: bool = False
    away: tuple[Period, ...] = ()

    def changed_by(self, change: LineToChange) -> Standing:
        """Return how it stands with one more change in force; what has no days is changed from the first."""
        if not change.moves:
            return replace(self, away=(*self.away, change.away)) if change.away else self
        start = change.service.start if self.line.service else date.min
        return replace(self, in_force=(*self.in_force, Change(start, change.quantity, change.net_minor, change.ends)))

    def should(self, day: date) -> tuple[int, int]:
        """Return quantity and price of an interval that should stand on a day."""
        if self.withdrawn or any(change.ends and change.start <= day for change in self.in_force):
            return 0, 0
        begun = [change for change in self.in_force if change.start <= day]
        return (
            self.line.quantity + sum(change.quantity for change in begun),
            self.line.net_minor + sum(change.net_minor for change in begun),
        )

    def owed(self, day: date) -> int:
        """Return the price of an interval that is owed on a day: nothing while it is suspended."""
        return 0 if any(away.contains(day) for away in self.away) else self.should(day)[1]

    def stands(self, day: date) -> tuple[int, int]:
        """Return quantity and price of an interval that are booked for a day."""
        booked = [one for one in self.booked if one.service is None or one.service.contains(day)]
        return (
            self.line.quantity + sum(one.quantity for one in booked),
            self.line.net_minor + sum(one.net_minor for one in booked),
        )

    @property
    def served(self) -> Period | None:
        """The days from the first to the last on which anything of it stands; None where there are none."""
        days = [one for one in _days(self) if self.stands(one.start) != (0, 0)]
        return Period(days[0].start, days[-1].until) if days and self.line.service else None


def differences(before: Standing, after: Standing, change: LineToChange) -> list[LineToBook]:
    """Return what is to be booked so that the line stands as it should with *change*, earliest days first.

    *before* is how it stood, *after* how it stands without what is withdrawn. The total is shared by what is owed more
    or less, and by days. Where nothing moves, one line of the change's own days carries it. Refuses
    `ChangedOutsideService` and `LessThanNothing`.
    """
    refuse_impossible(after, change)
    pieces = _pieces(before, after.changed_by(change))
    if not pieces:
        return [_line(before.line, change, (change.service, 0, 0), change.total_minor)]
    weights = [piece.owed * piece.days.days for piece in pieces]
    shares = _shared(change.total_minor, weights if sum(weights) else [piece.days.days for piece in pieces])
    lasts = before.line.service is not None
    return [
        _line(before.line, change, (piece.days if lasts else None, piece.quantity, piece.net_minor), share)
        for piece, share in zip(pieces, shares, strict=True)
    ]


def refuse_impossible(standing: Standing, change: LineToChange) -> None:
    """Refuse a change outside the service of the line or after its end, and one that leaves less than nothing."""
    line, day = standing.line, change.service.start
    outside = line.service is not None and not line.service.contains(day)
    if change.moves and (outside or standing.stands(day) == (0, 0)):
        starts_on = line.service.start if line.service else day
        raise ChangedOutsideService(code=line.terms.code, day=day, starts_on=starts_on)
    changed = standing.changed_by(change)
    for days in _days(changed):
        quantity, net = changed.should(days.start)
        if quantity < 0 or net < min(line.net_minor, 0):
            raise LessThanNothing(code=line.terms.code, day=days.start, quantity=quantity, net_minor=net)


def as_amended(lines: Sequence[BookedLine]) -> tuple[BookedLine, ...]:
    """Return the lines that stand on their last day, as they stand then, with all they come to."""
    found = []
    for line in lines:
        changes = tuple(one for one in lines if one.changes == line.order_line_id)
        quantity, net_minor = Standing(line, (), changes).stands(line.service.last_on if line.service else date.min)
        if line.changes is None and quantity > 0:
            total = line.total_minor + sum(one.total_minor for one in changes)
            found.append(replace(line, quantity=quantity, net_minor=net_minor, total_minor=total))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Days on which so much more or less should stand, and is owed."""

    days: Period
    quantity: int
    net_minor: int
    owed: int

    @property
    def moved(self) -> tuple[int, int, int]:
        return self.quantity, self.net_minor, self.owed


def _days(*ways: Standing) -> list[Period]:
    """Return the days of the line, cut where anything changes; a line without days is one day long."""
    service = ways[0].line.service or Period(date.min, date.min + timedelta(days=1))
    cuts = [change.start for one in ways for change in one.in_force]
    for one in ways:
        for days in (*one.away, *(booked.service for booked in one.booked)):
            cuts += [days.start, days.until] if days else []
    return service.split_at(*cuts)


def _pieces(before: Standing, after: Standing) -> list[_Piece]:
    """Return the days on which anything differs, by how much."""
    found: list[_Piece] = []
    for days in _days(before, after):
        (quantity, net), (booked, at) = after.should(days.start), before.stands(days.start)
        piece = _Piece(days, quantity - booked, net - at, after.owed(days.start) - before.owed(days.start))
        if found and found[-1].days.until == days.start and found[-1].moved == piece.moved:
            found[-1] = replace(piece, days=Period(found[-1].days.start, days.until))
        elif any(piece.moved):
            found.append(piece)
    return found


def _shared(total: int, weights: Sequence[int]) -> list[int]:
    """Return the total cut by weights of either sign: each cut is rounded once, so the shares add up."""
    whole = sum(weights)
    cuts = [divide(total * part, whole, Rounding.HALF_UP) for part in accumulate(weights)]
    return [cut - last for last, cut in pairwise([0, *cuts])]


def _line(
    line: BookedLine, change: LineToChange, piece: tuple[Period | None, int, int], total_minor: int
) -> LineToBook:
    service, quantity, net_minor = piece
    return LineToBook(
        line.terms,
        quantity,
        line.list_minor,
        net_minor,
        total_minor,
        service,
        changes=line.order_line_id,
        ends=change.ends,
    )
