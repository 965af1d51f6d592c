"""The doors of the pages: those of both surfaces, and those of the accounts package."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

from kanjo.foundation.actors import Actor
from kanjo.surfaces.doors import BOOKS, PEOPLE, PUBLIC, SIGNED_IN, UNPROVEN, Door, doing, door, paper

__all__ = [
    "BOOKS",
    "CLOSED",
    "PEOPLE",
    "PUBLIC",
    "SIGNED_IN",
    "UNPROVEN",
    "Door",
    "doing",
    "door",
    "door_of",
    "is_act",
    "opens",
    "paper",
]

_ALLAUTH = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    "account_reauthenticate": UNPROVEN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "mfa_index": UNPROVEN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_activate_totp": UNPROVEN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": UNPROVEN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
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


def opens(name: str, actor: Actor) -> bool:
    """Return whether the door of the page *name* lets *actor* in."""
    who = _doors().get(name, SIGNED_IN)
    return not who.roles or actor.holds(*who.roles)


def is_act(name: str) -> bool:
    """Return whether something is done behind the door *name*."""
    return bool(_doors().get(name, SIGNED_IN).verb)


@cache
def _doors() -> dict[str, Door]:
    """Return the doors of our pages by name; they do not change while the house runs."""
    declared = ((str(route.name), getattr(route.callback, "door", None)) for route in _routes(get_resolver()))
    return {name: who for name, who in declared if who is not None}


def _routes(of: URLResolver) -> Iterator[URLPattern]:
    for one in of.url_patterns:
        if isinstance(one, URLResolver):
            yield from _routes(one)
        else:
            yield one
