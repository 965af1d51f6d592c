"""Who may come in where. A route without a declaration is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.urls import ResolverMatch

from kanjo.foundation.actors import Role
from kanjo.platform.acts import VERBS

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: anybody (`public`), whoever is signed in (no roles), or the holders of one of the roles."""

    public: bool = False
    roles: tuple[Role, ...] = ()
    verb: str = ""


PUBLIC = Door(public=True)
SIGNED_IN = Door()

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


def doing(verb: str) -> Door:
    """Return the door of an act: the roles that the verb itself asks for."""
    return Door(roles=VERBS[verb].roles, verb=verb)


def door(who: Door) -> Callable[[V], V]:
    """Declare who may come in through a view."""

    def declared(view: V) -> V:
        view.door = who  # type: ignore[attr-defined]  # a view is a function; this is where its declaration lives
        return view

    return declared


_ALLAUTH = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
}
CLOSED = frozenset(
    {
        "account_signup",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_confirm_login_code",
    }
)
"""Routes of the accounts package that this house does not offer: an administrator admits people."""


def door_of(match: ResolverMatch) -> Door | None:
    """Return the declaration of a route, or None when it is closed."""
    declared: Door | None = getattr(match.func, "door", None)
    return declared or _ALLAUTH.get(match.url_name or "")
