"""Registers the domain with Django."""

from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    """The Django side of `kanjo.domains.renewals`."""

    name = "kanjo.domains.renewals"
    label = "renewals"
    default_auto_field = "django.db.models.BigAutoField"
