"""Verbs: acts that a role may do, inside a transaction of the edge, named in the audit trail."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

from django.db import connection

from kanjo.foundation.actors import ROLE_NAMES, Actor, Role
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform import duties

P = ParamSpec("P")
R = TypeVar("R")


class NotYourRole(Refusal):
    """The act belongs to roles that the actor does not hold."""

    rule = "access.not-your-role"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="{name} may not do this ({verb}).", ja="{name} さんにはこの操作の権限がありません（{verb}）。")
    remedy = Text(en="It is done by: {roles}.", ja="実行できる役割: {roles}。")


@dataclass(frozen=True, slots=True)
class Verb:
    """An act of the house: its name, the roles that may do it and the acts its doer must not have done before."""

    name: str
    roles: tuple[Role, ...]
    apart_from: tuple[str, ...]
    function: Callable[..., object]


VERBS: dict[str, Verb] = {}


def verb(
    name: str, *roles: Role, apart_from: tuple[str, ...] = (), of: tuple[str, str] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as the act *name* of *roles*.

    It must be called with `by=` inside a transaction (one request, job or command is one). A role the actor lacks is
    refused. Every row it changes leaves an audit row that names the act, the actor and, where given, `because=`.
    `apart_from` names the acts that the same person must not have done to the same subject; `of` is that subject as
    (table, name of the argument that holds its id) and is checked here. A verb whose subjects are found only inside
    it calls `platform.duties.keep_apart` itself. The house itself, which acts by schedule, is no person.
    """

    def declared(function: Callable[P, R]) -> Callable[P, R]:
        # What every role may do, one does at one's own desk, and never for somebody else.
        everybody = frozenset(roles) == frozenset(Role)

        @functools.wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs["by"]
            assert isinstance(by, Actor), f"{name} needs by=Actor"
            if not connection.in_atomic_block:
                raise RuntimeError(f"{name} was called outside a transaction: the edge owns it")
            if not by.holds(*roles):
                raise _not_your_role(name, roles, by)
            if of is not None and not by.system:
                duties.keep_apart(name, subjects=[(of[0], int(str(kwargs[of[1]])))], by=by)
            name_act(name, replace(by, for_id=None, for_name="") if everybody else by, str(kwargs.get("because") or ""))
            return function(*args, **kwargs)

        duties.APART[name] = apart_from
        VERBS[name] = Verb(name=name, roles=roles, apart_from=apart_from, function=act)
        return act

    return declared


def name_act(name: str, by: Actor, because: str = "") -> None:
    """Tell the database who acts, by which verb and why, for the audit rows of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('kanjo.actor_id', %s, true), set_config('kanjo.actor', %s, true),"
            " set_config('kanjo.for_id', %s, true), set_config('kanjo.for_name', %s, true),"
            " set_config('kanjo.verb', %s, true), set_config('kanjo.because', %s, true)",
            [str(by.id), by.name, "" if by.for_id is None else str(by.for_id), by.for_name, name, because],
        )


def _not_your_role(name: str, roles: tuple[Role, ...], by: Actor) -> NotYourRole:
    named = Text(
        en=", ".join(ROLE_NAMES[role].en for role in roles),
        ja="、".join(ROLE_NAMES[role].ja for role in roles),
    )
    return NotYourRole(name=by.name, verb=name, roles=named)
