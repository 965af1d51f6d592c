"""Registers the domain with Django."""

from django.apps import AppConfig


class QuotesConfig(AppConfig):
    """The Django side of `kanjo.domains.quotes`."""

    name = "kanjo.domains.quotes"
    label = "quotes"
    default_auto_field = "django.db.models.BigAutoField"
