"""What is refused of usage and of how it is priced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kanjo.domains.billing.facts import UsageGiven
from kanjo.domains.billing.rules.guards import LARGEST_MINOR
from kanjo.domains.catalog.rules.usage import MOST_UNITS
from kanjo.foundation.ids import OrderLineId, PlanId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

LONGEST_ID = 100


class LineUnknown(Refusal):
    """Usage of an order line that the company does not have."""

    rule = "usage.line-unknown"
    kind = RefusalKind.MISSING
    says = Text(
        en="There is no order line {key} with a price of usage.", ja="従量単価のある注文明細 {key} がありません。"
    )
    remedy = Text(
        en="Check the number, or agree the price of its usage first.",
        ja="番号を確認するか、先に従量単価を登録してください。",
    )


class OutsideService(Refusal):
    """Usage on a day on which the line is not served, or before its usage had a price."""

    rule = "usage.outside-service"
    says = Text(
        en="{day} is outside of the days on which usage of the line has a price, {first} to {last}.",
        ja="{day} はこの明細の従量課金の対象期間（{first}〜{last}）の外です。",
    )
    remedy = Text(
        en="Correct the day, or send it for the line that was served then.",
        ja="日付を訂正するか、その日にサービス中の明細で登録してください。",
    )


class NotServedThen(Refusal):
    """Usage on a day on which the line was paused, or after it was ended."""

    rule = "usage.not-served"
    says = Text(
        en="The line is not served on {day}: it was paused or ended from {start} on.",
        ja="{day} は停止期間中です（{start} から停止または終了）。",
    )
    remedy = Text(
        en="Correct the day, or take the pause back first.", ja="日付を訂正するか、先に停止を取り消してください。"
    )


class DayToCome(Refusal):
    """Usage of a day that has not come."""

    rule = "usage.day-to-come"
    says = Text(en="{day} is after {today}.", ja="{day} は {today} より後の日付です。")
    remedy = Text(en="Send it once it was used.", ja="利用後に登録してください。")


class QuantityUnfit(Refusal):
    """A quantity below zero, or beyond what is computed exactly."""

    rule = "usage.quantity"
    says = Text(en="{quantity} is no quantity that can be used.", ja="数量 {quantity} は登録できません。")
    remedy = Text(
        en="Give 0 to {most}. What was sent too high is corrected by an event that names it.",
        ja="0〜{most} を指定してください。多すぎた分は、そのイベントを指定した訂正で直してください。",
    )


class TooDear(Refusal):
    """A quantity that alone costs more than can be billed."""

    rule = "usage.too-dear"
    says = Text(
        en="The {quantity} units of event {event} cost {amount} minor units or more at the price agreed.",
        ja="イベント {event} の数量 {quantity} は、登録済みの単価で {amount} 以上になります。",
    )
    remedy = Text(
        en="Correct the quantity or its unit: no more than {most} can be billed.",
        ja="数量または単位を訂正してください。請求できるのは {most} までです。",
    )


class EventUnnamed(Refusal):
    """An event without an id by which it could be known again."""

    rule = "usage.event-id"
    says = Text(en="“{event}” is no id of an event.", ja="「{event}」はイベントIDとして使えません。")
    remedy = Text(en="Give 1 to {most} characters.", ja="1〜{most}文字で指定してください。")


class OtherContent(Refusal):
    """An id that is known with another content."""

    rule = "usage.other-content"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Event {event} is known: {quantity} on {day}.", ja="イベント {event} は登録済みです（{day}、{quantity}）。"
    )
    remedy = Text(
        en="Send a new event that corrects it.",
        ja="訂正は、新しいIDのイベントで元のイベントを指定して登録してください。",
    )


class CorrectsNothing(Refusal):
    """A correction of an event that is not known."""

    rule = "usage.corrects-nothing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no event {event} to correct.", ja="訂正するイベント {event} がありません。")
    remedy = Text(en="Check its id, or send it first.", ja="IDを確認するか、先に元のイベントを登録してください。")


class CorrectedBefore(Refusal):
    """A correction of an event that another one corrects already."""

    rule = "usage.corrected-before"
    kind = RefusalKind.CONFLICT
    says = Text(en="Event {event} is corrected by {by}.", ja="イベント {event} は {by} で訂正済みです。")
    remedy = Text(en="Correct {by}.", ja="{by} を訂正してください。")


class CorrectsOtherLine(Refusal):
    """A correction that moves usage to another line."""

    rule = "usage.corrects-other-line"
    says = Text(en="Event {event} is of another order line.", ja="イベント {event} は別の注文明細のものです。")
    remedy = Text(
        en="Correct it to 0, and send the usage of the other line as an event of its own.",
        ja="0に訂正し、別の明細の利用は新しいイベントとして登録してください。",
    )


class RatedOtherwise(Refusal):
    """Another price of usage is agreed from the same day on."""

    rule = "usage.rated-otherwise"
    kind = RefusalKind.CONFLICT
    says = Text(en="From {day} on another price is agreed.", ja="{day} からは別の従量単価が登録されています。")
    remedy = Text(en="Give a later day.", ja="それより後の日付を指定してください。")


class TermAgreed(Refusal):
    """A later price that changes what is agreed for the whole term."""

    rule = "usage.term-agreed"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Commitment and prepayment are agreed for the whole term.",
        ja="最低利用額（期間全体）と前払いは契約期間全体で合意済みです。",
    )
    remedy = Text(en="Keep them as they are.", ja="元の値のままにしてください。")


@dataclass(frozen=True, slots=True)
class MeteredLine:
    """An order line whose usage has a price: its first priced day, the first day after it, and days without service."""

    plan_id: PlanId
    start: date
    until: date
    away: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event that is there; *corrected_by* counts in its place."""

    order_line_id: OrderLineId
    used_on: date
    quantity: int
    corrects: str = ""
    corrected_by: str = ""


@dataclass(slots=True)
class SortedOut:
    """What of given events is new, was known before with the same content, and is refused."""

    fresh: list[UsageGiven] = field(default_factory=list)
    known: int = 0
    refused: list[tuple[UsageGiven, Refusal]] = field(default_factory=list)


def sort_out(
    given: Sequence[UsageGiven],
    lines: Mapping[OrderLineId, MeteredLine],
    known: Mapping[str, KnownEvent],
    today: date,
    costs: Mapping[UsageGiven, int],
) -> SortedOut:
    """Sort events by what can be done with them, one after the other: a later one may correct an earlier one.

    *costs* says what each would cost if there were no other.
    """
    sorted_out, there = SortedOut(), dict(known)
    for event in given:
        try:
            if _is_known(event, there):
                sorted_out.known += 1
                continue
            _refuse_unfit(event, lines, today)
            _refuse_dear(event, costs[event])
            if event.corrects:
                _refuse_correction(event, there)
        except Refusal as refusal:
            sorted_out.refused.append((event, refusal))
            continue
        there[event.event_id] = KnownEvent(event.order_line_id, event.used_on, event.quantity, event.corrects)
        if event.corrects:
            was = there[event.corrects]
            there[event.corrects] = KnownEvent(
                was.order_line_id, was.used_on, was.quantity, was.corrects, event.event_id
            )
        sorted_out.fresh.append(event)
    return sorted_out


def _is_known(event: UsageGiven, known: Mapping[str, KnownEvent]) -> bool:
    was = known.get(event.event_id)
    if was is None:
        return False
    given = event.order_line_id, event.used_on, event.quantity, event.corrects
    if given != (was.order_line_id, was.used_on, was.quantity, was.corrects):
        raise OtherContent(at=event.place, event=event.event_id, quantity=f"{was.quantity:,}", day=was.used_on)
    return True


def _refuse_unfit(event: UsageGiven, lines: Mapping[OrderLineId, MeteredLine], today: date) -> None:
    line = lines.get(event.order_line_id)
    if line is None:
        raise LineUnknown(at=event.place, key=event.order_line_id)
    if not 0 < len(event.event_id) <= LONGEST_ID:
        raise EventUnnamed(at=event.place, event=event.event_id[:LONGEST_ID], most=LONGEST_ID)
    if not 0 <= event.quantity <= MOST_UNITS:
        raise QuantityUnfit(at=event.place, quantity=f"{event.quantity:,}", most=f"{MOST_UNITS:,}")
    if event.used_on > today:
        raise DayToCome(at=event.place, day=event.used_on, today=today)
    if not line.start <= event.used_on < line.until:
        last = line.until - timedelta(days=1)
        raise OutsideService(at=event.place, day=event.used_on, first=line.start, last=last)
    for start, until in line.away:
        if start <= event.used_on and (until is None or event.used_on < until):
            raise NotServedThen(at=event.place, day=event.used_on, start=start)


def _refuse_dear(event: UsageGiven, cost: int) -> None:
    if cost > LARGEST_MINOR:
        raise TooDear(
            at=event.place,
            event=event.event_id,
            quantity=f"{event.quantity:,}",
            amount=f"{cost:,}",
            most=f"{LARGEST_MINOR:,}",
        )


def _refuse_correction(event: UsageGiven, known: Mapping[str, KnownEvent]) -> None:
    was = known.get(event.corrects)
    if was is None:
        raise CorrectsNothing(at=event.place, event=event.corrects)
    if was.corrected_by:
        raise CorrectedBefore(at=event.place, event=event.corrects, by=was.corrected_by)
    if was.order_line_id != event.order_line_id:
        raise CorrectsOtherLine(at=event.place, event=event.corrects)
