"""Webhooks and their deliveries: what waits, what arrived, what was answered."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.webhooks.offer import OFFER
from kanjo.platform.webhooks.queries import (
    EndpointRow,
    MessageRow,
    count_endpoints,
    count_sendings,
    counts_of,
    get_endpoint,
    get_sending,
    list_endpoints,
    list_sendings,
)
from kanjo.platform.webhooks.rules import MOST_ATTEMPTS, PING
from kanjo.platform.webhooks.states import EndpointState, SendingState
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import Door, door
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.shown import Link

WATCH = Door(roles=(Role.ADMINISTRATOR, Role.AUDITOR))
TITLE = Text(en="Webhooks", ja="Webhook")
ONE = Text(en="Webhook", ja="Webhook")
DELIVERIES = Text(en="Deliveries of webhooks", ja="Webhookの送信履歴")
DELIVERY = Text(en="Delivery of a webhook", ja="Webhookの送信")
ADDRESS = Text(en="Address", ja="送信先URL")
HEARS = Text(en="Events told", ja="通知する出来事")
TEST = Text(en="Test message", ja="テスト送信")
WAITS = Text(en="Waiting", ja="送信待ち")
RECEIVED = Text(en="Received", ja="送信済み")
GIVEN_UP = Text(en="Given up", ja="失敗")
BOTH = Text(en="Both secrets sign until", ja="旧署名キーの併用期限")
RESTS = Text(en="Rests until", ja="送信停止期限")
TRIED = Text(en="Last tried", ja="最終送信日時")
NEXT = Text(en="Next try", ja="次回送信日時")
ANSWER = Text(en="Answer", ja="応答")
STATUS = Text(en="Status", ja="ステータス")
TOOK = Text(en="Took (ms)", ja="所要ミリ秒")
WHY = Text(en="Cause", ja="原因")
ATTEMPTS = Text(en="Attempts", ja="試行回数")
MESSAGE = Text(en="Message id", ja="メッセージID")
FACT = Text(en="Fact", ja="出来事の番号")
NEWEST = Text(en="The newest deliveries", ja="最近の送信")
NOTHING_SENT = Text(en="Nothing has been sent yet.", ja="送信履歴はありません。")
REGISTER = Text(en="Register a webhook", ja="Webhookを登録")
AMEND = Text(en="Change", ja="変更")
ROTATE = Text(en="New secret", ja="署名キーを更新")
TRY = Text(en="Send a test message", ja="テスト送信")
PAUSE = Text(en="Pause", ja="一時停止")
RESUME = Text(en="Resume", ja="再開")
AGAIN = Text(en="Send again", ja="再送")
AGAIN_SINCE = Text(en="Send again since …", ja="期間を指定して再送")
END = Text(en="End", ja="終了")
OVER = Text(en="The webhook has ended.", ja="このWebhookは終了しています。")
NOT_HEARING = Text(en="It is not active.", ja="有効な状態ではありません。")
RUNS = Text(en="It is active.", ja="有効な状態です。")
STILL_WAITS = Text(en="It waits to be sent already.", ja="すでに送信待ちです。")


def happened(kind: str) -> Text:
    """Return what a message tells, in words."""
    return TEST if kind == PING else OFFER.shown(kind)


def all_of(kinds: list[str]) -> Text:
    """Return kinds of fact in words."""
    names = [OFFER.shown(kind) for kind in kinds]
    return Text(en=", ".join(name.en for name in names), ja="、".join(name.ja for name in names))


WEBHOOKS = ListPage[EndpointRow](
    title=TITLE,
    door=WATCH,
    columns=(
        Column(labels.NAME, lambda row: Link(row.name, "webhook", row.id)),
        Column(ADDRESS, lambda row: row.url),
        Column(HEARS, lambda row: all_of(row.kinds)),
        Column(labels.RECORDED, lambda row: row.recorded_at),
        Column(labels.STATE, lambda row: row.state),
    ),
    rows=lambda asked: list_endpoints(asked.desk.actor, limit=asked.limit, at=asked.at, **asked.choices),
    count=lambda asked: count_endpoints(asked.desk.actor, **asked.choices),
    filters=(Filter("state", labels.STATE, tuple(EndpointState)),),
    acts=lambda _desk: (
        Act(DELIVERIES, Link("", "webhook-deliveries"), "webhooks.send-again"),
        Act(REGISTER, Link("", "register-webhook"), "webhooks.register", main=True),
    ),
    empty=Text(
        en="Nobody outside is told yet. Register an address, and what happens here is sent there, signed.",
        ja="外部への通知先はまだありません。アドレスを登録すると、ここでの出来事が署名付きで送信されます。",
    ),
)


def _status(row: MessageRow) -> object:
    return "" if row.last_status is None else str(row.last_status)


_SENT: tuple[Column[MessageRow], ...] = (
    Column(labels.TITLE, lambda row: Link(happened(row.kind), "webhook-delivery", row.id)),
    Column(labels.STATE, lambda row: row.state),
    Column(TRIED, lambda row: row.last_at),
    Column(STATUS, _status),
    amount(TOOK, lambda row: row.last_ms),
    amount(ATTEMPTS, lambda row: row.attempts),
    Column(NEXT, lambda row: row.due_at),
    Column(ANSWER, lambda row: row.last_answer[:60]),
)


SENDINGS = ListPage[MessageRow](
    title=DELIVERIES,
    door=WATCH,
    columns=(
        _SENT[0],
        Column(ONE, lambda row: Link(row.webhook, "webhook", row.webhook_id)),
        Column(labels.RECORDED, lambda row: row.recorded_at),
        *_SENT[1:],
    ),
    rows=lambda asked: list_sendings(asked.desk.actor, limit=asked.limit, at=asked.at, **asked.choices),
    count=lambda asked: count_sendings(asked.desk.actor, **asked.choices),
    filters=(Filter("state", labels.STATE, tuple(SendingState)),),
    note=Text(en="Latest first.", ja="新しい順。"),
    empty=Text(
        en="Nothing was sent yet. Each message and the answer to it will stand here.",
        ja="送信はまだありません。送信したメッセージと相手先の応答がここに残ります。",
    ),
)


@door(WATCH)
def webhook(request: DeskRequest, key: int) -> HttpResponse:
    """Show a webhook: where it leads, what it is told, and its newest deliveries."""
    row = get_endpoint(request.desk.actor, key)
    counts = counts_of(row.id)
    newest = list_sendings(request.desk.actor, webhook_id=row.id, limit=50)
    both = row.both_until if row.both_until and row.both_until > request.desk.now else None
    rests = row.rests_until if row.rests_until and row.rests_until > request.desk.now else None
    detail = Detail(
        kind=ONE,
        title=row.name,
        state=row.state,
        back=Link(TITLE, "webhooks"),
        facts=(
            (ADDRESS, row.url),
            (HEARS, all_of(row.kinds)),
            (labels.RECORDED, row.recorded_at),
            (WAITS, counts.waiting),
            (RECEIVED, counts.received),
            (GIVEN_UP, counts.given_up),
            (RESTS, rests),
            (BOTH, both),
        ),
        sections=(Section(NEWEST, Table.of(_SENT, newest), empty=NOTHING_SENT),),
        acts=_acts(row),
        trail=(("webhooks_endpoint", row.id),),
    )
    return show(request, detail)


def _acts(row: EndpointRow) -> tuple[Act, ...]:
    over = OVER if row.state is EndpointState.ENDED else None
    hears = row.state is EndpointState.HEARING
    stopping = Act(PAUSE, Link("", "pause-webhook", row.id), "webhooks.pause", over or (None if hears else NOT_HEARING))
    going_on = Act(
        RESUME, Link("", "resume-webhook", row.id), "webhooks.resume", over or (RUNS if hears else None), main=True
    )
    return (
        Act(TRY, Link("", "ping-webhook", row.id), "webhooks.ping", over),
        Act(AMEND, Link("", "amend-webhook", row.id), "webhooks.amend", over),
        Act(ROTATE, Link("", "rotate-secret", row.id), "webhooks.rotate-secret", over),
        Act(AGAIN_SINCE, Link("", "send-again-since", row.id), "webhooks.send-again-since", over),
        Act(END, Link("", "end-webhook", row.id), "webhooks.end", over),
        stopping if hears else going_on,
    )


@door(WATCH)
def sending(request: DeskRequest, key: int) -> HttpResponse:
    """Show a delivery: when it was tried last, what was answered, when it is tried next."""
    row = get_sending(request.desk.actor, key)
    endpoint = get_endpoint(request.desk.actor, row.webhook_id)
    over = OVER if endpoint.state is EndpointState.ENDED else None
    waits = STILL_WAITS if row.state is SendingState.WAITING else None
    detail = Detail(
        kind=DELIVERY,
        title=happened(row.kind).said_in(request.desk.actor.language),
        state=row.state,
        back=Link(endpoint.name, "webhook", endpoint.id),
        facts=(
            (ONE, Link(endpoint.name, "webhook", endpoint.id)),
            (ADDRESS, endpoint.url),
            (MESSAGE, row.message),
            (FACT, row.fact_id and str(row.fact_id)),
            (labels.RECORDED, row.recorded_at),
            (ATTEMPTS, Text(en=f"{row.attempts} of {MOST_ATTEMPTS}", ja=f"{row.attempts}／{MOST_ATTEMPTS}回")),
            (TRIED, row.last_at),
            (TOOK, row.last_ms),
            (STATUS, _status(row)),
            (WHY, row.last_failure and row.last_failure.shown),
            (ANSWER, row.last_answer),
            (NEXT, row.due_at),
        ),
        acts=(Act(AGAIN, Link("", "send-again", row.id), "webhooks.send-again", over or waits, main=True),),
        trail=(("webhooks_sending", row.id),),
    )
    return show(request, detail)
