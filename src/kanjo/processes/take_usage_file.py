"""From a file of what was used to usage of order lines: the file is read, its lines are found, all of it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kanjo.connectors.usage.reading import UsageFile, read_usage_file
from kanjo.domains.billing.facts import UsageGiven, UsageRefused, UsageSource
from kanjo.domains.billing.operations import check_usage, record_usage, told_refused
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, OrderLineId, UsageDeliveryId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.reports.usage import find_metered

NOWHERE = OrderLineId(0)


class NumberUnknown(Refusal):
    """A line of a usage file that names no order line with a price of usage."""

    rule = "usage.number-unknown"
    kind = RefusalKind.MISSING
    says = Text(
        en="There is no order line {number} with a price of usage.",
        ja="従量単価のある注文明細 {number} がありません。",
    )
    remedy = Text(
        en="Write the number of the order, a dash and the place of the line; agree its price first.",
        ja="「注文番号-行番号」で記載してください。単価が未登録の場合は先に登録してください。",
    )


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would come of a file: events by what would become of them; with anything refused nothing is taken."""

    fresh: tuple[UsageGiven, ...]
    known: int
    refused: tuple[UsageRefused, ...]


def foresee_usage_file(*, company_id: CompanyId, content: bytes, name: str, on: date) -> Foreseen:
    """Return what would come of taking the file in, and change nothing."""
    read = read_usage_file(content, name)
    faults = [*read.faults, *_unknown(read, company_id)]
    wrong = [UsageRefused(fault.at, "", fault.rule, fault.sentence) for fault in faults]
    known_lines = [event for event in _events(read, company_id) if event.order_line_id != NOWHERE]
    sorted_out = check_usage(company_id=company_id, events=known_lines, on=on)
    return Foreseen(tuple(sorted_out.fresh), sorted_out.known, (*wrong, *told_refused(sorted_out)))


def take_usage_file(
    *, company_id: CompanyId, content: bytes, name: str, on: date, by: Actor, at: datetime
) -> UsageDeliveryId:
    """Take a usage file in, whole or not at all, in the caller's transaction; the same file again changes nothing.

    Refuses the whole file for the first line that is wrong: file, line and rule are named.
    """
    read = read_usage_file(content, name)
    for fault in (*read.faults, *_unknown(read, company_id)):
        raise fault
    return record_usage(
        company_id=company_id,
        events=_events(read, company_id),
        source=UsageSource.CSV,
        name=name,
        whole=True,
        on=on,
        by=by,
        at=at,
    )


def _unknown(read: UsageFile, company_id: CompanyId) -> list[NumberUnknown]:
    found = find_metered(company_id, [line.order_line for line in read.lines])
    return [NumberUnknown(at=line.place, number=line.order_line) for line in read.lines if line.order_line not in found]


def _events(read: UsageFile, company_id: CompanyId) -> list[UsageGiven]:
    found = find_metered(company_id, [line.order_line for line in read.lines])
    return [
        UsageGiven(
            line.place,
            found.get(line.order_line, NOWHERE),
            line.event_id,
            line.used_on,
            line.quantity,
            line.corrects,
        )
        for line in read.lines
    ]
