"""Registers the app with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The Django side of `kanjo.platform.ledger`."""

    name = "kanjo.platform.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
