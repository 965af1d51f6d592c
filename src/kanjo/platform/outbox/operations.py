"""Writing facts down, and delivering them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.utils.module_loading import import_string
from pydantic import TypeAdapter

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import CompanyId, FactId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import name_act, verb
from kanjo.platform.names import called
from kanjo.platform.outbox.models import Delivery, FactRow
from kanjo.platform.tables import NotFound, apart
from kanjo.platform.worklist.operations import close, put

F = TypeVar("F", bound=Fact)
Reaction = Callable[[Any, Actor, datetime], None]
_Value = str | int | date | list[str] | None

MOST_ATTEMPTS = 5
"""After so many failures a delivery is dead and becomes a work item."""
ACT = "outbox.deliver"
DEAD = "outbox.dead"
DELIVERY = "outbox_delivery"
_GIVEN_UP = Text(en="It failed {attempts} times: {error}", ja="{attempts}回失敗しました: {error}")


class NotGivenUp(Refusal):
    """A delivery that is done, or waits for its turn."""

    rule = "outbox.not-given-up"
    kind = RefusalKind.CONFLICT
    says = Text(en="It is done already, or waits to be tried.", ja="すでに完了しているか、実行待ちです。")
    remedy = Text(
        en="Nothing is left to do here; what fails again comes back to the queue.",
        ja="操作は不要です。再度失敗した場合は受付箱に戻ります。",
    )


class Wiring:
    """Which reactions answer which fact: filled once at start-up from the one table in `processes/reactions.py`."""

    def __init__(self) -> None:
        self._kinds: dict[str, type[Fact]] = {}
        self._reactions: dict[str, tuple[Reaction, ...]] = {}

    def connect(self, table: Mapping[type[Fact], Sequence[Reaction]]) -> None:
        """Take over the table of reactions."""
        self._kinds = {fact.kind: fact for fact in table}
        self._reactions = {fact.kind: tuple(reactions) for fact, reactions in table.items()}

    def names(self, kind: str) -> list[str]:
        """Return the names of the reactions to facts of *kind*."""
        return [name_of(reaction) for reaction in self._reactions.get(kind, ())]

    def reaction(self, name: str) -> Reaction:
        """Return the reaction of that name, wired today or not."""
        return cast("Reaction", import_string(name))

    def fact(self, row: FactRow) -> Fact:
        """Return the fact that was written down."""
        return cast("Fact", _adapter(self._kinds[row.kind]).validate_python(row.payload))


WIRING = Wiring()


def name_of(reaction: Reaction) -> str:
    """Return the dotted name under which a reaction's deliveries are kept."""
    return f"{reaction.__module__}.{reaction.__qualname__}"


def record(fact: F, *, by: Actor, at: datetime) -> F:
    """Write the fact down in this transaction, with one waiting delivery per reaction, and return it."""
    names = WIRING.names(fact.kind)
    # Who hears it outside is looked up by the table itself: `webhooks/hear.sql`.
    written_down: list[_Value] = [fact.company_id, fact.kind, fact.subject_id, _json(fact), fact.effective_on, by.id]
    with connection.cursor() as cursor:
        # The busiest statement of the house: written by hand, and in one go with its deliveries.
        if names:
            cursor.execute(_RECORD_AND_DELIVER, [*written_down, at, names])
        else:
            cursor.execute(_RECORD, written_down)
    return fact


_RECORD = """
INSERT INTO outbox_fact (company_id, kind, subject_id, payload, effective_on, actor_id)
VALUES (%s, %s, %s, %s::jsonb, %s, %s)
"""
_RECORD_AND_DELIVER = f"""
WITH fact AS ({_RECORD} RETURNING id)
INSERT INTO outbox_delivery (fact_id, reaction, state, attempts, due_at, error)
SELECT fact.id, reaction, 'waiting', 0, %s, '' FROM fact, unnest(%s::text[]) AS reaction
"""  # noqa: S608 - both parts are constants


def written(fact: Fact) -> dict[str, Any]:
    """Return the fact as JSON data."""
    return cast("dict[str, Any]", _adapter(type(fact)).dump_python(fact, mode="json"))


def deliver(
    *, by: Actor, at: datetime, most: int = 1_000, only: FactId | None = None, of: CompanyId | None = None
) -> int:
    """Deliver what waits, oldest first, each in a transaction of its own; return how many were delivered.

    With *of* only facts of that company. A reaction that fails is tried again later, after 1, 2, 4 ... minutes, and is
    dead after `MOST_ATTEMPTS`.
    """
    delivered = 0
    for _ in range(most):
        with transaction.atomic():
            waiting = _next_waiting(at, only, of)
            if waiting is None:
                break
            delivered += _deliver(waiting, by=by, at=at)
    return delivered


@verb("outbox.deliver-again", Role.ADMINISTRATOR)
def deliver_again(*, delivery_id: int, by: Actor, at: datetime) -> None:
    """Let a delivery that was given up be tried anew, and take its work item off the queue of the administrators.

    Refuses `NotFound` and `NotGivenUp`.
    """
    mine = Delivery.objects.filter(fact__company_id__in=by.companies)
    delivery = mine.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(what=called(Delivery), key=delivery_id)
    if delivery.state != Delivery.State.DEAD:
        raise NotGivenUp
    delivery.state, delivery.attempts, delivery.due_at, delivery.error = Delivery.State.WAITING, 0, at, ""
    delivery.save(update_fields=["state", "attempts", "due_at", "error"])
    close(kind=DEAD, subject=(DELIVERY, delivery_id), by=by, at=at)


def _next_waiting(at: datetime, only: FactId | None, of: CompanyId | None) -> Delivery | None:
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=at)
    if only is not None:
        waiting = waiting.filter(fact_id=only)
    if of is not None:
        waiting = waiting.filter(fact__company_id=of)
    return waiting.select_for_update(skip_locked=True, of=("self",)).select_related("fact").order_by("id").first()


def _deliver(delivery: Delivery, *, by: Actor, at: datetime) -> int:
    name_act(ACT, by, delivery.fact.kind)
    try:
        with apart():
            WIRING.reaction(delivery.reaction)(WIRING.fact(delivery.fact), by, at)
    except Exception as failure:  # noqa: BLE001 - whatever fails is kept and tried again
        _put_off(delivery, failure, at=at)
        return 0
    delivery.state = Delivery.State.DELIVERED
    delivery.delivered_at = at
    delivery.save(update_fields=["state", "delivered_at"])
    return 1


def _put_off(delivery: Delivery, failure: Exception, *, at: datetime) -> None:
    delivery.attempts += 1
    delivery.error = f"{type(failure).__name__}: {failure}"[:2000]
    delivery.due_at = at + timedelta(minutes=2 ** (delivery.attempts - 1))
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = Delivery.State.DEAD
        _put_on_queue(delivery)
    delivery.save(update_fields=["attempts", "error", "due_at", "state"])


def _put_on_queue(delivery: Delivery) -> None:
    put(
        kind=DEAD,
        subject=(DELIVERY, delivery.pk),
        company_id=CompanyId(delivery.fact.company_id),
        role=Role.ADMINISTRATOR,
        why=_GIVEN_UP.filled(attempts=delivery.attempts, error=delivery.error),
    )


def _json(fact: Fact) -> str:
    return _adapter(type(fact)).dump_json(fact).decode()


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapter(kind: type[Fact]) -> TypeAdapter[Any]:
    """Return the reader and writer of a kind of fact, made once: making it costs more than using it."""
    if kind.kind not in _ADAPTERS:
        _ADAPTERS[kind.kind] = TypeAdapter(kind)
    return _ADAPTERS[kind.kind]
