"""Registers the domain with Django."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The Django side of `kanjo.domains.contracts`."""

    name = "kanjo.domains.contracts"
    label = "contracts"
    default_auto_field = "django.db.models.BigAutoField"
