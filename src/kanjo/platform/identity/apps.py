"""Registers the app with Django."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The Django side of `kanjo.platform.identity`."""

    name = "kanjo.platform.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
