"""Acts on webhooks. A secret is told in the answer that made it, and in no later one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
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
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import LINE, Code, Given, Moment, Nothing

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=LINE)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=LINE)]


class WebhookGiven(Given):
    """Where a webhook leads, and which kinds of fact it is told."""

    name: Name
    url: Url
    kinds: list[Code] = Field(min_length=1, max_length=100)


class Since(Given):
    """A moment: what was recorded from then on."""

    since: Moment


def _register(caller: Caller, key: int, given: WebhookGiven) -> Made:
    company_id = CompanyId(caller.company(key).id)
    made, secret = register_endpoint(company_id=company_id, **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("webhooks", made, secret=secret)


def _amend(caller: Caller, key: int, given: WebhookGiven) -> Made:
    amend_endpoint(endpoint_id=key, **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("webhooks", key)


def _rotate(caller: Caller, key: int, _given: Nothing) -> Made:
    return Made("webhooks", key, secret=rotate_secret(endpoint_id=key, by=caller.actor, at=caller.now))


def _ping(caller: Caller, key: int, _given: Nothing) -> Made:
    return Made("webhook-deliveries", ping(endpoint_id=key, by=caller.actor, at=caller.now))


def _again(caller: Caller, key: int, _given: Nothing) -> Made:
    send_again(sending_id=key, by=caller.actor, at=caller.now)
    return Made("webhook-deliveries", key)


def _again_since(caller: Caller, key: int, given: Since) -> Made:
    send_again_since(endpoint_id=key, since=given.since, by=caller.actor, at=caller.now)
    return Made("webhooks", key)


def _simply(act: Callable[..., None]) -> Callable[[Caller, int, Any], Made]:
    def do(caller: Caller, key: int, _given: Nothing) -> Made:
        act(endpoint_id=key, by=caller.actor, at=caller.now)
        return Made("webhooks", key)

    return do


ACTS = (
    Act(
        path="companies/{int:key}/webhooks",
        verbs=("webhooks.register",),
        title=Text(en="Register a webhook", ja="Webhookを登録"),
        takes=WebhookGiven,
        do=_register,
        of="companies",
        tells=True,
    ),
    Act(
        path="webhooks/{int:key}/amend",
        verbs=("webhooks.amend",),
        title=Text(en="Change a webhook", ja="Webhookを変更"),
        takes=WebhookGiven,
        do=_amend,
        of="webhooks",
    ),
    Act(
        path="webhooks/{int:key}/rotate-secret",
        verbs=("webhooks.rotate-secret",),
        title=Text(en="Give a webhook a new secret", ja="Webhookの署名キーを更新"),
        takes=Nothing,
        do=_rotate,
        of="webhooks",
        tells=True,
    ),
    Act(
        path="webhooks/{int:key}/ping",
        verbs=("webhooks.ping",),
        title=Text(en="Send a test message", ja="テスト送信"),
        takes=Nothing,
        do=_ping,
        of="webhooks",
    ),
    Act(
        path="webhooks/{int:key}/pause",
        verbs=("webhooks.pause",),
        title=Text(en="Pause a webhook", ja="Webhookを一時停止"),
        takes=Nothing,
        do=_simply(pause_endpoint),
        of="webhooks",
    ),
    Act(
        path="webhooks/{int:key}/resume",
        verbs=("webhooks.resume",),
        title=Text(en="Resume a webhook", ja="Webhookを再開"),
        takes=Nothing,
        do=_simply(resume_endpoint),
        of="webhooks",
    ),
    Act(
        path="webhooks/{int:key}/end",
        verbs=("webhooks.end",),
        title=Text(en="End a webhook", ja="Webhookを終了"),
        takes=Nothing,
        do=_simply(end_endpoint),
        of="webhooks",
    ),
    Act(
        path="webhooks/{int:key}/send-again",
        verbs=("webhooks.send-again-since",),
        title=Text(en="Send again what was recorded since a moment", ja="指定日時以降の出来事を再送"),
        takes=Since,
        do=_again_since,
        of="webhooks",
    ),
    Act(
        path="webhook-deliveries/{int:key}/send-again",
        verbs=("webhooks.send-again",),
        title=Text(en="Send a delivery again", ja="再送"),
        takes=Nothing,
        do=_again,
        of="webhook-deliveries",
    ),
)
