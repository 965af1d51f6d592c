"""Registers the app with Django."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """The Django side of `kanjo.platform.companies`."""

    name = "kanjo.platform.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"
