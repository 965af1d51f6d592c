"""What customers use, as their meters send it: in deliveries, some of it late, and corrected where it was wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from kanjo.domains.billing.facts import UsageGiven, UsageSource
from kanjo.domains.billing.operations import correct_usage, record_usage
from kanjo.foundation.actors import Role
from kanjo.processes.history.days import Calendar
from kanjo.processes.history.script import DealInPlay, Script, UsageInPlay
from kanjo.processes.history.stage import Scene, Stage

RANK = 9
"""Before the invoices of the day, after its deals."""


def usage_scenes(script: Script, calendar: Calendar) -> Iterator[Scene]:
    """Return what is sent of won deals, what comes on one day together; a correction comes by itself."""
    deals = {deal.key: deal for deal in script.deals}
    together: dict[tuple[str, date], list[UsageInPlay]] = {}
    for one in script.usage:
        on = calendar.happened(one.on)
        if one.corrects:
            yield Scene(on, RANK, partial(correct, one))
        else:
            together.setdefault((one.deal, on), []).append(one)
    for (deal, on), events in together.items():
        yield Scene(on, RANK, partial(send, deals[deal], events))


def send(deal: DealInPlay, events: Sequence[UsageInPlay], stage: Stage) -> None:
    """Take in what was used."""
    line_id = stage.lines(deal)[0].order_line_id
    record_usage(
        company_id=stage.company_id,
        events=[
            UsageGiven(str(place), line_id, one.event, stage.calendar.written(one.used_on), one.quantity)
            for place, one in enumerate(events, start=1)
        ],
        source=UsageSource.API,
        whole=True,
        on=stage.on,
        by=stage.the(Role.RECEIVABLES),
        at=stage.at,
    )


def correct(one: UsageInPlay, stage: Stage) -> None:
    """Let an event count in the place of another."""
    correct_usage(
        company_id=stage.company_id,
        corrects=one.corrects,
        event_id=one.event,
        used_on=stage.calendar.written(one.used_on),
        quantity=one.quantity,
        because=one.because,
        on=stage.on,
        by=stage.the(Role.RECEIVABLES),
        at=stage.at,
    )
