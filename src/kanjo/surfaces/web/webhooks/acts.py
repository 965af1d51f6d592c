"""What an administrator does with webhooks; a secret is shown once, in the answer to the form that made it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.webhooks.offer import OFFER
from kanjo.platform.webhooks.operations import (
    amend_endpoint,
    end_endpoint,
    pause_endpoint,
    ping,
    register_endpoint,
    resume_endpoint,
    rotate_secret,
    send_again,
    send_again_since,
)
from kanjo.platform.webhooks.queries import EndpointRow, get_endpoint, get_sending
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, many, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.known import moment, moment_shown
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.webhooks.pages import (
    ADDRESS,
    AGAIN,
    AGAIN_SINCE,
    AMEND,
    END,
    HEARS,
    ONE,
    PAUSE,
    REGISTER,
    RESUME,
    ROTATE,
    TITLE,
    TRY,
    happened,
)

SECRET = Text(en="Secret", ja="署名キー")
MADE = Text(
    en="Copy it now: it is shown this once and kept nowhere. The receiver verifies with it what we send.",
    ja="今すぐコピーしてください。再表示はできません。受信側は、この署名キーで送信内容を検証します。",
)
SHOWN = Text(
    en="The form came twice. The secret was made once, and shown once, in the answer to the first."
    " If you have not copied it, give the webhook a new one.",
    ja="同じ内容が2回送信されました。署名キーは1件だけ発行され、最初の応答で一度だけ表示されています。"
    "コピーしていない場合は、署名キーを更新してください。",
)
SINCE = Text(en="Since", ja="開始日時")
HOW = Text(en="The moment it was recorded, such as 2026-04-05 09:30.", ja="記録日時（例: 2026-04-05 09:30）。")


@door(doing("webhooks.register"))
def register(request: DeskRequest) -> HttpResponse:
    """Let an address hear facts of the company, and show the secret, once."""
    desk = request.desk
    made: list[tuple[int, str]] = []

    def do(given: Given) -> Link:
        made.append(
            register_endpoint(company_id=CompanyId(desk.company_id), **_told(given), by=desk.actor, at=desk.now)
        )
        return Link("", "webhook", made[0][0])

    says = Text(
        en="From now on the address is told by a signed POST what happens in this company: ids and figures,"
        " at least once each, in no certain order.",
        ja="登録後に販売会社で起きた出来事を、署名付きのPOSTで通知します。内容は番号と数値のみで、"
        "各出来事を1回以上送信します（順序は保証しません）。",
    )
    deed = Deed(
        tried=False, title=REGISTER, back=Link(TITLE, "webhooks"), button=REGISTER, do=do, fields=_fields(), says=says
    )
    return _with_secret(request, perform(request, deed), made)


@door(doing("webhooks.amend"))
def amend(request: DeskRequest, key: int) -> HttpResponse:
    """Change where a webhook leads and what it is told."""
    desk = request.desk
    row = get_endpoint(desk.actor, key)
    says = Text(en="What waits goes to the new address.", ja="送信待ちの内容は新しい送信先に送信します。")

    def do(given: Given) -> Link:
        amend_endpoint(endpoint_id=row.id, **_told(given), by=desk.actor, at=desk.now)
        return Link("", "webhook", row.id)

    back = Link(row.name, "webhook", row.id)
    of = ("webhooks_endpoint", row.id)
    return perform(request, Deed(of=of, title=AMEND, back=back, button=AMEND, do=do, fields=_fields(row), says=says))


@door(doing("webhooks.rotate-secret"))
def rotate(request: DeskRequest, key: int) -> HttpResponse:
    """Give a webhook a new secret and show it, once."""
    desk = request.desk
    row = get_endpoint(desk.actor, key)
    made: list[tuple[int, str]] = []

    def do(_given: Given) -> Link:
        made.append((row.id, rotate_secret(endpoint_id=row.id, by=desk.actor, at=desk.now)))
        return Link("", "webhook", row.id)

    says = Text(
        en="For a day every message carries two signatures, of the old secret and of the new one. Then only the new one"
        " counts. If the old one has leaked, do this twice: it stops at once.",
        ja="24時間は新旧両方の署名を付けて送信し、その後は新しい署名キーだけを使用します。"
        "署名キーが漏えいした場合は2回実行してください。漏えいしたキーは直ちに無効になります。",
    )
    back, of = Link(row.name, "webhook", row.id), ("webhooks_endpoint", row.id)
    deed = Deed(of=of, title=ROTATE, back=back, button=ROTATE, do=do, says=says)
    return _with_secret(request, perform(request, deed), made)


@door(doing("webhooks.pause"))
def pause(request: DeskRequest, key: int) -> HttpResponse:
    """Send nothing for a while."""
    says = Text(
        en="Nothing is sent until you resume it; what happens meanwhile waits.",
        ja="再開するまで送信しません。その間の出来事は送信待ちになります。",
    )
    return _simply(request, key, PAUSE, says, pause_endpoint)


@door(doing("webhooks.resume"))
def resume(request: DeskRequest, key: int) -> HttpResponse:
    """Send again."""
    says = Text(
        en="What waits is sent within seconds. What was given up is sent by “Send again since …”.",
        ja="送信待ちの内容を数秒以内に送信します。失敗した内容は「期間を指定して再送」で送信してください。",
    )
    return _simply(request, key, RESUME, says, resume_endpoint)


@door(doing("webhooks.end"))
def end(request: DeskRequest, key: int) -> HttpResponse:
    """Send nothing more."""
    says = Text(
        en="Nothing more is sent, for good; what waits is dropped.",
        ja="今後は送信しません。送信待ちの内容は取りやめます。元に戻せません。",
    )
    return _simply(request, key, END, says, end_endpoint)


@door(doing("webhooks.ping"))
def try_out(request: DeskRequest, key: int) -> HttpResponse:
    """Have a test message sent."""
    desk = request.desk
    row = get_endpoint(desk.actor, key)

    def do(_given: Given) -> Link:
        return Link("", "webhook-delivery", ping(endpoint_id=row.id, by=desk.actor, at=desk.now))

    says = Text(
        en="A message without a fact is sent within seconds, once, also while the webhook is paused.",
        ja="出来事を含まないメッセージを数秒以内に1回送信します（一時停止中も送信します）。",
    )
    return perform(request, Deed(title=TRY, back=Link(row.name, "webhook", row.id), button=TRY, do=do, says=says))


@door(doing("webhooks.send-again"))
def again(request: DeskRequest, key: int) -> HttpResponse:
    """Have one delivery sent anew."""
    desk = request.desk
    row = get_sending(desk.actor, key)

    def do(_given: Given) -> Link:
        send_again(sending_id=row.id, by=desk.actor, at=desk.now)
        return Link("", "webhook-delivery", row.id)

    says = Text(
        en="It is sent within seconds, under the id it had: a receiver that has it already knows it again.",
        ja="数秒以内に、同じメッセージIDで再送します。受信側は重複を判別できます。",
    )
    back = Link(happened(row.kind), "webhook-delivery", row.id)
    of = ("webhooks_sending", row.id)
    return perform(request, Deed(of=of, title=AGAIN, back=back, button=AGAIN, do=do, says=says))


@door(doing("webhooks.send-again-since"))
def again_since(request: DeskRequest, key: int) -> HttpResponse:
    """Have everything sent anew that was recorded since a moment."""
    desk = request.desk
    row = get_endpoint(desk.actor, key)

    def do(given: Given) -> Link:
        send_again_since(endpoint_id=row.id, since=given["since"], by=desk.actor, at=desk.now)
        return Link("", "webhook", row.id)

    says = Text(
        en="Everything that the webhook is told and that was recorded since is sent, also what happened before it was"
        " registered. What was sent before keeps its id.",
        ja="指定日時以降に記録された通知対象の出来事を、登録前のものも含めてすべて送信します。"
        "送信済みのものは同じメッセージIDで再送します。",
    )
    before = moment_shown(desk.now - timedelta(days=1))
    fields = (Field("since", SINCE, lambda text, at: moment(text, at=at), "text", True, HOW, before),)
    back = Link(row.name, "webhook", row.id)
    deed = Deed(title=AGAIN_SINCE, back=back, button=AGAIN, do=do, fields=fields, says=says, tried=False)
    return perform(request, deed)


def _simply(request: DeskRequest, key: int, title: Text, says: Text, act: Callable[..., None]) -> HttpResponse:
    desk = request.desk
    row = get_endpoint(desk.actor, key)

    def do(_given: Given) -> Link:
        act(endpoint_id=row.id, by=desk.actor, at=desk.now)
        return Link("", "webhook", row.id)

    back = Link(row.name, "webhook", row.id)
    of = ("webhooks_endpoint", row.id)
    return perform(request, Deed(of=of, title=title, back=back, button=title, do=do, says=says))


def _fields(row: EndpointRow | None = None) -> tuple[Field, ...]:
    options = tuple((kind, OFFER.shown(kind)) for kind in OFFER.kinds)
    hint = Text(en="https only, to a public address.", ja="https の公開アドレスを指定してください。")
    name, url = words("name", labels.NAME, most=80), words("url", ADDRESS, hint=hint, most=500)
    if row is None:
        return name, url, many("kinds", HEARS, options)
    return _filled(name, row.name), _filled(url, row.url), many("kinds", HEARS, options, initial=row.kinds)


def _filled(field: Field, initial: str) -> Field:
    return Field(field.name, field.label, field.read, field.widget, field.needed, field.hint, initial, most=field.most)


def _told(given: Given) -> dict[str, Any]:
    return {name: given[name] for name in ("name", "url", "kinds")}


def _with_secret(request: DeskRequest, response: HttpResponse, made: list[tuple[int, str]]) -> HttpResponse:
    """Show the secret that was made; the same form sent again is told that it was shown."""
    if not isinstance(response, HttpResponseRedirect):
        return response
    context = {"title": SECRET, "kind": ONE, "back": response.url}
    if made:
        return render(request, "secret.html", {**context, "says": MADE, "secret": made[0][1]})
    return render(request, "secret.html", {**context, "says": SHOWN})
