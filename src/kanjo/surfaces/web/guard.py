"""What a person still has to show: the second factor that its roles ask for, a fresh proof before a weighty act.

Also keeps the session: when it was seen, and a new key when the roles are not those it began with.
"""

from __future__ import annotations

import time
from typing import Final, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import PersonId
from kanjo.platform.identity.factors import has_factor, needs_factor
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.sessions import SessionStore, end_sessions
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import Door

ROLES: Final = "roles"
"""Where a session remembers the roles it was used with last."""

FRESH: Final = frozenset(
    {
        "approvals.activate-matrix",
        "identity.assign-company",
        "identity.connect-account",
        "identity.grant-role",
        "identity.invite-person",
        "identity.readmit-person",
        "identity.remove-factors",
    }
)
"""The acts before which a person proves anew who it is: what gives rights, and what puts a policy in force."""


def keep_session(request: HttpRequest, actor: Actor) -> None:
    """Note that the session was seen; give it a new key when its person's roles have changed."""
    cast("SessionStore", request.session).note_seen()
    roles = sorted(actor.roles)
    before = request.session.get(ROLES)
    if before == roles:
        return
    if before is not None:
        request.session.cycle_key()
    request.session[ROLES] = roles


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def on_other_factor(request: HttpRequest, user: Person, **_told: object) -> None:
    """Give the session a new key and end the others: what a person shows at the sign-in has changed."""
    end_sessions(PersonId(user.pk), but=request.session.session_key)
    request.session.cycle_key()


def lacks_factor(actor: Actor) -> bool:
    """Return whether a role of the person asks for a second factor, and it has none."""
    return needs_factor(actor) and not has_factor(actor.id)


def sent_to_prove(request: DeskRequest, who: Door) -> HttpResponseRedirect | None:
    """Return where the person proves anew who it is, None for an act that does not ask for it or a fresh proof."""
    if who.verb not in FRESH or _is_fresh(request):
        return None
    ways = get_adapter().get_reauthentication_methods(request.user)
    way = next((one for one in ways if one["id"].startswith("mfa")), ways[0] if ways else None)
    address = way["url"] if way else resolve_url("company-sign-in")
    return HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")


def _is_fresh(request: DeskRequest) -> bool:
    """Return whether the person showed its factor a few minutes ago; who has none, how it signs in."""
    wanted = {"mfa"} if has_factor(request.desk.actor.id) else {"mfa", "password", "company"}
    shown = [one["at"] for one in get_authentication_records(request, request.user) if one["method"] in wanted]
    return bool(shown) and time.time() - max(shown) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
