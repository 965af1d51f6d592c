"""Webhooks and what was sent to them."""

from __future__ import annotations

from dataclasses import dataclass

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.webhooks.queries import (
    EndpointCounts,
    EndpointRow,
    MessageRow,
    counts_of,
    get_endpoint,
    get_sending,
    list_endpoints,
    list_sendings,
)
from kanjo.platform.webhooks.states import EndpointState, SendingState
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import Asked, one_of
from kanjo.surfaces.api.resources import Resource
from kanjo.surfaces.doors import Door

WATCH = Door(roles=(Role.ADMINISTRATOR, Role.AUDITOR))


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook, and how much of what it is told stands where."""

    row: EndpointRow
    deliveries: EndpointCounts


def _webhook(caller: Caller, key: int) -> Webhook:
    row = get_endpoint(caller.actor, key)
    return Webhook(row, counts_of(row.id))


RESOURCES = (
    Resource(
        name="webhooks",
        title=Text(en="Webhooks", ja="Webhook"),
        row=EndpointRow,
        rows=lambda caller, **asked: list_endpoints(caller.actor, **asked),
        filters={"state": one_of(EndpointState)},
        whole=Webhook,
        one=_webhook,
        door=WATCH,
    ),
    Resource(
        name="webhook-deliveries",
        title=Text(en="Deliveries of webhooks", ja="Webhookの送信履歴"),
        row=MessageRow,
        rows=lambda caller, **asked: list_sendings(caller.actor, **asked),
        filters={"webhook_id": Asked, "state": one_of(SendingState)},
        whole=MessageRow,
        one=lambda caller, key: get_sending(caller.actor, key),
        door=WATCH,
    ),
)
