"""Secrets of links that are mailed: told once, never stored, and yet the same each time a letter is tried anew."""

from __future__ import annotations

import base64
import secrets

from django.utils.crypto import salted_hmac

_FOR = "kanjo.platform.access.links"


def a_salt() -> str:
    """Return 256 random bits from which, with the key of the house, one secret is made."""
    return secrets.token_hex(32)


def secret_of(salt: str) -> str:
    """Return the secret of a link: 256 bits that nobody finds who has only the database, or only the key."""
    made = salted_hmac(_FOR, salt, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
