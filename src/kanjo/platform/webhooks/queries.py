"""Reads of endpoints and of what was sent to them; the secret is nowhere among them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.platform.calling import Failure
from kanjo.platform.names import called
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, counted
from kanjo.platform.webhooks.models import Endpoint, Sending
from kanjo.platform.webhooks.states import EndpointState, SendingState


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint as it is shown. Until `both_until` the secret before signs, too; before `rests_until` all waits."""

    id: int
    company_id: CompanyId
    name: str
    url: str
    kinds: list[str]
    state: EndpointState
    recorded_at: datetime
    both_until: datetime | None
    rests_until: datetime | None


@dataclass(frozen=True, slots=True)
class EndpointCounts:
    """How much of what an endpoint hears waits, was received, was given up."""

    waiting: int
    received: int
    given_up: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A sending as it is shown; `due_at` says when it is tried next, None where it is not."""

    id: int
    webhook_id: int
    webhook: str
    message: str
    kind: str
    fact_id: int | None
    state: SendingState
    attempts: int
    due_at: datetime | None
    last_at: datetime | None
    last_ms: int | None
    last_status: int | None
    last_failure: Failure | None
    last_answer: str
    recorded_at: datetime


def list_endpoints(
    actor: Actor, *, state: EndpointState | None = None, limit: int = 200, at: str = ""
) -> Page[EndpointRow]:
    """Return the endpoints of the actor's companies, the newest first."""
    return paged(_seen(actor, state), sorted_by(Endpoint, "", {}, "-id"), at, limit, _endpoints)


def count_endpoints(actor: Actor, *, state: EndpointState | None = None) -> Tally:
    """Return how many endpoints `list_endpoints` has."""
    return counted(_seen(actor, state))


def get_endpoint(actor: Actor, endpoint_id: int) -> EndpointRow:
    """Return the endpoint. Refuses `NotFound`."""
    found = _endpoints(_seen(actor, None).filter(pk=endpoint_id))
    if not found:
        raise NotFound(what=called(Endpoint), key=endpoint_id)
    return found[0]


def counts_of(endpoint_id: int) -> EndpointCounts:
    """Return how much of what the endpoint hears stands where."""
    states = (SendingState.WAITING, SendingState.RECEIVED, SendingState.GIVEN_UP)
    named = {state.value: Count("id", filter=Q(state=state)) for state in states}
    return EndpointCounts(**Sending.objects.filter(endpoint_id=endpoint_id).aggregate(**named))


def list_sendings(
    actor: Actor,
    *,
    webhook_id: int | None = None,
    state: SendingState | None = None,
    limit: int = 200,
    at: str = "",
) -> Page[MessageRow]:
    """Return what was or will be sent to endpoints of the actor's companies, the newest first."""
    return paged(_sent(actor, webhook_id, state), sorted_by(Sending, "", {}, "-id"), at, limit, _sendings)


def count_sendings(actor: Actor, *, webhook_id: int | None = None, state: SendingState | None = None) -> Tally:
    """Return how many sendings `list_sendings` has."""
    return counted(_sent(actor, webhook_id, state))


def get_sending(actor: Actor, sending_id: int) -> MessageRow:
    """Return the sending. Refuses `NotFound`."""
    found = _sendings(_sent(actor, None, None).filter(pk=sending_id))
    if not found:
        raise NotFound(what=called(Sending), key=sending_id)
    return found[0]


def _seen(actor: Actor, state: EndpointState | None) -> QuerySet[Endpoint]:
    seen = Endpoint.objects.visible_to(actor)
    return seen if state is None else seen.filter(state=state)


def _sent(actor: Actor, webhook_id: int | None, state: SendingState | None) -> QuerySet[Sending]:
    sent = Sending.objects.filter(endpoint__company_id__in=actor.companies)
    sent = sent if webhook_id is None else sent.filter(endpoint_id=webhook_id)
    return sent if state is None else sent.filter(state=state)


_ENDPOINT = [field.name for field in fields(EndpointRow)]


def _endpoints(endpoints: QuerySet[Endpoint]) -> list[EndpointRow]:
    return [EndpointRow(**row | {"state": EndpointState(row["state"])}) for row in endpoints.values(*_ENDPOINT)]


def _sendings(sendings: QuerySet[Sending]) -> list[MessageRow]:
    return [
        MessageRow(
            id=one.pk,
            webhook_id=one.endpoint_id,
            webhook=one.endpoint.name,
            message=one.message,
            kind=one.kind,
            fact_id=one.fact_id,
            state=SendingState(one.state),
            attempts=one.attempts,
            due_at=one.due_at if one.state == SendingState.WAITING else None,
            last_at=one.last_at,
            last_ms=one.last_ms,
            last_status=one.last_status,
            last_failure=Failure(one.last_failure) if one.last_failure else None,
            last_answer=one.last_answer,
            recorded_at=one.recorded_at,
        )
        for one in sendings.select_related("endpoint")
    ]
