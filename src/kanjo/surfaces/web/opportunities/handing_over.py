"""Opportunities handed over: one of them, or all that an owner who is away or has left still has open."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.opportunities.queries import count_open_by_owner, get_opportunity
from kanjo.foundation.ids import OpportunityId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import list_colleagues
from kanjo.processes.hand_over import hand_over_all, hand_over_deal
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, choice, day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

HAND_OVER = Text(en="Hand over", ja="担当者を変更")
HAND_OVER_ALL = Text(en="Hand over all of an owner", ja="担当商談をまとめて引継ぎ")
OPPORTUNITIES = Text(en="Opportunities", ja="商談")
FROM = Text(en="Owner until now", ja="現在の担当者")
TO = Text(en="New owner", ja="新しい担当者")
HOW_MANY = Text(en="{name}: {count} open", ja="{name}（進行中 {count}件）")
SAYS = Text(
    en="The deal goes on with the new owner, with what waits for the old one about its quotes. Both are told.",
    ja="商談と、その見積について現在の担当者宛になっている作業を引き継ぎます。双方に通知されます。",
)
SAYS_ALL = Text(
    en="Every open opportunity of the owner in this company goes to the new one, all or none. Both are told.",
    ja="この会社で進行中の商談をすべて引き継ぎます（一部だけ引き継がれることはありません）。双方に通知されます。",
)


@door(doing("opportunities.reassign"))
def one(request: DeskRequest, key: int) -> HttpResponse:
    """Hand one opportunity over."""
    desk = request.desk
    row = get_opportunity(OpportunityId(key), desk.actor)

    def do(given: Given) -> Link:
        hand_over_deal(
            opportunity_id=row.id,
            to_id=PersonId(int(given["to"])),
            because=given["because"],
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "opportunity", key)

    back = Link(row.name, "opportunity", key)
    deed = Deed(
        of=("opportunities_opportunity", key),
        title=HAND_OVER,
        back=back,
        button=HAND_OVER,
        do=do,
        fields=_fields(desk),
        says=SAYS,
    )
    return perform(request, deed)


@door(doing("opportunities.reassign"))
def everything(request: DeskRequest) -> HttpResponse:
    """Hand over all that an owner has open."""
    desk = request.desk

    def do(given: Given) -> Link:
        hand_over_all(
            company_id=desk.company_id,
            from_id=PersonId(int(given["from"])),
            to_id=PersonId(int(given["to"])),
            because=given["because"],
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "opportunities")

    owners = count_open_by_owner(desk.actor, desk.company_id).items()
    whose = tuple((str(key), HOW_MANY.filled(name=name, count=count)) for key, (name, count) in owners)
    deed = Deed(
        title=HAND_OVER_ALL,
        back=Link(OPPORTUNITIES, "opportunities"),
        button=HAND_OVER_ALL,
        do=do,
        fields=(choice("from", FROM, whose), *_fields(desk)),
        says=SAYS_ALL,
    )
    return perform(request, deed)


def _fields(desk: Desk) -> tuple[Field, ...]:
    people = tuple((str(key), name) for key, name in list_colleagues({desk.company_id}))
    return (
        choice("to", TO, people),
        prose("because", labels.REASON),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
