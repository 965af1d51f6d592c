"""Registers the domain with Django."""

from django.apps import AppConfig


class LicensesConfig(AppConfig):
    """The Django side of `kanjo.domains.licenses`."""

    name = "kanjo.domains.licenses"
    label = "licenses"
    default_auto_field = "django.db.models.BigAutoField"
