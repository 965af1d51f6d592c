"""Registers the domain with Django."""

from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    """The Django side of `kanjo.domains.receivables`."""

    name = "kanjo.domains.receivables"
    label = "receivables"
    default_auto_field = "django.db.models.BigAutoField"
