"""Verbs of webhooks: an administrator registers an endpoint, changes, pauses and ends it, and has things sent again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.calling import read_target
from kanjo.platform.names import called
from kanjo.platform.tables import NotFound, alone, refuse_unseen
from kanjo.platform.webhooks.models import Endpoint, Sending
from kanjo.platform.webhooks.offer import OFFER
from kanjo.platform.webhooks.rules import BOTH_FOR, PING, written
from kanjo.platform.webhooks.states import EndpointState, SendingState
from kanjo.platform.worklist.operations import close

ENDPOINT = "webhooks_endpoint"
FAILING = "webhooks.failing"
MOST = 20
"""How many endpoints of a company hear facts: each act writes a row for every one of them."""
LEASE = timedelta(minutes=1)
"""How long whoever takes a sending has it alone: far longer than a call may take."""


class UnknownKind(Refusal):
    """A kind of fact that is not told outside, or none at all."""

    rule = "webhooks.unknown-kind"
    says = Text(en="“{kind}” is no kind of fact that is sent.", ja="「{kind}」は通知できる出来事ではありません。")
    remedy = Text(en="Choose from the list, at least one.", ja="一覧から1件以上選択してください。")


class TooManyEndpoints(Refusal):
    """The company has as many endpoints as may hear it."""

    rule = "webhooks.too-many"
    kind = RefusalKind.CONFLICT
    says = Text(en="The company has {most} webhooks.", ja="Webhookが上限の{most}件に達しています。")
    remedy = Text(en="End one that nobody needs.", ja="使用していないWebhookを終了してください。")


class WrongEndpointState(Refusal):
    """The endpoint is not in a state in which this can be done."""

    rule = "webhooks.wrong-state"
    kind = RefusalKind.CONFLICT
    says = Text(en="The state of “{name}” is: {state}.", ja="「{name}」の状態: {state}。")
    remedy = Text(en="This needs the state: {wanted}.", ja="この操作ができる状態: {wanted}。")


class StillWaiting(Refusal):
    """What would be sent again has not been sent yet."""

    rule = "webhooks.still-waiting"
    kind = RefusalKind.CONFLICT
    says = Text(en="It waits to be sent already.", ja="すでに送信待ちです。")
    remedy = Text(
        en="Nothing is left to do here; resume the webhook if it is paused.",
        ja="操作は不要です。Webhookが停止中の場合は再開してください。",
    )


@verb("webhooks.register", Role.ADMINISTRATOR)
def register_endpoint(
    *, company_id: CompanyId, name: str, url: str, kinds: Sequence[str], by: Actor, at: datetime
) -> tuple[int, str]:
    """Let an address hear facts of the company from now on; return its id, and the secret that is told this once.

    Refuses `NotAnAddress`, `NotPublic`, `UnknownKind` and `TooManyEndpoints`.
    """
    refuse_unseen(company_id, by)
    heard = _heard(url, kinds)
    alone("webhooks.register", company_id)
    if Endpoint.objects.filter(company_id=company_id).exclude(state=EndpointState.ENDED).count() >= MOST:
        raise TooManyEndpoints(most=MOST)
    endpoint = Endpoint.objects.create(company_id=company_id, name=name, url=url, kinds=heard, salt=_salt())
    return endpoint.pk, written(secret_of(endpoint.salt))


@verb("webhooks.amend", Role.ADMINISTRATOR)
def amend_endpoint(*, endpoint_id: int, name: str, url: str, kinds: Sequence[str], by: Actor, at: datetime) -> None:
    """Change what an endpoint is called, where it is and what it hears; what waits goes to the new address."""
    endpoint = _living(endpoint_id, by)
    endpoint.name, endpoint.url, endpoint.kinds = name, url, _heard(url, kinds)
    endpoint.save(update_fields=["name", "url", "kinds"])


@verb("webhooks.rotate-secret", Role.ADMINISTRATOR)
def rotate_secret(*, endpoint_id: int, by: Actor, at: datetime) -> str:
    """Give the endpoint a new secret and return it, told this once; the old one signs beside it for a day."""
    endpoint = _living(endpoint_id, by)
    endpoint.salt, endpoint.salt_before, endpoint.both_until = _salt(), endpoint.salt, at + BOTH_FOR
    endpoint.save(update_fields=["salt", "salt_before", "both_until"])
    return written(secret_of(endpoint.salt))


@verb("webhooks.pause", Role.ADMINISTRATOR)
def pause_endpoint(*, endpoint_id: int, by: Actor, at: datetime) -> None:
    """Send nothing until it is resumed; what happens meanwhile waits."""
    endpoint = Endpoint.objects.locked(endpoint_id, by)
    _expect(endpoint, EndpointState.HEARING)
    endpoint.state = EndpointState.PAUSED
    endpoint.save(update_fields=["state"])


@verb("webhooks.resume", Role.ADMINISTRATOR)
def resume_endpoint(*, endpoint_id: int, by: Actor, at: datetime) -> None:
    """Send again, what waits first, and take the endpoint off the queue of the administrators."""
    endpoint = Endpoint.objects.locked(endpoint_id, by)
    _expect(endpoint, EndpointState.PAUSED, EndpointState.FAILING)
    endpoint.state, endpoint.failures, endpoint.rests_until = EndpointState.HEARING, 0, None
    endpoint.save(update_fields=["state", "failures", "rests_until"])
    waiting = Sending.objects.filter(endpoint=endpoint, state=SendingState.WAITING, due_at__gt=at + LEASE)
    waiting.update(due_at=at, attempts=0)
    close(kind=FAILING, subject=(ENDPOINT, endpoint_id), by=by, at=at)


@verb("webhooks.end", Role.ADMINISTRATOR)
def end_endpoint(*, endpoint_id: int, by: Actor, at: datetime) -> None:
    """Send nothing more, for good; what waits is dropped."""
    endpoint = _living(endpoint_id, by)
    endpoint.state = EndpointState.ENDED
    endpoint.save(update_fields=["state"])
    Sending.objects.filter(endpoint=endpoint, state=SendingState.WAITING).update(state=SendingState.DROPPED)
    close(kind=FAILING, subject=(ENDPOINT, endpoint_id), by=by, at=at, dropped=True)


@verb("webhooks.ping", Role.ADMINISTRATOR)
def ping(*, endpoint_id: int, by: Actor, at: datetime) -> int:
    """Have a message without a fact sent, once, whether the endpoint is paused or not; return its sending."""
    endpoint = _living(endpoint_id, by)
    sending = Sending.objects.create(endpoint=endpoint, kind=PING, message=f"msg_{uuid4().hex}", due_at=at)
    return int(sending.pk)


@verb("webhooks.send-again", Role.ADMINISTRATOR)
def send_again(*, sending_id: int, by: Actor, at: datetime) -> None:
    """Have one sending sent anew, under the id it had; refuses `StillWaiting`."""
    mine = Sending.objects.filter(pk=sending_id, endpoint__company_id__in=by.companies)
    endpoint_id = mine.values_list("endpoint_id", flat=True).first()
    if endpoint_id is None:
        raise NotFound(what=called(Sending), key=sending_id)
    endpoint = _living(endpoint_id, by)
    sending = mine.select_for_update(of=("self",)).get()
    if sending.state == SendingState.WAITING:
        raise StillWaiting
    sending.state, sending.attempts, sending.due_at = SendingState.WAITING, 0, at
    sending.save(update_fields=["state", "attempts", "due_at"])
    _note_again(endpoint, by, at)


@verb("webhooks.send-again-since", Role.ADMINISTRATOR)
def send_again_since(*, endpoint_id: int, since: datetime, by: Actor, at: datetime) -> int:
    """Have everything sent that the endpoint hears and was recorded since a moment; return how many wait for it anew.

    Also what happened before it was registered. What was sent before keeps its id, so that a receiver knows it again.
    """
    endpoint = _living(endpoint_id, by)
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [endpoint_id, at, endpoint.company_id, list(endpoint.kinds), since, at])
        count = int(cursor.rowcount)
    _note_again(endpoint, by, at)
    return count


_SINCE = """
INSERT INTO webhooks_sending (endpoint_id, fact_id, kind, message, due_at)
SELECT %s, f.id, f.kind, 'msg_' || replace(gen_random_uuid()::text, '-', ''), %s
FROM outbox_fact f WHERE f.company_id = %s AND f.kind = ANY(%s::text[]) AND f.recorded_at >= %s
ON CONFLICT (endpoint_id, fact_id) DO UPDATE SET state = 'waiting', attempts = 0, due_at = %s
WHERE webhooks_sending.state <> 'waiting'
"""


def secret_of(salt: str) -> bytes:
    """Return the secret that a salt stands for: only who has the key of this installation can make it again."""
    return salted_hmac("kanjo.platform.webhooks", salt, algorithm="sha256").digest()


def _salt() -> str:
    return secrets.token_hex(32)


def _heard(url: str, kinds: Sequence[str]) -> list[str]:
    read_target(url, allowed=settings.ENVIRONMENT.may_call, at="url")
    known = OFFER.kinds
    unknown = next((kind for kind in kinds if kind not in known), None if kinds else "")
    if unknown is not None:
        raise UnknownKind(at="kinds", kind=quoted(unknown))
    return [kind for kind in known if kind in kinds]


def _living(endpoint_id: int, by: Actor) -> Endpoint:
    endpoint = Endpoint.objects.locked(endpoint_id, by)
    _expect(endpoint, EndpointState.HEARING, EndpointState.PAUSED, EndpointState.FAILING)
    return endpoint


def _expect(endpoint: Endpoint, *states: EndpointState) -> None:
    if endpoint.state not in states:
        wanted = Text(en=", ".join(one.shown.en for one in states), ja="、".join(one.shown.ja for one in states))
        state = EndpointState(endpoint.state).shown
        raise WrongEndpointState(name=quoted(endpoint.name), state=state, wanted=wanted)


def _note_again(endpoint: Endpoint, by: Actor, at: datetime) -> None:
    endpoint.sent_again_at = at
    endpoint.save(update_fields=["sent_again_at"])
    if endpoint.state == EndpointState.HEARING:
        close(kind=FAILING, subject=(ENDPOINT, endpoint.pk), by=by, at=at)
