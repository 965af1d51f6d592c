"""Deliveries that were given up: what should have followed by itself and failed: why, and to try it again."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.outbox.operations import deliver_again
from kanjo.platform.outbox.queries import DeliveryRow, count_given_up, get_delivery, list_given_up
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.chosen import Each
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, amount, show
from kanjo.surfaces.web.doors import Door, doing, door
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.shown import Link, State, said
from kanjo.surfaces.web.subjects import source_of_fact
from kanjo.surfaces.web.words import DELIVERY_STATES, FACT_NAMES, REACTION_NAMES

WATCH = Door(roles=(Role.ADMINISTRATOR, Role.AUDITOR))
TITLE = Text(en="Failed automatic steps", ja="自動処理の失敗")
STEP = Text(en="Automatic step", ja="自動処理")
AGAIN = Text(en="Try it again", ja="再実行")
HAPPENED = Text(en="What happened", ja="きっかけ")
FOLLOWS = Text(en="What should follow", ja="処理内容")
ABOUT = Text(en="About", ja="対象")
CAUSE = Text(en="Cause", ja="原因")
ATTEMPTS = Text(en="Attempts", ja="試行回数")
NEXT = Text(en="Tried next at", ja="次の実行日時")
GONE = Text(en="A step that this release does not have", ja="このリリースにない処理")
DONE_ALREADY = Text(en="It was not given up.", ja="失敗した状態ではありません。")

TONES = {"waiting": "wait", "delivered": "ok", "dead": "stop"}


def follows(row: DeliveryRow) -> object:
    """Return what a delivery does, in words."""
    return REACTION_NAMES.get(row.reaction, GONE)


def happened(row: DeliveryRow) -> object:
    """Return the fact that a delivery answers, in words."""
    return FACT_NAMES.get(row.kind, row.kind)


MEND = Text(
    en="Mend the cause first. The step is then tried within seconds; what fails again comes back to the queue.",
    ja="先に原因を解消してください。数秒以内に再実行します。再度失敗した場合は受付箱に戻ります。",
)

GIVEN_UP = ListPage[DeliveryRow](
    title=TITLE,
    door=WATCH,
    columns=(
        Column(FOLLOWS, lambda row: Link(follows(row), "delivery", row.id)),
        Column(HAPPENED, happened),
        Column(ABOUT, lambda row: source_of_fact(row.kind, row.subject_id)),
        Column(labels.RECORDED, lambda row: row.recorded_at),
        amount(ATTEMPTS, lambda row: row.attempts),
        Column(CAUSE, lambda row: row.error),
    ),
    rows=lambda asked: list_given_up(asked.desk.actor, among=asked.among, limit=asked.limit, at=asked.at),
    count=lambda asked: count_given_up(asked.desk.actor),
    note=Text(en="Latest first.", ja="新しい順。"),
    empty=Text(
        en="Every automatic step was done. One that fails again and again will stand here.",
        ja="失敗した自動処理はありません。繰り返し失敗したものだけがここに残ります。",
    ),
    key=lambda row: row.id,
    each=(
        Each(
            name="again",
            label=AGAIN,
            verb="outbox.deliver-again",
            says=MEND,
            do=lambda desk, row, _given: deliver_again(delivery_id=row.id, by=desk.actor, at=desk.now),
        ),
    ),
)


@door(WATCH)
def delivery(request: DeskRequest, key: int) -> HttpResponse:
    """Show an automatic step: what it answers, and why it failed last."""
    row = get_delivery(request.desk.actor, key)
    given_up = row.state == "dead"
    detail = Detail(
        kind=STEP,
        title=said(follows(row)),
        state=State(DELIVERY_STATES[row.state], TONES[row.state]),
        back=Link(TITLE, "failed-deliveries"),
        facts=(
            (HAPPENED, happened(row)),
            (ABOUT, source_of_fact(row.kind, row.subject_id)),
            (labels.ON, row.effective_on),
            (labels.RECORDED, row.recorded_at),
            (ATTEMPTS, row.attempts),
            (NEXT, row.due_at if row.state == "waiting" else None),
            (CAUSE, row.error),
        ),
        acts=(
            Act(
                AGAIN,
                Link("", "deliver-again", key),
                "outbox.deliver-again",
                None if given_up else DONE_ALREADY,
                main=True,
            ),
        ),
        trail=(("outbox_delivery", key),),
    )
    return show(request, detail)


@door(doing("outbox.deliver-again"))
def again(request: DeskRequest, key: int) -> HttpResponse:
    """Let a step that was given up be tried anew."""
    desk = request.desk
    row = get_delivery(desk.actor, key)

    def do(_given: Given) -> Link:
        deliver_again(delivery_id=row.id, by=desk.actor, at=desk.now)
        return Link("", "delivery", key)

    back = Link(follows(row), "delivery", key)
    return perform(request, Deed(title=AGAIN, back=back, button=AGAIN, do=do, says=MEND))
