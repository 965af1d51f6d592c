"""Who may come in: people whom an administrator let in, and nobody by signing up; and what a sign-in leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kanjo.platform.identity.models import Person
from kanjo.platform.identity.operations import choose_password
from kanjo.platform.identity.queries import actor_of, find_with_rights
from kanjo.platform.identity.sessions import SIGNED_IN


class WithRights(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Reads whoever is signed in together with its rights, at each request."""

    def get_user(self, user_id: str | int) -> Person | None:
        """Return the person, unless it may not come in any more."""
        person = find_with_rights(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


class OnlyAdmitted(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps the sign-up pages closed, and tells our sessions and verbs what the accounts package does."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes, then try again. If you have forgotten the password, ask an"
            " administrator for a new one."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an invitation and `kanjo user add` are the only ways in."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address of whoever asks: as our own proxies tell it, and never as a stranger does."""
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured:  # came past the proxies
            return str(request.META["REMOTE_ADDR"])

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, str]]:
        """Return how a person proves itself anew: who has a second factor does so by it."""
        ways: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [one for one in ways if one["id"].startswith("mfa")] or ways

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign a person in, under a new key, and note from where."""
        super().login(request, user)
        request.session[SIGNED_IN] = {
            "at": datetime.now(UTC).isoformat(),
            "address": self.get_client_ip(request),
            "device": self.get_http_user_agent(request)[:200],
        }

    def set_password(self, user: Person, password: str) -> None:
        """Set the password that a person chose: its other sessions and all its tokens end with the old one."""
        session = context.request.session.session_key if context.request.user == user else None
        with transaction.atomic():
            choose_password(password=password, session=session, by=actor_of(user), at=timezone.now())
        user.refresh_from_db()

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials: Any) -> str:
        """Return what wrong passwords are counted under: the account, by whatever name of the house it is asked for."""
        return str(credentials.get("email", "")).casefold()
