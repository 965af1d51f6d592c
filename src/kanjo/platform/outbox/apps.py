"""Registers the app with Django."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The Django side of `kanjo.platform.outbox`."""

    name = "kanjo.platform.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
