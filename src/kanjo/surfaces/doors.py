"""Who may come in where, said once for pages and API. A route without a declaration is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.foundation.personal import NEEDED_BY, REVEALED_TO, Kind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import VERBS

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: anybody (`public`), whoever is signed in (no roles), or the holders of one of the roles.

    `unproven` lets in who still has to set up the second factor that its role asks for.
    A door `by_token` belongs to the API, which asks for the token itself and knows no session. A paper `holds` kinds of
    personal data that cannot be masked: who does not need them gives a reason first.
    """

    public: bool = False
    roles: tuple[Role, ...] = ()
    verb: str = ""
    by_token: bool = False
    unproven: bool = False
    holds: tuple[Kind, ...] = ()


PUBLIC = Door(public=True)
SIGNED_IN = Door()
UNPROVEN = Door(unproven=True)
BY_TOKEN = Door(by_token=True)

GAPS = Door(roles=(Role.RECEIVABLES, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT))
"""What lacks for the coming invoices: for those who arrange how they go out."""

BOOKS = Door(
    roles=(
        Role.RECEIVABLES,
        Role.REV_REC,
        Role.SALES_OPERATIONS,
        Role.DEAL_MANAGEMENT,
        Role.CXO,
        Role.CFO,
        Role.MANAGEMENT,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    )
)
"""Who reads bank statements, the ledger, revenue and runs."""

PEOPLE = Door(roles=(Role.ADMINISTRATOR, Role.HR, Role.AUDITOR))
"""Who reads who comes in, with which roles."""


def doing(verb: str) -> Door:
    """Return the door of an act: the roles that the verb itself asks for."""
    return Door(roles=VERBS[verb].roles, verb=verb)


def paper(*kinds: Kind, of: Door = SIGNED_IN) -> Door:
    """Return the door of a paper that holds personal data: of those whom *of* lets in, who needs it or may say why."""
    readers = [role for role in of.roles or Role if all(role in NEEDED_BY[kind] for kind in kinds)]
    return Door(roles=tuple(role for role in of.roles or Role if role in {*readers, *REVEALED_TO}), holds=kinds)


def door(who: Door) -> Callable[[V], V]:
    """Declare who may come in through a view."""

    def declared(view: V) -> V:
        view.door = who  # type: ignore[attr-defined]  # a view is a function; this is where its declaration lives
        return view

    return declared


def named(roles: Iterable[Role]) -> Text:
    """Return the roles in words."""
    return Text(
        en=", ".join(ROLE_NAMES[role].en for role in roles), ja="、".join(ROLE_NAMES[role].ja for role in roles)
    )
