"""Sending what waits: taken in one transaction, called in none, noted in another.

Whoever takes a sending has it alone for a while; when that is over and nothing was noted (the worker is gone), it is
taken again. So it goes out at least once, and never twice at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import name_act
from kanjo.platform.calling import SECONDS, Answer, Failure, post
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.states import RunState
from kanjo.platform.webhooks.models import Endpoint, Sending, TakenUp
from kanjo.platform.webhooks.offer import OFFER
from kanjo.platform.webhooks.operations import ENDPOINT, FAILING, LEASE, secret_of
from kanjo.platform.webhooks.rules import MOST_ATTEMPTS, PING, Message, headers_of, message_of, pause_after
from kanjo.platform.webhooks.states import EndpointState, SendingState
from kanjo.platform.worklist.operations import put

ACT = "webhooks.send"
AT_ONCE = 8
"""How many calls are under way together, and of them to one endpoint:"""
TOGETHER = 4
CHUNK = 10_000
SHOWN = 200
"""How much of an answer is kept."""

Clock = Callable[[], datetime]
_GIVEN_UP = Text(
    en="“{name}” failed {attempts} times: {failure}.", ja="「{name}」への送信が{attempts}回失敗しました: {failure}。"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A sending that was taken, until when, and what to do with it."""

    id: int
    at: datetime
    until: datetime
    url: str
    message: Message
    headers: dict[str, str]


def take_up_runs(*, chunk: int = CHUNK) -> int:
    """Let the facts that settled runs have loaded wait for whoever hears them; return how many facts were looked at.

    In transactions of its own, each with so many facts and the place where the next one goes on.
    """
    taken_up = Exists(TakenUp.objects.filter(run=OuterRef("pk"), next_id=None))
    runs = Run.objects.filter(~taken_up, state__in=(RunState.EXECUTED, RunState.REVERSED), block__isnull=False)
    looked_at = 0
    for run in runs.select_related("block").order_by("id"):
        while count := _take_up(run, chunk):
            looked_at += count
    return looked_at


def send_waiting(*, by: Actor, now: Clock, seconds: float = 30) -> int:
    """Send what is due, several at once, for about so many seconds at most; return how many were received."""
    ends = time.monotonic() + seconds

    def send_to(endpoint_id: int) -> int:
        received = 0
        try:
            while time.monotonic() < ends:
                went_well = send_next(endpoint_id=endpoint_id, by=by, now=now)
                if went_well is None:
                    break
                received += went_well
        finally:
            connection.close()
        return received

    turns = [endpoint_id for _ in range(TOGETHER) for endpoint_id in _ready(now())]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(send_to, turns))


def send_next(*, endpoint_id: int, by: Actor, now: Clock) -> bool | None:
    """Send what is due first at an endpoint; return whether it was received, None where nothing was due."""
    taken = _take(endpoint_id, now())
    if taken is None:
        return None
    began = time.monotonic()
    allowed = settings.ENVIRONMENT.may_call
    answer = post(taken.url, taken.message.body, taken.headers, allowed=allowed, seconds=SECONDS)
    _note(taken, answer, milliseconds=int((time.monotonic() - began) * 1_000), by=by, at=now())
    return answer.failure is None


def _take_up(run: Run, chunk: int) -> int:
    with transaction.atomic():
        mark, _ = TakenUp.objects.get_or_create(run=run, defaults={"next_id": run.block.first})
        mark = TakenUp.objects.select_for_update().get(pk=mark.pk)
        if mark.next_id is None:
            return 0
        if not Endpoint.objects.filter(company_id=run.company_id).exclude(state=EndpointState.ENDED).exists():
            mark.next_id = None
            mark.save(update_fields=["next_id"])
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_UP, [mark.next_id, run.block.until, chunk])
            count, last = cursor.fetchone()
        mark.next_id = None if count < chunk else last + 1
        mark.save(update_fields=["next_id"])
        return int(count)


_TAKE_UP = """
WITH facts AS MATERIALIZED (
    SELECT id, company_id, kind, recorded_at FROM outbox_fact WHERE id >= %s AND id < %s ORDER BY id LIMIT %s
), sent AS (
    INSERT INTO webhooks_sending (endpoint_id, fact_id, kind, message)
    SELECT e.id, f.id, f.kind, 'msg_' || replace(gen_random_uuid()::text, '-', '')
    FROM webhooks_endpoint e JOIN facts f ON f.company_id = e.company_id AND e.kinds ? f.kind
    WHERE e.state <> 'ended' AND e.recorded_at <= f.recorded_at
    ON CONFLICT (endpoint_id, fact_id) DO NOTHING
)
SELECT count(*), max(id) FROM facts
"""


def _ready(at: datetime) -> list[int]:
    """Return the endpoints to which something may be sent now."""
    due = Sending.objects.filter(endpoint=OuterRef("pk"), state=SendingState.WAITING, due_at__lte=at)
    pinged = Exists(due.filter(kind=PING))
    ready = Endpoint.objects.exclude(state=EndpointState.ENDED).filter(pinged | _may_send(at) & Exists(due))
    return list(ready.order_by("id").values_list("pk", flat=True))


def _may_send(at: datetime) -> Q:
    return Q(state=EndpointState.HEARING) & (Q(rests_until=None) | Q(rests_until__lte=at))


def _take(endpoint_id: int, at: datetime) -> Taken | None:
    with transaction.atomic():
        endpoint = Endpoint.objects.exclude(state=EndpointState.ENDED).filter(pk=endpoint_id).first()
        sending = _first_due(endpoint, at) if endpoint else None
        if endpoint is None or sending is None:
            return None
        sending.due_at = at + LEASE
        sending.save(update_fields=["due_at"])
        message, salts = _message(sending, at), [endpoint.salt]
        if endpoint.both_until is not None and at < endpoint.both_until:
            salts.append(endpoint.salt_before)
        headers = headers_of(message, secrets=[secret_of(salt) for salt in salts], at=at)
        return Taken(sending.pk, at, sending.due_at, endpoint.url, message, headers)


def _first_due(endpoint: Endpoint, at: datetime) -> Sending | None:
    due: QuerySet[Sending] = Sending.objects.filter(endpoint=endpoint, state=SendingState.WAITING, due_at__lte=at)
    if not Endpoint.objects.filter(_may_send(at), pk=endpoint.pk).exists():
        due = due.filter(kind=PING)
    return due.select_for_update(skip_locked=True).order_by("due_at", "id").first()


def _message(sending: Sending, at: datetime) -> Message:
    if sending.fact_id is None:
        return message_of(sending.message, kind=PING, recorded_at=sending.recorded_at, fact={}, told=())
    fact = FactRow.objects.get(pk=sending.fact_id)
    return message_of(
        sending.message, kind=fact.kind, recorded_at=fact.recorded_at, fact=fact.payload, told=OFFER.fields
    )


def _note(taken: Taken, answer: Answer, *, milliseconds: int, by: Actor, at: datetime) -> None:
    """Write down how it went, unless the sending is in other hands by now."""
    with transaction.atomic():
        name_act(ACT, by)
        endpoint = Endpoint.objects.select_for_update().get(sendings=taken.id) if answer.failure else None
        sending = Sending.objects.select_for_update().get(pk=taken.id)
        if sending.state != SendingState.WAITING or sending.due_at != taken.until:
            return
        sending.attempts += 1
        sending.last_at, sending.last_ms, sending.last_status = taken.at, milliseconds, answer.status
        sending.last_failure, sending.last_answer = answer.failure or "", answer.text[:SHOWN]
        if endpoint is None:
            sending.state = SendingState.RECEIVED
            Endpoint.objects.filter(pk=sending.endpoint_id, failures__gt=0).update(failures=0, rests_until=None)
        elif sending.kind == PING:
            sending.state = SendingState.GIVEN_UP
        else:
            _put_off(sending, endpoint, taken, at=at)
        sending.save()


def _put_off(sending: Sending, endpoint: Endpoint, taken: Taken, *, at: datetime) -> None:
    # What was under way together fails together: that counts as one failure of the endpoint.
    if endpoint.failed_at is None or endpoint.failed_at <= taken.at:
        endpoint.failures += 1
        endpoint.failed_at, endpoint.rests_until = at, at + pause_after(endpoint.failures)
    if sending.attempts < MOST_ATTEMPTS:
        sending.due_at = at + pause_after(sending.attempts)
    else:
        sending.state = SendingState.GIVEN_UP
        if endpoint.failures >= MOST_ATTEMPTS and endpoint.state == EndpointState.HEARING:
            endpoint.state = EndpointState.FAILING
        _put_on_queue(sending, endpoint)
    endpoint.save(update_fields=["failures", "failed_at", "rests_until", "state"])


def _put_on_queue(sending: Sending, endpoint: Endpoint) -> None:
    failure = Failure(sending.last_failure).shown
    put(
        kind=FAILING,
        subject=(ENDPOINT, endpoint.pk),
        company_id=CompanyId(endpoint.company_id),
        role=Role.ADMINISTRATOR,
        why=_GIVEN_UP.filled(name=endpoint.name, attempts=sending.attempts, failure=failure),
    )
