"""Who may come in: people whom an administrator let in, and nobody by signing up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class OnlyAdmitted(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps the sign-up pages closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: `kanjo user add` and the administrator's page are the only ways in."""
        return False
